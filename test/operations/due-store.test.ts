import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dueStore } from '#shared/operations/due-store.ts';
import { allShards, dues } from '#shared/table/keys.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const day = '2026-11-02';
const noon = new Date('2026-11-02T05:00:00.000Z');
const at = (milliseconds: number) => new Date(noon.getTime() + milliseconds);

async function put(pk: string, instant: Date, shard: string, kind = 'incentive', padding = ''): Promise<void> {
  const entry = { due: dues.day(day, shard), dueSort: dues.instant(instant.toISOString(), kind) };
  const Item = { pk, sk: 'E#000001', ...entry, padding };
  await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item }));
}

async function found(from: Date, until: Date): Promise<string[]> {
  const entries: string[] = [];
  for await (const page of dueStore(engine.table).entries(day, from, until)) entries.push(...page.map(({ pk }) => pk));
  return entries.sort();
}

describe('the due index', () => {
  it('gives what is due between two instants, both included, of every shard', async () => {
    for (const shard of allShards) {
      await put(`P#${shard}-too-early`, at(-1), shard);
      await put(`P#${shard}-first`, at(0), shard);
      await put(`P#${shard}-last`, at(60_000), shard, 'deadline#7#3');
      await put(`P#${shard}-too-late`, at(60_001), shard);
    }
    expect(await found(at(0), at(60_000))).toEqual(
      allShards.flatMap((shard) => [`P#${shard}-first`, `P#${shard}-last`]).sort(),
    );
  });

  it('leaves nothing out between one run and the next', async () => {
    const whole = await found(at(-1), at(60_001));
    const parts = [...(await found(at(-1), at(30_000))), ...(await found(at(30_000), at(60_001)))];
    expect([...new Set(parts)].sort()).toEqual(whole);
    expect(whole).toHaveLength(64);
  });

  it('keeps days apart', async () => {
    const other = dueStore(engine.table).entries('2026-11-03', at(-1_000), at(100_000));
    const pages: unknown[] = [];
    for await (const page of other) pages.push(...page);
    expect(pages).toEqual([]);
  });
});

describe('the cursor of the sweeper', () => {
  it('is not there before the first run, and then moves forward only', async () => {
    const due = dueStore(engine.table);
    expect(await due.sweptUntil()).toBeNull();
    for (const [until, stands] of [
      [at(0), at(0)],
      [at(60_000), at(60_000)],
      [at(59_999), at(60_000)],
      [at(0), at(60_000)],
      [at(60_001), at(60_001)],
    ] as const) {
      await due.advance(until);
      expect(await due.sweptUntil()).toEqual(stands);
    }
  });

  it('is the latest of runs that end at once', async () => {
    const due = dueStore(engine.table);
    const ends = Array.from({ length: 30 }, (_, run) => at(200_000 + ((run * 7) % 30) * 1_000));
    await Promise.all(ends.map((until) => due.advance(until)));
    expect(await due.sweptUntil()).toEqual(at(200_000 + 29_000));
  });

  it('passes on what fails otherwise', async () => {
    const due = dueStore({ ...engine.table, name: 'no-such-table' });
    await expect(due.advance(noon)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
