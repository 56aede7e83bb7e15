import * as z from 'zod/mini';
import { SchemeCode } from '#shared/credit/schemes.ts';
import { Digest } from '#shared/platform/digest.ts';
import { endpoint } from '#shared/platform/endpoint.ts';
import { chosenName, Note } from '#shared/platform/operator.ts';
import {
  BatchId,
  BatchTerms,
  batchStates,
  OverrideKind,
  Quotas,
  Randomness,
  RegencyCode,
} from '#shared/selection/batch-events.ts';
import { DrawNumber, Stratum } from '#shared/selection/draw/record.ts';
import { ObjectionGround } from '#shared/selection/membership.ts';

const capability = 'selection';
const Count = z.int();
const Counts = z.record(z.string(), Count);
const When = z.nullable(z.iso.datetime());
const pathParameters = z.strictObject({ batchId: BatchId });

const OverrideView = z.strictObject({
  overrideId: z.string(),
  kind: OverrideKind,
  drawNumber: z.string(),
  note: z.string(),
  proposedBy: z.string(),
  proposedAt: z.iso.datetime(),
  confirmedBy: z.nullable(z.string()),
  confirmedAt: When,
});

/** A batch as anybody may see it. */
export const BatchView = z.strictObject({
  batchId: z.string(),
  number: Count,
  scheme: SchemeCode,
  kind: z.enum(['regular', 'recovery']),
  state: z.enum(batchStates),
  opensAt: When,
  closesAt: When,
  quotas: Quotas,
  regencyQuotas: z.record(RegencyCode, Count),
  stratumQuotas: z.array(z.strictObject({ stratum: Stratum, places: Count })),
  placeCount: Count,
  maxLots: Count,
  randomness: Randomness,
  sealedBy: z.array(z.string()),
  applicantCount: z.nullable(Count),
  eligibleCount: z.nullable(Count),
  refused: Counts,
  commitmentDigest: z.nullable(z.string()),
  /** Of the beacon that the commitment names. */
  round: z.nullable(Count),
  roundAt: When,
  revealedBy: z.array(z.string()),
  manifestDigest: z.nullable(z.string()),
  winnerCount: z.nullable(Count),
  waitingCount: z.nullable(Count),
  approvedAt: When,
  objectionsUntil: When,
  overrides: z.array(OverrideView),
  orderedAt: When,
  decreed: z.nullable(z.strictObject({ byDraw: Count, byPromotion: Count, byOverride: Count })),
  announcedAt: When,
  csvDigest: z.nullable(z.string()),
  documentDigest: z.nullable(z.string()),
  overridesDigest: z.nullable(z.string()),
  reconciled: z.nullable(
    z.strictObject({ keptCount: Count, revokedCount: Count, returnedRupiah: Count, freePlaces: Counts }),
  ),
  recoveredBy: z.nullable(z.string()),
});

/** Quotas are empty where free places of other batches are given away: they are those. */
const BatchDraft = z.strictObject({
  ...BatchTerms.shape,
  quotas: z._default(Quotas, {}),
  regencyQuotas: z._default(BatchTerms.shape.regencyQuotas, {}),
});

export const createBatch = endpoint({
  operation: 'createBatch',
  capability,
  method: 'POST',
  path: '/v1/batches',
  access: 'operator',
  summary:
    'Drafts a batch: places by province, and set aside for regencies and strata; its calendar; where the randomness of its draw comes from. A repeat changes nothing.',
  body: BatchDraft,
  status: 201,
  answer: BatchView,
  refusals: [
    'batch_exists',
    'scheme_not_in_force',
    'calendar_past',
    'quotas_empty',
    'quotas_exceeded',
    'batch_unknown',
    'batch_state',
    'places_recovered',
    'conflict_persistent',
  ],
});

const step = {
  capability,
  method: 'POST',
  access: 'operator',
  pathParameters,
  status: 200,
  answer: BatchView,
} as const;
const stepRefusals = ['batch_unknown', 'batch_state', 'conflict_persistent'] as const;

export const openBatch = endpoint({
  ...step,
  operation: 'openBatch',
  path: '/v1/batches/{batchId}/opening',
  summary: 'Opens a drafted batch: citizens can join. The clock does it where the batch has a calendar.',
  refusals: [...stepRefusals, 'calendar_kept', 'scheme_not_in_force'],
});

export const closeBatch = endpoint({
  ...step,
  operation: 'closeBatch',
  path: '/v1/batches/{batchId}/closing',
  summary:
    'Closes a batch. A minute later its applicants are screened. The clock does it where the batch has a calendar.',
  refusals: [...stepRefusals, 'calendar_kept'],
});

export const sealBatch = endpoint({
  ...step,
  operation: 'sealBatch',
  path: '/v1/batches/{batchId}/seal',
  summary:
    'An operator seals a share of the randomness, before the list is committed. Two operators do, where no beacon is used.',
  body: z.strictObject({ seal: Digest }),
  refusals: [...stepRefusals, 'same_operator', 'share_mismatch', 'randomness_differs'],
});

export const revealShare = endpoint({
  ...step,
  operation: 'revealShare',
  path: '/v1/batches/{batchId}/share',
  summary: 'An operator reveals the sealed share. With the second one the seed is fixed, and the draw runs.',
  body: z.strictObject({ share: Digest }),
  refusals: [...stepRefusals, 'same_operator', 'share_mismatch', 'batch_given_up'],
});

export const approveDraw = endpoint({
  ...step,
  operation: 'approveDraw',
  path: '/v1/batches/{batchId}/approval',
  summary:
    'An operator who has neither drafted nor closed the batch approves the draw. The time for objections runs from here.',
  refusals: [...stepRefusals, 'same_operator', 'batch_given_up'],
});

const OverrideId = chosenName(64);

export const proposeOverride = endpoint({
  ...step,
  operation: 'proposeOverride',
  path: '/v1/batches/{batchId}/overrides',
  summary: 'An operator proposes to take a place from a winner, or to give one to somebody. It is public at once.',
  body: z.strictObject({ overrideId: OverrideId, kind: OverrideKind, drawNumber: DrawNumber, note: Note }),
  refusals: [
    ...stepRefusals,
    'override_exists',
    'override_contradicts',
    'overrides_exceeded',
    'batch_given_up',
    'draw_number_unknown',
  ],
});

export const confirmOverride = endpoint({
  ...step,
  operation: 'confirmOverride',
  path: '/v1/batches/{batchId}/overrides/{overrideId}/confirmation',
  summary: 'A second operator agrees to a correction of the draw.',
  pathParameters: z.extend(pathParameters, { overrideId: OverrideId }),
  refusals: [
    ...stepRefusals,
    'override_unknown',
    'override_exists',
    'overrides_exceeded',
    'same_operator',
    'batch_given_up',
  ],
});

export const orderDecree = endpoint({
  ...step,
  operation: 'orderDecree',
  path: '/v1/batches/{batchId}/decree',
  summary:
    'Another operator than the one who approved orders the decrees, and repeats what was drawn. The purchase deadline counts from here.',
  body: z.strictObject({
    winnerCount: z.int().check(z.gte(0)),
    manifestDigest: Digest,
    /** Corrections that two operators agree on. */
    overrideCount: z._default(z.int().check(z.gte(0)), 0),
  }),
  refusals: [...stepRefusals, 'same_operator', 'grace_period', 'objections_open', 'draw_differs', 'batch_given_up'],
});

const Progress = z.strictObject({
  state: z.enum(batchStates),
  /** What the workers are at; null while nothing runs. */
  stage: z.nullable(z.enum(['screening', 'drawing', 'publishing', 'decreeing', 'documenting', 'revoking'])),
  /** What a batch that stands still waits for, and until when where that is known. */
  waitsFor: z.nullable(z.string()),
  /** Who moves it on; null while something runs, and where nothing follows. */
  waitsOn: z.nullable(z.enum(['operator', 'clock', 'worker'])),
  doneParts: Count,
  parts: Count,
  percent: Count,
  startedAt: When,
  partsPerMinute: z.nullable(z.number()),
  /** At the present rate. */
  expectedEndAt: When,
});
export type Progress = z.infer<typeof Progress>;

export const readProgress = endpoint({
  operation: 'readProgress',
  capability,
  method: 'GET',
  path: '/v1/batches/{batchId}/progress',
  access: 'operator',
  summary:
    'How far the workers of a batch are: percent, rate and expected end, or what the batch waits for, and on whom.',
  pathParameters,
  status: 200,
  answer: Progress,
  refusals: ['batch_unknown'],
});

const ObjectionView = z.strictObject({
  drawNumber: z.string(),
  participantId: z.string(),
  ground: ObjectionGround,
  filedAt: z.iso.datetime(),
  answer: z.nullable(z.enum(['upheld', 'dismissed'])),
  note: z.nullable(z.string()),
  answeredBy: z.nullable(z.string()),
});

export const readObjections = endpoint({
  operation: 'readObjections',
  capability,
  method: 'GET',
  path: '/v1/batches/{batchId}/objections',
  access: 'operator',
  summary: 'Objections to the draw of a batch, fifty at a time, and how many wait for an answer.',
  pathParameters,
  query: z.strictObject({ cursor: z.optional(DrawNumber) }),
  status: 200,
  answer: z.strictObject({ openCount: Count, objections: z.array(ObjectionView), next: z.nullable(z.string()) }),
  refusals: ['batch_unknown'],
});

export const answerObjection = endpoint({
  operation: 'answerObjection',
  capability,
  method: 'POST',
  path: '/v1/batches/{batchId}/objections/{drawNumber}/answer',
  access: 'operator',
  summary: 'Answers an objection. What an upheld one changes is proposed as a correction of its own.',
  pathParameters: z.extend(pathParameters, { drawNumber: DrawNumber }),
  body: z.strictObject({ answer: z.enum(['upheld', 'dismissed']), note: Note }),
  status: 200,
  answer: ObjectionView,
  refusals: ['draw_number_unknown', 'objection_unknown', 'objection_answered', 'conflict_persistent'],
});

/** What operators do with batches. */
export const batchEndpoints = [
  createBatch,
  openBatch,
  closeBatch,
  sealBatch,
  revealShare,
  approveDraw,
  proposeOverride,
  confirmOverride,
  orderDecree,
  readProgress,
  readObjections,
  answerObjection,
] as const;
