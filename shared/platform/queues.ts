import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientDefaults } from '#shared/platform/client-defaults.ts';
import { setting, type Variable } from '#shared/platform/environment.ts';
import { slices } from '#shared/platform/slices.ts';

type QueueVariable = Extract<Variable, `${string}QueueUrl`>;

/** A message for one of our queues: its body parses with the schema of the worker behind the queue. */
export type Outgoing = { readonly queue: QueueVariable; readonly body: object };

/** SQS takes ten messages a call. */
const batchSize = 10;
/** Calls under way at a time: what is due in a minute must be sent in a minute. */
const callsAtOnce = 8;

/** Sends messages, or throws: whoever called tries again, and workers do not mind a repeat. */
export function queues(client: SQSClient = new SQSClient(clientDefaults)) {
  async function sendBatch(queue: QueueVariable, bodies: readonly object[]): Promise<void> {
    const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) }));
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: setting(queue), Entries }));
    if (Failed.length > 0) throw new Error(`queue.send_failed ${Failed.length} of ${bodies.length}`);
  }

  return {
    async send(messages: readonly Outgoing[]): Promise<void> {
      const byQueue = Map.groupBy(messages, ({ queue }) => queue);
      for (const [queue, queued] of byQueue) {
        const bodies = queued.map(({ body }) => body);
        for (const group of slices(slices(bodies, batchSize), callsAtOnce)) {
          await Promise.all(group.map((batch) => sendBatch(queue, batch)));
        }
      }
    },
  };
}
export type Queues = ReturnType<typeof queues>;
