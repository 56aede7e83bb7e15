import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { Digest, digestOf } from '#shared/platform/digest.ts';
import { type Files, json, keysUnder, readJson, writeOnce } from '#shared/platform/files.ts';
import { Day } from '#shared/platform/wib.ts';
import { PostedRows } from '#shared/registration/feeds/feed.ts';
import { rowCodes } from '#shared/registration/feeds/feed-lines.ts';
import { type FeedStage, feedDone, feedFile, rowPart } from '#shared/registration/feeds/feed-names.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

const Row = z.int().check(z.positive());
/** Good lines of one part: number, participant, last day of the listing. */
export const RowsOfPart = z.array(z.tuple([Row, ParticipantId, z.nullable(Day)]));
export type RowsOfPart = z.infer<typeof RowsOfPart>;
/** Bad lines of one part: number and code, and nothing of what the line said. */
export const ErrorsOfPart = z.array(z.tuple([Row, z.enum(rowCodes)]));
export type ErrorsOfPart = z.infer<typeof ErrorsOfPart>;

const Part = z.strictObject({ good: z.int(), bad: z.int(), rowsDigest: Digest, errorsDigest: z.nullable(Digest) });
export type Part = z.infer<typeof Part>;
/** All parts of a feed, in the order of its lines. */
const Plan = z.array(Part);
export type Plan = z.infer<typeof Plan>;

const Leaving = z.array(ParticipantId);
const LeavingListed = z.strictObject({ pages: z.array(Digest) });
const Withdrawn = z.strictObject({ withdrawn: z.int().check(z.gte(0)) });

/** More parts than a feed has. */
const maxParts = 10_000;

/** The files of one feed, beside the one that was uploaded. */
export function feedFiles(files: Files, feedId: string) {
  async function putByContent(value: unknown, keyOf: (digest: string) => string): Promise<string> {
    const text = JSON.stringify(value);
    const digest = digestOf(text);
    await files.put(keyOf(digest), text, json);
    return digest;
  }

  async function checked<Schema extends z.ZodMiniType>(key: string, digest: string, schema: Schema) {
    const text = (await files.read(key))?.text;
    if (text === undefined || digestOf(text) !== digest) throw new Error('feed.file_differs');
    return schema.parse(JSON.parse(text));
  }

  async function mark<Schema extends z.ZodMiniType>(
    stage: FeedStage,
    part: string,
    value: z.infer<Schema>,
    schema: Schema,
  ): Promise<z.infer<Schema>> {
    const text = await writeOnce(files, feedFile.done(feedId, stage, part), JSON.stringify(value), json);
    return schema.parse(JSON.parse(text));
  }

  async function marks<Schema extends z.ZodMiniType>(stage: FeedStage, parts: readonly string[], schema: Schema) {
    const found: z.infer<Schema>[] = [];
    for (const part of parts) {
      const done = await readJson(files, feedFile.done(feedId, stage, part), schema);
      ok(done, 'Every part has its mark');
      found.push(done);
    }
    return found;
  }

  return {
    /** Keeps a part; the plan names it by the digests. */
    async putPart(part: number, rows: RowsOfPart, errors: ErrorsOfPart): Promise<Part> {
      const rowsDigest = await putByContent(rows, (digest) => feedFile.rows(feedId, part, digest));
      const errorsDigest =
        errors.length > 0 ? await putByContent(errors, (digest) => feedFile.errors(feedId, part, digest)) : null;
      return { good: rows.length, bad: errors.length, rowsDigest, errorsDigest };
    },

    /** The digest by which the journal names the plan. */
    putPlan: (plan: Plan): Promise<string> => putByContent(plan, (digest) => feedFile.plan(feedId, digest)),
    plan: (digest: string): Promise<Plan> => checked(feedFile.plan(feedId, digest), digest, Plan),

    rows: (part: number, { rowsDigest }: Part): Promise<RowsOfPart> =>
      checked(feedFile.rows(feedId, part, rowsDigest), rowsDigest, RowsOfPart),

    async errors(part: number, { errorsDigest }: Part): Promise<ErrorsOfPart> {
      return errorsDigest === null
        ? []
        : checked(feedFile.errors(feedId, part, errorsDigest), errorsDigest, ErrorsOfPart);
    },

    /** What a part that is posted came to; null before. The first mark stands. */
    posted: (part: number): Promise<PostedRows | null> =>
      readJson(files, feedFile.done(feedId, 'posted', rowPart(part)), PostedRows),
    markPosted: (part: number, rows: PostedRows): Promise<PostedRows> =>
      mark('posted', rowPart(part), rows, PostedRows),
    allPosted: (parts: number): Promise<PostedRows[]> =>
      marks(
        'posted',
        Array.from({ length: parts }, (_, part) => rowPart(part)),
        PostedRows,
      ),

    /** Keeps some of whom a full list no longer has; the mark of the shard names all of them, and the first mark stands. */
    putLeaving: (shard: string, ids: readonly string[]): Promise<string> =>
      putByContent(ids, (digest) => feedFile.leaving(feedId, shard, digest)),
    leaving: (shard: string, digest: string): Promise<string[]> =>
      checked(feedFile.leaving(feedId, shard, digest), digest, Leaving),
    leavingListed: (shard: string) => readJson(files, feedFile.done(feedId, 'leaving', shard), LeavingListed),
    markLeavingListed: (shard: string, pages: string[]) => mark('leaving', shard, { pages }, LeavingListed),

    withdrawn: (shard: string) => readJson(files, feedFile.done(feedId, 'withdrawn', shard), Withdrawn),
    markWithdrawn: (shard: string, withdrawn: number) => mark('withdrawn', shard, { withdrawn }, Withdrawn),
    allWithdrawn: (shards: readonly string[]) => marks('withdrawn', shards, Withdrawn),

    /** How many parts of a stage are done. */
    async countDone(stage: FeedStage): Promise<number> {
      let count = 0;
      for await (const keys of keysUnder(files, feedDone(feedId, stage), { limit: maxParts })) count += keys.length;
      return count;
    },
  };
}
export type FeedFiles = ReturnType<typeof feedFiles>;
