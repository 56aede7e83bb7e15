import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { sumOf } from '#shared/platform/counts.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { FeedId } from '#shared/registration/feeds/listing.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';
import { allShards, lookups, shardOf } from '#shared/table/keys.ts';
import { pagesOf } from '#shared/table/pages.ts';
import type { Table } from '#shared/table/table.ts';

const Entry = z.object({ lookupSort: z.string() });
const Rupiah = z.coerce.number().check(z.int(), z.gte(0));
const HeldParts = z.tuple([FeedId, ParticipantId, FeedSource, Rupiah, Rupiah]);

/** A hold that a feed has placed, as the index has it. Rupiah as they were at that moment. */
type FeedHold = {
  readonly feedId: string;
  readonly participantId: string;
  readonly source: FeedSource;
  readonly heldRupiah: number;
  readonly paidRupiah: number;
};

function feedHoldIn(lookupSort: string): FeedHold {
  const [feedId, participantId, source, heldRupiah, paidRupiah] = HeldParts.parse(lookupSort.split('#'));
  return { feedId, participantId, source, heldRupiah, paidRupiah };
}

/** Recipients who were held, what of their incentives was stopped, and what had been paid by then. */
export type Cases = { readonly cases: number; readonly heldRupiah: number; readonly paidRupiah: number };
const noCases: Cases = { cases: 0, heldRupiah: 0, paidRupiah: 0 };
const withHold = (sum: Cases, hold: FeedHold): Cases => ({
  cases: sum.cases + 1,
  heldRupiah: sum.heldRupiah + hold.heldRupiah,
  paidRupiah: sum.paidRupiah + hold.paidRupiah,
});

/** Cases of one source, and those of them that two operators have released. */
export type CasesOfSource = { readonly source: FeedSource; readonly held: Cases; readonly released: Cases };

/** Pages of one shard that a report reads: some seventy thousand cases, so a million in all. */
const maxPages = 20;

/**
 * What feeds came to among people who have registered, counted from the index entries of decisions in their journals: each is one decision
 * of one person, so nothing that comes twice is counted twice.
 */
export function feedReports(table: Table) {
  const { client, name } = table;

  async function* entries(lookup: string, prefix: string, count: 'COUNT' | 'KEYS') {
    const query = {
      IndexName: 'byLookup',
      KeyConditionExpression:
        prefix === '' ? 'lookup = :lookup' : 'lookup = :lookup and begins_with(lookupSort, :prefix)',
      ExpressionAttributeValues: { ':lookup': lookup, ...(prefix !== '' && { ':prefix': prefix }) },
      ...(count === 'COUNT' && { Select: count }),
    };
    let pages = 0;
    for await (const { Items = [], Count = 0 } of pagesOf(table, query)) {
      pages += 1;
      if (pages > maxPages) throw new Error('feed_report.too_many');
      yield { count: Count, holds: Items.map((item) => feedHoldIn(Entry.parse(item).lookupSort)) };
    }
  }

  async function casesIn(lookupOf: (shard: string) => string, prefix: string): Promise<Map<FeedSource, Cases>> {
    const bySource = new Map<FeedSource, Cases>();
    const ofShard = async (shard: string) => {
      for await (const { holds } of entries(lookupOf(shard), prefix, 'KEYS'))
        for (const hold of holds) bySource.set(hold.source, withHold(bySource.get(hold.source) ?? noCases, hold));
    };
    await Promise.all(allShards.map(ofShard));
    return bySource;
  }

  return {
    /** Registered people whom a feed has named. */
    async matched(feedId: string): Promise<number> {
      const ofShard = async (shard: string) => {
        let sum = 0;
        for await (const { count } of entries(lookups.matches(feedId, shard), '', 'COUNT')) sum += count;
        return sum;
      };
      return sumOf(await Promise.all(allShards.map(ofShard)));
    },

    /** Recipients held, and released again, by source: of one feed, or of all. Sources without a case are left out. */
    async cases(feedId = ''): Promise<CasesOfSource[]> {
      const prefix = feedId === '' ? '' : `${feedId}#`;
      const [held, released] = await Promise.all([
        casesIn(lookups.feedHolds, prefix),
        casesIn(lookups.releasedFeedHolds, prefix),
      ]);
      return FeedSource.options.flatMap((source) => {
        const cases = held.get(source);
        return cases ? [{ source, held: cases, released: released.get(source) ?? noCases }] : [];
      });
    },

    /** Holds of a feed in the order of participants' ids, behind one of them, at most so many. */
    async page(feedId: string, after: string, limit: number): Promise<FeedHold[]> {
      const holds: FeedHold[] = [];
      for (const shard of allShards.slice(after === '' ? 0 : allShards.indexOf(shardOf(after)))) {
        const { Items = [] } = await client.send(
          new QueryCommand({
            TableName: name,
            IndexName: 'byLookup',
            KeyConditionExpression: 'lookup = :shard and lookupSort between :first and :last',
            ExpressionAttributeValues: {
              ':shard': lookups.feedHolds(shard),
              ':first': `${feedId}#${after === '' ? '' : `${after}~`}`,
              ':last': `${feedId}#~`,
            },
            Limit: limit - holds.length,
          }),
        );
        holds.push(...Items.map((item) => feedHoldIn(Entry.parse(item).lookupSort)));
        if (holds.length >= limit) return holds;
      }
      return holds;
    },
  };
}
export type FeedReports = ReturnType<typeof feedReports>;
