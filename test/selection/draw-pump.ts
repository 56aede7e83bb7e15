import '#test/platform/environment.ts';
import { DeleteCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import * as z from 'zod/mini';
import { enforceDeadline } from '#functions/credit/enforce-deadline.ts';
import { decreeWinners } from '#functions/selection/decree-winners.ts';
import { runDraw } from '#functions/selection/run-draw.ts';
import { screenApplicants } from '#functions/selection/screen-applicants.ts';
import { journalRecord } from '#shared/journal/journal-record.ts';
import { participants } from '#shared/journal/participant.ts';
import { messagesFor } from '#shared/operations/dispatch.ts';
import { messagesDue } from '#shared/operations/sweep.ts';
import type { Files } from '#shared/platform/files.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { applicants } from '#shared/selection/applicants.ts';
import { batches } from '#shared/selection/batch.ts';
import type { Beacon } from '#shared/selection/beacon.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';
import { keys } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import type { memoryFiles } from '#test/platform/memory-files.ts';

/*
 * The queues, the stream and the clock of a draw in one process: what the journals of batches say is to be done is handed to the workers, until
 * nothing is left to do.
 */

/** What the workers work on. */
export type Reach = { readonly table: Table; readonly files: Files; readonly beacon: Beacon };

/** Hands one message to the worker behind its queue. Answers whether it was done: otherwise the queue delivers it again. */
export async function deliver({ table, files, beacon }: Reach, message: { queue: string; body: object | string }) {
  const stores = { participants: participants(table), batches: batches(table), applicants: applicants(table), files };
  const deps = { ...stores, table, keys: async () => keys };
  const workers: Readonly<Record<string, ReturnType<typeof runDraw>>> = {
    screeningQueueUrl: screenApplicants(deps),
    drawQueueUrl: runDraw({ ...deps, beacon: () => beacon }),
    decreeQueueUrl: decreeWinners({ ...deps, publicUrl: () => 'https://prakerja.example' }),
    deadlineQueueUrl: enforceDeadline(deps),
  };
  const worker = workers[message.queue];
  if (!worker) throw new Error(`No worker of the draw stands behind ${message.queue}`);
  return failedIds(await worker(queueEvent([message.body]), lambdaContext)).length === 0;
}

/** As the queue: after so many deliveries a message is dead. */
const maxDeliveries = 5;

type Handling = {
  readonly reach: Reach;
  readonly batchIds: readonly string[];
  /** How often each message comes: queues may deliver twice. */
  readonly copies?: number;
  /** Which of so many waiting messages comes next; the oldest otherwise. */
  readonly next?: (waiting: number) => number;
  /** Hands a message over; answers whether it was done. Otherwise: to the worker, once. */
  readonly hand?: (message: Outgoing) => Promise<boolean>;
};

type Due = { readonly at: Date; readonly messages: readonly Outgoing[] };

const Entry = z.looseObject({ pk: z.string(), dueSort: z.optional(z.string()) });

export function drawPump({ reach, batchIds, copies = 1, next = () => 0, hand }: Handling) {
  const handOver = hand ?? ((message: Outgoing) => deliver(reach, message));
  const { client, name } = reach.table;
  const waiting: { message: Outgoing; deliveries: number }[] = [];
  const sent: Outgoing[] = [];
  const seen = new Map<string, number>();
  let dues: Due[] = [];

  const send = (messages: readonly Outgoing[]) => {
    for (const message of messages) {
      sent.push(message);
      for (let copy = 0; copy < copies; copy += 1) waiting.push({ message, deliveries: 0 });
    }
  };

  /** As dispatcher and sweeper: what the entries since the last time ask for, at once or when their time comes. */
  async function collect(): Promise<void> {
    for (const batchId of batchIds) {
      const ExpressionAttributeValues = { ':pk': journalKeys.batch(batchId), ':entry': 'E#' };
      const KeyConditionExpression = 'pk = :pk and begins_with(sk, :entry)';
      const place = { TableName: name, ConsistentRead: true, KeyConditionExpression, ExpressionAttributeValues };
      const { Items = [] } = await client.send(new QueryCommand(place));
      for (const item of Items.slice(seen.get(batchId) ?? 0)) {
        const record = journalRecord(item);
        if (record) send(messagesFor(record));
        const { pk, dueSort } = Entry.parse(item);
        const [instant] = dueSort?.split('#') ?? [];
        if (dueSort && instant) dues.push({ at: new Date(instant), messages: messagesDue(pk, dueSort) });
      }
      seen.set(batchId, Items.length);
    }
  }

  /** Sends what is due next, and moves the clock there; false where nothing is due by `until`. */
  function wake(until: Date): boolean {
    const [first] = dues.toSorted((left, right) => left.at.getTime() - right.at.getTime());
    if (!first || first.at > until) return false;
    dues = dues.filter((due) => due !== first);
    if (first.at > new Date()) vi.setSystemTime(first.at);
    send(first.messages);
    return true;
  }

  return {
    /** Every message so far, in the order in which they were first sent. */
    sent: (): readonly Outgoing[] => sent,

    /** Works until nothing is left to do, and the clock stands at `until`. @throws Error for a message that is dead. */
    async run(until: Date): Promise<void> {
      for (;;) {
        await collect();
        if (waiting.length === 0 && !wake(until)) break;
        const [taken] = waiting.splice(next(waiting.length), 1);
        if (!taken || (await handOver(taken.message))) continue;
        if (taken.deliveries + 1 === maxDeliveries) throw new Error(`Dead: ${JSON.stringify(taken.message)}`);
        waiting.push({ ...taken, deliveries: taken.deliveries + 1 });
      }
      vi.setSystemTime(until);
    },
  };
}
export type DrawPump = ReturnType<typeof drawPump>;

const Item = z.looseObject({ pk: z.string(), sk: z.string() });
type Item = z.infer<typeof Item>;
const keyOf = ({ pk, sk }: Item) => `${pk} ${sk}`;

async function itemsOf({ client, name }: Table): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const place = { TableName: name, ConsistentRead: true, ...(ExclusiveStartKey && { ExclusiveStartKey }) };
    const page = await client.send(new ScanCommand(place));
    items.push(...(page.Items ?? []).map((item) => Item.parse(item)));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

/** Everything that a moment left in table and files. */
export type Moment = {
  readonly items: ReadonlyMap<string, Item>;
  readonly files: ReadonlyMap<string, Buffer>;
};

export async function momentOf(table: Table, files: Pick<ReturnType<typeof memoryFiles>, 'bytes'>): Promise<Moment> {
  const items = (await itemsOf(table)).map((item): [string, Item] => [keyOf(item), item]);
  return { items: new Map(items.toSorted(([left], [right]) => (left < right ? -1 : 1))), files: files.bytes };
}

/** Takes the table back to a moment. The program never changes an item, and removes none: what came later is taken out. */
export async function takeBack(table: Table, { items }: Moment, later?: Moment): Promise<void> {
  const { client, name } = table;
  const there = later ? [...later.items.values()] : await itemsOf(table);
  const added = there.filter((item) => !items.has(keyOf(item)));
  await Promise.all(added.map(({ pk, sk }) => client.send(new DeleteCommand({ TableName: name, Key: { pk, sk } }))));
}

/** A moment in a form that says where two differ. Ids of decisions are chosen by chance, and mean nothing. */
export function plain({ items, files }: Moment): Readonly<Record<string, unknown>> {
  const ofItems = [...items].map(([key, { decisionId, ...item }]): [string, unknown] => [key, item]);
  const ofFiles = [...files].map(([key, bytes]): [string, unknown] => [key, bytes.toString('latin1')]);
  return Object.fromEntries([...ofItems, ...ofFiles.toSorted(([left], [right]) => (left < right ? -1 : 1))]);
}
