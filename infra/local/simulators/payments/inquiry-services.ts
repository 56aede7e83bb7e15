import type * as z from 'zod';
import type { Answer } from '#infra/local/simulators/exchange.ts';
import type { Account } from '#infra/local/simulators/payments/accounts.ts';
import type { PartnerFault } from '#infra/local/simulators/payments/partner-faults.ts';
import type { PaymentService } from '#infra/local/simulators/payments/partners.ts';
import type { Desk, SnapService } from '#infra/local/simulators/payments/payment-services.ts';
import { amountOf, snap } from '#infra/local/simulators/payments/snap-answers.ts';
import {
  BalanceRequest,
  ExternalInquiryRequest,
  InternalInquiryRequest,
  read,
  TopUpStatusRequest,
  TransferStatusRequest,
  WalletInquiryRequest,
} from '#infra/local/simulators/payments/snap-requests.ts';
import { wibTime } from '#infra/local/simulators/payments/wib-time.ts';

const statusTexts = { '00': 'success', '03': 'pending', '04': 'refunded', '06': 'failed' } as const;
export const statusText = (status: keyof typeof statusTexts): string => statusTexts[status];

/** Whom an account belongs to when the partner is told to refuse the name. */
const somebodyElse = 'BUKAN NAMA ANDA';

type StatusQuestion = { readonly originalPartnerReferenceNo: string; readonly serviceCode: PaymentService };
type Question = { readonly nikDigest?: string | undefined; readonly partnerReferenceNo: string };

function identityOf(account: Account, { nikDigest, partnerReferenceNo }: Question, fault: PartnerFault | undefined) {
  const nikMatch = fault === 'name_refused' ? undefined : account.nikMatch(nikDigest, partnerReferenceNo);
  const name = fault === 'name_refused' ? somebodyElse : account.shownName;
  return { name, additionalInfo: { kycLevel: account.kyc, ...(nikMatch && { nikMatch }) } };
}

/** Inquiries of the balance, of accounts and wallets, and of what became of a payment. */
export function inquiryServices({ profile, sourceAccountNo, book, accounts }: Desk): SnapService[] {
  function inquiry(serviceCode: string, prepare: SnapService['prepare']): SnapService {
    const isOfAccount = ['15', '16', '37'].includes(serviceCode);
    return { serviceCode, kind: 'inquiry', canMeet: (fault) => fault !== 'name_refused' || isOfAccount, prepare };
  }

  /** A bank says of an account what it is; only paying into it is refused. */
  function bankAccount(serviceCode: string, number: string, question: Question, fields: object) {
    return (fault: PartnerFault | undefined): Answer => {
      const account = accounts.of(number);
      if (account.status === 'absent') return snap(serviceCode, '404:11');
      const { name, additionalInfo } = identityOf(account, question, fault);
      return snap(serviceCode, '200:00', {
        ...(name !== undefined && { beneficiaryAccountName: name }),
        beneficiaryAccountNo: number,
        ...fields,
        additionalInfo: { accountStatus: account.status, ...additionalInfo },
      });
    };
  }

  function status(serviceCode: '36' | '39', schema: z.ZodType<StatusQuestion>) {
    return inquiry(serviceCode, (body) => {
      const parsed = read(serviceCode, schema, body);
      if ('refusal' in parsed) return parsed;
      const { originalPartnerReferenceNo, serviceCode: asked } = parsed.request;
      return {
        perform: () => {
          const order = book.inquire(originalPartnerReferenceNo);
          if (order?.serviceCode !== asked) return snap(serviceCode, '404:01');
          return snap(serviceCode, '200:00', {
            originalReferenceNo: order.referenceNo,
            originalPartnerReferenceNo,
            serviceCode: asked,
            amount: amountOf(order.amountRupiah),
            transactionDate: wibTime(order.acceptedAt),
            latestTransactionStatus: order.status,
            transactionStatusDesc: statusText(order.status),
          });
        },
      };
    });
  }

  return [
    inquiry('11', (body) => {
      const parsed = read('11', BalanceRequest, body);
      if ('refusal' in parsed) return parsed;
      const { partnerReferenceNo, accountNo } = parsed.request;
      return {
        perform: () => {
          if (accountNo !== sourceAccountNo) return snap('11', '404:11');
          book.settleDue();
          const amount = amountOf(book.balanceRupiah());
          const availableBalance = amountOf(book.availableRupiah());
          const accountInfos = [{ balanceType: 'Cash', amount, availableBalance }];
          return snap('11', '200:00', { partnerReferenceNo, accountNo, accountInfos });
        },
      };
    }),

    inquiry('15', (body) => {
      const parsed = read('15', InternalInquiryRequest, body);
      if ('refusal' in parsed) return parsed;
      const { partnerReferenceNo, beneficiaryAccountNo, additionalInfo } = parsed.request;
      const question = { nikDigest: additionalInfo?.nikDigest, partnerReferenceNo };
      return { perform: bankAccount('15', beneficiaryAccountNo, question, {}) };
    }),

    inquiry('16', (body) => {
      const parsed = read('16', ExternalInquiryRequest, body);
      if ('refusal' in parsed) return parsed;
      const { partnerReferenceNo, beneficiaryAccountNo, beneficiaryBankCode, additionalInfo } = parsed.request;
      if (!profile.banks.has(beneficiaryBankCode))
        return { refusal: snap('16', '400:00', {}, '[Bank is not in the list]') };
      const question = { nikDigest: additionalInfo?.nikDigest, partnerReferenceNo };
      return { perform: bankAccount('16', beneficiaryAccountNo, question, { beneficiaryBankCode }) };
    }),

    inquiry('37', (body) => {
      const parsed = read('37', WalletInquiryRequest, body);
      if ('refusal' in parsed) return parsed;
      const { partnerReferenceNo, customerNumber, additionalInfo: asked } = parsed.request;
      if (!profile.providers.has(asked.beneficiaryProvider))
        return { refusal: snap('37', '400:00', {}, '[Provider is not in the list]') };
      return {
        perform: (fault) => {
          const account = accounts.of(customerNumber);
          if (account.status === 'absent') return snap('37', '404:11');
          if (account.status === 'dormant') return snap('37', '403:09');
          if (account.status === 'closed') return snap('37', '403:18');
          const question = { nikDigest: asked.nikDigest, partnerReferenceNo };
          const { name, additionalInfo } = identityOf(account, question, fault);
          const feeAmount = amountOf(profile.feesRupiah['38']);
          const customerName = name !== undefined && { customerName: name };
          return snap('37', '200:00', { customerNumber, ...customerName, feeAmount, additionalInfo });
        },
      };
    }),

    status('36', TransferStatusRequest),
    status('39', TopUpStatusRequest),
  ];
}
