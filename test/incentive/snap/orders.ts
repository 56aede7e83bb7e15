import { ok } from 'node:assert/strict';
import type { SnapCredentials } from '#shared/incentive/snap/credentials.ts';
import { parseCredentials } from '#shared/incentive/snap/credentials.ts';
import type { PayoutOrder } from '#shared/incentive/snap/requests.ts';
import type { Answer } from '#shared/platform/outside.ts';
import { clientId, clientSecret, ourPrivateKey, partnerPublicKey } from '#test/incentive/snap/public-test-keys.ts';

/** One partner of the secret, as an operator would write it. */
export const partnerSecret = {
  baseUrl: 'https://bank.example/snap',
  clientId,
  clientSecret,
  partnerId: 'PRAKERJA01',
  channelId: '95221',
  privateKey: ourPrivateKey,
  partnerPublicKey,
  sourceAccountNo: '888000111',
};

export function credentialsWith(changes: Partial<typeof partnerSecret> = {}): SnapCredentials {
  const parsed = parseCredentials(JSON.stringify({ switching: { ...partnerSecret, ...changes } })).switching;
  ok(parsed, 'The secret has the partner');
  return parsed;
}

export const bankAccount = { kind: 'bank', provider: 'BCA', number: '1234567890' } as const;
export const wallet = { kind: 'e_wallet', provider: 'DANA', number: '081234567890' } as const;

/** 57 characters, the longest that a reference has. */
export const reference = `T4A12${'0123456789ABCDEFGHIJKLMNOPQRSTUV'.repeat(2).slice(0, 52)}`;

export const orderOf = (changes: Partial<PayoutOrder> = {}): PayoutOrder => ({
  reference,
  amountRupiah: 600_000,
  account: bankAccount,
  holderName: 'Siti Contoh',
  ...changes,
});

/** An answer whose HTTP status is the one that its code names. */
export function answered(responseCode: string, rest: object = {}): Answer {
  return { status: Number(responseCode.slice(0, 3)), body: { responseCode, responseMessage: 'text', ...rest } };
}
