import * as z from 'zod/mini';
import { exceptionKinds, type Verdict } from '#shared/incentive/reconciliation/match.ts';
import {
  type MalformedRow,
  malformedCodes,
  type StatementRow,
} from '#shared/incentive/reconciliation/statement-line.ts';
import { Digest } from '#shared/platform/digest.ts';
import { Day } from '#shared/platform/wib.ts';

const rowResults = ['matched', 'banks_own', 'posted_paid', 'posted_returned', 'exception'] as const;

/** What became of one line. Nothing of the bank's own text is kept: it may name people. */
export const RowResult = z.object({
  line: z.int().check(z.positive()),
  result: z.enum(rowResults),
  exception: z.optional(z.enum(exceptionKinds)),
  /** Of a malformed line, which has nothing of what follows. */
  code: z.optional(z.enum(malformedCodes)),
  bookedOn: z.optional(Day),
  direction: z.optional(z.enum(['debit', 'credit'])),
  amountRupiah: z.optional(z.int().check(z.positive())),
  bankReference: z.optional(z.string()),
  reference: z.optional(z.string()),
});
export type RowResult = z.infer<typeof RowResult>;

/** A line with its verdict, as it is kept: of one that cannot be read only its number. */
export function rowResult(row: StatementRow | MalformedRow, verdict: Verdict): RowResult {
  if (row.kind === 'malformed') return { line: row.line, ...verdict };
  const { line, bookedOn, direction, amountRupiah, bankReference, partnerReference } = row;
  const result: RowResult = { line, ...verdict, bookedOn, direction, amountRupiah, bankReference };
  if (partnerReference !== null) result.reference = partnerReference;
  return result;
}

const count = z.int().check(z.gte(0));

/** Counts and sums of lines. */
export const Tally = z.object({
  rows: count,
  results: z.object({
    matched: count,
    banks_own: count,
    posted_paid: count,
    posted_returned: count,
    exception: count,
  }),
  exceptions: z.object({
    malformed: z.optional(count),
    no_reference: z.optional(count),
    reference_unknown: z.optional(count),
    partner_differs: z.optional(count),
    amount_differs: z.optional(count),
    duplicate_debit: z.optional(count),
    paid_after_refusal: z.optional(count),
    not_sent: z.optional(count),
    reversal_unmatched: z.optional(count),
    status_differs: z.optional(count),
    posting_overtaken: z.optional(count),
  }),
  /** Of all lines that can be read. */
  debitRupiah: count,
  creditRupiah: count,
});
export type Tally = z.infer<typeof Tally>;

const noResults = { matched: 0, banks_own: 0, posted_paid: 0, posted_returned: 0, exception: 0 };
export const noTally: Tally = { rows: 0, results: noResults, exceptions: {}, debitRupiah: 0, creditRupiah: 0 };

/** Counts and sums, from the lines themselves. */
export function tallyOf(rows: readonly RowResult[]): Tally {
  const results = { ...noResults };
  const exceptions: Tally['exceptions'] = {};
  let debitRupiah = 0;
  let creditRupiah = 0;
  for (const { result, exception, direction, amountRupiah = 0 } of rows) {
    results[result] += 1;
    if (exception) exceptions[exception] = (exceptions[exception] ?? 0) + 1;
    if (direction === 'debit') debitRupiah += amountRupiah;
    else creditRupiah += amountRupiah;
  }
  return { rows: rows.length, results, exceptions, debitRupiah, creditRupiah };
}

/** The tally of two parts of a statement together. */
export function sumOf(left: Tally, right: Tally): Tally {
  const results = { ...left.results };
  for (const result of rowResults) results[result] += right.results[result];
  const exceptions = { ...left.exceptions };
  for (const kind of exceptionKinds) {
    const added = right.exceptions[kind];
    if (added) exceptions[kind] = (exceptions[kind] ?? 0) + added;
  }
  return {
    rows: left.rows + right.rows,
    results,
    exceptions,
    debitRupiah: left.debitRupiah + right.debitRupiah,
    creditRupiah: left.creditRupiah + right.creditRupiah,
  };
}

/** Lines that are matched, posted and written down together. */
export const rowsPerPart = 10_000;

export const RowsPart = z.array(RowResult).check(z.maxLength(rowsPerPart));

/** What is left to do of a part, and what it adds up to. */
export const ExceptionsPart = z.object({
  firstLine: z.int(),
  lastLine: z.int(),
  rowsDigest: Digest,
  tally: Tally,
  exceptions: RowsPart,
});
export type ExceptionsPart = z.infer<typeof ExceptionsPart>;
