import { type Files, programFiles } from '#shared/platform/files.ts';
import { api, apiGroup, apiPage } from '#shared/platform/http.ts';
import { htmlHeaders } from '#shared/platform/page.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type Batch, type Batches, batches as batchesIn, knownBatch } from '#shared/selection/batch.ts';
import { viewOf } from '#shared/selection/batch-view.ts';
import { checkPage } from '#shared/selection/check-page.ts';
import { readBatch, readBatchFile, readDrawDocument, readProof, showCheckPage } from '#shared/selection/draw-api.ts';
import { drawFile, drawFiles } from '#shared/selection/draw-files.ts';
import { poolsOf, proofOf, scoreOf } from '#shared/selection/proof.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly batches: Batches; readonly files: Files };

const addressSeconds = 300;
/** Once published, a file of a draw never changes. */
const forGood = 'public, max-age=31536000, immutable';

/** What anybody may see of a draw: the batch, its files, one applicant's proof, and the page that checks it in the browser. */
export function showDraws({ batches, files }: Deps) {
  const known = (batchId: string) => knownBatch(batches, batchId);

  const reading = api(readBatch, async ({ path: { batchId } }) => viewOf(batchId, await known(batchId)));
  const leading = apiPage(readBatchFile, async ({ path: { batchId, file } }) => {
    const batch = await known(batchId);
    if (!isPublished(batch, file)) throw new Refusal('batch_state', 'This file is not published yet');
    const location = await drawFiles(files, batchId).address(nameOf(batch, file), addressSeconds);
    return { statusCode: readBatchFile.status, headers: { location, 'cache-control': 'no-store' } };
  });
  const handing = apiPage(readDrawDocument, async ({ path: { batchId, document } }) => {
    const batch = await known(batchId);
    const store = drawFiles(files, batchId);
    const text = isPublished(batch, document) ? await store.text(nameOf(batch, document)) : null;
    if (text === null) throw new Refusal('draw_document_unknown');
    const headers = { 'content-type': 'application/json', 'cache-control': forGood };
    return { statusCode: readDrawDocument.status, headers, body: text };
  });
  const proving = api(readProof, async ({ path: { batchId, drawNumber } }) => {
    const { screening, drawn, published } = await known(batchId);
    if (!screening || !drawn || !published) throw new Refusal('batch_state', 'The draw is not published yet');
    const store = drawFiles(files, batchId);
    const group = await store.resultGroup(drawNumber.slice(0, screening.groupDigits));
    const manifest = await store.manifest(drawn.manifestDigest);
    const proof = proofOf(group, drawNumber);
    const [, outcome, number] = group.applicants[proof.index] ?? [];
    if (outcome === undefined || number === undefined) throw new Error('draw.applicant_missing');
    const { seed, list } = manifest;
    const score = scoreOf(proof.record, seed);
    return { proof, root: list.root, seed, score, outcome, number, pools: poolsOf(manifest, proof.record) };
  });
  const checking = apiPage(showCheckPage, async ({ path: { batchId } }) => {
    await known(batchId);
    return { statusCode: showCheckPage.status, headers: { ...htmlHeaders }, body: checkPage({ batchId }) };
  });

  return apiGroup([
    [readBatch, reading],
    [readBatchFile, leading],
    [readDrawDocument, handing],
    [readProof, proving],
    [showCheckPage, checking],
  ]);
}

/** Where a published file lies: the commitment under its digest. */
function nameOf({ committed }: Batch, file: string): string {
  return file === drawFile.commitment && committed ? drawFile.commitmentOf(committed.commitmentDigest) : file;
}

/** List and commitment come before the randomness, the result after it, promotions and the decree after that. */
function isPublished({ committed, published, promoted, announced }: Batch, file: string): boolean {
  if (file === drawFile.commitment || file.startsWith('list-')) return committed !== null;
  if (file.startsWith('promotions-')) return promoted.some(({ round }) => file === drawFile.promotions(round));
  if (file.startsWith('decree') || file.startsWith('overrides')) return announced !== null;
  return published !== null;
}

export const handler = showDraws({ batches: batchesIn(programTable()), files: programFiles() });
