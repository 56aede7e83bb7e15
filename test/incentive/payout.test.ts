import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxAttempts } from '#shared/incentive/entitlement.ts';
import {
  mayFollow,
  nextState,
  openStates,
  type PayoutName,
  PayoutReference,
  type PayoutState,
  type PayoutStep,
  payoutOf,
  payoutReference,
  payoutStates,
} from '#shared/incentive/payout.ts';
import { citizens } from '#test/journal/citizen.ts';

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const withZeros = fc
  .tuple(fc.integer({ min: 0, max: 64 }), hex)
  .map(([zeros, id]) => '0'.repeat(zeros) + id.slice(zeros));
const name: fc.Arbitrary<PayoutName> = fc.record({
  participantId: fc.oneof(hex, withZeros),
  kind: fc.constantFrom('training', 'survey'),
  number: fc.integer({ min: 1, max: 9 }),
  attempt: fc.integer({ min: 1, max: 99 }),
});
const one = { participantId: 'a'.repeat(64), kind: 'training', number: 1, attempt: 1 } as const;

describe('a payout reference', () => {
  it('leads back to its payout, whoever it is for', () => {
    fc.assert(
      fc.property(name, (given) => {
        expect(payoutOf(payoutReference(given))).toEqual(given);
      }),
    );
  });

  it.each(['0'.repeat(64), `${'0'.repeat(63)}1`, `1${'0'.repeat(63)}`, 'f'.repeat(64), `7${'f'.repeat(63)}`])(
    'leads back to participant %s',
    (participantId) => {
      expect(payoutOf(payoutReference({ ...one, participantId }))).toEqual({ ...one, participantId });
    },
  );

  it('is of 56 or 57 capital letters and digits, so within the 64 of SNAP BI', () => {
    fc.assert(
      fc.property(name, (given) => {
        const reference = payoutReference(given);
        expect(reference).toMatch(/^[0-9A-Z]+$/);
        expect(reference).toHaveLength(given.attempt < 10 ? 56 : 57);
        expect(PayoutReference.safeParse(reference).success).toBe(true);
      }),
    );
  });

  it('is never that of another payout', () => {
    const close = name.chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc.record({
          participantId: fc.constantFrom(given.participantId, one.participantId),
          kind: fc.constantFrom('training', 'survey'),
          number: fc.constantFrom(given.number, 1),
          attempt: fc.constantFrom(given.attempt, 1, 11),
        }),
      ),
    );
    const text = (given: PayoutName) => `${given.participantId} ${given.kind} ${given.number} ${given.attempt}`;
    fc.assert(
      fc.property(close, ([left, right]) => {
        expect(payoutReference(left) === payoutReference(right)).toBe(text(left) === text(right));
      }),
    );
  });

  it('differs between people who differ in one digit', () => {
    fc.assert(
      fc.property(hex, fc.nat({ max: 63 }), (id, at) => {
        const other = `${id.slice(0, at)}${id[at] === 'a' ? 'b' : 'a'}${id.slice(at + 1)}`;
        const [left, right] = [id, other].map((participantId) => payoutReference({ ...one, participantId }));
        expect(left).not.toBe(right);
      }),
    );
  });

  it('is the same for the same payout on every day: nothing in it is drawn or counted elsewhere', () => {
    const [first] = citizens('reference', 1);
    const participantId = first?.participantId ?? '';
    expect(payoutReference({ ...one, participantId })).toBe(payoutReference({ ...one, participantId }));
    expect(payoutReference({ ...one, participantId: 'f'.repeat(64) })).toBe(`T1A11${'V'.repeat(51)}`);
  });

  it.each([
    ['number 0', { number: 0 }],
    ['number 10', { number: 10 }],
    ['attempt 0', { attempt: 0 }],
    ['attempt 100', { attempt: 100 }],
    ['a participant of 65 digits', { participantId: 'f'.repeat(65) }],
    ['a participant of 63 digits', { participantId: 'f'.repeat(63) }],
  ])('is not made for %s', (_, change) => {
    expect(() => payoutReference({ ...one, ...change })).toThrow();
  });

  it('has room for every attempt that the rules allow', () => {
    expect(payoutReference({ ...one, attempt: maxAttempts })).toHaveLength(57);
  });

  const id = '0'.repeat(52);
  it.each([
    ['nothing', ''],
    ['another letter', `X1A1${id}`],
    ['small letters', `t1a1${id}`],
    ['number 0', `T0A1${id}`],
    ['attempt 0', `T1A0${id}`],
    ['an attempt of three digits', `T1A100${id}`],
    ['a digit too few', `T1A1${id.slice(1)}`],
    ['a letter outside the base', `T1A1${id.slice(1)}W`],
    ['a number above 256 bits', `T1A12${id.slice(1)}`],
    ['the largest number of 52 digits', `T1A1${'V'.repeat(52)}`],
    ['a space behind it', `T1A1${id} `],
    ['a line behind it', `T1A1${id}\n`],
    ["somebody else's reference", 'INV/2026/11/0001'],
  ])('is not read from %s', (_, text) => {
    expect(payoutOf(text)).toBeNull();
  });

  it('is read at both ends of what it may be', () => {
    expect(payoutOf(`S9A99${id}`)).toEqual({ participantId: '0'.repeat(64), kind: 'survey', number: 9, attempt: 99 });
    expect(payoutOf(`T1A11${'V'.repeat(51)}`)).toMatchObject({ participantId: 'f'.repeat(64) });
  });

  it('is read from nothing that it would not be written as', () => {
    const text = fc.stringMatching(/^[TS]\dA\d{1,2}[0-9A-V]{51,53}$/);
    fc.assert(
      fc.property(text, (given) => {
        const found = payoutOf(given);
        expect(found === null ? given : payoutReference(found)).toBe(given);
      }),
    );
  });
});

/* Written down a second time, as docs/ledger.md has them: what happens to a payout in each state. Everything else is impossible. */
const drawn: readonly (readonly [PayoutState, PayoutStep, PayoutState])[] = [
  ['due', 'IncentiveClaimed', 'claimed'],
  ['due', 'PayoutHoldPlaced', 'held'],
  ['due', 'EntitlementForfeited', 'forfeited'],
  ['held', 'PayoutHoldReleased', 'due'],
  ['held', 'EntitlementForfeited', 'forfeited'],
  ['claimed', 'IncentiveDeferred', 'claimed'],
  ['claimed', 'IncentiveSent', 'sent'],
  ['claimed', 'IncentiveUnknown', 'unknown'],
  ['claimed', 'IncentivePaid', 'paid'],
  ['claimed', 'IncentiveRefused', 'refused'],
  ['sent', 'IncentiveSent', 'sent'],
  ['sent', 'IncentiveUnknown', 'unknown'],
  ['sent', 'IncentivePaid', 'paid'],
  ['sent', 'IncentiveRefused', 'refused'],
  ['unknown', 'IncentiveDeferred', 'claimed'],
  ['unknown', 'IncentiveSent', 'sent'],
  ['unknown', 'IncentiveUnknown', 'unknown'],
  ['unknown', 'IncentivePaid', 'paid'],
  ['unknown', 'IncentiveRefused', 'refused'],
  ['paid', 'IncentiveReturned', 'returned'],
  ['refused', 'IncentiveClaimed', 'remedied'],
  ['refused', 'EntitlementForfeited', 'forfeited'],
  ['returned', 'IncentiveClaimed', 'remedied'],
  ['returned', 'EntitlementForfeited', 'forfeited'],
];
const states = Object.keys(payoutStates).filter((state): state is PayoutState => state in payoutStates);
const steps = [...new Set(drawn.map(([, step]) => step))];
const pairs = states.flatMap((state) => steps.map((step) => [state, step] as const));

describe('the states of a payout', () => {
  it('are ten, with ten steps between them', () => {
    expect(states).toHaveLength(10);
    expect(steps).toHaveLength(10);
  });

  it.each(pairs)('from %s by %s lead where they are drawn, or nowhere', (state, step) => {
    const next = drawn.find(([from, by]) => from === state && by === step)?.[2];
    expect(mayFollow(state, step)).toBe(next !== undefined);
    if (next) expect(nextState(state, step)).toBe(next);
    else expect(() => nextState(state, step)).toThrow(`Nothing leads from ${state} by ${step}`);
  });

  const from = (state: PayoutState) => drawn.filter(([before]) => before === state);
  const reached = (start: PayoutState, taken: (step: PayoutStep) => boolean): Set<PayoutState> => {
    const found = new Set([start]);
    for (const state of found) for (const [, step, next] of from(state)) if (taken(step)) found.add(next);
    return found;
  };

  it('are all reached from due, and end as remedied or forfeited only', () => {
    expect([...reached('due', () => true)].sort()).toEqual([...states].sort());
    expect(states.filter((state) => from(state).length === 0)).toEqual(['remedied', 'forfeited']);
  });

  it.each(openStates)('%s is left for a new attempt only through a refusal or a payment', (state) => {
    const before = reached(state, (step) => step !== 'IncentiveRefused' && step !== 'IncentivePaid');
    for (const open of before) expect(mayFollow(open, 'IncentiveClaimed')).toBe(false);
    expect([...before].every((open) => openStates.includes(open))).toBe(true);
  });

  it('never lead from paid to paid again but through a return and another attempt', () => {
    const after = reached('paid', (step) => step !== 'IncentiveClaimed');
    expect([...after].sort()).toEqual(['forfeited', 'paid', 'returned']);
  });
});
