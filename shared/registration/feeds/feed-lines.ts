import { ok } from 'node:assert/strict';
import { Refusal } from '#shared/platform/refusal.ts';
import { Day } from '#shared/platform/wib.ts';
import { nikSet } from '#shared/registration/feeds/nik-set.ts';
import { isPlausibleNik } from '#shared/registration/nik.ts';

/*
 * A feed is a CSV file: a line of column names, then one line for each person. `nik` has the sixteen digits; `until` may be there,
 * with the last day of the listing (YYYY-MM-DD) or nothing. No other column is taken: what is not needed of people is not asked for.
 * Commas, or semicolons as an Indonesian Excel writes them; fields may be quoted; lines end with LF or CRLF; a byte order mark is
 * skipped. A quoted field does not go on in the next line: so a fault in one line is a fault of that line.
 */

/** Bytes of one feed: five million lines with all that a line can have. */
export const maxFeedBytes = 268_435_456;
/** Lines of one feed: more than any source has ever sent. */
export const maxFeedRows = 5_000_000;

/** What can be wrong with a line. */
export const rowCodes = [
  'row_format',
  'row_too_long',
  'nik_format',
  'nik_implausible',
  'nik_repeated',
  'until_format',
  'until_over',
] as const;
export type RowCode = (typeof rowCodes)[number];

/** A line, by its number in the file: the column names are line 1. */
export type FeedLine =
  | { readonly row: number; readonly nik: string; readonly until: string | null }
  | { readonly row: number; readonly code: RowCode };

/** Bytes read at a time, however large the pieces are that come: what is held stays small. */
const bytesAtOnce = 65_536;
/** A line has sixteen digits and a date. */
const maxLineBytes = 200;

const byteOrderMark = '\u00ef\u00bb\u00bf';

type Columns = { readonly delimiter: ',' | ';'; readonly count: number; readonly nik: number; readonly until: number };

/** @throws Refusal `feed_columns`. */
function columnsOf(head: string): Columns {
  const text = head.startsWith(byteOrderMark) ? head.slice(byteOrderMark.length) : head;
  const delimiter = text.includes(';') ? ';' : ',';
  const names = fieldsOf(text, delimiter)?.map((name) => name.toLowerCase()) ?? [];
  const isKnown = names.every((name, at) => (name === 'nik' || name === 'until') && names.indexOf(name) === at);
  if (!isKnown || !names.includes('nik'))
    throw new Refusal('feed_columns', 'The first line names the column nik, and may name until; nothing else');
  return { delimiter, count: names.length, nik: names.indexOf('nik'), until: names.indexOf('until') };
}

/** The fields of a line without the spaces around them; null where its quotes do not fit. */
function fieldsOf(line: string, delimiter: string): string[] | null {
  if (!line.includes('"')) return line.split(delimiter).map((field) => field.trim());
  const fields: string[] = [];
  for (let rest = line; ; ) {
    const [all, quoted, plain = ''] = /^\s*(?:"((?:[^"]|"")*)"\s*|([^",;]*))/.exec(rest) ?? [];
    ok(all !== undefined, 'Every text begins with a field, if an empty one');
    fields.push((quoted?.replaceAll('""', '"') ?? plain).trim());
    rest = rest.slice(all.length);
    if (rest === '') return fields;
    if (!rest.startsWith(delimiter)) return null;
    rest = rest.slice(1);
  }
}

const sixteenDigits = /^[0-9]{16}$/;

function lineOf(text: string, row: number, columns: Columns, day: string, isNew: (nik: string) => boolean): FeedLine {
  const fields = fieldsOf(text, columns.delimiter);
  if (fields?.length !== columns.count) return { row, code: 'row_format' };
  const nik = fields[columns.nik] ?? '';
  const until = fields[columns.until] || null;
  if (!sixteenDigits.test(nik)) return { row, code: 'nik_format' };
  if (!isPlausibleNik(nik)) return { row, code: 'nik_implausible' };
  if (until !== null && !Day.safeParse(until).success) return { row, code: 'until_format' };
  if (until !== null && until < day) return { row, code: 'until_over' };
  // The first good line of a person counts, whatever a later one says.
  return isNew(nik) ? { row, nik, until } : { row, code: 'nik_repeated' };
}

/**
 * The lines of a feed of a day in order, some thousand at a time, in bounded memory: what is held of the whole are eight bytes for
 * each number. Empty lines are none.
 * @throws Refusal `feed_columns`, `feed_too_long`.
 */
export async function* feedLines(bytes: AsyncIterable<Uint8Array>, day: string): AsyncGenerator<readonly FeedLine[]> {
  const seen = nikSet();
  let columns: Columns | null = null;
  let [rest, row, count, isOverlong] = ['', 0, 0, false];

  function line(text: string, isWhole: boolean): FeedLine | null {
    row += 1;
    if (!columns) {
      columns = columnsOf(isWhole ? text : '');
      return null;
    }
    if (isWhole && text.trim() === '') return null;
    count += 1;
    if (count > maxFeedRows) throw new Refusal('feed_too_long');
    return isWhole ? lineOf(text, row, columns, day, seen.add) : { row, code: 'row_too_long' };
  }

  /** The lines that end in a text; what stands behind the last end waits for more. */
  function linesIn(text: string): FeedLine[] {
    const lines: FeedLine[] = [];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const length = end - from + rest.length;
      const found = line(isOverlong ? '' : rest + text.slice(from, end), !isOverlong && length <= maxLineBytes);
      if (found) lines.push(found);
      [rest, isOverlong, from] = ['', false, end + 1];
    }
    rest += text.slice(from, from + maxLineBytes + 1);
    if (rest.length > maxLineBytes) [rest, isOverlong] = ['', true];
    return lines;
  }

  // One character for each byte: all that a good line has is ASCII.
  for await (const piece of bytes)
    for (let from = 0; from < piece.length; from += bytesAtOnce)
      yield linesIn(
        Buffer.from(piece.buffer, piece.byteOffset + from, Math.min(bytesAtOnce, piece.length - from)).toString(
          'latin1',
        ),
      );
  const last = rest === '' && !isOverlong ? [] : linesIn('\n');
  if (!columns) columnsOf('');
  yield last;
}
