import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { Day } from '#shared/platform/wib.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';

/** The beginning of a digest over what was announced: the same announcement is the same feed. */
export const FeedId = z.string().check(z.regex(/^[0-9a-f]{32}$/));

/** A feed that speaks about people. */
export type Speaking = {
  readonly feedId: string;
  readonly source: FeedSource;
  /** The day in WIB that it tells about. */
  readonly day: string;
  /** When its posting was asked for. */
  readonly submittedAt: Date;
};

/**
 * What the last feed of a source said of one person. `listed`: for the first time, or again after a withdrawal; `kept`: once more;
 * `withdrawn`: a full list no longer has the person.
 */
export const StoredListing = z.object({
  source: FeedSource,
  state: z.enum(['listed', 'kept', 'withdrawn']),
  /** The feed that listed the person first, and when: later feeds that say the same do not change them. */
  feedId: FeedId,
  listedAt: z.iso.datetime(),
  /** The feed that spoke last, in an order that all feeds of a source have. */
  asOf: z.string(),
  /** Its line, for who has the file. */
  row: z.optional(z.int().check(z.positive())),
  /** The last day of it. */
  until: z.optional(Day),
});
export type StoredListing = z.infer<typeof StoredListing>;

/** Feeds of one source in order: by the day that they tell about, then by when they were submitted. */
export const asOf = ({ day, submittedAt, feedId }: Speaking): string => `${day}#${submittedAt.toISOString()}#${feedId}`;

/** Whether a listing stands on a day. */
export const stands = ({ state, until }: StoredListing, day: string): boolean =>
  state !== 'withdrawn' && (until === undefined || day <= until);

/** What a line of a feed did. `newer`: a newer feed has spoken about the person, and its word stands. */
export type PostOutcome = 'listed' | 'kept' | 'newer';

export type Line = { readonly row: number; readonly until?: string };

/** Of a decision about one person: what is to be stored, null where nothing is, and what that comes to. */
type Posting = { readonly listing: StoredListing | null; readonly outcome: PostOutcome };

/** Lists a person. A repeat stores nothing and comes to the same. */
export function post(before: StoredListing | null, feed: Speaking, line: Line): Posting {
  const { feedId, source, day, submittedAt } = feed;
  const order = asOf(feed);
  if (before && before.asOf > order) return { listing: null, outcome: 'newer' };
  if (before?.asOf === order) {
    ok(before.state !== 'withdrawn', 'A feed does not withdraw whom it lists');
    return { listing: null, outcome: before.state };
  }
  const isKept = before !== null && stands(before, day);
  const outcome = isKept ? 'kept' : 'listed';
  const first = isKept ? before : { feedId, listedAt: submittedAt.toISOString() };
  return {
    listing: { source, state: outcome, feedId: first.feedId, listedAt: first.listedAt, asOf: order, ...line },
    outcome,
  };
}

type Withdrawal = { readonly listing: StoredListing | null; readonly isWithdrawn: boolean };

/** Withdraws a listing that a full list no longer has; not one of a newer feed, nor one of this. A repeat comes to the same. */
export function withdraw(before: StoredListing | null, feed: Speaking): Withdrawal {
  if (!before) return { listing: null, isWithdrawn: false };
  const order = asOf(feed);
  if (before.asOf >= order || before.state === 'withdrawn')
    return { listing: null, isWithdrawn: before.asOf === order && before.state === 'withdrawn' };
  const { source, feedId, listedAt } = before;
  return { listing: { source, state: 'withdrawn', feedId, listedAt, asOf: order }, isWithdrawn: true };
}
