import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { BatchId } from '#shared/selection/batch-events.ts';

const Count = z.int();

/** Decisions of one kind: how many were made again, and how many came to something else. */
const Tally = z.strictObject({ count: Count, differingCount: Count });

const Difference = z.strictObject({
  drawNumber: z.string(),
  stage: z.enum(['joining', 'screening']),
  /** Version of the rules that the decision names. */
  rules: z.string(),
  recorded: z.array(z.string()),
  /** Null: nobody knows this version of the rules any more. */
  recomputed: z.nullable(z.array(z.string())),
});

const ReplayedGroup = z.strictObject({
  group: z.string(),
  joinings: Tally,
  screenings: Tally,
  /** Joinings of before decisions were kept: there is nothing to make again. */
  unrecordedCount: Count,
  /** Applicants without a decision of the screening; of a batch that kept its decisions there are none. */
  undecidedCount: Count,
  /** Whether the file of decisions is the one whose digest stands in the mark of its shard; null of a batch of before. */
  isIntact: z.nullable(z.boolean()),
  /** Whether all marks are those whose digest stands in the batch's journal; with the first group, null with all others. */
  isAnchored: z.nullable(z.boolean()),
  /** A hundred at most; the counts are of all. */
  differences: z.array(Difference),
  next: z.nullable(z.string()),
});
export type ReplayedGroup = z.infer<typeof ReplayedGroup>;

export const replayEligibility = endpoint({
  operation: 'replayEligibility',
  capability: 'registration',
  method: 'GET',
  path: '/v1/batches/{batchId}/eligibility-replay',
  access: 'operator',
  summary:
    'Makes every recorded decision about who is eligible again, from its own facts and by the version of the rules that it names; a group of applicants at a time.',
  pathParameters: z.strictObject({ batchId: BatchId }),
  /** First digits of draw numbers, as many as the batch's groups have. */
  query: z.strictObject({ group: z.optional(z.string().check(z.regex(/^[0-9a-f]{1,3}$/))) }),
  status: 200,
  answer: ReplayedGroup,
  refusals: ['batch_unknown', 'batch_state'],
});
