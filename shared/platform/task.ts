import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { faultOf, observed } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';

/** What Lambda is told of a failed run: its own words could quote what a citizen sent. */
class RunFailed extends Error {}

/**
 * The one way a reader of the stream or a run by the clock becomes a handler. What fails is logged by class and place, and
 * thrown: Lambda then delivers again, or the next run does the work.
 */
export function task<Event>(operation: string, run: (event: Event, context: Context) => Promise<void>) {
  return middy<Event, void>()
    .use(observed({ operation }))
    .handler(async (event, context) => {
      try {
        await run(event, context);
      } catch (error) {
        logger.error('run.failed', { reason: faultOf(error) });
        throw new RunFailed(`${operation} failed`);
      }
    });
}
