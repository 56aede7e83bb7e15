import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { participants } from '#shared/journal/participant.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { asOf, type PostOutcome, post, type Speaking, type StoredListing } from '#shared/registration/feeds/listing.ts';
import { listings } from '#shared/registration/feeds/listings.ts';
import { shardOf } from '#shared/table/keys.ts';
import { citizens, journeyUntil, minutesAfter, start, store } from '#test/journal/citizen.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

/** A feed of a day of November 2026; `hour` is when it was submitted. */
const feedOf = (day: number, changes: Partial<Speaking> = {}, hour = day * 24): Speaking => ({
  feedId: String(day).padStart(32, '0'),
  source: 'education',
  day: `2026-11-${String(day).padStart(2, '0')}`,
  submittedAt: minutesAfter(start, hour * 60),
  ...changes,
});
const [first, second, third] = [feedOf(1), feedOf(2), feedOf(3)];
const names = citizens('listings', 400);
let used = 0;
/** Somebody whom no test has listed yet. */
const somebody = () => names[used++]?.participantId ?? '';
const listed = () => listings(engine.table, () => minutesAfter(start, 0));

async function itemsOf(participantId: string) {
  const { Items = [] } = await engine.table.client.send(
    new QueryCommand({
      TableName: engine.table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `P#${participantId}` },
    }),
  );
  return Items;
}

describe('a listing', () => {
  it('is there before the person registers, and says since when and by which feed', async () => {
    const id = somebody();
    expect(await listed().of(id)).toEqual([]);
    expect(await listed().post(first, id, { row: 2 })).toBe('listed');
    expect(await listed().of(id)).toEqual([
      { source: 'education', feedId: first.feedId, listedAt: first.submittedAt.toISOString() },
    ]);
  });

  it('does not disturb the journal in whose partition it stands', async () => {
    const [one] = citizens('listings beside a journal', 1);
    if (!one) throw new Error('One citizen was asked for');
    await listed().post(first, one.participantId, { row: 2 });
    await store(engine.table, journeyUntil('decree', { citizen: one }));
    await listed().post(first, one.participantId, { row: 2 });
    await listed().post({ ...first, source: 'social_aid' }, one.participantId, { row: 9 });
    const { version } = await participants(engine.table).load(one.participantId);
    expect(version).toBe(journeyUntil('decree').entries.length);
    expect((await listed().of(one.participantId)).map(({ source }) => source)).toEqual(['education', 'social_aid']);
  });

  it('is one item for each source, however many feeds name the person', async () => {
    const id = somebody();
    for (const source of FeedSource.options)
      for (const feed of [first, second, third]) await listed().post({ ...feed, source }, id, { row: 2 });
    expect((await itemsOf(id)).map(({ sk }) => sk)).toEqual([...FeedSource.options].sort().map((name) => `X#${name}`));
  });

  it('keeps its beginning while feeds confirm it', async () => {
    const id = somebody();
    const outcomes: PostOutcome[] = [];
    for (const feed of [first, second, second, third]) outcomes.push(await listed().post(feed, id, { row: 7 }));
    expect(outcomes).toEqual(['listed', 'kept', 'kept', 'kept']);
    expect(await listed().of(id)).toMatchObject([{ feedId: first.feedId }]);
  });

  it('comes to the same when its line comes again, and stores nothing', async () => {
    const id = somebody();
    for (const feed of [first, second]) {
      const outcome = await listed().post(feed, id, { row: 7 });
      const stored = await itemsOf(id);
      expect(await listed().post(feed, id, { row: 7 })).toBe(outcome);
      expect(await itemsOf(id)).toEqual(stored);
    }
  });

  it('of a newer day stands, whichever feed comes first', async () => {
    const id = somebody();
    await listed().post(second, id, { row: 2 });
    expect(await listed().post(first, id, { row: 2, until: '2026-12-01' })).toBe('newer');
    expect(await listed().of(id)).toMatchObject([{ feedId: second.feedId }]);
  });

  it('of the same day stands by when the feeds were submitted', async () => {
    const id = somebody();
    const later = feedOf(1, { feedId: 'f'.repeat(32) }, 30);
    await listed().post(later, id, { row: 2 });
    expect(await listed().post(first, id, { row: 2 })).toBe('newer');
  });

  it('has a last day, and stands on it', async () => {
    const id = somebody();
    await listed().post(first, id, { row: 2, until: '2026-11-02' });
    const on = (iso: string) => listings(engine.table, () => new Date(iso)).of(id);
    expect(await on('2026-11-02T16:59:59.999Z')).toHaveLength(1);
    expect(await on('2026-11-02T17:00:00.000Z')).toHaveLength(0);
  });

  it('begins anew when a feed names somebody whose listing was over on its day', async () => {
    const id = somebody();
    await listed().post(first, id, { row: 2, until: '2026-11-02' });
    expect(await listed().post(second, id, { row: 2 })).toBe('kept');
    const other = somebody();
    await listed().post(first, other, { row: 2, until: '2026-11-02' });
    expect(await listed().post(third, other, { row: 2 })).toBe('listed');
    expect(await listed().of(other)).toMatchObject([{ feedId: third.feedId }]);
  });

  it('is written once by writers who meet, and each says the same', async () => {
    const id = somebody();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => listed().post(first, id, { row: 4 })));
    expect(new Set(outcomes)).toEqual(new Set(['listed']));
  });

  it('is of whichever feed is newest when different ones meet', async () => {
    const id = somebody();
    await Promise.all([third, first, second].map((feed) => listed().post(feed, id, { row: 4 })));
    expect((await itemsOf(id)).map((item) => item['asOf'])).toEqual([asOf(third)]);
  });
});

describe('a withdrawal', () => {
  it('ends a listing of an older feed, and comes to the same when it is repeated', async () => {
    const id = somebody();
    await listed().post(first, id, { row: 2, until: '2026-12-01' });
    expect(await listed().withdraw(second, id)).toBe(true);
    expect(await listed().of(id)).toEqual([]);
    const stored = await itemsOf(id);
    expect(await listed().withdraw(second, id)).toBe(true);
    expect(await itemsOf(id)).toEqual(stored);
  });

  it('is not one of whoever was never listed, is listed by this feed or a newer one, or was withdrawn before', async () => {
    const [never, ours, newer, before] = [somebody(), somebody(), somebody(), somebody()];
    await listed().post(second, ours, { row: 2 });
    await listed().post(third, newer, { row: 2 });
    await listed().post(first, before, { row: 2 });
    await listed().withdraw(second, before);
    expect(await listed().withdraw(second, never)).toBe(false);
    expect(await listed().withdraw(second, ours)).toBe(false);
    expect(await listed().withdraw(second, newer)).toBe(false);
    expect(await listed().withdraw(third, before)).toBe(false);
    expect(await itemsOf(never)).toEqual([]);
    expect(await listed().of(ours)).toHaveLength(1);
    expect(await listed().of(newer)).toHaveLength(1);
  });

  it('holds against an older feed, and gives way to a newer one, which lists anew', async () => {
    const id = somebody();
    await listed().post(first, id, { row: 2 });
    await listed().withdraw(second, id);
    expect(await listed().post(first, id, { row: 2 })).toBe('newer');
    expect(await listed().post(third, id, { row: 2 })).toBe('listed');
    expect(await listed().of(id)).toMatchObject([{ feedId: third.feedId }]);
  });

  it('finds whom older feeds list and this one has not: nobody else, and no other source', async () => {
    const source = 'army_police';
    const [stale, kept, alone, later] = [somebody(), somebody(), somebody(), somebody()];
    await listed().post({ ...first, source }, stale, { row: 2 });
    await listed().post({ ...first, source }, kept, { row: 3 });
    await listed().post({ ...first, source: 'civil_service' }, alone, { row: 2 });
    await listed().post({ ...third, source }, later, { row: 2 });
    await listed().post({ ...second, source }, kept, { row: 2 });
    const found: string[] = [];
    for (const shard of new Set([stale, kept, alone, later].map(shardOf)))
      for await (const ids of listed().notIn({ ...second, source }, shard)) found.push(...ids);
    expect(found).toEqual([stale]);
    await listed().withdraw({ ...second, source }, stale);
    const left: string[] = [];
    for await (const ids of listed().notIn({ ...second, source }, shardOf(stale))) left.push(...ids);
    expect(left).toEqual([]);
  });
});

describe('any order of feeds', () => {
  it('leaves the newest word, by the rule alone', () => {
    const feeds = [1, 2, 3, 4, 5].map((day) => feedOf(day));
    const order = fc.shuffledSubarray([...feeds, ...feeds], { minLength: 1 });
    fc.assert(
      fc.property(order, (comers) => {
        let stored: StoredListing | null = null;
        for (const feed of comers) stored = post(stored, feed, { row: 2 }).listing ?? stored;
        const newest = comers.map(asOf).sort().at(-1);
        expect(stored?.asOf).toBe(newest);
      }),
    );
  });
});

describe('what is stored', () => {
  it('holds no number of a person, and fits into one write unit', async () => {
    const [one] = citizens('listings without a number', 1);
    if (!one) throw new Error('One citizen was asked for');
    await listed().post(first, one.participantId, { row: 9_999_999, until: '2026-12-31' });
    const text = JSON.stringify(await itemsOf(one.participantId));
    expect(text).not.toContain(one.person.nik);
    expect(text.length).toBeLessThan(1_024);
  });
});
