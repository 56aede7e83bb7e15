import type { Payout } from '#shared/incentive/incentive.ts';
import { remembers } from '#shared/incentive/payment-partners.ts';
import { nextInquiryAt } from '#shared/incentive/settlement.ts';

const minute = 60_000;
const hour = 60 * minute;

/**
 * Days that are left of a partner's memory when nothing is sent again: deliveries that were under way when we wrote down that
 * nothing had been sent have ended long before, wherever a queue had kept them.
 */
export const memoryMarginDays = 10;

/**
 * Whether a payout that the partner does not find was surely never paid, so that its reference may be sent (again). It counts
 * from the latest instant at which it was not with the partner yet: its claim, its last deferral, or the approval of the
 * release that it is sent in. When the partner has forgotten so old a reference, it would pay it a second time.
 */
export function mayResend(
  { unsentAt }: Pick<Payout, 'unsentAt'>,
  approvedAt: Date | null,
  memoryDays: number,
  now: Date,
): boolean {
  const since = approvedAt && approvedAt > unsentAt ? approvedAt : unsentAt;
  return remembers({ memoryDays: memoryDays - memoryMarginDays }, since, now);
}

/** Waits after the first deferral, the second and so on; the last one repeats. */
const deferralWaits = [minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour] as const;
/** What operators have switched off is not on again within minutes. */
const switchedOffDeferrals = 2;
/** Everybody who waits for the same opening would come at once. */
const openingSpread = 5 * minute;

/** When to send a payout again that was deferred so often before. `jitter` is from 0 up to 1: no two payouts keep in step. */
export function deferredUntil(deferrals: number, jitter: number, now: Date): Date {
  const wait = deferralWaits[Math.min(deferrals, deferralWaits.length - 1)] ?? hour;
  return new Date(now.getTime() + wait * (1 + jitter / 5));
}

/** As `deferredUntil`, and not within a quarter of an hour. */
export function switchedOffUntil(deferrals: number, jitter: number, now: Date): Date {
  return deferredUntil(Math.max(deferrals, switchedOffDeferrals), jitter, now);
}

/** Some minutes after the partner opens. */
export function openingUntil(opensAt: Date, jitter: number): Date {
  return new Date(opensAt.getTime() + jitter * openingSpread);
}

/** Clocks of two functions differ by less. */
const clockSlack = 30_000;

/**
 * Whether the time has not come yet that the journal has set for a payout. Then another entry of the due index will bring it,
 * and of two that were set for the same payout only the later one goes on.
 */
export function isEarly({ state, deferred, inquiries, openAt }: Payout, now: Date): boolean {
  const dueAt = state === 'claimed' ? (deferred?.until ?? null) : openAt && nextInquiryAt(inquiries, openAt);
  return dueAt !== null && dueAt.getTime() - now.getTime() > clockSlack;
}

/** A delivery sends at most so long after it has read the journal; its call then takes at most 40 seconds. */
export const sendingMilliseconds = 30_000;
/** Longer than both, and shorter than the wait before the first inquiry. */
const refusalMilliseconds = 90_000;

/**
 * Whether a refusal that the journal holds is old enough to be final. By now every delivery that had read the journal before
 * has had its answer, and each one that came later did not send.
 */
export function refusalStands({ refusal, openAt }: Pick<Payout, 'refusal' | 'openAt'>, now: Date): boolean {
  return refusal !== null && openAt !== null && now.getTime() - openAt.getTime() >= refusalMilliseconds;
}
