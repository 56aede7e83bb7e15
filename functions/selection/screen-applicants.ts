import { ok } from 'node:assert/strict';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { ScreeningMessage } from '#shared/operations/messages.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { worker } from '#shared/platform/worker.ts';
import { listings } from '#shared/registration/feeds/listings.ts';
import { type Applicants, applicants } from '#shared/selection/applicants.ts';
import { type Batches, batches } from '#shared/selection/batch.ts';
import { publish, screened } from '#shared/selection/batch-steps.ts';
import { drawFiles } from '#shared/selection/draw-files.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import { isPublished, publishShard } from '#shared/selection/publish-shard.ts';
import { screeningCounts, screenShard } from '#shared/selection/screen-shard.ts';
import { programTable, type Table } from '#shared/table/table.ts';

type Deps = {
  readonly table: Table;
  readonly participants: Participants;
  readonly batches: Batches;
  readonly applicants: Applicants;
  readonly files: Files;
  readonly keys: () => Promise<Keys>;
};

/**
 * Queue `screening`: one shard of a batch. `screen` decides who of it is in the draw, and writes its part of the list; `publish` writes its part of the
 * result. Both leave a mark when they are done, and whoever finds all marks takes the batch a step further.
 */
export function screenApplicants({ table, participants, batches, applicants, files, keys }: Deps) {
  return worker('screenApplicants', ScreeningMessage, async ({ step, batchId, shard }) => {
    const { state: batch } = await batches.load(batchId);
    const store = drawFiles(files, batchId);
    ok(shard.length === batch.screening?.shardDigits, 'A shard is one of the cut');
    if (step === 'screen') {
      if (batch.screened) return;
      const opened = await keys();
      const beside = { places: familyPlaces(table, opened), listings: listings(table) };
      const stores = { participants, applicants, ...beside, keys: opened };
      await screenShard(stores, batch, store, shard);
      const counts = await screeningCounts(batch, store);
      if (counts) await batches.change(batchId, (before) => screened(before, counts));
    } else {
      if (batch.published) return;
      await publishShard(batch, store, shard);
      if (await isPublished(batch, store)) await batches.change(batchId, publish);
    }
  });
}

const table = programTable();
export const handler = screenApplicants({
  table,
  participants: participants(table),
  batches: batches(table),
  applicants: applicants(table),
  files: programFiles(),
  keys: programKeys,
});
