import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStates, type PayoutState, payoutStates } from '#shared/incentive/payout.ts';
import {
  afterPosting,
  type Compared,
  type KnownPayout,
  malformedVerdict,
  matchRow,
  type PartnerStatus,
  sameBankReference,
} from '#shared/incentive/reconciliation/match.ts';
import type { StatementRow } from '#shared/incentive/reconciliation/statement-line.ts';
import { referenceOf, statementDay } from '#test/incentive/reconciliation/statements.ts';

const reference = referenceOf(1);
const row = (changes: Partial<StatementRow> = {}): StatementRow => ({
  kind: 'row',
  line: 2,
  bookedOn: statementDay,
  direction: 'debit',
  amountRupiah: 600_000,
  bankReference: 'BANK1',
  partnerReference: reference,
  isReversal: false,
  isBanksOwn: false,
  ...changes,
});
const payout = (state: PayoutState, changes: Partial<KnownPayout> = {}): KnownPayout => ({
  reference,
  amountRupiah: 600_000,
  state,
  partnerCode: 'bank-induk',
  paid: null,
  isReturned: false,
  isReleased: true,
  ...changes,
});
const answered = { partnerReference: 'BANK1', by: 'answer' } as const;
const paid = (changes: Partial<KnownPayout> = {}) => payout('paid', { paid: answered, ...changes });
const returned = (changes: Partial<KnownPayout> = {}) =>
  payout('returned', { paid: answered, isReturned: true, ...changes });
const fresh = { debited: false, credited: false };

const verdictOf = (changes: Partial<Compared>) => {
  const { result, ...rest } = matchRow({
    row: row(),
    payout: paid(),
    partnerCode: 'bank-induk',
    format: 'csv',
    earlier: fresh,
    isDoubled: false,
    status: null,
    ...changes,
  });
  return 'exception' in rest ? rest.exception : result;
};

/** A case with its verdict in the place where the sentence needs it. */
const told = (cases: readonly (readonly [string, Partial<Compared>, string])[]) =>
  cases.map(([words, changes, expected]) => [words, expected, changes] as const);

describe('a debit', () => {
  it.each(
    told([
      ['agrees with a payout that the partner has confirmed', {}, 'matched'],
      [
        'of a payout whose amount differs by one rupiah more',
        { row: row({ amountRupiah: 600_001 }) },
        'amount_differs',
      ],
      [
        'of a payout whose amount differs by one rupiah less',
        { row: row({ amountRupiah: 599_999 }) },
        'amount_differs',
      ],
      ['under another reference of the bank', { row: row({ bankReference: 'BANK2' }) }, 'duplicate_debit'],
      ['that comes again in the same file', { earlier: { debited: true, credited: false } }, 'duplicate_debit'],
      ['on the statement of another partner', { partnerCode: 'switching' }, 'partner_differs'],
      ['of a payout that no journal has', { payout: null }, 'reference_unknown'],
      ['without a reference of ours', { row: row({ partnerReference: null }) }, 'no_reference'],
      ['that the bank marks as its own', { row: row({ partnerReference: null, isBanksOwn: true }) }, 'banks_own'],
      [
        'that the bank marks as its own, for a payout',
        { row: row({ isBanksOwn: true, amountRupiah: 2_500 }) },
        'banks_own',
      ],
      ['that was refused for good', { payout: payout('refused') }, 'paid_after_refusal'],
      ['that was refused and made good', { payout: payout('remedied') }, 'paid_after_refusal'],
      ['that was refused and forfeited', { payout: payout('forfeited') }, 'paid_after_refusal'],
      ['that was paid and came back', { payout: returned() }, 'matched'],
      ['that was paid, came back and was made good', { payout: returned({ state: 'remedied' }) }, 'matched'],
      ['that takes back a credit', { row: row({ isReversal: true }) }, 'reversal_unmatched'],
    ]),
  )('%s is %s', (_, expected, changes) => {
    expect(verdictOf(changes)).toBe(expected);
  });

  it.each(openStates)('is proof of payment for a payout that is %s, where the partner does not deny it', (state) => {
    const statuses: readonly (PartnerStatus | null)[] = [null, 'paid', 'returned', 'unknown'];
    for (const status of statuses) expect(verdictOf({ payout: payout(state), status })).toBe('posted_paid');
    expect(verdictOf({ payout: payout(state), status: 'failed' })).toBe('status_differs');
  });

  it.each(openStates)('proves nothing for a payout that is %s and that the partner does not find', (state) => {
    expect(verdictOf({ payout: payout(state), status: 'not_found' })).toBe('not_sent');
  });

  it('proves nothing for a claim that no release has had, whatever the partner says', () => {
    const statuses: readonly (PartnerStatus | null)[] = [null, 'paid', 'returned', 'failed', 'not_found', 'unknown'];
    const never = payout('claimed', { isReleased: false });
    for (const status of statuses) expect(verdictOf({ payout: never, status })).toBe('not_sent');
  });

  it('under a reference that is cut is the same in MT940 only', () => {
    const kept = paid({ paid: { ...answered, partnerReference: 'ABCDEFGHIJKLMNOPQRST' } });
    const cut = { payout: kept, row: row({ bankReference: 'ABCDEFGHIJKLMNOP' }) };
    expect(verdictOf({ ...cut, format: 'mt940' })).toBe('matched');
    for (const format of ['csv', 'camt053'] as const) expect(verdictOf({ ...cut, format })).toBe('duplicate_debit');
  });

  it('posts only for a payout whose end is open, whatever else is so', () => {
    const states = Object.keys(payoutStates).filter((state): state is PayoutState => state in payoutStates);
    const compared: fc.Arbitrary<Compared> = fc.record({
      row: fc
        .record({
          amountRupiah: fc.constantFrom(600_000, 50_000),
          direction: fc.constantFrom('debit' as const, 'credit' as const),
          isReversal: fc.boolean(),
          isBanksOwn: fc.boolean(),
          bankReference: fc.constantFrom('BANK1', 'BANK2'),
          partnerReference: fc.constantFrom(reference, null),
        })
        .map(row),
      payout: fc.option(
        fc
          .record({
            state: fc.constantFrom(...states),
            paid: fc.constantFrom(null, answered),
            isReturned: fc.boolean(),
            isReleased: fc.boolean(),
            partnerCode: fc.constantFrom('bank-induk', 'switching'),
          })
          .map(({ state, ...changes }) => payout(state, changes)),
      ),
      partnerCode: fc.constant('bank-induk'),
      format: fc.constantFrom('csv' as const, 'mt940' as const),
      isDoubled: fc.boolean(),
      earlier: fc.record({ debited: fc.boolean(), credited: fc.boolean() }),
      status: fc.constantFrom(null, 'paid' as const, 'returned' as const, 'failed' as const, 'not_found' as const),
    });
    const check = (one: Compared) => {
      const { result } = matchRow(one);
      const posts = result === 'posted_paid' || result === 'posted_returned';
      const mayPost =
        one.payout?.partnerCode === 'bank-induk' &&
        one.row.amountRupiah === one.payout.amountRupiah &&
        one.row.partnerReference === reference &&
        !one.row.isBanksOwn;
      expect(posts && !mayPost).toBe(false);
      if (result === 'posted_paid') {
        expect(one.row.direction).toBe('debit');
        expect(one.payout?.paid).toBeNull();
        expect(openStates).toContain(one.payout?.state);
        expect(one.earlier.debited).toBe(false);
        expect(one.status).not.toBe('not_found');
        expect(one.payout?.state === 'claimed' && !one.payout.isReleased).toBe(false);
      }
      if (result === 'posted_returned') {
        expect(one.row.direction).toBe('credit');
        expect(one.payout?.state).toBe('paid');
        expect(one.earlier.credited).toBe(false);
        expect([one.status, one.isDoubled]).toEqual(['returned', false]);
      }
    };
    fc.assert(fc.property(compared, check), { numRuns: 2_000 });
  });
});

describe('a credit', () => {
  const credit = (changes: Partial<StatementRow> = {}) =>
    row({ direction: 'credit', bankReference: 'BACK1', ...changes });

  it.each(
    told([
      ['of a paid payout that the partner says came back', {}, 'posted_returned'],
      ['marked as a reversal', { row: credit({ isReversal: true }) }, 'posted_returned'],
      ['of a payout that the partner still calls paid', { status: 'paid' }, 'reversal_unmatched'],
      ['of a payout that the partner calls failed', { status: 'failed' }, 'reversal_unmatched'],
      ['of a payout that the partner does not find', { status: 'not_found' }, 'reversal_unmatched'],
      ['of a payout of which the partner knows nothing yet', { status: 'unknown' }, 'reversal_unmatched'],
      ['of a payout that nobody was asked about', { status: null }, 'reversal_unmatched'],
      ['of a payout that the statement debits twice', { isDoubled: true }, 'reversal_unmatched'],
      ['of a part of a payout', { row: credit({ amountRupiah: 100_000 }) }, 'amount_differs'],
      ['of a payout that has come back already', { payout: returned() }, 'matched'],
      ['that comes again in the same file', { earlier: { debited: true, credited: true } }, 'reversal_unmatched'],
      ['of a payout that never went out', { payout: payout('claimed') }, 'reversal_unmatched'],
      ['of a payout that was refused', { payout: payout('refused') }, 'reversal_unmatched'],
      ['of nobody', { payout: null }, 'reference_unknown'],
      ['without a reference', { row: credit({ partnerReference: null }) }, 'no_reference'],
      ['on the statement of another partner', { partnerCode: 'switching' }, 'partner_differs'],
    ]),
  )('%s is %s', (_, expected, changes) => {
    expect(verdictOf({ row: credit(), status: 'returned', ...changes })).toBe(expected);
  });

  it('behind the debit that the same statement posts is a return', () => {
    const debit = matchRow({
      row: row(),
      payout: payout('unknown'),
      partnerCode: 'bank-induk',
      format: 'csv',
      earlier: fresh,
      isDoubled: false,
      status: 'returned',
    });
    const after = afterPosting(payout('unknown'), row(), debit);
    const earlier = { debited: true, credited: false };
    expect(verdictOf({ row: credit(), payout: after, earlier, status: 'returned' })).toBe('posted_returned');
    const back = afterPosting(after, credit(), { result: 'posted_returned' });
    expect(back).toMatchObject({ state: 'returned', isReturned: true, paid: { by: 'statement' } });
  });
});

describe('references of a bank', () => {
  const long = 'ABCDEFGHIJKLMNOPQRST';
  it.each([
    [long, long, 'csv', true],
    [long, long, 'mt940', true],
    [long, long.slice(0, 16), 'mt940', true],
    [long, long.slice(0, 16), 'csv', false],
    [long, long.slice(0, 16), 'camt053', false],
    [long.slice(0, 16), long, 'mt940', false],
    [long.slice(0, 16), long, 'csv', false],
    [long, long.slice(0, 15), 'mt940', false],
    [long, long.slice(0, 17), 'mt940', false],
    [long, `X${long.slice(1, 16)}`, 'mt940', false],
  ] as const)('%s, as it is kept, and %s in %s are one: %s', (kept, booked, format, expected) => {
    expect(sameBankReference(kept, booked, format)).toBe(expected);
  });
});

it('a line that cannot be read is an exception with its code', () => {
  expect(malformedVerdict({ kind: 'malformed', line: 3, code: 'date_invalid', signedSen: null })).toEqual({
    result: 'exception',
    exception: 'malformed',
    code: 'date_invalid',
  });
});
