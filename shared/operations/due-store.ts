import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { allShards, dues, sweeperCursor } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

const DueEntry = z.object({ pk: z.string(), dueSort: z.string() });
export type DueEntry = z.infer<typeof DueEntry>;
const Cursor = z.object({ sweptUntil: z.iso.datetime() });

/** The due index, and how far it has been swept. Entries are written at least a minute before they are due. */
export function dueStore({ client, name }: Table) {
  return {
    /** Entries of a day that are due after `from` and no later than `until`, page by page. */
    async *entries(day: string, from: Date, until: Date): AsyncGenerator<DueEntry[]> {
      for (const shard of allShards) {
        let start: Record<string, unknown> | undefined;
        do {
          const page = await client.send(
            new QueryCommand({
              TableName: name,
              IndexName: 'byDue',
              KeyConditionExpression: 'due = :day and dueSort between :from and :until',
              ExpressionAttributeValues: {
                ':day': dues.day(day, shard),
                ':from': from.toISOString(),
                // `~` sorts behind every kind of the same instant.
                ':until': `${until.toISOString()}~`,
              },
              ...(start && { ExclusiveStartKey: start }),
            }),
          );
          yield (page.Items ?? []).map((item) => DueEntry.parse(item));
          start = page.LastEvaluatedKey;
        } while (start);
      }
    },

    /** The instant up to which all is swept; null before the first run. */
    async sweptUntil(): Promise<Date | null> {
      const { Item } = await client.send(new GetCommand({ TableName: name, Key: sweeperCursor, ConsistentRead: true }));
      return Item ? new Date(Cursor.parse(Item).sweptUntil) : null;
    },

    /** Moves the cursor forward; a run that another has overtaken changes nothing. */
    async advance(until: Date): Promise<void> {
      try {
        await client.send(
          new PutCommand({
            TableName: name,
            Item: { ...sweeperCursor, sweptUntil: until.toISOString() },
            ConditionExpression: 'attribute_not_exists(pk) or sweptUntil < :until',
            ExpressionAttributeValues: { ':until': until.toISOString() },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
export type DueStore = ReturnType<typeof dueStore>;
