import * as z from 'zod/mini';
import { digestOf } from '#shared/platform/digest.ts';

/** The same announcement is the same feed: the same bytes may come again for another day, or from another source. */
export const feedIdOf = (facts: {
  readonly source: string;
  readonly kind: string;
  readonly day: string;
  readonly digest: string;
}): string => digestOf(JSON.stringify([facts.source, facts.kind, facts.day, facts.digest])).slice(0, 32);

/**
 * The hold that a feed places on whom it lists: one for each feed, and so for each source. Written as a UUID, which no number of a
 * person is, behind a `_`, which no name has that an operator chooses: a hold of theirs would stand in the way of the feed's.
 */
export const feedHoldId = (feedId: string): string =>
  feedId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, 'feed_$1-$2-$3-$4-$5');
export const FeedHoldId = z.string().check(z.regex(/^feed_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/));

const padded = (part: number): string => String(part).padStart(5, '0');

/** Files of feeds. What follows from a file is named by its content, so that a file that was written over changes nothing. */
export const feedFile = {
  /** As it was uploaded, with the numbers of people: the bucket removes it after a month. */
  source: (feedId: string): string => `feeds/sources/${feedId}`,
  plan: (feedId: string, digest: string): string => `feeds/plans/${feedId}-${digest}.json`,
  /** Participants' ids of the good lines of one part. */
  rows: (feedId: string, part: number, digest: string): string =>
    `feeds/rows/${feedId}/${padded(part)}-${digest.slice(0, 16)}.json`,
  /** Numbers and codes of the bad lines of one part. */
  errors: (feedId: string, part: number, digest: string): string =>
    `feeds/errors/${feedId}/${padded(part)}-${digest.slice(0, 16)}.json`,
  /** Some of whom a full list no longer has, of one shard: written down before the first of them is withdrawn. */
  leaving: (feedId: string, shard: string, digest: string): string =>
    `feeds/rows/${feedId}/leaving-${shard}-${digest.slice(0, 16)}.json`,
  done: (feedId: string, stage: FeedStage, part: string): string => `${feedDone(feedId, stage)}${part}.json`,
} as const;

/** What is done in parts: a mark for each part that is done. */
export type FeedStage = 'posted' | 'leaving' | 'withdrawn';

export const feedDone = (feedId: string, stage: FeedStage): string => `feeds/done/${feedId}/${stage}/`;
export const rowPart = padded;
