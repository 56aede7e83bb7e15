import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { allShards, dues, sweeperCursor } from '#shared/table/keys.ts';
import { pagesOf } from '#shared/table/pages.ts';
import { putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

const DueEntry = z.object({ pk: z.string(), dueSort: z.string() });
export type DueEntry = z.infer<typeof DueEntry>;
const Cursor = z.object({ sweptUntil: z.iso.datetime() });

/** The due index, and how far it has been swept. Entries are written at least a minute before they are due. */
export function dueStore(table: Table) {
  const { client, name } = table;
  return {
    /** Entries of a day that are due after `from` and no later than `until`, page by page. */
    async *entries(day: string, from: Date, until: Date): AsyncGenerator<DueEntry[]> {
      for (const shard of allShards) {
        const query = {
          IndexName: 'byDue',
          KeyConditionExpression: 'due = :day and dueSort between :from and :until',
          ExpressionAttributeValues: {
            ':day': dues.day(day, shard),
            ':from': from.toISOString(),
            // `~` sorts behind every kind of the same instant.
            ':until': `${until.toISOString()}~`,
          },
        };
        for await (const { Items = [] } of pagesOf(table, query)) yield Items.map((item) => DueEntry.parse(item));
      }
    },

    /** The instant up to which all is swept; null before the first run. */
    async sweptUntil(): Promise<Date | null> {
      const { Item } = await client.send(new GetCommand({ TableName: name, Key: sweeperCursor, ConsistentRead: true }));
      return Item ? new Date(Cursor.parse(Item).sweptUntil) : null;
    },

    /** Moves the cursor forward; a run that another has overtaken changes nothing. */
    async advance(until: Date): Promise<void> {
      const sweptUntil = until.toISOString();
      await putIf(
        table,
        { ...sweeperCursor, sweptUntil },
        {
          ConditionExpression: 'attribute_not_exists(pk) or sweptUntil < :until',
          ExpressionAttributeValues: { ':until': sweptUntil },
        },
      );
    },
  };
}
export type DueStore = ReturnType<typeof dueStore>;
