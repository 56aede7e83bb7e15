import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { Refusal } from '#shared/platform/refusal.ts';
import { Day } from '#shared/platform/wib.ts';
import { type Feed, type Feeds, isRunning } from '#shared/registration/feeds/feed.ts';
import { FeedId } from '#shared/registration/feeds/listing.ts';
import { feedTurn } from '#shared/table/keys.ts';
import { ifFree, putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

const Turn = z.object({
  feedId: FeedId,
  submission: z.int().check(z.positive()),
  /** Counts who had the turn: what a put is conditional on. */
  number: z.int().check(z.positive()),
  /** The day of the newest full list that was posted before. */
  fullDay: z.optional(Day),
});
type Turn = z.infer<typeof Turn>;

/** Feeds of one source that ask for the turn at once: operators press a button each. */
const maxAttempts = 5;

const later = (left = '', right = ''): string | undefined => (left > right ? left : right) || undefined;

/**
 * Feeds of one source are posted one at a time, and none that tells about an earlier day than a full list that is posted: so every
 * feed meets the listings as the feeds before it left them. Nobody gives the turn back: it is free when its holder's journal says
 * that the feed has ended, also where a worker died on the way.
 */
export function feedTurns(table: Table, feeds: Pick<Feeds, 'load'>) {
  async function current(source: string): Promise<Turn | null> {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: feedTurn(source), ConsistentRead: true }),
    );
    return Item ? Turn.parse(Item) : null;
  }

  /** The day before which no feed is posted. @throws Refusal `feed_source_busy` while another feed has the turn. */
  async function fullDayBefore(feedId: string, turn: Turn | null): Promise<string | undefined> {
    if (!turn || turn.feedId === feedId) return turn?.fullDay;
    const { state: holder } = await feeds.load(turn.feedId);
    if (isRunning(holder)) throw new Refusal('feed_source_busy');
    const isFull = holder.state === 'posted' && holder.announced?.kind === 'full_list';
    return later(turn.fullDay, isFull ? holder.announced.day : '');
  }

  function refuseEarlier(day: string, fullDay: string | undefined): void {
    if (fullDay !== undefined && day < fullDay) throw new Refusal('feed_superseded');
  }

  return {
    /** Whether a feed could have the turn now. @throws Refusal `feed_source_busy`, `feed_superseded`. */
    async look(feedId: string, { source, day }: NonNullable<Feed['announced']>): Promise<void> {
      refuseEarlier(day, await fullDayBefore(feedId, await current(source)));
    },

    /**
     * Takes the turn for a submission; a repeat has it already. @throws Refusal as `look`.
     */
    async take(feedId: string, { announced, submissions }: Pick<Feed, 'announced' | 'submissions'>): Promise<void> {
      if (!announced) throw new Refusal('feed_unknown');
      const { source, day } = announced;
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const turn = await current(source);
        if (turn?.feedId === feedId && turn.submission === submissions) return;
        const fullDay = await fullDayBefore(feedId, turn);
        refuseEarlier(day, fullDay);
        const next: Turn = {
          feedId,
          submission: submissions,
          number: (turn?.number ?? 0) + 1,
          ...(fullDay && { fullDay }),
        };
        if (await put(source, next, turn)) return;
      }
      throw new Refusal('conflict_persistent');
    },
  };

  async function put(source: string, next: Turn, before: Turn | null): Promise<boolean> {
    const condition = before
      ? {
          ConditionExpression: '#number = :before',
          ExpressionAttributeNames: { '#number': 'number' },
          ExpressionAttributeValues: { ':before': before.number },
        }
      : ifFree;
    return (await putIf(table, { ...feedTurn(source), ...next }, condition)).isStored;
  }
}
export type FeedTurns = ReturnType<typeof feedTurns>;
