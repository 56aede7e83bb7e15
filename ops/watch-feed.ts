import { NotDone, type Session } from '#ops/command.ts';
import { feedLine, feedScreen } from '#ops/feed-screens.ts';
import { NoAnswer, Refused, type Reply } from '#ops/http-client.ts';
import type { FeedProgress } from '#shared/registration/feeds/feeds-api.ts';

const everyMilliseconds = 1_000;
/** A day of work: no feed takes that long. */
const maxPolls = 86_400;
/** Questions in a row that may go without an answer. */
const maxFailures = 5;

const isPassing = (error: unknown) => error instanceof NoAnswer || (error instanceof Refused && error.status >= 500);

/**
 * Follows the workers of a feed until they stand still. A terminal gets one line that is drawn again; a pipe gets a line whenever something is
 * done; with `--json` every answer is a line.
 */
export async function watchFeed(
  ask: () => Promise<Reply<FeedProgress>>,
  { terminal: { out, paint, pause }, isJson }: Pick<Session, 'terminal' | 'isJson'>,
): Promise<void> {
  const isDrawn = Boolean(out.isTTY) && !isJson;
  const say = (line: string) => void (isJson || out.write(`${isDrawn ? '\r\x1b[2K' : ''}${line}\n`));
  let printed = '';
  let failures = 0;

  async function next(): Promise<FeedProgress | null> {
    try {
      const reply = await ask();
      const progress = reply.read();
      failures = 0;
      if (isJson) out.write(`${reply.text}\n`);
      return progress;
    } catch (error) {
      failures += 1;
      if (isPassing(error) && failures < maxFailures) return null;
      if (isDrawn && printed !== '') out.write('\n');
      throw error;
    }
  }

  for (let poll = 0; poll < maxPolls; poll += 1) {
    if (poll > 0) await pause(everyMilliseconds);
    const progress = await next();
    if (!progress) continue;
    if (progress.stage === null) {
      for (const line of feedScreen(paint, progress)) say(line);
      return;
    }
    const mark = `${progress.stage} ${progress.percent}`;
    if (isDrawn) out.write(`\r\x1b[2K${feedLine(progress)}`);
    else if (mark !== printed) say(feedLine(progress));
    printed = mark;
  }
  throw new NotDone('The feed is still at work after a day of watching.');
}
