import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Keys } from '#shared/platform/keys.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import { keys } from '#test/journal/citizen.ts';
import { Died, type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const member = (number: number) => number.toString(16).padStart(64, '0');
const places = (withKeys: Keys = keys) => familyPlaces(engine.table, withKeys);

/** Keys under which these families meet at the same fifteen digits, `times` times over. */
const meeting = (families: readonly string[], times: number): Keys => ({
  ...keys,
  tag(purpose, text) {
    const [, family = '', collision = '0'] = text.split('#');
    const meets = text.startsWith('card#') && families.includes(family) && Number(collision) < times;
    return keys.tag(purpose, meets ? `card#everybody of ${families.join()}#${collision}` : text);
  },
});

describe('places of a family', () => {
  it('are two, for the first two members who come', async () => {
    const [first, second, third] = [
      await places().claim('family-a', member(1), 2),
      await places().claim('family-a', member(2), 2),
      await places().claim('family-a', member(3), 2),
    ];
    expect(first).toMatch(/^\d{15}1$/);
    expect(second).toBe(`${first?.slice(0, 15)}2`);
    expect(third).toBeNull();
  });

  it('stay with who has them, however often they are claimed', async () => {
    const card = await places().claim('family-b', member(10), 2);
    await places().claim('family-b', member(11), 2);
    for (let again = 0; again < 3; again += 1) expect(await places().claim('family-b', member(10), 2)).toBe(card);
  });

  it('are exactly two when two hundred members claim at once', async () => {
    const claims = Array.from({ length: 200 }, (_, number) => places().claim('family-c', member(100 + number), 2));
    const cards = (await Promise.all(claims)).filter((card) => card !== null);
    expect(cards).toHaveLength(2);
    expect(new Set(cards).size).toBe(2);
    const owners = await Promise.all(cards.map((card) => places().participantOf(card)));
    expect(new Set(owners).size).toBe(2);
  });

  it('are one for a member who claims twice at once', async () => {
    const claims = Array.from({ length: 20 }, () => places().claim('family-d', member(400), 2));
    const cards = new Set(await Promise.all(claims));
    expect(cards.size).toBe(1);
    const [card = ''] = cards;
    const { Count } = await engine.table.client.send(
      new QueryCommand({
        TableName: engine.table.name,
        Select: 'COUNT',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `K#${card?.slice(0, 15)}` },
      }),
    );
    expect(Count).toBe(1);
  });

  it('lead from the card number to its owner, and from nothing else', async () => {
    const card = (await places().claim('family-e', member(500), 2)) ?? '';
    expect(await places().participantOf(card)).toBe(member(500));
    expect(await places().participantOf(`${card.slice(0, 15)}2`)).toBeNull();
    for (const foreign of ['', card.slice(1), `${card}1`, card.replace(/.$/, 'x')])
      expect(await places().participantOf(foreign)).toBeNull();
  });

  it('show no family: the item has a keyed tag and an id', async () => {
    await places().claim('family-f', member(600), 2);
    const { Items = [] } = await engine.table.client.send(new ScanCommand({ TableName: engine.table.name }));
    const own = Items.filter(({ participantId }) => participantId === member(600));
    expect(own).toEqual([
      { pk: expect.stringMatching(/^K#\d{15}$/), sk: 'PLACE#1', familyTag: 'family-f', participantId: member(600) },
    ]);
  });
});

describe('the places that a family holds', () => {
  it('are counted, whoever claimed and however often', async () => {
    const held = [await places().taken('family-m', 2)];
    for (const number of [1_000, 1_000, 1_001, 1_002]) {
      await places().claim('family-m', member(number), 2);
      held.push(await places().taken('family-m', 2));
    }
    expect(held).toEqual([0, 1, 1, 2, 2]);
    expect(await places().taken('family-n', 2)).toBe(0);
  });

  it.each([1, 2, 4])('are no more than %i, where a scheme gives so many', async (limit) => {
    const family = `family-of-${limit}`;
    for (let number = 0; number < 5; number += 1)
      await places().claim(family, member(1_100 + 10 * limit + number), limit);
    expect(await places().taken(family, limit)).toBe(limit);
  });

  it('are counted behind those of a family at the same digits, and apart from them', async () => {
    const meet = places(meeting(['family-o', 'family-p'], 1));
    await meet.claim('family-o', member(1_200), 2);
    expect(await meet.taken('family-p', 2)).toBe(0);
    await meet.claim('family-p', member(1_210), 2);
    await meet.claim('family-p', member(1_211), 2);
    expect([await meet.taken('family-o', 2), await meet.taken('family-p', 2)]).toEqual([1, 2]);
    await meet.claim('family-o', member(1_201), 2);
    expect([await meet.taken('family-o', 2), await meet.taken('family-p', 2)]).toEqual([2, 2]);
  });

  it('are counted also when families meet everywhere', async () => {
    const meet = places(meeting(['family-q', 'family-r'], 4));
    await meet.claim('family-q', member(1_300), 2);
    expect([await meet.taken('family-q', 2), await meet.taken('family-r', 2)]).toEqual([1, 0]);
  });
});

describe('two families at the same digits', () => {
  it('get cards of their own: the second takes the next digits, and both are found', async () => {
    const meet = places(meeting(['family-g', 'family-h'], 1));
    const g = [await meet.claim('family-g', member(700), 2), await meet.claim('family-g', member(701), 2)];
    const h = [await meet.claim('family-h', member(710), 2), await meet.claim('family-h', member(711), 2)];
    expect(new Set([...g, ...h]).size).toBe(4);
    expect(await meet.claim('family-h', member(712), 2)).toBeNull();
    for (const [card, owner] of [
      [g[0], 700],
      [g[1], 701],
      [h[0], 710],
      [h[1], 711],
    ] as const)
      expect(await meet.participantOf(card ?? '')).toBe(member(owner));
  });

  it('that meet half filled keep apart, also when the first comes back', async () => {
    const meet = places(meeting(['family-i', 'family-j'], 1));
    const first = await meet.claim('family-i', member(720), 2);
    const other = await meet.claim('family-j', member(730), 2);
    const second = await meet.claim('family-i', member(721), 2);
    expect(second).toBe(`${first?.slice(0, 15)}2`);
    expect(other?.slice(0, 15)).not.toBe(first?.slice(0, 15));
    expect(await meet.claim('family-j', member(730), 2)).toBe(other);
  });

  it('stop the worker rather than share a card when they meet everywhere', async () => {
    const meet = places(meeting(['family-k', 'family-l'], 4));
    for (let collision = 0; collision < 4; collision += 1) {
      const own = places({
        ...keys,
        tag: (purpose) => meeting(['family-k', 'family-l'], 4).tag(purpose, `card#family-k#${collision}`),
      });
      await own.claim('family-k', member(800 + collision), 1);
    }
    await expect(meet.claim('family-l', member(810), 2)).rejects.toThrow('family_place.collisions');
  });
});

describe('a claim whose process dies', () => {
  it.each(['before', 'after'] as const)('%s the write is the same place for the next', async (when) => {
    const family = `family-dying-${when}`;
    const dying = familyPlaces(engine.dying({ write: 1, when }), keys);
    await expect(dying.claim(family, member(900), 2)).rejects.toBeInstanceOf(Died);
    expect(await places().claim(family, member(900), 2)).toMatch(/1$/);
    expect(await places().claim(family, member(901), 2)).toMatch(/2$/);
  });
});
