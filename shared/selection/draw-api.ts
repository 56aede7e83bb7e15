import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { BatchView } from '#shared/selection/batch-api.ts';
import { BatchId } from '#shared/selection/batch-events.ts';
import { PoolResult } from '#shared/selection/draw/manifest.ts';
import { DrawNumber } from '#shared/selection/draw/record.ts';
import { OutcomeKind } from '#shared/selection/draw/result-group.ts';

/* What anybody may ask about a draw. */

const capability = 'selection';
const pathParameters = z.strictObject({ batchId: BatchId });
const common = { capability, method: 'GET', access: 'public', status: 200 } as const;

export const readBatch = endpoint({
  ...common,
  operation: 'readBatch',
  path: '/v1/batches/{batchId}',
  summary: 'State, places, calendar, digests and corrections of a batch.',
  pathParameters,
  answer: BatchView,
  refusals: ['batch_unknown'],
});

/* Names of published files; docs/draw.md says what each holds. */
const documents =
  '(commitment|manifest|signature|overrides|overrides-signature|promotions-\\d|result-[0-9a-f]{1,4})\\.json';
const others = 'winners\\.bin|list-[0-9a-f]{1,2}-[0-9a-f]{16}\\.bin|outcomes-[0-9a-f]{1,2}\\.bin|decree\\.(csv|pdf)';
const named = (names: string) => z.string().check(z.regex(new RegExp(`^(${names})$`)));
const DocumentName = named(documents);
const PublishedName = named(`${documents}|${others}`);

export const readBatchFile = endpoint({
  ...common,
  operation: 'readBatchFile',
  path: '/v1/batches/{batchId}/files/{file}',
  summary: 'A published file of the draw or the decree, to verify it: the answer leads to a short-lived address.',
  pathParameters: z.extend(pathParameters, { file: PublishedName }),
  status: 302,
  answer: 'text/html',
  refusals: ['batch_unknown', 'batch_state'],
});

export const readDrawDocument = endpoint({
  ...common,
  operation: 'readDrawDocument',
  path: '/v1/batches/{batchId}/documents/{document}',
  summary:
    'A published JSON file of the draw, itself. The result of a draw number is in the one of all whose numbers begin alike, so that asking tells nobody who asks.',
  pathParameters: z.extend(pathParameters, { document: DocumentName }),
  answer: 'application/json',
  refusals: ['batch_unknown', 'draw_document_unknown'],
});

export const readProof = endpoint({
  ...common,
  operation: 'readProof',
  path: '/v1/batches/{batchId}/proofs/{drawNumber}',
  summary: 'Proof that an applicant was in the committed list, with the score, the thresholds and the outcome.',
  pathParameters: z.extend(pathParameters, { drawNumber: DrawNumber }),
  answer: z.strictObject({
    /** Complete: a record of 22 bytes as hex, its place in its group, and the hashes from it to the root, base64url. */
    proof: z.strictObject({ record: z.string(), index: z.int(), size: z.int(), path: z.string() }),
    root: z.string(),
    seed: z.string(),
    score: z.string(),
    outcome: OutcomeKind,
    /** Rank of a winner, position of one who waits; zero for others. */
    number: z.int(),
    /** Pools that the applicant belongs to: members, lots and places are the odds, `lastScore` the threshold. */
    pools: z.array(PoolResult),
  }),
  refusals: ['batch_unknown', 'batch_state', 'draw_number_unknown'],
});

export const showCheckPage = endpoint({
  ...common,
  operation: 'showCheckPage',
  path: '/v1/batches/{batchId}/check',
  summary: 'A page on which a citizen checks the draw in their own browser, without telling anybody who they are.',
  pathParameters,
  answer: 'text/html',
  refusals: ['batch_unknown'],
});

export const drawEndpoints = [readBatch, readBatchFile, readDrawDocument, readProof, showCheckPage] as const;
