import { ok } from 'node:assert/strict';
import { type PaymentPartner, type PaymentService, serviceOf } from '#shared/incentive/payment-partners.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import type { SnapCredentials } from '#shared/incentive/snap/credentials.ts';
import {
  type AccountService,
  type SnapService,
  type StatusService,
  snapServices,
} from '#shared/incentive/snap/services.ts';
import { snapTimestamp, tokenSignature, transactionSignature } from '#shared/incentive/snap/signature.ts';
import { digestOf } from '#shared/platform/digest.ts';

/** One payout, as the partner needs it. */
export type PayoutOrder = {
  /** Permanent and unique; the partner's `partnerReferenceNo`. */
  readonly reference: string;
  readonly amountRupiah: number;
  readonly account: PayoutAccount;
  readonly holderName: string;
};

/** What to send to a service, before it is signed. */
export type SnapRequest<Service extends SnapService = SnapService, Body extends object = object> = {
  readonly service: Service;
  readonly body: Body;
};

/** A request ready to go: `text` is the very text whose digest is signed. */
export type SignedRequest = {
  readonly url: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
};

const maxReferenceLength = 64;
const maxNameLength = 100;
/** What the citizen sees on the account's own statement: letters, digits, spaces and underscores are allowed. */
const purpose = 'Insentif Kartu Prakerja';

const amountOf = (rupiah: number) => ({ value: `${rupiah}.00`, currency: 'IDR' });

/** A name in the characters that every partner takes: accents go, anything else becomes a space; at most 100. */
export function snapName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9.,' -]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, maxNameLength)
    .trimEnd();
}

/** By which service a partner pays into an account. It being asked for one that it does not reach is our mistake. */
function checkedService(partner: PaymentPartner, { provider }: Pick<PayoutAccount, 'provider'>): PaymentService {
  const service = serviceOf(partner, provider);
  ok(service, `${partner.code} does not reach ${provider}`);
  return service;
}

function checkedReference(reference: string): string {
  ok(reference.length > 0 && reference.length <= maxReferenceLength, 'A reference has 1 to 64 characters');
  return reference;
}

/** A transfer or a top-up. An amount outside the partner's limits is our mistake. */
export function payoutRequest(
  partner: PaymentPartner,
  { sourceAccountNo }: Pick<SnapCredentials, 'sourceAccountNo'>,
  { reference, amountRupiah, account, holderName }: PayoutOrder,
  now: Date,
): SnapRequest<PaymentService> {
  const { minimumRupiah, maximumRupiah } = partner.limits;
  const isWithin = amountRupiah >= minimumRupiah && amountRupiah <= maximumRupiah;
  ok(Number.isSafeInteger(amountRupiah) && isWithin, 'A payout is within the limits of its partner');
  const service = checkedService(partner, account);
  const order = { partnerReferenceNo: checkedReference(reference), amount: amountOf(amountRupiah) };
  const transactionDate = snapTimestamp(now);
  if (account.kind === 'e_wallet') {
    const customer = { customerNumber: account.number, customerName: snapName(holderName) };
    const feeAmount = amountOf(partner.feeRupiah.e_money);
    const additionalInfo = { beneficiaryProvider: account.provider };
    return { service, body: { ...order, ...customer, feeAmount, transactionDate, notes: purpose, additionalInfo } };
  }
  const accounts = { beneficiaryAccountNo: account.number, sourceAccountNo };
  const beneficiary = {
    beneficiaryAccountName: snapName(holderName),
    beneficiaryBankCode: partner.bankCodes[account.provider],
  };
  const transfer = { ...order, ...accounts, transactionDate, remark: purpose };
  return { service, body: service === 'interbank' ? { ...transfer, ...beneficiary } : transfer };
}

/** What became of a payout: asked of the service that has it, under that service's own number. */
export function statusRequest(
  partner: PaymentPartner,
  { reference, account }: { readonly reference: string; readonly account: Pick<PayoutAccount, 'provider'> },
): SnapRequest<StatusService, { readonly originalPartnerReferenceNo: string; readonly serviceCode: string }> {
  const paidBy = checkedService(partner, account);
  const service = paidBy === 'e_money' ? 'top_up_status' : 'transfer_status';
  const serviceCode = snapServices[paidBy].code;
  return { service, body: { originalPartnerReferenceNo: checkedReference(reference), serviceCode } };
}

/** Whose an account is. `reference` is of this question, not of a payout. */
export type AccountQuestion = { readonly reference: string; readonly nik: string };

/**
 * Asks for the holder of an account, and whether it is the one with this NIK: the partner compares a digest with that of its own
 * customer's NIK and is never told the NIK.
 */
export function accountRequest(
  partner: PaymentPartner,
  account: PayoutAccount,
  { reference, nik }: AccountQuestion,
): SnapRequest<AccountService> {
  const partnerReferenceNo = checkedReference(reference);
  const nikDigest = digestOf(`${nik}|${partnerReferenceNo}`);
  if (account.kind === 'e_wallet') {
    checkedService(partner, account);
    const additionalInfo = { beneficiaryProvider: account.provider, nikDigest };
    return { service: 'account_e_money', body: { partnerReferenceNo, customerNumber: account.number, additionalInfo } };
  }
  const question = { partnerReferenceNo, beneficiaryAccountNo: account.number, additionalInfo: { nikDigest } };
  if (checkedService(partner, account) === 'intrabank') return { service: 'account_internal', body: question };
  const beneficiaryBankCode = partner.bankCodes[account.provider];
  return { service: 'account_external', body: { ...question, beneficiaryBankCode } };
}

/** What the program's own account holds. */
export function balanceRequest(
  { sourceAccountNo }: Pick<SnapCredentials, 'sourceAccountNo'>,
  reference: string,
): SnapRequest<'balance'> {
  return { service: 'balance', body: { partnerReferenceNo: checkedReference(reference), accountNo: sourceAccountNo } };
}

/** Signs a request with the access token of the moment. */
export function signedRequest(
  { baseUrl, clientSecret, partnerId, channelId }: SnapCredentials,
  accessToken: string,
  { service, body }: SnapRequest,
  { externalId, now }: { readonly externalId: string; readonly now: Date },
): SignedRequest {
  const { path } = snapServices[service];
  const text = JSON.stringify(body);
  const timestamp = snapTimestamp(now);
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'x-timestamp': timestamp,
    'x-signature': transactionSignature(clientSecret, accessToken, { method: 'POST', path, body: text, timestamp }),
    'x-partner-id': partnerId,
    'x-external-id': externalId,
    'channel-id': channelId,
  };
  return { url: `${baseUrl}${path}`, text, headers };
}

/** The request for an access token. */
export function tokenRequest(credentials: SnapCredentials, now: Date): SignedRequest {
  const { baseUrl, clientId, privateKey } = credentials;
  const timestamp = snapTimestamp(now);
  const headers = {
    'x-timestamp': timestamp,
    'x-client-key': clientId,
    'x-signature': tokenSignature(privateKey, clientId, timestamp),
  };
  return { url: `${baseUrl}${snapServices.token.path}`, text: '{"grantType":"client_credentials"}', headers };
}
