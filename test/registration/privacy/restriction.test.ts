import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { linkOwnAccount } from '#functions/incentive/link-payout-account.ts';
import { payReserved } from '#functions/purchase/authorize-payment.ts';
import { sendMessage } from '#functions/purchase/send-message.ts';
import { reservePurchase } from '#functions/purchase/send-otp.ts';
import { claimDue, linkAccount } from '#shared/incentive/account.ts';
import { openPayouts } from '#shared/incentive/incentive.ts';
import { recordOutcome } from '#shared/incentive/settlement.ts';
import { type Participant, participantFold, participants } from '#shared/journal/participant.ts';
import { oneTimeCodeOf } from '#shared/purchase/payment-token.ts';
import { checkConsent, consentInForce, consentTexts, sound } from '#shared/registration/privacy/consent.ts';
import { permit } from '#shared/registration/privacy/processing.ts';
import { join } from '#shared/selection/joining.ts';
import {
  type Citizen,
  courseOf,
  joiningOf,
  journeyUntil,
  keys,
  linkedAccount,
  minutesAfter,
  start,
} from '#test/journal/citizen.ts';
import { citizenClaims, failedIds, httpEvent, lambdaContext, queueEvent, read } from '#test/platform/events.ts';
import { privacyDesk } from '#test/registration/privacy/desk.ts';
import { type Engine, startTable } from '#test/table/engine.ts';
import { citizenAt, openMarket, signedEvent, storesOn } from '#test/wire/market.ts';

let engine: Engine;
const desk = privacyDesk('restriction', () => engine.table);
const now = minutesAfter(start, 12);
beforeAll(async () => {
  engine = await startTable();
  await openMarket(engine.table, [courseOf()]);
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(now);
});
afterEach(() => {
  vi.useRealTimers();
});

const change = ({ participantId }: Citizen, decide: Parameters<ReturnType<typeof participants>['change']>[1]) =>
  participants(engine.table).change(participantId, decide);
const refusedWith = (code: string) => expect.objectContaining({ code });

describe('a restriction', () => {
  it('holds at once, once, and for the one who asked', async () => {
    const [citizen, other] = [await desk.after('verify'), await desk.after('verify')];
    const own = desk.citizen(citizen);
    const asked = await own.request('restriction', 'stop-1');
    const { requestId } = asked.body;
    expect(asked).toMatchObject({
      status: 202,
      body: { requestId, state: 'in_force', restrictedAt: now.toISOString() },
    });
    expect(await own.request('restriction', 'stop-1')).toEqual(asked);
    expect(await desk.types(citizen)).toEqual([
      'PersonRegistered',
      'IdentityVerified',
      'PrivacyRequested',
      'ProcessingRestricted',
    ]);
    expect(await own.request('restriction', 'stop-2')).toMatchObject({ body: { code: 'privacy_request_exists' } });
    expect(await own.request('erasure', 'stop-1')).toMatchObject({ body: { code: 'privacy_request_exists' } });
    expect((await desk.citizen(other).privacy()).body).toMatchObject({ isRestricted: false, requests: [] });
  });

  it('stops joining', async () => {
    const citizen = await desk.after('verify');
    const joining = (file: Participant, at: Date) => join(file, joiningOf(file, citizen, { now: at }));
    await desk.citizen(citizen).request('restriction', 'stop');
    await expect(change(citizen, joining)).rejects.toThrow(refusedWith('processing_restricted'));
    await desk.citizen(citizen).takeBack('stop');
    expect((await change(citizen, joining)).membership.joined?.batchId).toBe('1');
  });

  it('stops a purchase, also one whose code was sent, and gives its seat to nobody', async () => {
    const citizen = await citizenAt(engine.table, 'decree', { citizen: desk.fresh() });
    const { cardNumber } = citizen;
    const stores = storesOn(engine.table);
    const reserve = async () => {
      const course = { course_code: 'COURSE-1', schedule_code: 'SCHEDULE-1', amount: 1_000_000 };
      const body = { user_platform_id: 'user', prakerja_id: cardNumber, ...course };
      const event = signedEvent({ path: '/api/v1/integration/payment/send-otp', body });
      return read(await reservePurchase(stores)(event, lambdaContext));
    };
    const first = await reserve();
    expect(first).toMatchObject({ status: 200 });
    const { payment_token } = z.object({ data: z.object({ payment_token: z.string() }) }).parse(first.body).data;
    await desk.citizen(citizen).request('restriction', 'stop');
    expect((await reserve()).body).toMatchObject({ code: 'ERRPLT40054' });
    const otp = oneTimeCodeOf(keys, (await desk.load(citizen)).purchases.open?.purchaseId ?? '');
    const event = signedEvent({
      path: '/api/v1/integration/payment/authorize',
      body: { otp, invoice_url: 'https://platform.example/1', invoice_code: 'INV-1' },
      headers: { authorization: `Payment ${payment_token}` },
    });
    const claim = vi.spyOn(stores.redeemCodes, 'claim');
    expect(read(await payReserved(stores)(event, lambdaContext)).body).toMatchObject({ code: 'ERRPLT40054' });
    expect(claim).not.toHaveBeenCalled();
    expect((await desk.load(citizen)).purchases.paid).toEqual([]);
  });

  it('stops linking an account, before any bank is asked', async () => {
    const citizen = await desk.after('rate');
    await desk.citizen(citizen).request('restriction', 'stop');
    const inquire = vi.fn();
    const handler = linkOwnAccount({ participants: participants(engine.table), keys: async () => keys, inquire });
    const body = { account: { kind: 'bank', provider: 'BNI', number: '1234567890' } };
    const claims = citizenClaims(citizen.participantId);
    const answer = read(await handler(httpEvent({ method: 'PUT', body, claims }), lambdaContext));
    expect(answer).toMatchObject({ status: 409, body: { code: 'processing_restricted' } });
    expect(inquire).not.toHaveBeenCalled();
    const linked = linkedAccount(await desk.load(citizen), citizen.participantId, '081234567890');
    const linking = change(citizen, (file, at) => linkAccount(citizen.participantId, file, linked, at));
    await expect(linking).rejects.toThrow(refusedWith('processing_restricted'));
  });

  it('claims nothing more, lets money that is on its way arrive, and claims again when it is lifted', async () => {
    const citizen = await desk.after('link');
    const { participantId } = citizen;
    const own = desk.citizen(citizen);
    await own.request('restriction', 'stop');
    const reference = openPayouts((await desk.load(citizen)).incentives)[0]?.reference ?? '';
    const refused = { kind: 'refused', reason: 'failed', fault: 'ours' } as const;
    await change(citizen, (file, at) => recordOutcome(participantId, file, reference, refused, at));
    const { incentives } = await desk.load(citizen);
    expect(incentives.payouts.get(reference)?.state).toBe('refused');
    expect((await change(citizen, (file, at) => claimDue(participantId, file, at))).incentives.payouts.size).toBe(1);
    await own.takeBack('stop');
    expect((await change(citizen, (file, at) => claimDue(participantId, file, at))).incentives.payouts.size).toBe(2);
  });

  it('sends only what the law or money makes necessary', async () => {
    const citizen = await desk.after('certify');
    const send = vi.fn(async () => {});
    const worker = sendMessage({ participants: participants(engine.table), gateway: { send }, keys: async () => keys });
    const { participantId } = citizen;
    const certificate = { notice: 'certificate_issued', participantId, number: '1' };
    const tell = async (notice: object) => failedIds(await worker(queueEvent([notice]), lambdaContext));
    await desk.citizen(citizen).request('restriction', 'stop');
    expect(await tell(certificate)).toEqual([]);
    expect(send).not.toHaveBeenCalled();
    expect(await tell({ notice: 'privacy_requested', participantId, requestId: 'stop' })).toEqual([]);
    expect(send).toHaveBeenCalledTimes(1);
    await desk.citizen(citizen).takeBack('stop');
    await tell(certificate);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('is lifted by two operators, never by one, and a withdrawal only by its citizen', async () => {
    const citizen = await desk.after('verify');
    const own = desk.citizen(citizen);
    const [anna, budi] = [desk.operator('anna'), desk.operator('budi')];
    await own.request('restriction', 'stop');
    await own.request('withdrawal', 'leave');
    for (let times = 0; times < 2; times += 1)
      expect(await anna.lift(citizen.participantId, 'stop')).toMatchObject({
        status: 200,
        body: { state: 'in_force', isLiftProposed: true },
      });
    for (let times = 0; times < 2; times += 1)
      expect(await budi.lift(citizen.participantId, 'stop')).toMatchObject({ body: { state: 'lifted' } });
    expect(await anna.lift(citizen.participantId, 'leave')).toMatchObject({ body: { code: 'privacy_request_ended' } });
    expect(await anna.lift(citizen.participantId, 'none')).toMatchObject({ body: { code: 'privacy_request_unknown' } });
    expect((await own.privacy()).body).toMatchObject({ isRestricted: true, consentVersion: null });
    expect(await own.takeBack('leave')).toMatchObject({ body: { code: 'privacy_request_ended' } });
    expect(await own.consent('2026-11')).toMatchObject({ status: 201, body: { isRestricted: false } });
  });

  it('is seen by operators with the time that is left, page by page', async () => {
    vi.setSystemTime(minutesAfter(start, 3 * 24 * 60));
    const many = await Promise.all(Array.from({ length: 27 }, () => desk.after('register')));
    for (const citizen of many) await desk.citizen(citizen).request('erasure', 'erase');
    const operator = desk.operator('anna');
    const first = await operator.list();
    expect(first.body.requests).toHaveLength(25);
    const second = await operator.list({ after: first.body.after });
    expect(second.body).toMatchObject({ after: null, requests: [{ minutesLeft: 72 * 60, isLate: false }, {}] });
    const ids = [...first.body.requests, ...second.body.requests].map(({ participantId }) => participantId);
    expect(ids.sort()).toEqual(many.map(({ participantId }) => participantId).sort());
    vi.setSystemTime(minutesAfter(start, 3 * 24 * 60 + 61 * 60));
    expect((await operator.list({ day: first.body.day, after: first.body.after })).body.requests).toMatchObject([
      { minutesLeft: 11 * 60, isLate: true },
      {},
    ]);
  });
});

describe('consent', () => {
  it('is recorded with version and time, given again after a withdrawal, and refused for any other text', async () => {
    const citizen = await desk.after('verify');
    const own = desk.citizen(citizen);
    expect((await own.privacy()).body).toMatchObject({
      consentVersion: '2026-11',
      versionInForce: '2026-11',
      consents: [{ version: '2026-11', at: start.toISOString() }],
    });
    expect(await own.consent('2025-01')).toMatchObject({
      status: 409,
      body: { code: 'consent_missing', title: 'Agree to the text of version 2026-11 first' },
    });
    await own.request('withdrawal', 'leave');
    vi.setSystemTime(minutesAfter(now, 5));
    for (let times = 0; times < 2; times += 1) await own.consent('2026-11');
    expect((await own.privacy()).body).toMatchObject({
      isRestricted: false,
      consents: [{ at: start.toISOString() }, { at: minutesAfter(now, 5).toISOString() }],
      requests: [{ state: 'lifted' }],
    });
    expect((await desk.types(citizen)).filter((type) => type === 'ConsentGiven')).toHaveLength(1);
  });

  it('is asked for at the registration, by the version in force', async () => {
    const citizen = desk.fresh();
    const body = { ...citizen.person, regencyCode: citizen.regencyCode, consentVersion: '2025-01' };
    expect(await desk.citizen(citizen).register(body)).toMatchObject({
      status: 409,
      body: { code: 'consent_missing' },
    });
    expect(await desk.types(citizen)).toEqual([]);
  });

  const [first] = consentTexts;
  if (!first) throw new Error('There is a text');
  const newer = { ...first, version: '2027-02', from: '2027-02-01T00:00:00.000Z' };
  const texts = sound([first, newer]);
  const second = new Date(newer.from);
  it('is asked for anew from the first instant of a newer text', () => {
    expect(consentInForce(minutesAfter(second, -1), texts).version).toBe(first.version);
    expect(consentInForce(second, texts).version).toBe('2027-02');
    expect(() => checkConsent(first.version, new Date(second.getTime() - 1), texts)).not.toThrow();
    expect(() => checkConsent(first.version, second, texts)).toThrow(refusedWith('consent_missing'));
    expect(() => checkConsent('2027-02', second, texts)).not.toThrow();
    expect(() => sound([newer, first])).toThrow('Versions of a text follow each other');
  });

  it('of the text in force is missing from what begins, and not from what settles', () => {
    const { file } = journeyUntil('verify');
    const without = { ...file, privacy: { ...file.privacy, consentVersion: '2025-01' } };
    expect(() => permit(without, ['BatchJoined'], now)).toThrow(refusedWith('consent_missing'));
    expect(() => permit(without, ['IncentivePaid', 'IncentiveClaimed', 'PrivacyRequested'], now)).not.toThrow();
    expect(() => permit(file, ['BatchJoined', 'PurchaseReserved'], now)).not.toThrow();
    expect(() => participantFold.guard?.(without, [], now)).not.toThrow();
  });
});
