import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { setting, type Variable } from '#shared/platform/environment.ts';

type QueueVariable = Extract<Variable, `${string}QueueUrl`>;

/** A message for one of our queues: its body parses with the schema of the worker behind the queue. */
export type Outgoing = { readonly queue: QueueVariable; readonly body: object };

/** SQS takes ten messages a call. */
const batchSize = 10;

/** Sends messages, or throws: whoever called tries again, and workers do not mind a repeat. */
export function queues(client: SQSClient = new SQSClient({})) {
  async function sendBatch(queue: QueueVariable, bodies: readonly object[]): Promise<void> {
    const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) }));
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: setting(queue), Entries }));
    if (Failed.length > 0) throw new Error(`queue.send_failed ${Failed.length} of ${bodies.length}`);
  }

  return {
    async send(messages: readonly Outgoing[]): Promise<void> {
      const byQueue = Map.groupBy(messages, ({ queue }) => queue);
      for (const [queue, queued] of byQueue) {
        for (let from = 0; from < queued.length; from += batchSize) {
          await sendBatch(
            queue,
            queued.slice(from, from + batchSize).map(({ body }) => body),
          );
        }
      }
    },
  };
}
export type Queues = ReturnType<typeof queues>;
