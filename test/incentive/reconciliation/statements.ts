import { readStatement } from '#shared/incentive/reconciliation/read-statement.ts';
import type { StatementFormat, StatementLine } from '#shared/incentive/reconciliation/statement-line.ts';

/* Bank statements in the three formats, made of the same bookings. */

export type Booking = {
  readonly day?: string;
  readonly direction: 'debit' | 'credit';
  readonly amountRupiah: number;
  readonly bankReference?: string;
  /** Where the bank has a place for it. */
  readonly reference?: string;
  readonly about?: string;
  readonly isReversal?: boolean;
  readonly isBanksOwn?: boolean;
};

export const statementDay = '2026-11-02';

const cents = (sen: number, mark: string) => `${Math.trunc(sen / 100)}${mark}${String(sen % 100).padStart(2, '0')}`;
const signed = ({ direction, amountRupiah }: Booking) => (direction === 'debit' ? -100 : 100) * amountRupiah;
const openingSen = 500_000_000_000_00;

function quoted(field: string): string {
  return /[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

export const csvHeader =
  'booking_date,value_date,type,amount,currency,balance,bank_reference,partner_reference,description';

export function csvOf(bookings: readonly Booking[], newline = '\n'): string {
  let balance = openingSen;
  const lines = bookings.map((booking) => {
    balance += signed(booking);
    const { day = statementDay, direction, amountRupiah, bankReference = '', reference = '' } = booking;
    const about = `${booking.isBanksOwn ? 'BIAYA ' : booking.isReversal ? 'REVERSAL ' : ''}${booking.about ?? ''}`;
    const type = direction === 'debit' ? 'D' : 'C';
    const fields = [day, day, type, `${amountRupiah}.00`, 'IDR', cents(balance, '.'), bankReference, reference, about];
    return fields.map(quoted).join(',');
  });
  return [csvHeader, ...lines, ''].join(newline);
}

/** A text in lines of a length, as `:86:` carries it. */
export const wrapped = (text: string, length: number) => text.match(new RegExp(`.{1,${length}}`, 'g')) ?? [];

export function mt940Of(bookings: readonly Booking[], newline = '\n', wrapAt = 65): string {
  const compact = (day: string) => day.slice(2).replaceAll('-', '');
  const total = bookings.reduce((sum, booking) => sum + signed(booking), openingSen);
  const lines = bookings.flatMap((booking) => {
    const { day = statementDay, direction, amountRupiah, bankReference = '', reference = '', about = '' } = booking;
    const mark = booking.isReversal ? (direction === 'credit' ? 'RD' : 'RC') : direction === 'credit' ? 'C' : 'D';
    const type = booking.isBanksOwn ? 'NCHG' : 'NTRF';
    const entry = `:61:${compact(day)}${compact(day).slice(2)}${mark}${amountRupiah},00${type}NONREF//${bankReference}`;
    const [first, ...rest] = wrapped(`${about}${about && reference ? ' ' : ''}${reference}`, wrapAt);
    return first === undefined ? [entry] : [entry, `:86:${first}`, ...rest];
  });
  const balance = (tag: string, sen: number) => `:${tag}:C${compact(statementDay)}IDR${cents(sen, ',')}`;
  const fields = [':20:STATEMENT', ':25:0123456789', ':28C:1/1', balance('60F', openingSen), ...lines];
  return [...fields, balance('62F', total), '-', ''].join(newline);
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function camtOf(bookings: readonly Booking[], newline = '\n', prefix = ''): string {
  const element = (name: string, content: string, attributes = '') =>
    `<${prefix}${name}${attributes}>${content}</${prefix}${name}>`;
  const money = (sen: number) => element('Amt', cents(sen, '.'), ' Ccy="IDR"');
  const balance = (code: string, sen: number) =>
    element(
      'Bal',
      `${element('Tp', element('CdOrPrtry', element('Cd', code)))}${money(sen)}${element('CdtDbtInd', 'CRDT')}`,
    );
  const total = bookings.reduce((sum, booking) => sum + signed(booking), openingSen);
  const entries = bookings.map((booking) => {
    const { day = statementDay, direction, amountRupiah, bankReference = '', reference = '', about = '' } = booking;
    const texts = [
      reference && element('Refs', element('EndToEndId', reference)),
      about && element('RmtInf', element('Ustrd', escaped(about))),
    ].join('');
    return element(
      'Ntry',
      [
        money(amountRupiah * 100),
        element('CdtDbtInd', direction === 'debit' ? 'DBIT' : 'CRDT'),
        booking.isReversal ? element('RvslInd', 'true') : '',
        element('Sts', 'BOOK'),
        element('BookgDt', element('Dt', day)),
        bankReference && element('AcctSvcrRef', bankReference),
        booking.isBanksOwn ? element('BkTxCd', element('Domn', element('Fmly', element('SubFmlyCd', 'CHRG')))) : '',
        texts && element('NtryDtls', element('TxDtls', texts)),
      ].join(newline),
    );
  });
  const colon = prefix ? `:${prefix.slice(0, -1)}` : '';
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<${prefix}Document xmlns${colon}="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">`,
    '<!-- end of day -->',
    element(
      'BkToCstmrStmt',
      element('Stmt', [balance('OPBD', openingSen), balance('CLBD', total), ...entries].join(newline)),
    ),
    `</${prefix}Document>`,
  ].join(newline);
}

export const writers: Readonly<Record<StatementFormat, (bookings: readonly Booking[], newline?: string) => string>> = {
  csv: csvOf,
  mt940: mt940Of,
  camt053: camtOf,
};

/** Bytes in pieces of the given sizes, the last size again and again. */
async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (let piece = 0; from < bytes.length; piece += 1) {
    const size = Math.max(1, sizes[Math.min(piece, sizes.length - 1)] ?? bytes.length);
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

export async function linesOf(
  format: StatementFormat,
  text: string | Uint8Array,
  sizes: readonly number[] = [1_000_000],
): Promise<StatementLine[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return (await Array.fromAsync(readStatement(format, inPieces(bytes, sizes)))).flat();
}

/** A reference as a payout has it, of nobody in particular. */
export const referenceOf = (number: number, attempt = 1) =>
  `T1A${attempt}${number.toString(32).toUpperCase().padStart(52, '0')}`;
