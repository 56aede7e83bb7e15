import * as z from 'zod/mini';
import type { PayoutAccount } from '#shared/incentive/incentive.ts';
import { type Answer, postJson, ServiceFailed } from '#shared/platform/outside.ts';

export type Payout = {
  /** Permanent and unique: the partner keeps it and never pays it twice. */
  readonly reference: string;
  readonly amountRupiah: number;
  readonly account: PayoutAccount;
  readonly holderName: string;
};

/** `unknown` is never an end: ask again. */
export type PayoutResult =
  | { readonly kind: 'paid'; readonly partnerReference: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown' };

/** A bank or switch that pays into accounts and e-wallets. */
export type PaymentPartner = {
  /** Pays once per reference, however often it is called. */
  pay(payout: Payout): Promise<PayoutResult>;
  /** What became of a reference; `not_found` when the partner never had it, so it may be sent under the same reference. */
  inquire(payout: Pick<Payout, 'reference' | 'account'>): Promise<PayoutResult | { readonly kind: 'not_found' }>;
};

/** Case codes of SNAP BI answers (`HTTP status` + `service` + `case`) that end a payout for good: the account cannot take it. */
const refusedForGood: readonly string[] = ['40309', '40318', '40411'];

const services = {
  bank: { path: '/v1.0/transfer-interbank', code: '18' },
  e_wallet: { path: '/v1.0/emoney/topup', code: '38' },
} as const;

const Paid = z.object({ responseCode: z.string(), referenceNo: z.string() });
const Status = z.object({
  responseCode: z.string(),
  originalReferenceNo: z.optional(z.string()),
  latestTransactionStatus: z.optional(z.string()),
});
const Coded = z.object({ responseCode: z.string().check(z.regex(/^\d{7}$/)) });

/** The partner over HTTP, in the words of SNAP BI. */
export function paymentPartner(baseUrl: string, key: () => Promise<string>): PaymentPartner {
  async function call(path: string, body: object): Promise<Answer | null> {
    const headers = { authorization: `Bearer ${await key()}` };
    try {
      return await postJson(`${baseUrl}${path}`, body, headers);
    } catch (error) {
      // No answer is not "no": the money may be on its way.
      if (error instanceof ServiceFailed) return null;
      throw error;
    }
  }

  return {
    async pay({ reference, amountRupiah, account, holderName }) {
      const answer = await call(services[account.kind].path, {
        partnerReferenceNo: reference,
        amount: { value: `${amountRupiah}.00`, currency: 'IDR' },
        ...beneficiary(account, holderName),
      });
      return readPayment(answer);
    },

    async inquire({ reference, account }) {
      const question = { originalPartnerReferenceNo: reference, serviceCode: services[account.kind].code };
      return readStatus(await call('/v1.0/transfer/status', question));
    },
  };
}

function beneficiary(account: PayoutAccount, holderName: string): object {
  return account.kind === 'bank'
    ? {
        beneficiaryAccountNo: account.number,
        beneficiaryAccountName: holderName,
        beneficiaryBankCode: account.provider,
      }
    : {
        customerNumber: account.number,
        customerName: holderName,
        additionalInfo: { beneficiaryProvider: account.provider },
      };
}

/** HTTP status and case code, without the service between them: `4041811` gives `40411`. */
const caseOf = (responseCode: string): string => `${responseCode.slice(0, 3)}${responseCode.slice(5)}`;

/** Sorts a transfer's answer. Whatever is not clearly paid or clearly refused is unknown. */
export function readPayment(answer: Answer | null): PayoutResult {
  const paid = Paid.safeParse(answer?.body);
  if (paid.success && caseOf(paid.data.responseCode) === '20000') {
    return { kind: 'paid', partnerReference: paid.data.referenceNo };
  }
  const coded = Coded.safeParse(answer?.body);
  if (coded.success && refusedForGood.includes(caseOf(coded.data.responseCode))) {
    return { kind: 'refused', reason: caseOf(coded.data.responseCode) };
  }
  return { kind: 'unknown' };
}

/** Sorts the answer to a status inquiry. */
export function readStatus(answer: Answer | null): PayoutResult | { kind: 'not_found' } {
  const status = Status.safeParse(answer?.body);
  if (!status.success) return { kind: 'unknown' };
  const { responseCode, latestTransactionStatus, originalReferenceNo } = status.data;
  if (caseOf(responseCode) === '40401') return { kind: 'not_found' };
  if (latestTransactionStatus === '00' && originalReferenceNo)
    return { kind: 'paid', partnerReference: originalReferenceNo };
  if (latestTransactionStatus === '06') return { kind: 'refused', reason: 'failed' };
  return { kind: 'unknown' };
}
