import { journalView } from '#shared/journal/journal-view.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { readJournal } from '#shared/operations/operations-api.ts';
import { api } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type Accesses, accesses } from '#shared/registration/privacy/accesses.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly accesses: Pick<Accesses, 'record'> };

/** GET /v1/participants/{participantId}/journal: what happened to a participant, for operators. The citizen sees who read it, and why. */
export function showJournal({ participants, accesses }: Deps) {
  return api(readJournal, async ({ caller, now, path: { participantId }, query: { reason } }) => {
    const entries = await participants.entries(participantId);
    if (entries.length === 0) throw new Refusal('participant_unknown');
    await accesses.record(participantId, { role: 'operator', by: caller.username, kind: 'journal', reason }, now);
    logger.info('journal.read', { by: caller.username, participantId });
    return { participantId, decisions: journalView(entries) };
  });
}

const table = programTable();
export const handler = showJournal({ participants: participants(table), accesses: accesses(table) });
