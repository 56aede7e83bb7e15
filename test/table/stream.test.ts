import type { AttributeValue } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { participantFold } from '#shared/journal/participant.ts';
import { streamItem } from '#shared/table/stream.ts';
import { journeyUntil } from '#test/journal/citizen.ts';
import { onTheWire } from '#test/table/stream-records.ts';

describe('a record of the stream', () => {
  it('is the item as the store would read it, bytes included', () => {
    const { decisions } = journeyUntil('register');
    const events = decisions[0]?.decision.events ?? [];
    const item = streamItem({ dynamodb: { NewImage: onTheWire({ pk: 'P#1', sk: 'E#000001', events: [...events] }) } });
    expect(item).toEqual({ pk: 'P#1', sk: 'E#000001', events });
    const [event] = Array.isArray(item?.['events']) ? item['events'] : [];
    expect(participantFold.parse(event)).toEqual(events[0]);
  });

  it('keeps every other kind of value', () => {
    const value = {
      text: 'x',
      number: 12,
      yes: true,
      none: null,
      list: [1, 'a', { deep: [2] }],
      map: { a: { b: 'c' } },
    };
    expect(streamItem({ dynamodb: { NewImage: onTheWire(value) } })).toEqual(value);
  });

  it('has no item where something was removed', () => {
    const Keys: Record<string, AttributeValue> = { pk: { S: 'P#1' } };
    expect(streamItem({ eventName: 'REMOVE', dynamodb: { Keys } })).toBeNull();
    expect(streamItem({})).toBeNull();
  });
});
