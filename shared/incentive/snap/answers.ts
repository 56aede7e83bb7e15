import * as z from 'zod/mini';
import type { PaymentService } from '#shared/incentive/payment-partners.ts';
import { meaningOf, statusOutcome } from '#shared/incentive/snap/response-codes.ts';
import type { AccountService, StatusService } from '#shared/incentive/snap/services.ts';
import type { Answer } from '#shared/platform/outside.ts';

/*
 * Reads the partners' answers. Money is believed to be out, or not to be out, only where a documented code says so and the
 * answer is about what was asked; everything else is unknown. Causes and reasons are codes, never a partner's own text.
 */

type Unknown = { readonly kind: 'unknown'; readonly cause: string };
type Paid = { readonly kind: 'paid'; readonly partnerReference: string };
type Refused = { readonly kind: 'refused'; readonly reason: string; readonly fault: 'account' | 'ours' };

/** What a partner answers to a payout. `later` and `stop`: it was not paid, for certain; `unknown` is never an end: inquire. */
export type PayoutResult =
  | Paid
  | Refused
  | { readonly kind: 'later'; readonly reason: string }
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'in_progress' }
  | Unknown;

/** What became of a payout. `not_found`: the partner never had it, so the same reference may be sent (again). */
export type InquiryResult =
  | Paid
  | Refused
  | { readonly kind: 'returned'; readonly partnerReference: string }
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'not_found' }
  | Unknown;

export type AccountResult =
  | {
      readonly kind: 'found';
      /** As the partner has it: masked or cut by some, and null where one shows none. */
      readonly holderName: string | null;
      readonly kyc: 'full' | 'basic' | 'unknown';
      /** Null where the partner cannot compare. */
      readonly nikMatch: boolean | null;
      readonly status: 'active' | 'dormant' | 'closed' | 'unknown';
    }
  | Refused
  | Unknown;

export type BalanceResult = { readonly kind: 'known'; readonly availableRupiah: number } | Unknown;

const unknown = (cause: string): Unknown => ({ kind: 'unknown', cause });

const Amount = z.object({ value: z.string(), currency: z.literal('IDR') });
type Amount = z.infer<typeof Amount>;
const PartnerReference = z.string().check(z.minLength(1), z.maxLength(64));

/** Whole rupiah; null for what is none. */
function rupiahOf({ value }: Amount): number | null {
  return /^\d{1,13}(\.0{1,2})?$/.test(value) ? Number(value.split('.')[0]) : null;
}

/** A field that is absent, empty or the same says nothing against an answer. */
const agrees = (given: string | null | undefined, asked: string): boolean => !given || given === asked;
const amountAgrees = (given: Amount | null | undefined, rupiah: number): boolean =>
  !given || rupiahOf(given) === rupiah;

type Asked = { readonly reference: string; readonly amountRupiah: number };

const PayoutAnswer = z.object({
  partnerReferenceNo: z.nullish(z.string()),
  referenceNo: z.nullish(z.string()),
  amount: z.nullish(Amount),
});

/** Reads the answer to a transfer or a top-up. A `token` that comes to be read here was a second one: the partner does not know us. */
export function readPayout(service: PaymentService, asked: Asked, answer: Answer | null): PayoutResult {
  const said = meaningOf(service, answer);
  if (said.meaning === 'unknown') return unknown(said.reason);
  const parsed = PayoutAnswer.safeParse(answer?.body);
  if (!parsed.success) return unknown('answer_unreadable');
  const { partnerReferenceNo, referenceNo, amount } = parsed.data;
  if (!agrees(partnerReferenceNo, asked.reference)) return unknown('answer_differs');
  switch (said.meaning) {
    case 'success': {
      const partnerReference = PartnerReference.safeParse(referenceNo);
      if (!partnerReference.success) return unknown('answer_unreadable');
      if (!amountAgrees(amount, asked.amountRupiah)) return unknown('answer_differs');
      return { kind: 'paid', partnerReference: partnerReference.data };
    }
    case 'in_progress':
      return { kind: 'in_progress' };
    case 'refused':
      return { kind: 'refused', reason: said.reason, fault: said.fault };
    case 'later':
      return { kind: 'later', reason: said.reason };
    case 'stop':
    case 'token':
      return { kind: 'stop', reason: said.reason };
    case 'not_found':
    case 'external_id':
    case 'duplicate':
      return unknown(said.reason);
  }
}

const StatusAnswer = z.object({
  originalPartnerReferenceNo: z.nullish(z.string()),
  originalReferenceNo: z.nullish(z.string()),
  serviceCode: z.nullish(z.string()),
  amount: z.nullish(Amount),
  latestTransactionStatus: z.nullish(z.string()),
});

/** Reads the answer to a status inquiry. The status of any other payout than the one asked about tells nothing. */
export function readStatus(
  service: StatusService,
  asked: Asked & { readonly serviceCode: string },
  answer: Answer | null,
): InquiryResult {
  const said = meaningOf(service, answer);
  if (said.meaning !== 'success' && said.meaning !== 'not_found') return unknown(said.reason);
  const parsed = StatusAnswer.safeParse(answer?.body);
  if (!parsed.success) return unknown('answer_unreadable');
  const { originalPartnerReferenceNo, originalReferenceNo, serviceCode, amount } = parsed.data;
  const isOfService = agrees(serviceCode, asked.serviceCode);
  const isOfReference = agrees(originalPartnerReferenceNo, asked.reference);
  if (!isOfService || !isOfReference || !amountAgrees(amount, asked.amountRupiah)) return unknown('answer_differs');
  if (said.meaning === 'not_found') return { kind: 'not_found' };
  if (!originalPartnerReferenceNo) return unknown('answer_unreadable');
  return resultOf(parsed.data.latestTransactionStatus ?? '', originalReferenceNo);
}

function resultOf(status: string, referenceNo: string | null | undefined): InquiryResult {
  const said = statusOutcome(status);
  switch (said.outcome) {
    case 'paid':
    case 'returned': {
      const partnerReference = PartnerReference.safeParse(referenceNo);
      if (!partnerReference.success) return unknown('answer_unreadable');
      return { kind: said.outcome, partnerReference: partnerReference.data };
    }
    case 'refused':
      // A status does not say whose fault it was; what can be changed is the account.
      return { kind: 'refused', reason: said.reason, fault: 'account' };
    case 'in_progress':
    case 'not_found':
      return { kind: said.outcome };
    case 'unknown':
      return unknown('status_unknown');
  }
}

const AccountAnswer = z.object({
  partnerReferenceNo: z.nullish(z.string()),
  beneficiaryAccountName: z.nullish(z.string()),
  customerName: z.nullish(z.string()),
  additionalInfo: z.nullish(
    z.object({
      accountStatus: z.nullish(z.string()),
      nikMatch: z.nullish(z.string()),
      kycLevel: z.nullish(z.string()),
    }),
  ),
});

const statuses = { active: 'active', dormant: 'dormant', closed: 'closed' } as const;
const levels = { full: 'full', basic: 'basic' } as const;
const matches = { Y: true, N: false } as const;

/** The value of a documented word; the other value for any other. */
function wordOf<Value, Other>(words: Readonly<Record<string, Value>>, word: string | null | undefined, other: Other) {
  return word && Object.hasOwn(words, word) ? (words[word] ?? other) : other;
}

/** Reads the answer to an account inquiry. */
export function readAccount(
  service: AccountService,
  { reference }: Pick<Asked, 'reference'>,
  answer: Answer | null,
): AccountResult {
  const said = meaningOf(service, answer);
  if (said.meaning !== 'success' && said.meaning !== 'refused') return unknown(said.reason);
  const parsed = AccountAnswer.safeParse(answer?.body);
  if (!parsed.success) return unknown('answer_unreadable');
  const { partnerReferenceNo, beneficiaryAccountName, customerName, additionalInfo } = parsed.data;
  if (!agrees(partnerReferenceNo, reference)) return unknown('answer_differs');
  if (said.meaning === 'refused') return { kind: 'refused', reason: said.reason, fault: said.fault };
  const holderName = (service === 'account_e_money' ? customerName : beneficiaryAccountName)?.trim().slice(0, 100);
  return {
    kind: 'found',
    holderName: holderName || null,
    kyc: wordOf(levels, additionalInfo?.kycLevel, 'unknown'),
    nikMatch: wordOf(matches, additionalInfo?.nikMatch, null),
    status: wordOf(statuses, additionalInfo?.accountStatus, 'unknown'),
  };
}

const BalanceAnswer = z.object({
  accountInfos: z
    .array(z.object({ balanceType: z.nullish(z.string()), availableBalance: z.nullish(Amount) }))
    .check(z.maxLength(20)),
});

/** Reads the answer to a balance inquiry; cents, which an account may have, are left out. */
export function readBalance(answer: Answer | null): BalanceResult {
  const said = meaningOf('balance', answer);
  if (said.meaning !== 'success') return unknown(said.reason);
  const parsed = BalanceAnswer.safeParse(answer?.body);
  const cash = parsed.data?.accountInfos.find(({ balanceType }) => balanceType === 'Cash');
  const whole = /^(\d{1,15})(\.\d{1,2})?$/.exec(cash?.availableBalance?.value ?? '')?.[1];
  return whole ? { kind: 'known', availableRupiah: Number(whole) } : unknown('answer_unreadable');
}
