import { ok } from 'node:assert/strict';
import { createHash, createHmac, verify } from 'node:crypto';
import { paymentPartners } from '#shared/incentive/payment-partners.ts';
import { snapClient } from '#shared/incentive/snap/client.ts';
import { verifyNotification } from '#shared/incentive/snap/notification.ts';
import { payoutRequest, signedRequest } from '#shared/incentive/snap/requests.ts';
import { externalId, notificationText } from '#shared/incentive/snap/signature.ts';
import { median, row } from '#test/bench/row.ts';
import type { Suite } from '#test/bench/suite.ts';
import { answered, credentialsWith, orderOf, reference } from '#test/incentive/snap/orders.ts';
import { at, notificationVector, timestamp } from '#test/incentive/snap/public-test-keys.ts';

const rounds = 15;
const partner = paymentPartners.switching;
const credentials = credentialsWith();
const order = orderOf();
/** As long as partners' tokens are. */
const accessToken = 'x'.repeat(400);

type Work = () => unknown;

async function cpuMicroseconds(work: Work, times: number): Promise<number> {
  const started = process.cpuUsage();
  for (let time = 0; time < times; time += 1) {
    const result = work();
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(started);
  return (user + system) / times;
}

/** CPU of one run of each, in turns, so that both meet the same noise of the machine; the first round only warms up. */
async function measured(work: Work, bare: Work, times: number) {
  const values: number[] = [];
  const baselines: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const [value, baseline] = [await cpuMicroseconds(work, times), await cpuMicroseconds(bare, times)];
    if (round === 0) continue;
    values.push(value);
    baselines.push(baseline);
  }
  return { value: median(values), baseline: median(baselines), unit: 'µs of CPU' };
}

function sign() {
  const now = new Date();
  const request = payoutRequest(partner, credentials, order, now);
  return signedRequest(credentials, accessToken, request, { externalId: externalId(now), now });
}

/** What no client can do without: SHA-256 of the body and HMAC-SHA512 of the text that is signed, of the same bytes. */
function bareSignature(): Work {
  const { text, headers } = sign();
  const signed = (digest: string) => `POST:/v1.0/transfer-interbank:${accessToken}:${digest}:${headers['x-timestamp']}`;
  const bare = () => {
    const digest = createHash('sha256').update(text).digest('hex');
    return createHmac('sha512', credentials.clientSecret).update(signed(digest)).digest('base64');
  };
  ok(bare() === headers['x-signature'], 'The bare signature is of the same bytes');
  return bare;
}

/** A whole payout, with everything but the connection: token, request, signature, and the answer sorted. */
function payout(): Work {
  const token = answered('2007300', { accessToken, expiresIn: '900' });
  const paid = JSON.stringify(answered('2001800', { referenceNo: 'R-1', partnerReferenceNo: reference }));
  const client = snapClient({
    partner,
    credentials: async () => credentials,
    post: async (url) => (url.endsWith('/b2b') ? token : JSON.parse(paid)),
  });
  return async () => ok((await client.pay(order)).kind === 'paid');
}

const { path, body, signature } = notificationVector;

function notification(): Work {
  const headers = { 'x-partner-id': credentials.partnerId, 'x-timestamp': timestamp, 'x-signature': signature };
  const request = { method: 'POST', path, headers, body };
  return () => verifyNotification(request, { switching: credentials }, at);
}

function bareVerification(): Work {
  const signed = Buffer.from(notificationText({ method: 'POST', path, body, timestamp }));
  const bytes = Buffer.from(signature, 'base64');
  return () => ok(verify('sha256', signed, credentials.partnerPublicKey, bytes));
}

/** What the client of a payment partner costs beside the bare cryptography of the runtime. */
export const snapClientCpu: Suite = {
  name: 'incentive.snap_cpu',
  async measure() {
    const named = (what: string) => ({ capability: `incentive/${what}`, name: 'incentive.snap_cpu' });
    return [
      row({ ...named('payout-request'), ...(await measured(sign, bareSignature(), 10_000)), target: 3 }),
      row({ ...named('payout'), ...(await measured(payout(), bareSignature(), 10_000)), target: 4 }),
      row({ ...named('notification'), ...(await measured(notification(), bareVerification(), 2_000)), target: 1.5 }),
    ];
  },
};
