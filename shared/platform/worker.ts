import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod/mini';
import { observed, reasonOf } from '#shared/platform/http.ts';
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
      if (!(error instanceof Refusal) || error.isPassing) {
        logger.error('message.failed', { messageId: record.messageId, message, reason: reasonOf(error) });
        throw error;
      }
      logger.info('message.refused', { messageId: record.messageId, message, code: error.code });
    }
  };

  return middy<SQSEvent, SQSBatchResponse>()
    .use(observed({ operation: name }))
    .handler((event, context) =>
      processPartialResponse(event, recordHandler, processor, { context, throwOnFullBatchFailure: false }),
    );
}
