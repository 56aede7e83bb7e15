import middy from '@middy/core';
import { type DueStore, dueStore } from '#shared/operations/due-store.ts';
import { messagesDue, span } from '#shared/operations/sweep.ts';
import { observed } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { type Queues, queues } from '#shared/platform/queues.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly due: DueStore; readonly queues: Queues; readonly now: () => Date };

/** Where the first run begins: nothing is due before the program runs. */
const firstRunLooksBackMilliseconds = 7 * 86_400_000;

/**
 * Every minute: sends what has become due since the last run, then moves the cursor. A run that dies before that is
 * repeated by the next; the workers do not mind.
 */
export function sweepDue({ due, queues, now }: Deps) {
  return middy<unknown, void>()
    .use(observed({ operation: 'sweepDue' }))
    .handler(async () => {
      const started = now();
      const from = (await due.sweptUntil()) ?? new Date(started.getTime() - firstRunLooksBackMilliseconds);
      const { days, until } = span(from, started);
      let sent = 0;
      for (const day of days) {
        for await (const entries of due.entries(day, from, until)) {
          const messages = entries.flatMap(({ pk, dueSort }) => messagesDue(pk, dueSort));
          await queues.send(messages);
          sent += messages.length;
        }
      }
      await due.advance(until);
      logger.info('due.swept', { days: days.length, messages: sent, until: until.toISOString() });
    });
}

export const handler = sweepDue({ due: dueStore(programTable()), queues: queues(), now: () => new Date() });
