import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiClient } from '#ops/http-client.ts';
import { openBatch } from '#shared/selection/batch-api.ts';
import { sealOf } from '#shared/selection/draw/manifest.ts';
import {
  batchWith,
  digest,
  drawNumber,
  drawnBatch,
  objectionWith,
  overrideWith,
  progressWith,
} from './batch-samples.ts';
import { Refusing, run, startFakeApi, token } from './fake-api.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-'));
});
afterAll(() => rm(folder, { recursive: true }));

const batch = batchWith();
const open = { openCount: 0, objections: [], next: null };
const override = ['--id', 'koreksi-1', '--note', 'Two files of one person'];
const drawn = drawnBatch({ overrides: [overrideWith()] });

describe('a command', () => {
  it.each<[string, string[], Record<string, unknown>, string, unknown]>([
    ['open', ['open', '7'], { openBatch: batch }, 'POST /v1/batches/7/opening', undefined],
    ['close', ['close', '7'], { closeBatch: batch }, 'POST /v1/batches/7/closing', undefined],
    ['approve', ['approve', '7'], { approveDraw: batch }, 'POST /v1/batches/7/approval', undefined],
    ['show', ['show', '7'], { readBatch: batch }, 'GET /v1/batches/7', undefined],
    ['progress', ['progress', '7'], { readProgress: progressWith() }, 'GET /v1/batches/7/progress', undefined],
    ['objections', ['objections', '7'], { readObjections: open }, 'GET /v1/batches/7/objections', undefined],
    [
      'answer',
      ['answer', '7', drawNumber, '--upheld', '--note', 'The registry was wrong'],
      { answerObjection: objectionWith() },
      `POST /v1/batches/7/objections/${drawNumber}/answer`,
      { answer: 'upheld', note: 'The registry was wrong' },
    ],
    [
      'override',
      ['override', '7', '--exclude', drawNumber, ...override],
      { proposeOverride: drawn },
      'POST /v1/batches/7/overrides',
      { overrideId: 'koreksi-1', kind: 'exclude', drawNumber, note: 'Two files of one person' },
    ],
    [
      'override that admits',
      ['override', '7', '--admit', drawNumber, ...override],
      { proposeOverride: drawn },
      'POST /v1/batches/7/overrides',
      { overrideId: 'koreksi-1', kind: 'admit', drawNumber, note: 'Two files of one person' },
    ],
    [
      'confirm-override',
      ['confirm-override', '7', 'koreksi-1'],
      { confirmOverride: drawn },
      'POST /v1/batches/7/overrides/koreksi-1/confirmation',
      undefined,
    ],
    [
      'draft with little',
      ['draft', '--number', '7', '--scheme', 'NORMAL_2023', '--quota', '32=100'],
      { createBatch: batch },
      'POST /v1/batches',
      { number: 7, scheme: 'NORMAL_2023', quotas: { 32: 100 } },
    ],
    [
      'draft with everything',
      [
        ...['draft', '--number', '7', '--scheme', 'NORMAL_2023', '--quota', '32=100', '--quota', '33=50'],
        ...['--regency', '32.73=5', '--stratum', 'migrant_worker=10', '--stratum', 'disability=2'],
        ...['--priority', '32.73', '--priority', '32.04', '--max-lots', '3', '--randomness', 'two_operators'],
        ...['--opens', '2026-11-27T12:00', '--closes', '2026-11-30T23:59', '--grace-hours', '0', '--recovers', '1,2'],
      ],
      { createBatch: batch },
      'POST /v1/batches',
      {
        number: 7,
        scheme: 'NORMAL_2023',
        quotas: { 32: 100, 33: 50 },
        regencyQuotas: { '32.73': 5 },
        stratumQuotas: [
          { stratum: 'migrant_worker', places: 10 },
          { stratum: 'disability', places: 2 },
        ],
        priorityRegencies: ['32.73', '32.04'],
        maxLots: 3,
        randomness: 'two_operators',
        opensAt: '2026-11-27T05:00:00.000Z',
        closesAt: '2026-11-30T16:59:00.000Z',
        graceHours: 0,
        recovers: ['1', '2'],
      },
    ],
  ])('%s sends its request, and no other', async (_, args, answers, request, body) => {
    const { code, err, received } = await run(['batch', ...args], answers);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual([request]);
    expect(received[0]?.body).toEqual(body);
  });

  it.each([
    ['answer', ['answer', '7', drawNumber, '--note', 'A reason']],
    ['answer', ['answer', '7', drawNumber, '--upheld', '--dismissed', '--note', 'A reason']],
    ['answer', ['answer', '7', drawNumber.slice(1), '--upheld', '--note', 'A reason']],
    ['answer', ['answer', '7', drawNumber, '--upheld', '--note', 'NIK 3273994207010001']],
    ['override', ['override', '7', ...override]],
    ['override', ['override', '7', '--exclude', drawNumber, '--admit', drawNumber, ...override]],
    ['override', ['override', '7', '--exclude', drawNumber, '--id', 'a b', '--note', 'A reason']],
    ['decree', ['decree', '7', '--winners', 'all']],
  ])('%s with a fault sends nothing: %j', async (_, args) => {
    const { code, received } = await run(['batch', ...args], {});

    expect({ code, received }).toEqual({ code: 64, received: [] });
  });

  it('prints the answer as it came with --json', async () => {
    const { out } = await run(['batch', 'show', '7', '--json'], { readBatch: batch });

    expect(out).toBe(`${JSON.stringify(batch)}\n`);
  });

  it('tells of a refusal by its code and its sentence, and ends with 2', async () => {
    const { code, out, err } = await run(['batch', 'open', '7'], { openBatch: new Refusing('batch_state') });

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('batch_state: The batch is not in the state that this step needs\n');
  });

  it('names the objections of a page, and where the next one begins', async () => {
    const page = { openCount: 60, objections: [objectionWith()], next: drawNumber };
    const { out, received } = await run(['batch', 'objections', '7'], { readObjections: page });

    expect(out).toContain('60 objections without an answer');
    expect(out).toContain('There are more');
    expect(received).toHaveLength(1);
  });

  it('goes through all pages of objections with --all', async () => {
    const [one, two] = [`${'1'.repeat(30)}00`, `${'2'.repeat(30)}00`];
    const pages = [
      { openCount: 2, objections: [objectionWith({ drawNumber: one })], next: one },
      { openCount: 2, objections: [objectionWith({ drawNumber: two })], next: null },
    ];
    const { code, out, received } = await run(['batch', 'objections', '7', '--all'], { readObjections: pages });

    expect(code).toBe(0);
    expect(out.match(/[12]{30}00/g)).toEqual([one, two]);
    expect(out.match(/without an answer/g)).toHaveLength(1);
    expect(received.map(({ path }) => path)).toEqual([
      '/v1/batches/7/objections',
      `/v1/batches/7/objections?cursor=${one}`,
    ]);
  });

  it('does not go round in pages that do not end', async () => {
    const page = { openCount: 1, objections: [], next: drawNumber };
    const { code, err } = await run(['batch', 'objections', '7', '--all'], { readObjections: page });

    expect(code).toBe(1);
    expect(err).toContain('do not end');
  });
});

describe('the token', () => {
  it('comes from the environment, and is not sent where it is not needed', async () => {
    const operator = await run(['batch', 'open', '7'], { openBatch: batch });
    const anybody = await run(['batch', 'show', '7'], { readBatch: batch }, { env: { PRAKERJA_TOKEN: undefined } });

    expect(operator.received[0]?.authorization).toBe(`Bearer ${token}`);
    expect(anybody).toMatchObject({ code: 0, received: [{ authorization: undefined }] });
  });

  it('comes from a file before the environment', async () => {
    const file = join(folder, 'token');
    await writeFile(file, 'of.the.file\n');
    const { received } = await run(['batch', 'open', '7', '--token-file', file], { openBatch: batch });

    expect(received[0]?.authorization).toBe('Bearer of.the.file');
  });

  it('is missed before anything is sent', async () => {
    const none = await run(['batch', 'open', '7'], { openBatch: batch }, { env: { PRAKERJA_TOKEN: undefined } });
    const noFile = await run(['batch', 'open', '7', '--token-file', join(folder, 'none')], { openBatch: batch });

    expect([none.code, noFile.code]).toEqual([64, 1]);
    expect([...none.received, ...noFile.received]).toEqual([]);
  });

  it('is never shown', async () => {
    const seen = await Promise.all([
      run(['batch', 'open', '7'], { openBatch: new Refusing('internal') }),
      run(['batch', 'open', '7'], { openBatch: batch }, { env: { PRAKERJA_TOKEN: `${token} ${token}` } }),
      run(['batch', 'open', '7', '--json'], { openBatch: batch }),
      run(['batch', 'open', '7', '--url', 'http://127.0.0.1:9'], {}),
    ]);

    expect(seen.map(({ code }) => code)).toEqual([2, 64, 0, 3]);
    expect(seen.map(({ out, err }) => out + err).join('')).not.toContain(token);
  });
});

describe('the share', () => {
  const sealed = { sealBatch: batchWith({ sealedBy: ['ayu.lestari'] }) };

  it('is made, kept in a file that only its owner can read, and not sent: its seal is', async () => {
    const file = join(folder, 'made');
    const { code, out, err, received } = await run(['batch', 'seal', '7', '--share-file', file], sealed);
    const share = (await readFile(file, 'utf8')).trim();

    expect(code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(share).toMatch(/^[0-9a-f]{64}$/);
    expect(received[0]).toMatchObject({ method: 'POST', path: '/v1/batches/7/seal', body: { seal: sealOf(share) } });
    expect(out + err + JSON.stringify(received)).not.toContain(share);
  });

  it('is another one each time', async () => {
    const files = ['one', 'two'].map((name) => join(folder, name));
    for (const file of files) await run(['batch', 'seal', '7', '--share-file', file], sealed);
    const [one, two] = await Promise.all(files.map((file) => readFile(file, 'utf8')));

    expect(one).not.toBe(two);
  });

  it('does not overwrite a file, and is not sent then', async () => {
    const file = join(folder, 'other');
    await writeFile(file, 'something else');
    const { code, err, received } = await run(['batch', 'seal', '7', '--share-file', file], sealed);

    expect({ code, received }).toEqual({ code: 1, received: [] });
    expect(err.replaceAll('\n', ' ')).toContain('nothing was overwritten');
    expect(await readFile(file, 'utf8')).toBe('something else');
  });

  it('is sealed once more with --again', async () => {
    const file = join(folder, 'again');
    const first = await run(['batch', 'seal', '7', '--share-file', file], sealed);
    const second = await run(['batch', 'seal', '7', '--share-file', file, '--again'], sealed);

    expect(second.code).toBe(0);
    expect(second.received[0]?.body).toEqual(first.received[0]?.body);
  });

  it('is thrown away when its seal was refused, and kept when nobody knows', async () => {
    const [refused, failed] = [join(folder, 'refused'), join(folder, 'failed')];
    const no = await run(['batch', 'seal', '7', '--share-file', refused], { sealBatch: new Refusing('same_operator') });
    const perhaps = await run(['batch', 'seal', '7', '--share-file', failed], { sealBatch: new Refusing('internal') });

    expect([no.code, perhaps.code]).toEqual([2, 2]);
    await expect(stat(refused)).rejects.toThrow('ENOENT');
    expect((await stat(failed)).size).toBe(65);
    expect(perhaps.err.replaceAll('\n', ' ')).toContain('--again');
  });

  it('stays where it was when its seal is refused the second time', async () => {
    const file = join(folder, 'kept');
    await writeFile(file, `${digest}\n`);
    await run(['batch', 'seal', '7', '--share-file', file, '--again'], { sealBatch: new Refusing('batch_state') });

    expect(await readFile(file, 'utf8')).toBe(`${digest}\n`);
  });

  it('is revealed from its file', async () => {
    const file = join(folder, 'reveal');
    await writeFile(file, `${digest}\n`);
    const revealed = { revealShare: batchWith({ revealedBy: ['ayu.lestari'] }) };
    const { code, received } = await run(['batch', 'reveal', '7', '--share-file', file], revealed);

    expect(code).toBe(0);
    expect(received[0]).toMatchObject({ method: 'POST', path: '/v1/batches/7/share', body: { share: digest } });
  });

  it('is not revealed from a file that holds none', async () => {
    const file = join(folder, 'empty');
    await writeFile(file, '');
    const { code, received } = await run(['batch', 'reveal', '7', '--share-file', file], {});

    expect({ code, received }).toEqual({ code: 1, received: [] });
  });

  it('lies where the operator stood, not where npm runs', async () => {
    await run(['batch', 'seal', '7', '--share-file', 'beside'], sealed, { env: { INIT_CWD: folder } });

    expect((await stat(join(folder, 'beside'))).size).toBe(65);
  });
});

describe('the decree', () => {
  const answers = {
    readBatch: drawnBatch(),
    readObjections: open,
    orderDecree: drawnBatch({ orderedAt: '2026-11-27T05:00:00.000Z' }),
  };
  const ordered = (received: readonly { operation: string; body: unknown }[]) =>
    received.filter(({ operation }) => operation === 'orderDecree').map(({ body }) => body);

  it.each(['1234', '1.234', ' 1234 '])('is ordered with the number that was typed: %j', async (typed) => {
    const { code, out, err, received } = await run(['batch', 'decree', '7'], answers, { typed });

    expect(code).toBe(0);
    expect(out).toContain('1.234 winners');
    expect(out).toContain(digest);
    expect(err).toContain('Number of winners');
    expect(ordered(received)).toEqual([{ winnerCount: 1_234, manifestDigest: digest, overrideCount: 0 }]);
  });

  it('states the corrections that two operators agreed on, as they were shown', async () => {
    const override = {
      overrideId: 'o-1',
      kind: 'exclude',
      drawNumber: `${'a'.repeat(30)}00`,
      note: 'Data keliru',
    } as const;
    const proposed = { ...override, proposedBy: 'one', proposedAt: '2026-11-27T05:00:00.000Z' };
    const overrides = [
      { ...proposed, confirmedBy: 'two', confirmedAt: '2026-11-27T05:00:00.000Z' },
      { ...proposed, overrideId: 'o-2', confirmedBy: null, confirmedAt: null },
    ];
    const shown = { ...answers, readBatch: drawnBatch({ overrides }) };
    const { received } = await run(['batch', 'decree', '7', '--winners', '1234'], shown);

    expect(ordered(received)).toMatchObject([{ overrideCount: 1 }]);
  });

  it('states what was typed, even where it is not what was drawn: the API compares', async () => {
    const { code, received } = await run(
      ['batch', 'decree', '7'],
      { ...answers, orderDecree: new Refusing('draw_differs') },
      { typed: '1233' },
    );

    expect(code).toBe(2);
    expect(ordered(received)).toEqual([{ winnerCount: 1_233, manifestDigest: digest, overrideCount: 0 }]);
  });

  it.each(['', 'yes', '12a', '1.2', null])('is not ordered by %j', async (typed) => {
    const { code, received } = await run(['batch', 'decree', '7'], answers, { typed });

    expect(code).toBe(1);
    expect(ordered(received)).toEqual([]);
  });

  it('does not ask with --winners', async () => {
    const { code, err, received } = await run(['batch', 'decree', '7', '--winners', '1234'], answers);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(ordered(received)).toEqual([{ winnerCount: 1_234, manifestDigest: digest, overrideCount: 0 }]);
  });

  it('gives a pipe the answer alone', async () => {
    const { out, err } = await run(['batch', 'decree', '7', '--json'], answers, { typed: '1234' });

    expect(JSON.parse(out)).toMatchObject({ orderedAt: '2026-11-27T05:00:00.000Z' });
    expect(err).toContain(digest);
  });

  it('is not asked for before anything is drawn', async () => {
    const { code, err, received } = await run(['batch', 'decree', '7'], { ...answers, readBatch: batch });

    expect(code).toBe(2);
    expect(err).toContain('batch_state: The batch is draft: nothing is drawn yet');
    expect(ordered(received)).toEqual([]);
  });
});

describe('a server', () => {
  async function serving(status: number, text: string, headers: Record<string, string> = {}) {
    const server = createServer((_, response) => void response.writeHead(status, headers).end(text)).listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const seen = await run(['batch', 'open', '7', '--url', `http://127.0.0.1:${port}`], {});
    server.close();
    return seen;
  }

  it('that is not there ends with 3, and the advice to repeat a step', async () => {
    const { code, err } = await run(['batch', 'open', '7', '--url', 'http://127.0.0.1:9'], {});

    expect(code).toBe(3);
    expect(err).toContain('http://127.0.0.1:9 does not answer');
    expect(err.replaceAll('\n', ' ')).toContain('repeating it changes nothing');
  });

  it('that does not know the token ends with 2', async () => {
    expect(await serving(401, '{"message":"Unauthorized"}')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^credentials_missing/),
    });
    expect(await serving(403, '{"message":"Forbidden"}')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^role_missing/),
    });
  });

  it.each([
    ['an error without a reason', 503, '{"message":"Service Unavailable"}'],
    ['a page', 200, '<html></html>'],
    ['something else', 200, '{"state":"open"}'],
  ])('that answers %s ends with 3', async (_, status, text) => {
    expect((await serving(status, text)).code).toBe(3);
  });

  it('that leads elsewhere is not followed: the token stays here', async () => {
    await using elsewhere = await startFakeApi({ openBatch: batch });
    const { code } = await serving(307, '', { location: `${elsewhere.url}/v1/batches/7/opening` });

    expect(code).toBe(3);
    expect(elsewhere.received).toEqual([]);
  });

  it('that says nothing is not waited for without end', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const api = apiClient(`http://127.0.0.1:${port}`, async () => token, 50);

    await expect(api.ask(openBatch, { path: { batchId: '7' } })).rejects.toThrow('did not answer within 0.05 s');
    server.closeAllConnections();
    server.close();
  });
});

describe('the program itself', () => {
  const program = join(import.meta.dirname, '..', '..', 'ops', 'ops.ts');

  it('shows a batch, and no colours to a pipe', async () => {
    await using api = await startFakeApi({ readBatch: batch });
    const env = { PATH: process.env['PATH'], PRAKERJA_URL: api.url };
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'batch', 'show', '7'], { env });

    expect(stdout).toMatch(/^Batch 7 {2}draft {2}NORMAL_2023, regular\n/);
  });

  it('asks for a number, and takes the end of its input for a no', async () => {
    await using api = await startFakeApi({ readBatch: drawnBatch(), readObjections: open });
    const env = { PATH: process.env['PATH'], PRAKERJA_URL: api.url, PRAKERJA_TOKEN: token };
    const running = promisify(execFile)(process.execPath, [program, 'batch', 'decree', '7'], { env });
    running.child.stdin?.end();

    await expect(running).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was ordered') });
  });

  it('ends with 64 where it does not understand', async () => {
    const running = promisify(execFile)(process.execPath, [program, 'batch', 'show']);

    await expect(running).rejects.toMatchObject({ code: 64, stdout: '' });
  });
});
