import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exclusionFeeds } from '#functions/registration/feeds.ts';
import { participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { feeds } from '#shared/registration/feeds/feed.ts';
import { feedFiles } from '#shared/registration/feeds/feed-files.ts';
import { feedFile } from '#shared/registration/feeds/feed-names.ts';
import { feedTurns } from '#shared/registration/feeds/feed-turn.ts';
import { feedProgress } from '#shared/registration/feeds/feed-view.ts';
import { feedEndpoints } from '#shared/registration/feeds/feeds-api.ts';
import { listings } from '#shared/registration/feeds/listings.ts';
import { citizens, minutesAfter } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, read } from '#test/platform/events.ts';
import { csvOf, feedDesk } from '#test/registration/feeds/feed-desk.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const made = feedDesk(() => engine);
const { call, files, settle, deliver, stateOf } = made;
const niks = citizens('feeds api', 700).map(({ person }) => person.nik);
let used = 0;
const some = (count: number) => {
  used += count;
  return niks.slice(used - count, used);
};

const factsOf = (text: string, changes: object = {}) => ({
  ...{ source: 'education', kind: 'addition', day: '2026-11-01' },
  ...{ bytes: Buffer.byteLength(text), digest: digestOf(text), ...changes },
});

async function announced(text: string, changes: object = {}): Promise<string> {
  const { status, body } = await call('announceFeed', { body: factsOf(text, changes) });
  expect(status).toBe(201);
  return body.feedId;
}
async function uploaded(text: string, changes: object = {}): Promise<string> {
  const feedId = await announced(text, changes);
  await files.put(feedFile.source(feedId), text, 'text/csv');
  return feedId;
}
const post = (feedId: string, by = 'two') => call('postFeed', { path: { feedId }, by });
const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

describe('announcing a feed', () => {
  it('answers where to put the file, and the same for a repeat by anybody', async () => {
    const text = csvOf(some(2));
    const first = await call('announceFeed', { body: factsOf(text) });
    expect(first).toMatchObject({ status: 201, body: { state: 'announced' } });
    expect(first.body.uploadUrl).toContain(feedFile.source(first.body.feedId));
    expect(first.body.uploadUrl).toContain('method=PUT');
    expect((await call('announceFeed', { body: factsOf(text), by: 'three' })).body.feedId).toBe(first.body.feedId);
    expect((await stateOf(first.body.feedId)).announced?.by).toBe('one');
  });

  it('of the same bytes for another day, source or kind is another feed', async () => {
    const text = csvOf(some(1));
    const ids = await Promise.all([
      announced(text),
      announced(text, { day: '2026-11-02' }),
      announced(text, { source: 'laid_off' }),
      announced(text, { kind: 'full_list' }),
    ]);
    expect(new Set(ids).size).toBe(4);
  });

  it.each([
    ['another source', { source: 'neighbours' }],
    ['another kind', { kind: 'delta' }],
    ['no day', { day: '2026-02-30' }],
    ['a day that lies ahead', { day: '2999-01-01' }],
    ['no bytes', { bytes: 0 }],
    ['more bytes than a feed has', { bytes: 268_435_457 }],
    ['a half byte', { bytes: 1.5 }],
    ['no digest', { digest: 'abc' }],
    ['a field that nobody knows', { operator: 'two' }],
  ])('is refused with %s, and nothing is written', async (_, changes) => {
    const before = (await call('listFeeds')).body;
    expect(codeOf(await call('announceFeed', { body: factsOf(csvOf(['x']), changes) }))).toEqual([
      400,
      'request_invalid',
    ]);
    expect((await call('listFeeds')).body).toEqual(before);
  });

  it('again with another size is refused', async () => {
    const text = csvOf(some(1));
    await announced(text);
    expect(codeOf(await call('announceFeed', { body: factsOf(text, { bytes: 5 }) }))).toEqual([409, 'feed_state']);
  });

  it('gives no address any more once the file is being posted', async () => {
    const text = csvOf(some(1));
    const feedId = await uploaded(text, { source: 'laid_off' });
    await post(feedId);
    expect((await call('announceFeed', { body: factsOf(text, { source: 'laid_off' }) })).body).toEqual({
      feedId,
      state: 'submitted',
      uploadUrl: null,
    });
    await settle(feedId);
  });
});

describe('posting a feed', () => {
  it('is for another operator than who announced it, and a repeat changes nothing', async () => {
    const feedId = await uploaded(csvOf(some(2)));
    expect(codeOf(await post(feedId, 'one'))).toEqual([403, 'same_operator']);
    expect(await post(feedId)).toMatchObject({ status: 202, body: { state: 'submitted' } });
    expect(await post(feedId)).toMatchObject({ status: 202, body: { state: 'submitted' } });
    await settle(feedId);
    expect(await post(feedId, 'one')).toMatchObject({ status: 202, body: { state: 'posted' } });
    expect((await stateOf(feedId)).submissions).toBe(1);
  });

  it('needs the file, and a feed', async () => {
    expect(codeOf(await post(await announced(csvOf(some(1)))))).toEqual([409, 'feed_missing']);
    expect(codeOf(await post('0'.repeat(32)))).toEqual([404, 'feed_unknown']);
    expect(codeOf(await post('no-feed'))).toEqual([400, 'request_invalid']);
  });

  it('waits while another feed of the source is posted, and says so', async () => {
    const [first, second] = [await uploaded(csvOf(some(2))), await uploaded(csvOf(some(2)))];
    await post(first);
    await deliver({ step: 'read', feedId: first });
    expect(codeOf(await post(second))).toEqual([409, 'feed_source_busy']);
    await settle(first);
    expect((await post(second)).status).toBe(202);
    await settle(second);
  });

  it('of a day before the last full list is refused', async () => {
    const full = await uploaded(csvOf(some(2)), { source: 'civil_service', kind: 'full_list', day: '2026-11-03' });
    await post(full);
    await settle(full);
    const earlier = await uploaded(csvOf(some(2)), { source: 'civil_service', day: '2026-11-02' });
    expect(codeOf(await post(earlier))).toEqual([409, 'feed_superseded']);
  });

  it('has an end in number', async () => {
    const feedId = await uploaded('nik\nx\n');
    for (let submission = 0; submission < 20; submission += 1) {
      expect((await post(feedId)).status).toBe(202);
      await deliver({ step: 'read', feedId });
    }
    expect((await call('readFeedProgress', { path: { feedId } })).body).toMatchObject({
      state: 'refused',
      refusal: 'feed_empty',
    });
    expect(codeOf(await post(feedId))).toEqual([429, 'attempts_exceeded']);
  });
});

describe('following a feed', () => {
  it('shows each stage, rate and estimate', async () => {
    const feedId = await uploaded(csvOf(some(12)), { source: 'state_enterprise', kind: 'full_list' });
    const shown = async () => (await call('readFeedProgress', { path: { feedId } })).body;
    expect(await shown()).toMatchObject({ state: 'announced', stage: null, percent: 0, rows: null, posted: null });
    await post(feedId);
    expect(await shown()).toMatchObject({ stage: 'reading', percent: 0, submittedBy: 'two' });
    await deliver({ step: 'read', feedId });
    expect(await shown()).toMatchObject({ stage: 'posting', percent: 0, rows: 12, badRows: 0, rowsPerSecond: null });
    await deliver({ step: 'post', feedId, part: 1 });
    const feed = await stateOf(feedId);
    const since = feed.read?.at ?? new Date();
    const half = await feedProgress(feedId, feed, feedFiles(files, feedId), minutesAfter(since, 1));
    expect(half).toMatchObject({
      percent: 33,
      startedAt: since.toISOString(),
      expectedEndAt: minutesAfter(since, 3).toISOString(),
    });
    expect(half.rowsPerSecond).not.toBeNull();
    for (const part of [0, 2]) await deliver({ step: 'post', feedId, part });
    expect(await shown()).toMatchObject({
      stage: 'withdrawing',
      percent: 0,
      posted: { listed: 12, kept: 0, newer: 0 },
      withdrawn: null,
    });
    await settle(feedId);
    expect(await shown()).toMatchObject({ state: 'posted', stage: null, percent: 100, doneRows: 12, withdrawn: 0 });
  });

  it('lists all feeds, the newest first, page by page', async () => {
    for (let number = 0; number < 52; number += 1) await announced(csvOf([`x${number}`]));
    const seen: string[] = [];
    let query: { cursor?: string } = {};
    for (let page = 0; page < 10; page += 1) {
      const { feeds: some, nextCursor } = (await call('listFeeds', { query })).body;
      seen.push(...some.map(({ announcedAt }: { announcedAt: string }) => announcedAt));
      if (nextCursor === null) break;
      query = { cursor: nextCursor };
    }
    expect(seen.length).toBeGreaterThan(52);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it('shows bad lines page by page, each once', async () => {
    const lines = Array.from({ length: 1_204 }, (_, at) => (at % 3 === 0 ? (some(1)[0] ?? '') : 'x'));
    const feedId = await uploaded(csvOf(lines.slice(0, 1_203)), { source: 'laid_off', day: '2026-11-02' });
    expect(codeOf(await call('readFeedErrors', { path: { feedId } }))).toEqual([409, 'feed_state']);
    await post(feedId);
    await deliver({ step: 'read', feedId });
    const rows: number[] = [];
    let query: { cursor?: string } = {};
    for (let page = 0; page < 100; page += 1) {
      const { errors, nextCursor } = (await call('readFeedErrors', { path: { feedId }, query })).body;
      rows.push(...errors.map(({ row }: { row: number }) => row));
      expect(errors.length).toBeLessThanOrEqual(500);
      if (nextCursor === null) break;
      query = { cursor: nextCursor };
    }
    expect(rows).toEqual(lines.slice(0, 1_203).flatMap((line, at) => (line === 'x' ? [at + 2] : [])));
    await settle(feedId);
  });

  it.each(['readFeedProgress', 'readFeedErrors', 'readFeedReport', 'readFeedHolds'])(
    '%s knows no feed that there is not',
    async (operation) => {
      expect(codeOf(await call(operation, { path: { feedId: '0'.repeat(32) } }))).toEqual([404, 'feed_unknown']);
    },
  );
});

describe('feeds', () => {
  it.each(feedEndpoints.map((route) => [route.operation, route] as const))('%s is for operators', async (_, route) => {
    const table = engine.table;
    const journals = feeds(table);
    const handler = exclusionFeeds({
      ...{ table, feeds: journals, turns: feedTurns(table, journals), files },
      ...{ participants: participants(table), listings: listings(table) },
    });
    const pathParameters = { feedId: '0'.repeat(32) };
    const asked = (claims?: Record<string, string>) =>
      handler(
        httpEvent({ method: route.method, path: route.path, pathParameters, ...(claims && { claims }), body: {} }),
        lambdaContext,
      );
    expect(read(await asked(citizenClaims('a'.repeat(64)))).body.code).toBe('role_missing');
    expect(read(await asked()).body.code).toBe('credentials_missing');
  });
});
