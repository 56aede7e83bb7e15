import { ok } from 'node:assert/strict';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/** Statements of one partner and day that are looked at: by hour, and some that were sent again. */
export const maxStatementsOfDay = 50;

const Found = z.object({ lookupSort: z.string() });

/** Ids of the statements that were received for a day of a partner, in order. @throws when there are too many. */
export async function statementsOfDay({ client, name }: Table, partnerCode: string, day: string): Promise<string[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: name,
      IndexName: 'byLookup',
      KeyConditionExpression: 'lookup = :partner and begins_with(lookupSort, :day)',
      ExpressionAttributeValues: { ':partner': lookups.statements(partnerCode), ':day': `${day}#` },
      Limit: maxStatementsOfDay + 1,
    }),
  );
  ok(Items.length <= maxStatementsOfDay, 'A day has a few statements');
  return Items.map((item) => Found.parse(item).lookupSort.slice(day.length + 1));
}
