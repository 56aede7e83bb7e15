import { ok } from 'node:assert/strict';
import { digestOf } from '#shared/platform/digest.ts';
import { json } from '#shared/platform/files.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import { slices } from '#shared/platform/slices.ts';
import type { Batch } from '#shared/selection/batch.ts';
import type { EventOf } from '#shared/selection/batch-events.ts';
import { type DrawCommitment, DrawManifest, type PublishedFile } from '#shared/selection/draw/manifest.ts';
import { drawNumberBytes } from '#shared/selection/draw/record.ts';
import { select, winnerBytes } from '#shared/selection/draw/select.ts';
import {
  allDigits,
  chunkName,
  committedList,
  type DrawFiles,
  drawFile,
  winnersPerChunk,
} from '#shared/selection/draw-files.ts';
import { outcomeBytes } from '#shared/selection/draw-shards.ts';
import { manifestOf, signatureText } from '#shared/selection/draw-texts.ts';

const bytesType = 'application/octet-stream';

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

  const winnersFile = { file: drawFile.winners, sha256: digestOf(winners), count: winners.length / winnerBytes };
  await files.put(drawFile.winners, winners, bytesType);
  const outcomeFiles = await writeOutcomes(files, list, outcomes);
  const chunkCount = await writeChunks(files, winners);
  await files.putWork('waiting.json', waiting);
  const result = { winners: winnersFile, outcomes: outcomeFiles, pools: [...pools] };
  const text = await files.once(drawFile.manifest, manifest(result));
  const kept = DrawManifest.parse(JSON.parse(text)).winners.sha256;
  ok(kept === winnersFile.sha256, 'A draw repeated gives the same winners');
  await files.put(drawFile.signature, signatureText(keys, text), json);
  return {
    manifestDigest: digestOf(text),
    winnerCount: winnersFile.count,
    waitingCount: Object.values(waiting).reduce((sum, members) => sum + members.length, 0),
    chunkCount,
    shardDigits: screening.shardDigits,
  };
}

async function writeOutcomes(files: DrawFiles, list: DrawCommitment['list'], outcomes: Uint32Array) {
  const written: PublishedFile[] = [];
  let first = 0;
  for (const [index, shard] of allDigits(list.shardDigits).entries()) {
    const count = list.files[index]?.count ?? 0;
    const bytes = outcomeBytes(outcomes.subarray(first, first + count));
    await files.put(drawFile.outcomes(shard), bytes, bytesType);
    written.push({ file: drawFile.outcomes(shard), sha256: digestOf(bytes), count });
    first += count;
  }
  return written;
}

/** Winners in files, each one worker's task; how many there are. */
async function writeChunks(files: DrawFiles, winners: Buffer): Promise<number> {
  const numbers = Array.from({ length: winners.length / winnerBytes }, (_, rank) =>
    winners.toString('hex', rank * winnerBytes, rank * winnerBytes + drawNumberBytes),
  );
  const chunks = slices(numbers, winnersPerChunk);
  for (const [chunk, part] of chunks.entries()) await files.putWork(chunkName(chunk), part);
  return chunks.length;
}
