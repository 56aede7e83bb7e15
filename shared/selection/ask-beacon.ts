import { logger } from '#shared/platform/observe.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import type { Batches } from '#shared/selection/batch.ts';
import { awaitBeacon, maxBeaconTries, revealBeacon } from '#shared/selection/batch-steps.ts';
import type { Beacon } from '#shared/selection/beacon.ts';
import { DrawCommitment } from '#shared/selection/draw/manifest.ts';
import type { DrawFiles } from '#shared/selection/draw-files.ts';

/**
 * Asks a beacon for the round that the commitment names. What does not come is asked for again by the clock, for some hours; then an alarm calls
 * somebody. Asserts that the beacon is that of the committed chain.
 */
export async function askBeacon(batches: Batches, files: DrawFiles, beacon: Beacon, batchId: string): Promise<void> {
  const { committed, seeded } = (await batches.load(batchId)).state;
  if (seeded || !committed?.round) return;
  const { round } = committed.round;
  await checkChain(files, beacon, committed.commitmentDigest);
  const signature = await beacon.signatureOf(round).catch((error: unknown) => {
    if (!(error instanceof ServiceFailed)) throw error;
    logger.error('beacon.failed', { batchId, round, answered: error.answered });
    return null;
  });
  if (signature) {
    await batches.change(batchId, (before) => revealBeacon(before, signature));
    return;
  }
  const { beaconTries } = await batches.change(batchId, (before, at) => awaitBeacon(before, batchId, at));
  if (beaconTries >= maxBeaconTries) logger.error('beacon.given_up', { batchId, round });
}

/** A deployment may follow another chain by now; the commitment cannot. */
async function checkChain(files: DrawFiles, { chain }: Beacon, commitmentDigest: string): Promise<void> {
  const { randomness } = DrawCommitment.parse(JSON.parse(await files.commitmentText(commitmentDigest)));
  const isCommitted = randomness.kind === 'drand' && randomness.publicKey === chain.publicKey;
  if (!isCommitted || randomness.chainHash !== chain.chainHash) throw new Error('draw.chain_differs');
}
