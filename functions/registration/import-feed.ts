import { FeedMessage } from '#shared/operations/messages.ts';
import { programFiles } from '#shared/platform/files.ts';
import { programKeys } from '#shared/platform/keys.ts';
import { worker } from '#shared/platform/worker.ts';
import { feeds } from '#shared/registration/feeds/feed.ts';
import { feedImport } from '#shared/registration/feeds/feed-import.ts';
import { feedTurns } from '#shared/registration/feeds/feed-turn.ts';
import { listings } from '#shared/registration/feeds/listings.ts';
import { programTable } from '#shared/table/table.ts';

/** Queue `feed`: reads a list of people, posts a part of it, or withdraws whom a full list no longer has. Each may come again, and die anywhere. */
export function importFeed(deps: Parameters<typeof feedImport>[0]) {
  return worker('importFeed', FeedMessage, feedImport(deps));
}

const table = programTable();
const journals = feeds(table);
export const handler = importFeed({
  feeds: journals,
  turns: feedTurns(table, journals),
  listings: listings(table),
  files: programFiles(),
  keys: programKeys,
  now: () => new Date(),
});
