import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DrawCommitment } from '#shared/selection/draw/manifest.ts';
import { decodeRecord, recordBytes } from '#shared/selection/draw/record.ts';
import { select, winnerBytes } from '#shared/selection/draw/select.ts';
import { commitmentIn, listIn, shardRecords, writeList } from '#test/bench/draw-list.ts';

const applicants = 16_000;
const shards = Array.from(shardRecords(applicants), (records) => Buffer.from(records));
const records = shards.map((shard) =>
  Array.from({ length: shard.length / recordBytes }, (_, index) => decodeRecord(shard, index * recordBytes)),
);

describe('the list that the bench draws from', () => {
  it('has so many applicants, in order, cut by their first two digits', () => {
    const numbers = records.flat().map(({ drawNumber }) => drawNumber);
    expect(new Set(numbers).size).toBe(applicants);
    expect(numbers).toEqual(numbers.toSorted());
    expect(shards).toHaveLength(256);
    for (const [shard, ofShard] of records.entries())
      expect(ofShard.every(({ drawNumber }) => Number.parseInt(drawNumber.slice(0, 2), 16) === shard)).toBe(true);
  });

  it('has families of one to four, all regencies and 34 provinces', () => {
    const families = Map.groupBy(records.flat(), ({ drawNumber }) => drawNumber.slice(0, 16));
    expect(new Set([...families.values()].map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4]));
    expect(new Set(records.flat().map(({ regencyCode }) => regencyCode)).size).toBe(514);
    expect(new Set(records.flat().map(({ provinceCode }) => provinceCode)).size).toBe(34);
  });

  it('is the same each time', () => {
    expect(Array.from(shardRecords(applicants), (again) => Buffer.from(again))).toEqual(shards);
  });

  it('gives all places', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'draw-bench-'));
    try {
      await writeList(folder, applicants);
      const commitment = DrawCommitment.parse(JSON.parse(await commitmentIn(folder, 2_000)));
      const { winners } = await select(listIn(folder, commitment), commitment.rules, '5e'.repeat(32));
      expect(winners.length).toBe(2_000 * winnerBytes);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
