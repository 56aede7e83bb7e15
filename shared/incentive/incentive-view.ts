import { schemes } from '#shared/credit/schemes.ts';
import { opensAfter } from '#shared/incentive/entitlement.ts';
import {
  attemptsOf,
  type Incentives,
  openPayouts,
  owedRupiah,
  type Payout,
  paidPayouts,
} from '#shared/incentive/incentive.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import { type Reason, reasonOf } from '#shared/incentive/reason-texts.ts';
import { maskedAccount } from '#shared/incentive/sealed-account.ts';
import type { Participant } from '#shared/journal/participant.ts';

/*
 * Incentives as their citizen sees them: where each payment stands and why, with the bank's reference of what was paid. No
 * operator is named, and of the account only the last four digits are shown.
 */

/** Why the linked account cannot be used; nothing while nobody has refused it. */
export function refusedBecause({ account, accountRefused, payouts }: Incentives): Reason[] {
  if (!account || !accountRefused) return [];
  const failed = [...payouts.values()].findLast(
    ({ accountTag, failed }) => accountTag === account.accountTag && failed !== null,
  )?.failed;
  const codes = account.check?.outcome === 'refused' ? account.check.reasons : failed ? [failed.reason] : [];
  return codes.map(reasonOf);
}

/** The linked account; null where there is none. `opened` is what its seal holds. */
export function accountView(incentives: Incentives, opened: PayoutAccount | null) {
  const { account, accountRefused } = incentives;
  if (!account || !opened) return null;
  const { kind, provider, check } = account;
  const state = accountRefused ? 'refused' : check ? 'matched' : 'pending';
  return { kind, provider, masked: maskedAccount(opened), check: state, reasons: refusedBecause(incentives) } as const;
}

/** All payments and what stands in their way. */
export function incentivesView({ membership, incentives, balances }: Participant, now: Date) {
  const payouts = [...incentives.payouts.values()];
  return {
    paidCount: paidPayouts(incentives).length,
    paidRupiah: balances.paid_to_citizen,
    open: openPayouts(incentives).length > 0,
    refusals: payouts.flatMap(({ number, failed }) => (failed ? [{ number, reason: failed.reason }] : [])),
    payouts: payouts.map(ownPayoutView),
    holds: [...new Set([...incentives.holds.values()].map(({ reason }) => reason))].map(reasonOf),
    nextOpensAt: nextOpensAt({ membership, incentives }, now)?.toISOString() ?? null,
    forfeited: incentives.forfeited,
    receivable: receivableView(incentives),
  };
}

function ownPayoutView(payout: Payout) {
  const { kind, number, attempt, reference, state, amountRupiah, claimedAt, paid, failed, deferred, remedialOf } =
    payout;
  const reason = failed?.reason ?? deferred?.reason;
  return {
    ...{ kind, number, attempt, reference, state, amountRupiah },
    claimedAt: claimedAt.toISOString(),
    paidAt: paid?.at.toISOString() ?? null,
    bankReference: paid?.partnerReference ?? null,
    reason: reason ? reasonOf(reason) : null,
    remedialOf: remedialOf ?? null,
  };
}

/** When the next monthly incentive can be claimed, while that is still to come. */
function nextOpensAt({ membership, incentives }: Pick<Participant, 'membership' | 'incentives'>, now: Date) {
  if (!membership.decreed || incentives.forfeited) return null;
  const { count, everyMonths } = schemes[membership.decreed.scheme].incentive;
  for (let number = 1; number < count; number += 1) {
    if (attemptsOf(incentives, 'training', number + 1).length > 0) continue;
    const opensAt = opensAfter(incentives, number, everyMonths);
    return opensAt && opensAt > now ? opensAt : null;
  }
  return null;
}

function receivableView({ receivable }: Incentives) {
  if (!receivable) return null;
  const { reason, amountRupiah, dueUntil, handedOver } = receivable;
  return {
    reason: reasonOf(reason),
    amountRupiah,
    owedRupiah: owedRupiah(receivable),
    dueUntil: dueUntil.toISOString(),
    handedOver,
  };
}
