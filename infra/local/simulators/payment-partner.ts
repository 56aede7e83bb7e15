import { ok } from 'node:assert/strict';
import { json, type Service } from '#infra/local/simulators/exchange.ts';
import { accountBook, type Holder } from '#infra/local/simulators/payments/accounts.ts';
import { type CallbackControl, callbackSender } from '#infra/local/simulators/payments/callbacks.ts';
import { paymentPages } from '#infra/local/simulators/payments/control-page.ts';
import { doorkeeper } from '#infra/local/simulators/payments/doorkeeper.ts';
import {
  type InquiryFault,
  type PartnerFaults,
  type PaymentFault,
  partnerFaultQueue,
} from '#infra/local/simulators/payments/partner-faults.ts';
import { type Behaviour, partnerServer } from '#infra/local/simulators/payments/partner-server.ts';
import {
  type PartnerCode,
  type PartnerCredentials,
  partnerCodes,
  partnerProfiles,
  partnerSecrets,
} from '#infra/local/simulators/payments/partners.ts';
import {
  type BookedPayment,
  type PaymentBook,
  type ProgressTerms,
  paymentBook,
} from '#infra/local/simulators/payments/payment-book.ts';
import { type StatementFormat, statementOf, statementText } from '#infra/local/simulators/payments/statement.ts';

export type { Holder } from '#infra/local/simulators/payments/accounts.ts';
export type { InquiryFault, PaymentFault } from '#infra/local/simulators/payments/partner-faults.ts';
export type { BookedPayment } from '#infra/local/simulators/payments/payment-book.ts';

/*
 * Stands for two payment partners with the services of SNAP BI: `bank-induk` and `switching`, each below its own address
 * and with a book of its own. A book lists what was really paid, so it judges whether anybody was paid twice.
 *
 * Checked as a bank does: token, signature over the minified body, times within five minutes, partner and channel, an
 * external id used once a day of WIB, a reference used once, fields by name, the program's own account and its balance.
 *
 * Any account or wallet exists: no name is told of it, and its NIK is the one asked about. `holders` tells of others, and
 * numbers with these endings are always the same (accounts.ts has the table):
 *
 *   0000 does not exist, 0001 dormant, 0002 closed, 0003 another's name, 0004 another's NIK, 0005 basic KYC, 0006 a full wallet
 *
 * A refused order leaves nothing behind: its reference is unknown to an inquiry (404XX01), and may be sent again.
 */

export type PaymentControl = CallbackControl & {
  /** Of transfers and top-ups. */
  readonly faults: PartnerFaults<PaymentFault>;
  /** Of inquiries of status, accounts and balance. */
  readonly inquiryFaults: PartnerFaults<InquiryFault>;
  /** By account or wallet number. */
  readonly holders: Map<string, Holder>;
  /** What was really paid, of both partners or of one, oldest first. */
  book(partnerCode?: PartnerCode): BookedPayment[];
  balanceRupiah(partnerCode: PartnerCode): number;
  /** Funds the program's account there, or takes from it, until it holds this much. */
  setBalance(partnerCode: PartnerCode, rupiah: number): void;
  /** No answer to anything, until told otherwise; of both partners unless one is named. */
  setDown(isDown: boolean, partnerCode?: PartnerCode): void;
  /** Calls in a second; more are refused with 429XX00. Infinity takes the limit away. */
  setRateLimit(callsPerSecond: number, partnerCode?: PartnerCode): void;
  /** How long a call told to be slow takes. */
  setSlowness(milliseconds: number): void;
  /** How long references are remembered. For ever unless said; a partner that forgets pays a reference again. */
  setMemoryDays(days: number): void;
  /** When orders that stay in progress end: after 60 s of the program's clock or two inquiries unless said. */
  setProgress(terms: Partial<ProgressTerms>): void;
  /** Sends the money paid under a reference back. False when there is none to send back. */
  returnFunds(partnerReferenceNo: string): boolean;
  /** The program's account on a day of WIB (`YYYY-MM-DD`), written from the book. */
  statement(partnerCode: PartnerCode, day: string, format: StatementFormat): string;
  /** Headers of a notification to `path`, signed by the partner at a moment. */
  notificationHeaders(partnerCode: PartnerCode, path: string, body: string, at: Date): Record<string, string>;
  /** Partners without any fault again. Books, balances, holders and the address of callbacks stay. */
  clear(): void;
};

const settleEveryMilliseconds = 250;
const faultless: Behaviour = { isDown: false, slownessMilliseconds: 5000, callsPerSecond: Number.POSITIVE_INFINITY };
const initialTerms: ProgressTerms = { seconds: 60, inquiries: 2 };

/** Both partners, to be served below one address. */
export async function paymentPartners(now: () => Date) {
  const secrets = await partnerSecrets();
  const faults = partnerFaultQueue<PaymentFault>();
  const inquiryFaults = partnerFaultQueue<InquiryFault>();
  const holders = new Map<string, Holder>();
  const accounts = accountBook(holders);
  const callbacks = callbackSender(now);
  let progressTerms = initialTerms;

  function open(code: PartnerCode) {
    const behaviour: Behaviour = { ...faultless };
    const profile = partnerProfiles[code];
    const book: PaymentBook = paymentBook(profile, now, (order) => {
      if (order.serviceCode === '38' && order.status === '00') accounts.arrived(order.accountNo, order.amountRupiah);
      if (order.serviceCode === '38' && order.status === '04') accounts.arrived(order.accountNo, -order.amountRupiah);
      callbacks.notify(secrets[code], order);
    });
    const { sourceAccountNo } = secrets[code].credentials;
    const desk = { profile, sourceAccountNo, book, accounts, progressTerms: () => progressTerms };
    const door = doorkeeper(secrets[code], now);
    return { book, behaviour, serve: partnerServer({ desk, door, behaviour, faults, inquiryFaults }) };
  }
  const partners = { 'bank-induk': open('bank-induk'), switching: open('switching') };
  const chosen = (code?: PartnerCode) => (code ? [partners[code]] : Object.values(partners));

  // What ends by the clock is told of without anybody's asking.
  const settling = setInterval(() => {
    for (const { book } of chosen()) book.settleDue();
  }, settleEveryMilliseconds).unref();

  const control: PaymentControl = {
    ...callbacks.control,
    faults,
    inquiryFaults,
    holders,
    book: (code) =>
      chosen(code)
        .flatMap(({ book }) => book.payments())
        .sort((one, other) => one.at.localeCompare(other.at)),
    balanceRupiah: (code) => partners[code].book.balanceRupiah(),
    setBalance: (code, rupiah) => partners[code].book.setBalance(rupiah),
    setDown: (isDown, code) => {
      for (const { behaviour } of chosen(code)) behaviour.isDown = isDown;
    },
    setRateLimit: (callsPerSecond, code) => {
      ok(callsPerSecond > 0, 'A limit lets something through');
      for (const { behaviour } of chosen(code)) behaviour.callsPerSecond = callsPerSecond;
    },
    setSlowness: (milliseconds) => {
      for (const { behaviour } of chosen()) behaviour.slownessMilliseconds = milliseconds;
    },
    setMemoryDays: (days) => {
      for (const { book } of chosen()) book.setMemoryDays(days);
    },
    setProgress: (terms) => {
      progressTerms = { ...initialTerms, ...terms };
    },
    returnFunds: (partnerReferenceNo) => chosen().some(({ book }) => book.returnFunds(partnerReferenceNo)),
    statement: (partnerCode, day, format) => {
      const accountNo = secrets[partnerCode].credentials.sourceAccountNo;
      const of = { partnerCode, accountNo, day, writtenAt: now() };
      return statementText(statementOf(partners[partnerCode].book, of), format);
    },
    notificationHeaders: (partnerCode, path, body, at) => callbacks.headersOf(secrets[partnerCode], path, body, at),
    clear: () => {
      faults.clear();
      inquiryFaults.clear();
      callbacks.clear();
      progressTerms = initialTerms;
      for (const { behaviour, book } of chosen()) {
        Object.assign(behaviour, faultless);
        book.setMemoryDays(Number.POSITIVE_INFINITY);
      }
    },
  };

  const service: Service = async (call) => {
    const code = partnerCodes.find((one) => call.path.startsWith(`/${one}/`));
    if (!code) return json(404, { responseCode: '4040000', responseMessage: 'No such partner' });
    return partners[code].serve({ ...call, path: call.path.slice(code.length + 1) });
  };

  /** The secret `PaymentPartners` of a program that finds both below an address. */
  const credentialsAt = (url: string): Readonly<Record<PartnerCode, PartnerCredentials>> => ({
    'bank-induk': { baseUrl: `${url}/bank-induk`, ...secrets['bank-induk'].credentials },
    switching: { baseUrl: `${url}/switching`, ...secrets.switching.credentials },
  });
  return {
    service,
    pages: paymentPages(control),
    control,
    credentialsAt,
    stop(): void {
      clearInterval(settling);
      callbacks.stop();
    },
  };
}
