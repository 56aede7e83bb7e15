import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { endpoint } from '#shared/platform/endpoint.ts';
import { maxBodyBytes } from '#shared/platform/http.ts';
import { envelope } from '#shared/platform/partner-envelope.ts';
import { partnerErrorOf, partnerErrors } from '#shared/platform/partner-errors.ts';
import { partnerApi } from '#shared/platform/partner-http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type RefusalCode, refusals } from '#shared/platform/refusal-codes.ts';
import { start } from '#test/journal/citizen.ts';
import { httpEvent, lambdaContext, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';
import { institution, openMarket, platform, signedEvent, storesOn } from '#test/wire/market.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
  await openMarket(engine.table, []);
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(start);
});
afterEach(() => {
  vi.useRealTimers();
});

const path = '/api/v1/integration/payment/echo';
const echo = endpoint({
  capability: 'purchase',
  operation: 'echo',
  method: 'POST',
  path,
  access: 'partner',
  summary: '',
  body: z.object({ what: z.string().min(1) }),
  status: 200,
  answer: envelope(z.strictObject({ what: z.string(), who: z.string(), authorization: z.string() })),
  refusals: [],
});
const echoing = (act: (what: string) => void = () => {}) =>
  partnerApi(
    { endpoint: echo, partners: storesOn(engine.table).partners, kind: 'platform' },
    async ({ body: { what }, partner, authorization }) => {
      act(what);
      return { success: true, message: 'OK', data: { what, who: partner.clientCode, authorization } };
    },
  );
const ask = async (event: Parameters<ReturnType<typeof echoing>>[0], act?: (what: string) => void) =>
  read(await echoing(act)(event, lambdaContext));

const errorOf = (code: RefusalCode) => {
  const { status, code: wireCode, message } = partnerErrorOf(code);
  return { status, type: 'application/json', body: { code: wireCode, message, success: false } };
};
const good = {
  status: 200,
  body: { success: true, message: 'OK', data: { what: 'a', who: 'PLATFORM', authorization: '' } },
};

describe('a signed request', () => {
  it('is answered in the envelope', async () => {
    expect(await ask(signedEvent({ path, body: { what: 'a' } }))).toEqual({ ...good, type: 'application/json' });
  });

  it('may have fields that we do not know, and spaces', async () => {
    expect(await ask(signedEvent({ path, body: '{ "more": [1], "what": "a" }' }))).toMatchObject(good);
  });

  it('may name its headers in any case', async () => {
    const event = signedEvent({ path, body: { what: 'a' } });
    const { client_code = '', timestamp = '', signature = '' } = event.headers;
    event.headers = { Client_Code: client_code, Timestamp: timestamp, SIGNATURE: signature };
    expect(await ask(event)).toMatchObject(good);
  });

  it('may come to a path with two slashes, and as base64', async () => {
    const event = signedEvent({ path, body: { what: 'a' } });
    expect(await ask({ ...event, rawPath: `/${path}` })).toMatchObject(good);
    const body = Buffer.from(event.body ?? '').toString('base64');
    expect(await ask({ ...event, body, isBase64Encoded: true })).toMatchObject(good);
  });

  it('passes its Authorization header on', async () => {
    const event = signedEvent({ path, body: { what: 'a' }, headers: { Authorization: 'Payment x' } });
    expect(await ask(event)).toMatchObject({ body: { data: { authorization: 'Payment x' } } });
  });

  const seconds = (count: number) => new Date(start.getTime() + count * 1_000);
  it.each([
    [-300, true],
    [-301, false],
    [300, true],
    [301, false],
  ])('signed %i seconds from now is taken: %s', async (offset, isTaken) => {
    const answer = await ask(signedEvent({ path, body: { what: 'a' }, at: seconds(offset) }));
    expect(answer).toMatchObject(isTaken ? good : errorOf('timestamp_stale'));
  });

  it.each(['client_code', 'timestamp', 'signature'])('without %s is refused', async (header) => {
    const event = signedEvent({ path, body: { what: 'a' } });
    const { [header]: _gone, ...headers } = event.headers;
    expect(await ask({ ...event, headers })).toEqual(errorOf('credentials_missing'));
    expect(await ask({ ...event, headers: { ...headers, [header]: '' } })).toEqual(errorOf('credentials_missing'));
  });

  it.each([
    [
      'by an unknown client',
      signedEvent({ partner: { ...platform, clientCode: 'NOBODY' }, path, body: { what: 'a' }, at: start }),
    ],
    [
      'with another key',
      signedEvent({ partner: { ...platform, signKey: 'other' }, path, body: { what: 'a' }, at: start }),
    ],
    [
      'with the name of another',
      signedEvent({ path, body: { what: 'a' }, headers: { client_code: 'INSTITUTION' }, at: start }),
    ],
    ['for another path', { ...signedEvent({ path: `${path}s`, body: { what: 'a' }, at: start }), rawPath: path }],
    ['for another body', { ...signedEvent({ path, body: { what: 'a' }, at: start }), body: '{"what":"b"}' }],
  ])('%s is refused, always in the same words', async (_, event) => {
    expect(await ask(event)).toEqual(errorOf('signature_wrong'));
  });

  it('of a partner of the other kind is refused', async () => {
    expect(await ask(signedEvent({ partner: institution, path, body: { what: 'a' } }))).toEqual(
      errorOf('role_missing'),
    );
  });

  it.each<[string, string, RefusalCode]>([
    ['no JSON', '{"what":', 'body_not_json'],
    ['a trailing comma', '{"what":"a",}', 'body_not_json'],
    ['nothing', '', 'body_not_json'],
    ['a wrong type', '{"what":1}', 'request_invalid'],
    ['an empty value', '{"what":""}', 'request_invalid'],
    ['no field', '{}', 'request_invalid'],
    ['too much', `{"what":"${'x'.repeat(maxBodyBytes)}"}`, 'body_too_large'],
  ])('with %s is refused', async (_, body, code) => {
    expect(await ask(signedEvent({ path, body }))).toEqual(errorOf(code));
  });

  it('is checked before its form: nobody without a key learns what we expect', async () => {
    expect(await ask(httpEvent({ path, body: '{}' }))).toEqual(errorOf('credentials_missing'));
    const forged = signedEvent({ path, body: '{}', headers: { signature: '0'.repeat(40) } });
    expect(await ask(forged)).toEqual(errorOf('signature_wrong'));
  });

  it('whose work fails on our side is answered without detail', async () => {
    const answer = await ask(signedEvent({ path, body: { what: 'secret' } }), (what) => {
      throw new Error(what);
    });
    expect(answer).toEqual({
      status: 500,
      type: 'application/json',
      body: { code: 'ERRSYS50001', message: 'Terjadi kesalahan pada sistem.', success: false },
    });
  });

  it('that is refused by a rule gets the code of the contract', async () => {
    const answer = await ask(signedEvent({ path, body: { what: 'a' } }), () => {
      throw new Refusal('redeem_code_unknown');
    });
    expect(answer).toEqual({
      status: 400,
      type: 'application/json',
      body: { code: 'ERRTRX40020', message: 'Transaksi tidak ditemukan', success: false },
    });
  });
});

describe('the table of errors', () => {
  const listed = Object.entries(partnerErrors);

  it('has a code for each refusal, and no code twice', () => {
    const codes = listed.map(([, error]) => error?.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^ERR[A-Z]{3}\d{5}$/);
  });

  it.each(listed)('says by its code which status %s has', (name, error) => {
    expect(error?.code.slice(6, 9)).toBe(String(error?.status));
    expect(Object.keys(refusals)).toContain(name);
  });

  it('keeps what is documented or seen at clients', () => {
    const known = listed
      .filter(([, error]) => error?.evidence !== 'ours')
      .map(([name, error]) => [name, error?.code, error?.message]);
    expect(known).toEqual([
      ['redeem_code_unknown', 'ERRTRX40020', 'Transaksi tidak ditemukan'],
      ['redeem_code_foreign', 'ERRTRX40028', 'Gagal verifikasi, kode redeem bukan milik lembaga pelatihan.'],
      ['redeem_code_used', 'ERRTRX40021', 'Redeem Code sudah digunakan'],
      ['purchase_unknown', 'ERRVOD40001', 'Kode transaksi tidak ditemukan.'],
    ]);
  });
});
