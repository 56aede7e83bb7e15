import { type Participants, participants } from '#shared/journal/participant.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { announce, type Feeds, feeds, mayUpload, submit } from '#shared/registration/feeds/feed.ts';
import { feedFiles } from '#shared/registration/feeds/feed-files.ts';
import { feedFile, feedIdOf } from '#shared/registration/feeds/feed-names.ts';
import { errorsPage, feedsPage, holdsPage } from '#shared/registration/feeds/feed-pages.ts';
import { feedReports } from '#shared/registration/feeds/feed-report.ts';
import { type FeedTurns, feedTurns } from '#shared/registration/feeds/feed-turn.ts';
import { feedProgress, feedReport, known, listingsReport } from '#shared/registration/feeds/feed-view.ts';
import * as endpoints from '#shared/registration/feeds/feeds-api.ts';
import { type Listings, listings } from '#shared/registration/feeds/listings.ts';
import { programTable, type Table } from '#shared/table/table.ts';

type Deps = {
  readonly table: Table;
  readonly feeds: Feeds;
  readonly turns: Pick<FeedTurns, 'look'>;
  readonly files: Files;
  readonly participants: Pick<Participants, 'load'>;
  readonly listings: Pick<Listings, 'of'>;
};

const uploadSeconds = 900;

/** What operators do with feeds: announce, have posted, follow, and read what they came to. */
export function exclusionFeeds({ table, feeds, turns, files, participants, listings }: Deps) {
  const reports = feedReports(table);
  const loaded = async (feedId: string) => (await feeds.load(feedId)).state;

  const announcing = api(endpoints.announceFeed, async ({ caller: { username: by }, body }) => {
    const feedId = feedIdOf(body);
    const feed = await feeds.change(feedId, (before, at) => announce(before, feedId, body, by, at));
    const key = feedFile.source(feedId);
    const uploadUrl = mayUpload(feed) ? await files.uploadAddress(key, uploadSeconds) : null;
    return { feedId, state: known(feed), uploadUrl };
  });

  const posting = api(endpoints.postFeed, async ({ caller: { username: by }, path: { feedId } }) => {
    const before = await loaded(feedId);
    if (before.announced && mayUpload(before)) {
      const key = feedFile.source(feedId);
      if (!(await files.list(key, 1)).includes(key)) throw new Refusal('feed_missing');
      // The worker looks again: this is to tell the operator at once.
      await turns.look(feedId, before.announced);
    }
    const feed = await feeds.change(feedId, (file) => submit(file, by));
    return { feedId, state: known(feed) };
  });

  const listing = api(endpoints.listFeeds, ({ query: { cursor } }) => feedsPage(table, feeds, cursor));
  const following = api(endpoints.readFeedProgress, async ({ path: { feedId }, now }) =>
    feedProgress(feedId, await loaded(feedId), feedFiles(files, feedId), now),
  );
  const mending = api(endpoints.readFeedErrors, async ({ path: { feedId }, query: { cursor } }) =>
    errorsPage(await loaded(feedId), feedFiles(files, feedId), cursor),
  );
  const reporting = api(endpoints.readFeedReport, async ({ path: { feedId } }) => {
    const feed = await loaded(feedId);
    known(feed);
    const [matched, cases] = await Promise.all([reports.matched(feedId), reports.cases(feedId)]);
    return feedReport(feedId, feed, matched, cases);
  });
  const holding = api(
    endpoints.readFeedHolds,
    async ({ caller: { username: by }, path: { feedId }, query: { cursor } }) => {
      known(await loaded(feedId));
      logger.info('feed.holds_read', { by, feedId });
      return holdsPage({ participants, listings, reports }, feedId, cursor);
    },
  );
  const summing = api(endpoints.readListingsReport, async () => listingsReport(await reports.cases()));

  return apiGroup([
    [endpoints.announceFeed, announcing],
    [endpoints.postFeed, posting],
    [endpoints.listFeeds, listing],
    [endpoints.readFeedProgress, following],
    [endpoints.readFeedErrors, mending],
    [endpoints.readFeedReport, reporting],
    [endpoints.readFeedHolds, holding],
    [endpoints.readListingsReport, summing],
  ]);
}

const table = programTable();
const journals = feeds(table);
export const handler = exclusionFeeds({
  table,
  feeds: journals,
  turns: feedTurns(table, journals),
  files: programFiles(),
  participants: participants(table),
  listings: listings(table),
});
