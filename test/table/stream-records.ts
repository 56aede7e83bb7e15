import type { AttributeValue as DatabaseValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBStreamEvent } from 'aws-lambda';

/** An item as Lambda hands it over: JSON, bytes as base64. */
export function onTheWire(item: Record<string, unknown>): Record<string, AttributeValue> {
  return mapped(marshall(item, { removeUndefinedValues: true }));
}

function mapped(values: Record<string, DatabaseValue>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encoded(value)]));
}

function encoded(value: DatabaseValue): AttributeValue {
  if (value.B) return { B: Buffer.from(value.B).toString('base64') };
  if (value.L) return { L: value.L.map(encoded) };
  if (value.M) return { M: mapped(value.M) };
  if (value.NULL) return { NULL: true };
  if (value.BOOL !== undefined) return { BOOL: value.BOOL };
  return value.N === undefined ? { S: value.S ?? '' } : { N: value.N };
}

/** Items as records of one batch of the table's stream. */
export function streamEvent(items: readonly Record<string, unknown>[]): DynamoDBStreamEvent {
  return { Records: items.map((item) => ({ eventName: 'INSERT', dynamodb: { NewImage: onTheWire(item) } })) };
}
