import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPayouts } from '#shared/incentive/incentive.ts';
import type { PayoutState } from '#shared/incentive/payout.ts';
import { maxInquiries, nextInquiryAt, type Outcome, recordOutcome } from '#shared/incentive/settlement.ts';
import type { Participant } from '#shared/journal/participant.ts';
import { messagesDue } from '#shared/operations/sweep.ts';
import { dueEntry, dueKinds, journalKeys, shardOf } from '#shared/table/keys.ts';
import {
  answered,
  claimedAt,
  forfeited,
  held,
  type OutcomeName,
  openOne,
  outcomeNames,
  outcomes,
  participantId,
  relinked,
  settled,
} from '#test/incentive/paying.ts';
import { decided, fileAfter, minutesAfter, start } from '#test/journal/citizen.ts';

const now = minutesAfter(start, 60);
const hours = (count: number) => minutesAfter(now, count * 60);
const shard = shardOf(participantId);
const claimed = fileAfter('link');
const { reference } = openOne(claimed);
const record = (file: Participant, outcome: Outcome, at = now, of = reference) =>
  recordOutcome(participantId, file, of, outcome, at);
const typesOf = (file: Participant, outcome: Outcome) => record(file, outcome).events.map(({ type }) => type);
const stateOf = (file: Participant) => file.incentives.payouts.get(reference)?.state;

type Recorded = Exclude<PayoutState, 'due' | 'held'>;
const [sent, unknown, paid, refused] = (['sent', 'unknown', 'paid', 'refused'] as const).map((name) =>
  settled(claimed, outcomes[name], now),
);
const returned = paid && settled(paid, outcomes.returned, now, reference);

/** A file for each state that a payout in a journal can have. */
const files: Readonly<Record<Recorded, Participant | undefined>> = {
  claimed,
  sent,
  unknown,
  paid,
  refused,
  returned,
  remedied: refused && relinked(refused, '2', now),
  forfeited: refused && forfeited(refused, now),
};
const fileIn = (state: Recorded): Participant => {
  const file = files[state];
  if (!file) throw new Error('Every state has a file');
  return file;
};

/** What is recorded of an outcome in each state; nothing where nothing stands. */
const open = {
  paid: ['IncentivePaid'],
  refused: ['IncentiveRefused'],
  'refused, not because of the account': ['IncentiveRefused'],
  returned: ['IncentivePaid', 'IncentiveReturned'],
  sent: ['IncentiveSent'],
  unknown: ['IncentiveUnknown'],
} as const;
const expected: Readonly<Record<Recorded, Partial<Record<OutcomeName, readonly string[]>>>> = {
  claimed: { ...open, deferred: ['IncentiveDeferred'] },
  sent: open,
  unknown: { ...open, deferred: ['IncentiveDeferred'] },
  paid: { returned: ['IncentiveReturned'] },
  refused: {},
  returned: {},
  remedied: {},
  forfeited: {},
};
const states = Object.keys(expected).filter((state): state is Recorded => state in expected);
const cases = states.flatMap((state) => outcomeNames.map((name) => [state, name] as const));

describe('an outcome', () => {
  it.each(states)('finds the state %s where the test put it', (state) => {
    expect(stateOf(fileIn(state))).toBe(state);
  });

  it.each(cases)('in the state %s that says %s is recorded as the table has it', (state, name) => {
    expect(typesOf(fileIn(state), outcomes[name])).toEqual(expected[state][name] ?? []);
  });

  it.each(cases)('in the state %s that says %s keeps the books, and money is where the state says', (state, name) => {
    const file = decided(fileIn(state), record(fileIn(state), outcomes[name]), now);
    const payouts = [...file.incentives.payouts.values()];
    const inFlight = openPayouts(file.incentives).reduce((sum, { amountRupiah }) => sum + amountRupiah, 0);
    const received = payouts.reduce((sum, payout) => sum + (payout.state === 'paid' ? payout.amountRupiah : 0), 0);
    expect(file.balances.payout_in_flight).toBe(inFlight);
    expect(file.balances.paid_to_citizen).toBe(received);
    const { incentive_entitlement, payout_in_flight, paid_to_citizen, returned: back } = file.balances;
    expect(incentive_entitlement + payout_in_flight + paid_to_citizen + back).toBe(700_000);
  });

  it.each(cases)('in the state %s that says %s and comes again moves no money twice', (state, name) => {
    const once = decided(fileIn(state), record(fileIn(state), outcomes[name]), now);
    const twice = decided(once, record(once, outcomes[name]), now);
    expect(twice.balances).toEqual(once.balances);
  });

  it('of a payout that nobody claimed is nothing', () => {
    for (const name of outcomeNames) expect(record(claimed, outcomes[name], now, `${reference}X`).events).toEqual([]);
  });

  it('as paid stands: nothing that is said later of the same payout changes it, but a return', () => {
    const file = fileIn('paid');
    for (const name of outcomeNames.filter((name) => name !== 'returned'))
      expect(record(file, outcomes[name]).events).toEqual([]);
  });
});

describe('paid', () => {
  it('moves the money to the citizen, with the reference of the partner and the proof of the claim', () => {
    expect(fileIn('paid').balances).toMatchObject({ payout_in_flight: 0, paid_to_citizen: 600_000 });
    const { evidenceDigest, partnerCode } = openOne(claimed);
    expect(record(claimed, { kind: 'paid', partnerReference: 'BANK1', by: 'statement' }).events).toEqual([
      {
        type: 'IncentivePaid',
        kind: 'training',
        number: 1,
        reference,
        partnerCode,
        partnerReference: 'BANK1',
        by: 'statement',
        evidenceDigest,
        legs: [
          { account: 'payout_in_flight', rupiah: -600_000 },
          { account: 'paid_to_citizen', rupiah: 600_000 },
        ],
      },
    ]);
  });

  it('says when it is paid once more, after a return and not after a refusal', () => {
    const again = (file: Participant) => record(file, outcomes.paid, now, openOne(file).reference).events;
    expect(again(relinked(fileIn('returned'), '2', now))).toMatchObject([{ type: 'IncentivePaid', again: true }]);
    for (const file of [claimed, relinked(fileIn('refused'), '2', now)])
      expect(again(file)).toEqual([expect.not.objectContaining({ again: true })]);
  });

  it('is paid also where the right was lost while the money was on its way', () => {
    const file = settled(forfeited(claimed, now), outcomes.paid, now, reference);
    expect(file.balances).toMatchObject({ paid_to_citizen: 600_000, returned: 100_000, incentive_entitlement: 0 });
  });

  it('puts nothing on the clock where there is one incentive only', () => {
    expect(record(claimed, outcomes.paid).index).toBeUndefined();
  });

  const monthly = fileAfter('link', { scheme: 'SEMI_BANSOS_2020' });

  it('puts the next month on the clock a minute after its right, so that no clock is too early', () => {
    expect(record(monthly, outcomes.paid, new Date('2027-01-31T16:59:59.000Z')).index).toEqual({
      due: `DUE#2027-03-01#${participantId[0]}`,
      dueSort: '2027-02-28T17:00:59.000Z#incentive',
    });
  });

  it('puts the next one on the clock a minute from now when its month has passed already', () => {
    const first = settled(monthly, outcomes.paid, now);
    const back = relinked(settled(first, outcomes.returned, now, openOne(monthly).reference), '2', now);
    const late = hours(24 * 40);
    expect(record(back, outcomes.paid, late, openOne(back).reference).index).toMatchObject({
      dueSort: `${minutesAfter(late, 1).toISOString()}#incentive`,
    });
  });

  it.each([
    [3, true],
    [4, false],
  ])('of number %i puts another on the clock: %s', (number, isDue) => {
    let file = settled(monthly, outcomes.paid, now);
    for (let next = 2; next < number; next += 1)
      file = settled(claimedAt(file, hours(24 * 32 * next)), outcomes.paid, hours(24 * 32 * next));
    const at = hours(24 * 32 * number);
    const last = claimedAt(file, at);
    expect(record(last, outcomes.paid, at, openOne(last).reference).index !== undefined).toBe(isDue);
  });

  it('of a survey puts nothing on the clock', () => {
    const asked = claimedAt(answered(settled(monthly, outcomes.paid, now), 1, now), now);
    expect(openOne(asked).kind).toBe('survey');
    expect(record(asked, outcomes.paid, now, openOne(asked).reference).index).toBeUndefined();
  });
});

describe('refused', () => {
  it('gives the money back to the entitlement', () => {
    expect(fileIn('refused').balances).toMatchObject({
      payout_in_flight: 0,
      paid_to_citizen: 0,
      incentive_entitlement: 700_000,
      returned: 0,
    });
  });

  it.each([
    ['refused', true],
    ['refused, not because of the account', false],
  ] as const)('as %s makes the account unusable: %s', (name, isRefused) => {
    expect(settled(claimed, outcomes[name], now).incentives.accountRefused).toBe(isRefused);
  });

  it('does not make another account unusable that was linked since', () => {
    const twice = relinked(fileIn('refused'), '2', now);
    expect(twice.incentives.accountRefused).toBe(false);
    expect(settled(twice, outcomes.refused, now).incentives.accountRefused).toBe(true);
  });

  it('sends the money on to the treasury when the right was lost meanwhile', () => {
    const late = settled(forfeited(claimed, now), outcomes.refused, now, reference);
    expect(late.balances).toMatchObject({ incentive_entitlement: 0, payout_in_flight: 0, returned: 700_000 });
  });
});

describe('returned', () => {
  it('gives the money back to the entitlement, and the account is not used again', () => {
    const file = fileIn('returned');
    expect(file.balances).toMatchObject({ paid_to_citizen: 0, incentive_entitlement: 700_000 });
    expect(file.incentives.accountRefused).toBe(true);
  });

  it('says that it was paid first where the journal had not heard of it', () => {
    const file = settled(fileIn('unknown'), outcomes.returned, now);
    expect(file.incentives.payouts.get(reference)).toMatchObject({
      state: 'returned',
      paid: { partnerReference: 'BANK2', by: 'statement' },
      failed: { reason: 'returned' },
    });
    expect(file.balances).toMatchObject({ payout_in_flight: 0, paid_to_citizen: 0, incentive_entitlement: 700_000 });
  });

  it.each(['claimed', 'paid'] as const)('sends the money on to the treasury after a forfeiture (%s)', (state) => {
    const late = settled(forfeited(fileIn(state), now), outcomes.returned, now, reference);
    expect(late.balances).toMatchObject({ incentive_entitlement: 0, paid_to_citizen: 0, returned: 700_000 });
  });

  it('of the first is made good while the second stays paid', () => {
    const monthly = settled(fileAfter('link', { scheme: 'SEMI_BANSOS_2020' }), outcomes.paid, now);
    const [first = ''] = monthly.incentives.payouts.keys();
    const second = settled(claimedAt(monthly, hours(24 * 32)), outcomes.paid, hours(24 * 32));
    const back = settled(second, outcomes.returned, hours(24 * 33), first);
    const whole = settled(relinked(back, '2', hours(24 * 34)), outcomes.paid, hours(24 * 35));
    expect(
      [...whole.incentives.payouts.values()].map(({ number, attempt, state }) => [number, attempt, state]),
    ).toEqual([
      [1, 1, 'remedied'],
      [2, 1, 'paid'],
      [1, 2, 'paid'],
    ]);
    expect(whole.balances.paid_to_citizen).toBe(1_200_000);
  });
});

describe('an open outcome', () => {
  it.each(['sent', 'unknown'] as const)(
    'as %s is asked about through the due index, by the partner that has it',
    (name) => {
      const { partnerCode } = openOne(claimed);
      expect(record(claimed, outcomes[name]).index).toEqual({
        due: `DUE#2026-11-02#${participantId[0]}`,
        dueSort: `${minutesAfter(now, 2).toISOString()}#inquiry#${partnerCode}#${reference}`,
      });
    },
  );

  it('is never asked about before two minutes have passed, later ever more seldom, and at last daily', () => {
    const minutes = Array.from({ length: 10 }, (_, index) => {
      const at = nextInquiryAt(index + 1, now);
      return at && (at.getTime() - now.getTime()) / 60_000;
    });
    expect(minutes).toEqual([2, 5, 15, 60, 180, 360, 720, 1_440, 1_440, 1_440]);
  });

  it('is asked about some forty times, and then left to the statement', () => {
    expect(nextInquiryAt(maxInquiries, now)).not.toBeNull();
    expect(nextInquiryAt(maxInquiries + 1, now)).toBeNull();
    let file = claimed;
    let at = now;
    let entries = 0;
    for (let times = 0; times <= maxInquiries; times += 1) {
      const decision = record(file, outcomes.unknown, at);
      file = decided(file, decision, at);
      entries += decision.index ? 1 : 0;
      at = hours(24 * times);
    }
    expect(entries).toBe(maxInquiries);
    expect(openOne(file)).toMatchObject({ state: 'unknown', inquiries: maxInquiries + 1, openSince: now });
    expect(stateOf(settled(file, outcomes.paid, at))).toBe('paid');
  });

  it('counts from the first time on, through whatever is said in between', () => {
    const file = settled(settled(fileIn('sent'), outcomes.unknown, hours(1)), outcomes.sent, hours(2));
    expect(openOne(file)).toMatchObject({ inquiries: 3, openSince: now });
  });
});

describe('a deferral', () => {
  const { partnerCode } = openOne(claimed);
  const deferredUntil = (until: Date) => record(claimed, { kind: 'deferred', reason: 'closed_hours', until });

  it('stands in the due index until its time, under the same reference', () => {
    const until = hours(9);
    const { events, index } = deferredUntil(until);
    expect(events).toEqual([
      { type: 'IncentiveDeferred', reference, reason: 'closed_hours', until: until.toISOString() },
    ]);
    expect(index).toEqual({
      due: `DUE#2026-11-02#${shard}`,
      dueSort: `${until.toISOString()}#payout#${partnerCode}#${reference}`,
    });
    expect(openOne(decided(claimed, deferredUntil(until), now))).toMatchObject({
      state: 'claimed',
      deferrals: 1,
      deferred: { reason: 'closed_hours', until, at: now },
    });
  });

  it.each([
    ['in the past', -60],
    ['now', 0],
    ['in less than a minute', 0.5],
    ['in a minute', 1],
  ])('until an instant %s is for a minute: the sweeper cannot have passed it', (_, minutes) => {
    expect(deferredUntil(minutesAfter(now, minutes)).index).toMatchObject({
      dueSort: `${minutesAfter(now, 1).toISOString()}#payout#${partnerCode}#${reference}`,
    });
  });

  it('is never of a payout that the partner has', () => {
    expect(record(fileIn('sent'), outcomes.deferred).events).toEqual([]);
  });

  it('ends when the payout is sent', () => {
    const file = settled(settled(claimed, outcomes.deferred, now), outcomes.unknown, hours(1));
    expect(openOne(file)).toMatchObject({ state: 'unknown', deferred: null, deferrals: 1 });
  });

  it('may be of a payout that is held', () => {
    expect(typesOf(held(claimed, 'feed-1', now), outcomes.deferred)).toEqual(['IncentiveDeferred']);
  });
});

describe('an entry of the due index', () => {
  const pk = journalKeys.participant(participantId);
  const sortOf = (kind: Parameters<typeof dueEntry>[2], ...details: string[]) =>
    dueEntry(shard, now, kind, ...details).dueSort;

  it.each([
    [sortOf(dueKinds.claim), { step: 'claim', participantId }],
    [sortOf(dueKinds.receivable), { step: 'receivable', participantId }],
    [sortOf(dueKinds.payout, 'switching', reference), { step: 'retry', participantId, reference }],
    [sortOf(dueKinds.inquiry, 'switching', reference), { step: 'inquire', participantId, reference }],
  ])('%s becomes its message', (dueSort, body) => {
    expect(messagesDue(pk, dueSort).map((message) => message.body)).toEqual([body]);
  });

  it.each([
    ['bank-induk', 'bankIndukQueueUrl'],
    ['switching', 'switchingQueueUrl'],
  ])('goes to the queue of its partner, %s', (partnerCode, queue) => {
    for (const kind of [dueKinds.payout, dueKinds.inquiry])
      expect(messagesDue(pk, sortOf(kind, partnerCode, reference)).map((message) => message.queue)).toEqual([queue]);
  });

  it('of a partner or a kind that nobody knows is our mistake', () => {
    expect(() => messagesDue(pk, sortOf(dueKinds.inquiry, 'bank-lain', reference))).toThrow();
    expect(() => messagesDue(pk, `${now.toISOString()}#gift`)).toThrow('due.kind_unknown');
  });

  it('is for the shard of the participant and the day in WIB', () => {
    const lateEvening = new Date('2026-11-02T16:59:59.999Z');
    const days = [lateEvening, minutesAfter(lateEvening, 1)].map((at) => dueEntry(shard, at, dueKinds.claim).due);
    expect(days).toEqual([`DUE#2026-11-02#${participantId[0]}`, `DUE#2026-11-03#${participantId[0]}`]);
  });
});

describe('any order of outcomes', () => {
  it('pays once at most, and money is always in exactly one place', () => {
    const step = fc.record({ name: fc.constantFrom(...outcomeNames), minutes: fc.integer({ min: 0, max: 3_000 }) });
    const check = (steps: readonly { name: OutcomeName; minutes: number }[]) => {
      let file = claimed;
      let at = now;
      let timesPaid = 0;
      for (const { name, minutes } of steps) {
        at = minutesAfter(at, minutes);
        const decision = record(file, outcomes[name], at);
        timesPaid += decision.events.filter(({ type }) => type === 'IncentivePaid').length;
        file = decided(file, decision, at);
        const { incentive_entitlement, payout_in_flight, paid_to_citizen } = file.balances;
        expect(incentive_entitlement + payout_in_flight + paid_to_citizen).toBe(700_000);
      }
      expect(timesPaid).toBeLessThanOrEqual(1);
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 20 }), check), { numRuns: 300 });
  });
});
