import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { lookups, participantOf } from '#shared/table/keys.ts';
import { pagesOf } from '#shared/table/pages.ts';
import type { Table } from '#shared/table/table.ts';

const Entry = z.object({ pk: z.string(), lookupSort: z.string() });

export type Applicant = { readonly participantId: string; readonly drawNumber: string };

/** Who joined a batch, from the index alone. Draw numbers are in the order of the index, so a family's members come together. */
export function applicants(table: Table) {
  const queryOf = (batchId: string, digits: string) => ({
    IndexName: 'byLookup',
    KeyConditionExpression: 'lookup = :batch and lookupSort between :first and :last',
    ExpressionAttributeValues: {
      ':batch': lookups.applicants(batchId, digits.slice(0, 1)),
      ':first': digits,
      ':last': `${digits}~`,
    },
  });

  return {
    /** Applicants whose draw numbers begin with these digits, ascending, page by page. */
    async *under(batchId: string, digits: string): AsyncGenerator<Applicant[]> {
      for await (const { Items = [] } of pagesOf(table, queryOf(batchId, digits)))
        yield Items.map((item) => {
          const { pk, lookupSort } = Entry.parse(item);
          return { participantId: participantOf(pk), drawNumber: lookupSort };
        });
    },

    /** How many there are, counted no further than `limit`. */
    async countUnder(batchId: string, digits: string, limit: number): Promise<number> {
      let count = 0;
      for await (const { Count = 0 } of pagesOf(table, { ...queryOf(batchId, digits), Select: 'COUNT' })) {
        count += Count;
        if (count >= limit) break;
      }
      return count;
    },

    /** Whose draw number it is; null for nobody's. */
    async participantWith(batchId: string, drawNumber: string): Promise<string | null> {
      const query = { TableName: table.name, ...queryOf(batchId, drawNumber) };
      const { Items = [] } = await table.client.send(new QueryCommand(query));
      const [found] = Items.map((item) => Entry.parse(item));
      return found ? participantOf(found.pk) : null;
    },
  };
}
export type Applicants = ReturnType<typeof applicants>;
