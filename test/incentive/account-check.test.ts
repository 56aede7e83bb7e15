import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountReasons, accountRefusal, checkOf, hasOwnPhone } from '#shared/incentive/account-check.ts';
import { AccountCheck } from '#shared/incentive/incentive-events.ts';
import type { AccountResult } from '#shared/incentive/snap/answers.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import { people } from '#test/simulation/people.ts';

const person = { name: 'Siti Contohwati' };
const own = 'SIT* CON*******';
const other = 'BUD* SAN****';
type Found = Extract<AccountResult, { kind: 'found' }>;
const found = (changes: Partial<Found> = {}): Found => ({
  kind: 'found',
  holderName: own,
  kyc: 'full',
  nikMatch: true,
  status: 'active',
  ...changes,
});
const wallet = (answer: AccountResult) => checkOf(answer, person, 'e_wallet', 'switching');
const bank = (answer: AccountResult) => checkOf(answer, person, 'bank', 'bank-induk');
const refused = (reason: string, fault: 'account' | 'ours' = 'account') =>
  ({ kind: 'refused', reason, fault }) as const;

describe('what a partner says of an account', () => {
  it.each<[nikMatch: boolean | null, holderName: string | null, outcome: string, reasons: string[]]>([
    [true, own, 'matched', ['nik_matches', 'name_matches']],
    [true, null, 'matched', ['nik_matches']],
    [true, 'S*** C*********', 'matched', ['nik_matches']],
    [true, other, 'matched', ['name_differs_nik_matches']],
    [false, own, 'refused', ['nik_differs']],
    [false, other, 'refused', ['nik_differs']],
    [false, null, 'refused', ['nik_differs']],
    [null, own, 'matched', ['name_matches']],
    [null, other, 'refused', ['holder_differs']],
    [null, 'S*** C*********', 'refused', ['holder_unproven']],
    [null, null, 'refused', ['holder_unproven']],
  ])('NIK %s and name %j: %s', (nikMatch, holderName, outcome, reasons) => {
    for (const check of [wallet, bank])
      expect(check(found({ nikMatch, holderName }))).toMatchObject({ outcome, reasons, kyc: 'full' });
  });

  it.each<[Found['kyc'], string, string]>([
    ['full', 'matched', 'matched'],
    ['basic', 'refused', 'matched'],
    ['unknown', 'refused', 'matched'],
  ])('identity check %s: an e-wallet is %s, a bank account %s', (kyc, ofWallet, ofBank) => {
    expect(wallet(found({ kyc }))).toMatchObject({ outcome: ofWallet, kyc });
    expect(bank(found({ kyc }))).toMatchObject({ outcome: ofBank, kyc });
    expect(wallet(found({ kyc }))?.reasons.includes('kyc_missing')).toBe(ofWallet === 'refused');
  });

  it.each<[Found['status'], boolean]>([
    ['active', true],
    ['unknown', true],
    ['dormant', false],
    ['closed', false],
  ])('an account that is %s: may be paid into: %s', (status, may) => {
    expect(bank(found({ status }))).toMatchObject(
      may ? { outcome: 'matched' } : { outcome: 'refused', reasons: ['account_inactive'] },
    );
  });

  it.each([
    ['account_unknown', 'account_unknown'],
    ['account_dormant', 'account_inactive'],
    ['account_closed', 'account_inactive'],
    ['something_new', 'account_inactive'],
  ])('an inquiry that is refused as %s: %s', (reason, expected) => {
    const check = { outcome: 'refused', reasons: [expected], kyc: 'unknown', partnerCode: 'bank-induk' };
    expect(bank(refused(reason))).toEqual(check);
  });

  it('is nothing while nobody answers, or while it is our own request that is at fault', () => {
    expect(bank({ kind: 'unknown', cause: 'timeout' })).toBeNull();
    expect(bank(refused('field_invalid', 'ours'))).toBeNull();
  });

  it('names everything that speaks against an account, and names no person', () => {
    const answer = found({ nikMatch: false, kyc: 'basic', status: 'closed', holderName: other });
    expect(wallet(answer)).toEqual({
      outcome: 'refused',
      reasons: ['account_inactive', 'nik_differs', 'kyc_missing'],
      kyc: 'basic',
      partnerCode: 'switching',
    });
  });

  it('is matched only with the NIK or the name proven, of an account that is active, and for a wallet with its identity check', () => {
    const answers = fc.record<Found>({
      kind: fc.constant('found'),
      holderName: fc.constantFrom(own, other, 'S*** C*********', null),
      kyc: fc.constantFrom('full', 'basic', 'unknown'),
      nikMatch: fc.constantFrom(true, false, null),
      status: fc.constantFrom('active', 'dormant', 'closed', 'unknown'),
    });
    fc.assert(
      fc.property(answers, fc.constantFrom('bank', 'e_wallet'), (answer, kind) => {
        const check = AccountCheck.parse(checkOf(answer, person, kind, 'switching'));
        const isProven = answer.nikMatch === true || (answer.nikMatch === null && answer.holderName === own);
        const isActive = answer.status === 'active' || answer.status === 'unknown';
        const isChecked = kind === 'bank' || answer.kyc === 'full';
        expect(check.outcome === 'matched').toBe(isProven && isActive && isChecked);
        expect(accountRefusal(check) === null).toBe(check.outcome === 'matched');
      }),
    );
  });
});

describe('the refusal of an account', () => {
  const codes: Record<(typeof accountReasons)[number], RefusalCode> = {
    account_unknown: 'payout_account_unknown',
    account_inactive: 'payout_account_unknown',
    nik_differs: 'payout_account_holder',
    holder_differs: 'payout_account_holder',
    holder_unproven: 'payout_account_holder',
    kyc_missing: 'payout_account_kyc',
  };
  const refusedFor = (...reasons: string[]) =>
    accountRefusal({ outcome: 'refused', reasons, kyc: 'unknown', partnerCode: 'switching' });

  it.each(accountReasons)('for %s has a code of its own', (reason) => {
    expect(refusedFor(reason)).toBe(codes[reason]);
  });

  it('is the weightiest of several', () => {
    expect(refusedFor('kyc_missing', 'nik_differs')).toBe('payout_account_holder');
    expect(refusedFor('kyc_missing', 'nik_differs', 'account_inactive')).toBe('payout_account_unknown');
  });
});

describe('the number of an e-wallet', () => {
  it('is the registered phone, in the form of the wallet', () => {
    for (const { phone, payout } of people('wallets', 50)) {
      expect(hasOwnPhone({ kind: 'e_wallet', provider: 'OVO', number: phone.replace('+62', '0') }, { phone })).toBe(
        true,
      );
      expect(hasOwnPhone({ kind: 'e_wallet', provider: 'OVO', number: '084099990000' }, { phone })).toBe(false);
      const { kind, provider, number } = payout;
      if (kind === 'e_wallet' && provider === 'OVO')
        expect(hasOwnPhone({ kind, provider, number }, { phone })).toBe(true);
    }
  });

  it('is of no account at a bank', () => {
    expect(hasOwnPhone({ kind: 'bank', provider: 'BCA', number: '12345678' }, { phone: '+6284012345678' })).toBe(true);
  });
});
