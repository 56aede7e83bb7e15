import { api } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programProvinceCodes } from '#shared/registration/regions.ts';
import { type Batches, batches, batchIdOf, create } from '#shared/selection/batch.ts';
import { createBatch, viewOf } from '#shared/selection/selection-api.ts';
import { programTable } from '#shared/table/table.ts';

/** POST /v1/batches: drafts a batch. A repeat changes nothing. */
export function draftBatch({ batches }: { readonly batches: Batches }) {
  return api(createBatch, async ({ caller, body }) => {
    const unknown = Object.keys(body.quotas).filter((code) => !programProvinceCodes.includes(code));
    if (unknown.length > 0)
      throw new Refusal('request_invalid', 'A quota names no province of the program', ['quotas']);
    const batchId = batchIdOf(body.number);
    return viewOf(batchId, await batches.change(batchId, (batch) => create(batch, caller.username, body)));
  });
}

export const handler = draftBatch({ batches: batches(programTable()) });
