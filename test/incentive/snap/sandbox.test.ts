import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PaymentFault } from '#infra/local/simulators/payments/partner-faults.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { type PaymentPartnerCode, paymentPartners } from '#shared/incentive/payment-partners.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import { type PaymentClient, snapClient } from '#shared/incentive/snap/client.ts';
import { credentialsReader } from '#shared/incentive/snap/credentials.ts';
import { type Notification, verifyNotification } from '#shared/incentive/snap/notification.ts';
import { orderOf, wallet } from '#test/incentive/snap/orders.ts';

/* The program's client against the sandbox's partners: two readings of one standard, and the sandbox's book as the judge. */

let simulators: Simulators;
let credentials: ReturnType<typeof credentialsReader>;
let clients: Readonly<Record<PaymentPartnerCode, PaymentClient>>;
beforeAll(async () => {
  simulators = await startSimulators();
  credentials = credentialsReader(async () => JSON.stringify(simulators.paymentPartners));
  const clientOf = (code: PaymentPartnerCode) =>
    snapClient({ partner: paymentPartners[code], credentials: () => credentials.of(code) });
  clients = { 'bank-induk': clientOf('bank-induk'), switching: clientOf('switching') };
});
afterAll(() => simulators.stop());
beforeEach(() => {
  simulators.payments.clear();
  for (const code of ['bank-induk', 'switching'] as const) simulators.payments.setBalance(code, 100_000_000);
});

let orders = 0;
/** An order under a reference of its own. */
function nextOrder(changes: Parameters<typeof orderOf>[0] = {}) {
  orders += 1;
  return orderOf({ ...changes, reference: `T1A1${String(orders).padStart(52, '0')}` });
}
const timesPaid = (reference: string) =>
  simulators.payments.book().filter(({ partnerReferenceNo }) => partnerReferenceNo === reference).length;

const bank = (provider: 'BNI' | 'BCA', number = '1234567890') => ({ kind: 'bank', provider, number }) as const;

describe('the client and the sandbox', () => {
  it.each([
    ['bank-induk', bank('BNI')],
    ['bank-induk', bank('BCA')],
    ['switching', bank('BNI')],
    ['switching', wallet],
  ] as const)('agree on a payout by %s (%#), and on what became of it', async (code, account) => {
    const client = clients[code];
    const order = nextOrder({ account });
    expect(await client.inquire(order)).toEqual({ kind: 'not_found' });
    const result = await client.pay(order);
    expect(result).toMatchObject({ kind: 'paid' });
    expect(await client.inquire(order)).toEqual(result);
    expect(await client.pay(order)).toEqual({ kind: 'unknown', cause: 'duplicate' });
    expect(timesPaid(order.reference)).toBe(1);
  });

  it.each<[PaymentFault, object, object, number]>([
    ['cut', { kind: 'unknown', cause: 'no_answer' }, { kind: 'not_found' }, 0],
    ['timeout', { kind: 'unknown', cause: 'timeout' }, { kind: 'not_found' }, 0],
    ['unavailable', { kind: 'unknown', cause: 'internal_error' }, { kind: 'not_found' }, 0],
    ['garbage', { kind: 'unknown', cause: 'no_answer' }, { kind: 'not_found' }, 0],
    ['unknown_code', { kind: 'unknown', cause: 'code_2001899' }, { kind: 'not_found' }, 0],
    ['rate_limited', { kind: 'later', reason: 'rate_limited' }, { kind: 'not_found' }, 0],
    ['external_id_conflict', { kind: 'unknown', cause: 'external_id' }, { kind: 'not_found' }, 0],
    ['token_expired', { kind: 'paid' }, { kind: 'paid' }, 1],
    ['pay_then_cut', { kind: 'unknown', cause: 'no_answer' }, { kind: 'paid' }, 1],
    ['pay_then_timeout', { kind: 'unknown', cause: 'timeout' }, { kind: 'paid' }, 1],
    ['pay_then_garbage', { kind: 'unknown', cause: 'no_answer' }, { kind: 'paid' }, 1],
    ['pay_then_unknown_code', { kind: 'unknown', cause: 'code_2001899' }, { kind: 'paid' }, 1],
    ['in_progress_then_paid', { kind: 'in_progress' }, { kind: 'in_progress' }, 0],
    ['account_refused', { kind: 'refused', reason: 'account_unknown', fault: 'account' }, { kind: 'not_found' }, 0],
    ['account_dormant', { kind: 'refused', reason: 'account_dormant', fault: 'account' }, { kind: 'not_found' }, 0],
    ['account_closed', { kind: 'refused', reason: 'account_closed', fault: 'account' }, { kind: 'not_found' }, 0],
    ['limit_exceeded', { kind: 'later', reason: 'limit_exceeded' }, { kind: 'not_found' }, 0],
    ['funds_insufficient', { kind: 'stop', reason: 'funds_insufficient' }, { kind: 'not_found' }, 0],
  ])('agree on what %s is', async (fault, result, known, payments) => {
    simulators.payments.faults.next(fault);
    const order = nextOrder();
    expect(await clients.switching.pay(order)).toMatchObject(result);
    expect(await clients.switching.inquire(order)).toMatchObject(known);
    expect(timesPaid(order.reference)).toBe(payments);
  });

  it('agree on the balance', async () => {
    expect(await clients['bank-induk'].balance()).toEqual({ kind: 'known', availableRupiah: 100_000_000 });
    await clients['bank-induk'].pay(nextOrder({ account: bank('BNI') }));
    expect(await clients['bank-induk'].balance()).toEqual({ kind: 'known', availableRupiah: 99_400_000 });
  });

  it('agree on whose an account is', async () => {
    const nik = '3273994501900001';
    simulators.payments.holders.set('5550001234', { name: 'Siti Contoh', shown: 'whole', nik });
    const basic = { kind: 'e_wallet', provider: 'DANA', number: '081234560005' } as const;
    const ask = (account: PayoutAccount, ofNik = nik) =>
      clients.switching.inquireAccount(account, { reference: crypto.randomUUID(), nik: ofNik });
    const owned = bank('BCA', '5550001234');
    expect(await ask(owned)).toMatchObject({
      kind: 'found',
      holderName: 'SITI CONTOH',
      nikMatch: true,
      status: 'active',
    });
    expect(await ask(owned, '3273994501900002')).toMatchObject({ kind: 'found', nikMatch: false });
    expect(await ask(bank('BCA', '5550000000'))).toMatchObject({ kind: 'refused', reason: 'account_unknown' });
    expect(await ask(bank('BCA', '5550000001'))).toMatchObject({ kind: 'found', status: 'dormant' });
    expect(await ask(basic)).toMatchObject({ kyc: 'basic' });
  });

  it('agree that a partner which is down has not been asked', async () => {
    const order = nextOrder({ account: bank('BNI') });
    const client = snapClient({
      partner: paymentPartners['bank-induk'],
      credentials: () => credentials.of('bank-induk'),
    });
    simulators.payments.setDown(true);
    expect(await client.pay(order)).toEqual({ kind: 'later', reason: 'token_no_answer' });
    simulators.payments.setDown(false);
    expect(await client.pay(order)).toMatchObject({ kind: 'paid' });
  });
});

describe('a notification of the sandbox', () => {
  const received: Notification[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { method = '', url: path = '' } = request;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    received.push(verifyNotification({ method, path, headers, body }, await credentials.all(), new Date()));
    response.writeHead(200).end('{"responseCode":"2005200","responseMessage":"Successful"}');
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    simulators.payments.callbackTo(undefined);
    server.closeAllConnections();
    server.close();
  });

  it('is verified, and tells of the payout', async () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    simulators.payments.callbackTo(`http://127.0.0.1:${port}/v1.0/transfer/notify`);
    const order = nextOrder({ account: wallet });
    const result = await clients.switching.pay(order);
    await simulators.payments.callbacksArrived();
    const partnerReference = result.kind === 'paid' ? result.partnerReference : '';
    expect(received).toEqual([
      { partnerCode: 'switching', reference: order.reference, partnerReference, status: 'paid' },
    ]);
  });
});
