import { describe, expect, it } from 'vitest';
import { transfer } from '#shared/credit/ledger.ts';
import { attemptsOf, firstPaidAt, isOpen, openPayouts, paidPayouts } from '#shared/incentive/incentive.ts';
import { type AccountCheck, type IncentiveClaimed, IncentiveEvent } from '#shared/incentive/incentive-events.ts';
import { payoutReference } from '#shared/incentive/payout.ts';
import type { Participant, ParticipantEvent } from '#shared/journal/participant.ts';
import {
  answered,
  claimedAt,
  forfeited,
  held,
  lifted,
  openOne,
  outcomes,
  participantId,
  relinked,
  settled,
} from '#test/incentive/paying.ts';
import { decided, fileAfter, linkedAccount, minutesAfter, start } from '#test/journal/citizen.ts';

/* What the fold itself refuses: a rule that decided wrongly never reaches the journal. */

const now = minutesAfter(start, 60);
// Four incentives: the ledger alone would not stop a second claim.
const scheme = { scheme: 'SEMI_BANSOS_2020' } as const;
const unclaimed = fileAfter('certify', scheme);
const claimed = fileAfter('link', scheme);
const paid = settled(claimed, outcomes.paid, now);
const refused = settled(claimed, outcomes.refused, now);
const { reference, partnerCode, accountTag, rules, evidenceDigest, amountRupiah } = openOne(claimed);
const folding = (file: Participant, event: ParticipantEvent) => () => decided(file, { events: [event] }, now);

/** A claim as a rule would make it, with the one interesting value changed. */
function claimOf(change: Partial<IncentiveClaimed> = {}): IncentiveClaimed {
  const { kind = 'training', number = 1, attempt = 1 } = change;
  return {
    type: 'IncentiveClaimed',
    kind,
    number,
    attempt,
    reference: payoutReference({ participantId, kind, number, attempt }),
    amountRupiah: 600_000,
    partnerCode,
    accountTag,
    rules,
    evidenceDigest,
    legs: transfer('incentive_entitlement', { payout_in_flight: 600_000 }),
    ...change,
  };
}

describe('a claim', () => {
  it('begins a payout that nothing has happened to', () => {
    expect(openOne(claimed)).toEqual({
      kind: 'training',
      number: 1,
      attempt: 1,
      reference,
      amountRupiah: 600_000,
      partnerCode: 'switching',
      accountTag: claimed.incentives.account?.accountTag,
      rules,
      evidenceDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      state: 'claimed',
      claimedAt: minutesAfter(start, 10),
      deferrals: 0,
      deferred: null,
      unsentAt: minutesAfter(start, 10),
      releaseId: null,
      relisted: false,
      inquiries: 0,
      openSince: null,
      openAt: null,
      refusal: null,
      paid: null,
      failed: null,
    });
  });

  it.each<[string, Participant, IncentiveClaimed, string]>([
    ['while one is open', claimed, claimOf({ attempt: 2, remedialOf: reference }), 'Nothing leads from claimed'],
    ['of what is paid', paid, claimOf({ attempt: 2, remedialOf: reference }), 'Nothing leads from paid'],
    ['as the first attempt again', refused, claimOf(), 'Attempts are counted'],
    ['that leaves an attempt out', refused, claimOf({ attempt: 3, remedialOf: reference }), 'Attempts are counted'],
    ['that makes nothing good', refused, claimOf({ attempt: 2 }), 'makes good the one before it'],
    ['that makes another one good', unclaimed, claimOf({ remedialOf: reference }), 'makes good the one before it'],
    ['under a used reference', refused, claimOf({ attempt: 2, remedialOf: reference, reference }), 'used once'],
    ['of the second before the first', unclaimed, claimOf({ number: 2 }), 'paid in order'],
    ['of the second while the first is open', claimed, claimOf({ number: 2 }), 'paid in order'],
  ])('is not folded %s', (_, file, claim, sentence) => {
    expect(folding(file, claim)).toThrow(sentence);
  });

  it('of a survey needs no number before it', () => {
    const reward = claimOf({ kind: 'survey', number: 2, amountRupiah: 50_000 });
    expect(openPayouts(decided(paid, { events: [reward] }, now).incentives)).toMatchObject([
      { kind: 'survey', number: 2 },
    ]);
  });

  it('of the second may follow a first one that was paid and came back', () => {
    const back = settled(paid, outcomes.returned, now, reference);
    expect(folding(back, claimOf({ number: 2 }))).not.toThrow();
  });

  it('never takes more than the entitlement has', () => {
    const legs = transfer('incentive_entitlement', { payout_in_flight: 2_550_001 });
    expect(folding(unclaimed, claimOf({ amountRupiah: 2_550_001, legs }))).toThrow('never overdrawn');
  });
});

describe('what happens to a payout', () => {
  const legs = transfer('payout_in_flight', { paid_to_citizen: amountRupiah });
  const facts = { kind: 'training', number: 1, partnerCode, partnerReference: 'BANK1', by: 'answer' } as const;
  const payment = { type: 'IncentivePaid', ...facts, reference, evidenceDigest, legs } as const;

  it.each<[string, Participant, ParticipantEvent]>([
    ['a payment before any claim', unclaimed, payment],
    ['a second payment', paid, payment],
    ['a payment of what was refused', refused, payment],
    ['an inquiry about what was refused', refused, { type: 'IncentiveUnknown', reference, cause: 'timeout' }],
    ['a sending of what is paid', paid, { type: 'IncentiveSent', reference }],
    [
      'a deferral of what is with the partner',
      settled(claimed, outcomes.sent, now),
      { type: 'IncentiveDeferred', reference, reason: 'closed_hours', until: now.toISOString() },
    ],
    [
      'a return of what was never paid',
      claimed,
      {
        type: 'IncentiveReturned',
        kind: 'training',
        number: 1,
        reference,
        partnerReference: 'BANK2',
        by: 'statement',
        legs: transfer('payout_in_flight', { incentive_entitlement: 600_000 }),
      },
    ],
  ])('is never %s', (_, file, event) => {
    expect(folding(file, event)).toThrow();
  });

  it('stands with its proof and its instant', () => {
    const file = settled(claimed, { kind: 'paid', partnerReference: 'BANK9', by: 'inquiry' }, now);
    expect(paidPayouts(file.incentives)).toMatchObject([
      { paid: { at: now, partnerReference: 'BANK9', by: 'inquiry' }, failed: null },
    ]);
    expect(refused.incentives.payouts.get(reference)).toMatchObject({
      paid: null,
      failed: { at: now, reason: 'account_closed' },
    });
  });
});

describe('payouts of a file', () => {
  it('are told apart by kind and number, in the order of their claims', () => {
    const file = claimedAt(answered(paid, 1, now), now);
    expect(attemptsOf(file.incentives, 'training', 1)).toHaveLength(1);
    expect(attemptsOf(file.incentives, 'survey', 1)).toHaveLength(1);
    expect(attemptsOf(file.incentives, 'training', 2)).toEqual([]);
    expect([...file.incentives.payouts.values()].map(isOpen)).toEqual([false, true]);
    expect(paidPayouts(file.incentives).map(({ kind }) => kind)).toEqual(['training']);
  });

  it('know when the first was first paid, also after it came back and was paid anew', () => {
    expect(firstPaidAt(claimed.incentives)).toBeNull();
    const back = settled(paid, outcomes.returned, minutesAfter(now, 1), reference);
    const again = settled(relinked(back, '2', minutesAfter(now, 2)), outcomes.paid, minutesAfter(now, 3));
    for (const file of [paid, back, again]) expect(firstPaidAt(file.incentives)).toEqual(now);
  });
});

describe('an account that is checked', () => {
  const check: AccountCheck = { outcome: 'matched', reasons: [], kyc: 'full', partnerCode: 'switching' };

  it('is the one that is linked', () => {
    expect(folding(claimed, { type: 'PayoutAccountChecked', accountTag: 'another', check })).toThrow('asked about');
    expect(folding(unclaimed, { type: 'PayoutAccountChecked', accountTag, check })).toThrow('asked about');
  });

  it.each([
    ['matched', false],
    ['refused', true],
  ] as const)('as %s is refused: %s', (outcome, isRefused) => {
    const linked = decided(
      unclaimed,
      { events: [{ ...linkedAccount(unclaimed, participantId, '1'), check: null }] },
      now,
    );
    expect(linked.incentives.accountRefused).toBe(false);
    const tag = linked.incentives.account?.accountTag ?? '';
    const event = { type: 'PayoutAccountChecked', accountTag: tag, check: { ...check, outcome } } as const;
    const file = decided(linked, { events: [event] }, now);
    expect(file.incentives).toMatchObject({ accountRefused: isRefused, account: { check: { outcome } } });
  });
});

describe('a hold', () => {
  const placed = { type: 'PayoutHoldPlaced', holdId: 'a', reason: 'manual', by: 'operator-1' } as const;
  const release = { type: 'PayoutHoldReleased', holdId: 'a', by: 'operator-2' } as const;

  it('is placed once and lifted once', () => {
    const stopped = held(claimed, 'a', now);
    expect(folding(stopped, placed)).toThrow('placed once');
    const free = lifted(stopped, 'a', now);
    expect(folding(free, placed)).toThrow('placed once');
    expect(folding(free, release)).toThrow('What is released was held');
    expect(folding(claimed, release)).toThrow('What is released was held');
  });

  it('leaves payouts and other holds alone', () => {
    const stopped = held(held(claimed, 'a', now), 'b', now);
    expect([...lifted(stopped, 'a', now).incentives.holds.keys()]).toEqual(['b']);
    expect(openOne(stopped)).toEqual(openOne(claimed));
  });
});

describe('a forfeiture', () => {
  it.each([
    ['refused', refused, 'forfeited', 2_550_000],
    ['returned', settled(paid, outcomes.returned, now, reference), 'forfeited', 2_550_000],
    ['claimed', claimed, 'claimed', 1_950_000],
    ['paid', paid, 'paid', 1_950_000],
  ] as const)('leaves a payout that is %s as it must', (_, file, state, returned) => {
    const ended = forfeited(file, now);
    expect(ended.incentives.payouts.get(reference)?.state).toBe(state);
    expect(ended.balances).toMatchObject({ incentive_entitlement: 0, returned });
  });

  it('comes once', () => {
    const event = { type: 'EntitlementForfeited', holdId: 'a', reason: 'eligibility_lost', by: 'operator' } as const;
    expect(folding(forfeited(paid, now), event)).toThrow('forfeited once');
  });
});

describe('an event as stored', () => {
  it.each<[string, object]>([
    ['a reference that is none', claimOf({ reference: 'T1' })],
    ['a digest that is none', claimOf({ evidenceDigest: 'digest' })],
    ['an amount of nothing', claimOf({ amountRupiah: 0 })],
    ['a part of a rupiah', claimOf({ amountRupiah: 0.5 })],
    ['legs that do not sum to zero', { ...claimOf(), legs: [{ account: 'payout_in_flight', rupiah: 600_000 }] }],
    ['no legs', { ...claimOf(), legs: undefined }],
    ['a name in a reason', { type: 'IncentiveUnknown', reference, cause: 'Siti Rahayu' }],
    ['no instant', { type: 'IncentiveDeferred', reference, reason: 'closed_hours', until: 'tomorrow' }],
    ['more than a check may have', { ...linkedAccount(unclaimed, participantId, '1'), check: { holder: 'Siti' } }],
  ])('does not parse with %s', (_, event) => {
    expect(IncentiveEvent.safeParse(event).success).toBe(false);
  });

  it('parses as a rule makes it', () => {
    expect(IncentiveEvent.parse(claimOf())).toEqual(claimOf());
  });
});
