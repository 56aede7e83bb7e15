import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { isOfJoining, reasonCodes } from '#shared/registration/eligibility/decide.ts';
import { AnswerValue, Declaring } from '#shared/registration/eligibility/declarations.ts';
import { Declared, Facts } from '#shared/registration/eligibility/facts.ts';
import { Reason } from '#shared/registration/eligibility/reasons.ts';
import { BatchId, batchStates } from '#shared/selection/batch-events.ts';
import { OutcomeKind } from '#shared/selection/draw/result-group.ts';
import { ObjectionGround } from '#shared/selection/membership.ts';

/* What a citizen does in a batch. */

const capability = 'selection';
const pathParameters = z.strictObject({ batchId: BatchId });

export const joinBatch = endpoint({
  operation: 'joinBatch',
  capability,
  method: 'POST',
  path: '/v1/applications',
  access: 'citizen',
  needsPass: true,
  summary:
    'Joins an open batch, with the declaration of applicants. Whoever is not eligible is told every reason. The order of joining has no effect on the draw. A repeat changes nothing.',
  body: z.strictObject({
    batchId: BatchId,
    /** Answers to the questions of GET /v1/declarations/{scheme}. */
    declarations: z.optional(Declaring),
  }),
  status: 201,
  answer: z.strictObject({ batchId: z.string(), joined: z.literal(true), drawNumber: z.string() }),
  refusals: [
    'processing_restricted',
    'consent_missing',
    'person_erased',
    'not_registered',
    ...reasonCodes.filter(isOfJoining),
    'batch_unknown',
    'batch_not_open',
    'already_joined',
    'declaration_invalid',
    'declaration_outdated',
    'conflict_persistent',
  ],
});

/** A decision about the caller, as it is kept: by which version of the rules, and from which facts. */
const OwnDecision = z.strictObject({
  stage: z.enum(['joining', 'screening']),
  decidedAt: z.iso.datetime(),
  rules: z.string(),
  eligible: z.boolean(),
  facts: Facts,
  reasons: z.array(Reason),
});
export type OwnDecision = z.infer<typeof OwnDecision>;

const Objection = z.strictObject({
  ground: ObjectionGround,
  filedAt: z.iso.datetime(),
  answer: z.nullable(z.enum(['upheld', 'dismissed'])),
});

export const readApplication = endpoint({
  operation: 'readApplication',
  capability,
  method: 'GET',
  path: '/v1/applications/{batchId}',
  access: 'citizen',
  summary: "The caller's application to a batch: the draw number, what came of it, and where to check that.",
  pathParameters,
  status: 200,
  answer: z.strictObject({
    batchId: z.string(),
    batchState: z.enum(batchStates),
    drawNumber: z.string(),
    joinedAt: z.iso.datetime(),
    declares: z.array(Declared),
    /** `pending` until the draw is published; `absent` would be our mistake, and is a ground to object. */
    outcome: z.union([OutcomeKind, z.enum(['pending', 'refused', 'absent'])]),
    /** Rank of a winner, position of one who waits. */
    number: z.nullable(z.int()),
    /** Whether the caller has a decree of this batch; null until it is announced. A place can fall free, be promoted or be corrected after the draw. */
    decreed: z.nullable(z.boolean()),
    /** The reason that the screening published, as a code and in two languages, with what can be done about it. */
    reason: z.nullable(Reason),
    /** What was decided about the caller in this batch; the screening's once its result is published. */
    decisions: z.array(OwnDecision),
    /** What the caller declared, in full. */
    declaration: z.nullable(z.strictObject({ version: z.string(), answers: z.record(z.string(), AnswerValue) })),
    checkUrl: z.string(),
    objection: z.nullable(Objection),
  }),
  refusals: ['not_registered', 'not_applied'],
});

export const objectToDraw = endpoint({
  operation: 'objectToDraw',
  capability,
  method: 'POST',
  path: '/v1/applications/{batchId}/objection',
  access: 'citizen',
  summary:
    'Objects to the draw of a batch that the caller joined, until the time for objections is over. One objection each.',
  pathParameters,
  body: z.strictObject({ ground: ObjectionGround }),
  status: 201,
  answer: Objection,
  refusals: [
    'not_registered',
    'batch_unknown',
    'not_applied',
    'objection_late',
    'objection_exists',
    'conflict_persistent',
  ],
});

export const applicationEndpoints = [joinBatch, readApplication, objectToDraw] as const;
