import { describe, expect, it } from 'vitest';
import { circuitBreaker } from '#shared/incentive/breaker.ts';
import { type PayoutPorts, PayoutUnrecorded, payoutWorker } from '#shared/incentive/pay-payout.ts';
import { type PaymentPartnerCode, paymentPartners } from '#shared/incentive/payment-partners.ts';
import type { InquiryResult } from '#shared/incentive/snap/answers.ts';
import { VersionConflict } from '#shared/journal/journal.ts';
import type { Participant } from '#shared/journal/participant.ts';
import { openOne, outcomes, participantId, settled } from '#test/incentive/paying.ts';
import { decided, fileAfter, minutesAfter, start } from '#test/journal/citizen.ts';

const now = minutesAfter(start, 60);
const claimed = fileAfter('link');
const { reference } = openOne(claimed);

/** A journal in which somebody else may have written between the loading and the writing. */
function journalOf(before: Participant, meanwhile: Participant | null) {
  let stored = before;
  const journal: PayoutPorts['journal'] = {
    load: async () => ({ state: stored, version: 1 }),
    append: async (_, { state }, decision, at) => {
      if (meanwhile) throw new VersionConflict();
      stored = decided(state, decision, at);
      return stored;
    },
    change: async (_, decide) => {
      const found = meanwhile ?? stored;
      stored = decided(found, await decide(found, now), now);
      return stored;
    },
  };
  return { journal, stateNow: () => stored.incentives.payouts.get(reference)?.state };
}

type Delivery = {
  readonly partnerCode?: PaymentPartnerCode;
  readonly before?: Participant;
  readonly meanwhile?: Participant;
  /** What the partner says when it is asked. */
  readonly known?: InquiryResult;
  readonly at?: Date;
};

/** Delivers the claim for the first time to the worker of a partner that reaches every bank, and pays whatever is ordered. */
async function deliver({ partnerCode = 'switching', before = claimed, meanwhile, known, at = now }: Delivery = {}) {
  const orders: string[] = [];
  const { journal, stateNow } = journalOf(before, meanwhile ?? null);
  const work = payoutWorker({
    partner: paymentPartners[partnerCode],
    client: {
      pay: async (order) => {
        orders.push(order.reference);
        return { kind: 'paid', partnerReference: 'BANK1' };
      },
      inquire: async () => known ?? { kind: 'not_found' },
    },
    journal,
    recipientOf: async () => ({ account: { kind: 'bank', provider: 'BNI', number: '12345678' }, holderName: 'SITI' }),
    permitOf: async () => ({ allowed: true, approvedAt: now }),
    isEnabled: async () => true,
    breaker: circuitBreaker(),
    pace: async () => {},
    now: () => at,
    random: () => 0,
    onStop: () => {},
  });
  const message = { step: 'pay', participantId, reference, releaseId: 'release-1', again: false } as const;
  const failed = await work(message, 1).then(
    () => null,
    (error: Error) => (error instanceof PayoutUnrecorded ? error.name : error.message),
  );
  return { orders, failed, state: stateNow() };
}

describe('a payout', () => {
  it('is sent by the partner that it was claimed for, and by no other that could', async () => {
    expect(await deliver()).toEqual({ orders: [reference], failed: null, state: 'paid' });
    expect(await deliver({ partnerCode: 'bank-induk' })).toEqual({
      orders: [],
      failed: 'payout.partner_differs',
      state: 'claimed',
    });
  });

  it.each(['unknown', 'sent', 'deferred'] as const)(
    'that was paid is recorded at once, also where another delivery has written %s meanwhile',
    async (outcome) => {
      const meanwhile = settled(claimed, outcomes[outcome], now);
      expect(await deliver({ meanwhile })).toEqual({ orders: [reference], failed: null, state: 'paid' });
    },
  );

  it('that was paid and that no journal takes is not let go: another delivery had written a refusal', async () => {
    const meanwhile = settled(claimed, outcomes.refused, now);
    expect(await deliver({ meanwhile })).toEqual({ orders: [reference], failed: 'PayoutUnrecorded', state: 'refused' });
  });

  it.each(['unknown', 'sent'] as const)(
    'that is %s is asked about before anything is sent, also at the first delivery',
    async (outcome) => {
      const before = settled(claimed, outcomes[outcome], now);
      const known = { kind: 'paid', partnerReference: 'BANK1' } as const;
      const found = await deliver({ before, known, at: minutesAfter(now, 10) });
      expect(found).toEqual({ orders: [], failed: null, state: 'paid' });
    },
  );
});
