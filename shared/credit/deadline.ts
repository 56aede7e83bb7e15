import type { Balances, Legs } from '#shared/credit/ledger.ts';
import type { Decision } from '#shared/journal/journal.ts';
import type { Purchases } from '#shared/purchase/purchase.ts';
import type { Membership, MembershipEvent } from '#shared/selection/membership.ts';

/** What goes back when a membership ends: all that is not spent and not paid. */
const returnable = ['training_credit', 'reserved', 'incentive_entitlement'] as const;

/** Revokes a recipient whose first purchase is overdue; nothing for anybody else, and nothing the second time. */
export function revokeOverdue(
  file: { membership: Membership; purchases: Purchases; balances: Balances },
  now: Date,
): Decision<MembershipEvent> {
  const { decreed, revoked } = file.membership;
  const overdue = decreed && file.purchases.paid.length === 0 && now.toISOString() > decreed.purchaseUntil;
  if (!overdue || revoked) return { events: [] };
  const leaving = returnable.flatMap((account) => {
    const rupiah = file.balances[account];
    return rupiah > 0 ? [{ account, rupiah: -rupiah }] : [];
  });
  const returned = leaving.reduce((sum, { rupiah }) => sum - rupiah, 0);
  const legs: Legs = [...leaving, { account: 'returned', rupiah: returned }];
  return { events: [{ type: 'MembershipRevoked', reason: 'purchase_deadline', legs }] };
}
