import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type Call, json } from '#infra/local/simulators/exchange.ts';
import type { Doorkeeper } from '#infra/local/simulators/payments/doorkeeper.ts';
import { inquiryServices } from '#infra/local/simulators/payments/inquiry-services.ts';
import type {
  InquiryFault,
  PartnerFault,
  PartnerFaultQueue,
  PaymentFault,
} from '#infra/local/simulators/payments/partner-faults.ts';
import { type Desk, paymentServices, type SnapService } from '#infra/local/simulators/payments/payment-services.ts';
import { type Case, snap, unreadable } from '#infra/local/simulators/payments/snap-answers.ts';

/** Path of every service, with its code. */
const paths: Readonly<Record<string, string>> = {
  '/v1.0/access-token/b2b': '73',
  '/v1.0/balance-inquiry': '11',
  '/v1.0/account-inquiry-internal': '15',
  '/v1.0/account-inquiry-external': '16',
  '/v1.0/transfer-intrabank': '17',
  '/v1.0/transfer-interbank': '18',
  '/v1.0/transfer/status': '36',
  '/v1.0/emoney/account-inquiry': '37',
  '/v1.0/emoney/topup': '38',
  '/v1.0/emoney/topup-status': '39',
};

/** Faults in whose place the service does nothing. */
const answeredFaults: Partial<Record<PartnerFault, Case>> = {
  timeout: '504:00',
  unavailable: '500:00',
  unknown_code: '200:99',
};

/** How one partner behaves as a whole, whatever is called. */
export type Behaviour = {
  isDown: boolean;
  slownessMilliseconds: number;
  /** Calls in a second; more are answered 429XX00. */
  callsPerSecond: number;
};

/** At most so many calls in any second of the machine's time. */
function rateLimit({ callsPerSecond }: { readonly callsPerSecond: () => number }): () => boolean {
  let recent: number[] = [];
  return () => {
    const at = performance.now();
    const isLimited = Number.isFinite(callsPerSecond());
    recent = isLimited ? recent.filter((time) => at - time < 1000) : [];
    if (recent.length >= callsPerSecond()) return false;
    if (isLimited) recent.push(at);
    return true;
  };
}

type Server = {
  readonly desk: Desk;
  readonly door: Doorkeeper;
  readonly behaviour: Behaviour;
  readonly faults: PartnerFaultQueue<PaymentFault>;
  readonly inquiryFaults: PartnerFaultQueue<InquiryFault>;
};

/** Serves one partner: who may come in, then what it meets, then the service itself. */
export function partnerServer({ desk, door, behaviour, faults, inquiryFaults }: Server) {
  const services = new Map([...paymentServices(desk), ...inquiryServices(desk)].map((one) => [one.serviceCode, one]));
  const isWithinRate = rateLimit({ callsPerSecond: () => behaviour.callsPerSecond });

  /** The fault that this call meets, after the time that it takes to be met. */
  async function meet({ kind, canMeet }: SnapService): Promise<PartnerFault | undefined> {
    const queue: PartnerFaultQueue<PaymentFault> | PartnerFaultQueue<InquiryFault> =
      kind === 'payment' ? faults : inquiryFaults;
    const fault = queue.take(desk.profile.code, canMeet);
    await queue.wait();
    if (fault === 'slow') await delay(behaviour.slownessMilliseconds, undefined, { ref: false });
    return fault;
  }

  async function answer(call: Call, service: SnapService): Promise<Answer> {
    const { serviceCode } = service;
    const refusal = door.refusal(call, serviceCode);
    if (refusal) return refusal;
    if (!isWithinRate()) return snap(serviceCode, '429:00');

    // Only a readable request meets a fault: who orders one counts on the next that could be carried out.
    const prepared = service.prepare(call.body);
    const fault = 'refusal' in prepared ? undefined : await meet(service);
    if (fault === 'cut') return 'cut';
    if (fault === 'rate_limited') return snap(serviceCode, '429:00');
    if (fault === 'token_expired') {
      door.revokeToken(call);
      return snap(serviceCode, '401:01');
    }
    if (!door.noteExternalId(call) || fault === 'external_id_conflict') return snap(serviceCode, '409:00');
    if ('refusal' in prepared) return prepared.refusal;
    const instead = fault && answeredFaults[fault];
    if (instead) return snap(serviceCode, instead);
    return fault === 'garbage' ? unreadable() : prepared.perform(fault);
  }

  return async (call: Call): Promise<Answer> => {
    if (behaviour.isDown) return 'cut';
    const serviceCode = paths[call.path];
    if (!serviceCode) return json(404, { responseCode: '4040000', responseMessage: 'No such service' });
    if (!desk.profile.services.has(serviceCode)) return snap(serviceCode, '405:00');
    if (call.method !== 'POST') return snap(serviceCode, '405:01');
    if (serviceCode === '73') return door.accessToken(call);
    const service = services.get(serviceCode);
    return service ? answer(call, service) : snap(serviceCode, '405:00');
  };
}
