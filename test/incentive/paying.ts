import { linkAccount } from '#shared/incentive/account.ts';
import { nextClaims } from '#shared/incentive/entitlement.ts';
import { forfeit, liftHold, placeHold } from '#shared/incentive/hold.ts';
import { openPayouts, type Payout } from '#shared/incentive/incentive.ts';
import { type Outcome, recordOutcome } from '#shared/incentive/settlement.ts';
import type { Participant, ParticipantEvent } from '#shared/journal/participant.ts';
import { citizen, decided, linkedAccount } from '#test/journal/citizen.ts';

/* Files of one citizen, moved on by the product's own rules. */

export const { participantId } = citizen();

/** Outcomes as a worker finds them. */
export const outcomes = {
  paid: { kind: 'paid', partnerReference: 'BANK1', by: 'answer' },
  refused: { kind: 'refused', reason: 'account_closed', fault: 'account' },
  'refused, not because of the account': { kind: 'refused', reason: 'amount_not_allowed', fault: 'ours' },
  returned: { kind: 'returned', partnerReference: 'BANK2', by: 'statement' },
  sent: { kind: 'sent' },
  unknown: { kind: 'unknown', cause: 'timeout' },
  deferred: { kind: 'deferred', reason: 'closed_hours', until: new Date('2026-11-03T00:00:00.000Z') },
} as const satisfies Record<string, Outcome>;
export type OutcomeName = keyof typeof outcomes;
export const outcomeNames = Object.keys(outcomes).filter((name): name is OutcomeName => name in outcomes);

/** The one payout that may be on its way. */
export function openOne(file: Participant): Payout {
  const [payout, ...others] = openPayouts(file.incentives);
  if (!payout || others.length > 0) throw new Error('One payout is open');
  return payout;
}

/** A file after the outcome of its one open payout, or of the one that is named. */
export function settled(
  file: Participant,
  outcome: Outcome,
  at: Date,
  reference = openOne(file).reference,
): Participant {
  return decided(file, recordOutcome(participantId, file, reference, outcome, at), at);
}

/** A file after everything that can be claimed is claimed. */
export function claimedAt(file: Participant, at: Date): Participant {
  return decided(file, { events: nextClaims(participantId, file, at) }, at);
}

/** A file after its owner has linked another account. */
export function relinked(file: Participant, number: string, at: Date): Participant {
  return decided(file, linkAccount(participantId, file, linkedAccount(file, participantId, number), at), at);
}

/** A file after an answered survey. */
export function answered(file: Participant, number: number, at: Date): Participant {
  const event: ParticipantEvent = {
    type: 'SurveyAnswered',
    number,
    questionnaireVersion: '2026-11',
    consentVersion: '2026-11',
    answers: new Uint8Array([number]),
    answersTag: `answers-${number}`,
  };
  return decided(file, { events: [event] }, at);
}

const [proposer, decider] = ['operator-1', 'operator-2'];

/** A file after a hold was placed. */
export function held(file: Participant, holdId: string, at: Date): Participant {
  return decided(file, placeHold(file, { holdId, reason: 'eligibility_lost', by: proposer }), at);
}

/** A file after a hold was lifted; nothing is claimed by it here. */
export function lifted(file: Participant, holdId: string, at: Date): Participant {
  return decided(file, liftHold(file.incentives, { holdId, by: decider }), at);
}

/** A file whose owner gets no further incentive. What was not claimed went back. */
export function forfeited(file: Participant, at: Date): Participant {
  const proposed = held(file, 'forfeit', at);
  return decided(proposed, forfeit(proposed, { holdId: 'forfeit', by: decider }), at);
}
