import type * as z from 'zod/mini';
import { sumOf, totalOf } from '#shared/platform/counts.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { Feed } from '#shared/registration/feeds/feed.ts';
import type { FeedFiles } from '#shared/registration/feeds/feed-files.ts';
import type { CasesOfSource } from '#shared/registration/feeds/feed-report.ts';
import type { FeedProgress, FeedReport, FeedView, ListingsReport } from '#shared/registration/feeds/feeds-api.ts';
import { rowsPerPart } from '#shared/registration/feeds/read-feed.ts';
import { allShards } from '#shared/table/keys.ts';

/** @throws Refusal `feed_unknown`. */
export function known({ state }: Pick<Feed, 'state'>): Exclude<Feed['state'], 'unknown'> {
  if (state === 'unknown') throw new Refusal('feed_unknown');
  return state;
}

/** @throws Refusal `feed_unknown`. */
function factsOf({ announced }: Feed) {
  if (!announced) throw new Refusal('feed_unknown');
  const { source, kind, day, bytes, digest } = announced;
  return { source, kind, day, bytes, digest };
}

const countsOf = ({ rows }: Feed) => rows && { listed: rows.listed, kept: rows.kept, newer: rows.newer };

/** A feed as operators see it. @throws Refusal `feed_unknown`. */
export function feedView(feedId: string, feed: Feed): z.input<typeof FeedView> {
  const { announced, submitted, refusal, read, posted } = feed;
  if (!announced) throw new Refusal('feed_unknown');
  return {
    feedId,
    ...factsOf(feed),
    state: known(feed),
    announcedBy: announced.by,
    announcedAt: announced.at.toISOString(),
    submittedBy: submitted?.by ?? null,
    refusal,
    rows: read?.rows ?? null,
    badRows: read ? totalOf(read.bad) : null,
    posted: countsOf(feed),
    withdrawn: posted?.withdrawn ?? null,
  };
}

type Running = Pick<FeedProgress, 'stage' | 'doneRows'> & { readonly share: number; readonly since: Date | null };

/** What the workers are at: a share from 0 to 1 of the stage is done. */
async function runningOf({ state, submitted, read, rows }: Feed, files: FeedFiles): Promise<Running> {
  const all = read?.rows ?? 0;
  if (state === 'submitted') return { stage: 'reading', doneRows: 0, share: 0, since: submitted?.at ?? null };
  if (state === 'read' && read) {
    const parts = Math.min(read.parts, await files.countDone('posted'));
    const doneRows = Math.min(all, parts * rowsPerPart);
    return { stage: 'posting', doneRows, share: parts / read.parts, since: read.at };
  }
  if (state === 'withdrawing') {
    const shards = await files.countDone('withdrawn');
    return { stage: 'withdrawing', doneRows: all, share: shards / allShards.length, since: rows?.at ?? null };
  }
  return { stage: null, doneRows: state === 'posted' ? all : 0, share: state === 'posted' ? 1 : 0, since: null };
}

/** A feed, and how far its workers are. @throws Refusal `feed_unknown`. */
export async function feedProgress(feedId: string, feed: Feed, files: FeedFiles, now: Date): Promise<FeedProgress> {
  const view = feedView(feedId, feed);
  const { stage, doneRows, share, since } = await runningOf(feed, files);
  const seconds = since ? (now.getTime() - since.getTime()) / 1_000 : 0;
  const isMoving = stage === 'posting' && share > 0 && seconds > 0;
  const restSeconds = isMoving ? (seconds / share) * (1 - share) : null;
  return {
    ...view,
    stage,
    percent: Math.floor(100 * share),
    doneRows,
    startedAt: since?.toISOString() ?? null,
    rowsPerSecond: isMoving ? Math.round(doneRows / seconds) : null,
    expectedEndAt: restSeconds === null ? null : new Date(now.getTime() + restSeconds * 1_000).toISOString(),
  };
}

/** What a feed came to. @throws Refusal `feed_unknown`. */
export function feedReport(feedId: string, feed: Feed, matched: number, cases: readonly CasesOfSource[]): FeedReport {
  const { read, posted } = feed;
  const bad = read?.bad ?? {};
  return {
    ...factsOf(feed),
    feedId,
    state: known(feed),
    rows: {
      read: read?.rows ?? 0,
      ...(countsOf(feed) ?? { listed: 0, kept: 0, newer: 0 }),
      bad: totalOf(bad),
      withdrawn: posted?.withdrawn ?? 0,
    },
    badRows: bad,
    matched,
    ...totals(cases),
  };
}

/** Cases of all sources, and their sums. */
export const listingsReport = (sources: readonly CasesOfSource[]): ListingsReport => ({
  sources: [...sources],
  total: totals(sources),
});

function totals(sources: readonly CasesOfSource[]) {
  const of = (kind: 'held' | 'released') => ({
    cases: sumOf(sources.map((source) => source[kind].cases)),
    heldRupiah: sumOf(sources.map((source) => source[kind].heldRupiah)),
    paidRupiah: sumOf(sources.map((source) => source[kind].paidRupiah)),
  });
  return { held: of('held'), released: of('released') };
}
