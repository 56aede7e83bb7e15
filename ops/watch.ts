import { finishedLine, progressLine, progressScreen } from '#ops/batch-screens.ts';
import { NotDone, type Session } from '#ops/command.ts';
import { NoAnswer, Refused, type Reply } from '#ops/http-client.ts';
import { row } from '#ops/render.ts';
import type { Progress } from '#shared/selection/batch-api.ts';

const everyMilliseconds = 1_000;
/** While only the clock is awaited, for hours or days. */
const everyMillisecondsByClock = 10_000;
/** A day of work: no stage takes that long. How long the clock is awaited, the batch itself says. */
const maxPolls = 86_400;
/** Questions in a row that may go without an answer. */
const maxFailures = 5;

const isPassing = (error: unknown) => error instanceof NoAnswer || (error instanceof Refused && error.status >= 500);

/**
 * Follows a batch, through its workers and what the clock does, until an operator is needed or the batch is over. A terminal gets one line that is
 * drawn again; a pipe gets a line whenever something is done; with `--json` every answer is a line.
 */
export async function watchProgress(
  ask: () => Promise<Reply<Progress>>,
  batchId: string,
  { terminal, isJson }: Pick<Session, 'terminal' | 'isJson'>,
): Promise<void> {
  const { out, paint, pause } = terminal;
  const isDrawn = Boolean(out.isTTY) && !isJson;
  const say = (line: string) => void (isJson || out.write(`${isDrawn ? '\r\x1b[2K' : ''}${line}\n`));
  let running: Progress | null = null;
  let printed = '';
  let failures = 0;
  let polls = 0;
  let every = everyMilliseconds;

  function show(progress: Progress): void {
    const line = progressLine(progress);
    const mark = `${progress.stage} ${progress.doneParts}`;
    if (isDrawn) out.write(`\r\x1b[2K${line}`);
    else if (mark !== printed) say(line);
    printed = mark;
  }

  async function next(): Promise<Progress | null> {
    try {
      const reply = await ask();
      const progress = reply.read();
      failures = 0;
      if (isJson) out.write(`${reply.text}\n`);
      return progress;
    } catch (error) {
      failures += 1;
      if (isPassing(error) && failures < maxFailures) return null;
      if (isDrawn && running) out.write('\n');
      throw error;
    }
  }

  function showStill(progress: Progress): void {
    const lines = progressScreen(paint, batchId, progress);
    const mark = lines.join('\n');
    if (mark === printed) return;
    printed = mark;
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
      show(progress);
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
