import { createHash, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { listen } from '#infra/local/wire.ts';
import { amountOf, snapBodies, snapClient } from '#test/local/payment-client.ts';

type Received = { readonly headers: IncomingHttpHeaders; readonly body: string };

let clock = new Date('2026-11-24T01:00:00.000Z');
const now = () => clock;
let simulators: Simulators;
let client: ReturnType<typeof snapClient>;
let bodies: ReturnType<typeof snapBodies>;
let ours: Awaited<ReturnType<typeof listen>>;
let received: Received[] = [];
let statuses: number[] = [];
beforeAll(async () => {
  ours = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(statuses.shift() ?? 200).end('{"responseCode":"2005200","responseMessage":"Successful"}');
    });
  });
  simulators = await startSimulators({ now });
  client = snapClient(simulators.paymentPartners.switching, now);
  bodies = snapBodies(simulators.paymentPartners.switching, now);
});
afterAll(async () => {
  await simulators.stop();
  await ours.stop();
});
afterEach(() => {
  simulators.payments.clear();
  simulators.payments.callbackTo(undefined);
  received = [];
  statuses = [];
});

const path = '/v1.0/transfer/notify';
const begin = () => simulators.payments.callbackTo(`${ours.url}${path}`);
const arrived = () => simulators.payments.callbacksArrived();
const pay = async (reference: string) => {
  const answer = await client.call('/v1.0/emoney/topup', bodies.topUp(reference));
  return answer.body.referenceNo;
};
const told = () => received.map(({ body }) => JSON.parse(body));
const references = () => told().map(({ originalPartnerReferenceNo }) => originalPartnerReferenceNo);

/** Whether a notification carries the signature of its partner, by the runtime alone. */
function isSigned({ headers, body }: Received, partnerPublicKey: string): boolean {
  const digest = createHash('sha256').update(body).digest('hex');
  const text = `POST:${path}:${digest}:${headers['x-timestamp']}`;
  const signature = Buffer.from(String(headers['x-signature']), 'base64');
  return verify('sha256', Buffer.from(text), partnerPublicKey, signature);
}

describe('a notification', () => {
  it('says what was paid, signed by the partner', async () => {
    begin();
    const referenceNo = await pay('notify-1');
    await arrived();
    expect(told()).toEqual([
      {
        originalReferenceNo: referenceNo,
        originalPartnerReferenceNo: 'notify-1',
        latestTransactionStatus: '00',
        transactionStatusDesc: 'success',
        amount: amountOf(600_000),
      },
    ]);
    const [one] = received;
    if (!one) throw new Error('One was told');
    const { partnerPublicKey, partnerId } = simulators.paymentPartners.switching;
    expect(isSigned(one, partnerPublicKey)).toBe(true);
    expect(isSigned({ ...one, body: one.body.replace('600000', '600001') }, partnerPublicKey)).toBe(false);
    expect(one.headers).toMatchObject({
      'content-type': 'application/json',
      'x-partner-id': partnerId,
      'x-timestamp': '2026-11-24T08:00:00+07:00',
      'x-external-id': expect.stringMatching(/^\d{1,36}$/),
      'channel-id': '95221',
    });
  });

  it('is not sent while nobody said where to', async () => {
    await pay('notify-nowhere');
    await arrived();
    expect(received).toEqual([]);
  });

  it('comes of a payment whose answer was cut off, and not of a refused one', async () => {
    begin();
    simulators.payments.faults.next('pay_then_cut');
    await expect(pay('notify-cut')).rejects.toThrow('fetch failed');
    simulators.payments.faults.next('account_refused');
    await pay('notify-refused');
    await arrived();
    expect(references()).toEqual(['notify-cut']);
  });

  it.each([
    ['in_progress_then_paid', '00'],
    ['in_progress_then_failed', '06'],
  ] as const)('comes of %s when it ends by the clock, unasked', async (fault, status) => {
    begin();
    simulators.payments.faults.next(fault);
    await pay(`notify-${fault}`);
    await arrived();
    expect(received).toEqual([]);
    clock = new Date(clock.getTime() + 60_000);
    await expect.poll(told).toMatchObject([{ latestTransactionStatus: status }]);
  });

  it('comes again when funds come back', async () => {
    begin();
    await pay('notify-returned');
    simulators.payments.returnFunds('notify-returned');
    await arrived();
    expect(
      told()
        .map(({ latestTransactionStatus }) => latestTransactionStatus)
        .sort(),
    ).toEqual(['00', '04']);
  });

  it('comes twice, is lost, or is late, as told', async () => {
    begin();
    simulators.payments.callbacksTwice();
    await pay('notify-twice');
    await arrived();
    expect(references()).toEqual(['notify-twice', 'notify-twice']);
    expect(received[0]?.headers['x-external-id']).not.toBe(received[1]?.headers['x-external-id']);

    received = [];
    simulators.payments.loseCallbacks(2);
    for (const reference of ['notify-lost-1', 'notify-lost-2', 'notify-kept']) await pay(reference);
    await arrived();
    expect(references()).toEqual(['notify-kept']);

    received = [];
    simulators.payments.delayCallbacks(120);
    const started = performance.now();
    await pay('notify-late');
    await arrived();
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
    expect(references()).toEqual(['notify-late']);
  });

  it('is kept back until released, in another order if told', async () => {
    begin();
    simulators.payments.holdCallbacks();
    for (const reference of ['notify-a', 'notify-b', 'notify-c']) await pay(reference);
    await arrived();
    expect(received).toEqual([]);
    simulators.payments.releaseCallbacks('reversed');
    await arrived();
    expect(references()).toEqual(['notify-c', 'notify-b', 'notify-a']);
    await pay('notify-d');
    await arrived();
    expect(references()).toHaveLength(4);
  });

  it('is sent three times at most, each with an external id of its own, until it is answered with 200', async () => {
    begin();
    statuses = [500, 401];
    await pay('notify-again');
    await arrived();
    expect(references()).toEqual(['notify-again', 'notify-again', 'notify-again']);
    expect(new Set(received.map(({ headers }) => headers['x-external-id'])).size).toBe(3);

    received = [];
    statuses = [500, 500, 500, 500];
    await pay('notify-in-vain');
    await arrived();
    expect(received).toHaveLength(3);
  });

  it('does not keep the partner from stopping', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const others = await startSimulators({ now });
    others.payments.callbackTo(`http://127.0.0.1:${port}${path}`);
    const other = snapClient(others.paymentPartners.switching, now);
    await other.call('/v1.0/emoney/topup', snapBodies(others.paymentPartners.switching, now).topUp('notify-silent'));
    const started = performance.now();
    await others.stop();
    await others.payments.callbacksArrived();
    expect(performance.now() - started).toBeLessThan(2_000);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});
