import { type Closings, closings } from '#shared/incentive/reconciliation/closing.ts';
import { closingRun } from '#shared/incentive/reconciliation/closing-run.ts';
import { partnerQuestion } from '#shared/incentive/reconciliation/partner-question.ts';
import { ReconciliationMessage } from '#shared/incentive/reconciliation/reconciliation-message.ts';
import { type Statements, statements } from '#shared/incentive/reconciliation/statement.ts';
import { type PartnerQuestion, statementImport } from '#shared/incentive/reconciliation/statement-import.ts';
import { paymentClients } from '#shared/incentive/snap/clients.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { worker } from '#shared/platform/worker.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly statements: Statements;
  readonly closings: Closings;
  readonly participants: Pick<Participants, 'load' | 'change'>;
  readonly files: Files;
  readonly ask: PartnerQuestion;
  readonly now: () => Date;
};

/** Queue `reconciliation`: imports a bank statement, or compares a partner's day. Both may come again, and die anywhere. */
export function importStatement(deps: Deps) {
  const importOne = statementImport(deps);
  const compareDay = closingRun(deps);
  return worker('importStatement', ReconciliationMessage, (message) =>
    message.step === 'import' ? importOne(message.statementId) : compareDay(message.partnerCode, message.day),
  );
}

const table = programTable();
export const handler = importStatement({
  statements: statements(table),
  closings: closings(table),
  participants: participants(table),
  files: programFiles(),
  ask: partnerQuestion(paymentClients),
  now: () => new Date(),
});
