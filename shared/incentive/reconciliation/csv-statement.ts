import {
  balanceCheck,
  balanceSenOf,
  dayOf,
  judged,
  type MalformedRow,
  type StatementLine,
  type StatementParser,
  type StatementRow,
  senOf,
  signedSenOf,
} from '#shared/incentive/reconciliation/statement-line.ts';
import { Refusal } from '#shared/platform/refusal.ts';

const columns = 'booking_date,value_date,type,amount,currency,balance,bank_reference,partner_reference,description';
const columnCount = 9;

/** Characters of one record, its line breaks included. */
const maxRecord = 4_096;

const directions: Readonly<Record<string, 'debit' | 'credit'>> = { D: 'debit', C: 'credit' };
/** Words that the bank puts first in the description of what it books for itself, and of what it takes back. */
const banksOwn = /^(?:BIAYA|FEE|PAJAK|BUNGA|JASA GIRO)\b/;
const reversal = /^(?:REVERSAL|KOREKSI|RETUR)\b/;

/**
 * CSV by RFC 4180, with the columns above in the first record. Each row states the balance after it: the first one gives the
 * opening balance, the last one the closing balance.
 */
export function csvParser(): StatementParser {
  let rest = '';
  let linesBefore = 0;
  let isHeaderRead = false;
  let isSkipping = false;
  let isFirst = true;
  let closingSen: number | null = null;
  const balance = balanceCheck();

  function booked(row: StatementRow | MalformedRow, balanceText: string): StatementRow | MalformedRow {
    const sen = signedSenOf(row);
    closingSen = balanceSenOf(balanceText);
    if (isFirst) balance.open(closingSen === null || sen === null ? null : closingSen - sen);
    isFirst = false;
    balance.add(sen);
    return row;
  }

  function unreadable(line: number, code: MalformedRow['code']): StatementRow | MalformedRow {
    if (!isHeaderRead) throw new Refusal('statement_format', 'The first line is no list of columns');
    return booked({ kind: 'malformed', line, code, signedSen: null }, '');
  }

  function read(record: string, line: number): (StatementRow | MalformedRow)[] {
    const text = record.endsWith('\r') ? record.slice(0, -1) : record;
    if (text === '') return [];
    const fields = text.includes('"') ? quotedFields(text) : text.split(',');
    if (!isHeaderRead) {
      if (fields.join(',') !== columns) throw new Refusal('statement_format', 'The columns are not those agreed');
      isHeaderRead = true;
      return [];
    }
    if (fields.length !== columnCount) return [unreadable(line, 'columns_wrong')];
    const [bookedOn = '', , type = '', amount = '', currency, after = '', bankReference = '', ours = '', about = ''] =
      fields;
    const row = judged({
      line,
      bookedOn: dayOf(bookedOn),
      direction: directions[type] ?? null,
      sen: senOf(amount, '.'),
      isRupiah: currency === 'IDR',
      bankReference,
      texts: [ours, about],
      isReversal: reversal.test(about),
      isBanksOwn: banksOwn.test(about),
    });
    return [booked(row, after)];
  }

  /** Reads the records that are complete. Whether one is, is decided by its own text alone. */
  function take(isEnd: boolean): StatementLine[] {
    const lines: StatementLine[] = [];
    let from = 0;
    let quote = rest.indexOf('"');
    while (from < rest.length) {
      const newline = rest.indexOf('\n', from);
      if (isSkipping) {
        if (newline < 0) break;
        isSkipping = false;
        from = newline + 1;
        linesBefore += 1;
        continue;
      }
      if (quote >= 0 && quote < from) quote = rest.indexOf('"', from);
      const isPlain = quote < 0 || (newline >= 0 && quote > newline);
      const end = isPlain ? newline : recordEnd(rest, from);
      if (end >= 0 && end - from <= maxRecord) {
        const record = rest.slice(from, end);
        lines.push(...read(record, linesBefore + 1));
        linesBefore += isPlain ? 1 : record.split('\n').length;
        from = end + 1;
        continue;
      }
      if (!isEnd && rest.length - from <= maxRecord) break;
      // No end in sight: the reading goes on behind the first line, so that one stray quote does not take others with it.
      const isLong = newline < 0 || newline - from > maxRecord;
      lines.push(unreadable(linesBefore + 1, isLong ? 'line_too_long' : 'quote_unclosed'));
      isSkipping = newline < 0;
      from = isSkipping ? rest.length : newline + 1;
      linesBefore += isSkipping ? 0 : 1;
    }
    rest = rest.slice(from);
    return lines;
  }

  return {
    feed(text) {
      rest += text;
      return take(false);
    },
    end() {
      if (rest !== '' && !rest.endsWith('\n')) rest += '\n';
      const lines = take(true);
      if (!isHeaderRead) throw new Refusal('statement_format', 'The file is empty');
      return [...lines, balance.close(closingSen)];
    },
  };
}

/** Where the record that begins at `from` ends: the first line break outside quotes, or -1. */
function recordEnd(text: string, from: number): number {
  const last = Math.min(text.length, from + maxRecord + 1);
  let isQuoted = false;
  for (let at = from; at < last; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\n' && !isQuoted) return at;
  }
  return -1;
}

/** Fields of a record; a quote that is doubled inside quotes stands for one. */
function quotedFields(record: string): string[] {
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < record.length; at += 1) {
    const character = record[at] ?? '';
    if (character === '"' && isQuoted && record[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (character === '"') {
      isQuoted = !isQuoted;
    } else if (character === ',' && !isQuoted) {
      fields.push(field);
      field = '';
    } else {
      field += character;
    }
  }
  return [...fields, field];
}
