import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { Applicant } from '#shared/selection/draw.ts';
import { allShards, lookups, participantOf } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

const Entry = z.object({ pk: z.string(), lookupSort: z.string() });

/** Everybody who joined a batch, from the index alone: no journal is loaded. */
export async function applicantsOf({ client, name }: Table, batchId: string): Promise<Applicant[]> {
  const found: Applicant[] = [];
  for (const shard of allShards) {
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: name,
          IndexName: 'byLookup',
          KeyConditionExpression: 'lookup = :batch',
          ExpressionAttributeValues: { ':batch': lookups.applicants(batchId, shard) },
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) found.push(toApplicant(item));
      from = page.LastEvaluatedKey;
    } while (from);
  }
  return found;
}

function toApplicant(item: unknown): Applicant {
  const { pk, lookupSort } = Entry.parse(item);
  const [province, familyTag] = lookupSort.split('#');
  return Applicant.parse({ participantId: participantOf(pk), province, familyTag });
}
