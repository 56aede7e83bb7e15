import { ok } from 'node:assert/strict';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod/mini';
import { faultOf, observed } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';

/**
 * The one way a queue's worker becomes a handler. Refused: noted and acknowledged, since a retry changes nothing.
 * Unreadable or failed: reported alone, retried, and in the end dead-lettered with its evidence.
 */
export function worker<Message extends z.ZodMiniType>(
  name: string,
  schema: Message,
  handleOne: (message: z.infer<Message>, deliveries: number) => Promise<void>,
) {
  const processor = new BatchProcessor(EventType.SQS);

  const recordHandler = async (record: SQSRecord): Promise<void> => {
    // Ids only, never a person; null while it is not known to be one of ours.
    let message: z.infer<Message> | null = null;
    try {
      const deliveries = Number(record.attributes.ApproximateReceiveCount);
      message = schema.parse(JSON.parse(record.body));
      await handleOne(message, deliveries);
    } catch (error) {
      if (comesAgain(record, message, error)) throw error;
    }
  };

  return middy<SQSEvent, SQSBatchResponse>()
    .use(observed({ operation: name }))
    .handler((event, context) =>
      processPartialResponse(event, recordHandler, processor, { context, throwOnFullBatchFailure: false }),
    );
}

/**
 * As `worker`, where the messages of a batch are done together. `handleAll` answers a promise for each message, in their order;
 * messages may share one. Unreadable ones are not among them, and come again alone.
 */
export function batchWorker<Message extends z.ZodMiniType>(
  name: string,
  schema: Message,
  handleAll: (messages: readonly z.infer<Message>[]) => readonly Promise<void>[],
) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(observed({ operation: name }))
    .handler(async ({ Records }) => {
      const failed: SQSRecord[] = [];
      const readable: { readonly record: SQSRecord; readonly message: z.infer<Message> }[] = [];
      for (const record of Records) {
        try {
          readable.push({ record, message: schema.parse(JSON.parse(record.body)) });
        } catch (error) {
          if (comesAgain(record, null, error)) failed.push(record);
        }
      }
      const outcomes = await Promise.allSettled(handleAll(readable.map(({ message }) => message)));
      for (const [index, { record, message }] of readable.entries()) {
        const outcome = outcomes[index];
        ok(outcome, 'Every message of a batch has its outcome');
        if (outcome.status === 'rejected' && comesAgain(record, message, outcome.reason)) failed.push(record);
      }
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
}

/** Notes why a message was not done, and tells whether it is to be delivered again. */
function comesAgain({ messageId }: SQSRecord, message: unknown, error: unknown): boolean {
  if (error instanceof Refusal && !error.isPassing) {
    logger.info('message.refused', { messageId, message, code: error.code });
    return false;
  }
  logger.error('message.failed', { messageId, message, reason: faultOf(error) });
  return true;
}
