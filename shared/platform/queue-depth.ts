import * as z from 'zod/mini';
import { setting, type Variable } from '#shared/platform/environment.ts';
import { namedEndpoint, sendSigned } from '#shared/platform/signed-request.ts';

/** Messages of a queue, as many as SQS knows of. */
export type QueueDepth = { readonly waiting: number; readonly delayed: number; readonly withWorker: number };

const Count = z.coerce.number();
const Attributes = z.object({
  Attributes: z.object({
    ApproximateNumberOfMessages: Count,
    ApproximateNumberOfMessagesDelayed: Count,
    ApproximateNumberOfMessagesNotVisible: Count,
  }),
});

/** Asks SQS how many messages a queue has. @throws when it does not say. */
export async function queueDepth(queue: Extract<Variable, `${string}QueueUrl`>): Promise<QueueDepth> {
  const QueueUrl = setting(queue);
  const answer = await sendSigned('sqs', `${namedEndpoint('sqs') ?? new URL(QueueUrl).origin}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.GetQueueAttributes' },
    body: JSON.stringify({ QueueUrl, AttributeNames: Object.keys(Attributes.shape.Attributes.shape) }),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`queue.not_read ${answer.status}`);
  }
  const { Attributes: known } = Attributes.parse(await answer.json());
  return {
    waiting: known.ApproximateNumberOfMessages,
    delayed: known.ApproximateNumberOfMessagesDelayed,
    withWorker: known.ApproximateNumberOfMessagesNotVisible,
  };
}
