import { type DueStore, dueStore } from '#shared/operations/due-store.ts';
import { messagesDue, span } from '#shared/operations/sweep.ts';
import { logger } from '#shared/platform/observe.ts';
import { type Queues, queues } from '#shared/platform/queues.ts';
import { task } from '#shared/platform/task.ts';
import { dayMilliseconds } from '#shared/platform/wib.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly due: DueStore; readonly queues: Queues; readonly now: () => Date };

/** Where the first run begins: nothing is due before the program runs. */
const firstRunLooksBackMilliseconds = 7 * dayMilliseconds;

/** A run that has less time left than this begins no other day: the next run goes on. */
const reserveMilliseconds = 30_000;

/**
 * Every minute: sends what has become due since the last run, day by day, and moves the cursor after each. A run that dies
 * is repeated from its last day; the workers do not mind.
 */
export function sweepDue({ due, queues, now }: Deps) {
  return task<unknown>('sweepDue', async (_event, context) => {
    const started = now();
    const from = (await due.sweptUntil()) ?? new Date(started.getTime() - firstRunLooksBackMilliseconds);
    let sent = 0;
    let days = 0;
    let swept = from;
    for (const { day, until } of span(from, started)) {
      if (swept > from && context.getRemainingTimeInMillis() < reserveMilliseconds) break;
      for await (const entries of due.entries(day, from, until)) {
        const messages = entries.flatMap(({ pk, dueSort }) => messagesDue(pk, dueSort));
        await queues.send(messages);
        sent += messages.length;
      }
      await due.advance(until);
      swept = until;
      days += 1;
    }
    logger.info('due.swept', { days, messages: sent, until: swept.toISOString() });
  });
}

/** The sweeper stays behind: what it sends is due by the clock of every worker, too. */
const behindMilliseconds = 30_000;

export const handler = sweepDue({
  due: dueStore(programTable()),
  queues: queues(),
  now: () => new Date(Date.now() - behindMilliseconds),
});
