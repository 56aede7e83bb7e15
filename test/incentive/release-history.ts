import { payoutReference } from '#shared/incentive/payout.ts';
import { evolveRelease, noRelease, type PreparedList, type Release } from '#shared/incentive/release.ts';
import { type ByStanding, ReleaseEvent, type Totals } from '#shared/incentive/release-events.ts';
import { dispatch, type Findings, prepare, recordCheck, startCheck } from '#shared/incentive/release-progress.ts';
import { approve, request } from '#shared/incentive/release-steps.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';

/** What a decision makes of a release, read back as the journal would. */
export function decided(release: Release, { events }: Decision<ReleaseEvent>, at: Date = start): Release {
  return events.reduce((before, event) => evolveRelease(before, ReleaseEvent.parse(event), at), release);
}

/** A list of one partner; the one interesting value as argument. */
export function listOf(changes: Partial<Totals> & { readonly feesRupiah?: number } = {}): PreparedList {
  const { count = 3, sumRupiah = 1_800_000, feesRupiah = 3_000 } = changes;
  return {
    count,
    sumRupiah,
    byPartner: count === 0 ? {} : { switching: { count, sumRupiah, feesRupiah } },
    chunkCount: count === 0 ? 0 : 1,
    firstIncentiveCount: count,
    listDigest: 'd'.repeat(64),
  };
}

const limits = { maxPayouts: 200_000 };
export const requested = (by = 'one'): Release => decided(noRelease, request(noRelease, 'R1', by, { limits }));
export const prepared = (list = listOf(), by = 'one'): Release => decided(requested(by), prepare(requested(by), list));

export function approved(list = listOf()): Release {
  const totals = { count: list.count, sumRupiah: list.sumRupiah };
  const once = decided(prepared(list), approve(prepared(list), 'two', totals), minutesAfter(start, 5));
  return once.state === 'approved' ? once : decided(once, approve(once, 'three', totals), minutesAfter(start, 6));
}

const plenty = new Map([
  ['switching', 1_000_000_000_000],
  ['bank-induk', 1_000_000_000_000],
]);

/** Dispatched ten minutes after `start`. */
export function dispatched(list = listOf()): Release {
  const at = minutesAfter(start, 10);
  return decided(approved(list), dispatch(approved(list), plenty, [], at), at);
}

export const referenceOf = (index: number): string =>
  payoutReference({ participantId: index.toString(16).padStart(64, '0'), kind: 'training', number: 1, attempt: 1 });

/** What a round finds in a release of payouts of 600,000 rupiah of which so many are open. */
export function findings({ prepared: list }: Release, round: number, openCount: number): Findings {
  const count = list?.count ?? 0;
  const each = (times: number) => ({ count: times, sumRupiah: times * 600_000 });
  const byStanding: ByStanding = {
    open: each(openCount),
    paid: each(count - openCount),
    refused: each(0),
    returned: each(0),
    remedied: each(0),
    forfeited: each(0),
  };
  return {
    round,
    byStanding,
    openByPartner: openCount === 0 ? {} : { switching: { ...each(openCount), feesRupiah: 1_000 * openCount } },
    openReferences: Array.from({ length: openCount }, (_, index) => referenceOf(index)),
  };
}

/** After a round that found so many open payouts, begun and over at an instant. */
export function checked(release: Release, round: number, openCount: number, at: Date): Release {
  const started = decided(release, startCheck(release, at), at);
  return decided(started, recordCheck(started, findings(started, round, openCount), at), at);
}
