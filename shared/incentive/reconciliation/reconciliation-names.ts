import * as z from 'zod/mini';

/** The beginning of the digest of the file: the same file is the same statement. */
export const StatementId = z.string().check(z.regex(/^[0-9a-f]{32}$/));

export const statementIdOf = (digest: string): string => digest.slice(0, 32);

/** The journal of one day of one partner. */
export const closingIdOf = (partnerCode: string, day: string): string => `${partnerCode}#${day}`;

/** Files of statements and closings. */
export const reconciliationFile = {
  source: (statementId: string): string => `payouts/statements/${statementId}/source`,
  /** What became of ten thousand lines. */
  rows: (statementId: string, part: number): string => `payouts/statements/${statementId}/rows-${padded(part)}.json`,
  /** Which of them wait for a person. It is written last: what it is there for is done. */
  exceptions: (statementId: string, part: number): string =>
    `payouts/statements/${statementId}/exceptions-${padded(part)}.json`,
  result: (statementId: string): string => `payouts/statements/${statementId}/result.json`,
  breaks: (partnerCode: string, day: string, digest: string): string =>
    `payouts/closings/${partnerCode}/${day}/${digest}.json`,
} as const;

const padded = (part: number): string => String(part).padStart(5, '0');
