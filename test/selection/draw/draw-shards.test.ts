import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchTerms } from '#shared/selection/batch-events.ts';
import { rootFrom, rootOf } from '#shared/selection/draw/merkle.ts';
import { type DrawRecord, decodeRecord, encodeRecord, recordBytes } from '#shared/selection/draw/record.ts';
import { ResultGroup } from '#shared/selection/draw/result-group.ts';
import { select } from '#shared/selection/draw/select.ts';
import { allDigits } from '#shared/selection/draw-files.ts';
import {
  type Cut,
  countedForCut,
  cutFor,
  groupsOf,
  outcomeBytes,
  readOutcome,
  recordsUnder,
  resultGroup,
  shardList,
} from '#shared/selection/draw-shards.ts';
import { applicantOf, countBy, inOrder, listOf, outcomesOf, rulesOf, seedOf } from '#test/selection/draw/lists.ts';
import { plainLeaf, plainRoot } from '#test/selection/draw/plain-tree.ts';

const terms = BatchTerms.parse({
  number: 7,
  scheme: 'NORMAL_2023',
  quotas: { '32': 10 },
  stratumQuotas: [
    { stratum: 'disability', places: 2 },
    { stratum: 'migrant_worker', places: 2 },
  ],
});
const cuts: readonly Cut[] = [
  { shardDigits: 1, groupDigits: 1 },
  { shardDigits: 1, groupDigits: 2 },
  { shardDigits: 2, groupDigits: 3 },
];

/** Somebody of many, in all things by their number. */
const someone = (name: string | number, index: number): DrawRecord => {
  const provinceCode = ['32', '33', '91'][index % 3] ?? '32';
  return applicantOf(`${name} ${index}`, {
    provinceCode,
    regencyCode: `${provinceCode}.0${1 + (index % 2)}`,
    strata: index % 5 === 0 ? ['disability'] : [],
    lots: 1 + (index % 3),
  });
};
const manyOf = (name: string | number, count: number) =>
  inOrder(Array.from({ length: count }, (_, index) => someone(name, index)));
const under = (records: readonly DrawRecord[], digits: string) =>
  records.filter(({ drawNumber }) => drawNumber.startsWith(digits));
const bytesOf = (records: readonly DrawRecord[]) => Buffer.concat(records.map(encodeRecord));
const shardsOf = (records: readonly DrawRecord[], cut: Cut) =>
  allDigits(cut.shardDigits).map((digits) => shardList(under(records, digits), digits, cut, terms));

describe('a cut', () => {
  it.each([
    [0, 1, 1],
    [1_000, 1, 1],
    [1_001, 1, 2],
    [16_000, 1, 2],
    [16_001, 2, 3],
    [10_000_000, 2, 3],
  ])(
    'for %i applicants in a sixteenth has shards of %i and groups of %i digits',
    (applicants, shardDigits, groupDigits) => {
      expect(cutFor(applicants)).toEqual({ shardDigits, groupDigits });
    },
  );

  it('is the same, however many there are beyond the number that is counted', () => {
    expect(cutFor(countedForCut)).not.toEqual(cutFor(countedForCut - 1));
    expect(cutFor(countedForCut)).toEqual(cutFor(2 ** 24));
  });

  it.each(cuts)('of $shardDigits and $groupDigits digits has every group in one shard, in order', (cut) => {
    const groups = allDigits(cut.shardDigits).flatMap((shard) => groupsOf(shard, cut));

    expect(groups).toEqual(allDigits(cut.groupDigits));
  });
});

describe('the records under some digits', () => {
  it('are those whose draw numbers begin with them', () => {
    const digits = fc.stringMatching(/^[0-9a-f]{0,4}$/);
    const numbers = fc.uniqueArray(fc.stringMatching(/^[012f]{3}[0-9a-f]{27}$/), { maxLength: 80 });

    fc.assert(
      fc.property(numbers, digits, (all, first) => {
        const records = inOrder(all.map((number) => applicantOf('a', { drawNumber: `${number}00` })));

        expect(recordsUnder(bytesOf(records), first).equals(bytesOf(under(records, first)))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are found at both ends, and none in an empty list', () => {
    const ends = ['0', 'f'].map((digit) => applicantOf('a', { drawNumber: `${digit.repeat(30)}00` }));
    const list = bytesOf(ends);

    expect(recordsUnder(list, '0').equals(list.subarray(0, recordBytes))).toBe(true);
    expect(recordsUnder(list, 'fff').equals(list.subarray(recordBytes))).toBe(true);
    expect(recordsUnder(list, '7')).toHaveLength(0);
    expect(recordsUnder(list, '')).toHaveLength(2 * recordBytes);
    expect(recordsUnder(Buffer.alloc(0), '0')).toHaveLength(0);
  });

  it('are bytes of the list itself, also where the list begins within other bytes', () => {
    const records = manyOf('a', 100);
    const list = Buffer.concat([Buffer.alloc(7), bytesOf(records)]).subarray(7);
    const group = recordsUnder(list, '8');

    expect((group.byteOffset - list.byteOffset) / recordBytes).toBe(records.findIndex((one) => one.drawNumber >= '8'));
  });
});

describe('the list of a shard', () => {
  it('counts its provinces, regencies and strata, those of nobody too', () => {
    const records = under(manyOf('a', 300), '7');
    const shard = shardList(records, '7', { shardDigits: 1, groupDigits: 2 }, terms);

    expect(shard.bytes.equals(bytesOf(records))).toBe(true);
    expect(shard.groupRoots).toHaveLength(16);
    expect(shard.provinces).toEqual(countBy(records.map(({ provinceCode }) => provinceCode)));
    expect(shard.regencies).toEqual(countBy(records.map(({ regencyCode }) => regencyCode.replace('.', ''))));
    expect(shard.strata).toEqual({
      migrant_worker: 0,
      disability: records.filter((one) => one.strata.length > 0).length,
    });
  });

  it('of nobody is empty, and its groups are trees of nothing', () => {
    const shard = shardList([], 'a', { shardDigits: 1, groupDigits: 1 }, terms);

    expect(shard).toEqual({
      bytes: Buffer.alloc(0),
      groupRoots: [plainRoot([])],
      ...{ provinces: {}, regencies: {}, strata: { disability: 0, migrant_worker: 0 } },
    });
  });

  it.each<[string, (records: readonly DrawRecord[]) => readonly DrawRecord[]]>([
    ['two have changed places', ([one, other, ...rest]) => [other, one, ...rest].flatMap((record) => record ?? [])],
    ['one comes twice', (records) => records.slice(0, 1).concat(records)],
    [
      'one belongs to the next shard',
      (records) => [...records, applicantOf('a', { drawNumber: `8${'0'.repeat(31)}` })],
    ],
  ])('is not made when %s', (_, spoil) => {
    const records = under(manyOf('a', 100), '7');

    expect(records.length).toBeGreaterThan(2);
    expect(() => shardList(spoil(records), '7', { shardDigits: 1, groupDigits: 1 }, terms)).toThrow(
      'A shard is in order',
    );
  });

  it.each(cuts)('has its part of the root of all, cut into $shardDigits and $groupDigits digits', (cut) => {
    const records = manyOf('a', 400);
    const shards = shardsOf(records, cut);
    const groups = allDigits(cut.groupDigits).map((digits) => {
      return plainRoot(under(records, digits).map((record) => plainLeaf(encodeRecord(record))));
    });

    expect(Buffer.concat(shards.map(({ bytes }) => bytes)).equals(bytesOf(records))).toBe(true);
    const root = rootOf(Buffer.concat(shards.flatMap(({ groupRoots }) => groupRoots)));
    expect(root.toString('hex')).toBe(plainRoot(groups).toString('hex'));
  });
});

describe('outcomes', () => {
  it('are four bytes each, big-endian, and read as what they say', () => {
    const outcomes = Uint32Array.of(0, 2 ** 30 + 1, 2 * 2 ** 30 + 7, 3 * 2 ** 30, 2 ** 31 - 1);
    const bytes = outcomeBytes(outcomes);

    expect(bytes.toString('hex')).toBe('000000004000000180000007c00000007fffffff');
    expect(Array.from(outcomes, readOutcome)).toEqual([
      { kind: 'not_drawn', number: 0 },
      { kind: 'won', number: 1 },
      { kind: 'waiting', number: 7 },
      { kind: 'family_full', number: 0 },
      { kind: 'won', number: 2 ** 30 - 1 },
    ]);
  });

  it('read back as they were written', () => {
    fc.assert(
      fc.property(fc.uint32Array({ maxLength: 50 }), (outcomes) => {
        const bytes = outcomeBytes(outcomes);

        expect(Array.from(outcomes, (_, index) => bytes.readUInt32BE(4 * index))).toEqual([...outcomes]);
      }),
    );
  });
});

describe('the result of a group', () => {
  const manifestDigest = 'a'.repeat(64);
  const refusedOf = (shard: string) =>
    allDigits(1).map((digit) => [`${shard}${digit}`.padEnd(32, '5'), 'age_outside'] as const);
  /** Of 256 shards, some: for each group the tree over all groups is made. */
  const someShards = ({ shardDigits }: Cut) =>
    allDigits(shardDigits).filter((_, index) => index % 100 === 0 || shardDigits === 1);

  async function drawnList(cut: Cut) {
    const records = manyOf('a', 400);
    const groupRoots = Buffer.concat(shardsOf(records, cut).flatMap((shard) => shard.groupRoots));
    const rules = rulesOf(30, {
      strata: [{ stratum: 'disability', places: 1 }],
      provinces: { '32': 30, '33': 10, '91': 0 },
      waiting: { '32': 5, '91': 3 },
    });
    const selection = await select(listOf(records), rules, seedOf('a'));
    const groupsUnder = (shard: string) => {
      const first = records.findIndex(({ drawNumber }) => drawNumber >= shard);
      const list = bytesOf(under(records, shard));
      const outcomes = outcomeBytes(selection.outcomes.slice(first, first + list.length / recordBytes));
      const facts = { batchId: '7', manifestDigest, list, outcomes, groupRoots, refused: refusedOf(shard) };
      return groupsOf(shard, cut).map((group) => resultGroup(group, facts));
    };
    const expected = outcomesOf(selection).map(({ kind, number }, index) => [records[index], kind, number] as const);
    return { expected, root: rootOf(groupRoots), groupsUnder };
  }

  it.each(cuts)('leads to the root of the list, cut into $shardDigits and $groupDigits digits', async (cut) => {
    const { root, groupsUnder } = await drawnList(cut);

    for (const result of someShards(cut).flatMap(groupsUnder)) {
      const [leaf, path] = [Buffer.from(result.groupRoot, 'hex'), Buffer.from(result.path.join(''), 'hex')];

      expect(ResultGroup.parse(result)).toEqual(result);
      expect(result).toMatchObject({ batchId: '7', manifestDigest });
      expect(result.path).toHaveLength(4 * cut.groupDigits);
      expect(rootFrom(leaf, path, Number.parseInt(result.group, 16), 16 ** cut.groupDigits)).toEqual(root);
    }
  });

  it.each(cuts)('has its applicants and their outcomes, cut into $shardDigits and $groupDigits digits', async (cut) => {
    const { expected, groupsUnder } = await drawnList(cut);

    for (const { group, applicants } of someShards(cut).flatMap(groupsUnder)) {
      const read = applicants.map(([record, kind, number]) => [decodeRecord(Buffer.from(record, 'hex')), kind, number]);
      expect(read).toEqual(expected.filter(([who]) => who?.drawNumber.startsWith(group)));
    }
    expect(new Set(expected.map(([, kind]) => kind))).toEqual(new Set(['won', 'waiting', 'not_drawn']));
  });

  it.each(cuts)('has those whom the screening refused, cut into $shardDigits and $groupDigits digits', async (cut) => {
    const { groupsUnder } = await drawnList(cut);

    for (const shard of someShards(cut)) {
      const results = groupsUnder(shard);

      expect(results.flatMap(({ refused }) => refused)).toEqual(refusedOf(shard));
      for (const { group, refused } of results)
        expect(refused.every(([drawNumber]) => drawNumber.startsWith(group))).toBe(true);
    }
  });
});
