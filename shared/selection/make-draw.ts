import { ok } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { digestOf } from '#shared/platform/digest.ts';
import { json } from '#shared/platform/files.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import type { Batch } from '#shared/selection/batch.ts';
import type { EventOf } from '#shared/selection/batch-events.ts';
import { type DrawCommitment, DrawManifest, type PublishedFile } from '#shared/selection/draw/manifest.ts';
import { select, winnerBytes } from '#shared/selection/draw/select.ts';
import {
  allDigits,
  committedList,
  type DrawFiles,
  drawFile,
  waitingFile,
  winnersPerChunk,
} from '#shared/selection/draw-files.ts';
import { outcomeBytes } from '#shared/selection/draw-shards.ts';
import { manifestOf, signatureText } from '#shared/selection/draw-texts.ts';

const bytesType = 'application/octet-stream';
/** Bytes of one outcome. */
const outcomeWidth = 4;

/**
 * Draws a committed batch whose seed is known, and writes what came of it. A repeat writes the same bytes; the manifest, which bears a time, is written
 * once, so that runs that meet go on with the first one's.
 */
export async function makeDraw(
  { committed, seeded, screening }: Batch,
  files: DrawFiles,
  keys: Keys,
): Promise<Omit<EventOf<'DrawMade'>, 'type'>> {
  ok(committed && seeded && screening, 'What is drawn was committed, and has a seed');
  const begun = Date.now();
  const { manifest, commitment, seed } = manifestOf(
    await files.commitmentText(committed.commitmentDigest),
    seeded.reveal,
  );
  const { winners, outcomes, pools, waiting } = await select(committedList(files, commitment), commitment.rules, seed);
  const { batchId, list } = commitment;
  logger.info('draw.selected', { batchId, applicants: list.count, milliseconds: Date.now() - begun });

  const shards = outcomesByShard(list, outcomes);
  const result = {
    winners: entryOf(drawFile.winners, winners, winnerBytes),
    outcomes: shards.map(({ entry }) => entry),
  };
  const text = await files.once(drawFile.manifest, manifest({ ...result, pools: [...pools] }));
  const kept = DrawManifest.parse(JSON.parse(text));
  // Before anything is written over: what another version of this program drew must not differ from what was signed.
  ok(isDeepStrictEqual({ winners: kept.winners, outcomes: kept.outcomes }, result), 'A draw repeated gives the same');
  await files.put(drawFile.winners, winners, bytesType);
  for (const { entry, bytes } of shards) await files.put(entry.file, bytes, bytesType);
  const waitingText = JSON.stringify(waiting);
  await files.put(waitingFile, waitingText, json);
  await files.put(drawFile.signature, signatureText(keys, text), json);
  return {
    manifestDigest: digestOf(text),
    winnerCount: result.winners.count,
    waitingCount: Object.values(waiting).reduce((sum, members) => sum + members.length, 0),
    waitingDigest: digestOf(waitingText),
    chunkCount: Math.ceil(result.winners.count / winnersPerChunk),
    chunkSize: winnersPerChunk,
    shardDigits: screening.shardDigits,
  };
}

const entryOf = (file: string, bytes: Uint8Array, width: number): PublishedFile => {
  return { file, sha256: digestOf(bytes), count: bytes.length / width };
};

/** The outcomes of each file of the list. */
function outcomesByShard(list: DrawCommitment['list'], outcomes: Uint32Array) {
  let first = 0;
  return allDigits(list.shardDigits).map((shard, index) => {
    const last = first + (list.files[index]?.count ?? 0);
    const bytes = outcomeBytes(outcomes.subarray(first, last));
    first = last;
    return { bytes, entry: entryOf(drawFile.outcomes(shard), bytes, outcomeWidth) };
  });
}
