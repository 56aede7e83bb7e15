import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Operator } from '#shared/platform/operator.ts';
import { BadRows, FeedFacts, feedStates } from '#shared/registration/feeds/feed.ts';
import { rowCodes } from '#shared/registration/feeds/feed-lines.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { FeedId } from '#shared/registration/feeds/listing.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

const capability = 'registration';
const access = 'operator';
const feedPath = z.strictObject({ feedId: FeedId });
const count = z.int().check(z.gte(0));
const time = z.nullable(z.iso.datetime());

export const announceFeed = endpoint({
  operation: 'announceFeed',
  capability,
  method: 'POST',
  path: '/v1/feeds',
  access,
  summary:
    'Announces a list of people from a source and answers where to PUT its CSV file. The same list is the same feed.',
  body: FeedFacts,
  status: 201,
  answer: z.strictObject({
    feedId: FeedId,
    state: z.enum(feedStates),
    /** Null once the file is being posted: it stays as it is. */
    uploadUrl: z.nullable(z.string()),
  }),
  refusals: ['feed_state', 'conflict_persistent'],
});

const Posted = z.strictObject({ listed: count, kept: count, newer: count });

export const FeedView = z.strictObject({
  feedId: FeedId,
  ...FeedFacts.shape,
  state: z.enum(feedStates),
  announcedBy: Operator,
  announcedAt: z.iso.datetime(),
  submittedBy: z.nullable(Operator),
  /** Why nothing of it was posted. */
  refusal: z.nullable(z.string()),
  /** Lines of the file without the column names; null before it is read. */
  rows: z.nullable(count),
  badRows: z.nullable(count),
  /** What good lines came to; null before all are posted. */
  posted: z.nullable(Posted),
  withdrawn: z.nullable(count),
});

export const FeedProgress = z.strictObject({
  ...FeedView.shape,
  /** What the workers are at; null where they stand still. */
  stage: z.nullable(z.enum(['reading', 'posting', 'withdrawing'])),
  percent: z.int().check(z.gte(0), z.lte(100)),
  doneRows: count,
  startedAt: time,
  rowsPerSecond: z.nullable(z.number()),
  expectedEndAt: time,
});
export type FeedProgress = z.infer<typeof FeedProgress>;

export const postFeed = endpoint({
  operation: 'postFeed',
  capability,
  method: 'POST',
  path: '/v1/feeds/{feedId}/posting',
  access,
  summary: 'Has a feed that another operator announced posted: its good lines list people, the bad ones are reported.',
  pathParameters: feedPath,
  status: 202,
  answer: z.strictObject({ feedId: FeedId, state: z.enum(feedStates) }),
  refusals: [
    'feed_unknown',
    'feed_missing',
    'feed_source_busy',
    'feed_superseded',
    'same_operator',
    'attempts_exceeded',
    'conflict_persistent',
  ],
});

export const listFeeds = endpoint({
  operation: 'listFeeds',
  capability,
  method: 'GET',
  path: '/v1/feeds',
  access,
  summary: 'All feeds, the newest first, fifty at a time.',
  query: z.strictObject({ cursor: z.optional(z.string().check(z.regex(/^[\w:.-]{1,40}#[0-9a-f]{32}$/))) }),
  status: 200,
  answer: z.strictObject({ feeds: z.array(FeedView), nextCursor: z.nullable(z.string()) }),
  refusals: [],
});

export const readFeedProgress = endpoint({
  operation: 'readFeedProgress',
  capability,
  method: 'GET',
  path: '/v1/feeds/{feedId}',
  access,
  summary: 'A feed, and how far its workers are.',
  pathParameters: feedPath,
  status: 200,
  answer: FeedProgress,
  refusals: ['feed_unknown'],
});

export const readFeedErrors = endpoint({
  operation: 'readFeedErrors',
  capability,
  method: 'GET',
  path: '/v1/feeds/{feedId}/errors',
  access,
  summary: 'The bad lines of a feed, by their numbers in the file; never what they say. Five hundred at a time.',
  pathParameters: feedPath,
  query: z.strictObject({ cursor: z.optional(z.string().check(z.regex(/^\d{1,5}-\d{1,5}$/))) }),
  status: 200,
  answer: z.strictObject({
    errors: z.array(z.strictObject({ row: z.int(), code: z.enum(rowCodes) })),
    nextCursor: z.nullable(z.string()),
  }),
  refusals: ['feed_unknown', 'feed_state'],
});

const Cases = z.strictObject({ cases: count, heldRupiah: count, paidRupiah: count });
const CasesOfSource = z.strictObject({ source: FeedSource, held: Cases, released: Cases });

export const FeedReport = z.strictObject({
  ...FeedFacts.shape,
  feedId: FeedId,
  state: z.enum(feedStates),
  rows: z.strictObject({ read: count, ...Posted.shape, bad: count, withdrawn: count }),
  badRows: BadRows,
  /** People named by it for the first time who had registered by then, or before they were withdrawn. */
  matched: count,
  /** Those among them who were recipients, and whom it excludes: cases after the decree. */
  ...{ held: Cases, released: Cases },
});
export type FeedReport = z.infer<typeof FeedReport>;

export const readFeedReport = endpoint({
  operation: 'readFeedReport',
  capability,
  method: 'GET',
  path: '/v1/feeds/{feedId}/report',
  access,
  summary: 'What became of the lines of a feed, and what they came to among participants and recipients.',
  pathParameters: feedPath,
  status: 200,
  answer: FeedReport,
  refusals: ['feed_unknown'],
});

export const readFeedHolds = endpoint({
  operation: 'readFeedHolds',
  capability,
  method: 'GET',
  path: '/v1/feeds/{feedId}/holds',
  access,
  summary: 'Recipients whom a feed holds, or held until two operators released them. Fifty at a time.',
  pathParameters: feedPath,
  query: z.strictObject({ cursor: z.optional(ParticipantId) }),
  status: 200,
  answer: z.strictObject({
    holds: z.array(
      z.strictObject({
        participantId: ParticipantId,
        holdId: z.string(),
        heldAt: z.iso.datetime(),
        ...{ heldRupiah: count, paidRupiah: count },
        /** Whether the source still names the person. */
        isListed: z.boolean(),
        releaseProposedBy: z.nullable(Operator),
        releasedBy: z.nullable(Operator),
      }),
    ),
    nextCursor: z.nullable(ParticipantId),
  }),
  refusals: ['feed_unknown'],
});

export const ListingsReport = z.strictObject({
  sources: z.array(CasesOfSource),
  total: z.strictObject({ held: Cases, released: Cases }),
});
export type ListingsReport = z.infer<typeof ListingsReport>;

export const readListingsReport = endpoint({
  operation: 'readListingsReport',
  capability,
  method: 'GET',
  path: '/v1/listings/report',
  access,
  summary:
    'Recipients whom feeds excluded after the decree, by source: how many, what was stopped, what had been paid.',
  status: 200,
  answer: ListingsReport,
  refusals: [],
});

/** What one function serves. */
export const feedEndpoints = [
  announceFeed,
  postFeed,
  listFeeds,
  readFeedProgress,
  readFeedErrors,
  readFeedReport,
  readFeedHolds,
  readListingsReport,
] as const;
