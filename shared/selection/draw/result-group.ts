import * as z from 'zod/mini';
import { Digest } from '#shared/platform/digest.ts';

export const OutcomeKind = z.enum(['won', 'waiting', 'not_drawn', 'family_full']);
export type OutcomeKind = z.infer<typeof OutcomeKind>;

/** One group's file, `result-<digits>.json`: docs/draw.md, "Result". */
export const ResultGroup = z.strictObject({
  batchId: z.string(),
  group: z.string().check(z.regex(/^[0-9a-f]{1,4}$/)),
  /** SHA-256 of the manifest that these outcomes belong to. */
  manifestDigest: Digest,
  /** The group's root, and the hashes from it to the root of the list, as hex, from the bottom. */
  groupRoot: Digest,
  path: z.array(Digest).check(z.maxLength(16)),
  /** Ascending by draw number: the record as 44 hex digits, what came of it, and its rank or position (0 where it has none). */
  applicants: z.array(z.tuple([z.string().check(z.regex(/^[0-9a-f]{44}$/)), OutcomeKind, z.int()])),
  /** Whom the screening refused: draw number and reason. */
  refused: z.array(z.tuple([z.string(), z.string()])),
});
export type ResultGroup = z.infer<typeof ResultGroup>;
