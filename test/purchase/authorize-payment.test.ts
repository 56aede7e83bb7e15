import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { payReserved } from '#functions/purchase/authorize-payment.ts';
import { reservePurchase } from '#functions/purchase/send-otp.ts';
import { oneTimeCodeOf } from '#shared/purchase/payment-token.ts';
import { purchaseOfCode } from '#shared/purchase/purchase-of-code.ts';
import { redeemCodeOf } from '#shared/purchase/redeem-codes.ts';
import { type Citizen, citizens, courseOf, keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { lambdaContext, read } from '#test/platform/events.ts';
import { type Death, type Engine, startTable } from '#test/table/engine.ts';
import { citizenAt, openMarket, signedEvent, storesOn } from '#test/wire/market.ts';

const payment = '/api/v1/integration/payment';
const Sent = z.object({ data: z.object({ payment_token: z.string() }) });
const classOf = (scheduleCode: string, places: number) => ({
  scheduleCode,
  startsAt: '2026-12-01T00:00:00.000Z',
  endsAt: '2026-12-02T00:00:00.000Z',
  places,
});
const webinar = courseOf({
  courseCode: 'WEBINAR',
  learningMethod: 'webinar',
  schedules: [classOf('WIDE', 150), classOf('ONE-SEAT', 1)],
});

let engine: Engine;
const buyers = citizens('authorize', 60);
let served = 0;
beforeAll(async () => {
  engine = await startTable();
  await openMarket(engine.table, [webinar]);
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 10));
});
afterEach(() => {
  vi.useRealTimers();
});

type Reservation = { readonly buyer: Citizen; readonly token: string; readonly otp: string };

/** A recipient of whom nobody else knows. */
async function freshBuyer() {
  const citizen = buyers[served];
  served += 1;
  if (!citizen) throw new Error('More buyers are needed');
  return citizenAt(engine.table, 'decree', { citizen });
}

async function ask({ cardNumber }: { cardNumber: string }, scheduleCode: string) {
  const course = { course_code: 'WEBINAR', schedule_code: scheduleCode, amount: 1_000_000 };
  const body = { user_platform_id: 'user', prakerja_id: cardNumber, ...course };
  const handler = reservePurchase(storesOn(engine.table));
  return read(await handler(signedEvent({ path: `${payment}/send-otp`, body }), lambdaContext));
}

/** A recipient who has asked for a one-time code. */
async function reserved(scheduleCode = 'WIDE'): Promise<Reservation> {
  const buyer = await freshBuyer();
  const token = Sent.parse((await ask(buyer, scheduleCode)).body).data.payment_token;
  const { state } = await storesOn(engine.table).participants.load(buyer.participantId);
  return { buyer, token, otp: oneTimeCodeOf(keys, state.purchases.open?.purchaseId ?? '') };
}

/** Pays a reservation; `death`: by a process that dies. */
async function authorize({ token, otp }: Pick<Reservation, 'token' | 'otp'>, invoice: string, death?: Death) {
  const table = death ? engine.dying(death) : engine.table;
  const { partners } = storesOn(engine.table);
  const body = { otp, invoice_url: 'https://platform.example/invoice', invoice_code: invoice };
  const headers = { authorization: `Payment ${token}` };
  const event = signedEvent({ path: `${payment}/authorize`, body, headers });
  return read(await payReserved({ ...storesOn(table), partners })(event, lambdaContext));
}

async function fileOf({ buyer }: Pick<Reservation, 'buyer'>) {
  return (await storesOn(engine.table).participants.load(buyer.participantId)).state;
}

describe('paying by a process that dies', () => {
  // Three writes: the owner of the code, the seat, the event.
  const deaths: readonly Death[] = [1, 2, 3].flatMap(
    (write) =>
      [
        { write, when: 'before' },
        { write, when: 'after' },
      ] as const,
  );

  it.each(deaths)('$when write $write, and again by another, is exactly one purchase', async (death) => {
    const reservation = await reserved();
    const invoice = `DEATH-${death.write}-${death.when}`;
    const { seats } = storesOn(engine.table);
    const before = await seats.left('WEBINAR', classOf('WIDE', 150));

    expect((await authorize(reservation, invoice, death)).status).toBe(500);
    const answers = [await authorize(reservation, invoice), await authorize(reservation, invoice)];
    expect(answers[0]).toMatchObject({ status: 200, body: { data: { invoice_code: invoice, amount: 1_000_000 } } });
    expect(answers[1]).toEqual(answers[0]);

    const { purchases, balances } = await fileOf(reservation);
    expect(purchases.paid.map(({ invoiceCode }) => invoiceCode)).toEqual([invoice]);
    expect(balances).toMatchObject({
      training_credit: 2_500_000,
      reserved: 0,
      institution_payable: 900_000,
      platform_commission: 100_000,
    });
    expect(before - (await seats.left('WEBINAR', classOf('WIDE', 150)))).toBe(1);
    const found = await purchaseOfCode(storesOn(engine.table), redeemCodeOf(keys, 'PLATFORM', invoice));
    expect(found).toMatchObject({ participantId: reservation.buyer.participantId, purchase: { invoiceCode: invoice } });
  });

  it('has these three writes and no more', async () => {
    const reservation = await reserved();
    expect((await authorize(reservation, 'FOUR', { write: 4, when: 'before' })).status).toBe(200);
  });
});

describe('paying', () => {
  it('ten times at once is one purchase', async () => {
    const reservation = await reserved();
    const answers = await Promise.all(Array.from({ length: 10 }, () => authorize(reservation, 'TEN')));
    const paid = answers.filter(({ status }) => status === 200);
    expect(paid.length).toBeGreaterThan(0);
    for (const answer of paid) expect(answer).toEqual(paid[0]);
    for (const { status } of answers) expect([200, 503]).toContain(status);
    expect((await fileOf(reservation)).purchases.paid).toHaveLength(1);
  });

  it('with an invoice that paid for somebody else moves nothing', async () => {
    const [one, other] = [await reserved(), await reserved()];
    await authorize(one, 'SHARED');
    expect(await authorize(other, 'SHARED')).toMatchObject({ status: 400, body: { code: 'ERRPLT40052' } });
    const { purchases, balances } = await fileOf(other);
    expect(purchases.paid).toEqual([]);
    expect(balances).toMatchObject({ reserved: 1_000_000, institution_payable: 0 });
    expect((await authorize(other, 'OWN')).status).toBe(200);
  });

  it('by two for the last seat seats one, and leaves the other the money', async () => {
    const two = [await reserved('ONE-SEAT'), await reserved('ONE-SEAT')];
    const answers = await Promise.all(two.map((reservation, index) => authorize(reservation, `SEAT-${index}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const files = await Promise.all(two.map(fileOf));
    const loser = answers.findIndex(({ status }) => status === 400);
    expect(answers[loser]?.body).toMatchObject({ code: 'ERRPLT40040' });
    expect(files[loser]?.balances).toMatchObject({ reserved: 1_000_000, institution_payable: 0 });
    expect(await purchaseOfCode(storesOn(engine.table), redeemCodeOf(keys, 'PLATFORM', `SEAT-${loser}`))).toBeNull();
  });

  it('with a wrong code counts it, five times, and then takes no code', async () => {
    const reservation = await reserved();
    const wrong = { ...reservation, otp: reservation.otp === '000000' ? '000001' : '000000' };
    for (let guess = 1; guess <= 5; guess += 1)
      expect((await authorize(wrong, 'GUESS')).body).toMatchObject({ code: 'ERRPLT40049' });
    expect((await authorize(reservation, 'GUESS')).body).toMatchObject({ code: 'ERRPLT40050' });
    expect((await fileOf(reservation)).purchases.paid).toEqual([]);
  });

  it('after ten minutes needs a new code', async () => {
    const reservation = await reserved();
    vi.setSystemTime(new Date(minutesAfter(start, 20).getTime() + 1));
    expect((await authorize(reservation, 'LATE')).body).toMatchObject({ code: 'ERRPLT40051' });
  });

  it('with the code of another reservation is a wrong code', async () => {
    const [one, other] = [await reserved(), await reserved()];
    expect((await authorize({ token: one.token, otp: other.otp }, 'MIXED')).body).toMatchObject({
      code: 'ERRPLT40049',
    });
  });
});

describe('asking for a code', () => {
  it('is refused when no seat is left', async () => {
    const left = await storesOn(engine.table).seats.left('WEBINAR', classOf('ONE-SEAT', 1));
    if (left > 0) await authorize(await reserved('ONE-SEAT'), 'LAST');
    expect((await ask(await freshBuyer(), 'ONE-SEAT')).body).toMatchObject({ code: 'ERRPLT40040' });
  });
});
