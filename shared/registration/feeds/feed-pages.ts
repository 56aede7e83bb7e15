import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Participants } from '#shared/journal/participant.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { Feed, Feeds } from '#shared/registration/feeds/feed.ts';
import type { FeedFiles } from '#shared/registration/feeds/feed-files.ts';
import type { RowCode } from '#shared/registration/feeds/feed-lines.ts';
import { feedHoldId } from '#shared/registration/feeds/feed-names.ts';
import type { FeedReports } from '#shared/registration/feeds/feed-report.ts';
import { feedView } from '#shared/registration/feeds/feed-view.ts';
import type { Listings } from '#shared/registration/feeds/listings.ts';
import { lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

const Entry = z.object({ lookupSort: z.string() });
const pageSize = 50;
const errorsPerPage = 500;
/** Parts that are read to fill a page of bad lines. */
const partsPerPage = 25;

/** One page of the feeds, the newest first, behind the one of the cursor. */
export async function feedsPage({ client, name }: Table, feeds: Pick<Feeds, 'load'>, cursor = '~') {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: name,
      IndexName: 'byLookup',
      KeyConditionExpression: 'lookup = :feeds and lookupSort < :cursor',
      ExpressionAttributeValues: { ':feeds': lookups.feeds, ':cursor': cursor },
      ScanIndexForward: false,
      Limit: pageSize,
    }),
  );
  const places = Items.map((item) => Entry.parse(item).lookupSort);
  const views = await Promise.all(
    places.map(async (place) => {
      const [, feedId = ''] = place.split('#');
      return feedView(feedId, (await feeds.load(feedId)).state);
    }),
  );
  return { feeds: views, nextCursor: places.length === pageSize ? (places.at(-1) ?? null) : null };
}

/**
 * A page of bad lines from a cursor on: `part-offset`. It may be short, or empty, and still have one behind it.
 * @throws Refusal `feed_unknown`, `feed_state` while it is not read.
 */
export async function errorsPage(feed: Feed, files: FeedFiles, cursor = '0-0') {
  if (!feed.announced) throw new Refusal('feed_unknown');
  if (!feed.read) throw new Refusal('feed_state', 'The feed is not read yet');
  const plan = await files.plan(feed.read.planDigest);
  const [from = 0, offset = 0] = cursor.split('-').map(Number);
  const errors: { row: number; code: RowCode }[] = [];
  let read = 0;
  for (const [part, planned] of plan.entries()) {
    if (part < from || planned.bad === 0) continue;
    if (read === partsPerPage) return { errors, nextCursor: `${part}-0` };
    read += 1;
    const skipped = part === from ? offset : 0;
    const all = await files.errors(part, planned);
    const taken = all.slice(skipped, skipped + errorsPerPage - errors.length);
    errors.push(...taken.map(([row, code]) => ({ row, code })));
    if (skipped + taken.length < all.length) return { errors, nextCursor: `${part}-${skipped + taken.length}` };
  }
  return { errors, nextCursor: null };
}

type With = {
  readonly participants: Pick<Participants, 'load'>;
  readonly listings: Pick<Listings, 'of'>;
  readonly reports: Pick<FeedReports, 'page'>;
};

/** A page of the recipients whom a feed holds, or has held: what is so now is from their journals. */
export async function holdsPage({ participants, listings, reports }: With, feedId: string, cursor = '') {
  const holdId = feedHoldId(feedId);
  const found = await reports.page(feedId, cursor, pageSize);
  const holds = await Promise.all(
    found.map(async ({ participantId, source, heldRupiah, paidRupiah }) => {
      const { incentives } = (await participants.load(participantId)).state;
      const lifted = incentives.liftedHolds.get(holdId);
      const hold = incentives.holds.get(holdId) ?? lifted;
      if (!hold) throw new Error('feed_hold.missing');
      const names = await listings.of(participantId);
      return {
        ...{ participantId, holdId, heldRupiah, paidRupiah },
        heldAt: hold.since.toISOString(),
        isListed: names.some((listing) => listing.source === source),
        releaseProposedBy: hold.release?.by ?? null,
        releasedBy: lifted?.liftedBy ?? null,
      };
    }),
  );
  return { holds, nextCursor: found.length === pageSize ? (found.at(-1)?.participantId ?? null) : null };
}
