import { readStatement } from '#shared/credit/credit-api.ts';
import { statementOf } from '#shared/credit/statement.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programTable } from '#shared/table/table.ts';

/** GET /v1/participants/me/statement: every movement of money in the caller's file. */
export function showStatement({ participants }: { readonly participants: Participants }) {
  return api(readStatement, async ({ caller }) => {
    const entries = await participants.entries(caller.username);
    if (entries.length === 0) throw new Refusal('not_registered');
    return statementOf(entries);
  });
}

export const handler = showStatement({ participants: participants(programTable()) });
