import { PayoutReference } from '#shared/incentive/payout.ts';

/*
 * What the three formats of a bank statement have in common. A line is identified by its number in the file; amounts are counted in sen
 * (hundredths of a rupiah) only to check balances, and are whole rupiah everywhere else.
 */

export const statementFormats = ['csv', 'mt940', 'camt053'] as const;
export type StatementFormat = (typeof statementFormats)[number];

/** Why a line cannot be read as a booking in rupiah. */
export const malformedCodes = [
  'columns_wrong',
  'quote_unclosed',
  'line_too_long',
  'entry_unreadable',
  'entry_too_large',
  'details_differ',
  'date_invalid',
  'direction_invalid',
  'amount_invalid',
  'amount_not_whole',
  'currency_not_rupiah',
  'bank_reference_invalid',
  'reference_ambiguous',
] as const;
export type MalformedCode = (typeof malformedCodes)[number];

export type Direction = 'debit' | 'credit';

export type StatementRow = {
  readonly kind: 'row';
  /** Number of the physical line where it begins, from 1; in XML, which has no lines, the number of the booking. */
  readonly line: number;
  /** Day in WIB on which the bank booked it. */
  readonly bookedOn: string;
  /** What it does to the program's account: a reversed debit is a credit. */
  readonly direction: Direction;
  readonly amountRupiah: number;
  readonly bankReference: string;
  /** Our permanent reference of the payout, where the bank carried it. */
  readonly partnerReference: string | null;
  readonly isReversal: boolean;
  /** The bank's own marker says that this is its fee, tax or interest. */
  readonly isBanksOwn: boolean;
};

export type MalformedRow = {
  readonly kind: 'malformed';
  readonly line: number;
  readonly code: MalformedCode;
  /** What it does to the balance, where at least that can be read. */
  readonly signedSen: number | null;
};

/** `differs`: opening balance and bookings do not give the closing balance; `missing`: one of the balances is not there. */
export type BalanceState = 'ok' | 'differs' | 'missing';

/** The end of a stretch of lines between two balances. */
type BalanceLine = { readonly kind: 'balance'; readonly state: BalanceState };

export type StatementLine = StatementRow | MalformedRow | BalanceLine;

/** Reads text as it comes, in pieces of any size; the lines do not depend on where the pieces end. */
export type StatementParser = {
  /** Lines that are complete with this piece. @throws Refusal `statement_format` for what is not of the format at all. */
  feed(text: string): StatementLine[];
  /** What was incomplete until the end. */
  end(): StatementLine[];
};

/** What a format finds in a line, before it is judged. Null: not readable. */
export type RawLine = {
  readonly line: number;
  readonly bookedOn: string | null;
  readonly direction: Direction | null;
  readonly sen: number | null;
  readonly isRupiah: boolean;
  readonly bankReference: string;
  /** Texts that may carry our reference; a new line inside one stands for a place where the bank wraps. */
  readonly texts: readonly string[];
  readonly isReversal: boolean;
  readonly isBanksOwn: boolean;
};

/** A reference of the partner is at most this long in SNAP BI; spaces and control characters are in none. */
const plainReference = /^[\x21-\x7e]{1,64}$/;

/** Judges a line by the rules that hold in every format. */
export function judged(raw: RawLine): StatementRow | MalformedRow {
  const { line, bookedOn, direction, sen, isRupiah, bankReference, isReversal, isBanksOwn } = raw;
  const malformed = (code: MalformedCode): MalformedRow => ({ kind: 'malformed', line, code, signedSen: signed(raw) });
  if (bookedOn === null) return malformed('date_invalid');
  if (direction === null) return malformed('direction_invalid');
  if (!isRupiah) return malformed('currency_not_rupiah');
  if (sen === null || sen === 0) return malformed('amount_invalid');
  if (sen % 100 !== 0) return malformed('amount_not_whole');
  const found = referenceIn(raw.texts);
  if (found === 'ambiguous') return malformed('reference_ambiguous');
  // A booking with our reference is compared by the bank's: it must have one that can be kept.
  if (bankReference === '' ? found !== null : !plainReference.test(bankReference))
    return malformed('bank_reference_invalid');
  return {
    kind: 'row',
    line,
    bookedOn,
    direction,
    amountRupiah: sen / 100,
    bankReference,
    partnerReference: found,
    isReversal,
    isBanksOwn,
  };
}

function signed({ direction, sen, isRupiah }: RawLine): number | null {
  if (direction === null || sen === null || !isRupiah) return null;
  return direction === 'debit' ? -sen : sen;
}

/** What a line does to the balance, in sen. */
export function signedSenOf(line: StatementRow | MalformedRow): number | null {
  if (line.kind === 'malformed') return line.signedSen;
  return (line.direction === 'debit' ? -100 : 100) * line.amountRupiah;
}

/** As `PayoutReference`, with the bank's line breaks anywhere inside; nothing of an alphabet like it may stand beside. */
const referenceInText =
  /(?<![0-9A-Za-z])[TS]\n?[1-9]\n?A\n?[1-9]\n?(?:\d\n?)?(?:[0-9A-V]\n?){51}[0-9A-V](?![0-9A-Za-z])/g;
/** Shorter texts cannot hold one, longer ones are more than one. */
const [shortestReference, longestReference] = [56, 57];
const idCharacters = 52;

/** Our reference in the first text that has one; two different ones in the same text are nobody's to choose from. */
function referenceIn(texts: readonly string[]): string | 'ambiguous' | null {
  for (const text of texts) {
    if (text.length < shortestReference) continue;
    if (text.length <= longestReference && isReference(text)) return text;
    const found = new Set(Array.from(text.matchAll(referenceInText), ([match]) => match.replaceAll('\n', '')));
    if (found.size > 1) return 'ambiguous';
    const [one] = found;
    if (one !== undefined && PayoutReference.safeParse(one).success) return one;
  }
  return null;
}

/** As `PayoutReference`: every line of a statement is asked, and an expression would be a tenth of its time. */
function isReference(text: string): boolean {
  const head = text.length - idCharacters;
  const isHead =
    (text[0] === 'T' || text[0] === 'S') &&
    isDigit(text.charCodeAt(1), 49) &&
    text[2] === 'A' &&
    isDigit(text.charCodeAt(3), 49) &&
    (head === 4 || isDigit(text.charCodeAt(4), 48));
  for (let at = head; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isOfId = isDigit(code, 48) || (code >= 65 && code <= 86);
    if (!isOfId) return false;
  }
  return isHead;
}

const isDigit = (code: number, lowest: number): boolean => code >= lowest && code <= 57;

/** Amounts up to ten million million rupiah: a sum of a day stays an exact number, also in sen. */
const largestSen = 1_000_000_000_000_000;
const decimalAmount = /^\d{1,15}(?:[.,]\d{0,5})?$/;

/** An amount without a sign in sen; null when it is not one, or more than sen. The mark is a point or a comma, by format. */
export function senOf(text: string, mark: '.' | ','): number | null {
  if (!decimalAmount.test(text) || text.includes(mark === '.' ? ',' : '.')) return null;
  const at = text.indexOf(mark);
  if (at < 0) return within(Number(text) * 100);
  const fraction = text.slice(at + 1);
  if (/[1-9]/.test(fraction.slice(2))) return null;
  return within(Number(text.slice(0, at)) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0')));
}

const within = (sen: number): number | null => (sen <= largestSen ? sen : null);

/** As `senOf` with a point, of a number that may be below zero. */
export function balanceSenOf(text: string): number | null {
  if (!text.startsWith('-')) return senOf(text, '.');
  const sen = senOf(text.slice(1), '.');
  return sen === null ? null : -sen;
}

let lastDay = '';

/** A calendar day as `YYYY-MM-DD`, or null. Statements repeat theirs on every line. */
export function dayOf(text: string): string | null {
  if (text === lastDay) return text;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00.000Z`);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) return null;
  lastDay = text;
  return text;
}

/** Adds up what stands between two balances. */
export function balanceCheck() {
  let openingSen: number | null = null;
  let sumSen = 0;
  let isCountable = true;
  return {
    open(sen: number | null): void {
      openingSen = sen;
      sumSen = 0;
      isCountable = true;
    },
    /** Null: nobody knows what this line does to the balance. */
    add(sen: number | null): void {
      if (sen === null) isCountable = false;
      else sumSen += sen;
    },
    close(closingSen: number | null): BalanceLine {
      if (openingSen === null || closingSen === null) return { kind: 'balance', state: 'missing' };
      const agrees = isCountable && Number.isSafeInteger(sumSen) && openingSen + sumSen === closingSen;
      return { kind: 'balance', state: agrees ? 'ok' : 'differs' };
    },
  };
}
