import { compareNames } from '#shared/incentive/holder-name.ts';
import type { AccountCheck } from '#shared/incentive/incentive-events.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import type { AccountResult } from '#shared/incentive/snap/answers.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import type { Person } from '#shared/registration/person.ts';

/** Why an account is refused, in the order in which one of several is told. */
export const accountReasons = [
  'account_unknown',
  'account_inactive',
  'nik_differs',
  'holder_differs',
  'holder_unproven',
  'kyc_missing',
] as const;
type AccountReason = (typeof accountReasons)[number];

type Found = Extract<AccountResult, { kind: 'found' }>;

/**
 * What the answer of a payment partner says of an account: the program's rule is the same NIK and an identity check. The NIK decides
 * where the partner can compare it, the name only where it cannot. Null: the answer tells nothing of the account, so it is asked
 * for again.
 */
export function checkOf(
  answer: AccountResult,
  { name }: Pick<Person, 'name'>,
  kind: PayoutAccount['kind'],
  partnerCode: string,
): AccountCheck | null {
  switch (answer.kind) {
    case 'unknown':
      return null;
    case 'refused': {
      // What is our own fault says nothing of the account.
      if (answer.fault === 'ours') return null;
      const reason = answer.reason === 'account_unknown' ? 'account_unknown' : 'account_inactive';
      return { outcome: 'refused', reasons: [reason], kyc: 'unknown', partnerCode };
    }
    case 'found': {
      const holder = holderOf(answer, name);
      const against: AccountReason[] = [];
      if (answer.status === 'dormant' || answer.status === 'closed') against.push('account_inactive');
      if (holder.refused) against.push(holder.refused);
      // Banks check identities by law, and say so in various ways; e-wallets have owners of whom nobody has seen a card.
      if (kind === 'e_wallet' && answer.kyc !== 'full') against.push('kyc_missing');
      const common = { kyc: answer.kyc, partnerCode };
      if (against.length > 0) return { outcome: 'refused', reasons: against, ...common };
      return { outcome: 'matched', reasons: [...holder.proofs], ...common };
    }
  }
}

type Holder = { readonly refused: AccountReason | null; readonly proofs: readonly string[] };

function holderOf({ nikMatch, holderName }: Found, name: string): Holder {
  const compared = compareNames(holderName, name);
  const proven = (...proofs: string[]): Holder => ({ refused: null, proofs });
  if (nikMatch === false) return { refused: 'nik_differs', proofs: [] };
  if (nikMatch === true && compared === 'differs') return proven('name_differs_nik_matches');
  if (nikMatch === true) return compared === 'agrees' ? proven('nik_matches', 'name_matches') : proven('nik_matches');
  if (compared === 'agrees') return proven('name_matches');
  return { refused: compared === 'differs' ? 'holder_differs' : 'holder_unproven', proofs: [] };
}

const refusalCodes: Readonly<Record<AccountReason, RefusalCode>> = {
  account_unknown: 'payout_account_unknown',
  account_inactive: 'payout_account_unknown',
  nik_differs: 'payout_account_holder',
  holder_differs: 'payout_account_holder',
  holder_unproven: 'payout_account_holder',
  kyc_missing: 'payout_account_kyc',
};

/** The refusal that a citizen gets for an account; null for one that is matched. */
export function accountRefusal({ outcome, reasons }: AccountCheck): RefusalCode | null {
  if (outcome === 'matched') return null;
  const first = accountReasons.find((reason) => reasons.includes(reason)) ?? 'account_unknown';
  return refusalCodes[first];
}

/** Whether an e-wallet is the person's by its number, which is that of the registration: `+6284…` and `084…`. Banks have numbers of their own. */
export function hasOwnPhone({ kind, number }: PayoutAccount, { phone }: Pick<Person, 'phone'>): boolean {
  return kind === 'bank' || number.replace(/^0/, '+62') === phone;
}
