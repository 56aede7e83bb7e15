import { createHmac, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { minified } from '#infra/local/simulators/payments/snap-signatures.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import {
  amountOf,
  type Changes,
  nextExternalId,
  type SnapAnswer,
  snapBodies,
  snapClient,
  timestampOf,
} from '#test/local/payment-client.ts';

let clock = new Date('2026-11-24T01:00:00.000Z');
const now = () => clock;
const later = (seconds: number) => new Date(clock.getTime() + seconds * 1000);
let simulators: Simulators;
let client: ReturnType<typeof snapClient>;
let bodies: ReturnType<typeof snapBodies>;
beforeAll(async () => {
  simulators = await startSimulators({ now });
});
afterAll(() => simulators.stop());
beforeEach(() => {
  clock = new Date('2026-11-24T01:00:00.000Z');
  client = snapClient(simulators.paymentPartners.switching, now);
  bodies = snapBodies(simulators.paymentPartners.switching, now);
});

const codeOf = ({ status, body }: SnapAnswer) => {
  expect(body.responseCode?.slice(0, 3)).toBe(String(status));
  return body.responseCode;
};
const booked = () => simulators.payments.book().length;

describe('an access token', () => {
  it('is given for 900 seconds, as text', async () => {
    expect((await client.askToken()).body).toMatchObject({
      responseCode: '2007300',
      tokenType: 'Bearer',
      expiresIn: '900',
    });
  });

  const shifted = (seconds: number) => ({ 'X-TIMESTAMP': timestampOf(later(seconds)) });
  it.each<[string, () => Changes['headers'], unknown, string]>([
    ['a time five minutes ago', () => shifted(-300), undefined, '2007300'],
    ['a time in five minutes', () => shifted(300), undefined, '2007300'],
    ['a time before that', () => shifted(-301), undefined, '4017300'],
    ['a time after that', () => shifted(301), undefined, '4017300'],
    ['no time', () => ({ 'X-TIMESTAMP': undefined, 'X-SIGNATURE': 'x' }), undefined, '4007302'],
    ['a time of another zone', () => ({ 'X-TIMESTAMP': '2026-11-24T01:00:00Z' }), undefined, '4007301'],
    ['a date that does not exist', () => ({ 'X-TIMESTAMP': '2026-13-24T01:00:00+07:00' }), undefined, '4017300'],
    ['no client key', () => ({ 'X-CLIENT-KEY': undefined }), undefined, '4007302'],
    ['a client key of nobody', () => ({ 'X-CLIENT-KEY': 'nobody' }), undefined, '4017300'],
    ['no signature', () => ({ 'X-SIGNATURE': undefined }), undefined, '4007302'],
    ['a signature that is none', () => ({ 'X-SIGNATURE': 'AAAA' }), undefined, '4017300'],
    ['no grant type', () => ({}), {}, '4007302'],
    ['another grant type', () => ({}), { grantType: 'password' }, '4007301'],
    ['a body that is no JSON', () => ({}), '{', '4007300'],
  ])('with %s is answered by its code', async (_, headers, body, code) => {
    expect(codeOf(await client.askToken(body, headers()))).toBe(code);
  });

  it('is not given for the signature of another key', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const forger = snapClient({ ...simulators.paymentPartners.switching, privateKey }, now);
    expect(codeOf(await forger.askToken())).toBe('4017300');
  });

  it('ends after its 900 seconds by the program’s clock', async () => {
    expect(codeOf(await client.call('/v1.0/transfer/status', bodies.status('none', '18')))).toBe('4043601');
    clock = later(899);
    expect(codeOf(await client.call('/v1.0/transfer/status', bodies.status('none', '18')))).toBe('4043601');
    clock = later(1);
    expect(codeOf(await client.call('/v1.0/transfer/status', bodies.status('none', '18')))).toBe('4013601');
    client.forgetToken();
    expect(codeOf(await client.call('/v1.0/transfer/status', bodies.status('none', '18')))).toBe('4043601');
  });

  it('of one partner is nothing to the other', async () => {
    const { accessToken = '' } = (await client.askToken()).body;
    const other = snapClient(simulators.paymentPartners['bank-induk'], now);
    const answer = await other.call('/v1.0/transfer/status', bodies.status('none', '18'), { token: accessToken });
    expect(codeOf(answer)).toBe('4013601');
  });
});

describe('a transaction', () => {
  const services = [
    ['18', '/v1.0/transfer-interbank', () => bodies.interbank(crypto.randomUUID())],
    ['38', '/v1.0/emoney/topup', () => bodies.topUp(crypto.randomUUID())],
  ] as const;
  const hexSignature = createHmac('sha512', 'x').update('y').digest('hex');
  const refused: [string, () => Changes, string][] = [
    ['no Authorization', () => ({ headers: { Authorization: undefined } }), '401XX00'],
    ['another kind of Authorization', () => ({ headers: { Authorization: 'Basic abc' } }), '401XX00'],
    ['a token that was never given', () => ({ token: 'made-up' }), '401XX01'],
    ['no time', () => ({ headers: { 'X-TIMESTAMP': undefined } }), '400XX02'],
    ['a time without zone', () => ({ headers: { 'X-TIMESTAMP': '2026-11-24T08:00:00' } }), '400XX01'],
    ['a stale time', () => ({ headers: { 'X-TIMESTAMP': timestampOf(later(-301)) } }), '401XX00'],
    ['a time ahead', () => ({ headers: { 'X-TIMESTAMP': timestampOf(later(301)) } }), '401XX00'],
    ['no signature', () => ({ headers: { 'X-SIGNATURE': undefined } }), '400XX02'],
    ['a signature in hex', () => ({ headers: { 'X-SIGNATURE': hexSignature } }), '401XX00'],
    ['a body that was not signed', () => ({ raw: '{"partnerReferenceNo":"other"}' }), '401XX00'],
    ['no X-PARTNER-ID', () => ({ headers: { 'X-PARTNER-ID': undefined } }), '400XX02'],
    ['another X-PARTNER-ID', () => ({ headers: { 'X-PARTNER-ID': 'SOMEBODY' } }), '401XX00'],
    ['no CHANNEL-ID', () => ({ headers: { 'CHANNEL-ID': undefined } }), '400XX02'],
    ['a long CHANNEL-ID', () => ({ headers: { 'CHANNEL-ID': '952210' } }), '400XX01'],
    ['another CHANNEL-ID', () => ({ headers: { 'CHANNEL-ID': '95222' } }), '401XX00'],
    ['no X-EXTERNAL-ID', () => ({ headers: { 'X-EXTERNAL-ID': undefined } }), '400XX02'],
    ['letters in X-EXTERNAL-ID', () => ({ headers: { 'X-EXTERNAL-ID': '12a' } }), '400XX01'],
    ['37 digits of X-EXTERNAL-ID', () => ({ headers: { 'X-EXTERNAL-ID': '1'.repeat(37) } }), '400XX01'],
  ];

  it.each(services)(
    'of service %s pays when all is right, with 36 digits of X-EXTERNAL-ID too',
    async (code, path, body) => {
      const before = booked();
      const changes = { headers: { 'X-EXTERNAL-ID': `${code}${nextExternalId()}`.padEnd(36, '0') } };
      expect(codeOf(await client.call(path, body(), changes))).toBe(`200${code}00`);
      expect(booked()).toBe(before + 1);
    },
  );

  it.each(
    services.flatMap(([service, path, body]) => refused.map((row) => [row[0], service, path, body, ...row] as const)),
  )('with %s is refused by service %s and pays nothing', async (_, service, path, body, __, changes, code) => {
    const before = booked();
    expect(codeOf(await client.call(path, body(), changes()))).toBe(code.replace('XX', service));
    expect(booked()).toBe(before);
  });

  it('is signed over its body without the white space between tokens, and with that in strings', async () => {
    const pretty = (reference: string) =>
      JSON.stringify(bodies.interbank(reference, { remark: 'a  "b"\t c' }), null, 2);
    expect(codeOf(await client.call('/v1.0/transfer-interbank', pretty('white-space')))).toBe('2001800');
    const wrong = { raw: pretty('white-space-2').replace('a  ', 'a ') };
    expect(codeOf(await client.call('/v1.0/transfer-interbank', pretty('white-space-2'), wrong))).toBe('4011800');
  });

  it('loses by minifying nothing but white space between tokens', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t', '\r\n '), (value, indent) => {
        const text = JSON.stringify(value, null, indent).replaceAll('\n', '\r\n');
        expect(minified(text)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('uses its X-EXTERNAL-ID up for the day of WIB, whatever came of it', async () => {
    const headers = { 'X-EXTERNAL-ID': '778899' };
    clock = new Date('2026-11-24T16:59:58.000Z');
    const status = () => client.call('/v1.0/transfer/status', bodies.status('none', '18'), { headers });
    expect(codeOf(await status())).toBe('4043601');
    expect(codeOf(await status())).toBe('4093600');
    const before = booked();
    expect(codeOf(await client.call('/v1.0/transfer-interbank', bodies.interbank('same-id'), { headers }))).toBe(
      '4091800',
    );
    expect(booked()).toBe(before);
    clock = new Date('2026-11-24T17:00:00.000Z'); // Midnight in Jakarta.
    expect(codeOf(await status())).toBe('4043601');
  });

  it('of another client’s key does not use up an X-EXTERNAL-ID', async () => {
    const headers = { 'X-EXTERNAL-ID': '778800' };
    const forger = snapClient({ ...simulators.paymentPartners.switching, clientSecret: 'guessed' }, now);
    expect(codeOf(await forger.call('/v1.0/transfer/status', bodies.status('none', '18'), { headers }))).toBe(
      '4013600',
    );
    expect(codeOf(await client.call('/v1.0/transfer/status', bodies.status('none', '18'), { headers }))).toBe(
      '4043601',
    );
  });

  it('is a POST, of a service that the partner has', async () => {
    const { baseUrl } = simulators.paymentPartners.switching;
    expect((await fetch(`${baseUrl}/v1.0/transfer-interbank`)).status).toBe(405);
    expect(codeOf(await client.call('/v1.0/transfer-intrabank', bodies.intrabank('x')))).toBe('4051700');
    expect(codeOf(await client.call('/v1.0/account-inquiry-internal', {}))).toBe('4051500');
    const bank = snapClient(simulators.paymentPartners['bank-induk'], now);
    expect(codeOf(await bank.call('/v1.0/emoney/topup', bodies.topUp('x')))).toBe('4053800');
    expect(codeOf(await client.call('/v1.0/emoney/unknown', {}))).toBe('4040000');
    expect((await fetch(baseUrl.replace('/switching', '/nobody/v1.0/transfer-interbank'))).status).toBe(404);
  });
});

describe('a body', () => {
  const amount = (value: string, currency = 'IDR') => ({ amount: { value, currency } });
  const transfer = '/v1.0/transfer-interbank';
  const topUp = '/v1.0/emoney/topup';
  const external = '/v1.0/account-inquiry-external';
  const wallet = '/v1.0/emoney/account-inquiry';
  const interbank = (more: object) => () => bodies.interbank('bad', more);
  const toWallet = (more: object) => () => bodies.topUp('bad', more);

  it.each<[string, string, () => object | string, string, string]>([
    ['no JSON', transfer, () => '{', '4001800', ''],
    ['a list', transfer, () => '[]', '4001800', ''],
    ['no reference', transfer, interbank({ partnerReferenceNo: undefined }), '4001802', 'partnerReferenceNo'],
    ['65 characters', transfer, interbank({ partnerReferenceNo: 'x'.repeat(65) }), '4001801', 'partnerReferenceNo'],
    ['no amount', transfer, interbank({ amount: undefined }), '4001802', 'amount'],
    ['no decimals', transfer, interbank(amount('600000')), '4001801', 'amount.value'],
    ['cents', transfer, interbank(amount('600000.50')), '4001801', 'amount.value'],
    ['an exponent', transfer, interbank(amount('6e5.00')), '4001801', 'amount.value'],
    ['leading zeros', transfer, interbank(amount('00600000.00')), '4001801', 'amount.value'],
    ['a negative amount', transfer, interbank(amount('-1.00')), '4001801', 'amount.value'],
    ['an amount of nothing', transfer, interbank(amount('0.00')), '4001802', 'amount.value'],
    [
      'a number as amount',
      transfer,
      interbank({ amount: { value: 600_000, currency: 'IDR' } }),
      '4001801',
      'amount.value',
    ],
    ['dollars', transfer, interbank(amount('600000.00', 'USD')), '4001801', 'amount.currency'],
    ['no account', transfer, interbank({ beneficiaryAccountNo: undefined }), '4001802', 'beneficiaryAccountNo'],
    ['letters', transfer, interbank({ beneficiaryAccountNo: '12E4567890' }), '4001801', 'beneficiaryAccountNo'],
    ['no name', transfer, interbank({ beneficiaryAccountName: undefined }), '4001802', 'beneficiaryAccountName'],
    ['no bank', transfer, interbank({ beneficiaryBankCode: undefined }), '4001802', 'beneficiaryBankCode'],
    ['a bank in no list', transfer, interbank({ beneficiaryBankCode: '999' }), '4001800', ''],
    ['no source', transfer, interbank({ sourceAccountNo: undefined }), '4001802', 'sourceAccountNo'],
    ['another’s source', transfer, interbank({ sourceAccountNo: '1112223334' }), '4001801', 'sourceAccountNo'],
    ['no date', transfer, interbank({ transactionDate: undefined }), '4001802', 'transactionDate'],
    ['a date in UTC', transfer, interbank({ transactionDate: '2026-11-24T01:00:00Z' }), '4001801', 'transactionDate'],
    ['no number', topUp, toWallet({ customerNumber: undefined }), '4003802', 'customerNumber'],
    ['a long number', topUp, toWallet({ customerNumber: `08${'1'.repeat(19)}` }), '4003801', 'customerNumber'],
    ['no customer’s name', topUp, toWallet({ customerName: '' }), '4003801', 'customerName'],
    ['no provider', topUp, toWallet({ additionalInfo: undefined }), '4003802', 'additionalInfo'],
    ['a provider in no list', topUp, toWallet({ additionalInfo: { beneficiaryProvider: 'X' } }), '4003800', ''],
    ['another fee', topUp, toWallet({ feeAmount: amountOf(999) }), '4003801', 'feeAmount'],
    ['notes with a hyphen', topUp, toWallet({ notes: 'a-b' }), '4003801', 'notes'],
    ['nothing asked', '/v1.0/transfer/status', () => ({}), '4003602', 'originalPartnerReferenceNo'],
    ['a top-up in 36', '/v1.0/transfer/status', () => bodies.status('x', '38'), '4003601', 'serviceCode'],
    ['a transfer in 39', '/v1.0/emoney/topup-status', () => bodies.status('x', '18'), '4003901', 'serviceCode'],
    ['no account asked', external, () => ({ partnerReferenceNo: 'x' }), '4001602', 'beneficiaryAccountNo'],
    [
      'no provider asked',
      wallet,
      () => ({ partnerReferenceNo: 'x', customerNumber: '081234567' }),
      '4003702',
      'additionalInfo',
    ],
    ['no account of ours', '/v1.0/balance-inquiry', () => ({ partnerReferenceNo: 'x' }), '4001102', 'accountNo'],
  ])('with %s is refused by the name of its field: %s', async (_, path, body, code, field) => {
    const before = booked();
    const answer = await client.call(path, body());
    expect(codeOf(answer)).toBe(code);
    if (field) expect(answer.body.responseMessage).toContain(`{${field}}`);
    expect(booked()).toBe(before);
  });

  it('is never repeated in a refusal', async () => {
    const answer = await client.call(transfer, bodies.interbank('x', { beneficiaryAccountNo: 'secret-number' }));
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });

  it('may leave out what is optional, and hold what nobody knows', async () => {
    const more = { feeAmount: undefined, notes: undefined, somethingElse: { nested: [1] } };
    expect(codeOf(await client.call(topUp, bodies.topUp('optional', more)))).toBe('2003800');
  });

  it('of one byte over 64 KB is not read', async () => {
    const { baseUrl } = simulators.paymentPartners.switching;
    const send = (bytes: number) => fetch(`${baseUrl}${transfer}`, { method: 'POST', body: 'x'.repeat(bytes) });
    expect((await send(64 * 1024)).status).toBe(400);
    expect((await send(64 * 1024 + 1)).status).toBe(413);
  });
});
