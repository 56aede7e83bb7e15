import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { wibDay } from '#shared/platform/wib.ts';
import type { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import {
  asOf,
  type Line,
  type PostOutcome,
  post,
  type Speaking,
  StoredListing,
  stands,
  withdraw,
} from '#shared/registration/feeds/listing.ts';
import { listingKey, lookups, participantOf, shardOf } from '#shared/table/keys.ts';
import { pagesOf } from '#shared/table/pages.ts';
import { ifFree, type Put, putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

export type { FeedSource };

/** That a source names a person: since when, and by which feed for the first time. */
export type Listing = { readonly source: FeedSource; readonly feedId: string; readonly listedAt: string };

/** Others who write the same listing at once: only one feed of a source is posted at a time. */
const maxAttempts = 5;

const Place = z.object({ pk: z.string() });

/**
 * What exclusion feeds say of people: an item for each person and source, also of people who never register. The key holds the
 * participant's id, which is a keyed hash: no number of a person is stored. An item is put anew, on the condition that it is still
 * the one that was decided upon, so that the newest feed of a source has the last word whichever comes first.
 */
export function listings(table: Table, now: () => Date = () => new Date()) {
  const { client, name } = table;

  /** Puts a listing in the place of another one. */
  function replace(participantId: string, listing: StoredListing, before: StoredListing | null): Promise<Put> {
    const { source, state } = listing;
    const index = { lookup: lookups.listings(source, shardOf(participantId)), lookupSort: listing.asOf };
    const condition = before
      ? { ConditionExpression: 'asOf = :before', ExpressionAttributeValues: { ':before': before.asOf } }
      : ifFree;
    const item = { ...listingKey(participantId, source), ...listing, ...(state !== 'withdrawn' && index) };
    return putIf(table, item, condition);
  }

  /** Decides about one person, from nothing at first: most people of a feed are new, and a put that fails shows who is there. */
  async function change<Decided extends { readonly listing: StoredListing | null }>(
    participantId: string,
    before: StoredListing | null,
    decide: (before: StoredListing | null) => Decided,
  ): Promise<Decided> {
    let known = before;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const decided = decide(known);
      if (!decided.listing) return decided;
      const put = await replace(participantId, decided.listing, known);
      if (put.isStored) return decided;
      known = put.there && StoredListing.parse(put.there);
    }
    throw new Error('listing.conflict_persistent');
  }

  async function stored(participantId: string): Promise<StoredListing[]> {
    const { pk, sk: prefix } = listingKey(participantId, '');
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk and begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      }),
    );
    // One small item for each source: never more than a page.
    return Items.map((item) => StoredListing.parse(item));
  }

  return {
    /** The sources that name a person today, whitelists among them. One consistent read. */
    async of(participantId: string): Promise<readonly Listing[]> {
      const today = wibDay(now());
      return (await stored(participantId))
        .filter((listing) => stands(listing, today))
        .map(({ source, feedId, listedAt }) => ({ source, feedId, listedAt }));
    },

    /** Lists a person as a line of a feed says. */
    async post(feed: Speaking, participantId: string, line: Line): Promise<PostOutcome> {
      return (await change(participantId, null, (before) => post(before, feed, line))).outcome;
    },

    /** Withdraws what a full list no longer has; whether this feed did. */
    async withdraw(feed: Speaking, participantId: string): Promise<boolean> {
      const before = (await stored(participantId)).find(({ source }) => source === feed.source) ?? null;
      return (await change(participantId, before, (known) => withdraw(known, feed))).isWithdrawn;
    },

    /**
     * Whom older feeds of the source list and this one has not, of one shard, page by page. By the index, which may be a moment
     * behind: whoever withdraws looks at the listing itself.
     */
    async *notIn(feed: Speaking, shard: string): AsyncGenerator<string[]> {
      const query = {
        IndexName: 'byLookup',
        KeyConditionExpression: 'lookup = :shard and lookupSort < :order',
        ExpressionAttributeValues: { ':shard': lookups.listings(feed.source, shard), ':order': asOf(feed) },
      };
      for await (const { Items = [] } of pagesOf(table, query))
        yield Items.map((item) => participantOf(Place.parse(item).pk));
    },
  };
}
export type Listings = ReturnType<typeof listings>;
