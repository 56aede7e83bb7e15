import * as z from 'zod/mini';
import type { Decision } from '#shared/journal/journal.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { FeedId } from '#shared/registration/feeds/listing.ts';
import type { Listing } from '#shared/registration/feeds/listings.ts';
import type { Registration } from '#shared/registration/registration.ts';
import { lookups, shardOf } from '#shared/table/keys.ts';

/** A feed names somebody who has registered: whether it excludes them is another matter. */
export const ListingMatched = z.object({
  type: z.literal('ListingMatched'),
  source: FeedSource,
  feedId: FeedId,
  listedAt: z.iso.datetime(),
});
type ListingMatched = z.infer<typeof ListingMatched>;

/** The feeds that have named this person for the first time or again, with their sources. */
export type Listed = ReadonlyMap<string, FeedSource>;

export const notListed: Listed = new Map();

export function evolveListed(before: Listed, { feedId, source }: ListingMatched): Listed {
  return new Map(before).set(feedId, source);
}

/** Feeds that one journal notes: a few sources, each of which may take its word back now and then. */
const maxMatches = 200;

type File = { readonly registration: Registration; readonly listed: Listed };

/** Notes once that a feed names a registered person, for the feed's report. */
export function match(
  participantId: string,
  { registration, listed }: File,
  listing: Listing,
): Decision<ListingMatched> {
  const { source, feedId, listedAt } = listing;
  if (!registration.registered || listed.has(feedId) || listed.size >= maxMatches) return { events: [] };
  return {
    events: [{ type: 'ListingMatched', source, feedId, listedAt }],
    index: { lookup: lookups.matches(feedId, shardOf(participantId)), lookupSort: participantId },
  };
}
