import { api } from '#shared/platform/http.ts';
import { type Batches, batches, reveal } from '#shared/selection/batch.ts';
import { revealShare, viewOf } from '#shared/selection/selection-api.ts';
import { programTable } from '#shared/table/table.ts';

/** POST /v1/batches/{batchId}/share: an operator reveals a share; with both the draw runs. A repeat changes nothing. */
export function revealSealedShare({ batches }: { readonly batches: Batches }) {
  return api(revealShare, async ({ caller, path: { batchId }, body }) => {
    const batch = await batches.change(batchId, (before) => reveal(before, caller.username, body.share));
    return viewOf(batchId, batch);
  });
}

export const handler = revealSealedShare({ batches: batches(programTable()) });
