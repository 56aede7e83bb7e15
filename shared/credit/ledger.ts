import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';

/** Where money of the program can be. What each means and what must hold: docs/ledger.md. */
export const accounts = [
  'treasury',
  'training_credit',
  'reserved',
  'institution_payable',
  'platform_commission',
  'incentive_entitlement',
  'payout_in_flight',
  'paid_to_citizen',
  'returned',
  'citizen_debt',
  'receivable',
  'recovered',
  'handed_over',
] as const;
export const Account = z.enum(accounts);
export type Account = z.infer<typeof Account>;

const Leg = z.strictObject({ account: Account, rupiah: z.int() });

/** Postings of one event: what leaves an account is negative, what arrives positive; together they are zero. */
export const Legs = z.array(Leg).check(
  z.minLength(2),
  z.maxLength(6),
  z.refine((legs) => legs.reduce((sum, { rupiah }) => sum + rupiah, 0) === 0, 'Legs sum to zero'),
);
export type Legs = z.infer<typeof Legs>;

export type Balances = Readonly<Record<Account, number>>;

export const noBalances: Balances = {
  treasury: 0,
  training_credit: 0,
  reserved: 0,
  institution_payable: 0,
  platform_commission: 0,
  incentive_entitlement: 0,
  payout_in_flight: 0,
  paid_to_citizen: 0,
  returned: 0,
  citizen_debt: 0,
  receivable: 0,
  recovered: 0,
  handed_over: 0,
};

/** Where money comes from: the state's, and what a citizen owes back. Only these may be below zero. */
const sources: readonly Account[] = ['treasury', 'citizen_debt'];

/** One amount from one account to others; parts of nothing are left out. Amounts are rupiah, not negative. */
export function transfer(from: Account, to: Partial<Record<Account, number>>): Legs {
  const arriving = accounts.flatMap((account) => {
    const rupiah = to[account] ?? 0;
    ok(rupiah >= 0, 'A transfer never runs backwards');
    return rupiah > 0 ? [{ account, rupiah }] : [];
  });
  const total = arriving.reduce((sum, { rupiah }) => sum + rupiah, 0);
  return [{ account: from, rupiah: -total }, ...arriving];
}

/** Posts an event's legs. */
export function post(before: Balances, legs: Legs): Balances {
  const after = { ...before };
  for (const { account, rupiah } of legs) after[account] += rupiah;
  for (const account of accounts) ok(sources.includes(account) || after[account] >= 0, `${account} is never overdrawn`);
  return after;
}

/** Adds balances of many files: what the whole program has where. */
export function addBalances(left: Balances, right: Balances): Balances {
  const sum = { ...left };
  for (const account of accounts) sum[account] += right[account];
  return sum;
}

/** What the funnel's money table shows. Granted equals the sum of the others, always. */
export function moneyTable(balances: Balances) {
  return {
    grantedRupiah: -balances.treasury,
    spentRupiah: balances.institution_payable + balances.platform_commission,
    paidRupiah: balances.paid_to_citizen,
    forfeitedRupiah: balances.returned,
    openRupiah:
      balances.training_credit + balances.reserved + balances.incentive_entitlement + balances.payout_in_flight,
  };
}
