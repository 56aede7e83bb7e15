import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { Refusal } from '#shared/platform/refusal.ts';
import { lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/** Statements of one partner and day that are taken in: by hour, and some that were sent again. */
const maxTakenIn = 50;
/** Statements of one partner and day that are looked at: of two that are submitted at once, neither is counted for the other. */
export const maxStatementsOfDay = 60;

const Found = z.object({ lookupSort: z.string() });

/** Ids of the statements that were submitted for a day of a partner, in order. @throws Refusal `attempts_exceeded` when there are too many. */
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
  if (Items.length > maxStatementsOfDay) throw new Refusal('attempts_exceeded', 'The day has too many statements');
  return Items.map((item) => Found.parse(item).lookupSort.slice(day.length + 1));
}

/** Refuses one more statement of a day that has enough. @throws Refusal `attempts_exceeded`. */
export function refuseFullDay(statementIds: readonly string[]): void {
  if (statementIds.length >= maxTakenIn) throw new Refusal('attempts_exceeded', 'The day has too many statements');
}
