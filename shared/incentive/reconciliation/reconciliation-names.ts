import * as z from 'zod/mini';

/** A calendar day in WIB. */
export const Day = z.iso.date();

export const Digest = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** The beginning of the digest of the file: the same file is the same statement. */
export const StatementId = z.string().check(z.regex(/^[0-9a-f]{32}$/));

export const statementIdOf = (digest: string): string => digest.slice(0, 32);

/** User name of an operator. */
export const Operator = z.string().check(z.minLength(1), z.maxLength(128));

/** What an operator writes down. Runs of digits are refused: numbers of accounts and of people do not belong into a journal. */
export const Note = z.string().check(z.minLength(3), z.maxLength(300), z.regex(/^(?!.*\d{8})[^\n\r]*$/));

/** The journal of one day of one partner. */
export const closingIdOf = (partnerCode: string, day: string): string => `${partnerCode}#${day}`;

/** Files of statements and closings, and the parts of what was paid, which the payouts' lists leave. */
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
  paid: (partnerCode: string, day: string): string => `payouts/paid/${day}/${partnerCode}/`,
} as const;

const padded = (part: number): string => String(part).padStart(5, '0');
