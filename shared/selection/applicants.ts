import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { lookups, participantOf } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

const Entry = z.object({ pk: z.string(), lookupSort: z.string() });

export type Applicant = { readonly participantId: string; readonly drawNumber: string };

/** Who joined a batch, from the index alone. Draw numbers are in the order of the index, so a family's members come together. */
export function applicants({ client, name }: Table) {
  async function page(batchId: string, digits: string, from: Record<string, unknown> | undefined, count: boolean) {
    return client.send(
      new QueryCommand({
        TableName: name,
        IndexName: 'byLookup',
        KeyConditionExpression: 'lookup = :batch and lookupSort between :first and :last',
        ExpressionAttributeValues: {
          ':batch': lookups.applicants(batchId, digits.slice(0, 1)),
          ':first': digits,
          ':last': `${digits}~`,
        },
        ...(count && { Select: 'COUNT' }),
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
  }

  return {
    /** Applicants whose draw numbers begin with these digits, ascending, page by page. */
    async *under(batchId: string, digits: string): AsyncGenerator<Applicant[]> {
      let from: Record<string, unknown> | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await page(batchId, digits, from, false);
        yield Items.map((item) => {
          const { pk, lookupSort } = Entry.parse(item);
          return { participantId: participantOf(pk), drawNumber: lookupSort };
        });
        from = LastEvaluatedKey;
      } while (from);
    },

    /** How many there are, counted no further than `limit`. */
    async countUnder(batchId: string, digits: string, limit: number): Promise<number> {
      let [count, from]: [number, Record<string, unknown> | undefined] = [0, undefined];
      do {
        const { Count = 0, LastEvaluatedKey } = await page(batchId, digits, from, true);
        count += Count;
        from = LastEvaluatedKey;
      } while (from && count < limit);
      return count;
    },

    /** Whose draw number it is; null for nobody's. */
    async participantWith(batchId: string, drawNumber: string): Promise<string | null> {
      const { Items = [] } = await page(batchId, drawNumber, undefined, false);
      const [found] = Items.map((item) => Entry.parse(item));
      return found ? participantOf(found.pk) : null;
    },
  };
}
export type Applicants = ReturnType<typeof applicants>;
