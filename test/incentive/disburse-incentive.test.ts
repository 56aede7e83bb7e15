import '#test/platform/environment.ts';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { disburseIncentive } from '#functions/incentive/disburse-incentive.ts';
import type { InquiryFault, PaymentFault } from '#infra/local/simulators/payment-partner.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { type PaymentPartner, paymentPartner } from '#shared/incentive/payment-partner.ts';
import { participants } from '#shared/journal/participant.ts';
import { addWibMonths } from '#shared/platform/wib.ts';
import {
  type Choices,
  type Citizen,
  citizens,
  journeyUntil,
  keys,
  minutesAfter,
  type StepName,
  start,
  store,
} from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { type Death, type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
let simulators: Simulators;
const people = citizens('disburse', 200);
let served = 0;
beforeAll(async () => {
  engine = await startTable();
  simulators = await startSimulators();
});
afterAll(async () => {
  await simulators.stop();
  await engine.stop();
});
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 60));
});
afterEach(() => {
  vi.useRealTimers();
  simulators.payments.faults.clear();
  simulators.payments.inquiryFaults.clear();
});

type Asked = Awaited<ReturnType<PaymentPartner['inquire']>>;
type Claim = { readonly citizen: Citizen; readonly reference: string };

/** A citizen of whom nobody else knows, as far as a step. */
async function citizenAfter(step: StepName, choices: Choices = {}): Promise<Claim> {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  const journey = journeyUntil(step, { citizen, ...choices });
  await store(engine.table, journey);
  return { citizen, reference: journey.file.incentives.open?.reference ?? '' };
}

/** One delivery of a message; whether the queue keeps it. */
async function deliver(
  message: object,
  deliveries: number,
  { death, partner }: { readonly death?: Death | undefined; readonly partner?: PaymentPartner } = {},
): Promise<'done' | 'again'> {
  const worker = disburseIncentive({
    participants: participants(death ? engine.dying(death) : engine.table),
    partner: partner ?? paymentPartner(simulators.paymentPartnerUrl, async () => 'key'),
    keys: async () => keys,
  });
  return failedIds(await worker(queueEvent([message], deliveries), lambdaContext)).length === 0 ? 'done' : 'again';
}

const payMessage = ({ citizen: { participantId }, reference }: Claim) => ({ step: 'pay', participantId, reference });
const paymentsOf = ({ reference }: Claim) =>
  simulators.payments.book().filter(({ partnerReferenceNo }) => partnerReferenceNo === reference);
const eventsOf = async ({ citizen }: Claim) =>
  (await participants(engine.table).entries(citizen.participantId)).flatMap(({ events }) => events);
const countOf = async (claim: Claim, type: string) =>
  (await eventsOf(claim)).filter((event) => event.type === type).length;
const fileOf = async ({ citizen }: Claim) => (await participants(engine.table).load(citizen.participantId)).state;

/** What one delivery meets. */
type Trouble = { readonly payment?: PaymentFault; readonly inquiry?: InquiryFault; readonly death?: Death };

async function deliverWith(claim: Claim, deliveries: number, { payment, inquiry, death }: Trouble) {
  const { faults, inquiryFaults } = simulators.payments;
  faults.clear();
  inquiryFaults.clear();
  if (payment) faults.next(payment);
  if (inquiry) inquiryFaults.next(inquiry, 2);
  return deliver(payMessage(claim), deliveries, { death });
}

describe('paying an incentive', () => {
  it('is one payment, one event, and nothing for each further delivery', async () => {
    const claim = await citizenAfter('link');
    for (const deliveries of [1, 2, 3, 4, 5]) expect(await deliver(payMessage(claim), deliveries)).toBe('done');
    expect(paymentsOf(claim)).toMatchObject([{ amountRupiah: 600_000, accountNo: '081234567890', serviceCode: '38' }]);
    expect(await countOf(claim, 'IncentivePaid')).toBe(1);
    expect((await fileOf(claim)).balances).toMatchObject({ paid_to_citizen: 600_000, payout_in_flight: 0 });
  });

  it.each<[string, Trouble, 'done' | 'again']>([
    ['pays, and the answer is cut off', { payment: 'pay_then_cut' }, 'done'],
    ['pays, and times out', { payment: 'pay_then_timeout' }, 'done'],
    ['pays, is cut off, and cannot be asked', { payment: 'pay_then_cut', inquiry: 'unavailable' }, 'again'],
    ['pays, times out, and cannot be asked', { payment: 'pay_then_timeout', inquiry: 'cut' }, 'again'],
    ['does not answer', { payment: 'cut' }, 'again'],
    ['is not available', { payment: 'unavailable' }, 'again'],
    ['has no funds just now', { payment: 'funds_insufficient' }, 'again'],
    ['pays, and we die before we write it down', { death: { write: 1, when: 'before' } }, 'again'],
    ['pays, and we die when it is written down', { death: { write: 1, when: 'after' } }, 'again'],
    ['pays, is cut off, and we die', { payment: 'pay_then_cut', death: { write: 1, when: 'before' } }, 'again'],
  ])('is one payment when the partner %s', async (_, trouble, outcome) => {
    const claim = await citizenAfter('link');
    expect(await deliverWith(claim, 1, trouble)).toBe(outcome);
    expect(await deliverWith(claim, 2, {})).toBe('done');
    expect(await deliverWith(claim, 3, {})).toBe('done');
    expect(paymentsOf(claim)).toHaveLength(1);
    expect(await countOf(claim, 'IncentivePaid')).toBe(1);
    expect(await countOf(claim, 'IncentiveRefused')).toBe(0);
  });

  const paidBefore = { kind: 'paid', partnerReference: 'EARLIER' } as const;
  it.each<[string, number, Asked, string[], 'done' | 'again']>([
    ['sends at once the first time', 1, { kind: 'not_found' }, ['pay'], 'done'],
    ['asks first when it comes again, and does not send what was paid', 2, paidBefore, ['inquire'], 'done'],
    ['does not send while it is told nothing', 2, { kind: 'unknown' }, ['inquire'], 'again'],
    ['does not send what was refused', 3, { kind: 'refused', reason: 'failed' }, ['inquire'], 'done'],
    ['sends what never arrived', 5, { kind: 'not_found' }, ['inquire', 'pay'], 'done'],
  ])('%s', async (_, deliveries, known, expected, outcome) => {
    const claim = await citizenAfter('link');
    const calls: string[] = [];
    const partner: PaymentPartner = {
      pay: async () => {
        calls.push('pay');
        return { kind: 'paid', partnerReference: 'NOW' };
      },
      inquire: async () => {
        calls.push('inquire');
        return known;
      },
    };
    expect(await deliver(payMessage(claim), deliveries, { partner })).toBe(outcome);
    expect(calls).toEqual(expected);
  });

  it('is one payment whatever five deliveries meet', async () => {
    const payment = fc.constantFrom<PaymentFault | undefined>(
      undefined,
      'pay_then_cut',
      'pay_then_timeout',
      'cut',
      'unavailable',
      'funds_insufficient',
    );
    const inquiry = fc.constantFrom<InquiryFault | undefined>(undefined, undefined, 'cut', 'unavailable');
    const death = fc.constantFrom<Death | undefined>(
      undefined,
      undefined,
      { write: 1, when: 'before' },
      { write: 1, when: 'after' },
    );
    const troubles = fc.array(fc.record({ payment, inquiry, death }), { minLength: 4, maxLength: 4, size: 'max' });
    const check = async (met: readonly { [Name in keyof Trouble]-?: Trouble[Name] | undefined }[]) => {
      const claim = await citizenAfter('link');
      for (const [index, trouble] of met.entries()) {
        const faced: Trouble = {
          ...(trouble.payment && { payment: trouble.payment }),
          ...(trouble.inquiry && { inquiry: trouble.inquiry }),
          ...(trouble.death && { death: trouble.death }),
        };
        await deliverWith(claim, index + 1, faced);
        expect(paymentsOf(claim).length).toBeLessThanOrEqual(1);
        // Never recorded as paid without the money.
        expect(await countOf(claim, 'IncentivePaid')).toBeLessThanOrEqual(paymentsOf(claim).length);
      }
      expect(await deliverWith(claim, 5, {})).toBe('done');
      expect(paymentsOf(claim)).toHaveLength(1);
      expect(await countOf(claim, 'IncentivePaid')).toBe(1);
    };
    await fc.assert(fc.asyncProperty(troubles, check), { numRuns: 40 });
  });

  it('is one payment when the message comes five times at once', async () => {
    const claim = await citizenAfter('link');
    const deliveries = Array.from({ length: 5 }, () => deliver(payMessage(claim), 1));
    await Promise.all(deliveries);
    expect(await deliver(payMessage(claim), 2)).toBe('done');
    expect(paymentsOf(claim)).toHaveLength(1);
    expect(await countOf(claim, 'IncentivePaid')).toBe(1);
  });

  it('that the partner refuses for good pays nothing, is written down once, and is not tried again by itself', async () => {
    const claim = await citizenAfter('link');
    expect(await deliverWith(claim, 1, { payment: 'account_refused' })).toBe('done');
    expect(await deliverWith(claim, 2, {})).toBe('done');
    const { participantId } = claim.citizen;
    expect(await deliver({ step: 'claim', participantId }, 1)).toBe('done');
    expect(paymentsOf(claim)).toEqual([]);
    expect(await countOf(claim, 'IncentiveRefused')).toBe(1);
    expect(await countOf(claim, 'IncentiveClaimed')).toBe(1);
    expect((await fileOf(claim)).balances).toMatchObject({ payout_in_flight: 0, incentive_entitlement: 700_000 });
  });

  it('under a reference that was never claimed is nothing', async () => {
    const claim = await citizenAfter('link');
    expect(await deliver({ ...payMessage(claim), reference: 'FORGED' }, 1)).toBe('done');
    expect(simulators.payments.book().filter(({ partnerReferenceNo }) => partnerReferenceNo === 'FORGED')).toEqual([]);
    expect((await fileOf(claim)).incentives.open?.reference).toBe(claim.reference);
  });
});

describe('claiming a monthly incentive', () => {
  it('happens once, when its month has come', async () => {
    const claim = await citizenAfter('settle', { scheme: 'SEMI_BANSOS_2020' });
    const message = { step: 'claim', participantId: claim.citizen.participantId };
    const [first] = (await fileOf(claim)).incentives.paid;
    const opensAt = addWibMonths(first?.at ?? start, 1);

    vi.setSystemTime(new Date(opensAt.getTime() - 1));
    expect(await deliver(message, 1)).toBe('done');
    expect((await fileOf(claim)).incentives.open).toBeNull();

    vi.setSystemTime(opensAt);
    for (const deliveries of [1, 2, 3]) expect(await deliver(message, deliveries)).toBe('done');
    expect((await fileOf(claim)).incentives.open).toMatchObject({ number: 2 });
    expect(await countOf(claim, 'IncentiveClaimed')).toBe(2);
  });
});
