import * as z from 'zod/mini';
import { StatementId } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { RowResult, Tally } from '#shared/incentive/reconciliation/row-result.ts';
import { balanceStates, StatementFacts, statementStates } from '#shared/incentive/reconciliation/statement.ts';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note, Operator } from '#shared/platform/operator.ts';

const capability = 'incentive';
const access = 'operator';

const statementPath = z.strictObject({ statementId: StatementId });
/** A line's number, as a path carries it. */
const exceptionPath = z.extend(statementPath, { line: z.string().check(z.regex(/^[1-9]\d{0,6}$/)) });

const count = z.int().check(z.gte(0));

export const receiveStatement = endpoint({
  operation: 'receiveStatement',
  capability,
  method: 'POST',
  path: '/v1/statements',
  access,
  summary: 'Announces a bank statement and answers where to PUT the file. The same file is the same statement.',
  body: StatementFacts,
  status: 201,
  answer: z.strictObject({
    statementId: StatementId,
    state: z.enum(statementStates),
    /** Null once the file is being imported: it stays as it is. */
    uploadUrl: z.nullable(z.string()),
  }),
  refusals: ['statement_state', 'attempts_exceeded', 'conflict_persistent'],
});

const ExceptionView = z.strictObject({
  ...RowResult.shape,
  owner: z.nullable(Operator),
  resolved: z.nullable(z.strictObject({ by: Operator, note: z.string() })),
});

export const StatementView = z.strictObject({
  statementId: StatementId,
  ...StatementFacts.shape,
  state: z.enum(statementStates),
  /** Lines that are done so far. */
  rows: count,
  refusal: z.nullable(z.string()),
  tally: z.nullable(Tally),
  balance: z.nullable(z.enum(balanceStates)),
  resultDigest: z.nullable(z.string()),
  exceptions: z.array(ExceptionView),
  nextCursor: z.nullable(z.string()),
});

export const postStatement = endpoint({
  operation: 'postStatement',
  capability,
  method: 'POST',
  path: '/v1/statements/{statementId}/posting',
  access,
  summary:
    'Has a statement that another operator announced imported: lines that agree or prove something post, the others wait in a list.',
  pathParameters: statementPath,
  status: 202,
  answer: z.strictObject({ statementId: StatementId, state: z.enum(statementStates) }),
  refusals: ['statement_unknown', 'statement_missing', 'same_operator', 'attempts_exceeded', 'conflict_persistent'],
});

export const readBankStatement = endpoint({
  operation: 'readBankStatement',
  capability,
  method: 'GET',
  path: '/v1/statements/{statementId}',
  access,
  summary: 'How far a bank statement is, what it came to, and a page of its exception list. A page may be short.',
  pathParameters: statementPath,
  query: z.strictObject({ cursor: z.optional(z.string().check(z.regex(/^\d{1,5}-\d{1,5}$/))) }),
  status: 200,
  answer: StatementView,
  refusals: ['statement_unknown'],
});

const exceptionRefusals = [
  'statement_unknown',
  'statement_state',
  'exception_unknown',
  'attempts_exceeded',
  'conflict_persistent',
] as const;
const ExceptionTouched = z.strictObject({
  statementId: StatementId,
  line: z.int(),
  owner: Operator,
  isResolved: z.boolean(),
});

export const assignException = endpoint({
  operation: 'assignException',
  capability,
  method: 'PUT',
  path: '/v1/statements/{statementId}/exceptions/{line}/owner',
  access,
  summary: 'Gives a line of the exception list an owner, or another one.',
  pathParameters: exceptionPath,
  body: z.strictObject({ owner: Operator }),
  status: 200,
  answer: ExceptionTouched,
  refusals: exceptionRefusals,
});

export const resolveException = endpoint({
  operation: 'resolveException',
  capability,
  method: 'POST',
  path: '/v1/statements/{statementId}/exceptions/{line}/resolution',
  access,
  summary: 'Writes down what became of a line that has an owner. Who gave it its owner needs another operator.',
  pathParameters: exceptionPath,
  body: z.strictObject({ note: Note }),
  status: 200,
  answer: ExceptionTouched,
  refusals: [...exceptionRefusals, 'same_operator'],
});

/** What one function serves of bank statements. */
export const statementEndpoints = [
  receiveStatement,
  postStatement,
  readBankStatement,
  assignException,
  resolveException,
] as const;
