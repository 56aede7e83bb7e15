import * as z from 'zod/mini';
import { SchemeCode } from '#shared/credit/schemes.ts';
import { endpoint } from '#shared/platform/endpoint.ts';
import { type Batch, batchStates, Quotas } from '#shared/selection/batch.ts';

const capability = 'selection';
const pathParameters = z.strictObject({ batchId: z.string().check(z.regex(/^\d{1,6}$/)) });
const Share = z.string().check(z.regex(/^[0-9a-f]{64}$/));

export const BatchView = z.strictObject({
  batchId: z.string(),
  number: z.int(),
  scheme: SchemeCode,
  state: z.enum(batchStates),
  quotas: Quotas,
  applicantCount: z.nullable(z.int()),
  listDigest: z.nullable(z.string()),
  commitmentDigest: z.nullable(z.string()),
  manifestDigest: z.nullable(z.string()),
  winnerCount: z.nullable(z.int()),
  approvedAt: z.nullable(z.iso.datetime()),
});

/** A batch as anybody may see it. */
export function viewOf(batchId: string, batch: Batch): z.input<typeof BatchView> {
  const { created, state, committed, prepared, approved } = batch;
  if (!created || state === 'unknown') throw new Error('batch.view_of_nothing');
  return {
    batchId,
    number: created.number,
    scheme: created.scheme,
    state,
    quotas: created.quotas,
    applicantCount: committed?.applicantCount ?? null,
    listDigest: committed?.listDigest ?? null,
    commitmentDigest: committed?.commitmentDigest ?? null,
    manifestDigest: prepared?.manifestDigest ?? null,
    winnerCount: prepared?.winnerCount ?? null,
    approvedAt: approved?.at.toISOString() ?? null,
  };
}

export const createBatch = endpoint({
  operation: 'createBatch',
  capability,
  method: 'POST',
  path: '/v1/batches',
  access: 'operator',
  summary: 'Drafts a batch with places by province. A repeat changes nothing.',
  body: z.strictObject({ number: z.int().check(z.gte(1), z.lte(999_999)), scheme: SchemeCode, quotas: Quotas }),
  status: 201,
  answer: BatchView,
  refusals: ['batch_exists', 'conflict_persistent'],
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
  summary: 'Opens a drafted batch: citizens can join.',
  refusals: stepRefusals,
});

export const closeBatch = endpoint({
  ...step,
  operation: 'closeBatch',
  path: '/v1/batches/{batchId}/closing',
  summary: 'Closes a batch and names the sealed share of the operator who closes.',
  body: z.strictObject({ seal: Share }),
  refusals: stepRefusals,
});

export const sealBatch = endpoint({
  ...step,
  operation: 'sealBatch',
  path: '/v1/batches/{batchId}/seal',
  summary: 'A second operator names a sealed share too. A minute after the closing the list of applicants is fixed.',
  body: z.strictObject({ seal: Share }),
  refusals: [...stepRefusals, 'same_operator', 'share_mismatch'],
});

export const revealShare = endpoint({
  ...step,
  operation: 'revealShare',
  path: '/v1/batches/{batchId}/share',
  summary: 'An operator reveals the sealed share. With the second one the seed is fixed, and the draw runs.',
  body: z.strictObject({ share: Share }),
  refusals: [...stepRefusals, 'same_operator', 'share_mismatch'],
});

export const approveDraw = endpoint({
  ...step,
  operation: 'approveDraw',
  path: '/v1/batches/{batchId}/approval',
  summary: 'The second operator approves the draw: winners are decreed.',
  refusals: [...stepRefusals, 'same_operator'],
});

export const readBatch = endpoint({
  operation: 'readBatch',
  capability,
  method: 'GET',
  path: '/v1/batches/{batchId}',
  access: 'public',
  summary: 'State, places and digests of a batch.',
  pathParameters,
  status: 200,
  answer: BatchView,
  refusals: ['batch_unknown'],
});

const drawFiles = ['commitment.json', 'manifest.json', 'applicants.csv', 'winners.csv'] as const;

export const readBatchFile = endpoint({
  operation: 'readBatchFile',
  capability,
  method: 'GET',
  path: '/v1/batches/{batchId}/files/{file}',
  access: 'public',
  summary: 'A published file of the draw, to verify it: the answer leads to a short-lived address.',
  pathParameters: z.extend(pathParameters, { file: z.enum(drawFiles) }),
  status: 302,
  answer: 'text/html',
  refusals: ['batch_unknown', 'batch_state'],
});

export const joinBatch = endpoint({
  operation: 'joinBatch',
  capability,
  method: 'POST',
  path: '/v1/applications',
  access: 'citizen',
  summary: 'Joins an open batch. The order of joining has no effect on the draw. A repeat changes nothing.',
  body: z.strictObject({ batchId: pathParameters.shape.batchId }),
  status: 201,
  answer: z.strictObject({ batchId: z.string(), joined: z.literal(true) }),
  refusals: [
    'not_registered',
    'identity_unverified',
    'identity_refused',
    'batch_unknown',
    'batch_not_open',
    'already_joined',
    'already_recipient',
    'membership_revoked',
    'age_outside',
    'conflict_persistent',
  ],
});
