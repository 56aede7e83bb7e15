import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { paymentPartners } from '#shared/incentive/payment-partners.ts';
import { snapClient } from '#shared/incentive/snap/client.ts';
import { type Answer, ServiceFailed } from '#shared/platform/outside.ts';
import { answered, bankAccount, credentialsWith, orderOf, reference, wallet } from '#test/incentive/snap/orders.ts';
import { at, clientId, clientSecret, ourPublicKey, timestamp } from '#test/incentive/snap/public-test-keys.ts';

const { switching } = paymentPartners;
const paid = answered('2001800', { referenceNo: 'R-1', partnerReferenceNo: reference });
const isPaid = { kind: 'paid', partnerReference: 'R-1' };
const tokenPath = '/v1.0/access-token/b2b';
const transferPath = '/v1.0/transfer-interbank';

type Call = { path: string; token: string; externalId: string; text: string };

/** A partner that gives out tokens `token-1`, `token-2` … and answers everything else by `answer`; with a clock of its own. */
function scripted(answer: (call: Call) => Answer | null | Promise<Answer | null>, tokenAnswer?: () => Answer | null) {
  const calls: Call[] = [];
  const clock = { now: at };
  let tokens = 0;
  const tokenOf = tokenAnswer ?? (() => answered('2007300', { accessToken: `token-${tokens}`, expiresIn: '900' }));
  const client = snapClient({
    partner: switching,
    credentials: async () => credentialsWith(),
    now: () => clock.now,
    post: async (url, body, headers) => {
      const path = url.replace('https://bank.example/snap', '');
      const token = (headers['authorization'] ?? '').replace('Bearer ', '');
      const call = { path, token, externalId: headers['x-external-id'] ?? '', text: body };
      calls.push(call);
      if (path === tokenPath) tokens += 1;
      const answerOf = path === tokenPath ? tokenOf() : await answer(call);
      if (!answerOf) throw new ServiceFailed(0);
      return answerOf;
    },
  });
  const to = (path: string) => calls.filter((call) => call.path === path);
  return { client, calls, clock, to };
}

describe('the access token', () => {
  it('is asked for once, also by payouts that start at the same time', async () => {
    const { client, to } = scripted(() => paid);
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => client.pay(orderOf())));
    await client.inquire(orderOf());
    expect(results).toEqual(Array(5).fill(isPaid));
    expect(to(tokenPath)).toHaveLength(1);
    expect(to(transferPath).map(({ token }) => token)).toEqual(Array(5).fill('token-1'));
  });

  it('is used until a minute before it expires, and not then', async () => {
    const { client, clock, to } = scripted(() => paid);
    await client.pay(orderOf());
    clock.now = new Date(at.getTime() + 839_999);
    await client.pay(orderOf());
    clock.now = new Date(at.getTime() + 840_000);
    await client.pay(orderOf());
    expect(to(transferPath).map(({ token }) => token)).toEqual(['token-1', 'token-1', 'token-2']);
  });

  it.each([
    ['a number', { expiresIn: 900 }, 840],
    ['not told', {}, 840],
    ['very short', { expiresIn: '40' }, 20],
  ])('may have a life that is %s', async (_, life, goodSeconds) => {
    const { client, clock, to } = scripted(
      () => paid,
      () => answered('2007300', { accessToken: 't', ...life }),
    );
    await client.pay(orderOf());
    clock.now = new Date(at.getTime() + goodSeconds * 1_000 - 1);
    await client.pay(orderOf());
    expect(to(tokenPath)).toHaveLength(1);
    clock.now = new Date(at.getTime() + goodSeconds * 1_000);
    await client.pay(orderOf());
    expect(to(tokenPath)).toHaveLength(2);
  });

  it.each<[string, Answer | null, object]>([
    ['did not answer', null, { kind: 'later', reason: 'token_no_answer' }],
    ['has an internal error', answered('5007300'), { kind: 'later', reason: 'token_internal_error' }],
    ['asks to slow down', answered('4297300'), { kind: 'later', reason: 'token_rate_limited' }],
    ['gave none', answered('2007300', { accessToken: '' }), { kind: 'later', reason: 'token_unreadable' }],
    ['gave a life that is none', answered('2007300', { accessToken: 't', expiresIn: '-1' }), { kind: 'later' }],
    ['does not know us', answered('4017300'), { kind: 'stop', reason: 'token_unauthorized' }],
    ['calls our request wrong', answered('4007300'), { kind: 'stop', reason: 'token_request_invalid' }],
  ])('is missing when the partner %s: nothing is sent, and that is certain', async (_, tokenAnswer, result) => {
    const { client, calls } = scripted(
      () => paid,
      () => tokenAnswer,
    );
    expect(await client.pay(orderOf())).toMatchObject(result);
    expect((await client.inquire(orderOf())).kind).toBe('unknown');
    expect((await client.balance()).kind).toBe('unknown');
    expect((await client.inquireAccount(bankAccount, { reference: 'Q', nik: '3273994501900001' })).kind).toBe(
      'unknown',
    );
    expect(calls.every(({ path }) => path === tokenPath)).toBe(true);
    expect(calls).toHaveLength(4);
  });

  it('is asked for again after it could not be had', async () => {
    const answers = [null, answered('2007300', { accessToken: 't' })];
    const { client } = scripted(
      () => paid,
      () => answers.shift() ?? null,
    );
    expect(await client.pay(orderOf())).toEqual({ kind: 'later', reason: 'token_no_answer' });
    expect(await client.pay(orderOf())).toEqual(isPaid);
  });
});

describe('a token that is not accepted', () => {
  const invalidFor =
    (...tokens: string[]) =>
    ({ token }: Call) =>
      tokens.includes(token) ? answered('4011801') : paid;

  it.each(['4011800', '4011801'])('after %s is replaced once, and the payout keeps its reference', async (code) => {
    const { client, to } = scripted(({ token }) => (token === 'token-1' ? answered(code) : paid));
    expect(await client.pay(orderOf())).toEqual(isPaid);
    const [first, second, ...more] = to(transferPath);
    expect(more).toEqual([]);
    expect([first?.token, second?.token]).toEqual(['token-1', 'token-2']);
    expect(second?.text).toBe(first?.text);
    expect(second?.text).toContain(`"partnerReferenceNo":"${reference}"`);
    expect(second?.externalId).not.toBe(first?.externalId);
  });

  it.each([
    ['4011800', 'unauthorized'],
    ['4011801', 'token_invalid'],
  ])('twice, by %s, stops the partner', async (code, reason) => {
    const { client, calls } = scripted(() => answered(code));
    expect(await client.pay(orderOf())).toEqual({ kind: 'stop', reason });
    expect(calls.map(({ path }) => path)).toEqual([tokenPath, transferPath, tokenPath, transferPath]);
  });

  it('is replaced by one request for all payouts that were refused with it', async () => {
    const { client, to } = scripted(invalidFor('token-1'));
    const results = await Promise.all([1, 2, 3, 4].map(() => client.pay(orderOf())));
    expect(results).toEqual(Array(4).fill(isPaid));
    expect(to(tokenPath)).toHaveLength(2);
  });

  it('is not given to the next payout', async () => {
    const { client, to } = scripted(invalidFor('token-1'));
    await client.pay(orderOf());
    await client.pay(orderOf());
    expect(to(transferPath).map(({ token }) => token)).toEqual(['token-1', 'token-2', 'token-2']);
  });

  it('and no other to be had: not paid, for certain', async () => {
    const answers = [answered('2007300', { accessToken: 't' }), null];
    const { client, to } = scripted(
      () => answered('4011801'),
      () => answers.shift() ?? null,
    );
    expect(await client.pay(orderOf())).toEqual({ kind: 'later', reason: 'token_no_answer' });
    expect(to(transferPath)).toHaveLength(1);
  });

  it('and no answer with the next: unknown', async () => {
    const { client } = scripted(({ token }) => (token === 'token-1' ? answered('4011801') : null));
    expect(await client.pay(orderOf())).toEqual({ kind: 'unknown', cause: 'no_answer' });
  });
});

describe('a payout', () => {
  it.each([
    ['4091800', 'external_id'],
    ['4091801', 'duplicate'],
    ['5041800', 'timeout'],
  ])('that meets %s is unknown, and sent once', async (code, cause) => {
    const { client, to } = scripted(() => answered(code));
    expect(await client.pay(orderOf())).toEqual({ kind: 'unknown', cause });
    expect(to(transferPath)).toHaveLength(1);
  });

  it('has another external id each time', async () => {
    const { client, to } = scripted(() => paid);
    await client.pay(orderOf());
    await client.pay(orderOf());
    expect(new Set(to(transferPath).map(({ externalId }) => externalId)).size).toBe(2);
  });

  it('goes nowhere when its amount is outside the limits', async () => {
    const { client, calls } = scripted(() => paid);
    await expect(client.pay(orderOf({ amountRupiah: 9_999 }))).rejects.toThrow();
    expect(calls).toEqual([]);
  });

  // The first read is for the payout, the second to sign it, the third to ask for a token.
  it.each([1, 2, 3])('fails aloud when read %i of the credentials fails, and works afterwards', async (failing) => {
    let reads = 0;
    const client = snapClient({
      partner: switching,
      credentials: async () => {
        reads += 1;
        if (reads === failing) throw new Error('payment_partners.malformed');
        return credentialsWith();
      },
      post: async (url) => (url.endsWith(tokenPath) ? answered('2007300', { accessToken: 't' }) : paid),
    });
    await expect(client.pay(orderOf())).rejects.toThrowError('payment_partners.malformed');
    expect(await client.pay(orderOf())).toEqual(isPaid);
  });
});

describe('an inquiry', () => {
  const status = (service: string, serviceCode: string) =>
    answered(`200${service}00`, {
      originalReferenceNo: 'R-1',
      originalPartnerReferenceNo: reference,
      serviceCode,
      amount: { value: '600000.00', currency: 'IDR' },
      latestTransactionStatus: '00',
    });

  it.each([
    ['a bank', bankAccount, '/v1.0/transfer/status', '36', '18'],
    ['an e-wallet', wallet, '/v1.0/emoney/topup-status', '39', '38'],
  ])('about a payout to %s asks the service that has it', async (_, account, path, service, serviceCode) => {
    const { client, to } = scripted(() => status(service, serviceCode));
    expect(await client.inquire({ reference, account, amountRupiah: 600_000 })).toEqual(isPaid);
    const question = { originalPartnerReferenceNo: reference, serviceCode };
    expect(to(path).map((call) => JSON.parse(call.text))).toEqual([question]);
  });

  it('does not believe the status of another amount or another service', async () => {
    const { client } = scripted(() => status('36', '18'));
    const differs = { kind: 'unknown', cause: 'answer_differs' };
    expect(await client.inquire(orderOf({ amountRupiah: 50_000 }))).toEqual(differs);
    const other = scripted(() => status('36', '17'));
    expect(await other.client.inquire(orderOf())).toEqual(differs);
  });
});

/** A partner of a few lines on a real connection: checks signatures as the standard has it, and keeps what it was sent. */
const received: { path: string; headers: IncomingHttpHeaders; body: string }[] = [];
let respond: (response: ServerResponse) => void = () => undefined;
const server = createServer(async (request, response) => {
  const body = await text(request);
  const path = request.url ?? '';
  received.push({ path, headers: request.headers, body });
  if (path === `/base${tokenPath}`) {
    const right = Buffer.from(String(request.headers['x-signature']), 'base64');
    const signed = Buffer.from(`${clientId}|${request.headers['x-timestamp']}`);
    const isRight = verify('sha256', signed, createPublicKey(ourPublicKey), right);
    const answer = isRight ? answered('2007300', { accessToken: 'wire', expiresIn: '900' }) : answered('4017300');
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
    return;
  }
  respond(response);
});
let baseUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  baseUrl = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/base` : '';
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.length = 0;
});

const reply = (status: number, body: string) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
const success = JSON.stringify(paid.body);
const onTheWire = () =>
  snapClient({ partner: switching, credentials: async () => credentialsWith({ baseUrl }), now: () => at });

describe('over a connection', () => {
  it('sends the text that it signed, with the headers of the standard', async () => {
    respond = reply(200, success);
    expect(await onTheWire().pay(orderOf())).toEqual(isPaid);
    const { path, headers, body } = received[1] ?? { path: '', headers: {}, body: '' };
    expect(path).toBe(`/base${transferPath}`);
    const digest = createHash('sha256').update(body).digest('hex');
    const signed = `POST:${transferPath}:wire:${digest}:${timestamp}`;
    expect(headers).toMatchObject({
      authorization: 'Bearer wire',
      'content-type': 'application/json',
      'x-timestamp': timestamp,
      'x-signature': createHmac('sha512', clientSecret).update(signed).digest('base64'),
      'x-partner-id': 'PRAKERJA01',
      'channel-id': '95221',
    });
    expect(headers['x-external-id']).toMatch(/^\d{27}$/);
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['is cut before the answer', (response) => void response.destroy(), 'no_answer'],
    [
      'is cut within the answer',
      (response) => {
        response.writeHead(200, { 'content-length': success.length + 10 }).write(success);
        setTimeout(() => response.destroy(), 20);
      },
      'no_answer',
    ],
    ['brings half of an answer', reply(200, success.slice(0, -5)), 'no_answer'],
    ['brings nothing', reply(200, ''), 'no_answer'],
    ['brings the page of a proxy', reply(502, '<html>'), 'no_answer'],
    ['brings success as an error', reply(500, success), 'status_differs'],
    ['brings success under another success', reply(202, success), 'status_differs'],
    ['brings a text', reply(200, '"2001800"'), 'answer_unreadable'],
    ['brings a list', reply(200, `[${success}]`), 'answer_unreadable'],
    ['brings more than 64 KB', reply(200, `${success.slice(0, -1)},"a":"${'x'.repeat(65_536)}"}`), 'no_answer'],
    [
      'leads elsewhere',
      (response) => void response.writeHead(307, { location: `${baseUrl}${transferPath}` }).end(),
      'no_answer',
    ],
  ])('that %s leaves the payout unknown, and sent once', async (_, response, cause) => {
    respond = response;
    expect(await onTheWire().pay(orderOf())).toEqual({ kind: 'unknown', cause });
    expect(received.filter(({ path }) => path.endsWith(transferPath))).toHaveLength(1);
  });

  it('reads an answer of exactly 64 KB', async () => {
    const shell = `${success.slice(0, -1)},"a":""}`;
    const body = shell.replace('"a":""', `"a":"${'x'.repeat(65_536 - shell.length)}"`);
    expect(Buffer.byteLength(body)).toBe(65_536);
    respond = reply(200, body);
    expect(await onTheWire().pay(orderOf())).toEqual(isPaid);
  });

  it('to nobody leaves nothing sent', async () => {
    const credentials = async () => credentialsWith({ baseUrl: 'http://127.0.0.1:1' });
    const client = snapClient({ partner: switching, credentials });
    expect(await client.pay(orderOf())).toEqual({ kind: 'later', reason: 'token_no_answer' });
  });
});
