import { ok } from 'node:assert/strict';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { LocalCloud } from '#infra/local/cloud.ts';
import type { Table } from '#shared/table/table.ts';

/* The table as it is, read past all code of the program. */

const Item = z.looseObject({ pk: z.string(), sk: z.string() });
export type Item = z.infer<typeof Item>;

const Leg = z.object({ account: z.string(), rupiah: z.int() });
const Event = z.looseObject({ type: z.string(), legs: z.array(Leg).default([]) });
export type Event = z.infer<typeof Event>;

/** One decision of a journal; `owner` is what follows the first letter of its key. */
const Entry = z.looseObject({
  pk: z.string(),
  sk: z.string(),
  provinceCode: z.string().default(''),
  events: z.array(Event),
});
export type Entry = z.infer<typeof Entry>;

const sorted = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
};

async function tableOf(cloud: LocalCloud): Promise<string> {
  const [name] = await cloud.idsOfType('AWS::DynamoDB::Table');
  ok(name, 'The program has a table');
  return name;
}

/** The table, for what happened before the program of a test began. */
export async function withTable(cloud: LocalCloud, act: (table: Table) => Promise<void>): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: cloud.endpoints.dynamodb, region: cloud.region, credentials });
  await act({ client: DynamoDBDocumentClient.from(client), name: await tableOf(cloud) });
  client.destroy();
}

/** Every item but the sweeper's cursor, which moves with the minutes; in the order of their keys. */
export async function wholeTable(cloud: LocalCloud): Promise<Item[]> {
  const TableName = await tableOf(cloud);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: cloud.endpoints.dynamodb, region: cloud.region, credentials });
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true }))
    items.push(...(page.Items ?? []).map((item) => Item.parse(unmarshall(item))));
  client.destroy();
  const key = ({ pk, sk }: Item) => `${pk} ${sk}`;
  return items.filter(({ pk }) => pk !== 'SWEEPER').sort((left, right) => (key(left) < key(right) ? -1 : 1));
}

/** The same table, or the items of it that are looked for, as texts that are equal when every byte of every item is. */
export async function tableTexts(
  cloud: LocalCloud,
  isLookedFor: (item: Item) => boolean = () => true,
): Promise<string[]> {
  return (await wholeTable(cloud)).filter(isLookedFor).map((item) => JSON.stringify(sorted(item)));
}

const Described = z.object({ Table: z.object({ LatestStreamArn: z.string() }) });
const Shards = z.object({ StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }) });
const Iterator = z.object({ ShardIterator: z.string() });
const Keys = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const Change = z.looseObject({ eventName: z.string(), dynamodb: z.looseObject({ Keys }) });
const Page = z.object({ Records: z.array(Change), NextShardIterator: z.string().nullish() });
export type Change = z.infer<typeof Change>;

/** Every change of the table since it was made, from its stream as the engine keeps it: also those that no function is told. */
export async function allChanges(cloud: LocalCloud): Promise<Change[]> {
  async function ask(target: string, body: object): Promise<unknown> {
    const response = await fetch(cloud.endpoints.dynamodb, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        'x-amz-date': '20260101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${cloud.region}/dynamodb/aws4_request, SignedHeaders=host, Signature=local`,
      },
      body: JSON.stringify(body),
    });
    return response.json();
  }
  const streams = (operation: string, body: object) => ask(`DynamoDBStreams_20120810.${operation}`, body);
  const { Table } = Described.parse(await ask('DynamoDB_20120810.DescribeTable', { TableName: await tableOf(cloud) }));
  const StreamArn = Table.LatestStreamArn;
  const { StreamDescription } = Shards.parse(await streams('DescribeStream', { StreamArn }));
  const changes: Change[] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    const place = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    let { ShardIterator } = Iterator.parse(await streams('GetShardIterator', place));
    for (;;) {
      const { Records, NextShardIterator } = Page.parse(await streams('GetRecords', { ShardIterator }));
      changes.push(...Records);
      if (Records.length === 0 || !NextShardIterator) break;
      ShardIterator = NextShardIterator;
    }
  }
  return changes;
}

/** Journals by partition key, in order of their decisions. */
export function journalsIn(items: readonly Item[]): Map<string, Entry[]> {
  const entries = items.filter(({ sk }) => sk.startsWith('E#')).map((item) => Entry.parse(item));
  return Map.groupBy(entries, ({ pk }) => pk);
}

/** Names of the events, decision by decision; those of one decision are joined by a plus. */
export function story(entries: readonly Entry[] = []): string[] {
  return entries.map(({ events }) => events.map(({ type }) => type).join(' + '));
}

/** How many items there are of each kind: the letter that their partition key begins with. */
export function itemCounts(items: readonly Item[]): Record<string, number> {
  const byKind = Map.groupBy(items, ({ pk }) => pk.split('#')[0] ?? '');
  return Object.fromEntries([...byKind].map(([kind, found]) => [kind, found.length]).sort());
}

/** Texts of all keys, those of the indexes included. */
export function keyTexts(items: readonly Item[]): string[] {
  return items.map(({ pk, sk, lookup, lookupSort, due, dueSort }) =>
    JSON.stringify({ pk, sk, lookup, lookupSort, due, dueSort }),
  );
}
