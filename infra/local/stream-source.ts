import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Clock } from '#infra/local/clock.ts';
import type { Engine, EngineTable } from '#infra/local/engine.ts';
import type { BatchTarget, Mapping, Source } from '#infra/local/event-sources.ts';
import { failureRecord } from '#infra/local/failure-record.ts';
import type { Storage } from '#infra/local/storage.ts';

const StreamRecord = z.looseObject({
  eventID: z.string(),
  dynamodb: z.looseObject({ SequenceNumber: z.string(), ApproximateCreationDateTime: z.number() }),
});
type StreamRecord = z.infer<typeof StreamRecord>;

const Described = z.looseObject({
  StreamDescription: z.looseObject({ Shards: z.array(z.looseObject({ ShardId: z.string() })).default([]) }),
});
const Iterator = z.looseObject({ ShardIterator: z.string() });
const Page = z.looseObject({ Records: z.array(StreamRecord), NextShardIterator: z.string().optional() });
const Report = z.union([
  z.null(),
  z.looseObject({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() }),
]);

/** How far each source has read each shard: kept across starts when there is a data folder. */
export interface Checkpoints {
  get(source: string, shard: string): string | undefined;
  set(source: string, shard: string, sequenceNumber: string): void;
}

interface StreamSourceOptions {
  readonly id: string;
  readonly mapping: Mapping;
  readonly target: BatchTarget;
  readonly matches: (record: unknown) => boolean;
  readonly reportsItems: boolean;
  readonly region: string;
  readonly clock: Clock;
  readonly table: EngineTable;
  readonly engine: Engine;
  readonly storage: Storage;
  readonly checkpoints: Checkpoints;
}

const streams = 'DynamoDBStreams_20120810';
const idleMilliseconds = { first: 10, longest: 160 };
const retryMilliseconds = { first: 50, longest: 2000 };

/**
 * Reads a table's stream for a function, shard by shard and in order, as the service does: a batch that fails is tried again (split in
 * two when bisecting), and after its last attempt a record of it goes to the failure destination and reading goes on.
 */
export async function streamSource(options: StreamSourceOptions): Promise<Source> {
  const { id, mapping, target, matches, reportsItems, region, clock, table, engine, storage, checkpoints } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const iterators = new Map<string, string>();
  const seenShards = new Set<string>();
  const state = { started: 0, emptied: 0, delivering: false };
  let wake = () => {};

  const pause = (milliseconds: number) => delay(milliseconds, undefined, { signal }).catch(() => {});

  /** Index of the first record that has to come again; undefined when all are done. */
  async function firstFailed(records: readonly StreamRecord[]): Promise<number | undefined> {
    const invocation = await target.invoke({ Records: records });
    if (!invocation.ok) return 0;
    if (!reportsItems) return undefined;
    const { data: report } = Report.safeParse(invocation.payload);
    if (report === undefined) return 0;
    const places = (report?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
      records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
    );
    return places.length === 0 ? undefined : Math.max(0, Math.min(...places));
  }

  function giveUp(shardId: string, records: readonly StreamRecord[], attempts: number): void {
    const destination = mapping.DestinationConfig?.OnFailure?.Destination;
    const [first, last] = [records[0]?.dynamodb, records.at(-1)?.dynamodb];
    if (!destination || !first || !last) return;
    const place = { shardId, first, last, batchSize: records.length, streamArn: table.streamArn };
    storage.send(
      destination,
      JSON.stringify(failureRecord({ functionArn: target.arn, attempts, at: clock.now(), ...place })),
    );
  }

  async function deliver(shardId: string, records: readonly StreamRecord[], attempt = 1): Promise<void> {
    if (records.length === 0 || signal.aborted) return;
    const failed = await firstFailed(records);
    if (failed === undefined || signal.aborted) return;
    // What comes before the first failure is done; splitting does not count as an attempt.
    if (failed > 0) return deliver(shardId, records.slice(failed), attempt);
    if (mapping.BisectBatchOnFunctionError && records.length > 1) {
      const middle = Math.ceil(records.length / 2);
      await deliver(shardId, records.slice(0, middle), attempt);
      return deliver(shardId, records.slice(middle), attempt);
    }
    if (mapping.MaximumRetryAttempts >= 0 && attempt > mapping.MaximumRetryAttempts)
      return giveUp(shardId, records, attempt);
    await pause(Math.min(retryMilliseconds.first * 2 ** (attempt - 1), retryMilliseconds.longest));
    return deliver(shardId, records, attempt + 1);
  }

  async function iterator(shardId: string, position: Record<string, string>): Promise<void> {
    const request = { StreamArn: table.engineStreamArn, ShardId: shardId, ...position };
    iterators.set(shardId, Iterator.parse(await engine.call(`${streams}.GetShardIterator`, request)).ShardIterator);
  }

  async function findShards(): Promise<void> {
    const described = Described.parse(
      await engine.call(`${streams}.DescribeStream`, { StreamArn: table.engineStreamArn }),
    );
    for (const { ShardId } of described.StreamDescription.Shards) {
      if (seenShards.has(ShardId)) continue;
      // A shard that appears later holds only records that came after the start.
      const start = seenShards.size === 0 ? (mapping.StartingPosition ?? 'LATEST') : 'TRIM_HORIZON';
      const read = checkpoints.get(id, ShardId);
      seenShards.add(ShardId);
      await iterator(
        ShardId,
        read ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: read } : { ShardIteratorType: start },
      );
    }
  }

  /** One page of one shard; whether it held anything. */
  async function readShard(shardId: string, at: string): Promise<boolean> {
    const request = { ShardIterator: at, Limit: mapping.BatchSize ?? 100 };
    const { Records, NextShardIterator } = Page.parse(await engine.call(`${streams}.GetRecords`, request));
    const offset = (clock.offset[0] ?? 0) / 1000;
    const source = { eventSource: 'aws:dynamodb', eventSourceARN: table.streamArn, awsRegion: region };
    const records = Records.map((record) => {
      const ApproximateCreationDateTime = record.dynamodb.ApproximateCreationDateTime + offset;
      return { ...record, ...source, dynamodb: { ...record.dynamodb, ApproximateCreationDateTime } };
    });
    state.delivering = records.length > 0;
    await deliver(shardId, records.filter(matches));
    state.delivering = false;
    const last = Records.at(-1)?.dynamodb.SequenceNumber;
    if (last && !signal.aborted) checkpoints.set(id, shardId, last);
    if (NextShardIterator) iterators.set(shardId, NextShardIterator);
    else iterators.delete(shardId);
    return Records.length > 0;
  }

  async function round(): Promise<boolean> {
    if (iterators.size === 0) await findShards();
    let found = false;
    for (const [shardId, at] of iterators) found = (await readShard(shardId, at)) || found;
    return found;
  }

  async function poll(): Promise<void> {
    let wait = idleMilliseconds.first;
    while (!signal.aborted) {
      state.started += 1;
      const number = state.started;
      const found = await round().catch(async () => {
        iterators.clear(); // Expired or gone: begin again after the last checkpoint.
        seenShards.clear();
        await pause(idleMilliseconds.longest);
        return true;
      });
      if (found) {
        wait = idleMilliseconds.first;
        continue;
      }
      state.emptied = number;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([woken.then(() => (wait = idleMilliseconds.first)), pause(wait)]);
      wait = Math.min(wait * 2, idleMilliseconds.longest);
    }
  }
  await findShards(); // Before anything can be written, so that LATEST means from now on.
  const polling = poll();

  return {
    wake: () => wake(),
    async caughtUp() {
      const target = state.started + 1;
      while (state.emptied < target && !signal.aborted) {
        wake();
        await pause(5);
      }
    },
    busy: () => state.delivering,
    async stop() {
      stopping.abort();
      wake();
      await polling;
    },
  };
}
