import { transfer } from '#shared/credit/ledger.ts';
import type { Entitled } from '#shared/incentive/entitlement.ts';
import type { Hold, Incentives } from '#shared/incentive/incentive.ts';
import type { HoldingFeed, IncentiveEvent } from '#shared/incentive/incentive-events.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { Registration } from '#shared/registration/registration.ts';
import { recipient } from '#shared/selection/membership.ts';

/**
 * Why somebody is not paid for now. `mayForfeit`: whether a second operator may decide on such a hold that nothing is paid any
 * more, or that what was paid is owed back; the others only wait until something is cleared up.
 */
export const holdReasons = {
  blacklisted: { mayForfeit: true },
  eligibility_lost: { mayForfeit: true },
  audit_finding: { mayForfeit: true },
  fraud_suspected: { mayForfeit: true },
  identity_forged: { mayForfeit: true },
  account_shared: { mayForfeit: false },
  manual: { mayForfeit: false },
} as const satisfies Record<string, { readonly mayForfeit: boolean }>;
export type HoldReason = keyof typeof holdReasons;

/** Holds in a lifetime, those that were lifted among them: a journal has an end. */
export const maxHolds = 100;

const rulesOf: Readonly<Record<string, { readonly mayForfeit: boolean }>> = holdReasons;

type HoldDecision = { readonly holdId: string; readonly by: string };
type HoldRequest = {
  readonly holdId: string;
  readonly reason: HoldReason;
  readonly by: string;
  /** Where no operator asks for it. */
  readonly feed?: HoldingFeed;
};

/**
 * Stops claims and payments of a participant; nothing for a repeat, also after the hold was lifted. The id is the caller's: a
 * list of participants bears one id, and may be sent again.
 * @throws Refusal `participant_unknown`, `hold_exists`, `holds_exceeded`.
 */
export function placeHold(
  { registration, incentives }: { readonly registration: Registration; readonly incentives: Incentives },
  { holdId, reason, by, feed }: HoldRequest,
): Decision<IncentiveEvent> {
  if (!registration.registered) throw new Refusal('participant_unknown');
  const { holds, liftedHolds } = incentives;
  const earlier = holds.get(holdId) ?? liftedHolds.get(holdId);
  if (earlier && earlier.reason !== reason) throw new Refusal('hold_exists');
  if (earlier) return { events: [] };
  if (holds.size + liftedHolds.size >= maxHolds) throw new Refusal('holds_exceeded');
  return { events: [{ type: 'PayoutHoldPlaced', holdId, reason, by, ...(feed && { feed }) }] };
}

/**
 * Proposes that a hold of a feed be released: no operator placed it, so two have to agree. Nothing where that is proposed, or done.
 * @throws Refusal `hold_unknown`; `hold_exists` where an operator placed it: another one lifts it.
 */
export function proposeRelease(
  { holds, liftedHolds }: Incentives,
  { holdId, by, note }: HoldDecision & { readonly note: string },
): Decision<IncentiveEvent> {
  const hold = holds.get(holdId) ?? liftedHolds.get(holdId);
  if (!hold) throw new Refusal('hold_unknown');
  if (!hold.feed) throw new Refusal('hold_exists', 'An operator placed this hold: another one lifts it');
  if (hold.release) return { events: [] };
  return { events: [{ type: 'PayoutReleaseProposed', holdId, by, note }] };
}

/**
 * Lifts a hold; nothing for a repeat. The other holds stay. By another operator than who placed it, or who proposed its release where a
 * feed did.
 * @throws Refusal `hold_unknown`, `hold_release_unproposed`, `same_operator`.
 */
export function liftHold({ holds, liftedHolds }: Incentives, { holdId, by }: HoldDecision): Decision<IncentiveEvent> {
  const hold = holds.get(holdId) ?? liftedHolds.get(holdId);
  if (!hold) throw new Refusal('hold_unknown');
  if (hold.feed && !hold.release) throw new Refusal('hold_release_unproposed');
  if ((hold.release?.by ?? hold.by) === by) throw new Refusal('same_operator');
  return { events: holds.has(holdId) ? [{ type: 'PayoutHoldReleased', holdId, by }] : [] };
}

/**
 * The hold by which an operator proposed what another one decides now. A feed proposes nothing: whoever wants more than its hold places
 * one of their own.
 * @throws Refusal `hold_unknown`, `forfeiture_missing` where the hold only waits for something, `same_operator`.
 */
function proposalOf({ holds }: Incentives, { holdId, by }: HoldDecision): Hold {
  const hold = holds.get(holdId);
  if (!hold) throw new Refusal('hold_unknown');
  if (hold.feed || !rulesOf[hold.reason]?.mayForfeit) throw new Refusal('forfeiture_missing');
  if (hold.by === by) throw new Refusal('same_operator');
  return hold;
}

/**
 * Ends the right to incentives, as the hold proposed; nothing where it has ended. All that is not claimed goes back. What is
 * claimed may be on its way: its outcome decides, and money that was refused or returned then goes back too.
 * @throws Refusal as `proposalOf`; `not_recipient`, `membership_revoked`.
 */
export function forfeit(
  { membership, incentives, balances }: Pick<Entitled, 'membership' | 'incentives' | 'balances'>,
  decision: HoldDecision,
): Decision<IncentiveEvent> {
  const { holdId, reason } = proposalOf(incentives, decision);
  recipient(membership);
  if (incentives.forfeited) return { events: [] };
  const rupiah = balances.incentive_entitlement;
  const legs = rupiah > 0 ? transfer('incentive_entitlement', { returned: rupiah }) : undefined;
  return { events: [{ type: 'EntitlementForfeited', holdId, reason, by: decision.by, ...(legs && { legs }) }] };
}
