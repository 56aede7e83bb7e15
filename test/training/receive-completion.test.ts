import '#test/platform/environment.ts';
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordPresence } from '#functions/training/confirm-attendance.ts';
import { recordCompletion } from '#functions/training/receive-completion.ts';
import type { Partner } from '#shared/catalogue/partner.ts';
import { redeemCodeOf } from '#shared/purchase/redeem-codes.ts';
import { attendanceTicket } from '#shared/training/attendance-ticket.ts';
import { partnerOf, storePartner } from '#test/catalogue/partners.ts';
import { citizens, keys, minutesAfter, purchaseIdOf, type StepName, start } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';
import { citizenAt, institution, openMarket, platform, storesOn } from '#test/wire/market.ts';

let engine: Engine;
const people = citizens('completion', 20);
const other = partnerOf({ clientCode: 'OTHER', kind: 'institution' });
const now = minutesAfter(start, 60);
let served = 0;
beforeAll(async () => {
  engine = await startTable();
  await openMarket(engine.table);
  await storePartner(engine.table, other);
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(now);
});
afterEach(() => {
  vi.useRealTimers();
});

/** A citizen of whom nobody else knows; their purchase has the code of the regular journey. */
async function learner(last: StepName) {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  await citizenAt(engine.table, last, { citizen });
  return { ...citizen, redeemCode: 'REDEEM-1' };
}

type Sent = {
  readonly id?: string;
  readonly at?: Date;
  readonly partner?: Partner;
  readonly headers?: Readonly<Record<string, string>>;
};

async function send(body: string | object, { id = 'msg_1', at = now, partner = institution, headers = {} }: Sent = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac('sha256', Buffer.from(partner.webhookKey, 'base64')).update(
    `${id}.${timestamp}.${text}`,
  );
  const signed = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature.digest('base64')}`,
  };
  const event = httpEvent({
    path: `/v1/webhooks/${partner.clientCode}`,
    pathParameters: { clientCode: partner.clientCode },
    body: text,
    headers: { ...signed, ...headers },
  });
  return read(await recordCompletion(storesOn(engine.table))(event, lambdaContext));
}

const completionOf = (redeemCode: string, changes: object = {}) => ({
  type: 'course.completed',
  timestamp: now.toISOString(),
  data: { redeem_code: redeemCode, completed_at: now.toISOString(), score_percent: 80, ...changes },
});

describe('a completion by webhook', () => {
  it('is accepted with a certificate number, and answered the same when it comes again', async () => {
    const { redeemCode, participantId } = await learner('redeem');
    await storesOn(engine.table).redeemCodes.claim(redeemCode, { participantId, purchaseId: purchaseIdOf(1) });
    const first = await send(completionOf(redeemCode));
    expect(first).toMatchObject({
      status: 202,
      body: { accepted: true, certificateNumber: expect.stringMatching(/^[0-9A-Z]{16}$/) },
    });
    expect(await send(completionOf(redeemCode))).toEqual(first);
    expect(await send(completionOf(redeemCode), { id: 'msg_2' })).toEqual(first);
    const entries = await storesOn(engine.table).participants.entries(participantId);
    expect(entries.flatMap(({ events }) => events).filter(({ type }) => type === 'CourseCompleted')).toHaveLength(1);

    expect(await send(completionOf(redeemCode, { score_percent: 81 }))).toMatchObject({
      status: 409,
      body: { code: 'webhook_id_reused' },
    });
    expect(await send(completionOf(redeemCode, { score_percent: 81 }), { id: 'msg_2' })).toMatchObject({
      status: 409,
      body: { code: 'completion_differs' },
    });
  });

  it.each<[string, Sent, string]>([
    ['without an id', { headers: { 'webhook-id': '' } }, 'credentials_missing'],
    ['with an id of 101 characters', { id: 'x'.repeat(101) }, 'credentials_missing'],
    ['without a signature', { headers: { 'webhook-signature': '' } }, 'credentials_missing'],
    ['of 301 seconds ago', { at: new Date(now.getTime() - 301_000) }, 'timestamp_stale'],
    ['301 seconds ahead', { at: new Date(now.getTime() + 301_000) }, 'timestamp_stale'],
    ['of an unknown sender', { partner: { ...institution, clientCode: 'NOBODY' } }, 'signature_wrong'],
    ['of a platform', { partner: platform }, 'signature_wrong'],
    [
      'with the key of another',
      { partner: { ...institution, webhookKey: Buffer.from('another').toString('base64') } },
      'signature_wrong',
    ],
    ['under the id of another message', { headers: { 'webhook-id': 'msg_9' } }, 'signature_wrong'],
  ])('%s is refused before anybody reads it', async (_, sent, code) => {
    expect((await send('no JSON at all', sent)).body).toMatchObject({ code });
  });

  it.each([
    [-300, 'redeem_code_unknown'],
    [300, 'redeem_code_unknown'],
  ])('signed %i seconds from now is read', async (seconds, code) => {
    const at = new Date(now.getTime() + seconds * 1_000);
    expect((await send(completionOf('NOTHING'), { at })).body).toMatchObject({ code });
  });

  it.each([
    ['no JSON', '{', 'body_not_json'],
    ['another type', { ...completionOf('X'), type: 'course.started' }, 'request_invalid'],
    ['an unknown field', { ...completionOf('X'), more: 1 }, 'request_invalid'],
    ['a score of 101', completionOf('X', { score_percent: 101 }), 'request_invalid'],
    ['no time', completionOf('X', { completed_at: 'today' }), 'request_invalid'],
  ])('with %s is refused', async (_, body, code) => {
    expect((await send(body)).body).toMatchObject({ code });
  });

  it('of a course that another institution teaches is refused', async () => {
    expect((await send(completionOf('REDEEM-1'), { partner: other })).body).toMatchObject({
      code: 'redeem_code_foreign',
    });
  });
});

describe('presence', () => {
  const ticketFor = (redeemCode: string, sequence = 1, expiresAt = minutesAfter(now, 30)) =>
    attendanceTicket(keys, {
      redeemCode,
      courseCode: 'course-1',
      clientCode: institution.clientCode,
      sequence,
      redirectUri: 'https://lp.example/callback?course=1',
      state: 'state-1',
      expiresAt: expiresAt.toISOString(),
    });
  const confirm = async (participantId: string, ticket: string) =>
    read(
      await recordPresence(storesOn(engine.table))(
        httpEvent({ body: { ticket }, claims: citizenClaims(participantId) }),
        lambdaContext,
      ),
    );

  it('is recorded for the owner of the code, once, and leads back with the state', async () => {
    const { participantId, redeemCode } = await learner('pay');
    const answer = await confirm(participantId, ticketFor(redeemCode));
    expect(answer).toMatchObject({
      status: 201,
      body: { redirectUrl: 'https://lp.example/callback?course=1&state=state-1' },
    });
    expect(await confirm(participantId, ticketFor(redeemCode))).toEqual(answer);
    const entries = await storesOn(engine.table).participants.entries(participantId);
    expect(entries.flatMap(({ events }) => events).filter(({ type }) => type === 'AttendanceRecorded')).toHaveLength(1);
  });

  it('is refused to anybody else, before the code is used, and after the ticket has expired', async () => {
    const { participantId, redeemCode } = await learner('pay');
    const { participantId: stranger } = await learner('decree');
    const codeOf = async (answer: ReturnType<typeof confirm>) => (await answer).body.code;
    expect(await codeOf(confirm(stranger, ticketFor(redeemCode)))).toBe('ticket_invalid');
    expect(await codeOf(confirm(participantId, ticketFor(redeemCode, 2)))).toBe('redeem_code_unused');
    expect(await codeOf(confirm(participantId, ticketFor(redeemCode, 1, minutesAfter(now, -1))))).toBe(
      'ticket_invalid',
    );
    expect(await codeOf(confirm(participantId, redeemCodeOf(keys, 'P', 'I')))).toBe('ticket_invalid');
  });
});
