import { revokeOverdue } from '#shared/credit/deadline.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { WinnersMessage } from '#shared/operations/messages.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { logger } from '#shared/platform/observe.ts';
import { worker } from '#shared/platform/worker.ts';
import { eachWinner, winnersOf } from '#shared/selection/winners.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly files: Files };

/** Queue `deadline`: looks at one chunk of winners after the purchase deadline, and revokes who bought nothing. */
export function enforceDeadline({ participants, files }: Deps) {
  return worker('enforceDeadline', WinnersMessage, async ({ batchId, chunk }) => {
    const counts = await eachWinner(await winnersOf(files, batchId, chunk), async (participantId) => {
      const { membership } = await participants.change(participantId, revokeOverdue);
      return membership.revoked ? 'revoked' : 'kept';
    });
    logger.info('deadline.chunk_done', { batchId, chunk, ...counts });
  });
}

export const handler = enforceDeadline({ participants: participants(programTable()), files: programFiles() });
