import { NotDone, type Session } from '#ops/command.ts';
import { feedLine, feedScreen } from '#ops/feed-screens.ts';
import { everyMilliseconds, follower, maxPolls } from '#ops/follow.ts';
import type { Reply } from '#ops/http-client.ts';
import type { FeedProgress } from '#shared/registration/feeds/feeds-api.ts';

/** Follows the workers of a feed until they stand still. */
export async function watchFeed(
  ask: () => Promise<Reply<FeedProgress>>,
  session: Pick<Session, 'terminal' | 'isJson'>,
): Promise<void> {
  const { paint, pause } = session.terminal;
  const { say, show, next } = follower(ask, session);
  for (let poll = 0; poll < maxPolls; poll += 1) {
    if (poll > 0) await pause(everyMilliseconds);
    const progress = await next();
    if (!progress) continue;
    if (progress.stage === null) {
      for (const line of feedScreen(paint, progress)) say(line);
      return;
    }
    show(feedLine(progress), `${progress.stage} ${progress.percent}`);
  }
  throw new NotDone('The feed is still at work after a day of watching.');
}
