import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { identityOutcome } from '#infra/local/simulators/civil-registry.ts';
import { inboxPage } from '#infra/local/simulators/inbox-page.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { verifiesRound } from '#shared/selection/beacon.ts';
import { nikOf, people, withSerial } from '#test/simulation/people.ts';

let simulators: Simulators;
let clock = new Date('2026-11-24T01:00:00.000Z');
beforeAll(async () => {
  simulators = await startSimulators({ now: () => clock });
});
afterAll(() => simulators.stop());
afterEach(() => {
  for (const { faults } of [simulators.civilRegistry, simulators.messages, simulators.beacon]) faults.clear();
});

const Answer = z.looseObject({
  messageId: z.string().optional(),
});

async function post(url: string, body: unknown, headers: Record<string, string> = { authorization: 'Bearer any' }) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: Answer.parse(await answer.json()) };
}

const [someone] = people('simulators.test', 1);
if (!someone) throw new Error('One person was asked for');
const { nik, familyCardNumber, name, birthDate, sex } = someone;
const identity = { requestId: 'r-1', nik, familyCardNumber, name, birthDate, sex };

describe('the simulated civil registry', () => {
  const check = (body: unknown, headers?: Record<string, string>) =>
    post(`${simulators.civilRegistryUrl}/v1/identity-checks`, body, headers);

  it('knows every synthetic applicant', () => {
    const outcomes = new Set(people('registry', 2_000).map((person) => identityOutcome(person).outcome));
    expect([...outcomes]).toEqual(['match']);
  });

  it('answers under the caller’s request id', async () => {
    expect(await check(identity)).toEqual({ status: 200, body: { requestId: 'r-1', outcome: 'match', reasons: [] } });
  });

  it.each([
    [1, 'match', []],
    [6999, 'match', []],
    [7000, 'mismatch', ['family_card']],
    [7999, 'mismatch', ['family_card']],
    [8000, 'mismatch', ['name']],
    [8999, 'mismatch', ['name']],
    [9000, 'not_found', []],
    [9999, 'not_found', []],
    [0, 'not_found', []],
  ])('says of serial %i: %s', async (serial, outcome, reasons) => {
    expect((await check({ ...identity, nik: withSerial(nik, serial) })).body).toMatchObject({ outcome, reasons });
  });

  it('holds the birth date and the sex that the NIK says', async () => {
    const other = { ...identity, birthDate: '1959-01-01', sex: sex === 'female' ? 'male' : 'female' };
    expect((await check(other)).body).toMatchObject({ outcome: 'mismatch', reasons: ['birth_date', 'sex'] });
    const nowhere = nikOf({ regencyCode: '00.01', district: 1, birthDate, sex, serial: 1 });
    expect((await check({ ...identity, nik: nowhere })).body).toMatchObject({ outcome: 'not_found' });
  });

  it('refuses what it cannot read, naming the fields and not their values', async () => {
    const refused = await check({ ...identity, nik: '123', sex: 'other' });
    expect(refused).toEqual({ status: 400, body: { error: 'bad_request', fields: ['nik', 'sex'] } });
    expect((await check('{"nik":')).status).toBe(400);
    expect((await check(identity, {})).status).toBe(401);
    expect((await check({ ...identity, name: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await fetch(`${simulators.civilRegistryUrl}/v1/identity-checks`)).status).toBe(405);
    expect((await post(`${simulators.civilRegistryUrl}/v2/identity-checks`, identity)).status).toBe(404);
    expect((await fetch(`${simulators.url}/nothing`)).status).toBe(404);
  });

  it('fails as often as told, then answers again', async () => {
    const before = simulators.civilRegistry.answered();
    simulators.civilRegistry.faults.next('unavailable', 2);
    simulators.civilRegistry.faults.next('cut');
    expect([(await check(identity)).status, (await check(identity)).status]).toEqual([503, 503]);
    await expect(check(identity)).rejects.toThrow('fetch failed');
    expect((await check(identity)).status).toBe(200);
    expect(simulators.civilRegistry.answered()).toBe(before + 1);
  });

  it('takes its time when told', async () => {
    simulators.civilRegistry.faults.setLatency(120);
    const started = performance.now();
    await check(identity);
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
  });
});

describe('the simulated message gateway', () => {
  const send = (key: string, body: unknown) =>
    post(`${simulators.messageGatewayUrl}/v1/messages`, body, { 'idempotency-key': key });
  const sms = (to: string, text = 'Kode Anda 123456') => ({ channel: 'sms', to, template: 'otp', text });
  const inboxJson = async (query: string) => (await fetch(`${simulators.url}/inbox.json?${query}`)).json();

  it('keeps one message for one key, however often it is sent', async () => {
    const first = await send('key-1', sms('+6284000000001'));
    const second = await send('key-1', sms('+6284000000001'));

    expect(first.status).toBe(202);
    expect(second).toEqual(first);
    expect(await inboxJson('to=%2B6284000000001')).toEqual([
      { ...sms('+6284000000001'), messageId: first.body.messageId, at: clock.toISOString() },
    ]);
    expect((await send('key-1', sms('+6284000000001', 'Lain'))).status).toBe(409);
  });

  it('shows the newest first, by channel and by part of the address', async () => {
    await send('a', { channel: 'email', to: 'ayuni.1@example.id', template: 'welcome', text: 'Satu' });
    clock = new Date(clock.getTime() + 1_000);
    await send('b', { channel: 'email', to: 'ayuni.1@example.id', template: 'welcome', text: 'Dua' });
    await send('c', sms('+6284000000002'));

    const texts = async (query: string) =>
      z
        .array(z.object({ text: z.string() }))
        .parse(await inboxJson(query))
        .map(({ text }) => text);
    expect(await texts('to=ayuni.1')).toEqual(['Dua', 'Satu']);
    expect(await texts('channel=sms&to=0002')).toEqual(['Kode Anda 123456']);
    expect(await texts('channel=sms&to=ayuni')).toEqual([]);
    expect(simulators.messages.inbox({ channel: 'email' })).toHaveLength(2);
  });

  it('refuses a message without key, to nobody, or by another channel', async () => {
    expect((await post(`${simulators.messageGatewayUrl}/v1/messages`, sms('+6284000000003'), {})).status).toBe(400);
    expect((await send('d', sms('0840'))).body).toEqual({ error: 'bad_request', fields: ['to'] });
    expect((await send('d', { ...sms('+6284000000003'), channel: 'fax' })).status).toBe(400);
    expect(await inboxJson('to=0003')).toEqual([]);
  });

  it('keeps the message of a cut connection, not that of a failure', async () => {
    simulators.messages.faults.next('unavailable');
    simulators.messages.faults.next('cut');
    expect((await send('e', sms('+6284000000004'))).status).toBe(503);
    expect(await inboxJson('to=0004')).toEqual([]);
    await expect(send('e', sms('+6284000000004'))).rejects.toThrow('fetch failed');
    expect((await send('e', sms('+6284000000004'))).status).toBe(202);
    expect(await inboxJson('to=0004')).toHaveLength(1);
  });

  it('has a page on which no message can run', async () => {
    await send('f', {
      channel: 'email',
      to: 'x@example.id',
      template: 't',
      text: '<script>alert(1)</script> & https://e.id/?a=1&b="2"',
    });
    const page = await fetch(`${simulators.url}/inbox?to=${encodeURIComponent('"><script>x')}`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toContain('value="&quot;&gt;&lt;script&gt;x"');

    const shown = await (await fetch(`${simulators.url}/inbox?to=x@example.id`)).text();
    expect(shown).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; <a href="https://e.id/?a=1&amp;b=');
    expect(shown).not.toContain('<script>alert');
  });

  it('writes no tag or quote of any text into the page', () => {
    const filter = { channel: '', to: '' };
    const tags = (text: string) => {
      const message = {
        channel: 'sms',
        to: text,
        template: text,
        text,
        messageId: 'm',
        at: clock.toISOString(),
      } as const;
      return inboxPage({ messages: [message], total: 1, filter }).match(/<(?!\/?a\b)[^>]*>/g)?.length;
    };
    const plain = tags('x');

    fc.assert(
      fc.property(fc.stringMatching(/^[<>"'&a-z:/. ]{1,40}$/), (text) => {
        expect(tags(text)).toBe(plain);
      }),
    );
  });
});

describe('the simulated beacon', () => {
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`${simulators.beaconUrl}${path}`, { method });
    return { status: answer.status, text: await answer.text() };
  };
  const chain = () => simulators.beaconChain;
  const round = (number: number | string) => get(`/${chain().chainHash}/public/${number}`);
  /** The number of the round that is signed at the clock's second, or of the last one before. */
  const current = () => Math.floor((clock.getTime() / 1_000 - chain().genesisSeconds) / 3) + 1;
  const Signed = z.strictObject({ round: z.int(), randomness: z.string(), signature: z.string() });

  it('tells its chain', async () => {
    expect(JSON.parse((await get('/chains')).text)).toEqual([chain().chainHash]);
    expect(JSON.parse((await get(`/${chain().chainHash}/info`)).text)).toMatchObject({
      hash: chain().chainHash,
      public_key: chain().publicKey,
      genesis_time: Date.UTC(2020, 0, 1) / 1_000,
      period: 3,
      schemeID: 'bls-unchained-g1-rfc9380',
    });
  });

  it('signs a round when its time has come by the clock, the same each time', async () => {
    const next = current() + 1;
    expect(await round(next)).toEqual({ status: 404, text: '' });

    clock = new Date(1_000 * (chain().genesisSeconds + 3 * (next - 1)) - 1);
    expect((await round(next)).status).toBe(404);
    clock = new Date(clock.getTime() + 1);
    const first = await round(next);
    const signed = Signed.parse(JSON.parse(first.text));
    expect(signed.round).toBe(next);
    expect(signed.randomness).toBe(createHash('sha256').update(signed.signature, 'hex').digest('hex'));
    expect(verifiesRound(chain(), next, signed.signature)).toBe(true);

    clock = new Date(clock.getTime() + 86_400_000);
    expect(await round(next)).toEqual(first);
    expect(JSON.parse((await round('latest')).text)).toMatchObject({ round: current() });
    expect((await round(1)).status).toBe(200);
  });

  it('knows no other chain, no other path, and no round that is no number', async () => {
    const elsewhere = ['/', '/chains/', '/info', `/${'0'.repeat(64)}/info`, `/${chain().chainHash}/public/1/2`];
    for (const path of elsewhere) expect([path, (await get(path)).status]).toEqual([path, 404]);
    for (const wrong of ['0', '-1', '01', '1.5', 'first', '', '9'.repeat(16)])
      expect([wrong, (await round(wrong)).status]).toEqual([wrong, 400]);
    expect((await get('/chains', 'POST')).status).toBe(405);
  });

  it('does wrong as often as told, then right again', async () => {
    const { faults } = simulators.beacon;
    faults.next('unavailable');
    faults.next('cut');
    faults.next('late');
    faults.next('wrong_signature');
    faults.next('other_round');
    expect((await round(7)).status).toBe(503);
    await expect(round(7)).rejects.toThrow('fetch failed');
    expect((await round(7)).status).toBe(404);
    const [forged, other, right] = [await round(7), await round(7), await round(7)].map(({ text }) =>
      Signed.parse(JSON.parse(text)),
    );
    expect([forged?.round, other?.round, right?.round]).toEqual([7, 8, 7]);
    expect(verifiesRound(chain(), 7, forged?.signature ?? '')).toBe(false);
    expect(verifiesRound(chain(), 8, other?.signature ?? '')).toBe(true);
    expect(verifiesRound(chain(), 7, right?.signature ?? '')).toBe(true);
  });
});

describe('the simulators', () => {
  it('say so when their port is taken', async () => {
    const port = Number(new URL(simulators.url).port);
    await expect(startSimulators({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('stop although somebody is still waiting for an answer', async () => {
    const others = await startSimulators();
    others.civilRegistry.faults.setLatency(60_000);
    const waiting = post(`${others.civilRegistryUrl}/v1/identity-checks`, identity).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await others.stop();
    expect(await waiting).toBeInstanceOf(TypeError);
    await expect(fetch(`${others.url}/inbox.json`)).rejects.toThrow('fetch failed');
  });
});
