import type { Answer } from '#infra/local/simulators/exchange.ts';
import type { AccountBook } from '#infra/local/simulators/payments/accounts.ts';
import type { InquiryFault, PartnerFault, PaymentFault } from '#infra/local/simulators/payments/partner-faults.ts';
import type { PartnerProfile, PaymentService } from '#infra/local/simulators/payments/partners.ts';
import type { PaymentBook, PaymentOrder, ProgressTerms } from '#infra/local/simulators/payments/payment-book.ts';
import { amountOf, type Case, snap, unreadable } from '#infra/local/simulators/payments/snap-answers.ts';
import {
  InterbankRequest,
  IntrabankRequest,
  read,
  rupiahOf,
  TopUpRequest,
} from '#infra/local/simulators/payments/snap-requests.ts';

/** What the services of one partner work on. */
export type Desk = {
  readonly profile: PartnerProfile;
  /** The program's account here. */
  readonly sourceAccountNo: string;
  readonly book: PaymentBook;
  readonly accounts: AccountBook;
  readonly progressTerms: () => ProgressTerms;
};

/** One service of SNAP BI. A body is read before any fault, and answered after it. */
export type SnapService = {
  readonly serviceCode: string;
  readonly kind: 'payment' | 'inquiry';
  /** Whether a fault that was ordered for its kind concerns this service. */
  canMeet(fault: PaymentFault | InquiryFault): boolean;
  prepare(body: unknown): { readonly refusal: Answer } | { perform(fault: PartnerFault | undefined): Answer };
};

/** By BI-FAST at most this much. */
const maximumInterbankRupiah = 250_000_000;

const refusingFaults: Partial<Record<PartnerFault, Case>> = {
  account_refused: '404:11',
  account_dormant: '403:09',
  account_closed: '403:18',
  limit_exceeded: '403:02',
  funds_insufficient: '403:14',
};

const statusRefusals = { active: undefined, absent: '404:11', dormant: '403:09', closed: '403:18' } as const;

const masked = (number: string) =>
  `${number.slice(0, 4)}${'*'.repeat(Math.max(0, number.length - 7))}${number.slice(-3)}`;

/** Transfers and top-ups. */
export function paymentServices({
  profile,
  sourceAccountNo: ownAccountNo,
  book,
  accounts,
  progressTerms,
}: Desk): SnapService[] {
  function refusalOf(order: PaymentOrder, fault: PartnerFault | undefined): Case | undefined {
    book.settleDue();
    if (book.knows(order.partnerReferenceNo)) return '409:01';
    const ordered = fault && refusingFaults[fault];
    if (ordered) return ordered;
    const account = accounts.of(order.accountNo);
    if (statusRefusals[account.status]) return statusRefusals[account.status];
    if (order.serviceCode === '18' && order.amountRupiah > maximumInterbankRupiah) return '403:02';
    if (order.serviceCode === '38' && account.exceeds(order.amountRupiah)) return '403:02';
    return book.covers(order) ? undefined : '403:14';
  }

  function pay(order: PaymentOrder, fields: object, fault: PartnerFault | undefined): Answer {
    const { serviceCode, partnerReferenceNo, amountRupiah } = order;
    const refusal = refusalOf(order, fault);
    if (refusal) return snap(serviceCode, refusal);

    const answer = (which: Case, referenceNo: string) =>
      snap(serviceCode, which, { referenceNo, partnerReferenceNo, amount: amountOf(amountRupiah), ...fields });
    if (fault === 'in_progress_then_paid' || fault === 'in_progress_then_failed') {
      const end = fault === 'in_progress_then_paid' ? '00' : '06';
      return answer('202:00', book.begin(order, end, progressTerms()).referenceNo);
    }
    const { referenceNo } = book.pay(order);
    if (fault === 'pay_then_cut') return 'cut';
    if (fault === 'pay_then_timeout') return snap(serviceCode, '504:00');
    if (fault === 'pay_then_garbage') return unreadable();
    return answer(fault === 'pay_then_unknown_code' ? '200:99' : '200:00', referenceNo);
  }

  /** The program's own account must be the one that pays: a mistake of ours, and never the citizen's. */
  const isForeign = (sourceAccountNo: string) => sourceAccountNo !== ownAccountNo;
  const payment = (serviceCode: PaymentService, prepare: SnapService['prepare']): SnapService => ({
    serviceCode,
    kind: 'payment',
    canMeet: () => true,
    prepare,
  });

  return [
    payment('17', (body) => {
      const parsed = read('17', IntrabankRequest, body);
      if ('refusal' in parsed) return parsed;
      const { partnerReferenceNo, amount, beneficiaryAccountNo, sourceAccountNo, remark = '' } = parsed.request;
      if (isForeign(sourceAccountNo)) return { refusal: snap('17', '400:01', {}, '{sourceAccountNo}') };
      const order = { partnerReferenceNo, amountRupiah: rupiahOf(amount), accountNo: beneficiaryAccountNo, remark };
      return { perform: (fault) => pay({ ...order, serviceCode: '17' }, { beneficiaryAccountNo }, fault) };
    }),

    payment('18', (body) => {
      const parsed = read('18', InterbankRequest, body);
      if ('refusal' in parsed) return parsed;
      const { partnerReferenceNo, amount, beneficiaryAccountNo, remark = '' } = parsed.request;
      const { beneficiaryBankCode: bankCode, sourceAccountNo } = parsed.request;
      if (isForeign(sourceAccountNo)) return { refusal: snap('18', '400:01', {}, '{sourceAccountNo}') };
      if (!profile.banks.has(bankCode)) return { refusal: snap('18', '400:00', {}, '[Bank is not in the list]') };
      const order = { partnerReferenceNo, amountRupiah: rupiahOf(amount), accountNo: beneficiaryAccountNo, remark };
      return { perform: (fault) => pay({ ...order, bankCode, serviceCode: '18' }, { beneficiaryAccountNo }, fault) };
    }),

    payment('38', (body) => {
      const parsed = read('38', TopUpRequest, body);
      if ('refusal' in parsed) return parsed;
      const { partnerReferenceNo, amount, feeAmount, customerNumber, notes: remark = '' } = parsed.request;
      if (!profile.providers.has(parsed.request.additionalInfo.beneficiaryProvider))
        return { refusal: snap('38', '400:00', {}, '[Provider is not in the list]') };
      if (feeAmount && rupiahOf(feeAmount) !== profile.feesRupiah['38'])
        return { refusal: snap('38', '400:01', {}, '{feeAmount}') };
      const order = { partnerReferenceNo, amountRupiah: rupiahOf(amount), accountNo: customerNumber, remark };
      const fields = { customerNumber: masked(customerNumber) };
      return { perform: (fault) => pay({ ...order, serviceCode: '38' }, fields, fault) };
    }),
  ];
}
