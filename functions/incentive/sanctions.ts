import { raise, repay } from '#shared/incentive/clawback.ts';
import { forfeit, placeHold, proposeRelease } from '#shared/incentive/hold.ts';
import type { IncentiveEvent } from '#shared/incentive/incentive-events.ts';
import { type Repayments, repayments } from '#shared/incentive/repayments.ts';
import {
  forfeitEntitlement,
  liftHold,
  placeHolds,
  postRepayment,
  proposeHoldRelease,
  raiseReceivable,
  readSanctions,
  sanctionsOf,
} from '#shared/incentive/sanctions-api.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { slices } from '#shared/platform/slices.ts';
import { liftCounted } from '#shared/registration/feeds/hold-listed.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly repayments: Repayments };
type Rule = (file: Participant, at: Date) => Decision<IncentiveEvent> | Promise<Decision<IncentiveEvent>>;

/** Files changed at the same time by one request. */
const concurrency = 10;

/** Refusals that concern one participant of a list, and nobody else in it. */
const ofOne = ['participant_unknown', 'hold_exists', 'holds_exceeded', 'conflict_persistent'] as const;

/** What stands against a participant, after a decision about somebody who is registered. */
async function decided({ participants }: Deps, participantId: string, rule: Rule) {
  const file = await participants.change(participantId, (before, at) => rule(registered(before), at));
  return sanctionsOf(participantId, file.incentives);
}

function registered(file: Participant): Participant {
  if (!file.registration.registered) throw new Refusal('participant_unknown');
  return file;
}

/** POST /v1/holds: each participant is a decision of its own; who has the hold already keeps it. */
function placeAll({ participants }: Deps) {
  return api(placeHolds, async ({ caller: { username: by }, body: { participantIds, ...request } }) => {
    const place = async (participantId: string) => {
      try {
        await participants.change(participantId, (file) => placeHold(file, { ...request, by }));
        logger.info('hold.placed', { by, participantId, holdId: request.holdId });
        return { participantId, result: 'held' } as const;
      } catch (error) {
        const result = ofOne.find((code) => error instanceof Refusal && error.code === code);
        if (!result) throw error;
        return { participantId, result };
      }
    };
    const results: Awaited<ReturnType<typeof place>>[] = [];
    for (const part of slices([...new Set(participantIds)], concurrency))
      results.push(...(await Promise.all(part.map(place))));
    return { results };
  });
}

/** What operators decide about one participant; who decides, and who looks, is logged. */
export function sanctions(deps: Deps) {
  const lifting = api(liftHold, async ({ caller: { username: by }, path: { participantId, holdId } }) => {
    const after = await decided(deps, participantId, ({ incentives }) =>
      liftCounted(participantId, incentives, { holdId, by }),
    );
    logger.info('hold.lifted', { by, participantId, holdId });
    return after;
  });
  const proposing = api(
    proposeHoldRelease,
    async ({ caller: { username: by }, path: { participantId, holdId }, body }) => {
      const after = await decided(deps, participantId, ({ incentives }) =>
        proposeRelease(incentives, { holdId, by, note: body.note }),
      );
      logger.info('hold.release_proposed', { by, participantId, holdId });
      return after;
    },
  );
  const forfeiting = api(forfeitEntitlement, async ({ caller: { username: by }, path: { participantId }, body }) => {
    const after = await decided(deps, participantId, (file) => forfeit(file, { ...body, by }));
    logger.info('entitlement.forfeited', { by, participantId, holdId: body.holdId });
    return after;
  });
  const raising = api(raiseReceivable, async ({ caller: { username: by }, path: { participantId }, body }) => {
    const after = await decided(deps, participantId, (file, at) => raise(participantId, file, { ...body, by }, at));
    const { holdId, reason, scope } = body;
    logger.info('receivable.raised', { by, participantId, holdId, reason, scope });
    return after;
  });
  const posting = api(postRepayment, async ({ caller: { username: by }, path: { participantId }, body }) => {
    const after = await decided(deps, participantId, async ({ incentives }) => {
      const decision = repay(incentives, { ...body, by });
      // One transfer clears one person's debt: it is theirs before it is in their journal.
      if (decision.events.length > 0) await deps.repayments.claim(body.bankReference, participantId);
      return decision;
    });
    logger.info('repayment.posted', { by, participantId, amountRupiah: body.amountRupiah });
    return after;
  });
  const reading = api(readSanctions, async ({ caller: { username: by }, path: { participantId } }) => {
    const { state } = await deps.participants.load(participantId);
    const { incentives } = registered(state);
    logger.info('sanctions.read', { by, participantId });
    return sanctionsOf(participantId, incentives);
  });
  return apiGroup([
    [placeHolds, placeAll(deps)],
    [liftHold, lifting],
    [proposeHoldRelease, proposing],
    [forfeitEntitlement, forfeiting],
    [raiseReceivable, raising],
    [postRepayment, posting],
    [readSanctions, reading],
  ]);
}

const table = programTable();
export const handler = sanctions({ participants: participants(table), repayments: repayments(table) });
