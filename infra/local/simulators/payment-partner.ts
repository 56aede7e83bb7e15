import * as z from 'zod';
import { type Answer, bearerKey, type Call, json, type Service } from '#infra/local/simulators/exchange.ts';
import { type Faults, faultQueue } from '#infra/local/simulators/faults.ts';

/*
 * Stands for a payment partner with the services of SNAP BI. A response code is HTTP status, service, case: "4043601".
 * Its book lists what was really paid, so it judges whether anybody was paid twice.
 *
 *   an account or customer number ending in 0000    does not exist (404XX11)
 *   a reference that is in the book                  conflict (409XX01), nothing is paid
 *   a reference that is not in the book              unknown to a status inquiry (4043601), may be sent again
 */

const Reference = z.string().min(1).max(64);
const AccountNumber = z.string().regex(/^\+?\d{4,34}$/);
const Amount = z.object({
  // Rupiah have no cents, but the standard writes two decimals.
  value: z.string().regex(/^[1-9]\d{0,12}\.00$/),
  currency: z.literal('IDR'),
});
const Expected = z.object({ expectedName: z.string().min(1).max(100).optional() }).optional();

const InterbankTransferRequest = z.object({
  partnerReferenceNo: Reference,
  amount: Amount,
  beneficiaryAccountNo: AccountNumber,
  beneficiaryBankCode: z.string().min(1).max(8),
});
const TopUpRequest = z.object({ partnerReferenceNo: Reference, amount: Amount, customerNumber: AccountNumber });
const TransferStatusRequest = z.object({
  originalPartnerReferenceNo: Reference,
  serviceCode: z.enum(['18', '38']),
});
const BankInquiryRequest = z.object({
  beneficiaryAccountNo: AccountNumber,
  beneficiaryBankCode: z.string().min(1).max(8),
  additionalInfo: Expected,
});
const WalletInquiryRequest = z.object({ customerNumber: AccountNumber, additionalInfo: Expected });

type PaymentService = '18' | '38';

/** One payment really made. `at` is an ISO time, `accountNo` a bank account or a wallet's number. */
export type BookedPayment = {
  readonly referenceNo: string;
  readonly partnerReferenceNo: string;
  readonly serviceCode: PaymentService;
  readonly accountNo: string;
  /** Only of a bank account. */
  readonly bankCode?: string;
  readonly amountRupiah: number;
  readonly at: string;
};

/**
 * What the next calls that pay meet. Two pay all the same: pay_then_cut ends the connection, pay_then_timeout answers 504XX00.
 * The others pay nothing: cut, unavailable (500XX00), account_refused (404XX11), funds_insufficient (403XX14).
 */
export type PaymentFault =
  | 'pay_then_cut'
  | 'pay_then_timeout'
  | 'cut'
  | 'unavailable'
  | 'account_refused'
  | 'funds_insufficient';
/** What the next status and account inquiries meet: 500XX00, or no answer. */
export type InquiryFault = 'cut' | 'unavailable';

export type PaymentControl = {
  /** Of transfers and top-ups. */
  readonly faults: Faults<PaymentFault>;
  /** Of status and account inquiries. */
  readonly inquiryFaults: Faults<InquiryFault>;
  /** Name by account or wallet number. Of others an inquiry repeats `additionalInfo.expectedName`, or knows no account. */
  readonly holders: Map<string, string>;
  /** Oldest first. */
  book(): BookedPayment[];
};

const messages = {
  '200:00': 'Successful',
  '400:00': 'Bad Request',
  '400:01': 'Invalid Field Format',
  '400:02': 'Invalid Mandatory Field',
  '401:00': 'Unauthorized',
  '403:14': 'Insufficient Funds',
  '404:01': 'Transaction Not Found',
  '404:11': 'Invalid Account',
  '409:01': 'Duplicate partnerReferenceNo',
  '500:00': 'General Error',
  '504:00': 'Timeout',
} as const;
type Case = keyof typeof messages;

function snap(service: string, which: Case, fields: object = {}, detail = ''): Answer {
  const [status = '', suffix = ''] = which.split(':');
  const responseMessage = messages[which] + detail;
  return json(Number(status), { responseCode: status + service + suffix, responseMessage, ...fields });
}

/** Reads the body, or gives the answer for a bad one: which field, never its value. */
function read<Body>(service: string, schema: z.ZodType<Body>, { body }: Call): { request: Body } | { refusal: Answer } {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return { request: parsed.data };
  const [issue] = parsed.error.issues;
  if (!issue || issue.path.length === 0) return { refusal: snap(service, '400:00') };
  const which = issue.input === undefined ? '400:02' : '400:01';
  return { refusal: snap(service, which, {}, ` {${issue.path.join('.')}}`) };
}

const exists = (accountNo: string) => !accountNo.endsWith('0000');

type Payment = Omit<BookedPayment, 'referenceNo' | 'serviceCode' | 'at'>;

/** POST /v1.0/transfer-interbank, /emoney/topup, /transfer/status, /account-inquiry-external, /emoney/account-inquiry. */
export function paymentPartner(now: () => Date): { service: Service; pages: Service; control: PaymentControl } {
  const faults = faultQueue<PaymentFault>();
  const inquiryFaults = faultQueue<InquiryFault>();
  const holders = new Map<string, string>();
  const paid = new Map<string, BookedPayment>(); // Never shortened: it is the evidence.

  const enter = (serviceCode: PaymentService, payment: Payment): BookedPayment => {
    const referenceNo = `SIM${String(paid.size + 1).padStart(12, '0')}`;
    const booked = { referenceNo, ...payment, serviceCode, at: now().toISOString() };
    paid.set(payment.partnerReferenceNo, booked);
    return booked;
  };

  const pay = async (service: PaymentService, payment: Payment): Promise<Answer> => {
    const fault = faults.take();
    await faults.wait();
    if (fault === 'cut') return 'cut';
    if (fault === 'unavailable') return snap(service, '500:00');
    if (paid.has(payment.partnerReferenceNo)) return snap(service, '409:01');
    if (fault === 'account_refused' || !exists(payment.accountNo)) return snap(service, '404:11');
    if (fault === 'funds_insufficient') return snap(service, '403:14');

    const { referenceNo, partnerReferenceNo } = enter(service, payment);
    if (fault === 'pay_then_cut') return 'cut';
    if (fault === 'pay_then_timeout') return snap(service, '504:00');
    return snap(service, '200:00', { referenceNo, partnerReferenceNo, amount: amountOf(payment) });
  };

  const inquire = async (service: string, answer: () => Answer): Promise<Answer> => {
    const fault = inquiryFaults.take();
    await inquiryFaults.wait();
    if (fault === 'cut') return 'cut';
    return fault === 'unavailable' ? snap(service, '500:00') : answer();
  };

  const holderOf = (accountNo: string, expected: z.infer<typeof Expected>) =>
    exists(accountNo) ? (holders.get(accountNo) ?? expected?.expectedName) : undefined;

  const transfer = (call: Call) => {
    const body = read('18', InterbankTransferRequest, call);
    if ('refusal' in body) return body.refusal;
    const { partnerReferenceNo, amount, beneficiaryAccountNo: accountNo, beneficiaryBankCode: bankCode } = body.request;
    return pay('18', { partnerReferenceNo, accountNo, bankCode, amountRupiah: rupiahOf(amount) });
  };

  const topUp = (call: Call) => {
    const body = read('38', TopUpRequest, call);
    if ('refusal' in body) return body.refusal;
    const { partnerReferenceNo, amount, customerNumber: accountNo } = body.request;
    return pay('38', { partnerReferenceNo, accountNo, amountRupiah: rupiahOf(amount) });
  };

  const status = (call: Call) => {
    const body = read('36', TransferStatusRequest, call);
    if ('refusal' in body) return body.refusal;
    const { originalPartnerReferenceNo, serviceCode } = body.request;
    return inquire('36', () => {
      const payment = paid.get(originalPartnerReferenceNo);
      if (payment?.serviceCode !== serviceCode) return snap('36', '404:01');
      return snap('36', '200:00', {
        originalReferenceNo: payment.referenceNo,
        originalPartnerReferenceNo,
        serviceCode,
        amount: amountOf(payment),
        transactionDate: payment.at,
        latestTransactionStatus: '00',
        transactionStatusDesc: 'success',
      });
    });
  };

  const bankInquiry = (call: Call) => {
    const body = read('16', BankInquiryRequest, call);
    if ('refusal' in body) return body.refusal;
    const { beneficiaryAccountNo, beneficiaryBankCode, additionalInfo } = body.request;
    return inquire('16', () => {
      const beneficiaryAccountName = holderOf(beneficiaryAccountNo, additionalInfo);
      if (!beneficiaryAccountName) return snap('16', '404:11');
      return snap('16', '200:00', { beneficiaryAccountName, beneficiaryAccountNo, beneficiaryBankCode });
    });
  };

  const walletInquiry = (call: Call) => {
    const body = read('37', WalletInquiryRequest, call);
    if ('refusal' in body) return body.refusal;
    const { customerNumber, additionalInfo } = body.request;
    return inquire('37', () => {
      const customerName = holderOf(customerNumber, additionalInfo);
      return customerName ? snap('37', '200:00', { customerName, customerNumber }) : snap('37', '404:11');
    });
  };

  const services: ReadonlyMap<string, [string, (call: Call) => Answer | Promise<Answer>]> = new Map([
    ['/v1.0/transfer-interbank', ['18', transfer]],
    ['/v1.0/emoney/topup', ['38', topUp]],
    ['/v1.0/transfer/status', ['36', status]],
    ['/v1.0/account-inquiry-external', ['16', bankInquiry]],
    ['/v1.0/emoney/account-inquiry', ['37', walletInquiry]],
  ]);

  const service: Service = async (call) => {
    const found = services.get(call.path);
    if (!found) return json(404, { responseCode: '4040000', responseMessage: 'No such service' });
    const [serviceCode, answer] = found;
    if (call.method !== 'POST') return json(405, { responseCode: `405${serviceCode}00`, responseMessage: 'POST only' });
    return bearerKey(call) ? answer(call) : snap(serviceCode, '401:00');
  };

  const book = () => [...paid.values()];
  const pages: Service = async ({ path }) =>
    path === '/payments.json' ? json(200, book()) : json(404, { error: 'no_such_page' });

  return { service, pages, control: { faults, inquiryFaults, holders, book } };
}

const rupiahOf = ({ value }: z.infer<typeof Amount>) => Number.parseInt(value, 10);
const amountOf = ({ amountRupiah }: Payment) => ({ value: `${amountRupiah}.00`, currency: 'IDR' });
