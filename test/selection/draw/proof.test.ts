import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#shared/platform/digest.ts';
import { leafHashes, pathOf, rootOf } from '#shared/selection/draw/merkle.ts';
import { type DrawRecord, encodeRecord, recordBytes } from '#shared/selection/draw/record.ts';
import { select } from '#shared/selection/draw/select.ts';
import { allDigits } from '#shared/selection/draw-files.ts';
import { recordsUnder, resultGroup } from '#shared/selection/draw-shards.ts';
import { type InclusionProof, poolsOf, proofOf, scoreOf, verifiesProof } from '#shared/selection/proof.ts';
import {
  applicantOf,
  familyOf,
  inOrder,
  listOf,
  rulesOf,
  seedOf,
  strangers,
  winnersOf,
} from '#test/selection/draw/lists.ts';
import { plainLeaf, plainRoot } from '#test/selection/draw/plain-tree.ts';
import { operatorsOf, plainDraw, randomDraw } from '#test/selection/draw-fixture.ts';

/** A list whose shard is the whole of it: its root and the files of its groups. */
function publishedList(records: readonly DrawRecord[], groupDigits: number) {
  const list = Buffer.concat(records.map(encodeRecord));
  const groups = allDigits(groupDigits);
  const groupRoots = Buffer.concat(groups.map((digits) => rootOf(leafHashes(recordsUnder(list, digits), recordBytes))));
  const outcomes = Buffer.alloc(4 * records.length);
  const facts = { batchId: '7', manifestDigest: 'a'.repeat(64), list, outcomes, groupRoots, refused: [] };
  return {
    root: rootOf(groupRoots).toString('hex'),
    fileOf: (drawNumber: string) => resultGroup(drawNumber.slice(0, groupDigits), facts),
  };
}

const records = inOrder([...strangers(90, (index) => ({ lots: 1 + (index % 3) })), ...familyOf('a', 6, 2)]);
const hexOf = (record: DrawRecord) => encodeRecord(record).toString('hex');
const turned = (text: string, bit: number, encoding: 'hex' | 'base64url') => {
  const bytes = Buffer.from(text, encoding);
  bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return bytes.toString(encoding);
};

describe('a proof', () => {
  it.each([1, 2, 3])('leads everybody of a list, cut by %i digits, to its root', (groupDigits) => {
    const { root, fileOf } = publishedList(records, groupDigits);
    const groups = allDigits(groupDigits).map((digits) => {
      const group = records.filter(({ drawNumber }) => drawNumber.startsWith(digits));
      return plainRoot(group.map((record) => plainLeaf(encodeRecord(record))));
    });

    expect(root).toBe(plainRoot(groups).toString('hex'));
    for (const record of records) {
      const proof = proofOf(fileOf(record.drawNumber), record.drawNumber);

      expect(proof.record).toBe(hexOf(record));
      expect(verifiesProof(proof, root, groupDigits)).toBe(true);
    }
  });

  it('leads nobody else: not with any bit of it, or of the root, turned', () => {
    const lists = fc.constantFrom(
      ...[1, 2].map((groupDigits) => ({ groupDigits, ...publishedList(records, groupDigits) })),
    );

    fc.assert(
      fc.property(
        lists,
        fc.constantFrom(...records),
        fc.nat(),
        ({ groupDigits, root, fileOf }, { drawNumber }, nat) => {
          const proof = proofOf(fileOf(drawNumber), drawNumber);
          const pathBits = 8 * Buffer.from(proof.path, 'base64url').length;
          const record = turned(proof.record, nat % (8 * recordBytes), 'hex');
          const path = turned(proof.path, nat % pathBits, 'base64url');

          expect(verifiesProof(proof, root, groupDigits)).toBe(true);
          expect(verifiesProof({ ...proof, record }, root, groupDigits)).toBe(false);
          expect(verifiesProof({ ...proof, path }, root, groupDigits)).toBe(false);
          expect(verifiesProof(proof, turned(root, nat % 256, 'hex'), groupDigits)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('turns false with every single bit of the record and of the path', () => {
    const { root, fileOf } = publishedList(records, 1);
    const [{ drawNumber } = applicantOf('a')] = records;
    const proof = proofOf(fileOf(drawNumber), drawNumber);
    const bitsOf = (bytes: number) => Array.from({ length: 8 * bytes }, (_, bit) => bit);
    const others = [
      ...bitsOf(recordBytes).map((bit) => ({ ...proof, record: turned(proof.record, bit, 'hex') })),
      ...bitsOf(Buffer.from(proof.path, 'base64url').length).map((bit) => ({
        ...proof,
        path: turned(proof.path, bit, 'base64url'),
      })),
    ];

    expect(others.length).toBeGreaterThan(8 * (recordBytes + 32 * 4));
    expect(others.filter((other) => verifiesProof(other, root, 1))).toEqual([]);
  });

  it('leads nowhere from another index', () => {
    const { root, fileOf } = publishedList(records, 1);

    for (const { drawNumber } of records) {
      const proof = proofOf(fileOf(drawNumber), drawNumber);
      const others = Array.from({ length: proof.size + 2 }, (_, index) => index - 1).filter(
        (index) => index !== proof.index,
      );

      expect(others.map((index) => verifiesProof({ ...proof, index }, root, 1))).not.toContain(true);
    }
  });

  const { root, fileOf } = publishedList(records, 2);
  const [{ drawNumber } = applicantOf('a')] = records;
  const proof = proofOf(fileOf(drawNumber), drawNumber);
  const hashes = Buffer.from(proof.path, 'base64url');
  it.each<[string, Partial<InclusionProof>]>([
    ['no record', { record: '' }],
    ['a record that is cut', { record: proof.record.slice(0, -2) }],
    ['a record and more', { record: `${proof.record}00` }],
    ['another applicant’s record', { record: hexOf(applicantOf('b')) }],
    ['no path', { path: '' }],
    ['a path without its last hash', { path: hashes.subarray(0, -32).toString('base64url') }],
    ['a path without its first hash', { path: hashes.subarray(32).toString('base64url') }],
    ['a path with a hash too many', { path: Buffer.concat([hashes, hashes.subarray(0, 32)]).toString('base64url') }],
    [
      'a path with a hash too many at its beginning',
      { path: Buffer.concat([hashes.subarray(0, 32), hashes]).toString('base64url') },
    ],
    ['a path that is cut within a hash', { path: hashes.subarray(0, -1).toString('base64url') }],
    ['a group of nobody', { size: 0 }],
    ['a much larger group', { size: 1_000 }],
  ])('leads nowhere with %s', (_, change) => {
    expect(verifiesProof(proof, root, 2)).toBe(true);
    expect(verifiesProof({ ...proof, ...change }, root, 2)).toBe(false);
  });

  it('leads to the root of its own list alone', () => {
    const others = [records.slice(1), records.slice(0, -1), [applicantOf('b'), ...records]].map(inOrder);

    for (const other of others) expect(verifiesProof(proof, publishedList(other, 2).root, 2)).toBe(false);
    expect(verifiesProof(proof, root, 1)).toBe(false);
    expect(verifiesProof(proof, root, 3)).toBe(false);
  });

  it('is not made for somebody who is not in the group', () => {
    const stranger = `${drawNumber.slice(0, 28)}0000`;

    expect(() => proofOf(fileOf(drawNumber), stranger)).toThrowError(
      expect.objectContaining({ code: 'draw_number_unknown' }),
    );
    expect(() => proofOf({ ...fileOf(drawNumber), applicants: [] }, drawNumber)).toThrowError(
      expect.objectContaining({ code: 'draw_number_unknown' }),
    );
  });

  it('takes 1,228 bytes at most for sixteen million applicants: 25 levels', () => {
    const size = 4_100;
    const group = 'abc';
    const members = Array.from({ length: size }, (_, index) => {
      return hexOf(applicantOf(index, { drawNumber: `${group}${digestOf(`member ${index}`).slice(0, 27)}00` }));
    }).toSorted();
    const ofGroup = rootOf(leafHashes(Buffer.from(members.join(''), 'hex'), recordBytes));
    const groupRoots = Buffer.concat(
      allDigits(3).map((digits) => (digits === group ? ofGroup : Buffer.from(digestOf(digits), 'hex'))),
    );
    const path = pathOf(groupRoots, Number.parseInt(group, 16)).toString('hex').match(/.{64}/g) ?? [];
    const facts = {
      batchId: '7',
      group,
      manifestDigest: 'a'.repeat(64),
      groupRoot: ofGroup.toString('hex'),
      refused: [],
    };
    const file = { ...facts, path, applicants: members.map((record) => [record, 'won', 1] as [string, 'won', number]) };
    const whole = rootOf(groupRoots).toString('hex');
    const proofs = [0, 1, 1_000, 2_047, 4_094, 4_095, 4_096, 4_099].map((index) => {
      return proofOf(file, members[index]?.slice(0, 32) ?? '');
    });
    const bytes = proofs.map((one) => Buffer.byteLength(JSON.stringify(one)));

    expect(proofs.every((one) => verifiesProof(one, whole, 3))).toBe(true);
    expect(Math.max(...proofs.map((one) => Buffer.from(one.path, 'base64url').length))).toBe(25 * 32);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(1_228);
  });
});

describe('a score', () => {
  it('of the last winner of a pool is the one that the draw states', async () => {
    const few = fc.record({ places: fc.integer({ min: 1, max: 40 }), seed: fc.nat().map(seedOf) });

    await fc.assert(
      fc.asyncProperty(few, async ({ places, seed }) => {
        const selection = await select(listOf(records), rulesOf(places), seed);
        const winners = winnersOf(selection).map(({ drawNumber: number }) =>
          records.find((one) => one.drawNumber === number),
        );
        const scores = winners.map((winner) => winner && scoreOf(hexOf(winner), seed));

        expect(selection.pools).toMatchObject([{ taken: places, lastScore: scores.at(-1) }]);
        expect(scores).toEqual(scores.toSorted());
      }),
      { numRuns: 50 },
    );
  });

  it('decides: who lives alone wins with the last score and does not win behind it', async () => {
    const alone = strangers(200, (index) => ({ lots: 1 + (index % 3) }));
    const selection = await select(listOf(alone), rulesOf(50), seedOf('a'));
    const last = selection.pools[0]?.lastScore ?? '';
    const winners = new Set(winnersOf(selection).map(({ drawNumber: number }) => number));

    expect(winners.size).toBe(50);
    for (const one of alone) expect(scoreOf(hexOf(one), seedOf('a')) <= last).toBe(winners.has(one.drawNumber));
  });

  it('is the smallest of its lots: more lots are never worse', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 16 }), (name, lots) => {
        const scoreWith = (count: number) => scoreOf(hexOf(applicantOf(name, { lots: count })), seedOf('a'));

        expect(scoreWith(lots) <= scoreWith(lots - 1)).toBe(true);
      }),
    );
  });
});

describe('the pools of a record', () => {
  const rules = rulesOf(3, {
    strata: [
      { stratum: 'disability', places: 1 },
      { stratum: 'migrant_worker', places: 1 },
    ],
    regencies: { '3201': 1, '3273': 1 },
    provinces: { '32': 3, '33': 3 },
  });
  const { manifest } = plainDraw(
    randomDraw('pools', 0, { ...operatorsOf('a'), rules, shardDigits: 1, groupDigits: 1 }),
  );
  const named = (change: Partial<DrawRecord>) =>
    poolsOf(manifest, hexOf(applicantOf('a', change))).map(({ pool }) => pool);

  it.each<[string, Partial<DrawRecord>, string[]]>([
    ['somebody in Bandung', {}, ['regency:3273', 'province:32']],
    ['somebody in a regency without places', { regencyCode: '32.02' }, ['province:32']],
    ['a stratum', { strata: ['migrant_worker'] }, ['stratum:migrant_worker', 'regency:3273', 'province:32']],
    [
      'two strata',
      { strata: ['migrant_worker', 'disability'] },
      ['stratum:disability', 'stratum:migrant_worker', 'regency:3273', 'province:32'],
    ],
    ['a stratum without places', { strata: ['extreme_poverty'] }, ['regency:3273', 'province:32']],
    ['a province that is not there', { provinceCode: '34', regencyCode: '34.71' }, []],
  ])('of %s are known', (_, change, pools) => {
    expect(named(change)).toEqual(pools);
  });
});
