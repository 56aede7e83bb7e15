import { schemes } from '#shared/credit/schemes.ts';
import { DrawMessage } from '#shared/operations/messages.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { type Files, programFiles, writeOnce } from '#shared/platform/files.ts';
import { slices } from '#shared/platform/slices.ts';
import { worker } from '#shared/platform/worker.ts';
import { applicantsOf } from '#shared/selection/applicants.ts';
import { type Batch, type Batches, batches, commit, mayCommit, prepare } from '#shared/selection/batch.ts';
import { commitApplicants } from '#shared/selection/draw.ts';
import { drawFile, winnersPerChunk } from '#shared/selection/draw-files.ts';
import {
  commitDraw,
  commitmentDigest,
  concludeDraw,
  DrawCommitment,
  parseApplicants,
  writeApplicants,
  writeManifest,
} from '#shared/selection/manifest.ts';
import { programTable, type Table } from '#shared/table/table.ts';

type Deps = { readonly table: Table; readonly batches: Batches; readonly files: Files };

/**
 * Queue `draw`: fixes the list of a sealed batch, or draws from it. Files first, then the event. What bears a time is
 * written once, since both shares send a message: runs that meet agree on the first one's files.
 */
export function prepareDraw({ table, batches, files }: Deps) {
  async function commitList(batchId: string): Promise<void> {
    const { state: batch } = await batches.load(batchId);
    const now = new Date();
    if (!batch.created || !batch.closed || !batch.sealed || batch.committed) return;
    // Too early by the difference of two clocks: the message comes again.
    if (!mayCommit(batch, now)) throw new Error('draw.list_not_settled');
    const applicants = writeApplicants(commitApplicants(await applicantsOf(table, batchId)));
    const written = await writeOnce(files, drawFile.applicants(batchId), applicants, 'text/csv');
    const list = commitApplicants(parseApplicants(written));
    const stated = commitDraw({
      batchId,
      batchNumber: batch.created.number,
      scheme: batch.created.scheme,
      quotas: quotasOf(batch.created.quotas, list.byProvince),
      maxPerFamily: schemes[batch.created.scheme].maxRecipientsPerFamilyCard,
      seals: { first: sealOf(batch.closed), second: sealOf(batch.sealed) },
      committedAt: now.toISOString(),
      list,
    });
    const text = await writeOnce(files, drawFile.commitment(batchId), JSON.stringify(stated), 'application/json');
    const commitment = DrawCommitment.parse(JSON.parse(text));
    const { listDigest, applicantCount } = commitment;
    const digests = { listDigest, applicantCount, commitmentDigest: commitmentDigest(commitment) };
    await batches.change(batchId, (before) => commit(before, digests));
  }

  async function drawBatch(batchId: string): Promise<void> {
    const { state: batch } = await batches.load(batchId);
    const { first, second } = batch.shares;
    if (batch.state !== 'drawing' || !first || !second) return;
    const { manifest, outcome, winnersFile } = concludeDraw({
      commitment: await committedOf(batchId, batch),
      list: commitApplicants(parseApplicants(await textOf(drawFile.applicants(batchId)))),
      shares: { first, second },
      files: { applicants: drawFile.applicants(batchId), winners: drawFile.winners(batchId) },
      drawnAt: new Date().toISOString(),
    });
    const ids = outcome.winners.map(({ participantId }) => participantId);
    const chunks = slices(ids, winnersPerChunk);
    for (const [chunk, part] of chunks.entries())
      await files.put(drawFile.chunk(batchId, chunk), JSON.stringify(part), 'application/json');
    await files.put(drawFile.winners(batchId), winnersFile, 'text/csv');
    const text = await writeOnce(files, drawFile.manifest(batchId), writeManifest(manifest), 'application/json');
    const preparation = { manifestDigest: digestOf(text), winnerCount: ids.length, chunkCount: chunks.length };
    await batches.change(batchId, (before) => prepare(before, preparation));
  }

  /** The commitment as published; a file that does not have the digest in the journal is not drawn from. */
  async function committedOf(batchId: string, { committed }: Batch): Promise<DrawCommitment> {
    const commitment = DrawCommitment.parse(JSON.parse(await textOf(drawFile.commitment(batchId))));
    if (commitmentDigest(commitment) !== committed?.commitmentDigest) throw new Error('draw.commitment_differs');
    return commitment;
  }

  async function textOf(key: string): Promise<string> {
    const file = await files.read(key);
    if (!file) throw new Error('draw.file_missing');
    return file.text;
  }

  return worker('prepareDraw', DrawMessage, ({ step, batchId }) =>
    step === 'commit' ? commitList(batchId) : drawBatch(batchId),
  );
}

const sealOf = ({ by, seal }: { by: string; seal: string }) => ({ operator: by, seal });

/** Places of every province that has applicants, or places. */
function quotasOf(quotas: Readonly<Record<string, number>>, byProvince: Readonly<Record<string, number>>) {
  const codes = [...new Set([...Object.keys(quotas), ...Object.keys(byProvince)])];
  return Object.fromEntries(codes.map((code) => [code, quotas[code] ?? 0]));
}

const table = programTable();
export const handler = prepareDraw({ table, batches: batches(table), files: programFiles() });
