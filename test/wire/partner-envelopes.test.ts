import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { payReserved } from '#functions/purchase/authorize-payment.ts';
import { answerQuota } from '#functions/purchase/check-quota.ts';
import { answerPayment } from '#functions/purchase/read-payment.ts';
import { reservePurchase } from '#functions/purchase/send-otp.ts';
import { answerCodeStatus } from '#functions/training/check-redeem-code.ts';
import { useRedeemCode } from '#functions/training/commit-redeem-code.ts';
import { makeAttendanceUrl } from '#functions/training/generate-url.ts';
import { oneTimeCodeOf } from '#shared/purchase/payment-token.ts';
import { redeemCodeOf } from '#shared/purchase/redeem-codes.ts';
import { citizen, keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { lambdaContext, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';
import { citizenAt, institution, openMarket, platform, redirectUri, signedEvent, storesOn } from '#test/wire/market.ts';

/*
 * The answers in the shapes of the developer pages and of clients that work with them, written down from those and not
 * from the product's schemas. Strict: a field more would be a change of the contract.
 */
const ok = <Data extends z.ZodType>(data: Data, message: z.ZodType = z.literal('OK')) =>
  z.strictObject({ success: z.literal(true), message, data });
const wholeSeconds = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const Failure = z.strictObject({
  code: z.string().regex(/^ERR/),
  message: z.string().min(1),
  success: z.literal(false),
});

const Quota = ok(z.strictObject({ schedule_code: z.string(), course_code: z.string(), quota: z.int() }));
const Otp = ok(z.strictObject({ payment_token: z.string().min(1) }));
const paid = {
  invoice_code: z.string(),
  transaction_code: z.string().min(1),
  amount: z.int(),
  status: z.literal('SUCCESS'),
  prakerja_name: z.string().min(1),
};
const Authorized = ok(z.strictObject(paid), z.literal('Pelatihan berhasil dibeli.'));
const Payment = ok(z.strictObject({ created_at: wholeSeconds, ...paid }));
const Address = ok(
  z.strictObject({
    url: z.url(),
    state: z.string().min(1),
    course: z.strictObject({ type: z.int(), learning_method: z.string() }),
  }),
);
const CodeStatus = ok(
  z.strictObject({
    redeem_code: z.string(),
    course_code: z.string(),
    invoice_code: z.string(),
    schedule_code: z.string(),
    status: z.int(),
    attendance_status: z.int(),
    redeem_at: z.union([wholeSeconds, z.literal('')]),
    dp_platform: z.string(),
    schedule_start_end: z.string(),
    course_type: z.int(),
    course_type_label: z.string(),
    course_learning_method: z.string(),
    is_online_attendance: z.boolean(),
    sequence: z.int(),
  }),
);
const Committed = ok(z.strictObject({ redeem_code: z.string(), course_code: z.string(), status: z.int() }));

const payment = '/api/v1/integration/payment';
const codePath = `${payment}/redeem-code`;
const invoice = { invoice_code: 'TOKPED-1', invoice_url: 'https://platform.example/invoices/1' };
const redeemCode = redeemCodeOf(keys, 'PLATFORM', 'TOKPED-1');

let engine: Engine;
let buyer: Awaited<ReturnType<typeof citizenAt>>;
beforeAll(async () => {
  engine = await startTable();
  await openMarket(engine.table);
  buyer = await citizenAt(engine.table, 'decree');
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 10));
});
afterEach(() => {
  vi.useRealTimers();
});

type Handler = ReturnType<typeof answerQuota>;
async function post(handler: Handler, path: string, body: object, { partner = platform, authorization = '' } = {}) {
  const headers = authorization ? { Authorization: authorization } : {};
  return read(await handler(signedEvent({ partner, path, body, headers }), lambdaContext));
}
const stores = () => storesOn(engine.table);
const asInstitution = { partner: institution };

describe('the partner API, from the quota to the used code', () => {
  let token = '';
  const order = () => ({
    user_platform_id: 'user-1',
    prakerja_id: buyer.cardNumber,
    course_code: 'COURSE-1',
    schedule_code: 'SCHEDULE-1',
    amount: 1_000_000,
  });
  const codeOf = async () => {
    const { state } = await stores().participants.load(buyer.participantId);
    return oneTimeCodeOf(keys, state.purchases.open?.purchaseId ?? state.purchases.paid[0]?.purchaseId ?? '');
  };
  const authorize = async (fields: object) =>
    post(
      payReserved(stores()),
      `${payment}/authorize`,
      { otp: await codeOf(), ...invoice, ...fields },
      { authorization: `Payment ${token}` },
    );

  it('quota-schedule answers the places left', async () => {
    const asked = { course_code: 'COURSE-1', schedule_code: 'SCHEDULE-1' };
    const { status, body } = await post(answerQuota(stores()), `${payment}/quota-schedule`, asked);
    expect(status).toBe(200);
    expect(Quota.parse(body).data).toEqual({ ...asked, quota: 999_999 });
  });

  it('quota-schedule answers an empty code with the documented error', async () => {
    const asked = { course_code: '', schedule_code: 'SCHEDULE-1' };
    const { status, body } = await post(answerQuota(stores()), `${payment}/quota-schedule`, asked);
    expect(status).toBe(400);
    expect(Failure.parse(body).code).toBe('ERRPLT40036');
  });

  it('status of an invoice that paid for nothing is the documented error', async () => {
    const { status, body } = await post(answerPayment(stores()), `${payment}/status`, { invoice_code: 'TOKPED-1' });
    expect(status).toBe(400);
    expect(Failure.parse(body)).toMatchObject({ code: 'ERRVOD40001', message: 'Kode transaksi tidak ditemukan.' });
  });

  it('send-otp answers a payment token', async () => {
    const { status, body } = await post(reservePurchase(stores()), `${payment}/send-otp`, order());
    expect(status).toBe(200);
    token = Otp.parse(body).data.payment_token;
  });

  it.each([
    ['an unknown card', { prakerja_id: '1'.repeat(16) }, 'ERRPLT40041'],
    ['another price', { amount: 999_999 }, 'ERRPLT40044'],
    ['an unknown course', { course_code: 'COURSE-9' }, 'ERRPLT40037'],
    ['an unknown schedule', { schedule_code: 'SCHEDULE-9' }, 'ERRPLT40038'],
  ])('send-otp refuses %s', async (_, fields, code) => {
    const { status, body } = await post(reservePurchase(stores()), `${payment}/send-otp`, { ...order(), ...fields });
    expect([status, Failure.parse(body).code]).toEqual([400, code]);
  });

  it('authorize refuses a wrong code and a foreign token', async () => {
    const wrong = (await codeOf()) === '000000' ? '000001' : '000000';
    expect(Failure.parse((await authorize({ otp: wrong })).body).code).toBe('ERRPLT40049');
    const foreign = { authorization: 'Payment abc' };
    const answer = await post(payReserved(stores()), `${payment}/authorize`, { otp: '000000', ...invoice }, foreign);
    expect([answer.status, Failure.parse(answer.body).code]).toEqual([400, 'ERRPLT40051']);
  });

  it('authorize pays, and answers the same when it comes again', async () => {
    const first = await authorize({});
    expect(first.status).toBe(200);
    expect(Authorized.parse(first.body).data).toMatchObject({
      invoice_code: 'TOKPED-1',
      amount: 1_000_000,
      prakerja_name: buyer.person.name,
    });
    expect(await authorize({})).toEqual(first);
  });

  it('status answers the payment', async () => {
    const { status, body } = await post(answerPayment(stores()), `${payment}/status`, { invoice_code: 'TOKPED-1' });
    expect(status).toBe(200);
    expect(Payment.parse(body).data).toMatchObject({ created_at: '2026-11-02T03:10:00Z', amount: 1_000_000 });
  });

  it('url-generate answers an address, and takes a missing sequence for the first', async () => {
    const handler = makeAttendanceUrl({ ...stores(), publicUrl: 'https://prakerja.example' });
    const asked = { redeem_code: redeemCode, redirect_uri: redirectUri, email: 'a@b.id' };
    const { status, body } = await post(handler, '/api/v1/integration/oauth/url-generate', asked, asInstitution);
    expect(status).toBe(200);
    expect(Address.parse(body).data.url).toMatch(/^https:\/\/prakerja\.example\/attendance\?ticket=/);
    const elsewhere = { ...asked, redirect_uri: 'https://elsewhere.example/' };
    const refused = await post(handler, '/api/v1/integration/oauth/url-generate', elsewhere, asInstitution);
    expect(Failure.parse(refused.body).code).toBe('ERRTRX40031');
  });

  const statusOf = async (fields: object = {}) =>
    post(answerCodeStatus(stores()), `${codePath}/status`, { redeem_code: redeemCode, ...fields }, asInstitution);

  it('redeem-code/status tells an unused code', async () => {
    const { status, body } = await statusOf();
    expect(status).toBe(200);
    expect(CodeStatus.parse(body).data).toMatchObject({
      redeem_code: redeemCode,
      status: 0,
      attendance_status: 0,
      redeem_at: '',
      invoice_code: 'TOKPED-1',
      dp_platform: 'Tokopedia',
      sequence: 1,
    });
  });

  it.each([
    [0, 'ERRTRX40032'],
    [11, 'ERRTRX40032'],
    [998, 'ERRTRX40032'],
  ])('redeem-code/status refuses sequence %i', async (sequence, code) => {
    expect(Failure.parse((await statusOf({ sequence })).body).code).toBe(code);
  });

  it('redeem-code/commit uses the code once; the same request again is a repeat', async () => {
    const commit = async () =>
      post(useRedeemCode(stores()), `${codePath}/commit`, { redeem_code: redeemCode }, asInstitution);
    const first = await commit();
    expect(first.status).toBe(200);
    expect(Committed.parse(first.body).data).toEqual({ redeem_code: redeemCode, course_code: 'COURSE-1', status: 1 });
    expect(await commit()).toEqual(first);
    vi.setSystemTime(minutesAfter(start, 11));
    const another = await commit();
    expect([another.status, Failure.parse(another.body)]).toEqual([
      400,
      { code: 'ERRTRX40021', message: 'Redeem Code sudah digunakan', success: false },
    ]);
  });

  it('redeem-code/status tells a used code', async () => {
    expect(CodeStatus.parse((await statusOf()).body).data).toMatchObject({
      status: 1,
      attendance_status: 1,
      redeem_at: '2026-11-02T03:10:00Z',
    });
    expect(CodeStatus.parse((await statusOf({ sequence: 2 })).body).data).toMatchObject({
      status: 1,
      attendance_status: 0,
    });
  });

  it('a code of nobody, and a call by the wrong kind of partner, are refused as clients expect', async () => {
    const unknown = await post(
      useRedeemCode(stores()),
      `${codePath}/commit`,
      { redeem_code: 'NOTHING' },
      asInstitution,
    );
    expect(Failure.parse(unknown.body)).toMatchObject({ code: 'ERRTRX40020', message: 'Transaksi tidak ditemukan' });
    const platformCall = await post(useRedeemCode(stores()), `${codePath}/commit`, { redeem_code: redeemCode });
    expect(platformCall.status).toBe(403);
  });

  it('takes an invoice code that is a number, as the field table has it', async () => {
    const other = await citizenAt(engine.table, 'decree', { citizen: citizen('number') });
    const sent = await post(reservePurchase(stores()), `${payment}/send-otp`, {
      ...order(),
      prakerja_id: other.cardNumber,
    });
    const { state } = await stores().participants.load(other.participantId);
    const otp = oneTimeCodeOf(keys, state.purchases.open?.purchaseId ?? '');
    const body = { otp, invoice_url: invoice.invoice_url, invoice_code: 1234567 };
    const authorization = `Payment ${Otp.parse(sent.body).data.payment_token}`;
    const answer = await post(payReserved(stores()), `${payment}/authorize`, body, { authorization });
    expect(Authorized.parse(answer.body).data.invoice_code).toBe('1234567');
  });
});
