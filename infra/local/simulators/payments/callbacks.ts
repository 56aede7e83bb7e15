import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { statusText } from '#infra/local/simulators/payments/inquiry-services.ts';
import type { PartnerSecrets } from '#infra/local/simulators/payments/partners.ts';
import type { AcceptedOrder } from '#infra/local/simulators/payments/payment-book.ts';
import { amountOf } from '#infra/local/simulators/payments/snap-answers.ts';
import { notificationSignature } from '#infra/local/simulators/payments/snap-signatures.ts';
import { wibTime } from '#infra/local/simulators/payments/wib-time.ts';

const attempts = 3;
const answerMilliseconds = 15_000;
const pauseMilliseconds = 500;
const callsAtOnce = 16;

/** What becomes of the notifications to the program. Off until it has an address. */
export type CallbackControl = {
  /** The full address they are sent to; undefined ends them. */
  callbackTo(url: string | undefined): void;
  /** The next ones (one unless said) are never sent. */
  loseCallbacks(times?: number): void;
  /** Each of the next ones (one unless said) is sent again after it has arrived. */
  callbacksTwice(times?: number): void;
  /** Each from now on waits this long. */
  delayCallbacks(milliseconds: number): void;
  /** Keeps them back until they are released: in their order, or the newest first. */
  holdCallbacks(): void;
  releaseCallbacks(order?: 'in_order' | 'reversed'): void;
  /** Resolves when none is under way. */
  callbacksArrived(): Promise<void>;
};

export type CallbackSender = {
  readonly control: CallbackControl;
  /** Tells the program of a payment that was made, failed or came back. */
  notify(secrets: PartnerSecrets, order: AcceptedOrder): void;
  /** Sends all as they come again; those that were held are forgotten. */
  /** Headers of a notification that says whatever the body says, signed by the partner. */
  headersOf(secrets: PartnerSecrets, path: string, body: string, at?: Date): Record<string, string>;
  clear(): void;
  stop(): void;
};

type Sending = { readonly secrets: PartnerSecrets; readonly order: AcceptedOrder };

type Post = { readonly url: URL; readonly headers: Record<string, string>; readonly body: string };

/** One POST on a socket that does not keep the process alive. Whether it was answered with 200. */
function post({ url, headers, body }: Post, agent: Agent, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(url, { method: 'POST', headers, agent, signal }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('socket', (socket) => socket.unref());
    call.setTimeout(answerMilliseconds, () => call.destroy());
    call.on('error', () => resolve(false));
    call.end(body);
  });
}

/** Sends what became of payments to the program, signed, at most three times each; a lost one is never made up for. */
export function callbackSender(now: () => Date): CallbackSender {
  const ending = new AbortController();
  const agent = new Agent({ maxSockets: callsAtOnce });
  const underWay = new Set<Promise<void>>();
  let address: URL | undefined;
  let toLose = 0;
  let toRepeat = 0;
  let waitMilliseconds = 0;
  let held: Sending[] | undefined;
  let externalId = 0;

  function headersOf(secrets: PartnerSecrets, path: string, body: string, at = now()): Record<string, string> {
    externalId += 1;
    const timestamp = wibTime(at);
    const { partnerId, channelId } = secrets.credentials;
    return {
      'Content-Type': 'application/json',
      'X-TIMESTAMP': timestamp,
      'X-SIGNATURE': notificationSignature({ method: 'POST', path, body, timestamp }, secrets.partnerPrivateKey),
      'X-PARTNER-ID': partnerId,
      'X-EXTERNAL-ID': `${now().getTime()}${String(externalId).padStart(9, '0')}`,
      'CHANNEL-ID': channelId,
    };
  }

  async function deliver(sending: Sending, url: URL): Promise<void> {
    const { referenceNo, partnerReferenceNo, amountRupiah, status } = sending.order;
    const body = JSON.stringify({
      originalReferenceNo: referenceNo,
      originalPartnerReferenceNo: partnerReferenceNo,
      latestTransactionStatus: status,
      transactionStatusDesc: statusText(status),
      amount: amountOf(amountRupiah),
    });
    for (let attempt = 1; attempt <= attempts && !ending.signal.aborted; attempt += 1) {
      // Each attempt is a call of its own: a fresh time, a fresh external id, a fresh signature.
      const headers = headersOf(sending.secrets, url.pathname, body);
      if (await post({ url, headers, body }, agent, ending.signal)) return;
      if (attempt < attempts) await delay(pauseMilliseconds * attempt, undefined, { ref: false });
    }
  }

  async function send(sending: Sending, url: URL, times: number): Promise<void> {
    if (waitMilliseconds > 0) await delay(waitMilliseconds, undefined, { ref: false });
    for (let time = 1; time <= times; time += 1) await deliver(sending, url);
  }

  function start(sending: Sending): void {
    if (!address) return;
    if (toLose > 0) {
      toLose -= 1;
      return;
    }
    const times = toRepeat > 0 ? 2 : 1;
    toRepeat = Math.max(0, toRepeat - 1);
    const sent = send(sending, address, times).finally(() => underWay.delete(sent));
    underWay.add(sent);
  }

  const control: CallbackControl = {
    callbackTo: (url) => {
      address = url === undefined ? undefined : new URL(url);
    },
    loseCallbacks: (times = 1) => {
      toLose += times;
    },
    callbacksTwice: (times = 1) => {
      toRepeat += times;
    },
    delayCallbacks: (milliseconds) => {
      waitMilliseconds = milliseconds;
    },
    holdCallbacks: () => {
      held ??= [];
    },
    releaseCallbacks: (order = 'in_order') => {
      const kept = held ?? [];
      held = undefined;
      // One after the other, so that they arrive in this order.
      const released = order === 'reversed' ? kept.toReversed() : kept;
      const url = address;
      if (!url) return;
      const sent = (async () => {
        for (const sending of released) await send(sending, url, 1);
      })().finally(() => underWay.delete(sent));
      underWay.add(sent);
    },
    callbacksArrived: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };

  return {
    control,
    headersOf,
    notify(secrets, order) {
      if (held && address) held.push({ secrets, order });
      else start({ secrets, order });
    },
    clear: () => {
      toLose = 0;
      toRepeat = 0;
      waitMilliseconds = 0;
      held = undefined;
    },
    stop: () => ending.abort(),
  };
}
