import { finishedLine, progressLine, progressScreen } from '#ops/batch-screens.ts';
import { NotDone, type Session } from '#ops/command.ts';
import { everyMilliseconds, follower, maxPolls } from '#ops/follow.ts';
import type { Reply } from '#ops/http-client.ts';
import { row } from '#ops/render.ts';
import type { Progress } from '#shared/selection/batch-api.ts';

/** While only the clock is awaited, for hours or days: how long, the batch itself says. */
const everyMillisecondsByClock = 10_000;

/** Follows a batch, through its workers and what the clock does, until an operator is needed or the batch is over. */
export async function watchProgress(
  ask: () => Promise<Reply<Progress>>,
  batchId: string,
  session: Pick<Session, 'terminal' | 'isJson'>,
): Promise<void> {
  const { paint, pause } = session.terminal;
  const { say, show, isNews, next } = follower(ask, session);
  let running: Progress | null = null;
  let polls = 0;
  let every = everyMilliseconds;

  function showStill(progress: Progress): void {
    const lines = progressScreen(paint, batchId, progress);
    if (!isNews(lines.join('\n'))) return;
    for (const line of lines) say(line);
    if (progress.waitsOn === 'clock')
      for (const line of row(paint, 'Watching', 'until an operator is needed or the batch is over; Ctrl-C ends it'))
        say(line);
  }

  while (polls < maxPolls) {
    if (polls > 0) await pause(every);
    polls += 1;
    const progress = await next();
    if (!progress) continue;
    const { stage, waitsOn } = progress;
    if (running && stage !== running.stage) {
      say(finishedLine(running));
      running = null;
    }
    every = everyMilliseconds;
    if (stage !== null) {
      show(progressLine(progress), `${stage} ${progress.doneParts}`);
      running = progress;
      continue;
    }
    showStill(progress);
    if (waitsOn === 'operator') return say('The watch ends: an operator is needed.');
    if (waitsOn === null) return say('The watch ends: the batch is over.');
    if (waitsOn === 'clock') {
      every = everyMillisecondsByClock;
      polls = 1;
    }
  }
  throw new NotDone(`Batch ${batchId} is still at work after a day of watching.`);
}
