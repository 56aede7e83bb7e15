import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJson, postJson, ServiceFailed } from '#shared/platform/outside.ts';
import { civilRegistry } from '#shared/registration/civil-registry.ts';
import { citizen } from '#test/journal/citizen.ts';

/** How the next call is answered. */
let answer: (response: ServerResponse) => void = (response) => response.end('{}');
let asked = '';
const server = createServer((request, response) => {
  asked = `${request.method} ${request.url}`;
  request.resume();
  request.on('end', () => answer(response));
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const json = (status: number, body: string) => {
  answer = (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body);
};

const failures: [string, () => void][] = [
  ['answers no JSON', () => json(200, '<html>')],
  ['answers nothing', () => json(200, '')],
  ['answers more than anybody needs', () => json(200, `"${'x'.repeat(64 * 1_024)}"`)],
  [
    'sends us elsewhere',
    () => {
      answer = (response) => response.writeHead(302, { location: `${url}/other` }).end();
    },
  ],
  [
    'ends the connection',
    () => {
      answer = (response) => response.destroy();
    },
  ],
];

describe('an outside service', () => {
  it.each([200, 202, 404, 503])('is heard whatever its status: %i', async (status) => {
    json(status, '{"a":1}');
    expect(await postJson(url, {}, {})).toEqual({ status, body: { a: 1 } });
  });

  it.each(failures)('has failed when it %s, and the failure does not quote what it was asked', async (_, arrange) => {
    arrange();
    const failure = await postJson(url, { nik: '3273994501900001' }, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceFailed);
    expect(failure).toMatchObject({ code: 'service_unavailable', answered: 0 });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('3273994501900001');
    expect(failure).not.toHaveProperty('cause');
  });

  it('that nobody runs has failed', async () => {
    await expect(postJson('http://127.0.0.1:1', {}, {})).rejects.toBeInstanceOf(ServiceFailed);
  });
});

describe('an outside service that is only read', () => {
  it('is heard', async () => {
    json(200, `"${'x'.repeat(64 * 1_024 - 2)}"`);
    expect(await getJson(`${url}/public/1`)).toEqual({ status: 200, body: 'x'.repeat(64 * 1_024 - 2) });
    expect(asked).toBe('GET /public/1');
  });

  it.each([
    [404, ''],
    [425, '<html>'],
    [503, '{"a":1}'],
  ])('says %i without a body, whatever comes with it: %s', async (status, body) => {
    json(status, body);
    expect(await getJson(url)).toEqual({ status, body: undefined });
  });

  it.each(failures)('has failed when it %s', async (_, arrange) => {
    arrange();
    await expect(getJson(url)).rejects.toMatchObject({ code: 'service_unavailable', answered: 0 });
  });

  it('has failed when nobody runs it', async () => {
    await expect(getJson('http://127.0.0.1:1')).rejects.toBeInstanceOf(ServiceFailed);
  });
});

describe('the civil registry', () => {
  const check = () => civilRegistry(url, async () => 'key').check('r-1', citizen().person);

  it('is believed when it answers its contract', async () => {
    json(200, '{"outcome":"mismatch","reasons":["name"]}');
    expect(await check()).toEqual({ outcome: 'mismatch', reasons: ['name'] });
  });

  it.each([
    ['an error', 500, '{"outcome":"match","reasons":[]}'],
    ['an unknown outcome', 200, '{"outcome":"perhaps","reasons":[]}'],
    ['no reasons', 200, '{"outcome":"match"}'],
    ['a reason that is a page', 200, `{"outcome":"mismatch","reasons":["${'x'.repeat(201)}"]}`],
  ])('is asked again after %s', async (_, status, body) => {
    json(status, body);
    await expect(check()).rejects.toThrow();
  });
});
