import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientDefaults } from '#shared/platform/client-defaults.ts';
import { setting } from '#shared/platform/environment.ts';

/** The one table and a client that speaks plain objects. */
export type Table = { readonly client: DynamoDBDocumentClient; readonly name: string };

/** The table of this deployment, named by the environment. */
export function programTable(): Table {
  return tableOf(new DynamoDBClient(clientDefaults), setting('tableName'));
}

/** A table reached by a given client: tests and tools bring their own. */
export function tableOf(client: DynamoDBClient, name: string): Table {
  return { client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }), name };
}
