import { ok } from 'node:assert/strict';
import type { FeedMessage } from '#shared/operations/messages.ts';
import { addAll, addTo, sumOf } from '#shared/platform/counts.ts';
import type { Files } from '#shared/platform/files.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { slices } from '#shared/platform/slices.ts';
import {
  type Feed,
  type FeedRefusal,
  type Feeds,
  feedRefusals,
  type PostedRows,
  read,
  refuse,
  rowsPosted,
  speaking,
  withdrawn,
} from '#shared/registration/feeds/feed.ts';
import { type FeedFiles, feedFiles, type RowsOfPart } from '#shared/registration/feeds/feed-files.ts';
import { feedFile } from '#shared/registration/feeds/feed-names.ts';
import type { FeedTurns } from '#shared/registration/feeds/feed-turn.ts';
import type { Listings } from '#shared/registration/feeds/listings.ts';
import { readFeed } from '#shared/registration/feeds/read-feed.ts';
import { allShards } from '#shared/table/keys.ts';

/** Listings that one worker writes at a time: as many as the client has connections. */
const listingsAtOnce = 48;

type Deps = {
  readonly feeds: Feeds;
  readonly turns: FeedTurns;
  readonly listings: Pick<Listings, 'post' | 'withdraw' | 'notIn'>;
  readonly files: Files;
  readonly keys: () => Promise<Keys>;
  readonly now: () => Date;
  /** Lines of one part, where it is not the usual number. */
  readonly linesPerPart?: number;
};

/**
 * The steps of an import. Each may die anywhere and come again, late, or beside itself: what was read is kept under its digest before the
 * journal names it; what a line comes to is read from its listing, whoever stored it; a part counts once, by its mark; and whom a full
 * list no longer has is written down before the first of them is withdrawn.
 */
export function feedImport({ feeds, turns, listings, files, keys, now, linesPerPart }: Deps) {
  async function reading(feedId: string): Promise<void> {
    const { state: feed } = await feeds.load(feedId);
    if (feed.state !== 'submitted' || !feed.announced) return;
    try {
      await turns.take(feedId, feed);
      const source = await files.stream(feedFile.source(feedId));
      if (!source) throw new Refusal('feed_missing');
      const found = await readFeed(source, feed.announced, feedFiles(files, feedId), await keys(), linesPerPart);
      await feeds.change(feedId, (before) => read(before, found), now);
      logger.info('feed.read', { feedId, rows: found.rows, good: found.good, ...found.bad });
    } catch (error) {
      const code = refusalIn(error);
      if (!code) throw error;
      logger.warn('feed.refused', { feedId, code });
      await feeds.change(feedId, (before) => refuse(before, code), now);
    }
  }

  async function posting(feedId: string, part: number): Promise<void> {
    const { state: feed } = await feeds.load(feedId);
    if (feed.state !== 'read' || !feed.read) return;
    const kept = feedFiles(files, feedId);
    if (!(await kept.posted(part))) {
      const planned = (await kept.plan(feed.read.planDigest))[part];
      ok(planned, 'A part that is asked for is planned');
      await kept.markPosted(part, await postRows(feedId, feed, await kept.rows(part, planned)));
    }
    const { parts } = feed.read;
    if ((await kept.countDone('posted')) < parts) return;
    const rows = { listed: 0, kept: 0, newer: 0 };
    for (const part of await kept.allPosted(parts)) addAll(rows, part);
    await feeds.change(feedId, (before, at) => rowsPosted(before, feedId, rows, at), now);
    logger.info('feed.rows_posted', { feedId, ...rows });
  }

  async function postRows(feedId: string, feed: Feed, rows: RowsOfPart): Promise<PostedRows> {
    const of = speaking(feedId, feed);
    const counts = { listed: 0, kept: 0, newer: 0 };
    for (const group of slices(rows, listingsAtOnce)) {
      const outcomes = await Promise.all(
        group.map(([row, participantId, until]) =>
          listings.post(of, participantId, { row, ...(until !== null && { until }) }),
        ),
      );
      for (const outcome of outcomes) addTo(counts, outcome);
    }
    return counts;
  }

  async function withdrawing(feedId: string, shard: string): Promise<void> {
    const { state: feed } = await feeds.load(feedId);
    if (feed.state !== 'withdrawing') return;
    const kept = feedFiles(files, feedId);
    if (!(await kept.withdrawn(shard))) {
      const pages = (await kept.leavingListed(shard))?.pages ?? (await listLeaving(feedId, feed, shard, kept));
      await kept.markWithdrawn(shard, await withdrawAll(feedId, feed, shard, pages, kept));
    }
    if ((await kept.countDone('withdrawn')) < allShards.length) return;
    const marks = await kept.allWithdrawn(allShards);
    const count = sumOf(marks.map((mark) => mark.withdrawn));
    await feeds.change(feedId, (before) => withdrawn(before, count), now);
    logger.info('feed.posted', { feedId, withdrawn: count });
  }

  /** Writes down whom the list no longer has: digests of the pages. */
  async function listLeaving(feedId: string, feed: Feed, shard: string, kept: FeedFiles): Promise<string[]> {
    const pages: string[] = [];
    for await (const ids of listings.notIn(speaking(feedId, feed), shard))
      if (ids.length > 0) pages.push(await kept.putLeaving(shard, ids));
    return (await kept.markLeavingListed(shard, pages)).pages;
  }

  async function withdrawAll(
    feedId: string,
    feed: Feed,
    shard: string,
    pages: readonly string[],
    kept: FeedFiles,
  ): Promise<number> {
    const of = speaking(feedId, feed);
    const gone = new Set<string>();
    for (const page of pages)
      for (const group of slices(await kept.leaving(shard, page), listingsAtOnce)) {
        const outcomes = await Promise.all(group.map((participantId) => listings.withdraw(of, participantId)));
        for (const [index, participantId] of group.entries()) if (outcomes[index]) gone.add(participantId);
      }
    return gone.size;
  }

  return (message: FeedMessage): Promise<void> => {
    switch (message.step) {
      case 'read':
        return reading(message.feedId);
      case 'post':
        return posting(message.feedId, message.part);
      case 'withdraw':
        return withdrawing(message.feedId, message.shard);
    }
  };
}

/** What ends the submission; null for what may pass. */
function refusalIn(error: unknown): FeedRefusal | null {
  return error instanceof Refusal ? (feedRefusals.find((code) => code === error.code) ?? null) : null;
}
