import * as z from 'zod/mini';
import { setting, type Variable } from '#shared/platform/environment.ts';
import { namedEndpoint, sendSigned } from '#shared/platform/signed-request.ts';
import { slices } from '#shared/platform/slices.ts';

type QueueVariable = Extract<Variable, `${string}QueueUrl`>;

/** A message for one of our queues: its body parses with the schema of the worker behind the queue. */
export type Outgoing = {
  readonly queue: QueueVariable;
  readonly body: object;
  /** How long nobody sees it, at most 900. */
  readonly delaySeconds?: number;
};

/** SQS takes ten messages a call. */
const batchSize = 10;
/** Calls under way at a time: what is due in a minute must be sent in a minute. */
const callsAtOnce = 8;

/** SQS answers 200 also when it took only some of the messages, or none. */
const SendAnswer = z.object({ Failed: z._default(z.array(z.unknown()), []) });

/** Sends messages, or throws: whoever called tries again, and workers do not mind a repeat. */
export function queues() {
  async function sendBatch(queue: QueueVariable, messages: readonly Outgoing[]): Promise<void> {
    const QueueUrl = setting(queue);
    const Entries = messages.map(({ body, delaySeconds }, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(body),
      ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
    }));
    const answer = await sendSigned('sqs', `${namedEndpoint('sqs') ?? new URL(QueueUrl).origin}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessageBatch' },
      body: JSON.stringify({ QueueUrl, Entries }),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new Error(`queue.send_refused ${answer.status}`);
    }
    const { Failed } = SendAnswer.parse(await answer.json());
    if (Failed.length > 0) throw new Error(`queue.send_failed ${Failed.length} of ${messages.length}`);
  }

  return {
    async send(messages: readonly Outgoing[]): Promise<void> {
      const byQueue = Map.groupBy(messages, ({ queue }) => queue);
      for (const [queue, queued] of byQueue) {
        for (const group of slices(slices(queued, batchSize), callsAtOnce)) {
          await Promise.all(group.map((batch) => sendBatch(queue, batch)));
        }
      }
    },
  };
}
export type Queues = ReturnType<typeof queues>;
