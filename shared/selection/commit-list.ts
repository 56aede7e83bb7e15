import { ok } from 'node:assert/strict';
import { schemes } from '#shared/credit/schemes.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { json } from '#shared/platform/files.ts';
import type { Batch } from '#shared/selection/batch.ts';
import type { EventOf } from '#shared/selection/batch-events.ts';
import { type BeaconChain, roundAfter } from '#shared/selection/beacon.ts';
import { DrawCommitment } from '#shared/selection/draw/manifest.ts';
import { allDigits, type DrawFiles, drawFile, groupRootsFile, ScreenedShard } from '#shared/selection/draw-files.ts';
import { commitmentOf } from '#shared/selection/draw-texts.ts';

/** Between the commitment and its round: time for everybody to see the commitment before the randomness. */
const beforeRoundMilliseconds = 10 * 60_000;

/**
 * Writes the commitment of a screened batch, for the journal to choose it by its digest: it is there before it is chosen, and public from that moment on.
 * Another run writes another one; one whose round is near or past by the time it is chosen would be none. `chain` is null where two operators have sealed.
 */
export async function draftCommitment(
  batch: Batch,
  files: DrawFiles,
  chain: BeaconChain | null,
  now: Date,
): Promise<Omit<EventOf<'ListCommitted'>, 'type'>> {
  const { created: terms, screening: cut, seals } = batch;
  ok(terms && cut, 'What is committed was created, and cut');
  const shards = await files.marksOf('screened', allDigits(cut.shardDigits), ScreenedShard);
  const groupRoots = Buffer.concat(shards.flatMap((shard) => shard.groupRoots.map((root) => Buffer.from(root, 'hex'))));
  await files.put(groupRootsFile, groupRoots, 'application/octet-stream');
  const named = chain && namedRound(chain, now);
  const { maxRecipientsPerFamilyCard: maxPerFamily } = schemes[terms.scheme];
  const text = commitmentOf({ terms, cut, shards, groupRoots, maxPerFamily, seals, named, now });
  const commitmentDigest = digestOf(text);
  await files.put(drawFile.commitmentOf(commitmentDigest), text, json);
  const round = named && { round: named.round, roundAt: named.roundAt };
  return { commitmentDigest, root: DrawCommitment.parse(JSON.parse(text)).list.root, round };
}

function namedRound(chain: BeaconChain, now: Date) {
  const { round, at } = roundAfter(chain, new Date(now.getTime() + beforeRoundMilliseconds));
  return { chain, round, roundAt: at.toISOString() };
}
