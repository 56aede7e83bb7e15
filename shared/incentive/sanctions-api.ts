import * as z from 'zod/mini';
import { receivableReasons } from '#shared/incentive/clawback.ts';
import { type HoldReason, holdReasons } from '#shared/incentive/hold.ts';
import { type Incentives, owedRupiah } from '#shared/incentive/incentive.ts';
import { ChosenHoldId, HoldId, ReceivableScope } from '#shared/incentive/incentive-events.ts';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note } from '#shared/platform/operator.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

const ofParticipant = z.strictObject({ participantId: ParticipantId });
const ofHold = z.strictObject({ participantId: ParticipantId, holdId: HoldId });

/** Participants of one request: each is a decision of its own, and all of them fit into the time of one answer. */
const maxParticipants = 100;

const isHoldReason = (name: string): name is HoldReason => name in holdReasons;

const Sanctions = z.strictObject({
  participantId: z.string(),
  holds: z.array(
    z.strictObject({
      holdId: z.string(),
      reason: z.string(),
      by: z.string(),
      since: z.iso.datetime(),
      /** Where a feed placed it: two operators release it. */
      feed: z.nullable(
        z.strictObject({ feedId: z.string(), source: z.string(), heldRupiah: z.int(), paidRupiah: z.int() }),
      ),
      release: z.nullable(z.strictObject({ by: z.string(), note: z.string(), at: z.iso.datetime() })),
    }),
  ),
  forfeited: z.boolean(),
  receivable: z.nullable(
    z.strictObject({
      reason: z.string(),
      scope: ReceivableScope,
      amountRupiah: z.int(),
      owedRupiah: z.int(),
      raisedAt: z.iso.datetime(),
      dueUntil: z.iso.datetime(),
      reminders: z.int(),
      handedOver: z.boolean(),
    }),
  ),
});

/** What stands against a participant, for operators. */
export function sanctionsOf(id: string, { holds, forfeited, receivable }: Incentives): z.input<typeof Sanctions> {
  return {
    participantId: id,
    holds: [...holds.values()].map(({ since, feed = null, release, ...hold }) => ({
      ...hold,
      since: since.toISOString(),
      feed,
      release: release ? { ...release, at: release.at.toISOString() } : null,
    })),
    forfeited,
    receivable: receivable && {
      reason: receivable.reason,
      scope: receivable.scope,
      amountRupiah: receivable.amountRupiah,
      owedRupiah: owedRupiah(receivable),
      raisedAt: receivable.raisedAt.toISOString(),
      dueUntil: receivable.dueUntil.toISOString(),
      reminders: receivable.reminders,
      handedOver: receivable.handedOver,
    },
  };
}

export const placeHolds = endpoint({
  operation: 'placeHolds',
  capability: 'incentive',
  method: 'POST',
  path: '/v1/holds',
  access: 'operator',
  summary: 'Stops the incentives of up to 100 participants, each by a decision of its own. A repeat changes nothing.',
  body: z.strictObject({
    holdId: ChosenHoldId,
    reason: z.enum(Object.keys(holdReasons).filter(isHoldReason)),
    participantIds: z.array(ParticipantId).check(z.minLength(1), z.maxLength(maxParticipants)),
  }),
  status: 200,
  answer: z.strictObject({
    results: z.array(
      z.strictObject({
        participantId: z.string(),
        result: z.enum(['held', 'participant_unknown', 'hold_exists', 'holds_exceeded', 'conflict_persistent']),
      }),
    ),
  }),
  refusals: [],
});

const sanction = {
  capability: 'incentive',
  method: 'POST',
  access: 'operator',
  pathParameters: ofParticipant,
  status: 200,
  answer: Sanctions,
} as const;
const byTwo = ['participant_unknown', 'hold_unknown', 'same_operator', 'conflict_persistent'] as const;

export const liftHold = endpoint({
  ...sanction,
  operation: 'liftHold',
  path: '/v1/participants/{participantId}/holds/{holdId}/release',
  summary:
    'Lifts a hold, by another operator than who placed it; of a feed, than who proposed its release. A repeat changes nothing.',
  pathParameters: ofHold,
  refusals: [...byTwo, 'hold_release_unproposed'],
});

export const proposeHoldRelease = endpoint({
  ...sanction,
  operation: 'proposeHoldRelease',
  path: '/v1/participants/{participantId}/holds/{holdId}/release-proposal',
  summary: 'Proposes that the hold of a feed be released, and why; another operator then lifts it.',
  pathParameters: ofHold,
  body: z.strictObject({ note: Note }),
  refusals: ['participant_unknown', 'hold_unknown', 'hold_exists', 'conflict_persistent'],
});

export const forfeitEntitlement = endpoint({
  ...sanction,
  operation: 'forfeitEntitlement',
  path: '/v1/participants/{participantId}/forfeiture',
  summary: 'Ends the right to incentives, as another operator proposed by a hold. A repeat changes nothing.',
  body: z.strictObject({ holdId: HoldId }),
  refusals: [...byTwo, 'forfeiture_missing', 'not_recipient', 'membership_revoked'],
});

export const raiseReceivable = endpoint({
  ...sanction,
  operation: 'raiseReceivable',
  path: '/v1/participants/{participantId}/receivable',
  summary: 'Asks back what was received without a right to it, as another operator proposed by a hold.',
  body: z.strictObject({ holdId: HoldId, reason: z.enum(receivableReasons), scope: ReceivableScope }),
  refusals: [
    ...byTwo,
    'forfeiture_missing',
    'not_recipient',
    'membership_revoked',
    'receivable_exists',
    'nothing_received',
    'payout_state',
  ],
});

export const postRepayment = endpoint({
  ...sanction,
  operation: 'postRepayment',
  path: '/v1/participants/{participantId}/repayments',
  summary: 'Posts money that was paid back, once by the reference of the bank.',
  body: z.strictObject({
    bankReference: z.string().check(z.regex(/^[A-Za-z0-9/._-]{1,64}$/)),
    amountRupiah: z.int().check(z.positive()),
  }),
  refusals: [
    'participant_unknown',
    'receivable_unknown',
    'receivable_exceeded',
    'repayment_reused',
    'attempts_exceeded',
    'conflict_persistent',
  ],
});

export const readSanctions = endpoint({
  ...sanction,
  operation: 'readSanctions',
  method: 'GET',
  path: '/v1/participants/{participantId}/sanctions',
  summary: 'Holds of a participant, whether the right to incentives has ended, and what is owed back.',
  refusals: ['participant_unknown'],
});

/** What one function serves. */
export const sanctionEndpoints = [
  placeHolds,
  proposeHoldRelease,
  liftHold,
  forfeitEntitlement,
  raiseReceivable,
  postRepayment,
  readSanctions,
] as const;
