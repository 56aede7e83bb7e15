import '#test/platform/environment.ts';
import { sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { receivePaymentNotification } from '#functions/incentive/receive-notification.ts';
import { isWorthAsking } from '#shared/incentive/notification.ts';
import { payoutReference } from '#shared/incentive/payout.ts';
import { parseCredentials } from '#shared/incentive/snap/credentials.ts';
import type { Notification } from '#shared/incentive/snap/notification.ts';
import { notificationText, snapTimestamp } from '#shared/incentive/snap/signature.ts';
import type { Participants } from '#shared/journal/participant.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { type Claim, inquireMessage, type PayDesk, payDesk, payMessage } from '#test/incentive/pay-desk.ts';
import { openOne, outcomes, relinked, settled } from '#test/incentive/paying.ts';
import { partnerSecret } from '#test/incentive/snap/orders.ts';
import { partnerPrivateKey } from '#test/incentive/snap/public-test-keys.ts';
import { fileAfter, minutesAfter, start } from '#test/journal/citizen.ts';
import { httpEvent, lambdaContext, read } from '#test/platform/events.ts';

const path = '/v1.0/transfer/notify';
type Heard = { readonly headers: Record<string, string>; readonly body: string };

let desk: PayDesk;
let server: Server;
/** What the sandbox sends, taken by a server of ours and handed to the function by hand. */
const heard: Heard[] = [];
beforeAll(async () => {
  desk = await payDesk('notifications', 40);
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ headers: Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)])), body });
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  desk.payments.callbackTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
});
afterAll(async () => {
  await desk.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
const noon = minutesAfter(start, 60);
beforeEach(() => {
  vi.setSystemTime(noon);
  heard.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  desk.calm();
});

const news = { originalReferenceNo: 'SW1', originalPartnerReferenceNo: 'T1A1TEST', latestTransactionStatus: '00' };
const ownKeys = { switching: partnerSecret };

/** Any body as a partner of `ownKeys` would send it. */
function signed(body: object | string): Heard {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = snapTimestamp(new Date());
  const message = notificationText({ method: 'POST', path, body: text, timestamp });
  const signature = sign('sha256', Buffer.from(message), partnerPrivateKey).toString('base64');
  const headers = { 'x-partner-id': partnerSecret.partnerId, 'x-timestamp': timestamp, 'x-signature': signature };
  return { headers, body: text };
}

/** Hands a notification to the function; its answer, and the messages that it sent. */
async function notify(
  { headers, body }: Heard,
  secret: object = desk.simulators.paymentPartners,
  files: Pick<Participants, 'load'> = desk.files,
) {
  const sent: Outgoing[] = [];
  const handler = receivePaymentNotification({
    credentials: async () => parseCredentials(JSON.stringify(secret)),
    participants: files,
    queues: { send: async (messages) => void sent.push(...messages) },
  });
  const event = httpEvent({ method: 'POST', path, headers, body });
  return { ...read(await handler(event, lambdaContext)), sent };
}

async function theOne(): Promise<Heard> {
  await desk.payments.callbacksArrived();
  const [one] = heard;
  if (!one) throw new Error('The sandbox has sent a notification');
  return one;
}

/** A payout whose outcome is open, while the partner has paid it; and the notification of that. */
async function openButPaid(): Promise<{ claim: Claim; notification: Heard }> {
  const claim = await desk.citizenAfter('link');
  desk.payments.faults.next('pay_then_cut');
  desk.payments.inquiryFaults.next('cut');
  await desk.deliver(payMessage(claim));
  return { claim, notification: await theOne() };
}

describe('a notification of a payment partner', () => {
  it('has the partner asked about what is open, and settles nothing itself', async () => {
    const { claim, notification } = await openButPaid();
    const { status, body, sent } = await notify(notification);
    expect([status, body]).toEqual([200, { responseCode: '2005200', responseMessage: 'Successful' }]);
    expect(sent).toEqual([{ queue: 'switchingQueueUrl', body: inquireMessage(claim) }]);
    expect((await desk.payoutOf(claim)).state).toBe('unknown');
    expect(await desk.deliver(inquireMessage(claim))).toBe('done');
    expect((await desk.payoutOf(claim)).state).toBe('paid');
  });

  it('that comes again after the payout was settled sends nothing more', async () => {
    const { claim, notification } = await openButPaid();
    await desk.deliver(inquireMessage(claim));
    expect(await notify(notification)).toMatchObject({ status: 200, sent: [] });
  });

  it('of funds that came back has the partner asked about what is paid', async () => {
    const claim = await desk.citizenAfter('link');
    await desk.deliver(payMessage(claim));
    await theOne();
    heard.length = 0;
    desk.payments.returnFunds(claim.reference);
    expect((await notify(await theOne())).sent).toEqual([{ queue: 'switchingQueueUrl', body: inquireMessage(claim) }]);
  });

  it.each([
    [
      'of somebody who was never claimed for',
      payoutReference({ participantId: 'a'.repeat(64), kind: 'training', number: 1, attempt: 1 }),
    ],
    ['that is none of ours', 'T1A1TEST'],
  ])('about a reference %s is acknowledged, and nothing is sent', async (_, originalPartnerReferenceNo) => {
    const notification = signed({ ...news, originalPartnerReferenceNo });
    expect(await notify(notification, ownKeys)).toMatchObject({ status: 200, sent: [] });
  });

  it.each<[string, object | string, string]>([
    ['is no JSON', '{"originalReferenceNo":', '4005200'],
    ['lacks a field', { ...news, latestTransactionStatus: undefined }, '4005202'],
    ['is no object', [], '4005201'],
    ['has a field of another type', { ...news, latestTransactionStatus: 0 }, '4005201'],
    ['has a status of another form', { ...news, latestTransactionStatus: 'success' }, '4005201'],
  ])('that is signed and %s is refused by its fault', async (_, body, responseCode) => {
    expect(await notify(signed(body), ownKeys)).toMatchObject({ status: 400, body: { responseCode }, sent: [] });
  });

  it('is refused by a fault of ours when our journal cannot be read, so that it comes again', async () => {
    const { notification } = await openButPaid();
    const broken = { load: () => Promise.reject(new Error('down')) };
    expect(await notify(notification, undefined, broken)).toMatchObject({
      status: 500,
      body: { responseCode: '5005200' },
    });
  });

  it.each<[string, (good: Heard) => Heard, number, string]>([
    [
      'whose body was changed',
      ({ headers, body }) => ({ headers, body: body.replace('"00"', '"04"') }),
      401,
      '4015200',
    ],
    [
      'that is not signed',
      ({ headers, body }) => ({ headers: { ...headers, 'x-signature': '' }, body }),
      401,
      '4015200',
    ],
    [
      'of nobody we know',
      ({ headers, body }) => ({ headers: { ...headers, 'x-partner-id': 'X' }, body }),
      401,
      '4015200',
    ],
    [
      'of another time',
      ({ headers, body }) => ({ headers: { ...headers, 'x-timestamp': '2026-01-01T00:00:00+07:00' }, body }),
      401,
      '4015200',
    ],
    ['that is too long', ({ headers }) => ({ headers, body: 'x'.repeat(300_000) }), 400, '4005200'],
  ])('%s is refused, and nothing is sent', async (_, change, status, responseCode) => {
    const { notification } = await openButPaid();
    const answer = await notify(change(notification));
    expect(answer).toMatchObject({ status, body: { responseCode }, sent: [] });
    expect(Object.keys(answer.body).sort()).toEqual(['responseCode', 'responseMessage']);
  });
});

describe('whether a notification is worth asking about', () => {
  const claimed = fileAfter('link');
  const { reference } = openOne(claimed);
  const files = {
    claimed,
    deferred: settled(claimed, { ...outcomes.deferred, releaseId: 'R1' }, noon),
    sent: settled(claimed, outcomes.sent, noon),
    unknown: settled(claimed, outcomes.unknown, noon),
    paid: settled(claimed, outcomes.paid, noon),
    refused: settled(claimed, outcomes.refused, noon),
    remedied: relinked(settled(claimed, outcomes.refused, noon), '081111111111', noon),
  };
  type Status = Notification['status'];
  const statuses: readonly Status[] = ['paid', 'in_progress', 'returned', 'refused', 'not_found', 'unknown'];

  it.each<[keyof typeof files, readonly Status[]]>([
    ['claimed', []],
    ['deferred', ['returned', 'refused', 'not_found', 'unknown']],
    ['sent', statuses],
    ['unknown', statuses],
    ['paid', ['returned', 'refused', 'not_found', 'unknown']],
    ['refused', []],
    ['remedied', []],
  ])('of a payout that is %s', (state, expected) => {
    const payout = files[state].incentives.payouts.get(reference);
    const asks = (partnerCode: 'switching' | 'bank-induk') =>
      statuses.filter((status) => isWorthAsking(payout, { partnerCode, status }));
    expect(payout?.state).toBe(state === 'deferred' ? 'claimed' : state);
    expect(asks('switching')).toEqual(expected);
    expect(asks('bank-induk')).toEqual([]);
  });

  it('of no payout never is', () => {
    expect(statuses.filter((status) => isWorthAsking(undefined, { partnerCode: 'switching', status }))).toEqual([]);
  });
});
