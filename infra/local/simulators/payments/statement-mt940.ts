import { partnerProfiles } from '#infra/local/simulators/payments/partners.ts';
import type { Posting } from '#infra/local/simulators/payments/payment-book.ts';
import type { Statement } from '#infra/local/simulators/payments/statement.ts';

/*
 * SWIFT MT940, lines ending in CRLF. `:61:` has room for 16 characters of a reference, so the program's own stands in `:86:`
 * after /EREF/, in lines of at most 65 characters: a long one goes on in the next line.
 */

const lineLength = 65;
const maximumLines = 6;

/** Types of SWIFT: transfer, charges, returned item, and transfer again for funding. */
const types: Readonly<Record<Posting['kind'], string>> = {
  payment: 'NTRF',
  fee: 'NCHG',
  return: 'NRTI',
  funding: 'NTRF',
};

const compactDay = (day: string) => day.slice(2).replaceAll('-', '');
const amountOf = (rupiah: number) => `${Math.abs(rupiah)},00`;
const balanceOf = (day: string, rupiah: number) => `${rupiah < 0 ? 'D' : 'C'}${compactDay(day)}IDR${amountOf(rupiah)}`;

/** The characters that SWIFT carries; any other becomes a space. */
const swift = (text: string) => text.replaceAll(/[^A-Za-z0-9/\-?:().,'+ ]/g, ' ');

/** Cuts a text into lines. None begins with a colon or a hyphen, which would be read as the next field or the end. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let from = 0;
  while (from < text.length && lines.length < maximumLines) {
    let to = Math.min(text.length, from + lineLength);
    while (to < text.length && to > from + 1 && /[-: ]/.test(text.charAt(to))) to -= 1;
    lines.push(text.slice(from, to));
    from = to;
  }
  return lines.join('\r\n');
}

function lineOf(
  day: string,
  { kind, changeRupiah, bankReference, partnerReferenceNo, description }: Posting,
): string[] {
  // Money that comes back is the reversal of a debit.
  const mark = kind === 'return' ? 'RD' : changeRupiah < 0 ? 'D' : 'C';
  const about = `${partnerReferenceNo === undefined ? '' : `/EREF/${partnerReferenceNo}`}/REMI/${description}`;
  return [
    `:61:${compactDay(day)}${compactDay(day).slice(2)}${mark}${amountOf(changeRupiah)}${types[kind]}NONREF//${bankReference}`,
    `:86:${wrapped(swift(about))}`,
  ];
}

/** Days since the year began, from 1: the number of a daily statement. */
function dayOfYear(day: string): number {
  return Math.round((Date.parse(day) - Date.parse(`${day.slice(0, 4)}-01-01`)) / 86_400_000) + 1;
}

/** A statement as an MT940 message without its envelope. */
export function mt940Of({ partnerCode, accountNo, day, openingRupiah, closingRupiah, postings }: Statement): string {
  const lines = [
    `:20:${partnerProfiles[partnerCode].referencePrefix}${compactDay(day)}`,
    `:25:${accountNo}`,
    `:28C:${dayOfYear(day)}/1`,
    `:60F:${balanceOf(day, openingRupiah)}`,
    ...postings.flatMap((posting) => lineOf(day, posting)),
    `:62F:${balanceOf(day, closingRupiah)}`,
    '-',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
