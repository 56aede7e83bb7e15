import { DrawMessage } from '#shared/operations/messages.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { worker } from '#shared/platform/worker.ts';
import { type Applicants, applicants } from '#shared/selection/applicants.ts';
import { askBeacon } from '#shared/selection/ask-beacon.ts';
import { type Batches, batches, decreeChunks } from '#shared/selection/batch.ts';
import * as steps from '#shared/selection/batch-steps.ts';
import { type Beacon, programBeacon } from '#shared/selection/beacon.ts';
import { draftCommitment } from '#shared/selection/commit-list.ts';
import { drawFiles } from '#shared/selection/draw-files.ts';
import { countedForCut, cutFor } from '#shared/selection/draw-shards.ts';
import { makeDraw } from '#shared/selection/make-draw.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly batches: Batches;
  readonly applicants: Applicants;
  readonly files: Files;
  readonly keys: () => Promise<Keys>;
  readonly beacon: () => Beacon;
};

/** Queue `draw`: the steps of a batch that nobody does by hand. Files first, then the event; a repeat finds what was done. */
export function runDraw(deps: Deps) {
  const { batches } = deps;
  return worker('runDraw', DrawMessage, async ({ step, batchId }) => {
    switch (step) {
      case 'open':
        await batches.change(batchId, (batch, at) => steps.open(batch, 'clock', batchId, at));
        return;
      case 'close':
        await batches.change(batchId, (batch, at) => steps.close(batch, 'clock', batchId, at));
        return;
      case 'screen':
        return cut(deps, batchId);
      case 'commit':
        return commit(deps, batchId);
      case 'beacon':
        return askBeacon(batches, drawFiles(deps.files, batchId), deps.beacon(), batchId);
      case 'draw':
        return draw(deps, batchId);
      case 'deadline':
        return reachDeadline(deps, batchId);
    }
  });
}

/** Cuts the screening into shards of a bounded size: a sixteenth of the applicants is counted. */
async function cut({ batches, applicants }: Deps, batchId: string): Promise<void> {
  const { state: batch } = await batches.load(batchId);
  // Nobody makes a list before the randomness is bound: the second seal takes this step then.
  if (batch.screening || !steps.isBound(batch)) return;
  // Too early by the difference of two clocks: the message comes again.
  if (!steps.maySettle(batch, new Date())) throw new Error('draw.list_not_settled');
  const digits = cutFor(await applicants.countUnder(batchId, '0', countedForCut));
  await batches.change(batchId, (before) => steps.beginScreening(before, digits));
}

/** Fixes the list once the screening is done. After a late seal there is nothing to commit yet, but the screening to begin. */
async function commit(deps: Deps, batchId: string): Promise<void> {
  const { batches, files, beacon } = deps;
  const { state: batch } = await batches.load(batchId);
  if (!batch.screening && steps.maySettle(batch, new Date())) return cut(deps, batchId);
  if (batch.state !== 'screened') return;
  const chain = batch.created?.randomness === 'drand' ? beacon().chain : null;
  const drafted = await draftCommitment(batch, drawFiles(files, batchId), chain, new Date());
  await batches.change(batchId, (before, at) => steps.commit(before, drafted, batchId, at));
}

async function draw({ batches, files, keys }: Deps, batchId: string): Promise<void> {
  const { state: batch } = await batches.load(batchId);
  if (batch.drawn || !batch.seeded) return;
  const made = await makeDraw(batch, drawFiles(files, batchId), await keys());
  await batches.change(batchId, (before) => steps.draw(before, made));
}

async function reachDeadline({ batches }: Deps, batchId: string): Promise<void> {
  await batches.change(batchId, (batch, at) => {
    // Refused, the message would be gone, and nobody looked at any more: it comes again instead.
    if (batch.ordered && !batch.announced) throw new Error('draw.decree_unfinished');
    return steps.reachDeadline(batch, decreeChunks(batch), at);
  });
}

const table = programTable();
export const handler = runDraw({
  batches: batches(table),
  applicants: applicants(table),
  files: programFiles(),
  keys: programKeys,
  beacon: programBeacon,
});
