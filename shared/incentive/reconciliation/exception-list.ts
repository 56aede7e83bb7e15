import { reconciliationFile } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { ExceptionsPart, type RowResult } from '#shared/incentive/reconciliation/row-result.ts';
import type { Statement } from '#shared/incentive/reconciliation/statement.ts';
import { type Files, readJson } from '#shared/platform/files.ts';

/** Exceptions of one page, and parts that are read to fill it. */
const pageSize = 100;
const partsPerPage = 25;

/** The exception list of a posted statement, in its parts. */
export function exceptionList(files: Files, statementId: string, { posted }: Pick<Statement, 'posted'>) {
  const parts = posted?.parts ?? 0;

  async function part(number: number): Promise<ExceptionsPart> {
    const found = await readJson(files, reconciliationFile.exceptions(statementId, number), ExceptionsPart);
    if (!found) throw new Error('statement.part_missing');
    return found;
  }

  return {
    /** A page from a cursor on: `part-offset`. It may be short, or empty, and still have one behind it. */
    async page(cursor = '0-0'): Promise<{ exceptions: RowResult[]; nextCursor: string | null }> {
      const [from = 0, offset = 0] = cursor.split('-').map(Number);
      const exceptions: RowResult[] = [];
      const last = Math.min(parts, from + partsPerPage);
      for (let number = from; number < last; number += 1) {
        const skipped = number === from ? offset : 0;
        const all = (await part(number)).exceptions;
        const taken = all.slice(skipped, skipped + pageSize - exceptions.length);
        exceptions.push(...taken);
        const isWhole = skipped + taken.length >= all.length;
        if (!isWhole) return { exceptions, nextCursor: `${number}-${skipped + taken.length}` };
      }
      return { exceptions, nextCursor: last < parts ? `${last}-0` : null };
    },

    /** Whether a line is in the list. Parts are in the order of lines: a few of many are read. */
    async has(line: number): Promise<boolean> {
      let [low, high] = [0, parts - 1];
      while (low <= high) {
        const middle = Math.floor((low + high) / 2);
        const { firstLine, lastLine, exceptions } = await part(middle);
        if (line < firstLine) high = middle - 1;
        else if (line > lastLine) low = middle + 1;
        else return exceptions.some((exception) => exception.line === line);
      }
      return false;
    },
  };
}
