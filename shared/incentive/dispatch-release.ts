import { payMessage } from '#shared/incentive/payout-queues.ts';
import { drawableOf, isWatched, type Releases } from '#shared/incentive/release.ts';
import type { ReleaseFiles } from '#shared/incentive/release-files.ts';
import { dispatch, isDispatchDue, planSurveys } from '#shared/incentive/release-progress.ts';
import type { ReleaseTurns } from '#shared/incentive/release-turns.ts';
import { logger } from '#shared/platform/observe.ts';
import type { Queues } from '#shared/platform/queues.ts';

type Deps = {
  readonly releases: Releases;
  readonly files: ReleaseFiles;
  readonly turns: ReleaseTurns;
  readonly queues: Queues;
  /** What the program's account at a partner holds, in rupiah; null where the partner does not say. */
  readonly balances: (partnerCode: string) => Promise<number | null>;
  readonly now: () => Date;
};

/** Sends what was approved: first the funds are looked at, then each file of the list goes to the partners' queues. */
export function releaseDispatch({ releases, files, turns, queues, balances, now }: Deps) {
  const load = async (releaseId: string) => (await releases.load(releaseId)).state;

  return {
    /** Looks at the funds, then lets the dispatcher send a message for each file, or waits for the clock to try again. */
    async dispatch(releaseId: string): Promise<void> {
      let state = await load(releaseId);
      if (isDispatchDue(state, now())) {
        const listed = await turns.listed();
        const loaded = await Promise.all(listed.map(load));
        // What was dispatched may still draw on the funds; of those that wait for them, whoever was prepared first comes first.
        const turn = listed.indexOf(releaseId);
        const others = loaded.filter(
          (other, index) => index !== turn && (isWatched(other) || (other.state === 'approved' && index < turn)),
        );
        const codes = Object.keys(drawableOf(state));
        const held = new Map(await Promise.all(codes.map(async (code) => [code, await balances(code)] as const)));
        const { fundsChecks } = state;
        state = await releases.change(releaseId, (before, at) => dispatch(before, held, others, at), now);
        if (state.fundsChecks > fundsChecks)
          for (const [partnerCode, missingRupiah] of state.fundsShort)
            logger.error('release.funds_short', { releaseId, partnerCode, missingRupiah });
        // Neither, where it was held or cancelled meanwhile.
        else if (state.state === 'dispatched') logger.info('release.dispatched', { releaseId });
      }
      if (state.dispatchedAt) await releases.change(releaseId, planSurveys, now);
    },

    /** Sends the payouts of one file to the queues of their partners; `again` where some may have been sent before. */
    async dispatchChunk(releaseId: string, chunk: number, again: boolean): Promise<void> {
      const { state, prepared } = await load(releaseId);
      // Held meanwhile: who resumes it has it dispatched again.
      if (state !== 'dispatched' || !prepared) return;
      const payouts = await files.chunk({ releaseId, listDigest: prepared.listDigest }, chunk);
      await queues.send(payouts.map((payout) => payMessage(payout, releaseId, again)));
    },
  };
}
