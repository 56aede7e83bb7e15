import type { AttributeValue as DatabaseValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';

/** The item that a stream record brings, as the store would read it; null where the record has none. */
export function streamItem({ dynamodb }: DynamoDBRecord): Record<string, unknown> | null {
  const image = dynamodb?.NewImage;
  if (!image) return null;
  return unmarshall(Object.fromEntries(Object.entries(image).map(([name, value]) => [name, decoded(value)])));
}

/** Lambda hands binary over as base64 text, which the SDK would take for a string's bytes. */
function decoded(value: AttributeValue): DatabaseValue {
  if (value.B !== undefined) return { B: Buffer.from(value.B, 'base64') };
  if (value.L) return { L: value.L.map(decoded) };
  if (value.M)
    return { M: Object.fromEntries(Object.entries(value.M).map(([name, member]) => [name, decoded(member)])) };
  return value as DatabaseValue;
}
