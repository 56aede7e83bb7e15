import { type Participants, participants as participantsOf } from '#shared/journal/participant.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { api } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { replayEligibility } from '#shared/registration/eligibility/replay-api.ts';
import { type Applicants, applicants as applicantsIn } from '#shared/selection/applicants.ts';
import { type Batches, batches as batchesIn, knownBatch } from '#shared/selection/batch.ts';
import { drawFiles } from '#shared/selection/draw-files.ts';
import { replayGroup } from '#shared/selection/replay-decisions.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly batches: Batches;
  readonly applicants: Applicants;
  readonly files: Files;
};

/** GET /v1/batches/{batchId}/eligibility-replay: recorded decisions, made again. Nothing is written. */
export function replayDecisions({ participants, batches, applicants, files }: Deps) {
  return api(replayEligibility, async ({ path: { batchId }, query: { group } }) => {
    const batch = await knownBatch(batches, batchId);
    if (!batch.screening || !batch.screened) throw new Refusal('batch_state', 'The batch is not screened yet');
    const { groupDigits } = batch.screening;
    const asked = group ?? '0'.repeat(groupDigits);
    if (asked.length !== groupDigits) throw new Refusal('request_invalid', undefined, ['group']);
    return replayGroup({ participants, applicants }, batch, drawFiles(files, batchId), asked);
  });
}

const table = programTable();
export const handler = replayDecisions({
  participants: participantsOf(table),
  batches: batchesIn(table),
  applicants: applicantsIn(table),
  files: programFiles(),
});
