import { type Participants, participants as participantsOf } from '#shared/journal/participant.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { replayEligibility } from '#shared/registration/eligibility/replay-api.ts';
import { type Applicants, applicants as applicantsIn } from '#shared/selection/applicants.ts';
import { type Batches, batches as batchesIn, knownBatch } from '#shared/selection/batch.ts';
import { answerObjection, readObjections } from '#shared/selection/batch-api.ts';
import { drawFiles } from '#shared/selection/draw-files.ts';
import type { Membership } from '#shared/selection/membership.ts';
import { answerObjection as answer, type Objections, objections as objectionsTo } from '#shared/selection/objection.ts';
import { replayGroup } from '#shared/selection/replay-decisions.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly batches: Batches;
  readonly participants: Participants;
  readonly applicants: Applicants;
  readonly objections: Objections;
  readonly files: Files;
};

/** Objections to a draw, as operators see and answer them; and the decisions about its applicants, made again. */
export function manageObjections({ batches, participants, applicants, objections, files }: Deps) {
  const listing = api(readObjections, async ({ path: { batchId }, query: { cursor } }) => {
    await knownBatch(batches, batchId);
    const { found, next } = await objections.page(batchId, cursor);
    const views = [];
    for (const { participantId, drawNumber } of found) {
      const { membership } = (await participants.load(participantId)).state;
      const view = viewOf(batchId, drawNumber, participantId, membership);
      if (view) views.push(view);
    }
    return { openCount: await objections.openCount(batchId), objections: views, next };
  });
  const answering = api(answerObjection, async ({ caller, path: { batchId, drawNumber }, body }) => {
    const participantId = await applicants.participantWith(batchId, drawNumber);
    if (!participantId) throw new Refusal('draw_number_unknown');
    const given = { batchId, drawNumber, ...body };
    const { membership } = await participants.change(participantId, (file) =>
      answer(file.membership, caller.username, given),
    );
    const view = viewOf(batchId, drawNumber, participantId, membership);
    if (!view) throw new Refusal('objection_unknown');
    return view;
  });
  const replaying = api(replayEligibility, async ({ path: { batchId }, query: { group } }) => {
    const batch = await knownBatch(batches, batchId);
    if (!batch.screening || !batch.screened) throw new Refusal('batch_state', 'The batch is not screened yet');
    const { groupDigits } = batch.screening;
    const asked = group ?? '0'.repeat(groupDigits);
    if (asked.length !== groupDigits) throw new Refusal('request_invalid', undefined, ['group']);
    return replayGroup({ participants, applicants }, batch, drawFiles(files, batchId), asked);
  });
  return apiGroup([
    [replayEligibility, replaying],
    [readObjections, listing],
    [answerObjection, answering],
  ]);
}

function viewOf(batchId: string, drawNumber: string, participantId: string, { objections }: Membership) {
  const objection = objections.get(batchId);
  if (!objection) return null;
  const { ground, at, answered } = objection;
  return {
    ...{ drawNumber, participantId, ground },
    filedAt: at.toISOString(),
    answer: answered?.answer ?? null,
    note: answered?.note ?? null,
    answeredBy: answered?.by ?? null,
  };
}

const table = programTable();
export const handler = manageObjections({
  batches: batchesIn(table),
  participants: participantsOf(table),
  applicants: applicantsIn(table),
  objections: objectionsTo(table),
  files: programFiles(),
});
