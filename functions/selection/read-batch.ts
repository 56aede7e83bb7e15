import { api } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type Batches, batches } from '#shared/selection/batch.ts';
import { readBatch, viewOf } from '#shared/selection/selection-api.ts';
import { programTable } from '#shared/table/table.ts';

/** GET /v1/batches/{batchId}: state, places and digests, for anybody. */
export function showBatch({ batches }: { readonly batches: Batches }) {
  return api(readBatch, async ({ path: { batchId } }) => {
    const { state } = await batches.load(batchId);
    if (!state.created) throw new Refusal('batch_unknown');
    return viewOf(batchId, state);
  });
}

export const handler = showBatch({ batches: batches(programTable()) });
