import { faultOf } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';

/**
 * Does one thing for each of a chunk, by draw number. A failure of one must not keep it from the others: it is logged, and thrown at the end, so that the
 * chunk comes again.
 */
export async function eachOf(
  drawNumbers: readonly string[],
  act: (drawNumber: string) => Promise<void>,
): Promise<void> {
  let failed = 0;
  for (const drawNumber of drawNumbers) {
    try {
      await act(drawNumber);
    } catch (error) {
      failed += 1;
      logger.error('winner.failed', { drawNumber, reason: faultOf(error) });
    }
  }
  if (failed > 0) throw new Error(`chunk.incomplete ${failed} of ${drawNumbers.length}`);
}
