import { ok } from 'node:assert/strict';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { DecreeMessage } from '#shared/operations/messages.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { worker } from '#shared/platform/worker.ts';
import { type Applicants, applicants } from '#shared/selection/applicants.ts';
import { type Batch, type Batches, batches, decreeChunks } from '#shared/selection/batch.ts';
import { announce, decreed, promote } from '#shared/selection/batch-steps.ts';
import { decreeChunk } from '#shared/selection/decree-chunk.ts';
import { decreeTexts } from '#shared/selection/decree-texts.ts';
import { type DrawFiles, drawFiles } from '#shared/selection/draw-files.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import { closeRound } from '#shared/selection/promotion.ts';
import { programTable, type Table } from '#shared/table/table.ts';

type Deps = {
  readonly table: Table;
  readonly participants: Participants;
  readonly batches: Batches;
  readonly applicants: Applicants;
  readonly files: Files;
  readonly keys: () => Promise<Keys>;
  readonly publicUrl: () => string;
};

/**
 * Queue `decree`: decrees one chunk of winners, or writes the document over all decrees. Who finds all chunks done offers the places that
 * fell free to the waiting lists, or closes the decree.
 */
export function decreeWinners(deps: Deps) {
  const { table, participants, applicants, batches, keys } = deps;
  return worker('decreeWinners', DecreeMessage, async (message) => {
    const { batchId } = message;
    const { state: batch } = await batches.load(batchId);
    const files = drawFiles(deps.files, batchId);
    ok(batch.ordered, 'Winners are decreed after two operators said so');
    if (message.step === 'document') return announceDecree(deps, batch, batchId, files);
    if (batch.decreed) return;
    if (message.chunk < decreeChunks(batch)) {
      const stores = { participants, applicants, places: familyPlaces(table, await keys()) };
      await decreeChunk(stores, batch, files, message.chunk);
    }
    await concludeRound(batches, batchId, files);
  });
}

/** When all chunks are done: the next round of promotions, or the end of the decree. */
async function concludeRound(batches: Batches, batchId: string, files: DrawFiles): Promise<void> {
  const { state: batch } = await batches.load(batchId);
  const chunkCount = decreeChunks(batch);
  if (batch.decreed || (await files.countDone('decreed')) < chunkCount) return;
  const { promotion, counts } = await closeRound(batch, files, chunkCount);
  await batches.change(batchId, (before) => (promotion ? promote(before, promotion) : decreed(before, counts)));
}

async function announceDecree({ batches, keys, publicUrl }: Deps, batch: Batch, batchId: string, files: DrawFiles) {
  if (batch.announced) return;
  const texts = await decreeTexts(batch, files, { keys: await keys(), publicUrl: publicUrl() });
  const digests = await texts.publish();
  await batches.change(batchId, (before) => announce(before, digests));
}

const table = programTable();
export const handler = decreeWinners({
  table,
  participants: participants(table),
  batches: batches(table),
  applicants: applicants(table),
  files: programFiles(),
  keys: programKeys,
  publicUrl: () => setting('publicUrl'),
});
