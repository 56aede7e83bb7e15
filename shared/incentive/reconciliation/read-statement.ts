import { camt053Parser } from '#shared/incentive/reconciliation/camt053-statement.ts';
import { csvParser } from '#shared/incentive/reconciliation/csv-statement.ts';
import { mt940Parser } from '#shared/incentive/reconciliation/mt940-statement.ts';
import type {
  StatementFormat,
  StatementLine,
  StatementParser,
} from '#shared/incentive/reconciliation/statement-line.ts';
import { Refusal } from '#shared/platform/refusal.ts';

/** Lines of one statement: more than the program has ever paid in a day. */
const maxLines = 5_000_000;
/** What all bookings of one statement come to: some years of the program. Sums of sums stay exact numbers. */
const maxTotalRupiah = 100_000_000_000_000;
/** Bytes of one statement. */
export const maxStatementBytes = 1_073_741_824;

/** Bytes read at a time, however large the pieces are that come: what is held stays small. */
const bytesAtOnce = 65_536;

const parsers: Readonly<Record<StatementFormat, () => StatementParser>> = {
  csv: csvParser,
  mt940: mt940Parser,
  camt053: camt053Parser,
};

/**
 * The lines of a statement in order, some hundred at a time, in bounded memory: bookings, lines that cannot be read, and whether the
 * balances agree. @throws Refusal `statement_format` for a file that is not of the format, or larger than a statement can be.
 */
export async function* readStatement(
  format: StatementFormat,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly StatementLine[]> {
  const parser = parsers[format]();
  const decoder = new TextDecoder();
  let count = 0;
  let totalRupiah = 0;

  function counted(lines: readonly StatementLine[]): readonly StatementLine[] {
    count += lines.length;
    for (const line of lines) if (line.kind === 'row') totalRupiah += line.amountRupiah;
    if (count > maxLines || totalRupiah > maxTotalRupiah)
      throw new Refusal('statement_format', 'The statement is larger than one can be');
    return lines;
  }

  for await (const piece of bytes)
    for (let from = 0; from < piece.length; from += bytesAtOnce)
      yield counted(parser.feed(decoder.decode(piece.subarray(from, from + bytesAtOnce), { stream: true })));
  yield counted([...parser.feed(decoder.decode()), ...parser.end()]);
}
