import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InquiryFault, PaymentFault } from '#infra/local/simulators/payment-partner.ts';
import { circuitBreaker, failuresToOpen } from '#shared/incentive/breaker.ts';
import { forfeit, liftHold, placeHold } from '#shared/incentive/hold.ts';
import type { Payout } from '#shared/incentive/incentive.ts';
import { paymentPartners } from '#shared/incentive/payment-partners.ts';
import { type Outcome, recordOutcome } from '#shared/incentive/settlement.ts';
import type { InquiryResult, PayoutResult } from '#shared/incentive/snap/answers.ts';
import { logger } from '#shared/platform/observe.ts';
import {
  approvedAt,
  type Circumstances,
  type Claim,
  inquireMessage,
  type PayDesk,
  payDesk,
  payMessage,
  retryMessage,
} from '#test/incentive/pay-desk.ts';
import { linkedAccount, minutesAfter, start } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';

let desk: PayDesk;
beforeAll(async () => {
  desk = await payDesk('pay incentives', 200);
});
afterAll(() => desk.stop());
const noon = minutesAfter(start, 60);
const at = (minutes: number) => vi.setSystemTime(minutesAfter(noon, minutes));
beforeEach(() => at(0));
afterEach(() => {
  vi.useRealTimers();
  desk.calm();
});

const claimed = () => desk.citizenAfter('link');
const stateOf = async (claim: Claim) => (await desk.payoutOf(claim)).state;

/** What one delivery meets. */
type Trouble = Circumstances & {
  readonly payment?: PaymentFault;
  readonly inquiry?: InquiryFault;
  readonly again?: boolean;
};

async function deliver(claim: Claim, { payment, inquiry, again = false, ...circumstances }: Trouble = {}) {
  desk.calm();
  if (payment) desk.payments.faults.next(payment);
  if (inquiry) desk.payments.inquiryFaults.next(inquiry, 2);
  return desk.deliver(payMessage(claim, again), circumstances);
}

/** The clock brings what is due, until nothing is: at most so often. */
async function settle(claim: Claim, limit = 12): Promise<void> {
  for (let round = 0; round < limit; round += 1) {
    const next = (await desk.due(claim)).find((entry) => entry.at > new Date());
    if (!next) return;
    vi.setSystemTime(minutesAfter(next.at, 1));
    expect(await desk.deliver(next.message)).toBe('done');
  }
}

/** A partner that answers as told, and says how it was called. */
function answering(pay: PayoutResult, ...known: InquiryResult[]) {
  const calls: string[] = [];
  const client = {
    pay: async () => {
      calls.push('pay');
      return pay;
    },
    inquire: async () => {
      calls.push('inquire');
      return known.shift() ?? ({ kind: 'not_found' } as const);
    },
  };
  return { calls, client };
}

const paidNow = { kind: 'paid', partnerReference: 'NOW' } as const;
const notFound = { kind: 'not_found' } as const;
const noAnswer = { kind: 'unknown', cause: 'no_answer' } as const;

describe('paying an incentive', () => {
  it('is one payment, one event, and nothing for each further delivery', async () => {
    const claim = await claimed();
    for (const deliveries of [1, 2, 3, 4, 5]) expect(await deliver(claim, { deliveries })).toBe('done');
    expect(desk.paymentsOf(claim)).toMatchObject([
      { amountRupiah: 600_000, accountNo: '081234567890', serviceCode: '38', partnerCode: 'switching' },
    ]);
    expect(await desk.countOf(claim, 'IncentivePaid')).toBe(1);
    expect((await desk.fileOf(claim)).balances).toMatchObject({ paid_to_citizen: 600_000, payout_in_flight: 0 });
    expect((await desk.payoutOf(claim)).paid).toEqual({
      at: noon,
      by: 'answer',
      partnerReference: desk.paymentsOf(claim)[0]?.referenceNo,
    });
  });

  const cut = { payment: 'pay_then_cut' } as const;
  it.each<[string, Trouble, 'done' | 'again', Payout['state']]>([
    ['pays, and the answer is cut off', cut, 'done', 'paid'],
    ['pays, and times out', { payment: 'pay_then_timeout' }, 'done', 'paid'],
    ['pays, and answers what nobody can read', { payment: 'pay_then_garbage' }, 'done', 'paid'],
    ['pays, and answers a code that is in no table', { payment: 'pay_then_unknown_code' }, 'done', 'paid'],
    ['pays, is cut off, and cannot be asked', { ...cut, inquiry: 'unavailable' }, 'done', 'unknown'],
    ['pays, times out, and cannot be asked', { payment: 'pay_then_timeout', inquiry: 'cut' }, 'done', 'unknown'],
    ['does not answer', { payment: 'cut' }, 'done', 'unknown'],
    ['is not available', { payment: 'unavailable' }, 'done', 'unknown'],
    ['answers what nobody can read', { payment: 'garbage' }, 'done', 'unknown'],
    ['has no funds just now', { payment: 'funds_insufficient' }, 'done', 'claimed'],
    ['takes no more just now', { payment: 'rate_limited' }, 'done', 'claimed'],
    ['lets the token end', { payment: 'token_expired' }, 'done', 'paid'],
    ['is on its way, and pays', { payment: 'in_progress_then_paid' }, 'done', 'sent'],
    ['pays, and we die before we hear of it', { callDeath: { call: 1, when: 'after' } }, 'again', 'claimed'],
    ['is about to be called, and we die', { callDeath: { call: 1, when: 'before' } }, 'again', 'claimed'],
    ['pays, is cut off, and we die asking', { ...cut, callDeath: { call: 2, when: 'before' } }, 'again', 'claimed'],
    ['pays, is cut off, and we die hearing', { ...cut, callDeath: { call: 2, when: 'after' } }, 'again', 'claimed'],
    ['pays, and we die before we write it down', { death: { write: 1, when: 'before' } }, 'again', 'claimed'],
    ['pays, and we die when it is written down', { death: { write: 1, when: 'after' } }, 'again', 'paid'],
    ['pays, is cut off, and we die', { ...cut, death: { write: 1, when: 'before' } }, 'again', 'claimed'],
  ])('is one payment when the partner %s', async (_, trouble, outcome, state) => {
    const claim = await claimed();
    expect(await deliver(claim, trouble)).toBe(outcome);
    expect(await stateOf(claim)).toBe(state);
    for (const deliveries of [2, 3]) expect(await deliver(claim, { deliveries })).toBe('done');
    await settle(claim);
    expect(desk.paymentsOf(claim)).toHaveLength(1);
    expect(await desk.countOf(claim, 'IncentivePaid')).toBe(1);
    expect(await desk.countOf(claim, 'IncentiveRefused')).toBe(0);
    expect((await desk.fileOf(claim)).balances).toMatchObject({ paid_to_citizen: 600_000, payout_in_flight: 0 });
  });

  it.each<[string, Trouble, InquiryResult, string[], Payout['state']]>([
    ['sends at once the first time', {}, notFound, ['pay'], 'paid'],
    [
      'asks first when it comes again',
      { deliveries: 2 },
      { kind: 'paid', partnerReference: 'OLD' },
      ['inquire'],
      'paid',
    ],
    ['asks first when it was sent out again', { again: true }, noAnswer, ['inquire'], 'unknown'],
    ['does not send what is on its way', { deliveries: 2 }, { kind: 'in_progress' }, ['inquire'], 'sent'],
    [
      'does not send what the partner has refused',
      { deliveries: 3 },
      { kind: 'refused', reason: 'failed', fault: 'account' },
      ['inquire'],
      'refused',
    ],
    ['sends what never arrived', { deliveries: 5 }, notFound, ['inquire', 'pay'], 'paid'],
  ])('%s', async (_, trouble, known, expected, state) => {
    const claim = await claimed();
    const { calls, client } = answering(paidNow, known);
    expect(await deliver(claim, { ...trouble, client })).toBe('done');
    expect(calls).toEqual(expected);
    expect(await stateOf(claim)).toBe(state);
  });

  it('is one payment when the message comes five times at once', async () => {
    const claim = await claimed();
    await Promise.all(Array.from({ length: 5 }, () => deliver(claim)));
    expect(await deliver(claim, { deliveries: 2 })).toBe('done');
    await settle(claim);
    expect(desk.paymentsOf(claim)).toHaveLength(1);
    expect(await desk.countOf(claim, 'IncentivePaid')).toBe(1);
  });

  it('goes on from an unclear outcome by the clock alone, under the same reference', async () => {
    const claim = await claimed();
    await deliver(claim, { payment: 'cut' });
    expect(await desk.due(claim)).toEqual([{ at: minutesAfter(noon, 2), message: inquireMessage(claim) }]);
    desk.calm();
    at(2);
    expect(await desk.deliver(inquireMessage(claim))).toBe('done');
    expect(desk.paymentsOf(claim)).toHaveLength(1);
    expect(await stateOf(claim)).toBe('paid');
  });

  it('goes on from a deferral by the clock alone', async () => {
    const claim = await claimed();
    await deliver(claim, { payment: 'rate_limited' });
    const [entry] = await desk.due(claim);
    expect(entry?.message).toEqual(retryMessage(claim));
    desk.calm();
    vi.setSystemTime(entry?.at ?? noon);
    expect(await desk.deliver(retryMessage(claim))).toBe('done');
    expect(await stateOf(claim)).toBe('paid');
  });

  it('under a reference that was never claimed is nothing', async () => {
    const claim = await claimed();
    expect(await desk.deliver({ ...payMessage(claim), reference: 'FORGED' })).toBe('done');
    expect(desk.paymentsOf({ ...claim, reference: 'FORGED' })).toEqual([]);
    expect(await stateOf(claim)).toBe('claimed');
  });

  it('is not for another partner: that is our fault, and a person looks at it', async () => {
    const claim = await claimed();
    const { calls, client } = answering(paidNow);
    expect(await deliver(claim, { partner: paymentPartners['bank-induk'], client })).toBe('again');
    expect(calls).toEqual([]);
    expect(await stateOf(claim)).toBe('claimed');
  });

  it('pays every message of a batch but the one that fails', async () => {
    const claims = await Promise.all(Array.from({ length: 10 }, claimed));
    const messages = claims.map((claim, index) => (index === 3 ? { step: 'pay' } : payMessage(claim)));
    const handler = desk.workerFor();
    expect(failedIds(await handler(queueEvent(messages), lambdaContext))).toEqual(['message-3']);
    const paid = await Promise.all(claims.map(stateOf));
    expect(paid.filter((state) => state === 'paid')).toHaveLength(9);
    expect(paid[3]).toBe('claimed');
  });

  it('waits for its turn before each call of the partner, five payouts of a batch at a time', async () => {
    const claims = await Promise.all(Array.from({ length: 10 }, claimed));
    const full = Promise.withResolvers<void>();
    let [turns, underWay, most] = [0, 0, 0];
    const { client } = answering(paidNow);
    const pay = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      // The first five wait for each other, and a little for a sixth that should not come.
      if (underWay === 5) setTimeout(full.resolve, 100);
      await full.promise;
      underWay -= 1;
      return paidNow;
    };
    const pace = async () => {
      turns += 1;
    };
    const handler = desk.workerFor({ client: { ...client, pay }, pace });
    expect(failedIds(await handler(queueEvent(claims.map((claim) => payMessage(claim))), lambdaContext))).toEqual([]);
    expect([turns, most]).toEqual([10, 5]);
  });
});

describe('a refusal', () => {
  const refuse = { payment: 'account_closed' } as const;

  it('is final when the next inquiry finds nothing either', async () => {
    const claim = await claimed();
    expect(await deliver(claim, refuse)).toBe('done');
    expect(await desk.payoutOf(claim)).toMatchObject({
      state: 'unknown',
      refusal: { reason: 'account_closed', fault: 'account' },
    });
    await settle(claim);
    expect(await desk.payoutOf(claim)).toMatchObject({ state: 'refused', failed: { reason: 'account_closed' } });
    expect(desk.paymentsOf(claim)).toEqual([]);
    for (const deliveries of [1, 2, 3]) expect(await deliver(claim, { deliveries })).toBe('done');
    expect(await desk.countOf(claim, 'IncentiveRefused')).toBe(1);
    expect(await desk.countOf(claim, 'IncentiveClaimed')).toBe(1);
    const { balances, incentives } = await desk.fileOf(claim);
    expect(balances).toMatchObject({ payout_in_flight: 0, incentive_entitlement: 700_000 });
    expect(incentives.accountRefused).toBe(true);
  });

  it('is not final when another delivery has paid meanwhile and died', async () => {
    const claim = await claimed();
    const gate = Promise.withResolvers<void>();
    // The first has read the journal, and pays only when the second was refused and has written that down.
    const late = desk.deliver(payMessage(claim), {
      client: {
        ...desk.clients.switching,
        pay: async (order) => {
          await gate.promise;
          return desk.clients.switching.pay(order);
        },
      },
      callDeath: { call: 1, when: 'after' },
    });
    desk.payments.faults.next('account_closed');
    expect(await desk.deliver(payMessage(claim))).toBe('done');
    gate.resolve();
    expect(await late).toBe('again');
    expect(desk.paymentsOf(claim)).toHaveLength(1);
    await settle(claim);
    expect(await stateOf(claim)).toBe('paid');
    expect(await desk.countOf(claim, 'IncentiveRefused')).toBe(0);
  });

  it.each([
    [89, 'unknown'],
    [90, 'refused'],
  ])('stands after %i seconds as %s', async (seconds, state) => {
    const claim = await claimed();
    await deliver(claim, refuse);
    desk.calm();
    vi.setSystemTime(noon.getTime() + seconds * 1_000);
    expect(await desk.deliver(inquireMessage(claim))).toBe('done');
    expect(await stateOf(claim)).toBe(state);
    expect(desk.paymentsOf(claim)).toEqual([]);
  });

  it('is nobody’s second try: what comes meanwhile sends nothing', async () => {
    const claim = await claimed();
    await deliver(claim, refuse);
    for (const trouble of [{ deliveries: 2 }, { again: true }]) await deliver(claim, trouble);
    expect(desk.paymentsOf(claim)).toEqual([]);
    expect(await stateOf(claim)).toBe('unknown');
  });

  it('stands in the journal while the partner cannot be asked', async () => {
    const claim = await claimed();
    await deliver(claim, refuse);
    at(2);
    desk.payments.inquiryFaults.next('unavailable');
    expect(await desk.deliver(inquireMessage(claim))).toBe('done');
    expect(await desk.payoutOf(claim)).toMatchObject({ state: 'unknown', refusal: { reason: 'account_closed' } });
    await settle(claim);
    expect(await stateOf(claim)).toBe('refused');
  });

  it('that the partner’s own record of the reference tells is final at once', async () => {
    const claim = await claimed();
    const failed = { kind: 'refused', reason: 'failed', fault: 'account' } as const;
    const { client } = answering({ kind: 'refused', reason: 'account_dormant', fault: 'account' }, failed);
    await deliver(claim, { client });
    expect(await desk.payoutOf(claim)).toMatchObject({ state: 'refused', failed: { reason: 'account_dormant' } });
  });

  it('of an order that was in progress is final', async () => {
    const claim = await claimed();
    await deliver(claim, { payment: 'in_progress_then_failed' });
    expect(await stateOf(claim)).toBe('sent');
    await settle(claim);
    expect(await stateOf(claim)).toBe('refused');
    expect(desk.paymentsOf(claim)).toEqual([]);
  });

  it('follows when an account is over its limit for days', async () => {
    const claim = await claimed();
    const { client } = answering({ kind: 'later', reason: 'limit_exceeded' });
    await deliver(claim, { client });
    for (let tries = 0; (await stateOf(claim)) === 'claimed' && tries < 30; tries += 1) {
      const [next] = (await desk.due(claim)).filter((entry) => entry.at > new Date());
      vi.setSystemTime(minutesAfter(next?.at ?? noon, 1));
      await desk.deliver(retryMessage(claim), { client });
    }
    expect(await desk.payoutOf(claim)).toMatchObject({
      state: 'unknown',
      deferrals: 14,
      refusal: { fault: 'account' },
    });
  });

  it('that turns out to have been paid never leaves the queue', async () => {
    const claim = await claimed();
    await desk.files.change(claim.citizen.participantId, (file, now) =>
      recordOutcome(
        claim.citizen.participantId,
        file,
        claim.reference,
        { kind: 'refused', reason: 'x', fault: 'ours' },
        now,
      ),
    );
    const paidBefore = { kind: 'paid', partnerReference: 'OLD' } as const;
    const { client } = answering(paidNow, paidBefore, paidBefore, { kind: 'unknown', cause: 'no_answer' });
    expect(await deliver(claim, { client })).toBe('done');
    for (const deliveries of [2, 3, 4]) expect(await deliver(claim, { client, deliveries })).toBe('again');
    expect(await stateOf(claim)).toBe('refused');
  });
});

describe('a payout that is not to be sent', () => {
  const operators = { holdId: 'hold-1', by: 'operator-1' } as const;
  const hold = ({ citizen: { participantId } }: Claim) =>
    desk.files.change(participantId, (file) => placeHold(file, { ...operators, reason: 'eligibility_lost' }));
  const forfeitAll = async (claim: Claim) => {
    await hold(claim);
    const { participantId } = claim.citizen;
    await desk.files.change(participantId, (file) => forfeit(file, { holdId: 'hold-1', by: 'operator-2' }));
  };
  const stopped = { allowed: false, approvedAt } as const;

  it.each<[string, (claim: Claim) => Promise<unknown>, Trouble]>([
    ['its owner is held', hold, {}],
    ['its release is held', async () => {}, { permit: stopped }],
  ])('waits as it stands when %s', async (_, prepare, trouble) => {
    const claim = await claimed();
    await prepare(claim);
    const before = (await desk.eventsOf(claim)).length;
    expect(await deliver(claim, trouble)).toBe('done');
    expect(desk.paymentsOf(claim)).toEqual([]);
    expect((await desk.eventsOf(claim)).length).toBe(before);
  });

  it('is paid when its owner’s hold is lifted and it is sent out again', async () => {
    const claim = await claimed();
    await hold(claim);
    await deliver(claim);
    const { participantId } = claim.citizen;
    await desk.files.change(participantId, ({ incentives }) =>
      liftHold(incentives, { holdId: 'hold-1', by: 'operator-2' }),
    );
    expect(await deliver(claim)).toBe('done');
    expect(await stateOf(claim)).toBe('paid');
  });

  it.each<[string, Trouble]>([
    ['its owner is held', {}],
    ['its release is held', { permit: stopped }],
    ['the partner is switched off', { enabled: false }],
  ])('is still asked about when %s, and what was paid is recorded', async (_, trouble) => {
    const claim = await claimed();
    await deliver(claim, { payment: 'pay_then_cut', inquiry: 'unavailable' });
    if (!trouble.permit && trouble.enabled !== false) await hold(claim);
    desk.calm();
    at(2);
    expect(await desk.deliver(inquireMessage(claim), trouble)).toBe('done');
    expect(await stateOf(claim)).toBe('paid');
  });

  it.each<[string, Trouble, string]>([
    ['its owner is held', {}, 'held'],
    ['its release is held', { permit: stopped }, 'release_stopped'],
    ['the partner is switched off', { enabled: false }, 'partner_switched_off'],
  ])('is a claim again when %s and the partner never had it', async (_, trouble, reason) => {
    const claim = await claimed();
    await deliver(claim, { payment: 'cut' });
    if (reason === 'held') await hold(claim);
    desk.calm();
    at(2);
    expect(await desk.deliver(inquireMessage(claim), trouble)).toBe('done');
    expect(await desk.payoutOf(claim)).toMatchObject({ state: 'claimed', deferred: { reason } });
    expect(desk.paymentsOf(claim)).toEqual([]);
  });

  it('does not come back by the clock while its release is held', async () => {
    const claim = await claimed();
    await deliver(claim, { payment: 'rate_limited' });
    desk.calm();
    at(5);
    expect(await desk.deliver(retryMessage(claim), { permit: stopped })).toBe('done');
    expect(desk.paymentsOf(claim)).toEqual([]);
    expect(await desk.deliver(payMessage(claim, true))).toBe('done');
    expect(await stateOf(claim)).toBe('paid');
  });

  it('is refused when its owner’s right to it has ended, once the partner has said twice that it never had it', async () => {
    const claim = await claimed();
    await forfeitAll(claim);
    await deliver(claim);
    expect(await desk.payoutOf(claim)).toMatchObject({
      state: 'unknown',
      refusal: { reason: 'forfeited', fault: 'ours' },
    });
    await settle(claim);
    expect(await stateOf(claim)).toBe('refused');
    expect(desk.paymentsOf(claim)).toEqual([]);
    expect((await desk.fileOf(claim)).balances).toMatchObject({
      payout_in_flight: 0,
      incentive_entitlement: 0,
      returned: 700_000,
    });
  });

  it('stands as paid when it was paid before its owner’s right to it ended', async () => {
    const claim = await claimed();
    await deliver(claim, { callDeath: { call: 1, when: 'after' } });
    await forfeitAll(claim);
    await deliver(claim, { deliveries: 2 });
    expect(await stateOf(claim)).toBe('paid');
  });

  it('is deferred while the partner is switched off, for a quarter of an hour and more', async () => {
    const claim = await claimed();
    await deliver(claim, { enabled: false });
    const { deferred } = await desk.payoutOf(claim);
    expect(deferred?.reason).toBe('partner_switched_off');
    expect(deferred?.until.getTime()).toBeGreaterThanOrEqual(minutesAfter(noon, 15).getTime());
    expect(deferred?.until.getTime()).toBeLessThan(minutesAfter(noon, 18).getTime());
  });

  it('is deferred until some minutes after the partner opens', async () => {
    const partner = { ...paymentPartners.switching, pauses: [{ from: '10:30', until: '12:00' }] };
    const claim = await claimed();
    await deliver(claim, { partner });
    const { deferred } = await desk.payoutOf(claim);
    expect(deferred?.reason).toBe('partner_closed');
    expect(deferred?.until.getTime()).toBeGreaterThanOrEqual(minutesAfter(noon, 60).getTime());
    expect(deferred?.until.getTime()).toBeLessThan(minutesAfter(noon, 65).getTime());
  });

  it('may have been sent, and is asked about when the partner is open again', async () => {
    const partner = { ...paymentPartners.switching, pauses: [{ from: '10:30', until: '12:00' }] };
    const claim = await claimed();
    const { calls, client } = answering(paidNow);
    await deliver(claim, { partner, client, deliveries: 2 });
    expect(calls).toEqual([]);
    expect(await stateOf(claim)).toBe('unknown');
    expect(await desk.due(claim)).toMatchObject([{ message: inquireMessage(claim) }]);
  });
});

describe('what the partner remembers', () => {
  const lastDay = 49;
  const afterDays = (days: number) => vi.setSystemTime(approvedAt.getTime() + days * 86_400_000);

  it('lets a reference be sent again while it is remembered', async () => {
    const claim = await claimed();
    afterDays(lastDay);
    expect(await deliver(claim, { deliveries: 2 })).toBe('done');
    expect(await stateOf(claim)).toBe('paid');
  });

  it('ends it when the reference may be forgotten: nothing is sent, and nobody knows', async () => {
    const claim = await claimed();
    desk.payments.setMemoryDays(60);
    await deliver(claim, { callDeath: { call: 1, when: 'after' } });
    afterDays(61);
    for (const trouble of [{ deliveries: 2 }, { again: true }]) expect(await deliver(claim, trouble)).toBe('done');
    expect(desk.paymentsOf(claim)).toHaveLength(1);
    expect(await stateOf(claim)).toBe('unknown');
    desk.payments.setMemoryDays(Number.POSITIVE_INFINITY);
  });

  it('counts from the approval of the release, however long the claim had waited', async () => {
    const claim = await claimed();
    afterDays(300);
    const permit = { allowed: true, approvedAt: new Date() };
    expect(await deliver(claim, { permit })).toBe('done');
    expect(await stateOf(claim)).toBe('paid');
  });
});

describe('a payout that an earlier release may have sent', () => {
  const laterRelease = { allowed: true, approvedAt: new Date(approvedAt.getTime() + 70 * 86_400_000) };

  it('is not sent by a later one when the partner may have forgotten it, nor by the clock after that', async () => {
    const claim = await claimed();
    desk.payments.setMemoryDays(60);
    await deliver(claim, { callDeath: { call: 1, when: 'after' } });
    vi.setSystemTime(laterRelease.approvedAt);
    const relisted = { ...payMessage(claim), releaseId: 'RELEASE-2', relisted: true };
    desk.payments.inquiryFaults.next('cut');
    expect(await desk.deliver(relisted, { permit: laterRelease })).toBe('done');
    vi.setSystemTime(laterRelease.approvedAt.getTime() + 3 * 3_600_000);
    expect(await desk.deliver(inquireMessage(claim), { permit: laterRelease })).toBe('done');
    expect(desk.paymentsOf(claim)).toHaveLength(1);
    expect(await stateOf(claim)).toBe('unknown');
    desk.payments.setMemoryDays(Number.POSITIVE_INFINITY);
  });

  it('is asked about first, and sent where the partner never had it', async () => {
    const claim = await claimed();
    const { calls, client } = answering(paidNow, { kind: 'not_found' });
    await desk.deliver({ ...payMessage(claim), relisted: true }, { client });
    expect(calls).toEqual(['inquire', 'pay']);
    expect(await stateOf(claim)).toBe('paid');
  });
});

describe('a partner that fails', () => {
  it('is left alone after five failures in a row, and tried by one payout after half a minute', async () => {
    const breaker = circuitBreaker();
    const { calls, client } = answering(noAnswer);
    for (let failures = 0; failures < failuresToOpen; failures += 1)
      await deliver(await claimed(), { breaker, client });
    calls.length = 0;
    const waiting = await claimed();
    await deliver(waiting, { breaker, client });
    expect(calls).toEqual([]);
    expect((await desk.payoutOf(waiting)).deferred?.reason).toBe('partner_unavailable');
    vi.setSystemTime(noon.getTime() + 30_000);
    const [trial, other] = [await claimed(), await claimed()];
    const good = answering(paidNow);
    await deliver(trial, { breaker, client: good.client });
    await deliver(other, { breaker, client: good.client });
    expect([await stateOf(trial), await stateOf(other)]).toEqual(['paid', 'paid']);
  });

  it('that takes nothing more from us calls somebody, and is left alone for five minutes', async () => {
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => {});
    const breaker = circuitBreaker();
    const claim = await claimed();
    await deliver(claim, { breaker, payment: 'funds_insufficient' });
    expect(logged).toHaveBeenCalledWith('partner.stopped', { partnerCode: 'switching', reason: 'funds_insufficient' });
    logged.mockRestore();
    expect((await desk.payoutOf(claim)).deferred?.reason).toBe('funds_insufficient');
    const next = await claimed();
    await deliver(next, { breaker });
    expect(await stateOf(next)).toBe('claimed');
    at(5);
    await deliver(next, { breaker, again: true });
    expect(await stateOf(next)).toBe('paid');
  });

  it('takes too long to say that it never had a payout: it is deferred, since the journal may have changed', async () => {
    const claim = await claimed();
    const { client, calls } = answering(paidNow);
    const slow = {
      ...client,
      inquire: async () => {
        vi.setSystemTime(noon.getTime() + 30_001);
        return notFound;
      },
    };
    await deliver(claim, { client: slow, deliveries: 2 });
    expect(calls).toEqual([]);
    expect((await desk.payoutOf(claim)).deferred?.reason).toBe('partner_slow');
  });
});

describe('what others have written down while the partner was called', () => {
  const later = { kind: 'later', reason: 'rate_limited' } as const;
  const refusal = { kind: 'refused', reason: 'account_closed', fault: 'account' } as const;
  const unclear = { kind: 'unknown', cause: 'no_answer' } as const;

  /** Another delivery, or an operator, writes while this one calls. */
  async function meanwhile(claim: Claim, answer: PayoutResult, write: (claim: Claim) => Promise<unknown>) {
    const { client } = answering(answer);
    const pay = async () => {
      await write(claim);
      return client.pay();
    };
    return desk.deliver(payMessage(claim), { client: { ...client, pay } });
  }
  const another = (outcome: Outcome) => (claim: Claim) =>
    desk.files.change(claim.citizen.participantId, (file, now) =>
      recordOutcome(claim.citizen.participantId, file, claim.reference, outcome, now),
    );
  const hold = ({ citizen: { participantId } }: Claim) =>
    desk.files.change(participantId, (file) =>
      placeHold(file, { holdId: 'meanwhile', reason: 'manual', by: 'operator-1' }),
    );

  it.each<[string, PayoutResult, (claim: Claim) => Promise<unknown>, Partial<Payout>]>([
    ['a payment stands over an unclear outcome', paidNow, another(unclear), { state: 'paid' }],
    ['a payment stands beside a hold', paidNow, hold, { state: 'paid' }],
    [
      'a refusal gives way to an unclear outcome',
      refusal,
      another(unclear),
      { state: 'unknown', refusal: null, inquiries: 1 },
    ],
    [
      'an unclear outcome takes a refusal back',
      unclear,
      another({ ...unclear, refusal }),
      { state: 'unknown', refusal: null, inquiries: 2 },
    ],
    ['a deferral gives way to an unclear outcome', later, another(unclear), { state: 'unknown', deferrals: 0 }],
    ['a deferral stands beside a hold', later, hold, { state: 'claimed', deferrals: 1 }],
    [
      'an unclear outcome says nothing of what is paid',
      unclear,
      another({ ...paidNow, by: 'statement' }),
      { state: 'paid' },
    ],
  ])('%s', async (_, answer, write, expected) => {
    const claim = await claimed();
    expect(await meanwhile(claim, answer, write)).toBe('done');
    expect(await desk.payoutOf(claim)).toMatchObject(expected);
  });

  it('never swallows a payment that the journal does not take', async () => {
    const claim = await claimed();
    expect(await meanwhile(claim, paidNow, another(refusal))).toBe('again');
  });
});

describe('a message before its time', () => {
  it('changes nothing when it is a second entry for the same payout', async () => {
    const claim = await claimed();
    await deliver(claim, { payment: 'rate_limited' });
    const before = (await desk.eventsOf(claim)).length;
    const { calls, client } = answering(paidNow);
    await desk.deliver(retryMessage(claim), { client });
    await desk.deliver(payMessage(claim), { client, deliveries: 2 });
    expect(calls).toEqual([]);
    expect((await desk.eventsOf(claim)).length).toBe(before);
  });

  it('writes an end down, and nothing else', async () => {
    const claim = await claimed();
    await deliver(claim, { payment: 'in_progress_then_paid' });
    const before = (await desk.eventsOf(claim)).length;
    for (const known of [noAnswer, { kind: 'in_progress' } as const, notFound]) {
      const { client } = answering(paidNow, known);
      await desk.deliver(inquireMessage(claim), { client });
    }
    expect((await desk.eventsOf(claim)).length).toBe(before);
    const { client } = answering(paidNow, paidNow);
    await desk.deliver(inquireMessage(claim), { client });
    expect(await stateOf(claim)).toBe('paid');
  });
});

describe('money that comes back', () => {
  it('is recorded when the partner is asked about a paid payout, also when another account is linked by now', async () => {
    const claim = await claimed();
    await deliver(claim);
    const { participantId } = claim.citizen;
    await desk.files.change(participantId, (file) => ({
      events: [linkedAccount(file, participantId, '081111111111')],
    }));
    desk.payments.returnFunds(claim.reference);
    expect(await desk.deliver(inquireMessage(claim))).toBe('done');
    expect(await stateOf(claim)).toBe('returned');
    expect((await desk.fileOf(claim)).balances).toMatchObject({ paid_to_citizen: 0, incentive_entitlement: 700_000 });
  });

  it('is asked about at the account that it went to', async () => {
    const claim = await claimed();
    await deliver(claim);
    const { participantId } = claim.citizen;
    await desk.files.change(participantId, (file) => ({
      events: [linkedAccount(file, participantId, '082222222222')],
    }));
    const asked: unknown[] = [];
    const { client } = answering(paidNow);
    const inquire: typeof client.inquire = async (...[payout]: unknown[]) => {
      asked.push(payout);
      return notFound;
    };
    await desk.deliver(inquireMessage(claim), { client: { ...client, inquire } });
    expect(asked).toMatchObject([{ reference: claim.reference, account: { number: '081234567890' } }]);
  });

  it('is nothing where it has not come back', async () => {
    const claim = await claimed();
    await deliver(claim);
    expect(await desk.deliver(inquireMessage(claim))).toBe('done');
    expect(await stateOf(claim)).toBe('paid');
  });
});

describe('a payout that is sent and then not found', () => {
  it('is asked about once more before it is sent again', async () => {
    const claim = await claimed();
    const { client } = answering({ kind: 'in_progress' });
    await deliver(claim, { client });
    at(2);
    const second = answering(paidNow, notFound);
    await desk.deliver(inquireMessage(claim), { client: second.client });
    expect(second.calls).toEqual(['inquire']);
    expect(await stateOf(claim)).toBe('unknown');
    at(20);
    const third = answering(paidNow, notFound);
    await desk.deliver(inquireMessage(claim), { client: third.client });
    expect(third.calls).toEqual(['inquire', 'pay']);
    expect(await stateOf(claim)).toBe('paid');
  });
});
