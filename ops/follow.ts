import type { Session } from '#ops/command.ts';
import { NoAnswer, Refused, type Reply } from '#ops/http-client.ts';

/** Between two questions about work that goes on. */
export const everyMilliseconds = 1_000;
/** A day of work: nothing that is followed takes that long. */
export const maxPolls = 86_400;
/** Questions in a row that may go without an answer. */
const maxFailures = 5;

const isPassing = (error: unknown) => error instanceof NoAnswer || (error instanceof Refused && error.status >= 500);

/**
 * Follows something by asking about it again and again. A terminal gets one line that is drawn again; a pipe gets a line whenever something is
 * done; with `--json` every answer is a line.
 */
export function follower<Answer>(
  ask: () => Promise<Reply<Answer>>,
  { terminal: { out }, isJson }: Pick<Session, 'terminal' | 'isJson'>,
) {
  const isDrawn = Boolean(out.isTTY) && !isJson;
  /** A line is drawn that no other has followed yet. */
  let isLineOpen = false;
  let printed = '';
  let failures = 0;

  function say(line: string): void {
    if (!isJson) out.write(`${isDrawn ? '\r\x1b[2K' : ''}${line}\n`);
    isLineOpen = false;
  }

  /** Whether this is not what was shown last. */
  function isNews(mark: string): boolean {
    const isOld = mark === printed;
    printed = mark;
    return !isOld;
  }

  return {
    say,
    isNews,

    /** Shows how far the work is; into a pipe once for each mark. */
    show(line: string, mark: string): void {
      const isNew = isNews(mark);
      if (isDrawn) out.write(`\r\x1b[2K${line}`);
      else if (isNew) say(line);
      isLineOpen = isDrawn;
    },

    /** The next answer; null where there was none, which is borne some times in a row. */
    async next(): Promise<Answer | null> {
      try {
        const reply = await ask();
        const answer = reply.read();
        failures = 0;
        if (isJson) out.write(`${reply.text}\n`);
        return answer;
      } catch (error) {
        failures += 1;
        if (isPassing(error) && failures < maxFailures) return null;
        if (isLineOpen) out.write('\n');
        throw error;
      }
    },
  };
}
