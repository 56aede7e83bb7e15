import { api } from '#shared/platform/http.ts';
import { type Batches, batches, open } from '#shared/selection/batch.ts';
import { openBatch, viewOf } from '#shared/selection/selection-api.ts';
import { programTable } from '#shared/table/table.ts';

/** POST /v1/batches/{batchId}/opening: opens a drafted batch. A repeat changes nothing. */
export function openDraftedBatch({ batches }: { readonly batches: Batches }) {
  return api(openBatch, async ({ caller, path: { batchId } }) => {
    const batch = await batches.change(batchId, (before) => open(before, caller.username));
    return viewOf(batchId, batch);
  });
}

export const handler = openDraftedBatch({ batches: batches(programTable()) });
