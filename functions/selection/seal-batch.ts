import { api } from '#shared/platform/http.ts';
import { type Batches, batches, sealBatch as sealDecision } from '#shared/selection/batch.ts';
import { sealBatch, viewOf } from '#shared/selection/selection-api.ts';
import { programTable } from '#shared/table/table.ts';

/** POST /v1/batches/{batchId}/seal: a second operator seals a share. A repeat changes nothing. */
export function sealClosedBatch({ batches }: { readonly batches: Batches }) {
  return api(sealBatch, async ({ caller, path: { batchId }, body }) => {
    const batch = await batches.change(batchId, (before, at) =>
      sealDecision(before, caller.username, body.seal, batchId, at),
    );
    return viewOf(batchId, batch);
  });
}

export const handler = sealClosedBatch({ batches: batches(programTable()) });
