import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { identityOutcome } from '#infra/local/simulators/civil-registry.ts';
import { inboxPage } from '#infra/local/simulators/inbox-page.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { nikOf, people, withSerial } from '#test/simulation/people.ts';

let simulators: Simulators;
let clock = new Date('2026-11-24T01:00:00.000Z');
beforeAll(async () => {
  simulators = await startSimulators({ now: () => clock });
});
afterAll(() => simulators.stop());
afterEach(() => {
  for (const { clear } of [
    simulators.civilRegistry.faults,
    simulators.messages.faults,
    simulators.payments.faults,
    simulators.payments.inquiryFaults,
  ])
    clear();
});

const Answer = z.looseObject({
  responseCode: z.string().optional(),
  referenceNo: z.string().optional(),
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

describe('the simulated payment partner', () => {
  const partner = (path: string, body: unknown, headers?: Record<string, string>) =>
    post(`${simulators.paymentPartnerUrl}/v1.0${path}`, body, headers);
  const amount = { value: '600000.00', currency: 'IDR' };
  const transfer = (partnerReferenceNo: string, beneficiaryAccountNo = '1234567890') =>
    partner('/transfer-interbank', { partnerReferenceNo, amount, beneficiaryAccountNo, beneficiaryBankCode: '009' });
  const topUp = (partnerReferenceNo: string, customerNumber = '+6284012345678') =>
    partner('/emoney/topup', { partnerReferenceNo, amount, customerNumber });
  const statusOf = (originalPartnerReferenceNo: string, serviceCode = '18') =>
    partner('/transfer/status', { originalPartnerReferenceNo, serviceCode });
  const booked = (reference: string) =>
    simulators.payments.book().filter(({ partnerReferenceNo }) => partnerReferenceNo === reference);

  it('pays a transfer and a top-up, and enters both in its book', async () => {
    const paid = await transfer('pay-1');
    expect(paid).toMatchObject({ status: 200, body: { responseCode: '2001800', partnerReferenceNo: 'pay-1', amount } });
    expect((await topUp('pay-2')).body).toMatchObject({ responseCode: '2003800', responseMessage: 'Successful' });

    const { referenceNo } = paid.body;
    expect(booked('pay-1')).toEqual([
      {
        referenceNo,
        partnerReferenceNo: 'pay-1',
        serviceCode: '18',
        accountNo: '1234567890',
        bankCode: '009',
        amountRupiah: 600_000,
        at: clock.toISOString(),
      },
    ]);
    const published = await (await fetch(`${simulators.url}/payments.json`)).json();
    expect(published).toEqual(simulators.payments.book());
  });

  it('pays one reference once, also when asked many times at once and by the other service', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => transfer('once')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(409)]);
    expect((await transfer('once')).body.responseCode).toBe('4091801');
    expect((await topUp('once')).body.responseCode).toBe('4093801');
    expect(booked('once')).toHaveLength(1);
  });

  it('tells by a status inquiry what was paid', async () => {
    await topUp('known');
    expect((await statusOf('known', '38')).body).toMatchObject({
      responseCode: '2003600',
      originalPartnerReferenceNo: 'known',
      serviceCode: '38',
      amount,
      latestTransactionStatus: '00',
    });
    expect(await statusOf('never')).toMatchObject({ status: 404, body: { responseCode: '4043601' } });
    expect((await statusOf('known', '18')).body.responseCode).toBe('4043601');
  });

  it.each([
    ['pay_then_cut', undefined, 1],
    ['pay_then_timeout', '5041800', 1],
    ['cut', undefined, 0],
    ['unavailable', '5001800', 0],
    ['account_refused', '4041811', 0],
    ['funds_insufficient', '4031814', 0],
  ] as const)('told %s, has it paid or not, and a status inquiry finds out', async (fault, code, payments) => {
    const reference = `fault-${fault}`;
    simulators.payments.faults.next(fault);
    if (code) expect((await transfer(reference)).body.responseCode).toBe(code);
    else await expect(transfer(reference)).rejects.toThrow('fetch failed');

    expect(booked(reference)).toHaveLength(payments);
    expect((await statusOf(reference)).body.responseCode).toBe(payments === 1 ? '2003600' : '4043601');
    expect((await transfer(reference)).status).toBe(payments === 1 ? 409 : 200);
    expect(booked(reference)).toHaveLength(1);
  });

  it('has no account whose number ends in 0000', async () => {
    expect((await transfer('none', '1234560000')).body.responseCode).toBe('4041811');
    expect((await topUp('none', '+6284012340000')).body.responseCode).toBe('4043811');
    expect(booked('none')).toEqual([]);
  });

  it('names the holder it was given, else the expected one, else knows no account', async () => {
    const bank = (beneficiaryAccountNo: string, expectedName?: string) =>
      partner('/account-inquiry-external', {
        beneficiaryAccountNo,
        beneficiaryBankCode: '014',
        ...(expectedName && { additionalInfo: { expectedName } }),
      });
    simulators.payments.holders.set('5550001111', 'Bestari Kalpataru');

    expect((await bank('5550001111', 'Other')).body).toMatchObject({
      responseCode: '2001600',
      beneficiaryAccountName: 'Bestari Kalpataru',
    });
    expect((await bank('5550002222', 'Ayuni')).body).toMatchObject({ beneficiaryAccountName: 'Ayuni' });
    expect((await bank('5550002222')).body.responseCode).toBe('4041611');
    expect((await bank('5550000000', 'Ayuni')).body.responseCode).toBe('4041611');
    const wallet = await partner('/emoney/account-inquiry', {
      customerNumber: '+6284012345678',
      additionalInfo: { expectedName: 'Ayuni' },
    });
    expect(wallet.body).toMatchObject({ responseCode: '2003700', customerName: 'Ayuni' });
  });

  it('fails inquiries apart from payments', async () => {
    await transfer('apart');
    simulators.payments.inquiryFaults.next('unavailable');
    simulators.payments.inquiryFaults.next('cut');
    expect((await transfer('apart-2')).status).toBe(200);
    expect((await statusOf('apart')).body.responseCode).toBe('5003600');
    await expect(statusOf('apart')).rejects.toThrow('fetch failed');
    expect((await statusOf('apart')).status).toBe(200);
  });

  it.each([
    ['no key', { partnerReferenceNo: 'bad' }, {}, '4011800'],
    ['no JSON', '{', undefined, '4001800'],
    [
      'no amount',
      { partnerReferenceNo: 'bad', beneficiaryAccountNo: '1234', beneficiaryBankCode: '009' },
      undefined,
      '4001802',
    ],
    ...['600000', '0.00', '-1.00', '600000.50', '6e5.00', '00600000.00'].map(
      (value): [string, object, undefined, string] => [
        `the amount ${value}`,
        {
          partnerReferenceNo: 'bad',
          amount: { value, currency: 'IDR' },
          beneficiaryAccountNo: '1234',
          beneficiaryBankCode: '009',
        },
        undefined,
        '4001801',
      ],
    ),
  ])('refuses %s and pays nothing', async (_, body, headers, code) => {
    const answer = await partner('/transfer-interbank', body, headers);
    expect([answer.status, answer.body.responseCode]).toEqual([Number(code.slice(0, 3)), code]);
    expect(booked('bad')).toEqual([]);
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
