import type * as z from 'zod/mini';
import type { RowResult } from '#shared/incentive/reconciliation/row-result.ts';
import type { Statement } from '#shared/incentive/reconciliation/statement.ts';
import type { StatementView } from '#shared/incentive/reconciliation/statements-api.ts';
import { Refusal } from '#shared/platform/refusal.ts';

type Page = { readonly exceptions: readonly RowResult[]; readonly nextCursor: string | null };

/** A statement as operators see it. @throws Refusal `statement_unknown`. */
export function statementView(statementId: string, statement: Statement, page: Page): z.input<typeof StatementView> {
  const { state, received, progress, refusal, posted } = statement;
  if (!received || state === 'unknown') throw new Refusal('statement_unknown');
  return {
    statementId,
    ...received,
    state,
    rows: progress.rows,
    refusal,
    tally: posted?.tally ?? null,
    balance: posted?.balance ?? null,
    resultDigest: posted?.resultDigest ?? null,
    exceptions: page.exceptions.map((row) => {
      const touched = statement.exceptions.get(row.line);
      return { ...row, owner: touched?.owner ?? null, resolved: touched?.resolved ?? null };
    }),
    nextCursor: page.nextCursor,
  };
}
