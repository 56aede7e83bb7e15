import { QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { Table } from '#shared/table/table.ts';

type Query = Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>;

/** The pages of a query, one after the other, to its end. Ours: the client's own way is half a kilobyte more in bundles that have none to spare. */
export async function* pagesOf({ client, name }: Table, query: Query): AsyncGenerator<QueryCommandOutput> {
  let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
  do {
    const page = await client.send(new QueryCommand({ ...query, TableName: name, ExclusiveStartKey }));
    yield page;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
