import { api } from '#shared/platform/http.ts';
import { type Batches, batches, close } from '#shared/selection/batch.ts';
import { closeBatch, viewOf } from '#shared/selection/selection-api.ts';
import { programTable } from '#shared/table/table.ts';

/** POST /v1/batches/{batchId}/closing: closes a batch under a sealed share. A repeat changes nothing. */
export function closeOpenBatch({ batches }: { readonly batches: Batches }) {
  return api(closeBatch, async ({ caller, path: { batchId }, body }) => {
    const batch = await batches.change(batchId, (before) => close(before, caller.username, body.seal));
    return viewOf(batchId, batch);
  });
}

export const handler = closeOpenBatch({ batches: batches(programTable()) });
