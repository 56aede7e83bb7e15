import type { PartnerCode } from '#infra/local/simulators/payments/partners.ts';
import type { PaymentBook, Posting } from '#infra/local/simulators/payments/payment-book.ts';
import { camtOf } from '#infra/local/simulators/payments/statement-camt.ts';
import { mt940Of } from '#infra/local/simulators/payments/statement-mt940.ts';
import { wibDay } from '#shared/platform/wib.ts';

export const statementFormats = ['csv', 'mt940', 'camt.053'] as const;
export type StatementFormat = (typeof statementFormats)[number];

/** The program's account at a partner on one day of WIB. Rupiah; a day that is not over ends with its last posting. */
export type Statement = {
  readonly partnerCode: PartnerCode;
  readonly accountNo: string;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly openingRupiah: number;
  readonly closingRupiah: number;
  readonly postings: readonly Posting[];
  readonly writtenAt: Date;
};

/** What the book says of one day. */
export function statementOf(
  book: PaymentBook,
  { day, ...rest }: Pick<Statement, 'partnerCode' | 'accountNo' | 'day' | 'writtenAt'>,
): Statement {
  const all = book.postings();
  const sum = (some: readonly Posting[]) => some.reduce((total, { changeRupiah }) => total + changeRupiah, 0);
  const openingRupiah = book.openingRupiah() + sum(all.filter(({ at }) => wibDay(at) < day));
  const postings = all.filter(({ at }) => wibDay(at) === day);
  return { ...rest, day, openingRupiah, closingRupiah: openingRupiah + sum(postings), postings };
}

const columns = 'booking_date,value_date,type,amount,currency,balance,bank_reference,partner_reference,description';

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One row a posting; its balance is that after it, so the first row tells the opening balance. */
function csvOf({ day, openingRupiah, postings }: Statement): string {
  let balanceRupiah = openingRupiah;
  const rows = postings.map(({ changeRupiah, bankReference, partnerReferenceNo = '', description }) => {
    balanceRupiah += changeRupiah;
    const type = changeRupiah < 0 ? 'D' : 'C';
    const amounts = [`${Math.abs(changeRupiah)}.00`, 'IDR', `${balanceRupiah}.00`];
    return [day, day, type, ...amounts, bankReference, partnerReferenceNo, quoted(description)].join(',');
  });
  return `${[columns, ...rows].join('\r\n')}\r\n`;
}

const writers: Readonly<Record<StatementFormat, (statement: Statement) => string>> = {
  csv: csvOf,
  mt940: mt940Of,
  'camt.053': camtOf,
};

/** A statement as the partner would deliver it. */
export function statementText(statement: Statement, format: StatementFormat): string {
  return writers[format](statement);
}

/** File ending and media type of each format. */
export const statementFiles: Readonly<Record<string, { readonly format: StatementFormat; readonly type: string }>> = {
  csv: { format: 'csv', type: 'text/csv; charset=utf-8' },
  sta: { format: 'mt940', type: 'text/plain; charset=us-ascii' },
  xml: { format: 'camt.053', type: 'application/xml; charset=utf-8' },
};
