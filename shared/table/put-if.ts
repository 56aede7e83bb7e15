import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Table } from '#shared/table/table.ts';

type Condition = Pick<
  PutCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Nothing stands in this place yet. */
export const ifFree = { ConditionExpression: 'attribute_not_exists(pk)' } as const satisfies Condition;

/** Nothing stands in this place yet, or what one and the same owner put there: a repeat is no conflict. */
export const ifFreeOrOwn = (attribute: string, owner: string) =>
  ({
    ConditionExpression: 'attribute_not_exists(pk) or #owner = :owner',
    ExpressionAttributeNames: { '#owner': attribute },
    ExpressionAttributeValues: { ':owner': owner },
  }) as const satisfies Condition;

/** `there`: what stands in the place instead; null where the condition failed on nothing. */
export type Put =
  | { readonly isStored: true }
  | { readonly isStored: false; readonly there: Readonly<Record<string, unknown>> | null };

/** Puts an item where the condition holds. An engine's answer that was lost may be a put of our own that is found there. */
export async function putIf(
  { client, name }: Table,
  Item: Record<string, unknown>,
  condition: Condition,
): Promise<Put> {
  try {
    const asked = { ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
    await client.send(new PutCommand({ TableName: name, Item, ...asked }));
    return { isStored: true };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { isStored: false, there: error.Item ? unmarshall(error.Item) : null };
  }
}
