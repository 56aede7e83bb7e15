import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, addBalances, Legs, moneyTable, noBalances, post, transfer } from '#shared/credit/ledger.ts';

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
  it.each(accounts.filter((account) => account !== 'treasury'))('never overdraws %s', (account) => {
    const other = account === 'returned' ? 'reserved' : 'returned';
    const filled = post(noBalances, transfer('treasury', { [account]: 10 }));

    expect(post(filled, transfer(account, { [other]: 10 }))[account]).toBe(0);
    expect(() => post(filled, transfer(account, { [other]: 11 }))).toThrow(`${account} is never overdrawn`);
  });

  it('lets the treasury go below zero: money comes from there', () => {
    expect(post(noBalances, transfer('treasury', { training_credit: 10 })).treasury).toBe(-10);
  });

  it('leaves the balances it began with alone', () => {
    post(noBalances, transfer('treasury', { training_credit: 10 }));
    expect(Object.values(noBalances).every((balance) => balance === 0)).toBe(true);
  });
});

describe('the money table', () => {
  const balances = fc.array(rupiah, { minLength: 8, maxLength: 8 }).map((amounts) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = amounts;
    const parts = { training_credit: a, reserved: b, institution_payable: c, platform_commission: d };
    const rest = { incentive_entitlement: e, payout_in_flight: f, paid_to_citizen: g, returned: h };
    const treasury = -amounts.reduce((sum, amount) => sum + amount, 0);
    return { treasury, ...parts, ...rest };
  });

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

  it('calls each account by its right name', () => {
    const one = { ...noBalances, treasury: -255 };
    const filled = { training_credit: 1, reserved: 2, institution_payable: 4, platform_commission: 8 };
    const rest = { incentive_entitlement: 16, payout_in_flight: 32, paid_to_citizen: 64, returned: 128 };
    expect(moneyTable({ ...one, ...filled, ...rest })).toEqual({
      grantedRupiah: 255,
      spentRupiah: 4 + 8,
      paidRupiah: 64,
      forfeitedRupiah: 128,
      openRupiah: 1 + 2 + 16 + 32,
    });
  });
});
