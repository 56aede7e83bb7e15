import { api } from '#shared/platform/http.ts';
import { approve, type Batches, batches } from '#shared/selection/batch.ts';
import { approveDraw, viewOf } from '#shared/selection/selection-api.ts';
import { programTable } from '#shared/table/table.ts';

/** POST /v1/batches/{batchId}/approval: a second operator lets the decrees begin. A repeat changes nothing. */
export function approveDrawnBatch({ batches }: { readonly batches: Batches }) {
  return api(approveDraw, async ({ caller, path: { batchId } }) => {
    const batch = await batches.change(batchId, (before, at) => approve(before, caller.username, batchId, at));
    return viewOf(batchId, batch);
  });
}

export const handler = approveDrawnBatch({ batches: batches(programTable()) });
