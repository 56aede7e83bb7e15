import { type Files, programFiles } from '#shared/platform/files.ts';
import { apiPage } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type Batch, type Batches, batches } from '#shared/selection/batch.ts';
import { drawFile } from '#shared/selection/draw-files.ts';
import { readBatchFile } from '#shared/selection/selection-api.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly batches: Batches; readonly files: Files };

const expiresInSeconds = 300;

/** GET /v1/batches/{batchId}/files/{file}: leads to a published file of the draw. */
export function leadToDrawFile({ batches, files }: Deps) {
  return apiPage(readBatchFile, async ({ path: { batchId, file } }) => {
    const { state } = await batches.load(batchId);
    if (!state.created) throw new Refusal('batch_unknown');
    if (!isPublished(state, file)) throw new Refusal('batch_state', 'This file is not published yet');
    const location = await files.address(drawFile.published(batchId, file), expiresInSeconds);
    return { statusCode: readBatchFile.status, headers: { location, 'cache-control': 'no-store' } };
  });
}

/** List and commitment come before the randomness, winners and manifest after it. */
function isPublished({ committed, prepared }: Batch, file: string): boolean {
  return file === 'commitment.json' || file === 'applicants.csv' ? committed !== null : prepared !== null;
}

export const handler = leadToDrawFile({ batches: batches(programTable()), files: programFiles() });
