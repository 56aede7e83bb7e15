import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { StoredBytes } from '#shared/platform/files.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { FeedFacts } from '#shared/registration/feeds/feed.ts';
import type { ErrorsOfPart, FeedFiles, Plan, RowsOfPart } from '#shared/registration/feeds/feed-files.ts';
import { feedLines, type RowCode } from '#shared/registration/feeds/feed-lines.ts';
import { participantIdOf } from '#shared/registration/person.ts';

/** Lines of one part: a message has them posted in some seconds. */
export const rowsPerPart = 10_000;

/** Of a full list, more bad lines in a hundred are no slips of the pen: whoever stands on one of them would be withdrawn. Ours. */
const maxBadPercentOfFullList = 10;

/** What a file that is the announced one holds. */
type Read = {
  readonly rows: number;
  readonly good: number;
  readonly bad: Partial<Record<RowCode, number>>;
  readonly parts: number;
  readonly planDigest: string;
};

/**
 * Reads an uploaded file once to its end and keeps what is posted of it, in parts: participants' ids instead of numbers of people, and
 * the bad lines. The parts count only with the plan that the journal names: those of a file that turns out to be another one are left.
 * @throws Refusal `feed_digest_differs`, `feed_columns`, `feed_too_long`, `feed_empty`, `feed_too_bad`.
 */
export async function readFeed(
  source: StoredBytes,
  { bytes, digest, day, kind }: Pick<FeedFacts, 'bytes' | 'digest' | 'day' | 'kind'>,
  files: Pick<FeedFiles, 'putPart' | 'putPlan'>,
  keys: Keys,
  linesPerPart = rowsPerPart,
): Promise<Read> {
  if (source.bytes !== bytes) throw new Refusal('feed_digest_differs');
  const hash = createHash('sha256');
  const plan: Plan = [];
  const bad: Partial<Record<RowCode, number>> = {};
  let [rows, errors]: [RowsOfPart, ErrorsOfPart] = [[], []];
  let [rowCount, goodCount] = [0, 0];

  async function endPart(): Promise<void> {
    plan.push(await files.putPart(plan.length, rows, errors));
    [rows, errors] = [[], []];
  }

  async function* hashed() {
    for await (const piece of source.pieces()) {
      hash.update(piece);
      yield piece;
    }
  }

  for await (const lines of feedLines(hashed(), day)) {
    for (const line of lines) {
      rowCount += 1;
      if ('code' in line) {
        errors.push([line.row, line.code]);
        bad[line.code] = (bad[line.code] ?? 0) + 1;
      } else {
        goodCount += 1;
        rows.push([line.row, participantIdOf(keys, line.nik), line.until]);
      }
      if (rows.length + errors.length === linesPerPart) await endPart();
    }
  }
  if (rows.length + errors.length > 0) await endPart();
  if (hash.digest('hex') !== digest) throw new Refusal('feed_digest_differs');
  // A full list without anybody would withdraw everybody.
  if (goodCount === 0) throw new Refusal('feed_empty');
  // Who stands in it twice is listed all the same.
  const unreadable = rowCount - goodCount - (bad.nik_repeated ?? 0);
  const isTooBad = unreadable * 100 > rowCount * maxBadPercentOfFullList;
  if (kind === 'full_list' && isTooBad) throw new Refusal('feed_too_bad');
  ok(plan.length > 0, 'Who has a good line has a part');
  return { rows: rowCount, good: goodCount, bad, parts: plan.length, planDigest: await files.putPlan(plan) };
}
