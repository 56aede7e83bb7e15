import { ok } from 'node:assert/strict';
import { isOpen, type Payout } from '#shared/incentive/incentive.ts';
import type { PayoutState } from '#shared/incentive/payout.ts';
import { payMessage, releaseMessage } from '#shared/incentive/payout-queues.ts';
import { isWatched, type PreparedList, type Release, type Releases, roundOf } from '#shared/incentive/release.ts';
import { type ByStanding, type Standing, standings } from '#shared/incentive/release-events.ts';
import {
  byPartner,
  type ChunkOutcome,
  type OpenPayout,
  type ReleasedPayout,
  type ReleaseFiles,
} from '#shared/incentive/release-files.ts';
import { type Findings, isCheckDue, recordCheck, startCheck } from '#shared/incentive/release-progress.ts';
import type { Participants } from '#shared/journal/participant.ts';
import { logger } from '#shared/platform/observe.ts';
import type { Queues } from '#shared/platform/queues.ts';
import { slices } from '#shared/platform/slices.ts';

type Deps = {
  readonly releases: Releases;
  readonly participants: Pick<Participants, 'load'>;
  readonly files: ReleaseFiles;
  readonly queues: Queues;
  readonly now: () => Date;
};

/** Journals that one worker loads at a time, and files that one reads. */
const requestsAtOnce = 25;

/** How a payout's state counts for its release. `due` and `held` are before the claim: no payout of a release is there. */
const standingOf: Readonly<Record<PayoutState, Standing | null>> = {
  due: null,
  held: null,
  claimed: 'open',
  sent: 'open',
  unknown: 'open',
  paid: 'paid',
  refused: 'refused',
  returned: 'returned',
  remedied: 'remedied',
  forfeited: 'forfeited',
};

/** Longer than a queue takes to bring a whole release to its partner, and than its dead letters take to be seen. */
const resendAfterMilliseconds = 6 * 3_600_000;

/** Looks how far a release is: a message for each file, then a count when the last one is back. */
export function releaseChecks({ releases, participants, files, queues, now }: Deps) {
  const load = async (releaseId: string) => {
    const { state } = await releases.load(releaseId);
    return isWatched(state) && state.prepared ? { state, prepared: state.prepared } : null;
  };

  async function count(releaseId: string, round: number, { chunkCount }: PreparedList): Promise<void> {
    const numbers = Array.from({ length: chunkCount }, (_, number) => number);
    const outcomes: ChunkOutcome[] = [];
    for (const group of slices(numbers, requestsAtOnce))
      outcomes.push(...(await Promise.all(group.map((number) => files.outcome(releaseId, round, number)))));
    const open = outcomes.flatMap((outcome) => outcome.open);
    await files.leaveOpen(releaseId, round, open);
    const findings: Findings = {
      round,
      byStanding: summed(outcomes),
      openByPartner: byPartner(open),
      openReferences: open.map(({ reference }) => reference),
    };
    const { state, checked } = await releases.change(releaseId, (before, at) => recordCheck(before, findings, at), now);
    logger.info('release.checked', { releaseId, round, state, open: open.length });
    const isOverdue = state !== 'closed' && round >= overdueRound && (checked?.unassignedCount ?? 0) > 0;
    if (isOverdue) logger.error('release.overdue', { releaseId, round, unassigned: checked?.unassignedCount });
  }

  return {
    async check(releaseId: string): Promise<void> {
      const loaded = await load(releaseId);
      if (!loaded) return;
      const { state, prepared } = loaded;
      const round = roundOf(state);
      const found = await files.foundIn(releaseId, round);
      if (found.size === prepared.chunkCount) return count(releaseId, round, prepared);
      if (!isCheckDue(state, now())) return;
      const missing = Array.from({ length: prepared.chunkCount }, (_, chunk) => chunk).filter(
        (chunk) => !found.has(chunk),
      );
      // Sent first: a check that dies before it is recorded comes again, and files are written over.
      await queues.send(missing.map((chunk) => releaseMessage({ step: 'check_chunk', releaseId, chunk, round })));
      await releases.change(releaseId, startCheck, now);
    },

    async checkChunk(releaseId: string, chunk: number, round: number): Promise<void> {
      const loaded = await load(releaseId);
      if (!loaded || round !== roundOf(loaded.state)) return;
      const { state, prepared } = loaded;
      const payouts = await files.chunk({ releaseId, listDigest: prepared.listDigest }, chunk);
      const open: (OpenPayout & { readonly isIdle: boolean })[] = [];
      const byStanding = nothingStands();
      for (const group of slices(payouts, requestsAtOnce)) {
        const loadedPayouts = await Promise.all(
          group.map(async (listed) => ({ listed, payout: await payoutOf(listed) })),
        );
        for (const { listed, payout } of loadedPayouts) {
          const standing = standingOf[payout.state];
          ok(standing, 'A payout of a release was claimed');
          byStanding[standing].count += 1;
          byStanding[standing].sumRupiah += listed.amountRupiah;
          if (isOpen(payout)) open.push({ ...listed, state: payout.state, isIdle: isIdle(payout, state, now()) });
        }
      }
      await sendAgain(
        releaseId,
        open.filter(({ isIdle }) => isIdle),
      );
      const listed = open.map(({ isIdle: _, ...payout }) => payout);
      await files.leaveOutcome(releaseId, round, chunk, { byStanding, open: listed });
      // The last one to be back has the release counted; two that end together both do.
      const found = await files.foundIn(releaseId, round);
      if (found.size === prepared.chunkCount) await queues.send([releaseMessage({ step: 'check', releaseId })]);
    },
  };

  async function payoutOf({ participantId, reference }: ReleasedPayout): Promise<Payout> {
    const payout = (await participants.load(participantId)).state.incentives.payouts.get(reference);
    ok(payout, 'A payout of a release was claimed');
    return payout;
  }

  /** A message can be lost with a queue's dead letters. Whoever gets it a second time asks the partner first. */
  async function sendAgain(releaseId: string, idle: readonly OpenPayout[]): Promise<void> {
    await queues.send(idle.map((payout) => payMessage(payout, releaseId, true)));
    if (idle.length > 0) logger.warn('release.sent_again', { releaseId, payouts: idle.length });
  }
}

/** The round, about ten days after the dispatch, from which on somebody is told that open payouts have no owner. */
const overdueRound = 12;

/** Whether nothing is under way for a claim long after its release was dispatched, and nothing on the clock. */
function isIdle({ state, deferred }: Payout, { state: releaseState, lastSentAt }: Release, at: Date): boolean {
  if (state !== 'claimed' || releaseState !== 'dispatched' || !lastSentAt) return false;
  const since = Math.max(lastSentAt.getTime(), deferred?.until.getTime() ?? 0);
  return at.getTime() - since >= resendAfterMilliseconds;
}

const nothingStands = () => ({
  open: { count: 0, sumRupiah: 0 },
  paid: { count: 0, sumRupiah: 0 },
  refused: { count: 0, sumRupiah: 0 },
  returned: { count: 0, sumRupiah: 0 },
  remedied: { count: 0, sumRupiah: 0 },
  forfeited: { count: 0, sumRupiah: 0 },
});

function summed(outcomes: readonly ChunkOutcome[]): ByStanding {
  const sums = nothingStands();
  for (const { byStanding } of outcomes)
    for (const standing of standings) {
      sums[standing].count += byStanding[standing].count;
      sums[standing].sumRupiah += byStanding[standing].sumRupiah;
    }
  return sums;
}
