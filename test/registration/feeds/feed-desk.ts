import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { checkListings } from '#functions/registration/check-listings.ts';
import { exclusionFeeds } from '#functions/registration/feeds.ts';
import { importFeed } from '#functions/registration/import-feed.ts';
import type { JournalRecord } from '#shared/journal/journal-record.ts';
import { participants } from '#shared/journal/participant.ts';
import { messagesFor } from '#shared/operations/dispatch.ts';
import { FeedMessage } from '#shared/operations/messages.ts';
import { messagesDue } from '#shared/operations/sweep.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Files } from '#shared/platform/files.ts';
import { commonRefusals } from '#shared/platform/http.ts';
import { announce, type FeedFacts, feeds, submit } from '#shared/registration/feeds/feed.ts';
import { feedFile, feedIdOf } from '#shared/registration/feeds/feed-names.ts';
import { feedTurns } from '#shared/registration/feeds/feed-turn.ts';
import { feedEndpoints } from '#shared/registration/feeds/feeds-api.ts';
import { listings } from '#shared/registration/feeds/listings.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';
import { keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { failedIds, httpEvent, lambdaContext, operatorClaims, queueEvent, read } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import type { Engine } from '#test/table/engine.ts';

/* Operators, the workers of feeds and their files, around the real engine. Messages are those of the dispatcher and the sweeper. */

/** Lines of one part here: so few that a file has some. */
const linesPerPart = 4;

/** The clock of everything here. */
export const feedNow = () => minutesAfter(start, 10 * 24 * 60);

export const csvOf = (niks: readonly string[], head = 'nik') => [head, ...niks, ''].join('\n');

type Announced = Partial<FeedFacts>;
type Seen = { readonly table?: Table; readonly files?: Files };

export function feedDesk(engine: () => Engine, files = memoryFiles()) {
  const journals = () => feeds(engine().table);
  const stateOf = async (feedId: string) => (await journals().load(feedId)).state;

  function workerFor({ table = engine().table, files: seen = files }: Seen = {}) {
    const ours = feeds(table);
    return importFeed({
      feeds: ours,
      turns: feedTurns(table, ours),
      listings: listings(table),
      files: seen,
      keys: async () => keys,
      now: feedNow,
      linesPerPart,
    });
  }

  /** One delivery; whether the queue keeps the message. */
  async function deliver(message: FeedMessage, seen: Seen = {}): Promise<'done' | 'again'> {
    return failedIds(await workerFor(seen)(queueEvent([message]), lambdaContext)).length === 0 ? 'done' : 'again';
  }

  /** All messages that the journal of a feed has ever stood for, in order. */
  async function messagesOf(feedId: string): Promise<FeedMessage[]> {
    const { Items = [] } = await engine().table.client.send(
      new QueryCommand({
        TableName: engine().table.name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': journalKeys.feed(feedId) },
      }),
    );
    return Items.flatMap(({ at, events, dueSort }) => {
      const record: JournalRecord = { kind: 'feed', id: feedId, version: 1, at, provinceCode: '', events };
      const due = typeof dueSort === 'string' ? messagesDue(journalKeys.feed(feedId), dueSort) : [];
      return [...messagesFor(record), ...due].map(({ body }) => FeedMessage.parse(body));
    });
  }

  /** Delivers what the feed stands for until nothing new follows; `order` may shuffle what is there at a time, or repeat it. */
  async function settle(
    feedId: string,
    order: (messages: readonly FeedMessage[]) => readonly FeedMessage[] = (messages) => messages,
    seen: Seen = {},
  ): Promise<void> {
    const done = new Set<string>();
    for (;;) {
      const fresh = (await messagesOf(feedId)).filter((message) => !done.has(JSON.stringify(message)));
      if (fresh.length === 0) return;
      for (const message of fresh) done.add(JSON.stringify(message));
      for (const message of order(fresh)) await deliver(message, seen);
    }
  }

  /** An announced file that is uploaded. */
  async function uploaded(text: string | Buffer, announced: Announced = {}): Promise<string> {
    const facts = {
      ...({ source: 'education', kind: 'addition', day: '2026-11-01' } as const),
      bytes: Buffer.byteLength(text),
      digest: digestOf(text),
      ...announced,
    };
    const feedId = feedIdOf(facts);
    await journals().change(feedId, (before, at) => announce(before, feedId, facts, 'one', at), feedNow);
    await files.put(feedFile.source(feedId), text, 'text/csv');
    return feedId;
  }

  /** As `uploaded`, and another operator has asked for its posting. */
  async function submitted(text: string | Buffer, announced: Announced = {}): Promise<string> {
    const feedId = await uploaded(text, announced);
    await journals().change(feedId, (before) => submit(before, 'two'), feedNow);
    return feedId;
  }

  async function posted(text: string | Buffer, announced: Announced = {}): Promise<string> {
    const feedId = await submitted(text, announced);
    await settle(feedId);
    return feedId;
  }

  function api(table = engine().table) {
    const ours = feeds(table);
    return exclusionFeeds({
      ...{ table, feeds: ours, turns: feedTurns(table, ours), files },
      ...{ participants: participants(table), listings: listings(table, feedNow) },
    });
  }

  /** A request of an operator. What is refused is a code that the contract names. */
  async function call(
    operation: string,
    given: { path?: Record<string, string>; query?: Record<string, string>; body?: object; by?: string } = {},
  ) {
    const route = feedEndpoints.find((endpoint) => endpoint.operation === operation);
    if (!route) throw new Error(`No operation ${operation}`);
    const { path = {}, query = {}, body, by = 'one' } = given;
    const event = httpEvent({
      ...{ method: route.method, path: route.path, pathParameters: path, query, claims: operatorClaims(by) },
      ...(body && { body }),
    });
    const { status = 0, body: said } = read(await api()(event, lambdaContext));
    if (status >= 400 && ![...route.refusals, ...commonRefusals(route)].includes(said.code))
      throw new Error(`${operation} does not name ${said.code}`);
    return { status, body: said };
  }

  /** What the worker of listings does about somebody, as often as the message comes. */
  async function check(participantIds: readonly string[], times = 1): Promise<'done' | 'again'> {
    const table = engine().table;
    const worker = checkListings({ participants: participants(table), listings: listings(table, feedNow) });
    const event = queueEvent(
      Array.from({ length: times }, () => participantIds)
        .flat()
        .map((participantId) => ({ participantId })),
    );
    return failedIds(await worker(event, lambdaContext)).length === 0 ? 'done' : 'again';
  }

  /** Everything that a source says of people, by participant, without the feeds' order. */
  async function listed(participantIds: readonly string[], source: FeedFacts['source'] = 'education') {
    const found: Record<string, string> = {};
    for (const participantId of participantIds)
      for (const listing of await listings(engine().table, feedNow).of(participantId))
        if (listing.source === source) found[participantId] = listing.feedId;
    return found;
  }

  return { files, stateOf, deliver, messagesOf, settle, uploaded, submitted, posted, call, check, listed, workerFor };
}
