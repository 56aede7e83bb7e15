import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paymentPartners } from '#shared/incentive/payment-partners.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import {
  accountRequest,
  balanceRequest,
  payoutRequest,
  signedRequest,
  snapName,
  statusRequest,
  tokenRequest,
} from '#shared/incentive/snap/requests.ts';
import { bankAccount, credentialsWith, orderOf, reference, wallet } from '#test/incentive/snap/orders.ts';
import * as vectors from '#test/incentive/snap/public-test-keys.ts';

const { 'bank-induk': bank, switching } = paymentPartners;
const { at, timestamp, accessToken, transferVector, tokenVector } = vectors;
const credentials = credentialsWith();
const amount = { value: '600000.00', currency: 'IDR' };
const bni = { kind: 'bank', provider: 'BNI', number: '1234567890' } as const;

describe('the request for a payout', () => {
  const common = { partnerReferenceNo: reference, amount, transactionDate: timestamp };

  it('within the bank names the two accounts', () => {
    expect(payoutRequest(bank, credentials, orderOf({ account: bni }), at)).toEqual({
      service: 'intrabank',
      body: {
        ...common,
        beneficiaryAccountNo: '1234567890',
        sourceAccountNo: '888000111',
        remark: 'Insentif Kartu Prakerja',
      },
    });
  });

  it('to another bank names that bank by its code, and the holder', () => {
    expect(payoutRequest(switching, credentials, orderOf(), at)).toEqual({
      service: 'interbank',
      body: {
        ...common,
        beneficiaryAccountNo: '1234567890',
        beneficiaryAccountName: 'Siti Contoh',
        beneficiaryBankCode: '014',
        sourceAccountNo: '888000111',
        remark: 'Insentif Kartu Prakerja',
      },
    });
  });

  it('to an e-wallet has the fee of the partner', () => {
    expect(payoutRequest(switching, credentials, orderOf({ account: wallet }), at)).toEqual({
      service: 'e_money',
      body: {
        ...common,
        customerNumber: '081234567890',
        customerName: 'Siti Contoh',
        feeAmount: { value: '1000.00', currency: 'IDR' },
        notes: 'Insentif Kartu Prakerja',
        additionalInfo: { beneficiaryProvider: 'DANA' },
      },
    });
  });

  const order = (changes: Parameters<typeof orderOf>[0]) => () =>
    payoutRequest(bank, credentials, orderOf(changes), at);
  const { minimumRupiah, maximumRupiah } = bank.limits;

  it('is made at both limits of the partner', () => {
    expect(order({ amountRupiah: minimumRupiah })).not.toThrow();
    expect(order({ amountRupiah: maximumRupiah })).not.toThrow();
  });

  it.each([
    ['a rupiah below the least', { amountRupiah: minimumRupiah - 1 }],
    ['a rupiah above the most', { amountRupiah: maximumRupiah + 1 }],
    ['half a rupiah', { amountRupiah: 600_000.5 }],
    ['no number', { amountRupiah: Number.NaN }],
    ['no reference', { reference: '' }],
    ['a reference of 65 characters', { reference: 'T'.repeat(65) }],
    ['an account that the partner does not reach', { account: wallet }],
  ])('is never made with %s', (_, changes) => {
    expect(order(changes)).toThrow();
  });
});

describe('any request', () => {
  const accounts: fc.Arbitrary<PayoutAccount> = fc.oneof(
    fc.record({
      kind: fc.constant('bank' as const),
      provider: fc.constantFrom('BNI' as const, 'BCA' as const, 'BRI' as const, 'MANDIRI' as const),
      number: fc.stringMatching(/^\d{8,20}$/),
    }),
    fc.record({
      kind: fc.constant('e_wallet' as const),
      provider: fc.constantFrom('OVO' as const, 'DANA' as const, 'GOPAY' as const, 'LINKAJA' as const),
      number: fc.stringMatching(/^08\d{8,11}$/),
    }),
  );
  const orders = fc.record({
    reference: fc.stringMatching(/^[TS][1-9]A[1-9]\d?[0-9A-V]{52}$/),
    amountRupiah: fc.integer({ min: 10_000, max: 250_000_000 }),
    account: accounts,
    holderName: fc.oneof(fc.string({ maxLength: 300, unit: 'grapheme' }), fc.string()),
  });
  const lengths: Readonly<Record<string, number>> = {
    partnerReferenceNo: 64,
    beneficiaryAccountNo: 34,
    beneficiaryAccountName: 100,
    beneficiaryBankCode: 8,
    sourceAccountNo: 34,
    customerNumber: 20,
    customerName: 100,
    transactionDate: 25,
    notes: 100,
    remark: 100,
  };

  it('keeps to the lengths and characters of the standard, and is sent as it is signed', () => {
    const check = (order: Parameters<typeof orderOf>[0]) => {
      const request = payoutRequest(switching, credentials, orderOf(order), at);
      const { text, headers } = signedRequest(credentials, accessToken, request, { externalId: '1', now: at });
      const sent: Record<string, unknown> = JSON.parse(text);
      for (const [field, value] of Object.entries(sent))
        if (typeof value === 'string') expect(value.length).toBeLessThanOrEqual(lengths[field] ?? 0);
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(text).toBe(JSON.stringify(sent));
      expect(headers['x-signature']).toMatch(/^[A-Za-z0-9+/]{86}==$/);
    };
    fc.assert(fc.property(orders, check), { numRuns: 300 });
  });
});

describe('a name', () => {
  it.each([
    ['Siti Nurhaliza', 'Siti Nurhaliza'],
    ["  H. Ma'ruf   Amin, S.H. ", "H. Ma'ruf Amin, S.H."],
    ['José Ñandú-Ürün', 'Jose Nandu-Urun'],
    ['S*** N******', 'S N'],
    ['Ab\u0000\n"\\c<d>', 'Ab c d'],
    ['李', ''],
    [`${'a'.repeat(99)} b`, 'a'.repeat(99)],
    ['a'.repeat(101), 'a'.repeat(100)],
  ])('%j is written %j', (name, written) => {
    expect(snapName(name)).toBe(written);
  });
});

describe('the request for a status', () => {
  it.each([
    [bank, bni, 'transfer_status', '17'],
    [bank, bankAccount, 'transfer_status', '18'],
    [switching, bni, 'transfer_status', '18'],
    [switching, wallet, 'top_up_status', '38'],
  ] as const)('names the service that has the payout (%#)', (partner, account, service, number) => {
    const body = { originalPartnerReferenceNo: reference, serviceCode: number };
    expect(statusRequest(partner, { reference, account })).toEqual({ service, body });
  });
});

describe('the request about an account', () => {
  const nik = '3273994501900001';
  const question = { reference: 'Q1', nik };
  const nikDigest = createHash('sha256').update('3273994501900001|Q1').digest('hex');

  it.each([
    [
      bank,
      bni,
      'account_internal',
      { partnerReferenceNo: 'Q1', beneficiaryAccountNo: bni.number, additionalInfo: { nikDigest } },
    ],
    [
      bank,
      bankAccount,
      'account_external',
      {
        partnerReferenceNo: 'Q1',
        beneficiaryAccountNo: bankAccount.number,
        beneficiaryBankCode: '014',
        additionalInfo: { nikDigest },
      },
    ],
    [
      switching,
      wallet,
      'account_e_money',
      {
        partnerReferenceNo: 'Q1',
        customerNumber: wallet.number,
        additionalInfo: { beneficiaryProvider: 'DANA', nikDigest },
      },
    ],
  ] as const)('goes to the service that knows the account (%#)', (partner, account, service, body) => {
    expect(accountRequest(partner, account, question)).toEqual({ service, body });
  });

  it('has no NIK in it, and another digest for each question', () => {
    const first = JSON.stringify(accountRequest(switching, wallet, question));
    const second = JSON.stringify(accountRequest(switching, wallet, { reference: 'Q2', nik }));
    expect(first).not.toContain(nik);
    expect(second).not.toContain(nikDigest);
  });

  it('is not made to a partner that does not reach the account', () => {
    expect(() => accountRequest(bank, wallet, question)).toThrow();
  });
});

describe('the request for a balance', () => {
  it('is about the account that payouts come from', () => {
    const body = { partnerReferenceNo: 'B1', accountNo: '888000111' };
    expect(balanceRequest(credentials, 'B1')).toEqual({ service: 'balance', body });
  });
});

describe('a signed request', () => {
  it('has the headers of the standard and the signature that OpenSSL makes', () => {
    const request = payoutRequest(bank, credentials, orderOf({ reference: 'T1A1TEST', account: bni }), at);
    expect(signedRequest(credentials, accessToken, request, { externalId: '42', now: at })).toEqual({
      url: 'https://bank.example/snap/v1.0/transfer-intrabank',
      text: transferVector.body,
      headers: {
        authorization: `Bearer ${accessToken}`,
        'x-timestamp': timestamp,
        'x-signature': transferVector.signature,
        'x-partner-id': 'PRAKERJA01',
        'x-external-id': '42',
        'channel-id': '95221',
      },
    });
  });

  it('for a token is signed with the private key, as OpenSSL does', () => {
    expect(tokenRequest(credentials, at)).toEqual({
      url: 'https://bank.example/snap/v1.0/access-token/b2b',
      text: '{"grantType":"client_credentials"}',
      headers: { 'x-timestamp': timestamp, 'x-client-key': vectors.clientId, 'x-signature': tokenVector.signature },
    });
  });
});
