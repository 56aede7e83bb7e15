import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inquiryFaults, paymentFaults } from '#infra/local/simulators/payments/partner-faults.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { amountOf, type SnapAnswer, snapBodies, snapClient } from '#test/local/payment-client.ts';

let clock = new Date('2026-11-24T01:00:00.000Z');
const now = () => clock;
const pass = (seconds: number) => {
  clock = new Date(clock.getTime() + seconds * 1000);
};
let simulators: Simulators;
let switching: ReturnType<typeof snapClient>;
let bank: ReturnType<typeof snapClient>;
let bodies: ReturnType<typeof snapBodies>;
let bankBodies: ReturnType<typeof snapBodies>;
beforeAll(async () => {
  simulators = await startSimulators({ now });
  const { 'bank-induk': one, switching: other } = simulators.paymentPartners;
  [bank, switching] = [snapClient(one, now), snapClient(other, now)];
  [bankBodies, bodies] = [snapBodies(one, now), snapBodies(other, now)];
});
afterAll(() => simulators.stop());
afterEach(() => simulators.payments.clear());

let references = 0;
const reference = () => {
  references += 1;
  return `FAULT${references}`;
};
const booked = (one: string) =>
  simulators.payments.book().filter(({ partnerReferenceNo }) => partnerReferenceNo === one);

/** What a client sees: the code, or that there was no answer, or none that can be read. */
async function seen(call: Promise<SnapAnswer>): Promise<string | undefined> {
  return call.then(
    ({ body }) => body.responseCode,
    (error: unknown) => (error instanceof SyntaxError ? 'unreadable' : 'no answer'),
  );
}

const services = {
  '18': {
    pay: (one: string) => switching.call('/v1.0/transfer-interbank', bodies.interbank(one)),
    inquire: (one: string) => switching.call('/v1.0/transfer/status', bodies.status(one, '18')),
    statusCode: '36',
  },
  '38': {
    pay: (one: string) => switching.call('/v1.0/emoney/topup', bodies.topUp(one)),
    inquire: (one: string) => switching.call('/v1.0/emoney/topup-status', bodies.status(one, '38')),
    statusCode: '39',
  },
} as const;
const both = ['18', '38'] as const;

describe('a payment that meets a fault', () => {
  const cases: readonly [(typeof paymentFaults)[number], string, 'paid' | 'not paid'][] = [
    ['cut', 'no answer', 'not paid'],
    ['timeout', '504XX00', 'not paid'],
    ['unavailable', '500XX00', 'not paid'],
    ['garbage', 'unreadable', 'not paid'],
    ['unknown_code', '200XX99', 'not paid'],
    ['rate_limited', '429XX00', 'not paid'],
    ['external_id_conflict', '409XX00', 'not paid'],
    ['token_expired', '401XX01', 'not paid'],
    ['slow', '200XX00', 'paid'],
    ['pay_then_cut', 'no answer', 'paid'],
    ['pay_then_timeout', '504XX00', 'paid'],
    ['pay_then_garbage', 'unreadable', 'paid'],
    ['pay_then_unknown_code', '200XX99', 'paid'],
    ['account_refused', '404XX11', 'not paid'],
    ['account_dormant', '403XX09', 'not paid'],
    ['account_closed', '403XX18', 'not paid'],
    ['limit_exceeded', '403XX02', 'not paid'],
    ['funds_insufficient', '403XX14', 'not paid'],
  ];

  it.each(both.flatMap((service) => cases.map((row) => [service, ...row] as const)))(
    'of service %s: %s is seen as %s and is %s; an inquiry finds it out, and another attempt is one payment',
    async (service, fault, expected, outcome) => {
      const { pay, inquire, statusCode } = services[service];
      const one = reference();
      simulators.payments.setSlowness(20);
      simulators.payments.faults.next(fault);
      expect(await seen(pay(one))).toBe(expected.replace('XX', service));
      expect(booked(one)).toHaveLength(outcome === 'paid' ? 1 : 0);

      if (fault === 'token_expired') {
        expect(await seen(inquire(one))).toBe(`401${statusCode}01`); // That token is of no more use to anything.
        switching.forgetToken();
      }
      expect(await seen(inquire(one))).toBe(outcome === 'paid' ? `200${statusCode}00` : `404${statusCode}01`);
      expect(await seen(pay(one))).toBe(outcome === 'paid' ? `409${service}01` : `200${service}00`);
      expect(booked(one)).toHaveLength(1);
    },
  );

  it('is in this table, or stays in progress', () => {
    const inProgress = ['in_progress_then_paid', 'in_progress_then_failed'];
    expect([...cases.map(([fault]) => fault), ...inProgress].sort()).toEqual([...paymentFaults].sort());
  });

  it('meets it as often as told, at the partner told, in order', async () => {
    const { faults } = simulators.payments;
    faults.next('unavailable', 2, 'switching');
    faults.next('timeout', 1, 'bank-induk');
    faults.next('rate_limited');
    expect(faults.waiting()).toBe(4);
    const atBank = () => bank.call('/v1.0/transfer-intrabank', bankBodies.intrabank(reference()));
    expect(await seen(atBank())).toBe('5041700');
    expect(await seen(services['18'].pay(reference()))).toBe('5001800');
    expect(await seen(services['38'].pay(reference()))).toBe('5003800');
    expect(await seen(atBank())).toBe('4291700');
    expect(await seen(services['18'].pay(reference()))).toBe('2001800');
    expect(faults.waiting()).toBe(0);
  });

  it('is not one that nobody lets in, nor one with a bad body', async () => {
    simulators.payments.faults.next('unavailable');
    const forger = snapClient({ ...simulators.paymentPartners.switching, clientSecret: 'guessed' }, now);
    expect(await seen(forger.call('/v1.0/emoney/topup', bodies.topUp(reference())))).toBe('4013800');
    expect(await seen(switching.call('/v1.0/emoney/topup', {}))).toBe('4003802');
    expect(await seen(services['38'].pay(reference()))).toBe('5003800');
  });

  it('does not overdo it: what was paid under a reference is a conflict, whatever was ordered', async () => {
    const one = reference();
    await services['18'].pay(one);
    simulators.payments.faults.next('pay_then_cut');
    expect(await seen(services['18'].pay(one))).toBe('4091801');
    expect(booked(one)).toHaveLength(1);
  });
});

describe('an inquiry that meets a fault', () => {
  const account = () =>
    switching.call('/v1.0/account-inquiry-external', {
      partnerReferenceNo: 'ask',
      beneficiaryAccountNo: '5550002222',
      beneficiaryBankCode: '014',
    });
  const wallet = () =>
    switching.call('/v1.0/emoney/account-inquiry', {
      partnerReferenceNo: 'ask',
      customerNumber: '081234567890',
      additionalInfo: { beneficiaryProvider: 'OVO' },
    });
  const inquiries: readonly [string, () => Promise<SnapAnswer>, string][] = [
    ['36', () => services['18'].inquire('none'), '4043601'],
    ['39', () => services['38'].inquire('none'), '4043901'],
    ['16', account, '2001600'],
    ['37', wallet, '2003700'],
  ];
  const cases: readonly [(typeof inquiryFaults)[number], string][] = [
    ['cut', 'no answer'],
    ['timeout', '504XX00'],
    ['unavailable', '500XX00'],
    ['garbage', 'unreadable'],
    ['unknown_code', '200XX99'],
    ['rate_limited', '429XX00'],
    ['external_id_conflict', '409XX00'],
    ['token_expired', '401XX01'],
  ];

  it.each(inquiries.flatMap((row) => cases.map((one) => [row[0], ...one, row[1], row[2]] as const)))(
    'of service %s: %s is seen as %s, and the next one is answered',
    async (service, fault, expected, inquire, honest) => {
      simulators.payments.inquiryFaults.next(fault);
      expect(await seen(services['18'].pay(reference()))).toBe('2001800'); // Payments meet faults of their own.
      expect(await seen(inquire())).toBe(expected.replace('XX', service));
      if (fault === 'token_expired') switching.forgetToken();
      expect(await seen(inquire())).toBe(honest);
    },
  );

  it('is told of another’s name, when it asks for a name', async () => {
    simulators.payments.inquiryFaults.next('name_refused', 2);
    expect(await seen(services['18'].inquire('none'))).toBe('4043601');
    expect((await account()).body).toMatchObject({ beneficiaryAccountName: 'BUKAN NAMA ANDA' });
    expect((await wallet()).body).toMatchObject({ customerName: 'BUKAN NAMA ANDA' });
    expect((await account()).body).not.toHaveProperty('beneficiaryAccountName');
  });
});

describe('a payment that stays in progress', () => {
  const statusOf = async (service: (typeof both)[number], one: string) =>
    (await services[service].inquire(one)).body['latestTransactionStatus'];

  it.each(both)('of service %s is pending for two inquiries, then paid', async (service) => {
    const one = reference();
    simulators.payments.faults.next('in_progress_then_paid');
    expect(await seen(services[service].pay(one))).toBe(`202${service}00`);
    expect(booked(one)).toEqual([]);
    expect(await seen(services[service].pay(one))).toBe(`409${service}01`);
    expect([await statusOf(service, one), await statusOf(service, one)]).toEqual(['03', '03']);
    expect(booked(one)).toEqual([]);
    expect(await statusOf(service, one)).toBe('00');
    expect(booked(one)).toHaveLength(1);
  });

  it.each(both)('of service %s may fail, and its money is there again', async (service) => {
    const one = reference();
    const before = simulators.payments.balanceRupiah('switching');
    simulators.payments.setProgress({ inquiries: 0 });
    simulators.payments.faults.next('in_progress_then_failed');
    await services[service].pay(one);
    expect(await statusOf(service, one)).toBe('06');
    expect(booked(one)).toEqual([]);
    expect(simulators.payments.balanceRupiah('switching')).toBe(before);
    expect(await seen(services[service].pay(one))).toBe(`409${service}01`);
  });

  it('ends by the clock, at its own time, without anybody’s asking', async () => {
    const one = reference();
    simulators.payments.setProgress({ seconds: 120 });
    simulators.payments.faults.next('in_progress_then_paid');
    await services['18'].pay(one);
    const due = new Date(clock.getTime() + 120_000);
    pass(119);
    expect(booked(one)).toEqual([]);
    pass(600);
    expect(booked(one)).toMatchObject([{ at: due.toISOString() }]);
  });

  it('keeps its money from being spent twice', async () => {
    const { payments } = simulators;
    payments.setBalance('switching', 1_000_000);
    payments.faults.next('in_progress_then_paid');
    await services['38'].pay(reference());
    const { sourceAccountNo: accountNo } = simulators.paymentPartners.switching;
    const balance = await switching.call('/v1.0/balance-inquiry', { partnerReferenceNo: 'ask', accountNo });
    expect(balance.body).toMatchObject({
      accountInfos: [{ amount: amountOf(1_000_000), availableBalance: amountOf(399_000) }],
    });
    expect(await seen(services['38'].pay(reference()))).toBe('4033814');
    payments.setBalance('switching', 900_000_000_000);
  });
});

describe('a partner', () => {
  it('that is down answers nobody, not even for a token, while the other one does', async () => {
    simulators.payments.setDown(true, 'switching');
    const one = reference();
    expect(await seen(services['18'].pay(one))).toBe('no answer');
    expect(await seen(switching.askToken())).toBe('no answer');
    expect(await seen(bank.call('/v1.0/transfer-intrabank', bankBodies.intrabank(one)))).toBe('2001700');
    simulators.payments.setDown(false);
    expect(await seen(services['18'].pay(one))).toBe('2001800');
  });

  it('with a limit lets that many calls in a second in', async () => {
    simulators.payments.setRateLimit(3, 'switching');
    const codes = await Promise.all(Array.from({ length: 5 }, () => seen(services['18'].pay(reference()))));
    expect(codes.toSorted()).toEqual(['2001800', '2001800', '2001800', '4291800', '4291800']);
    expect(await seen(bank.call('/v1.0/transfer-intrabank', bankBodies.intrabank(reference())))).toBe('2001700');
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(await seen(services['18'].pay(reference()))).toBe('2001800');
  });

  it('takes its time when told, and pays although nobody waits any more', async () => {
    simulators.payments.faults.setLatency(150);
    const one = reference();
    const started = performance.now();
    await services['18'].pay(one);
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);

    const two = reference();
    simulators.payments.clear();
    simulators.payments.setSlowness(300);
    simulators.payments.faults.next('slow');
    const impatient = Promise.race([
      services['18'].pay(two),
      new Promise((resolve) => setTimeout(resolve, 50, 'gone')),
    ]);
    expect(await impatient).toBe('gone');
    expect(booked(two)).toEqual([]);
    await expect.poll(() => booked(two)).toHaveLength(1);
  });

  it('that forgets references after 60 days pays one again on day 60, and not a moment before', async () => {
    simulators.payments.setMemoryDays(60);
    const one = reference();
    await services['38'].pay(one);
    pass(60 * 86_400 - 1);
    switching.forgetToken();
    expect(await seen(services['38'].pay(one))).toBe('4093801');
    expect(await seen(services['38'].inquire(one))).toBe('2003900');
    pass(1);
    expect(await seen(services['38'].inquire(one))).toBe('4043901');
    expect(await seen(services['38'].pay(one))).toBe('2003800');
    expect(booked(one)).toHaveLength(2); // The book forgets nothing.
  });

  it.each(both)('sends funds of service %s back once', async (service) => {
    const one = reference();
    const before = simulators.payments.balanceRupiah('switching');
    expect(simulators.payments.returnFunds(one)).toBe(false);
    await services[service].pay(one);
    expect(simulators.payments.returnFunds(one)).toBe(true);
    expect(simulators.payments.returnFunds(one)).toBe(false);
    expect((await services[service].inquire(one)).body).toMatchObject({
      latestTransactionStatus: '04',
      transactionStatusDesc: 'refunded',
    });
    expect(booked(one)).toMatchObject([{ amountRupiah: 600_000, returnedAt: clock.toISOString() }]);
    const feeRupiah = service === '18' ? 2500 : 1000; // Stays with the partner.
    expect(simulators.payments.balanceRupiah('switching')).toBe(before - feeRupiah);
    expect(await seen(services[service].pay(one))).toBe(`409${service}01`);
  });
});

describe('the control page', () => {
  const told = async (order: unknown) => {
    const answer = await fetch(`${simulators.url}/payments/control`, { method: 'POST', body: JSON.stringify(order) });
    return { status: answer.status, body: await answer.json() };
  };

  it('tells what it can be told, and how things are', async () => {
    simulators.payments.faults.next('cut', 3);
    const shown = await (await fetch(`${simulators.url}/payments/control`)).json();
    expect(shown).toMatchObject({
      balancesRupiah: { switching: simulators.payments.balanceRupiah('switching') },
      waitingFaults: 3,
      waitingInquiryFaults: 0,
      faults: [...paymentFaults],
      inquiryFaults: [...inquiryFaults],
      numbers: { '0001': 'is dormant (403XX09)' },
    });
  });

  it('orders a fault for the next payments of a partner', async () => {
    expect(await told({ fault: 'account_dormant', times: 2, partner: 'switching' })).toMatchObject({ status: 200 });
    const codes = [1, 2, 3].map(() => services['18'].pay(reference()));
    expect(await Promise.all(codes.map(seen))).toEqual(['4031809', '4031809', '2001800']);
    expect(await told({ inquiryFault: 'unavailable' })).toMatchObject({ status: 200 });
    expect(await seen(services['18'].inquire('none'))).toBe('5003600');
  });

  it('carries out everything else that tests can tell', async () => {
    expect((await told({ down: true })).status).toBe(200);
    expect(await seen(services['18'].pay(reference()))).toBe('no answer');
    expect((await told({ clear: true })).status).toBe(200);
    expect(await seen(services['18'].pay(reference()))).toBe('2001800');

    expect((await told({ callsPerSecond: 1, partner: 'switching' })).status).toBe(200);
    expect(await seen(services['18'].pay(reference()))).toBe('2001800');
    expect(await seen(services['18'].pay(reference()))).toBe('4291800');
    expect((await told({ callsPerSecond: null })).status).toBe(200);

    expect((await told({ balanceRupiah: 7, partner: 'switching' })).status).toBe(200);
    expect(simulators.payments.balanceRupiah('switching')).toBe(7);
    expect((await told({ balanceRupiah: 900_000_000_000, partner: 'switching' })).status).toBe(200);

    const one = reference();
    await services['38'].pay(one);
    expect((await told({ returnFunds: one })).status).toBe(200);
    expect(await told({ returnFunds: one })).toEqual({ status: 404, body: { outcome: 'nothing_to_do' } });

    expect((await told({ memoryDays: 0 })).status).toBe(200);
    expect(await seen(services['38'].pay(one))).toBe('2003800');
    expect((await told({ memoryDays: null })).status).toBe(200);
    expect(await seen(services['38'].pay(one))).toBe('4093801');

    expect((await told({ latencyMilliseconds: 100 })).status).toBe(200);
    const started = performance.now();
    await services['18'].inquire('none');
    expect(performance.now() - started).toBeGreaterThanOrEqual(95);
    for (const order of [{ slownessMilliseconds: 1 }, { loseCallbacks: 1 }, { callbacksTwice: 1 }])
      expect((await told(order)).status).toBe(200);
    expect((await told({ delayCallbacksMilliseconds: 1 })).status).toBe(200);
  });

  it.each<[unknown]>([
    [{ fault: 'no_such_fault' }],
    [{ fault: 'cut', times: 0 }],
    [{ fault: 'cut', times: 1001 }],
    [{ fault: 'cut', partner: 'nobody' }],
    [{ fault: 'cut', clear: true }],
    [{ balanceRupiah: 1_000_000_000_000, partner: 'switching' }],
    [{ balanceRupiah: 1 }],
    [{ something: 1 }],
    [['a list']],
    ['cut'],
    [null],
  ])('refuses %j and says what there is', async (order) => {
    const { status, body } = await told(order);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: 'bad_request', orders: expect.arrayContaining(['fault', 'clear']) });
    expect(simulators.payments.faults.waiting()).toBe(0);
  });

  it('has no other page, and takes orders by POST alone', async () => {
    expect((await fetch(`${simulators.url}/payments/nothing`)).status).toBe(404);
    expect((await fetch(`${simulators.url}/payments.json`, { method: 'DELETE' })).status).toBe(405);
  });
});
