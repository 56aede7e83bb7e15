import { exceptionList } from '#shared/incentive/reconciliation/exception-list.ts';
import { reconciliationFile, statementIdOf } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import {
  assign,
  mayUpload,
  receive,
  refuseDayAhead,
  resolve,
  type Statement,
  type StatementEvent,
  type Statements,
  statements,
  submit,
} from '#shared/incentive/reconciliation/statement.ts';
import { statementView } from '#shared/incentive/reconciliation/statement-view.ts';
import * as endpoints from '#shared/incentive/reconciliation/statements-api.ts';
import { refuseFullDay, statementsOfDay } from '#shared/incentive/reconciliation/statements-of-day.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly statements: Statements;
  readonly files: Files;
  /** Ids of the statements submitted for a partner's day. */
  readonly statementsOfDay: (partnerCode: string, day: string) => Promise<string[]>;
};

const uploadSeconds = 900;

/** What operators do with bank statements: announce, have imported, read, and go through the exception list. */
export function bankStatements({ statements, files, statementsOfDay }: Deps) {
  const receiving = api(endpoints.receiveStatement, async ({ caller: { username: by }, body, now }) => {
    refuseDayAhead(body.day, now);
    const statementId = statementIdOf(body.digest);
    const { state: before } = await statements.load(statementId);
    if (!before.received) refuseFullDay(await statementsOfDay(body.partnerCode, body.day));
    const statement = await statements.change(statementId, (file) => receive(file, body, by));
    const key = reconciliationFile.source(statementId);
    const uploadUrl = mayUpload(statement) ? await files.uploadAddress(key, uploadSeconds) : null;
    return { statementId, state: known(statement), uploadUrl };
  });

  const posting = api(endpoints.postStatement, async ({ caller: { username: by }, path: { statementId } }) => {
    const { state: before } = await statements.load(statementId);
    const key = reconciliationFile.source(statementId);
    const isThere = !mayUpload(before) || (await files.list(key, 1)).includes(key);
    if (!isThere) throw new Refusal('statement_missing');
    const { received, submissions } = before;
    if (received && submissions === 0) refuseFullDay(await statementsOfDay(received.partnerCode, received.day));
    const statement = await statements.change(statementId, (file) => submit(file, statementId, by));
    return { statementId, state: known(statement) };
  });

  const reading = api(endpoints.readBankStatement, async ({ path: { statementId }, query: { cursor } }) => {
    const { state: statement } = await statements.load(statementId);
    return statementView(statementId, statement, await exceptionList(files, statementId, statement).page(cursor));
  });

  /** Decides about a line, which must be in the list. */
  async function touch(
    { statementId, line: text }: { statementId: string; line: string },
    decide: (statement: Statement, line: number) => Decision<StatementEvent>,
  ) {
    const line = Number(text);
    const { state: posted } = await statements.load(statementId);
    if (posted.posted && !(await exceptionList(files, statementId, posted).has(line)))
      throw new Refusal('exception_unknown');
    const statement = await statements.change(statementId, (before) => decide(before, line));
    const touched = statement.exceptions.get(line);
    if (!touched) throw new Refusal('exception_unknown');
    return { statementId, line, owner: touched.owner, isResolved: touched.resolved !== null };
  }

  const assigning = api(endpoints.assignException, ({ caller: { username: by }, path, body: { owner } }) =>
    touch(path, (statement, line) => assign(statement, line, owner, by)),
  );
  const resolving = api(endpoints.resolveException, ({ caller: { username: by }, path, body: { note } }) =>
    touch(path, (statement, line) => resolve(statement, line, note, by)),
  );
  return apiGroup([
    [endpoints.receiveStatement, receiving],
    [endpoints.postStatement, posting],
    [endpoints.readBankStatement, reading],
    [endpoints.assignException, assigning],
    [endpoints.resolveException, resolving],
  ]);
}

function known({ state }: Statement): Exclude<Statement['state'], 'unknown'> {
  if (state === 'unknown') throw new Refusal('statement_unknown');
  return state;
}

const table = programTable();
export const handler = bankStatements({
  statements: statements(table),
  files: programFiles(),
  statementsOfDay: (partnerCode, day) => statementsOfDay(table, partnerCode, day),
});
