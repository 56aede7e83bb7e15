import { journalView } from '#shared/journal/journal-view.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { readJournal } from '#shared/operations/operations-api.ts';
import { api } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programTable } from '#shared/table/table.ts';

/** GET /v1/participants/{participantId}/journal: what happened to a participant, for operators. Who reads is logged. */
export function showJournal({ participants }: { readonly participants: Participants }) {
  return api(readJournal, async ({ caller, path: { participantId } }) => {
    const entries = await participants.entries(participantId);
    if (entries.length === 0) throw new Refusal('participant_unknown');
    logger.info('journal.read', { by: caller.username, participantId });
    return { participantId, decisions: journalView(entries) };
  });
}

export const handler = showJournal({ participants: participants(programTable()) });
