import {
  balanceCheck,
  balanceSenOf,
  type Direction,
  dayOf,
  judged,
  type MalformedCode,
  type MalformedRow,
  type StatementLine,
  type StatementParser,
  type StatementRow,
  senOf,
  signedSenOf,
} from '#shared/incentive/reconciliation/statement-line.ts';
import { xmlScanner } from '#shared/incentive/reconciliation/xml-scanner.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { wibDay } from '#shared/platform/wib.ts';

/** Any version of the message. */
const namespace = /\sxmlns(?::[\w.-]+)?\s*=\s*["']urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d{2}["']/;
const currencyOf = /(?:^|\s)Ccy\s*=\s*["']([A-Z]{3})["']/;

/** Transactions in one batch booking, and characters of all texts of a booking. */
const maxDetails = 10_000;
const maxTexts = 4_096;

const directions: Readonly<Record<string, Direction>> = { DBIT: 'debit', CRDT: 'credit' };
/** Sub-families of the bank's own bookings: charges, commission, fees, interest, taxes. */
const banksOwn: readonly string[] = ['CHRG', 'COMM', 'FEES', 'INTR', 'TAXE'];
/** Elements that may carry our reference. The bank wraps the remittance text over several elements of one name. */
const texts: readonly string[] = ['EndToEndId', 'InstrId', 'TxId', 'Ustrd', 'Ref', 'AddtlTxInf', 'AddtlNtryInf'];

/** A booking, or one of the transactions in it. */
type Booking = {
  amount: string;
  currency: string;
  direction: string;
  bankReference: string;
  texts: Map<string, string>;
  textLength: number;
};

type Entry = Booking & { bookedOn: string; isReversal: boolean; isBanksOwn: boolean; details: Booking[] };

const emptyBooking = (): Booking => ({
  amount: '',
  currency: '',
  direction: '',
  bankReference: '',
  texts: new Map(),
  textLength: 0,
});

/** ISO 20022 camt.053: bookings are the elements `Ntry`, a batch booking counts as its transactions; balances stand before them. */
export function camt053Parser(): StatementParser {
  let lines: StatementLine[] = [];
  let bookings = 0;
  let isStatement = false;
  const path: string[] = [];
  let content = '';
  let currency = '';
  let entry: Entry | null = null;
  let detail: Booking | null = null;
  let found = { code: '', currency: '', amount: '', direction: '' };
  let closingSen: number | null = null;
  const balance = balanceCheck();

  const parentOf = (up: number) => path[path.length - 1 - up] ?? '';

  /** Takes a value of the booking or of the transaction that is open. */
  function bookingValue(name: string, text: string): void {
    const booking = detail ?? entry;
    if (!booking || !entry) return;
    const isDirect = parentOf(1) === (detail ? 'TxDtls' : 'Ntry');
    if (name === 'Amt' && booking.amount === '' && (isDirect || parentOf(1) === 'TxAmt')) {
      booking.amount = text;
      booking.currency = currency;
    } else if (name === 'CdtDbtInd' && isDirect) booking.direction = text;
    else if (name === 'RvslInd' && isDirect) entry.isReversal = text === 'true' || text === '1';
    else if (name === 'AcctSvcrRef') booking.bankReference ||= text;
    else if (name === 'SubFmlyCd') entry.isBanksOwn ||= banksOwn.includes(text);
    else if (parentOf(1) === 'BookgDt' && (name === 'Dt' || name === 'DtTm')) entry.bookedOn = text;
    else if (texts.includes(name)) {
      booking.textLength += text.length;
      const before = booking.texts.get(name);
      if (booking.textLength <= maxTexts) booking.texts.set(name, before === undefined ? text : `${before}\n${text}`);
    }
  }

  function balanceValue(name: string, text: string): void {
    if (name === 'Cd' && parentOf(1) === 'CdOrPrtry') found.code = text;
    else if (name === 'Amt') {
      found.amount = text;
      found.currency = currency;
    } else if (name === 'CdtDbtInd') found.direction = text;
  }

  function endBalance(): void {
    const sen = found.currency === 'IDR' ? balanceSenOf(found.amount) : null;
    const signed = sen === null || found.direction !== 'DBIT' ? sen : -sen;
    if (found.code === 'OPBD' || found.code === 'PRCD') balance.open(signed);
    if (found.code === 'CLBD') closingSen = signed;
  }

  function endEntry(whole: Entry): void {
    for (const row of rowsOf(whole, bookings + 1)) {
      bookings += 1;
      balance.add(signedSenOf(row));
      lines.push(row);
    }
  }

  const scanner = xmlScanner({
    open(name, attributes) {
      path.push(name);
      content = '';
      if (path.length === 1 && (name !== 'Document' || !namespace.test(attributes)))
        throw new Refusal('statement_format', 'The document is no camt.053');
      if (name === 'Stmt') {
        isStatement = true;
        closingSen = null;
        balance.open(null);
      } else if (name === 'Ntry')
        entry = { ...emptyBooking(), bookedOn: '', isReversal: false, isBanksOwn: false, details: [] };
      else if (name === 'TxDtls' && entry) {
        detail = emptyBooking();
        // One more than may be: enough to know that there are too many.
        if (entry.details.length <= maxDetails) entry.details.push(detail);
      } else if (name === 'Bal') found = { code: '', currency: '', amount: '', direction: '' };
      else if (name === 'Amt') currency = currencyOf.exec(attributes)?.[1] ?? '';
    },
    text(text) {
      content += text;
    },
    close(name) {
      const text = content.trim();
      content = '';
      if (name === 'Ntry' && entry) {
        endEntry(entry);
        entry = null;
      } else if (name === 'TxDtls') detail = null;
      else if (name === 'Bal') endBalance();
      else if (name === 'Stmt') lines.push(balance.close(closingSen));
      else if (text !== '' && entry) bookingValue(name, text);
      else if (text !== '' && path.includes('Bal')) balanceValue(name, text);
      path.pop();
    },
  });

  function taken(): StatementLine[] {
    const complete = lines;
    lines = [];
    return complete;
  }

  return {
    feed(text) {
      scanner.feed(text);
      return taken();
    },
    end() {
      scanner.end();
      if (!isStatement) throw new Refusal('statement_format', 'The document has no statement');
      return taken();
    },
  };
}

/** The lines of a booking: one, or one for each transaction of a batch booking. */
function rowsOf(entry: Entry, line: number): (StatementRow | MalformedRow)[] {
  const { details } = entry;
  const signedSen = signedSenOf(rowOf(entry, entry, line));
  const malformed = (code: MalformedCode): MalformedRow[] => [{ kind: 'malformed', line, code, signedSen }];
  if (details.length > maxDetails || [entry, ...details].some((booking) => booking.textLength > maxTexts))
    return malformed('entry_too_large');
  const [only] = details;
  if (details.length <= 1 && only) return [rowOf(entry, merged(entry, only), line)];
  if (details.length === 0) return [rowOf(entry, entry, line)];
  const rows = details.map((detail, index) => rowOf(entry, inherited(entry, detail), line + index));
  const sum = rows.reduce((total, row) => total + (signedSenOf(row) ?? Number.NaN), 0);
  // Details that do not give the booking's own amount cannot be posted one by one.
  if (sum !== signedSen) return malformed('details_differ');
  return rows;
}

/** The one transaction of a booking adds its texts; amount and direction are the booking's own. */
function merged(entry: Entry, detail: Booking): Booking {
  const bankReference = entry.bankReference || detail.bankReference;
  return { ...entry, bankReference, texts: new Map([...detail.texts, ...entry.texts]) };
}

function inherited({ direction, currency, bankReference }: Entry, detail: Booking): Booking {
  return {
    ...detail,
    direction: detail.direction || direction,
    currency: detail.currency || currency,
    bankReference: detail.bankReference || bankReference,
  };
}

function rowOf(entry: Entry, booking: Booking, line: number): StatementRow | MalformedRow {
  return judged({
    line,
    bookedOn: bookedOn(entry.bookedOn),
    direction: directions[booking.direction] ?? null,
    sen: senOf(booking.amount, '.'),
    isRupiah: booking.currency === 'IDR',
    bankReference: booking.bankReference,
    texts: [...booking.texts.values()],
    isReversal: entry.isReversal,
    isBanksOwn: entry.isBanksOwn,
  });
}

/** A day, or an instant: with an offset it is of the day that it falls on in WIB, without one the bank's clock is taken for WIB. */
function bookedOn(text: string): string | null {
  const [, day = '', time, offset] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text) ?? [];
  if (time === undefined || offset === undefined) return dayOf(day);
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : wibDay(at);
}
