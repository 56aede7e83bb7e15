import {
  balanceCheck,
  dayOf,
  judged,
  type MalformedCode,
  type MalformedRow,
  type RawLine,
  type StatementLine,
  type StatementParser,
  type StatementRow,
  senOf,
  signedSenOf,
} from '#shared/incentive/reconciliation/statement-line.ts';
import { Refusal } from '#shared/platform/refusal.ts';

/** Lines that may stand before the first field: the blocks of a SWIFT message. */
const maxLinesBefore = 20;
/** Characters of one field with its further lines. SWIFT's own limit for `:86:` is 6 times 65. */
const maxField = 2_048;

const fieldStart = /^:(\d{2}[A-Z]?):/;
/** Value date, entry date, mark, third letter of the currency, amount, type, the owner's reference, the bank's reference. */
const entry =
  /^(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d[\d,]*)([NFS][A-Z0-9]{3})((?:(?!\/\/)[^\n])*)(?:\/\/([^\n]*))?(?:\n.*)*$/;
/** Mark, date, currency, amount. */
const balanceField = /^([CD])\d{6}([A-Z]{3})([\d,]+)$/;

/** Types of bookings that the bank makes for itself: charges, interest, other fees. */
const banksOwnTypes: readonly string[] = ['NCHG', 'NINT', 'NCOM', 'NTAX'];

/** SWIFT MT940: `:61:` is a booking, `:86:` behind it its text, between the balances `:60F:` and `:62F:`. */
export function mt940Parser(): StatementParser {
  let rest = '';
  let isSkipping = false;
  let linesRead = 0;
  let field: { readonly tag: string; text: string; readonly line: number; isTooLong: boolean } | null = null;
  let pending: { readonly line: number; readonly statement: string; about: string | null; isTooLong: boolean } | null =
    null;
  let isRupiah = true;
  let isOpen = false;
  let isStatement = false;
  const balance = balanceCheck();

  function booked(row: StatementRow | MalformedRow): StatementRow | MalformedRow {
    // A booking outside the balances: what they say cannot be held against anything.
    if (!isOpen) balance.open(null);
    isOpen = true;
    balance.add(signedSenOf(row));
    return row;
  }

  /** The booking that was waiting for its text. */
  function finished(): StatementLine[] {
    if (!pending) return [];
    const { line, statement, about, isTooLong } = pending;
    pending = null;
    const raw = rawOf(line, statement, about ?? '', isRupiah);
    const malformed = (code: MalformedCode): MalformedRow => ({ kind: 'malformed', line, code, signedSen: null });
    if (isTooLong) return [booked(malformed('entry_too_large'))];
    return [booked(raw ? judged(raw) : malformed('entry_unreadable'))];
  }

  function take({ tag, text, line, isTooLong }: NonNullable<typeof field>): StatementLine[] {
    if (tag === '86') {
      if (pending) {
        pending.about = text;
        pending.isTooLong ||= isTooLong;
      }
      return [];
    }
    const lines = finished();
    if (tag === '20') isStatement = true;
    if (!isStatement) throw new Refusal('statement_format', 'The first field is not :20:');
    if (tag === '61') pending = { line, statement: text, about: null, isTooLong };
    else if (tag === '60F' || tag === '60M') {
      if (isOpen) lines.push(balance.close(null));
      const [, mark, currency, amount = ''] = balanceField.exec(text) ?? [];
      isRupiah = currency === 'IDR';
      balance.open(balanceOf(mark, amount));
      isOpen = true;
    } else if (tag === '62F' || tag === '62M') {
      const [, mark, , amount = ''] = balanceField.exec(text) ?? [];
      lines.push(balance.close(balanceOf(mark, amount)));
      balance.open(null);
      isOpen = false;
    }
    return lines;
  }

  function readLine(text: string): StatementLine[] {
    linesRead += 1;
    const content = text.trimEnd();
    const [start, tag] = fieldStart.exec(content) ?? [];
    if (start !== undefined && tag !== undefined) {
      const lines = field ? take(field) : [];
      field = { tag, text: content.slice(start.length), line: linesRead, isTooLong: content.length > maxField };
      return lines;
    }
    if (content === '' || content === '-' || content.startsWith('-}')) return [];
    if (field) {
      field.isTooLong ||= field.text.length + content.length >= maxField;
      if (!field.isTooLong) field.text += `\n${content}`;
    } else if (!content.startsWith('{') || linesRead > maxLinesBefore) {
      throw new Refusal('statement_format', 'The file does not begin with the fields of an MT940');
    }
    return [];
  }

  function readLines(): StatementLine[] {
    const lines: StatementLine[] = [];
    let from = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      const text = rest.slice(from, end);
      // The beginning of a line that was too long has been read when it became so.
      if (isSkipping) isSkipping = false;
      else lines.push(...readLine(text.slice(0, maxField + 1)));
      from = end + 1;
    }
    rest = rest.slice(from);
    if (isSkipping) rest = '';
    if (rest.length > maxField) {
      lines.push(...readLine(rest.slice(0, maxField + 1)));
      isSkipping = true;
      rest = '';
    }
    return lines;
  }

  return {
    feed(text) {
      rest += text;
      return readLines();
    },
    end() {
      rest += '\n';
      const lines = readLines();
      if (field) lines.push(...take(field));
      if (!isStatement) throw new Refusal('statement_format', 'There is no field :20:');
      lines.push(...finished());
      return isOpen ? [...lines, balance.close(null)] : lines;
    },
  };
}

function balanceOf(mark: string | undefined, amount: string): number | null {
  const sen = mark === undefined ? null : senOf(amount, ',');
  return sen === null || mark === 'C' ? sen : -sen;
}

/** Null: the field is no booking. */
function rawOf(line: number, statement: string, about: string, isRupiah: boolean): RawLine | null {
  const parts = entry.exec(statement);
  if (!parts) return null;
  const [, valueDate = '', entryDate, mark = '', , amount = '', type = '', ours = '', bankReference = ''] = parts;
  return {
    line,
    bookedOn: bookedOn(valueDate, entryDate),
    // A reversed credit takes money from the account, a reversed debit brings it back.
    direction: mark === 'D' || mark === 'RC' ? 'debit' : 'credit',
    sen: senOf(amount, ','),
    isRupiah,
    bankReference: bankReference.trim(),
    texts: [ours, about],
    isReversal: mark.startsWith('R'),
    isBanksOwn: banksOwnTypes.includes(type),
  };
}

/** The entry date has no year: it is the one nearest to the value date. */
function bookedOn(valueDate: string, entryDate: string | undefined): string | null {
  const value = dayOf(`20${valueDate.slice(0, 2)}-${valueDate.slice(2, 4)}-${valueDate.slice(4, 6)}`);
  if (value === null || entryDate === undefined) return value;
  const month = Number(entryDate.slice(0, 2));
  const valueMonth = Number(value.slice(5, 7));
  const yearsLater = month - valueMonth > 6 ? -1 : valueMonth - month > 6 ? 1 : 0;
  return dayOf(`${Number(value.slice(0, 4)) + yearsLater}-${entryDate.slice(0, 2)}-${entryDate.slice(2, 4)}`);
}
