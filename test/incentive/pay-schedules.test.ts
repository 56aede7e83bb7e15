import '#test/platform/environment.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type InquiryFault, paymentFaults } from '#infra/local/simulators/payments/partner-faults.ts';
import { accounts } from '#shared/credit/ledger.ts';
import { openStates } from '#shared/incentive/payout.ts';
import type { PayoutMessage } from '#shared/operations/messages.ts';
import { type Claim, type PayDesk, payDesk, payMessage } from '#test/incentive/pay-desk.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';

/*
 * One payout under any schedule: deliveries one after the other and at once, faults of the partner, deaths at every call and
 * every write, and whatever the clock brings. The sandbox's book judges.
 */

let desk: PayDesk;
beforeAll(async () => {
  desk = await payDesk('pay schedules', 150);
});
afterAll(async () => {
  vi.useRealTimers();
  await desk.stop();
});

const maybe = <Value>(value: fc.Arbitrary<Value>, weight = 2) =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** All but `slow`, which would only hold the run up. */
const payment = fc.constantFrom(...paymentFaults.filter((fault) => fault !== 'slow'));
const inquiry = fc.constantFrom<InquiryFault>('cut', 'timeout', 'unavailable', 'garbage', 'rate_limited');
const when = fc.constantFrom('before' as const, 'after' as const);
const delivery = fc.record({
  deliveries: fc.integer({ min: 1, max: 5 }),
  again: fc.boolean(),
  payment: maybe(payment, 1),
  inquiry: maybe(inquiry),
  death: maybe(fc.record({ write: fc.constant(1), when })),
  callDeath: maybe(fc.record({ call: fc.integer({ min: 1, max: 3 }), when })),
});
type Drawn<Source> = Source extends fc.Arbitrary<infer Value> ? Value : never;
type Delivery = Drawn<typeof delivery>;

/** Deliveries that are under way at the same time, and how the clock goes on after them. */
const round = fc.record({
  atOnce: fc.array(delivery, { minLength: 1, maxLength: 3 }),
  minutes: fc.constantFrom(0, 0, 1, 3, 20, 300),
  clockDelivers: fc.boolean(),
});

async function deliverOne(claim: Claim, one: Delivery, message: PayoutMessage = payMessage(claim, one.again)) {
  if (one.payment) desk.payments.faults.next(one.payment);
  if (one.inquiry) desk.payments.inquiryFaults.next(one.inquiry);
  const { deliveries, death, callDeath } = one;
  return desk.deliver(message, { deliveries, death, callDeath });
}

/** Whatever happens, this holds. */
async function judge(claim: Claim): Promise<void> {
  const { balances, incentives } = await desk.fileOf(claim);
  const payout = await desk.payoutOf(claim);
  const paidAtPartner = desk.paymentsOf(claim).length;
  expect(paidAtPartner).toBeLessThanOrEqual(1);
  expect(accounts.reduce((sum, account) => sum + balances[account], 0)).toBe(0);
  expect(await desk.countOf(claim, 'IncentivePaid')).toBeLessThanOrEqual(paidAtPartner);
  expect(await desk.countOf(claim, 'IncentiveClaimed')).toBe(1);
  expect(balances.payout_in_flight).toBe(openStates.includes(payout.state) ? 600_000 : 0);
  expect(balances.paid_to_citizen).toBe(payout.state === 'paid' ? 600_000 : 0);
  // A refusal with money out would let the next attempt pay again.
  if (payout.state === 'refused') expect(paidAtPartner).toBe(0);
  expect(incentives.payouts.size).toBe(1);
}

/** Delivers what the clock has for a payout by now. */
async function sweep(claim: Claim, since: Date): Promise<void> {
  for (const { at, message } of await desk.due(claim)) if (at > since && at <= new Date()) await desk.deliver(message);
}

describe('a payout under any schedule of deliveries, faults and deaths', () => {
  it('is paid at most once, and ends as the partner’s book has it when the trouble is over', async () => {
    const ends = new Map<string, number>();
    const check = async (rounds: readonly Drawn<typeof round>[]) => {
      vi.setSystemTime(minutesAfter(start, 60));
      desk.calm();
      const claim = await desk.citizenAfter('link');
      let swept = new Date();
      for (const { atOnce, minutes, clockDelivers } of rounds) {
        await Promise.all(atOnce.map((one) => deliverOne(claim, one)));
        await judge(claim);
        vi.setSystemTime(minutesAfter(new Date(), minutes));
        if (clockDelivers) await sweep(claim, swept);
        if (clockDelivers) swept = new Date();
        await judge(claim);
      }
      desk.calm();
      // The queue delivers again what was not acknowledged; the clock brings the rest.
      await desk.deliver(payMessage(claim, true), { deliveries: 2 });
      for (let tries = 0; tries < 20 && openStates.includes((await desk.payoutOf(claim)).state); tries += 1) {
        const next = (await desk.due(claim)).find(({ at }) => at > swept);
        if (!next) break;
        swept = next.at;
        vi.setSystemTime(Math.max(Date.now(), minutesAfter(next.at, 1).getTime()));
        expect(await desk.deliver(next.message)).toBe('done');
        await judge(claim);
      }
      const { state } = await desk.payoutOf(claim);
      ends.set(state, (ends.get(state) ?? 0) + 1);
      expect(state).toBe(desk.paymentsOf(claim).length === 1 ? 'paid' : 'refused');
    };
    const schedule = fc.array(round, { minLength: 1, maxLength: 4, size: 'max' });
    await fc.assert(fc.asyncProperty(schedule, check), { numRuns: 100, endOnFailure: true });
    // Schedules that never pay, or always do, would prove less.
    expect(ends.get('paid')).toBeGreaterThan(50);
    expect(ends.get('refused')).toBeGreaterThan(0);
  }, 180_000);
});
