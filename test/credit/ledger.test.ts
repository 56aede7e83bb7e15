import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accounts,
  addBalances,
  type Balances,
  Legs,
  moneyTable,
  noBalances,
  post,
  transfer,
} from '#shared/credit/ledger.ts';

const sources = ['treasury', 'citizen_debt'] as const;
const isSource = (account: string) => sources.some((source) => source === account);
const rupiah = fc.integer({ min: 0, max: 10_000_000 });

describe('a transfer', () => {
  it('takes from one account what arrives at the others', () => {
    expect(transfer('treasury', { training_credit: 3, incentive_entitlement: 4 })).toEqual([
      { account: 'treasury', rupiah: -7 },
      { account: 'training_credit', rupiah: 3 },
      { account: 'incentive_entitlement', rupiah: 4 },
    ]);
  });

  it('leaves out parts of nothing', () => {
    const legs = transfer('reserved', { institution_payable: 5, platform_commission: 0 });
    expect(legs.map(({ account }) => account)).toEqual(['reserved', 'institution_payable']);
  });

  it('never runs backwards', () => {
    expect(() => transfer('treasury', { training_credit: -1 })).toThrow('never runs backwards');
  });

  it('sums to zero, whatever the amounts', () => {
    const check = (credit: number, incentive: number) => {
      fc.pre(credit + incentive > 0);
      const legs = transfer('treasury', { training_credit: credit, incentive_entitlement: incentive });
      expect(Legs.safeParse(legs).success).toBe(true);
    };
    fc.assert(fc.property(rupiah, rupiah, check));
  });
});

describe('legs as stored', () => {
  const leg = (account: string, amount: number) => ({ account, rupiah: amount });

  it.each([
    ['one rupiah is lost on the way', [leg('treasury', -7), leg('training_credit', 6)]],
    ['one rupiah is made on the way', [leg('treasury', -7), leg('training_credit', 8)]],
    ['a fraction moves', [leg('treasury', -0.5), leg('training_credit', 0.5)]],
    ['there is one leg only', [leg('treasury', 0)]],
    ['an account is unknown', [leg('treasury', -7), leg('pocket', 7)]],
  ])('do not parse when %s', (_, legs) => {
    expect(Legs.safeParse(legs).success).toBe(false);
  });
});

describe('posting', () => {
  it.each(accounts.filter((account) => !isSource(account)))('never overdraws %s', (account) => {
    const other = account === 'returned' ? 'reserved' : 'returned';
    const filled = post(noBalances, transfer('treasury', { [account]: 10 }));

    expect(post(filled, transfer(account, { [other]: 10 }))[account]).toBe(0);
    expect(() => post(filled, transfer(account, { [other]: 11 }))).toThrow(`${account} is never overdrawn`);
  });

  it.each(sources)('lets %s go below zero: money comes from there', (source) => {
    expect(post(noBalances, transfer(source, { returned: 10 }))[source]).toBe(-10);
  });

  it('leaves the balances it began with alone', () => {
    post(noBalances, transfer('treasury', { training_credit: 10 }));
    expect(Object.values(noBalances).every((balance) => balance === 0)).toBe(true);
  });
});

describe('the money table', () => {
  /** Balances as granted benefits and debts leave them: each source is what stands elsewhere with its sign turned. */
  const balancesOf = ([
    a = 0,
    b = 0,
    c = 0,
    d = 0,
    e = 0,
    f = 0,
    g = 0,
    h = 0,
    i = 0,
    j = 0,
    k = 0,
  ]: number[]): Balances => ({
    treasury: -(a + b + c + d + e + f + g + h),
    training_credit: a,
    reserved: b,
    institution_payable: c,
    platform_commission: d,
    incentive_entitlement: e,
    payout_in_flight: f,
    paid_to_citizen: g,
    returned: h,
    citizen_debt: -(i + j + k),
    receivable: i,
    recovered: j,
    handed_over: k,
  });
  const balances = fc.array(rupiah, { minLength: 11, maxLength: 11 }).map(balancesOf);

  it('balances: what was granted is spent, paid, forfeited or open', () => {
    fc.assert(
      fc.property(balances, balances, (left, right) => {
        const both = moneyTable(addBalances(left, right));
        const { grantedRupiah, spentRupiah, paidRupiah, forfeitedRupiah, openRupiah } = both;
        expect(grantedRupiah).toBe(spentRupiah + paidRupiah + forfeitedRupiah + openRupiah);
        expect(grantedRupiah).toBe(moneyTable(left).grantedRupiah + moneyTable(right).grantedRupiah);
      }),
    );
  });

  it('calls each account by its right name, and leaves debts out', () => {
    expect(moneyTable(balancesOf([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]))).toEqual({
      grantedRupiah: 255,
      spentRupiah: 4 + 8,
      paidRupiah: 64,
      forfeitedRupiah: 128,
      openRupiah: 1 + 2 + 16 + 32,
    });
  });

  it('adds every account of two files', () => {
    const one = balancesOf([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]);
    const both = addBalances(one, one);
    for (const account of accounts) expect(both[account]).toBe(2 * one[account]);
  });
});
