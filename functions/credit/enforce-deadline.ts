import { ok } from 'node:assert/strict';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { DeadlineMessage } from '#shared/operations/messages.ts';
import { addAll, addTo } from '#shared/platform/counts.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { logger } from '#shared/platform/observe.ts';
import { worker } from '#shared/platform/worker.ts';
import { type Applicants, applicants } from '#shared/selection/applicants.ts';
import { type Batch, type Batches, batches, isOfAdmitted } from '#shared/selection/batch.ts';
import { reconcile } from '#shared/selection/batch-steps.ts';
import {
  chunkPart,
  chunkParts,
  DecreedChunk,
  type DrawFiles,
  drawFiles,
  RevokedChunk,
} from '#shared/selection/draw-files.ts';
import { eachOf } from '#shared/selection/each-of.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly batches: Batches;
  readonly applicants: Applicants;
  readonly files: Files;
};

/**
 * Queue `deadline`: looks at one chunk of recipients after the purchase deadline, and revokes who bought nothing. Who finds all chunks done reconciles the
 * batch: what was kept, what came back, and which places are free for a recovery batch.
 */
export function enforceDeadline(deps: Deps) {
  return worker('enforceDeadline', DeadlineMessage, async ({ batchId, chunk }) => {
    const { state: batch } = await deps.batches.load(batchId);
    const { deadline, reconciled } = batch;
    ok(deadline, 'A deadline is enforced when it has passed');
    if (reconciled) return;
    const files = drawFiles(deps.files, batchId);
    const isPart = chunk < deadline.chunkCount;
    if (isPart && !(await files.markOf('revoked', chunkPart(chunk), RevokedChunk)))
      await enforceChunk(deps, batch, batchId, files, chunk);
    await conclude(deps.batches, batchId, files, deadline.chunkCount);
  });
}

async function enforceChunk(
  { participants, applicants }: Deps,
  batch: Batch,
  batchId: string,
  files: DrawFiles,
  chunk: number,
): Promise<void> {
  const chunkOfDecrees = await files.markOf('decreed', chunkPart(chunk), DecreedChunk);
  ok(chunkOfDecrees, 'Every chunk has its mark');
  const provinces = new Map(chunkOfDecrees.decreed.map(({ drawNumber, provinceCode }) => [drawNumber, provinceCode]));
  const freePlaces: Record<string, number> = {};
  const done = { kept: 0, revoked: 0, returnedRupiah: 0, freePlaces };
  await eachOf([...provinces.keys()], async (drawNumber) => {
    const participantId = await applicants.participantWith(batchId, drawNumber);
    ok(participantId, 'Whose draw number it is stands in the index');
    const { membership, balances } = await participants.change(participantId, revokeOverdue);
    if (!membership.revoked) {
      done.kept += 1;
      return;
    }
    done.revoked += 1;
    done.returnedRupiah += balances.returned;
    // A place that operators added is nobody's when it falls free.
    if (isOfAdmitted(batch, chunk)) return;
    addTo(freePlaces, provinces.get(drawNumber) ?? '');
  });
  await files.markDone('revoked', chunkPart(chunk), done, RevokedChunk);
  logger.info('deadline.chunk_done', { batchId, chunk, kept: done.kept, revoked: done.revoked });
}

async function conclude(batches: Batches, batchId: string, files: DrawFiles, chunkCount: number): Promise<void> {
  if ((await files.countDone('revoked')) < chunkCount) return;
  const { decreed } = (await batches.load(batchId)).state;
  const freePlaces: Record<string, number> = { ...decreed?.freePlaces };
  const sums = { keptCount: 0, revokedCount: 0, returnedRupiah: 0 };
  for (const done of await files.marksOf('revoked', chunkParts(chunkCount), RevokedChunk)) {
    sums.keptCount += done.kept;
    sums.revokedCount += done.revoked;
    sums.returnedRupiah += done.returnedRupiah;
    addAll(freePlaces, done.freePlaces);
  }
  await batches.change(batchId, (before) => reconcile(before, { ...sums, freePlaces }));
}

const table = programTable();
export const handler = enforceDeadline({
  participants: participants(table),
  batches: batches(table),
  applicants: applicants(table),
  files: programFiles(),
});
