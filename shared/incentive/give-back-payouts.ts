import { type PayoutLists, waitingSince } from '#shared/incentive/payout-lists.ts';
import type { Releases } from '#shared/incentive/release.ts';
import { asWaiting, type ReleaseFiles } from '#shared/incentive/release-files.ts';

type Deps = { readonly releases: Releases; readonly lists: PayoutLists; readonly files: ReleaseFiles };

/** Lets wait again what a cancelled release did not send, and what a closed one left as a mere claim. */
export function payoutsGivenBack({ releases, lists, files }: Deps) {
  return async (releaseId: string): Promise<void> => {
    const { state, prepared, closed } = (await releases.load(releaseId)).state;
    if (!prepared || (state !== 'cancelled' && !closed)) return;
    const list = { releaseId, listDigest: prepared.listDigest };
    for (let chunk = 0; chunk < prepared.chunkCount; chunk += 1) {
      // What was cancelled was never sent. Of what a dispatched release left as a claim, nobody knows.
      const payouts = closed
        ? (await files.outcome(releaseId, closed.round, chunk)).open
            .filter((payout) => payout.state === 'claimed')
            .map((payout) => ({ ...payout, relisted: true as const }))
        : await files.chunk(list, chunk);
      await lists.leaveWaiting(waitingSince.release(releaseId), payouts.map(asWaiting));
    }
  };
}
