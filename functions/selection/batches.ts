import { addAll } from '#shared/platform/counts.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { isRegency, programProvinceCodes } from '#shared/registration/regions.ts';
import { type Applicants, applicants as applicantsIn } from '#shared/selection/applicants.ts';
import { type Batch, type Batches, batches as batchesIn, batchIdOf, knownBatch } from '#shared/selection/batch.ts';
import * as routes from '#shared/selection/batch-api.ts';
import type { BatchTerms } from '#shared/selection/batch-events.ts';
import * as steps from '#shared/selection/batch-steps.ts';
import { viewOf } from '#shared/selection/batch-view.ts';
import { drawFiles } from '#shared/selection/draw-files.ts';
import { type Objections, objections as objectionsTo } from '#shared/selection/objection.ts';
import { outcomeIn } from '#shared/selection/own-outcome.ts';
import { progressOf } from '#shared/selection/progress.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly batches: Batches;
  readonly applicants: Applicants;
  readonly objections: Objections;
  readonly files: Files;
};

/** What operators do with batches. Each step is one decision in the batch's journal; work follows from there. */
export function manageBatches({ batches, applicants, objections, files }: Deps) {
  const changed = async (batchId: string, decide: Parameters<Batches['change']>[1]) =>
    viewOf(batchId, await batches.change(batchId, decide));

  /** Who claimed the places of a batch, where that claim is void: the claimant was drafted without these places after all. */
  async function voidClaimOn(source: string, { recoveredBy }: Batch): Promise<string | null> {
    if (recoveredBy === null) return null;
    const claimant = (await batches.load(recoveredBy)).state.created;
    return claimant?.recovers.includes(source) === false ? recoveredBy : null;
  }

  /** The terms of a recovery batch: its quotas are the free places of the batches that it recovers. Nothing is claimed yet. */
  async function withRecovered(terms: BatchTerms): Promise<BatchTerms> {
    const quotas: Record<string, number> = {};
    for (const source of new Set(terms.recovers)) {
      const state = await knownBatch(batches, source);
      if (!state.reconciled) throw new Refusal('batch_state', 'Places are recovered from reconciled batches');
      steps.recover(state, batchIdOf(terms.number), await voidClaimOn(source, state));
      addAll(quotas, state.reconciled.freePlaces);
    }
    return { ...terms, quotas };
  }

  /** Claims the places before the batch is drafted: nobody else gives them away then. */
  async function claim({ number, recovers }: BatchTerms): Promise<void> {
    for (const source of new Set(recovers)) {
      const voidClaim = await voidClaimOn(source, (await batches.load(source)).state);
      await batches.change(source, (batch) => steps.recover(batch, batchIdOf(number), voidClaim));
    }
  }

  const creating = api(routes.createBatch, async ({ caller, body }) => {
    checkRegions(body);
    const batchId = batchIdOf(body.number);
    const draft = (terms: BatchTerms) => (batch: Batch, at: Date) =>
      steps.create(batch, caller.username, terms, batchId, at);
    if (body.recovers.length === 0) return changed(batchId, draft(body));
    if (steps.placesOf(body) > 0)
      throw new Refusal('request_invalid', 'A recovery batch has the places that it recovers', ['quotas']);
    const terms = await withRecovered(body);
    // Rehearsed: no place is claimed for a batch that will be refused.
    draft(terms)((await batches.load(batchId)).state, new Date());
    await claim(terms);
    return changed(batchId, draft(terms));
  });
  const opening = api(routes.openBatch, ({ caller, path: { batchId } }) =>
    changed(batchId, (batch, at) => steps.open(batch, caller.username, batchId, at)),
  );
  const closing = api(routes.closeBatch, ({ caller, path: { batchId } }) =>
    changed(batchId, (batch, at) => steps.close(batch, caller.username, batchId, at)),
  );
  const sealing = api(routes.sealBatch, ({ caller, path: { batchId }, body }) =>
    changed(batchId, (batch) => steps.sealShare(batch, caller.username, body.seal)),
  );
  const revealing = api(routes.revealShare, ({ caller, path: { batchId }, body }) =>
    changed(batchId, (batch, at) => steps.reveal(batch, caller.username, body.share, at)),
  );
  const approving = api(routes.approveDraw, ({ caller, path: { batchId } }) =>
    changed(batchId, (batch, at) => steps.approve(batch, caller.username, at)),
  );
  const proposing = api(routes.proposeOverride, async ({ caller, path: { batchId }, body }) => {
    const batch = await knownBatch(batches, batchId);
    if (!(await applicants.participantWith(batchId, body.drawNumber))) throw new Refusal('draw_number_unknown');
    const { outcome } = await outcomeIn(batch, drawFiles(files, batchId), body.drawNumber);
    if (batch.published && !steps.mayCorrect(body.kind, outcome)) throw new Refusal('override_contradicts');
    return changed(batchId, (before, at) => steps.proposeOverride(before, caller.username, body, at));
  });
  const confirming = api(routes.confirmOverride, ({ caller, path: { batchId, overrideId } }) =>
    changed(batchId, (batch, at) => steps.confirmOverride(batch, caller.username, overrideId, at)),
  );
  const ordering = api(routes.orderDecree, async ({ caller, path: { batchId }, body }) => {
    const openObjections = await objections.openCount(batchId);
    return changed(batchId, (batch, at) =>
      steps.orderDecree(batch, caller.username, { ...body, openObjections }, batchId, at),
    );
  });
  const following = api(routes.readProgress, async ({ path: { batchId }, now }) =>
    progressOf(await knownBatch(batches, batchId), drawFiles(files, batchId), now),
  );

  return apiGroup([
    [routes.createBatch, creating],
    [routes.openBatch, opening],
    [routes.closeBatch, closing],
    [routes.sealBatch, sealing],
    [routes.revealShare, revealing],
    [routes.approveDraw, approving],
    [routes.proposeOverride, proposing],
    [routes.confirmOverride, confirming],
    [routes.orderDecree, ordering],
    [routes.readProgress, following],
  ]);
}

/** @throws Refusal `request_invalid` naming the field whose region is none. */
function checkRegions({ quotas, regencyQuotas, priorityRegencies }: BatchTerms): void {
  const faults = [
    ...(Object.keys(quotas).every((code) => programProvinceCodes.includes(code)) ? [] : ['quotas']),
    ...(Object.keys(regencyQuotas).every(isRegency) ? [] : ['regencyQuotas']),
    ...(priorityRegencies.every(isRegency) ? [] : ['priorityRegencies']),
  ];
  if (faults.length > 0) throw new Refusal('request_invalid', 'A region is none of the program', faults);
}

const table = programTable();
export const handler = manageBatches({
  batches: batchesIn(table),
  applicants: applicantsIn(table),
  objections: objectionsTo(table),
  files: programFiles(),
});
