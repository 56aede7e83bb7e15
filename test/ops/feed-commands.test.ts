import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '#shared/platform/digest.ts';
import type { FeedProgress, FeedReport } from '#shared/registration/feeds/feeds-api.ts';
import { Refusing, run } from './fake-api.ts';

let folder: string;
let file: string;
const text = `nik\n${'3'.repeat(16)}\n`;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feeds-'));
  file = join(folder, 'list.csv');
  await writeFile(file, text);
});
afterAll(() => rm(folder, { recursive: true }));

const feedId = '0f'.repeat(16);
const participantId = 'ab'.repeat(32);
const holdId = 'feed_0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f';
const facts = {
  ...({ source: 'education', kind: 'full_list', day: '2026-11-01' } as const),
  ...{ bytes: Buffer.byteLength(text), digest: digestOf(text) },
};
const of = ['--source', 'education', '--kind', 'full_list', '--day', '2026-11-01'];

const progressWith = (changes: Partial<FeedProgress> = {}): FeedProgress => ({
  ...facts,
  feedId,
  state: 'read',
  announcedBy: 'one',
  announcedAt: '2026-11-02T03:00:00.000Z',
  submittedBy: 'two',
  refusal: null,
  rows: 1_000_000,
  badRows: 12,
  posted: null,
  withdrawn: null,
  stage: 'posting',
  percent: 40,
  doneRows: 400_000,
  startedAt: '2026-11-02T03:00:00.000Z',
  rowsPerSecond: 8_000,
  expectedEndAt: '2026-11-02T03:02:05.000Z',
  ...changes,
});
const postedFeed = progressWith({
  ...{ state: 'posted', stage: null, percent: 100, doneRows: 1_000_000, rowsPerSecond: null, expectedEndAt: null },
  ...{ posted: { listed: 900_000, kept: 99_000, newer: 988 }, withdrawn: 40 },
});
const none = { cases: 0, heldRupiah: 0, paidRupiah: 0 };
const reportOf: FeedReport = {
  ...facts,
  feedId,
  state: 'posted',
  rows: { read: 1_000_000, listed: 900_000, kept: 99_000, newer: 988, bad: 12, withdrawn: 40 },
  badRows: { nik_format: 12 },
  matched: 5_000,
  held: { cases: 165_544, heldRupiah: 390_320_000_000, paidRupiah: 1_200_000 },
  released: none,
};
const announcedAnswer = { feedId, state: 'announced', uploadUrl: null };

describe('a command about feeds', () => {
  it.each<[string, () => string[], Record<string, unknown>, string, unknown]>([
    ['announce', () => ['announce', file, ...of], { announceFeed: announcedAnswer }, 'POST /v1/feeds', facts],
    [
      'post',
      () => ['post', feedId],
      { postFeed: { feedId, state: 'submitted' } },
      `POST /v1/feeds/${feedId}/posting`,
      undefined,
    ],
    [
      'progress',
      () => ['progress', feedId],
      { readFeedProgress: progressWith() },
      `GET /v1/feeds/${feedId}`,
      undefined,
    ],
    ['report', () => ['report', feedId], { readFeedReport: reportOf }, `GET /v1/feeds/${feedId}/report`, undefined],
    [
      'total',
      () => ['total'],
      { readListingsReport: { sources: [], total: { held: none, released: none } } },
      'GET /v1/listings/report',
      undefined,
    ],
    ['list', () => ['list'], { listFeeds: { feeds: [], nextCursor: null } }, 'GET /v1/feeds', undefined],
    [
      'holds',
      () => ['holds', feedId],
      { readFeedHolds: { holds: [], nextCursor: null } },
      `GET /v1/feeds/${feedId}/holds`,
      undefined,
    ],
    [
      'propose-release',
      () => ['propose-release', participantId, holdId, '--note', 'Sudah lulus'],
      { proposeHoldRelease: { participantId, holds: [], forfeited: false, receivable: null } },
      `POST /v1/participants/${participantId}/holds/${holdId}/release-proposal`,
      { note: 'Sudah lulus' },
    ],
    [
      'release',
      () => ['release', participantId, holdId],
      { liftHold: { participantId, holds: [], forfeited: false, receivable: null } },
      `POST /v1/participants/${participantId}/holds/${holdId}/release`,
      undefined,
    ],
  ])('%s asks what it is for', async (_, args, answers, asked, body) => {
    const { code, received, err } = await run(['feed', ...args()], answers);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual([asked]);
    expect(received[0]?.body).toEqual(body);
  });

  it.each<[string, string[]]>([
    ['a source that there is not', ['announce', 'list.csv', '--source', 'x', '--kind', 'addition']],
    ['a kind that there is not', ['announce', 'list.csv', '--source', 'education', '--kind', 'x']],
    ['no file', ['announce', '/nowhere/list.csv', ...of]],
    [
      'a day that there is not',
      ['announce', 'list.csv', '--source', 'education', '--kind', 'addition', '--day', '2026-02-30'],
    ],
    ['no id', ['post', 'x']],
    ['no participant', ['release', 'x', holdId]],
    ['a note with a number', ['propose-release', participantId, holdId, '--note', 'NIK 3273994207010001']],
  ])('is not sent with %s', async (_, args) => {
    const { code, received } = await run(['feed', ...args], {});
    expect(code).toBe(64);
    expect(received).toEqual([]);
  });

  it('says what a refusal means', async () => {
    const { code, err } = await run(['feed', 'post', feedId], { postFeed: new Refusing('feed_source_busy') });
    expect(code).toBe(2);
    expect(err).toContain('feed_source_busy');
  });

  it('prints all bad lines as CSV', async () => {
    const pages = [
      { errors: [{ row: 3, code: 'nik_format' }], nextCursor: '1-0' },
      { errors: [{ row: 9, code: 'nik_repeated' }], nextCursor: null },
    ];
    const { out, received } = await run(['feed', 'errors', feedId], { readFeedErrors: pages });
    expect(out).toBe('row,code\n3,nik_format\n9,nik_repeated\n');
    expect(received.map(({ path }) => path)).toEqual([
      `/v1/feeds/${feedId}/errors`,
      `/v1/feeds/${feedId}/errors?cursor=1-0`,
    ]);
  });

  it('shows a report in 80 columns', async () => {
    const { out } = await run(['feed', 'report', feedId], { readFeedReport: reportOf });
    expect(out).toContain('165.544 recipients, Rp 390.320.000.000 held');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('an upload', () => {
  async function store(status: number) {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      bodies.push(`${request.method} ${request.headers['content-length']} ${(await buffer(request)).toString()}`);
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}/feeds/x`,
      bodies,
      stop: () => new Promise((resolve) => server.close(resolve)),
    };
  }

  it('puts the file where the API says, whole', async () => {
    const { url, bodies, stop } = await store(200);
    const { code, out } = await run(['feed', 'upload', file, ...of], {
      announceFeed: { ...announcedAnswer, uploadUrl: url },
    });
    expect(code).toBe(0);
    expect(bodies).toEqual([`PUT ${text.length} ${text}`]);
    expect(out).toContain(`feed post ${feedId}`);
    await stop();
  });

  it('that is not taken may be repeated, and the address is not shown', async () => {
    const { url, stop } = await store(403);
    const { code, err } = await run(['feed', 'upload', file, ...of], {
      announceFeed: { ...announcedAnswer, uploadUrl: url },
    });
    expect(code).toBe(3);
    expect(err).toContain('403');
    expect(err).not.toContain(url);
    await stop();
  });

  it('goes nowhere in the clear, and nowhere once the feed is posted', async () => {
    const there = { ...announcedAnswer, uploadUrl: 'http://files.example/x' };
    expect((await run(['feed', 'upload', file, ...of], { announceFeed: there })).code).toBe(3);
    const over = { feedId, state: 'posted', uploadUrl: null };
    expect((await run(['feed', 'upload', file, ...of], { announceFeed: over })).code).toBe(1);
  });
});

describe('a watch of a feed', () => {
  const answers = {
    readFeedProgress: [progressWith({ percent: 10 }), progressWith({ percent: 10 }), progressWith(), postedFeed],
  };

  it('gives a pipe a line whenever something is done, and the end', async () => {
    const { out, code, pauses } = await run(['feed', 'progress', feedId, '--watch'], answers);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toContain(' 10 %');
    expect(lines[1]).toMatch(/posting +█+░+ +40 % +400\.000\/1\.000\.000 +8\.000\/s +ends about 10:02:05 WIB/);
    expect(lines[2]).toContain('posted');
    expect(pauses).toEqual([1_000, 1_000, 1_000]);
  });

  it('draws one line again on a terminal', async () => {
    const { out } = await run(['feed', 'progress', feedId, '--watch'], answers, { isTTY: true });
    expect(out.split('\r\x1b[2K').length).toBeGreaterThan(4);
  });

  it('bears some failures, and no more', async () => {
    const failing = Array.from({ length: 4 }, () => new Refusing('internal'));
    expect(
      (await run(['feed', 'progress', feedId, '--watch'], { readFeedProgress: [...failing, postedFeed] })).code,
    ).toBe(0);
    expect(
      (await run(['feed', 'progress', feedId, '--watch'], { readFeedProgress: new Refusing('internal') })).code,
    ).toBe(2);
  });
});
