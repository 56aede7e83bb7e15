import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Releases } from '#shared/incentive/release.ts';
import { releaseView } from '#shared/incentive/release-view.ts';
import { lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

const Entry = z.object({ lookupSort: z.string() });

/** Releases of one page. */
const pageSize = 50;

/** One page of the releases, in the order of their ids, after the one of the cursor. */
export async function releasesPage({ client, name }: Table, releases: Releases, cursor = '') {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: name,
      IndexName: 'byLookup',
      KeyConditionExpression: 'lookup = :releases and lookupSort > :cursor',
      ExpressionAttributeValues: { ':releases': lookups.releases, ':cursor': cursor || ' ' },
      Limit: pageSize,
    }),
  );
  const ids = Items.map((item) => Entry.parse(item).lookupSort);
  const views = await Promise.all(ids.map(async (id) => releaseView(id, (await releases.load(id)).state)));
  return { releases: views, nextCursor: ids.length === pageSize ? (ids.at(-1) ?? null) : null };
}
