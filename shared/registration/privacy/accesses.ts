import { randomUUID } from 'node:crypto';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { wibDay } from '#shared/platform/wib.ts';
import { accessKey, accessRange, allShards, journalKeys, lookups, participantOf, shardOf } from '#shared/table/keys.ts';
import { pagesOf } from '#shared/table/pages.ts';
import type { Table } from '#shared/table/table.ts';

/** What was read of a citizen. */
export type AccessKind = 'journal' | 'payout' | 'export' | 'aptitude_test' | 'document_photo';

/** Somebody reads a citizen's data: who, what, and the reason that they give. */
export type Access = {
  readonly role: 'operator' | 'citizen';
  readonly by: string;
  readonly kind: AccessKind;
  readonly reason: string;
};

const Stored = z.object({
  sk: z.string(),
  at: z.iso.datetime(),
  role: z.enum(['operator', 'citizen']),
  by: z.string(),
  kind: z.string(),
  reason: z.string(),
});

const Indexed = z.object({ pk: z.string(), lookupSort: z.string() });

/** One read in the index over everybody's: whose data, by whom, of which kind. */
export type IndexedAccess = { readonly participantId: string; readonly kind: string; readonly by: string };

/**
 * Who read a citizen's data. The records stand in the citizen's own partition and are no decisions: nothing is decided from them, and no
 * load of the file reads them.
 */
export function accesses(table: Table) {
  const { client, name } = table;

  return {
    /** Writes a read down. It comes before the data is shown: what cannot be written is not shown. */
    async record(participantId: string, access: Access, at: Date): Promise<void> {
      const instant = at.toISOString();
      const { kind, by } = access;
      await client.send(
        new PutCommand({
          TableName: name,
          Item: {
            ...accessKey(participantId, instant, randomUUID().slice(0, 8)),
            at: instant,
            ...access,
            lookup: lookups.accesses(wibDay(at), shardOf(participantId)),
            lookupSort: [instant, kind, encodeURIComponent(by), participantId.slice(0, 8)].join('#'),
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    },

    /** The reads of one citizen's data, the latest first, from `before` on backwards; and where the next page begins. */
    async page(participantId: string, limit: number, before?: string) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: name,
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
          KeyConditionExpression: 'pk = :pk and sk between :from and :to',
          ExpressionAttributeValues: {
            ':pk': journalKeys.participant(participantId),
            ':from': accessRange.from,
            ':to': accessRange.to,
          },
          ...(before !== undefined && {
            ExclusiveStartKey: { pk: journalKeys.participant(participantId), sk: `${accessRange.from}${before}` },
          }),
        }),
      );
      const found = Items.map((item) => {
        const { sk, ...access } = Stored.parse(item);
        return { accessId: sk.slice(accessRange.from.length), ...access };
      });
      return { accesses: found, before: LastEvaluatedKey ? (found.at(-1)?.accessId ?? null) : null };
    },

    /** Every citizen's reads of one day (WIB) from one instant to another, page by page. */
    async *between(day: string, from: Date, until: Date): AsyncGenerator<IndexedAccess[]> {
      for (const shard of allShards) {
        const query = {
          IndexName: 'byLookup',
          KeyConditionExpression: 'lookup = :day and lookupSort between :from and :until',
          ExpressionAttributeValues: {
            ':day': lookups.accesses(day, shard),
            ':from': from.toISOString(),
            ':until': `${until.toISOString()}~`,
          },
        };
        for await (const { Items = [] } of pagesOf(table, query))
          yield Items.map((item) => {
            const { pk, lookupSort } = Indexed.parse(item);
            const [, kind = '', by = ''] = lookupSort.split('#');
            return { participantId: participantOf(pk), kind, by: decodeURIComponent(by) };
          });
      }
    },
  };
}
export type Accesses = ReturnType<typeof accesses>;
