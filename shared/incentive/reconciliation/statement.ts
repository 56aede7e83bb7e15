import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { maxStatementBytes } from '#shared/incentive/reconciliation/read-statement.ts';
import { Tally } from '#shared/incentive/reconciliation/row-result.ts';
import { type BalanceState, statementFormats } from '#shared/incentive/reconciliation/statement-line.ts';
import { type Decision, type Fold, journal } from '#shared/journal/journal.ts';
import { Digest } from '#shared/platform/digest.ts';
import { Note, Operator } from '#shared/platform/operator.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { Day, wibDay } from '#shared/platform/wib.ts';
import { journalKeys, lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/** A file that a payment partner has sent: whose, of which day, and exactly which bytes. */
export const StatementFacts = z.strictObject({
  partnerCode: PaymentPartnerCode,
  day: Day,
  format: z.enum(statementFormats),
  bytes: z.int().check(z.positive(), z.lte(maxStatementBytes)),
  digest: Digest,
});
export type StatementFacts = z.infer<typeof StatementFacts>;

const StatementReceived = z.object({
  type: z.literal('StatementReceived'),
  ...StatementFacts.shape,
  by: Operator,
});
/** The file is there: the worker may begin. */
const StatementSubmitted = z.object({ type: z.literal('StatementSubmitted'), by: Operator });
/** The worker has done its share of a long file, and goes on with another message. */
const StatementProgressed = z.object({
  type: z.literal('StatementProgressed'),
  parts: z.int().check(z.positive()),
  rows: z.int().check(z.positive()),
});
/** Nothing of it was posted. */
const StatementRefused = z.object({
  type: z.literal('StatementRefused'),
  code: z.enum(['statement_missing', 'statement_digest_differs', 'statement_format']),
});
export type StatementRefusal = z.infer<typeof StatementRefused>['code'];

export const balanceStates = ['ok', 'differs', 'missing'] as const satisfies readonly BalanceState[];
const StatementPosted = z.object({
  type: z.literal('StatementPosted'),
  parts: z.int().check(z.gte(0)),
  tally: Tally,
  /** Whether opening balance and bookings give the closing balance. */
  balance: z.enum(balanceStates),
  /** Of the file that names the digests of all parts. */
  resultDigest: Digest,
});
const line = z.int().check(z.positive());
const ExceptionAssigned = z.object({ type: z.literal('ExceptionAssigned'), line, owner: Operator, by: Operator });
const ExceptionResolved = z.object({ type: z.literal('ExceptionResolved'), line, by: Operator, note: Note });

export const StatementEvent = z.discriminatedUnion('type', [
  StatementReceived,
  StatementSubmitted,
  StatementProgressed,
  StatementRefused,
  StatementPosted,
  ExceptionAssigned,
  ExceptionResolved,
]);
export type StatementEvent = z.infer<typeof StatementEvent>;

/** A line of the exception list that somebody has touched. */
type TouchedException = {
  readonly owner: string;
  readonly assignedBy: string;
  readonly resolved: { readonly by: string; readonly note: string } | null;
};

export const statementStates = ['received', 'submitted', 'refused', 'posted'] as const;

export type Statement = {
  readonly state: (typeof statementStates)[number] | 'unknown';
  readonly received: StatementFacts | null;
  /** Who announced it. */
  readonly receivedBy: string | null;
  readonly submissions: number;
  readonly progress: { readonly parts: number; readonly rows: number };
  readonly refusal: StatementRefusal | null;
  readonly posted: Omit<z.infer<typeof StatementPosted>, 'type'> | null;
  readonly exceptions: ReadonlyMap<number, TouchedException>;
  /** Decisions about lines: a journal has an end. */
  readonly touches: number;
};

const noStatement: Statement = {
  state: 'unknown',
  received: null,
  receivedBy: null,
  submissions: 0,
  progress: { parts: 0, rows: 0 },
  refusal: null,
  posted: null,
  exceptions: new Map(),
  touches: 0,
};

function evolveStatement(before: Statement, event: StatementEvent): Statement {
  switch (event.type) {
    case 'StatementReceived': {
      const { partnerCode, day, format, bytes, digest, by: receivedBy } = event;
      return { ...before, state: 'received', received: { partnerCode, day, format, bytes, digest }, receivedBy };
    }
    case 'StatementSubmitted':
      return { ...before, state: 'submitted', submissions: before.submissions + 1, refusal: null };
    case 'StatementProgressed':
      ok(event.parts > before.progress.parts, 'A statement goes on');
      return { ...before, progress: { parts: event.parts, rows: event.rows } };
    case 'StatementRefused':
      ok(before.state === 'submitted', 'What is refused was submitted');
      return { ...before, state: 'refused', refusal: event.code };
    case 'StatementPosted':
      ok(before.state === 'submitted', 'What is posted was submitted');
      return { ...before, state: 'posted', posted: event, progress: { parts: event.parts, rows: event.tally.rows } };
    case 'ExceptionAssigned': {
      const { owner, by: assignedBy } = event;
      return touched(before, event.line, { owner, assignedBy, resolved: null });
    }
    case 'ExceptionResolved': {
      const exception = before.exceptions.get(event.line);
      ok(exception && !exception.resolved, 'What is resolved has an owner');
      return touched(before, event.line, { ...exception, resolved: { by: event.by, note: event.note } });
    }
  }
}

function touched(before: Statement, line: number, exception: TouchedException): Statement {
  return { ...before, exceptions: new Map(before.exceptions).set(line, exception), touches: before.touches + 1 };
}

const statementFold: Fold<Statement, StatementEvent> = {
  empty: noStatement,
  parse: (stored) => StatementEvent.parse(stored),
  evolve: evolveStatement,
};

/** The statements' journals. */
export function statements(table: Table) {
  return journal(table, journalKeys.statement, statementFold);
}
export type Statements = ReturnType<typeof statements>;

const maxSubmissions = 20;
const maxTouches = 1_500;

/** @throws Refusal `statement_state` when the same bytes were announced with other facts. */
export function receive({ received }: Statement, facts: StatementFacts, by: string): Decision<StatementEvent> {
  if (!received) return { events: [{ type: 'StatementReceived', ...facts, by }] };
  const { partnerCode, day, format, bytes, digest } = facts;
  const isSame =
    received.partnerCode === partnerCode &&
    received.day === day &&
    received.format === format &&
    received.bytes === bytes &&
    received.digest === digest;
  if (!isSame) throw new Refusal('statement_state', 'This file was received as another statement');
  return { events: [] };
}

/** No bank has booked a day that lies ahead. @throws Refusal `request_invalid`. */
export function refuseDayAhead(day: string, now: Date): void {
  if (day > wibDay(now)) throw new Refusal('request_invalid', 'The day of the statement lies ahead', ['day']);
}

/** Whether the file may still be written. */
export const mayUpload = ({ state }: Statement): boolean => state === 'received' || state === 'refused';

/**
 * Has the file imported, and finds it by its day from now on: what was only announced is none of the day's statements. What is
 * posted, or on its way, stays so. A statement moves money: whoever announced it needs another operator.
 * @throws Refusal `statement_unknown`, `same_operator`, `attempts_exceeded`.
 */
export function submit(statement: Statement, statementId: string, by: string): Decision<StatementEvent> {
  const { received, receivedBy, submissions } = statement;
  if (!received) throw new Refusal('statement_unknown');
  if (!mayUpload(statement)) return { events: [] };
  if (by === receivedBy) throw new Refusal('same_operator');
  if (submissions >= maxSubmissions) throw new Refusal('attempts_exceeded');
  const events: StatementEvent[] = [{ type: 'StatementSubmitted', by }];
  if (submissions > 0) return { events };
  const { partnerCode, day } = received;
  return { events, index: { lookup: lookups.statements(partnerCode), lookupSort: `${day}#${statementId}` } };
}

/** Notes how far an import has come: parts that are done, and their lines. Nothing for what is not further than before. */
export function progress({ state, progress }: Statement, parts: number, rows: number): Decision<StatementEvent> {
  if (state !== 'submitted' || parts <= progress.parts) return { events: [] };
  return { events: [{ type: 'StatementProgressed', parts, rows }] };
}

/** Ends the import of a file that is not the announced one or cannot be read; it may then be written and submitted again. */
export function refuse({ state }: Statement, code: StatementRefusal): Decision<StatementEvent> {
  return { events: state === 'submitted' ? [{ type: 'StatementRefused', code }] : [] };
}

/** Ends the import, once. */
export function post({ state }: Statement, posted: NonNullable<Statement['posted']>): Decision<StatementEvent> {
  return { events: state === 'submitted' ? [{ type: 'StatementPosted', ...posted }] : [] };
}

function touchable({ state, touches }: Statement): void {
  if (state === 'unknown') throw new Refusal('statement_unknown');
  if (state !== 'posted') throw new Refusal('statement_state', 'The statement is not posted');
  if (touches >= maxTouches) throw new Refusal('attempts_exceeded');
}

/** Gives a line of the exception list an owner, or another one. @throws Refusal `statement_state` when it is resolved. */
export function assign(statement: Statement, line: number, owner: string, by: string): Decision<StatementEvent> {
  touchable(statement);
  const before = statement.exceptions.get(line);
  if (before?.resolved) throw new Refusal('statement_state', 'The line is resolved');
  if (before?.owner === owner && before.assignedBy === by) return { events: [] };
  return { events: [{ type: 'ExceptionAssigned', line, owner, by }] };
}

/**
 * Says what became of a line. Who gave it its owner, whoever that is, needs another operator to agree.
 * @throws Refusal `same_operator`; `statement_state` when it has no owner, or is resolved with other words.
 */
export function resolve(statement: Statement, line: number, note: string, by: string): Decision<StatementEvent> {
  touchable(statement);
  const exception = statement.exceptions.get(line);
  if (!exception) throw new Refusal('statement_state', 'The line has no owner yet');
  const { assignedBy, resolved } = exception;
  if (resolved?.by === by && resolved.note === note) return { events: [] };
  if (resolved) throw new Refusal('statement_state', 'The line is resolved');
  if (by === assignedBy) throw new Refusal('same_operator');
  return { events: [{ type: 'ExceptionResolved', line, by, note }] };
}
