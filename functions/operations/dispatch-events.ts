import type { DynamoDBStreamEvent } from 'aws-lambda';
import { journalRecord } from '#shared/journal/journal-record.ts';
import { messagesFor, messagesForListing } from '#shared/operations/dispatch.ts';
import { logger } from '#shared/platform/observe.ts';
import { type Queues, queues } from '#shared/platform/queues.ts';
import { task } from '#shared/platform/task.ts';
import { streamItem } from '#shared/table/stream.ts';

/**
 * Table stream: sends what must happen next. All of a batch or none: a failure has the whole batch delivered again, and
 * the workers do not mind a repeat.
 */
export function dispatchEvents({ queues }: { readonly queues: Queues }) {
  return task<DynamoDBStreamEvent>('dispatchEvents', async ({ Records }) => {
    const messages = Records.flatMap((record) => {
      const item = streamItem(record);
      if (!item) return [];
      const decision = journalRecord(item);
      return decision ? messagesFor(decision) : messagesForListing(item);
    });
    await queues.send(messages);
    logger.info('events.dispatched', { records: Records.length, messages: messages.length });
  });
}

export const handler = dispatchEvents({ queues: queues() });
