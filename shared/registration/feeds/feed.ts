import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { type Decision, type Fold, journal } from '#shared/journal/journal.ts';
import { Digest } from '#shared/platform/digest.ts';
import { Operator } from '#shared/platform/operator.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { Day, wibDay } from '#shared/platform/wib.ts';
import { maxFeedBytes, rowCodes } from '#shared/registration/feeds/feed-lines.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import type { Speaking } from '#shared/registration/feeds/listing.ts';
import { dueEntry, dueKinds, journalKeys, lookups, sharedDueShard } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/** `addition`: whoever is in it is listed too. `full_list`: whoever is not in it is not listed any more. */
const FeedKind = z.enum(['addition', 'full_list']);

/** A file that a source has sent: of which day, and exactly which bytes. */
export const FeedFacts = z.strictObject({
  source: FeedSource,
  kind: FeedKind,
  day: Day,
  bytes: z.int().check(z.positive(), z.lte(maxFeedBytes)),
  digest: Digest,
});
export type FeedFacts = z.infer<typeof FeedFacts>;

const count = z.int().check(z.gte(0));
/** Bad lines by what is wrong with them. */
export const BadRows = z.partialRecord(z.enum(rowCodes), count);
/** What the good lines came to: `listed` are new, `kept` were listed before, of `newer` a newer feed has spoken. */
export const PostedRows = z.strictObject({ listed: count, kept: count, newer: count });
export type PostedRows = z.infer<typeof PostedRows>;

export const feedRefusals = [
  'feed_missing',
  'feed_digest_differs',
  'feed_columns',
  'feed_too_long',
  'feed_empty',
  'feed_too_bad',
  'feed_source_busy',
  'feed_superseded',
] as const;
export type FeedRefusal = (typeof feedRefusals)[number];

const FeedAnnounced = z.object({ type: z.literal('FeedAnnounced'), ...FeedFacts.shape, by: Operator });
/** The file is there, and another operator agrees: the worker may begin. */
const FeedSubmitted = z.object({ type: z.literal('FeedSubmitted'), by: Operator });
/** Nothing of it was posted. */
const FeedRefused = z.object({ type: z.literal('FeedRefused'), code: z.enum(feedRefusals) });
/** It is the announced file, read to its end: its good lines can be posted, part by part. */
export const FeedRead = z.object({
  type: z.literal('FeedRead'),
  rows: count,
  good: count,
  bad: BadRows,
  parts: count,
  /** Of the file that names all parts. */
  planDigest: Digest,
});
/** All good lines of a full list are posted. Whom it no longer has is withdrawn a little later. */
const FeedRowsPosted = z.object({ type: z.literal('FeedRowsPosted'), ...PostedRows.shape });
const FeedPosted = z.object({ type: z.literal('FeedPosted'), ...PostedRows.shape, withdrawn: count });

export const FeedEvent = z.discriminatedUnion('type', [
  FeedAnnounced,
  FeedSubmitted,
  FeedRefused,
  FeedRead,
  FeedRowsPosted,
  FeedPosted,
]);
export type FeedEvent = z.infer<typeof FeedEvent>;

/** `read`: its lines are being posted. `withdrawing`: all are, and whom a full list no longer has is withdrawn. */
export const feedStates = ['announced', 'submitted', 'refused', 'read', 'withdrawing', 'posted'] as const;

type At<Event> = Omit<Event, 'type'> & { readonly at: Date };

export type Feed = {
  readonly state: (typeof feedStates)[number] | 'unknown';
  readonly announced: At<FeedFacts & { readonly by: string }> | null;
  readonly submissions: number;
  /** The last one: it fixes the feed's place among those of its source. */
  readonly submitted: { readonly by: string; readonly at: Date } | null;
  readonly refusal: FeedRefusal | null;
  readonly read: At<z.infer<typeof FeedRead>> | null;
  readonly rows: At<PostedRows> | null;
  readonly posted: { readonly withdrawn: number; readonly at: Date } | null;
};

const noFeed: Feed = {
  state: 'unknown',
  announced: null,
  submissions: 0,
  submitted: null,
  refusal: null,
  read: null,
  rows: null,
  posted: null,
};

function evolveFeed(before: Feed, event: FeedEvent, at: Date): Feed {
  switch (event.type) {
    case 'FeedAnnounced':
      ok(before.state === 'unknown', 'A feed is announced once');
      return { ...before, state: 'announced', announced: { ...event, at } };
    case 'FeedSubmitted': {
      ok(mayUpload(before), 'What is submitted was announced, or refused');
      const { submissions } = before;
      return {
        ...before,
        state: 'submitted',
        submissions: submissions + 1,
        submitted: { by: event.by, at },
        refusal: null,
      };
    }
    case 'FeedRefused':
      ok(before.state === 'submitted', 'What is refused was submitted');
      return { ...before, state: 'refused', refusal: event.code };
    case 'FeedRead':
      ok(before.state === 'submitted', 'What is read was submitted');
      return { ...before, state: 'read', read: { ...event, at } };
    case 'FeedRowsPosted':
      ok(before.state === 'read', 'What is posted was read');
      return { ...before, state: 'withdrawing', rows: { ...event, at } };
    case 'FeedPosted': {
      ok(before.state === 'read' || before.state === 'withdrawing', 'What is posted was read');
      const { listed, kept, newer, withdrawn } = event;
      return {
        ...before,
        state: 'posted',
        rows: before.rows ?? { listed, kept, newer, at },
        posted: { withdrawn, at },
      };
    }
  }
}

const feedFold: Fold<Feed, FeedEvent> = {
  empty: noFeed,
  parse: (stored) => FeedEvent.parse(stored),
  evolve: evolveFeed,
};

/** The feeds' journals. */
export function feeds(table: Table) {
  return journal(table, journalKeys.feed, feedFold);
}
export type Feeds = ReturnType<typeof feeds>;

const maxSubmissions = 20;

/**
 * Announces a file; nothing for a repeat by whoever it is.
 * @throws Refusal `request_invalid` for a day that lies ahead, `feed_state` when it was announced with another size.
 */
export function announce(
  { announced }: Feed,
  feedId: string,
  facts: FeedFacts,
  by: string,
  at: Date,
): Decision<FeedEvent> {
  if (facts.day > wibDay(at)) throw new Refusal('request_invalid', 'The day of the feed lies ahead', ['day']);
  if (announced && announced.bytes !== facts.bytes)
    throw new Refusal('feed_state', 'This file was announced with another size');
  if (announced) return { events: [] };
  const index = { lookup: lookups.feeds, lookupSort: `${at.toISOString()}#${feedId}` };
  return { events: [{ type: 'FeedAnnounced', ...facts, by }], index };
}

/** Whether the file may still be written. */
export const mayUpload = ({ state }: Feed): boolean => state === 'announced' || state === 'refused';

/** Whether its workers have begun, or are about to, and have not ended. */
export const isRunning = ({ state }: Feed): boolean =>
  state === 'submitted' || state === 'read' || state === 'withdrawing';

/**
 * Has the file posted; nothing while it is, or when it was. A list takes rights away: whoever announced it needs another operator.
 * @throws Refusal `feed_unknown`, `same_operator`, `attempts_exceeded`.
 */
export function submit(feed: Feed, by: string): Decision<FeedEvent> {
  const { announced, submissions } = feed;
  if (!announced) throw new Refusal('feed_unknown');
  if (!mayUpload(feed)) return { events: [] };
  if (by === announced.by) throw new Refusal('same_operator');
  if (submissions >= maxSubmissions) throw new Refusal('attempts_exceeded');
  return { events: [{ type: 'FeedSubmitted', by }] };
}

/** Ends a submission of which nothing can be posted; the file may then be written and submitted again. */
export function refuse({ state }: Feed, code: FeedRefusal): Decision<FeedEvent> {
  return { events: state === 'submitted' ? [{ type: 'FeedRefused', code }] : [] };
}

/** Notes what was read, once. */
export function read({ state }: Feed, facts: Omit<z.infer<typeof FeedRead>, 'type'>): Decision<FeedEvent> {
  return { events: state === 'submitted' ? [{ type: 'FeedRead', ...facts }] : [] };
}

/** Withdrawals wait until the index shows all that feeds before this one have listed: an index is behind for a moment. */
const settlingMilliseconds = 120_000;

/** Ends the posting of lines, once. A full list then looks for whom it no longer has. */
export function rowsPosted(
  { state, announced }: Feed,
  feedId: string,
  rows: PostedRows,
  at: Date,
): Decision<FeedEvent> {
  if (state !== 'read' || !announced) return { events: [] };
  if (announced.kind === 'addition') return { events: [{ type: 'FeedPosted', ...rows, withdrawn: 0 }] };
  const settled = new Date(at.getTime() + settlingMilliseconds);
  return {
    events: [{ type: 'FeedRowsPosted', ...rows }],
    index: dueEntry(sharedDueShard, settled, dueKinds.withdraw, feedId),
  };
}

/** Ends the withdrawals of a full list, once. */
export function withdrawn({ state, rows }: Feed, count: number): Decision<FeedEvent> {
  if (state !== 'withdrawing' || !rows) return { events: [] };
  const { listed, kept, newer } = rows;
  return { events: [{ type: 'FeedPosted', listed, kept, newer, withdrawn: count }] };
}

/** A feed as it speaks about people. Asserts that it was submitted. */
export function speaking(feedId: string, { announced, submitted }: Feed): Speaking {
  ok(announced && submitted, 'A feed speaks once it is submitted');
  return { feedId, source: announced.source, day: announced.day, submittedAt: submitted.at };
}
