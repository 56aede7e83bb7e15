import * as z from 'zod';
import type { Clock } from '#infra/local/clock.ts';
import type { BatchTarget, Mapping, Source } from '#infra/local/event-sources.ts';
import type { Invocation } from '#infra/local/sandbox.ts';
import type { SqsQueue, Storage } from '#infra/local/storage.ts';

interface QueueSourceOptions {
  readonly mapping: Mapping;
  readonly target: BatchTarget;
  readonly matches: (record: unknown) => boolean;
  readonly reportsItems: boolean;
  readonly region: string;
  readonly clock: Clock;
  readonly queue: SqsQueue;
  readonly storage: Storage;
}

const Report = z.union([
  z.null(),
  z.looseObject({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() }),
]);
const receiveLimit = 10;
const longestWaitMilliseconds = 250;

/** Ids that failed: all of them when the function threw or its report cannot be read, none when it reports nothing. */
function failedIds(invocation: Invocation, ids: readonly string[], reportsItems: boolean): Set<string> {
  if (!invocation.ok) return new Set(ids);
  if (!reportsItems) return new Set();
  const { data: report } = Report.safeParse(invocation.payload);
  if (report === undefined) return new Set(ids);
  const failed = (report?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return new Set(failed.every((id) => ids.includes(id)) ? failed : ids);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/**
 * Polls a queue for a function, as the service does: what succeeds is deleted, what fails waits out the queue's visibility timeout
 * and moves to the dead-letter queue after its last receive.
 */
export function queueSource({
  mapping,
  target,
  matches,
  reportsItems,
  region,
  clock,
  queue,
  storage,
}: QueueSourceOptions): Source {
  const atOnce = Math.min(mapping.ScalingConfig?.MaximumConcurrency ?? target.instances, target.instances);
  const running = new Set<Promise<void>>();
  let stopped = false;
  let wake = () => {};

  function receive(): Record<string, unknown>[] {
    const wanted = Math.min(mapping.BatchSize ?? receiveLimit, receiveLimit);
    const offset = clock.offset[0] ?? 0;
    return queue
      .dequeue(wanted, undefined, storage.resolveQueue)
      .map(({ MessageId, ReceiptHandle, Body, MD5OfBody }) => {
        const message = queue.inflightMessages.get(ReceiptHandle)?.message;
        const attributes = {
          ApproximateReceiveCount: String(message?.approximateReceiveCount ?? 1),
          SentTimestamp: String((message?.sentTimestamp ?? 0) + offset),
          SenderId: 'local',
          ApproximateFirstReceiveTimestamp: String((message?.approximateFirstReceiveTimestamp ?? 0) + offset),
          ...(message?.messageGroupId && { MessageGroupId: message.messageGroupId }),
          ...(message?.sequenceNumber && { SequenceNumber: message.sequenceNumber }),
        };
        const messageAttributes = Object.fromEntries(
          Object.entries(message?.messageAttributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
            name,
            {
              dataType: DataType,
              stringValue: StringValue,
              binaryValue: BinaryValue,
              stringListValues: [],
              binaryListValues: [],
            },
          ]),
        );
        const source = { eventSource: 'aws:sqs', eventSourceARN: queue.arn, awsRegion: region };
        return {
          messageId: MessageId,
          receiptHandle: ReceiptHandle,
          body: Body,
          attributes,
          messageAttributes,
          md5OfBody: MD5OfBody,
          ...source,
        };
      });
  }

  async function deliver(received: readonly Record<string, unknown>[]): Promise<void> {
    const records = received.filter(({ body, ...record }) => matches({ ...record, body: parsed(String(body)) }));
    const handles = received.map(({ receiptHandle }) => String(receiptHandle));
    for (const handle of handles) storage.working.add(handle);
    const ids = records.map(({ messageId }) => String(messageId));
    const failed =
      records.length === 0 ? new Set() : failedIds(await target.invoke({ Records: records }), ids, reportsItems);
    for (const { messageId, receiptHandle } of received) {
      storage.working.delete(String(receiptHandle));
      if (!failed.has(String(messageId))) queue.deleteMessage(String(receiptHandle));
    }
  }

  async function poll(): Promise<void> {
    while (!stopped) {
      const received = running.size < atOnce ? receive() : [];
      if (received.length > 0) {
        const delivery = deliver(received).finally(() => {
          running.delete(delivery);
          wake();
        });
        running.add(delivery);
        continue;
      }
      // The library tells those who wait as soon as a message arrives; what becomes visible by time is seen at the next look.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => wake(), longestWaitMilliseconds);
        const waiter = { resolve: () => wake(), timer };
        wake = () => {
          clearTimeout(timer);
          queue.pollWaiters = queue.pollWaiters.filter((other) => other !== waiter);
          resolve();
        };
        queue.pollWaiters.push(waiter);
      });
    }
  }
  clock.onAdvance(() => wake());
  const polling = poll();

  return {
    wake: () => wake(),
    caughtUp: async () => {},
    busy(within) {
      const soon = Date.now() + within;
      const waiting = [...queue.inflightMessages.values()].some(
        (entry) => storage.working.has(entry.receiptHandle) || entry.visibilityDeadline < soon,
      );
      const delayed = [...queue.delayedMessages, ...[...queue.fifoDelayed.values()].flat()].some(
        ({ delayUntil = 0 }) => delayUntil < soon,
      );
      return running.size > 0 || queue.messages.length > 0 || queue.fifoMessages.size > 0 || waiting || delayed;
    },
    async stop() {
      stopped = true;
      wake();
      await polling;
    },
  };
}
