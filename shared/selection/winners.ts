import * as z from 'zod/mini';
import { type Files, readJson } from '#shared/platform/files.ts';
import { faultOf } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';
import { drawFile } from '#shared/selection/draw-files.ts';

const Chunk = z.array(ParticipantId);

/** The participants of one chunk of winners. */
export async function winnersOf(files: Files, batchId: string, chunk: number): Promise<string[]> {
  const winners = await readJson(files, drawFile.chunk(batchId, chunk), Chunk);
  if (!winners) throw new Error('draw.chunk_missing');
  return winners;
}

/**
 * Does one thing for each winner of a chunk. What is refused or fails for one must not keep it from the others; a failure
 * is logged with the participant, and thrown at the end, so that the chunk comes again.
 */
export async function eachWinner(
  winners: readonly string[],
  act: (participantId: string) => Promise<string>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let failed = 0;
  for (const participantId of winners) {
    try {
      const outcome = await act(participantId);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    } catch (error) {
      if (error instanceof Refusal && !error.isPassing) {
        logger.info('winner.refused', { participantId, code: error.code });
        counts['refused'] = (counts['refused'] ?? 0) + 1;
      } else {
        failed += 1;
        logger.error('winner.failed', { participantId, reason: faultOf(error) });
      }
    }
  }
  if (failed > 0) throw new Error(`chunk.incomplete ${failed} of ${winners.length}`);
  return counts;
}
