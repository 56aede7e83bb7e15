import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

const Indexed = z.object({ pk: z.string(), sk: z.string(), lookup: z.string(), lookupSort: z.string() });

const pageSize = 25;

/** The requests of a day, oldest first. The index leads to the journals; what became of a request stands there. */
export function requestLists({ client, name }: Table) {
  return {
    /** One page behind `after`, and where the next one begins. */
    async of(day: string, after?: string) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: name,
          IndexName: 'byLookup',
          KeyConditionExpression: 'lookup = :day and lookupSort > :after',
          ExpressionAttributeValues: { ':day': lookups.privacyRequests(day), ':after': after ?? ' ' },
          Limit: pageSize,
        }),
      );
      const found = Items.map((item) => Indexed.parse(item));
      const entries = found.map(({ lookupSort }) => {
        const [, participantId = '', requestId = ''] = lookupSort.split('#');
        return { participantId, requestId };
      });
      return { entries, after: LastEvaluatedKey ? (found.at(-1)?.lookupSort ?? null) : null };
    },
  };
}
export type RequestLists = ReturnType<typeof requestLists>;
