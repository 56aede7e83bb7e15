import { finishedLine, progressLine, progressScreen } from '#ops/batch-screens.ts';
import { NotDone, type Session } from '#ops/command.ts';
import { NoAnswer, Refused, type Reply } from '#ops/http-client.ts';
import type { Progress } from '#shared/selection/batch-api.ts';

const everyMilliseconds = 1_000;
/** A day: no stage takes that long. */
const maxPolls = 86_400;
/** Questions in a row that may go without an answer. */
const maxFailures = 5;

const isPassing = (error: unknown) => error instanceof NoAnswer || (error instanceof Refused && error.status >= 500);

/**
 * Follows the workers of a batch until they stand still. A terminal gets one line that is drawn again; a pipe gets a line whenever
 * something is done; with `--json` every answer is a line.
 */
export async function watchProgress(
  ask: () => Promise<Reply<Progress>>,
  batchId: string,
  { terminal, isJson }: Session,
): Promise<void> {
  const { out, paint, pause } = terminal;
  const isDrawn = Boolean(out.isTTY) && !isJson;
  const say = (line: string) => void (isJson || out.write(`${isDrawn ? '\r\x1b[2K' : ''}${line}\n`));
  let running: Progress | null = null;
  let printed = '';
  let failures = 0;
  let stoodStill = 0;

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

  for (let poll = 0; poll < maxPolls; poll += 1) {
    if (poll > 0) await pause(everyMilliseconds);
    const progress = await next();
    if (!progress) continue;
    if (running && progress.stage !== running.stage) {
      say(finishedLine(running));
      running = null;
    }
    if (progress.stage !== null) {
      show(progress);
      running = progress;
      stoodStill = 0;
      continue;
    }
    stoodStill += 1;
    // Between two stages the workers seem to stand still for a moment.
    if (printed !== '' && stoodStill < 2) continue;
    for (const line of progressScreen(paint, batchId, progress)) say(line);
    return;
  }
  throw new NotDone(`Batch ${batchId} is still at work after a day of watching.`);
}
