import { readStatement } from '#shared/incentive/reconciliation/read-statement.ts';
import { type ReferenceTable, referenceTable } from '#shared/incentive/reconciliation/reference-table.ts';
import { rowsPerPart } from '#shared/incentive/reconciliation/row-result.ts';
import type { StatementFacts } from '#shared/incentive/reconciliation/statement.ts';
import type { MalformedRow, StatementRow } from '#shared/incentive/reconciliation/statement-line.ts';

/** A line, and what the lines before it did under its reference. */
export type LineInFile = {
  readonly line: StatementRow | MalformedRow;
  readonly earlier: { readonly debited: boolean; readonly credited: boolean };
};

/* Bits of a reference while a file is read: what its lines have done so far, and what the whole file does. */
const debitedBit = 1;
const creditedBit = 2;
const debitedInFileBit = 4;
const doubledBit = 8;

/** Which payouts a file debits twice, known before its first line is compared. Memory: 20 bytes for each reference. */
export function debitsOfFile() {
  const seen = referenceTable();
  return {
    seen,
    /** Notes a line of the first reading. */
    note(row: StatementRow): void {
      const { partnerReference, direction, isReversal, isBanksOwn } = row;
      if (partnerReference === null || isBanksOwn || isReversal || direction === 'credit') return;
      const before = seen.mark(partnerReference, debitedInFileBit);
      if ((before & debitedInFileBit) !== 0) seen.mark(partnerReference, doubledBit);
    },
    /** Notes a payout that one line debits, and another statement has debited before. */
    noteDoubled(reference: string): void {
      seen.mark(reference, doubledBit);
    },
    isDoubled: (reference: string): boolean => (seen.get(reference) & doubledBit) !== 0,
  };
}
export type DebitsOfFile = ReturnType<typeof debitsOfFile>;

/**
 * The lines of a statement, some hundred at a time, each with what came before it under its reference.
 * Nothing of the lines is kept but bits of their references.
 */
export async function* linesInFile(
  format: StatementFacts['format'],
  bytes: AsyncIterable<Uint8Array>,
  { seen }: Pick<DebitsOfFile, 'seen'>,
): AsyncGenerator<readonly LineInFile[]> {
  for await (const lines of readStatement(format, bytes)) {
    const inFile: LineInFile[] = [];
    for (const line of lines)
      if (line.kind !== 'balance')
        inFile.push({ line, earlier: line.kind === 'row' ? earlierOf(seen, line) : nothingEarlier });
    yield inFile;
  }
}

const nothingEarlier = { debited: false, credited: false };

function earlierOf(seen: ReferenceTable, row: StatementRow): LineInFile['earlier'] {
  const { partnerReference, direction, isReversal, isBanksOwn } = row;
  if (partnerReference === null || isBanksOwn) return nothingEarlier;
  // A reversed credit takes money back; it is no payment.
  const bit = direction === 'credit' ? creditedBit : isReversal ? 0 : debitedBit;
  const before = seen.mark(partnerReference, bit);
  return (before & (debitedBit | creditedBit)) === 0
    ? nothingEarlier
    : { debited: (before & debitedBit) !== 0, credited: (before & creditedBit) !== 0 };
}

/** The same lines, as many at a time as one part of the result has. */
export async function* inParts(lines: AsyncIterable<readonly LineInFile[]>): AsyncGenerator<LineInFile[]> {
  let part: LineInFile[] = [];
  for await (const some of lines)
    for (const line of some) {
      part.push(line);
      if (part.length < rowsPerPart) continue;
      yield part;
      part = [];
    }
  if (part.length > 0) yield part;
}
