import { type Entitled, nextClaims } from '#shared/incentive/entitlement.ts';
import { evolveIncentives, type Incentives, openPayouts } from '#shared/incentive/incentive.ts';
import type { AccountCheck, IncentiveEvent, PayoutAccountLinked } from '#shared/incentive/incentive-events.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { recipient } from '#shared/selection/membership.ts';

/** Accounts linked in a lifetime: enough for every mishap, and a journal has an end. */
export const maxLinkedAccounts = 50;

/** Events, and with them whatever can be claimed because of them. */
function withClaims(
  participantId: string,
  file: Entitled,
  events: readonly IncentiveEvent[],
  now: Date,
): Decision<IncentiveEvent> {
  const incentives = events.reduce((before, event) => evolveIncentives(before, event, now), file.incentives);
  return { events: [...events, ...nextClaims(participantId, { ...file, incentives }, now)] };
}

/** Whether an account may be linked at all, before its partner is asked about it. @throws Refusal as `linkAccount`. */
export function mayLink({ membership, incentives }: Entitled): void {
  recipient(membership);
  if (openPayouts(incentives).length > 0) throw new Refusal('payout_account_in_use');
  if (incentives.linkedCount >= maxLinkedAccounts) throw new Refusal('attempts_exceeded');
}

/**
 * Whether the same account is linked, matched, and nothing speaks against it: a repeat. After a refusal its owner may have had it
 * reopened; one that nobody could be asked about is asked about again.
 */
export function isLinked({ account, accountRefused }: Entitled['incentives'], accountTag: string): boolean {
  return account?.accountTag === accountTag && account.check !== null && !accountRefused;
}

/**
 * Links an account, or replaces it: after a failure, or before the next payment. Nothing for a repeat. What failed is claimed
 * again with it, as a remedial payment.
 * @throws Refusal `not_recipient`, `membership_revoked`, `payout_account_in_use` while a payment is on its way, `attempts_exceeded`.
 */
export function linkAccount(
  participantId: string,
  file: Entitled,
  account: PayoutAccountLinked,
  now: Date,
): Decision<IncentiveEvent> {
  recipient(file.membership);
  if (isLinked(file.incentives, account.accountTag)) return { events: [] };
  const isAsWaiting = file.incentives.account?.accountTag === account.accountTag && !file.incentives.accountRefused;
  if (isAsWaiting && account.check === null) return { events: [] };
  mayLink(file);
  return withClaims(participantId, file, [account], now);
}

/** Disconnects the linked account; nothing where none is linked. @throws Refusal `payout_account_in_use` while a payment is on its way. */
export function unlinkAccount(incentives: Incentives): Decision<IncentiveEvent> {
  const { account } = incentives;
  if (!account) return { events: [] };
  if (openPayouts(incentives).length > 0) throw new Refusal('payout_account_in_use');
  return { events: [{ type: 'PayoutAccountUnlinked', accountTag: account.accountTag }] };
}

/** Records what a partner said of the linked account, where nobody knew yet or another partner is to take over. */
export function recordCheck(
  participantId: string,
  file: Entitled,
  accountTag: string,
  check: AccountCheck,
  now: Date,
): Decision<IncentiveEvent> {
  const { account } = file.incentives;
  if (account?.accountTag !== accountTag) return { events: [] };
  const isKnown = account.check?.outcome === check.outcome && account.check.partnerCode === check.partnerCode;
  if (isKnown) return { events: [] };
  return withClaims(participantId, file, [{ type: 'PayoutAccountChecked', accountTag, check }], now);
}

/** Claims whatever can be claimed by now. */
export function claimDue(participantId: string, file: Entitled, now: Date): Decision<IncentiveEvent> {
  return { events: nextClaims(participantId, file, now) };
}
