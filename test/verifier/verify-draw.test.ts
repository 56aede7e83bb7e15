import { ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { afterAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { DrawManifest, DrawRules, Randomness, Reveal } from '#shared/selection/draw/manifest.ts';
import { at, type DrawRecord, recordBytes } from '#shared/selection/draw/record.ts';
import {
  committedPart,
  type DrawInput,
  operatorsOf,
  type PlainDraw,
  plainDraw,
  randomDraw,
  signatureOf,
  signerKey,
  writeDraw,
} from '#test/selection/draw-fixture.ts';
import { verifyDraw } from '#verifier/verify-draw.ts';

const program = join(import.meta.dirname, '../../verifier/verify-draw.ts');
const place = await mkdtemp(join(tmpdir(), 'verify-draw-'));
afterAll(() => rm(place, { recursive: true }));

let folders = 0;
const published = (draw: PlainDraw) => {
  folders += 1;
  return writeDraw(join(place, String(folders)), draw);
};
const verdictOn = async (draw: PlainDraw, commitment?: string) => verifyDraw(await published(draw), { commitment });

const rules: DrawRules = {
  strata: [
    { stratum: 'disability', places: 3 },
    { stratum: 'extreme_poverty', places: 4 },
  ],
  regencies: { '3273': 3, '9401': 0 },
  provinces: { '11': 8, '32': 10, '33': 500, '73': 0, '94': 2 },
  waiting: { '11': 3, '32': 4, '94': 500 },
  maxPerFamily: 2,
  maxLots: 3,
};
const size = 240;
/** A drawn batch with something of everything; another name is another list and other shares. */
const drawnBatch = (change: Partial<DrawInput> = {}) =>
  plainDraw(randomDraw('one', size, { rules, shardDigits: 1, groupDigits: 2, ...change }));
const honest = drawnBatch();
const { manifest } = honest;
/** The honest list's file with these digits: its name ends with its digest. */
const listFile = (digits: string): string => {
  const found = manifest.list.files.find(({ file }) => file.startsWith(`list-${digits}-`));
  ok(found);
  return found.file;
};

/** The hex text with one bit of the digit at `index` turned. */
const turned = (hex: string, index: number) =>
  `${hex.slice(0, index)}${(Number.parseInt(hex.charAt(index), 16) ^ 1).toString(16)}${hex.slice(index + 1)}`;
/** A key that signed nothing. */
const turnedKey = String(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x);
const fileOf = (draw: PlainDraw, file: string) => Buffer.from(draw.files.get(file) ?? []);
const withFile = (draw: PlainDraw, file: string, bytes: Buffer): PlainDraw => {
  return { ...draw, files: new Map(draw.files).set(file, bytes) };
};
const withManifest = (draw: PlainDraw, change: Partial<DrawManifest>): PlainDraw => {
  return { ...draw, manifest: { ...draw.manifest, ...change } };
};
const withList = (draw: PlainDraw, change: Partial<DrawManifest['list']>): PlainDraw =>
  withManifest(draw, { list: { ...draw.manifest.list, ...change } });

/** One bit of one byte of a file. */
function withBit(draw: PlainDraw, file: string, offset: number): PlainDraw {
  const bytes = fileOf(draw, file);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
  return withFile(draw, file, bytes);
}

/** A forger who changes terms after the draw, and mends the digest and the seed that would show it. */
function mended(draw: PlainDraw): PlainDraw {
  const { reveal } = draw.manifest;
  const commitmentDigest = digestOf(canonicalJson(committedPart(draw.manifest)));
  const revealed = reveal.kind === 'drand' ? [reveal.signature] : reveal.shares;
  const lines = ['prakerja-draw-seed-2', commitmentDigest, ...revealed].map((line) => `${line}\n`);
  return withManifest(draw, { commitmentDigest, seed: digestOf(lines.join('')) });
}

const recordWidths = { list: recordBytes, winners: 17, outcomes: 4 };
/** A forger who changes a file, and mends its digest and count, and what depends on them. */
function withMendedFile(draw: PlainDraw, file: string, bytes: Buffer): PlainDraw {
  const width = recordWidths[file.startsWith('list') ? 'list' : file.startsWith('winners') ? 'winners' : 'outcomes'];
  const sha256 = digestOf(bytes);
  // The name of a list's file is of its content, too.
  const name = file.startsWith('list') ? file.replace(/[0-9a-f]{16}\.bin$/, `${sha256.slice(0, 16)}.bin`) : file;
  const entry = { file: name, sha256, count: Math.floor(bytes.length / width) };
  const replaced = (one: typeof entry) => (one.file === file ? entry : one);
  const { list, winners, outcomes } = draw.manifest;
  const count = list.count + entry.count - (list.files.find((one) => one.file === file)?.count ?? entry.count);
  const changed = { winners: replaced(winners), outcomes: outcomes.map(replaced) };
  const forged = withManifest(withList(draw, { count, files: list.files.map(replaced) }), changed);
  return mended(withFile(forged, name, bytes));
}

/** The list with one byte changed of the second record of its first file that has three, all digests mended. */
function withField(offset: number, change: (byte: number) => number): PlainDraw {
  const bytes = fileOf(honest, listFile('0'));
  bytes.writeUInt8(change(bytes.readUInt8(recordBytes + offset)), recordBytes + offset);
  return withMendedFile(honest, listFile('0'), bytes);
}

/** Without the entry at `index`. */
const without = (bytes: Buffer, width: number, index: number) =>
  Buffer.concat([bytes.subarray(0, width * index), bytes.subarray(width * (index + 1))]);
/** With the entries at `index` and after it exchanged. */
const swapped = (bytes: Buffer, width: number, index: number) => {
  const [first, second] = [width * index, width * (index + 1)];
  const pair = [bytes.subarray(second, second + width), bytes.subarray(first, second)];
  return Buffer.concat([bytes.subarray(0, first), ...pair, bytes.subarray(second + width)]);
};

const list0 = fileOf(honest, listFile('0'));
const winners = fileOf(honest, 'winners.bin');
/** A record of the first file of outcomes that has not that outcome, and the file with it. */
function withOutcome(kind: number): PlainDraw {
  const bytes = fileOf(honest, 'outcomes-3.bin');
  const index = Array.from({ length: bytes.length / 4 }, (_, i) => i).find((i) => bytes.readUInt8(4 * i) >> 6 !== kind);
  ok(index !== undefined);
  bytes.writeUInt32BE(kind * 2 ** 30 + 1, 4 * index);
  return withMendedFile(honest, 'outcomes-3.bin', bytes);
}
const withPool = (pool: string, change: Partial<DrawManifest['pools'][number]>) => {
  ok(manifest.pools.some((one) => one.pool === pool));
  return withManifest(honest, {
    pools: manifest.pools.map((one) => (one.pool === pool ? { ...one, ...change } : one)),
  });
};
const poolOf = (name: string) => manifest.pools.find(({ pool }) => pool === name);

describe('the independent verifier', () => {
  it('agrees with a draw as it was made', async () => {
    const { agreed, difference } = await verdictOn(honest, manifest.commitmentDigest);

    expect(difference).toBeUndefined();
    expect(agreed.map((line) => line.split(':')[0])).toEqual(
      ['terms', 'seed', 'list', 'root', 'winners', 'outcomes', 'pools', 'signature'], //
    );
  });

  it('has something of everything in that draw', () => {
    const kinds = new Set(
      [...honest.files].flatMap(([file, bytes]) => {
        return file.startsWith('outcomes')
          ? [...bytes].filter((_, index) => index % 4 === 0).map((byte) => byte >> 6)
          : [];
      }),
    );
    const rounds = new Set([...winners].filter((_, index) => index % 17 === 16));

    expect([...kinds].sort()).toEqual([0, 1, 2, 3]);
    expect([...rounds].sort()).toEqual([0, 1, 2, 3]);
    expect(poolOf('province:11')).toMatchObject({ places: 8, taken: 8, lastScore: expect.any(String) });
    expect(poolOf('province:33')).toMatchObject({ places: 500, lastScore: null });
    expect(poolOf('province:73')).toMatchObject({ places: 0, taken: 0, lastScore: null });
  });

  it('agrees with random draws of all sizes, rules and splits', async () => {
    for (let number = 0; number < 60; number += 1) {
      const draw = plainDraw(randomDraw(`random ${number}`, (number * number) % 217));
      const { agreed, difference } = await verdictOn(draw);
      expect(difference, `draw ${number}`).toBeUndefined();
      expect(agreed).toHaveLength(8);
    }
  });

  it('agrees with a list in 4096 files, of which most are empty, and groups of four digits', async () => {
    expect(await verdictOn(drawnBatch({ shardDigits: 3, groupDigits: 4 }))).not.toHaveProperty('difference');
  });

  it('agrees when nobody applied', async () => {
    expect(await verdictOn(drawnBatch({ applicants: [] }))).not.toHaveProperty('difference');
  });

  it('gives more lots more chance, and no lot twice', async () => {
    const applicants = Array.from({ length: 300 }, (_, index): DrawRecord => {
      const drawNumber = `${digestOf(`lots ${index}`).slice(0, 30)}00`;
      const lots = index < 100 ? 3 : 1;
      return { drawNumber, provinceCode: '11', regencyCode: '11.01', strata: [], lots, familyPlaces: 1 };
    });
    const lotRules = { ...rules, strata: [], regencies: {}, provinces: { '11': 50 }, waiting: {} };
    const draw = drawnBatch({ applicants, rules: lotRules });

    expect(await verdictOn(draw)).not.toHaveProperty('difference');
    expect(draw.manifest.pools).toMatchObject([{ members: 300, lots: 500, taken: 50 }]);
  });

  it.each<[string, PlainDraw, RegExp]>([
    ['one bit of the list', withBit(honest, listFile('0'), 5), /The file list-0-\w+\.bin is not the stated one/],
    [
      'the end of a file',
      withFile(honest, listFile('3'), fileOf(honest, listFile('3')).subarray(0, -1)),
      /list-3-\w+\.bin is not/,
    ],
    [
      'the end of a file, its digest mended',
      withMendedFile(honest, listFile('0'), list0.subarray(0, -1)),
      /list-0-\w+\.bin is not the stated one: its SHA-256 or its length/,
    ],
    [
      'two files of the list, exchanged',
      withFile(withFile(honest, listFile('0'), fileOf(honest, listFile('1'))), listFile('1'), list0),
      /list-0-\w+\.bin is not the stated one/,
    ],
    [
      'two files of the list, exchanged in the manifest',
      mended(
        withList(honest, {
          files: manifest.list.files.with(0, { ...manifest.list.files[1], file: listFile('0') } as never),
        }),
      ),
      /names list-0-\w+\.bin where list-0-\w+\.bin belongs/,
    ],
    [
      'the order of the files in the manifest',
      mended(withList(honest, { files: manifest.list.files.toReversed() })),
      /names list-f-\w+\.bin where list-0-\w+\.bin belongs/,
    ],
    [
      'a file too few',
      mended(withList(honest, { files: manifest.list.files.slice(0, -1) })),
      /names 15 files of the list, not 16/,
    ],
    [
      'a file too many',
      mended(
        withList(honest, {
          files: [
            ...manifest.list.files,
            { file: `list-10-${digestOf('').slice(0, 16)}.bin`, sha256: digestOf(''), count: 0 },
          ],
        }),
      ),
      /names 17 files of the list, not 16/,
    ],
    [
      'one applicant removed',
      withMendedFile(honest, listFile('0'), without(list0, recordBytes, 1)),
      /The list has \d+ applicants of/,
    ],
    [
      'one applicant twice',
      withMendedFile(honest, listFile('0'), Buffer.concat([list0.subarray(0, recordBytes), list0])),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition/,
    ],
    [
      'the order of two applicants',
      withMendedFile(honest, listFile('0'), swapped(list0, recordBytes, 1)),
      /Record 3 of list-0-\w+\.bin is out of order/,
    ],
    [
      'a record in another file',
      withField(0, () => 0xf0),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'the last byte of a draw number',
      withField(15, () => 1),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'a province to none',
      withField(at.province, () => 10),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'a province to one without quota',
      withField(at.province, () => 12),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'a regency',
      withField(at.regency, () => 0),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'a province to another than that of the regency',
      withField(at.province, (province) => (province === 11 ? 32 : 11)),
      /Record \d+ of list-[0-9a-f]-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'a stratum that is not in the rules',
      withField(at.strata, () => 2),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'the lots to none',
      withField(at.lots, () => 0),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'the lots to too many',
      withField(at.lots, () => 4),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'the family places to none',
      withField(at.familyPlaces, () => 0),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    [
      'the family places to too many',
      withField(at.familyPlaces, () => 3),
      /Record 2 of list-0-\w+\.bin is out of order, a repetition, or outside the rules/,
    ],
    ['the lots to others', withField(at.lots, (lots) => (lots % 3) + 1), /root of the list differs/],
    [
      'one bit of the root',
      mended(withList(honest, { root: turned(manifest.list.root, 0) })),
      /root of the list differs/,
    ],
    ['the digits of a group', mended(withList(honest, { groupDigits: 1 })), /root of the list differs/],
    ['the count of the list', mended(withList(honest, { count: size + 1 })), /has 240 records, list\.count says 241/],
    [
      'a count by province',
      mended(withList(honest, { provinces: { ...manifest.list.provinces, '12': 1 } })),
      /has 0 applicants of 12, list\.provinces says 1/,
    ],
    [
      'the counts by regency',
      mended(withList(honest, { regencies: {} })),
      /has \d+ applicants of \d{4}, list\.regencies says 0/,
    ],
    ['the counts by stratum', mended(withList(honest, { strata: {} })), /applicants of \w+, list\.strata says 0/],
  ])('finds a change in the list: %s', async (_, draw, difference) => {
    expect((await verdictOn(draw)).difference).toMatch(difference);
  });

  it('finds other family places within a family', async () => {
    const family = honest.manifest.list.files.flatMap(({ file }) => {
      const bytes = fileOf(honest, file);
      const ofBefore = (from: number) => bytes.compare(bytes, from - recordBytes, from - 14, from, from + 8) === 0;
      for (let from = recordBytes; from < bytes.length; from += recordBytes)
        if (ofBefore(from)) return [{ file, bytes, from }];
      return [];
    })[0];
    ok(family);
    const { file, bytes, from } = family;
    bytes.writeUInt8(3 - bytes.readUInt8(from + at.familyPlaces), from + at.familyPlaces);

    const { difference } = await verdictOn(withMendedFile(honest, file, bytes));

    expect(difference).toBe(
      `Record ${from / recordBytes + 1} of ${file.replace(/\w{16}\.bin/, `${digestOf(bytes).slice(0, 16)}.bin`)} is out of order, a repetition, or outside the rules.`,
    );
  });

  const moreIn11 = { ...rules, provinces: { ...rules.provinces, '11': 9 } };
  const { randomness, reveal } = manifest;
  ok(randomness.kind === 'two_operators' && reveal.kind === 'two_operators');
  const [one, two] = randomness.seals;
  const shares = (first: string, second: string) =>
    withManifest(honest, { reveal: { kind: 'two_operators', shares: [first, second] } });
  const seals = (first: typeof one, second: typeof two) =>
    mended(withManifest(honest, { randomness: { kind: 'two_operators', seals: [first, second] } }));

  it.each<[string, PlainDraw, RegExp]>([
    ['the version', withManifest(honest, { version: 1 as never }), /has version 1; this program knows version 2/],
    [
      'one bit of commitmentDigest',
      withManifest(honest, { commitmentDigest: turned(manifest.commitmentDigest, 0) }),
      /terms \(rules/,
    ],
    ['one place of a quota', withManifest(honest, { rules: moreIn11 }), /The terms \(rules/],
    ['the batch', withManifest(honest, { batchId: '77' }), /The terms \(rules/],
    ['the explanation', withManifest(honest, { algorithm: {} }), /The terms \(rules/],
    ['a quota, everything mended', mended(withManifest(honest, { rules: moreIn11 })), /winner at rank 1 /],
    [
      'a stratum to an unknown one',
      mended(withManifest(honest, { rules: { ...rules, strata: [{ stratum: 'rich' as never, places: 1 }] } })),
      /rich, which is no stratum/,
    ],
    [
      'the time of the commitment',
      mended(withManifest(honest, { committedAt: '2026-11-27T18:00:00.000Z' })),
      /dated before its commitment/,
    ],
    [
      'the time of the draw',
      withManifest(honest, { drawnAt: '2026-11-27T17:00:59.999Z' }),
      /dated before its commitment/,
    ],
    [
      'the first share',
      shares(turned(reveal.shares[0], 63), reveal.shares[1]),
      /share of operator operator-1 does not open/,
    ],
    [
      'the second share',
      shares(reveal.shares[0], turned(reveal.shares[1], 0)),
      /share of operator operator-2 does not open/,
    ],
    ['the shares, exchanged', shares(reveal.shares[1], reveal.shares[0]), /share of operator operator-1/],
    [
      'a third share',
      withManifest(honest, { reveal: { ...reveal, shares: [...reveal.shares, digestOf('x')] as never } }),
      /not two seals and two shares/,
    ],
    ['a seal', seals({ ...one, seal: turned(one.seal, 0) }, two), /share of operator operator-1/],
    ['one operator for both seals', seals(one, { ...two, operator: one.operator }), /not of two operators/],
    ['one bit of the seed', withManifest(honest, { seed: turned(manifest.seed, 9) }), /The seed does not come from/],
    [
      'the kind of the randomness',
      withManifest(honest, { reveal: { kind: 'drand', signature: '00'.repeat(48) } }),
      /revealed is drand, the committed one two_operators/,
    ],
  ])('finds a change in the terms or the seed: %s', async (_, draw, difference) => {
    expect((await verdictOn(draw)).difference).toMatch(difference);
  });

  it('finds that the same share was sealed twice', async () => {
    const sealed = { ...two, seal: one.seal };
    const copied = withManifest(seals(one, sealed), {
      reveal: { ...reveal, shares: [reveal.shares[0], reveal.shares[0]] },
    });

    expect((await verdictOn(mended(copied))).difference).toMatch(/not of two operators/);
  });

  it('finds terms that were changed after they were published', async () => {
    // More places than applicants: the whole draw is made again, and agrees with itself.
    const again = drawnBatch({ rules: { ...rules, provinces: { ...rules.provinces, '33': 501 } } });

    expect((await verdictOn(again)).difference).toBeUndefined();
    expect((await verdictOn(again, manifest.commitmentDigest)).difference).toMatch(/not the commitment you gave/);
  });

  const last = winners.length / 17 - 1;
  it.each<[string, PlainDraw, RegExp]>([
    ['one bit of the winners', withBit(honest, 'winners.bin', 4), /file winners\.bin is not the stated one/],
    [
      'a winner, removed',
      withMendedFile(honest, 'winners.bin', without(winners, 17, 6)),
      /winner at rank 7 .*: the draw gives [0-9a-f]{30}00 in round \d, the file says [0-9a-f]{30}00/,
    ],
    [
      'the last winner, removed',
      withMendedFile(honest, 'winners.bin', without(winners, 17, last)),
      new RegExp(`winner at rank ${last + 1} .*says nothing`),
    ],
    [
      'a winner too many',
      withMendedFile(honest, 'winners.bin', Buffer.concat([winners, winners.subarray(0, 17)])),
      new RegExp(`rank ${last + 2} .*the draw gives nothing`),
    ],
    ['two ranks, exchanged', withMendedFile(honest, 'winners.bin', swapped(winners, 17, 3)), /winner at rank 4 /],
    [
      'the round of a winner',
      withMendedFile(
        withBit(honest, 'winners.bin', 16),
        'winners.bin',
        fileOf(withBit(honest, 'winners.bin', 16), 'winners.bin'),
      ),
      /winner at rank 1 .*in round \d, .* in round \d/,
    ],
    [
      'the name of the winners',
      withManifest(honest, { winners: { ...manifest.winners, file: '../winners.bin' } }),
      /names \.\.\/winners\.bin where winners\.bin belongs/,
    ],
    ['one bit of an outcome', withBit(honest, 'outcomes-3.bin', 0), /file outcomes-3\.bin is not the stated one/],
    [
      'an outcome to not drawn',
      withOutcome(0),
      /Record \d+ of outcomes-3\.bin: the draw gives .*, the file says not drawn 1/,
    ],
    ['an outcome to won', withOutcome(1), /Record \d+ of outcomes-3\.bin: the draw gives .*, the file says won 1/],
    [
      'an outcome to waiting',
      withOutcome(2),
      /Record \d+ of outcomes-3\.bin: the draw gives .*, the file says waiting 1/,
    ],
    [
      'an outcome to family full',
      withOutcome(3),
      /Record \d+ of outcomes-3\.bin: the draw gives .*, the file says family full 1/,
    ],
    [
      'the last outcome, removed',
      withMendedFile(honest, 'outcomes-3.bin', fileOf(honest, 'outcomes-3.bin').subarray(0, -4)),
      /Record \d+ of outcomes-3\.bin: .*says nothing/,
    ],
    [
      'the files of outcomes',
      withManifest(honest, { outcomes: manifest.outcomes.slice(0, -1) }),
      /undefined where outcomes-f\.bin/,
    ],
    [
      'a file of outcomes too many',
      withManifest(honest, { outcomes: [...manifest.outcomes, ...manifest.outcomes.slice(0, 1)] }),
      /more files of outcomes than of the list/,
    ],
    [
      'the members of a pool',
      withPool('stratum:disability', { members: 1 }),
      /stratum:disability: members is \d+, not 1 as stated/,
    ],
    ['the lots of a pool', withPool('regency:3273', { lots: 1 }), /regency:3273: lots is \d+, not 1 as stated/],
    ['the places of a pool', withPool('province:73', { places: 1 }), /province:73: places is 0, not 1 as stated/],
    ['the places taken of a pool', withPool('province:11', { taken: 7 }), /province:11: taken is 8, not 7 as stated/],
    [
      'the last score of a pool',
      withPool('province:11', { lastScore: null }),
      /province:11: lastScore is [0-9a-f]{32}, not null as stated/,
    ],
    [
      'a pool, removed',
      withManifest(honest, { pools: manifest.pools.slice(0, -1) }),
      /province:94: pool is province:94, not undefined as stated/,
    ],
    [
      'a pool too many',
      withManifest(honest, { pools: [...manifest.pools, ...manifest.pools.slice(0, 1)] }),
      /more pools than the rules/,
    ],
  ])('finds a change in the result: %s', async (_, draw, difference) => {
    expect((await verdictOn(draw)).difference).toMatch(difference);
  });

  it('finds a manifest that says something twice', async () => {
    const file = await published(honest);
    await writeFile(file, canonicalJson(manifest).replace('{', '{"version":3,'));

    expect((await verifyDraw(file)).difference).toMatch(/not canonical JSON/);
  });

  it('finds another commitment than that of the manifest', async () => {
    const other = Buffer.from(canonicalJson({ ...committedPart(manifest), committedAt: '2026-11-27T17:01:00.001Z' }));

    expect((await verdictOn(withFile(honest, 'commitment.json', other))).difference).toMatch(
      /commitment\.json does not hold the terms/,
    );
    const { difference } = await verdictOn(withFile(honest, 'commitment.json', Buffer.from('no JSON')));
    expect(difference).toMatch(/commitment\.json does not hold the terms/);
  });

  it('names who signed, and finds that it is not the key that was given', async () => {
    const file = await published(honest);

    expect((await verifyDraw(file)).agreed.at(-1)).toContain(`the key ${signerKey};`);
    expect((await verifyDraw(file, { key: signerKey })).agreed.at(-1)).toMatch(/by the key you gave$/);
    const { agreed, difference } = await verifyDraw(file, { key: turnedKey });
    expect(difference).toMatch(/signed by another key than the one you gave/);
    expect(agreed.at(-1)).toMatch(/^pools/);
  });

  const text = canonicalJson(manifest);
  const signed: Record<string, string> = JSON.parse(signatureOf(text, generateKeyPairSync('ed25519')));
  const { signature = '', publicKey = '' } = signed;
  // Keys are drawn anew each time: one signature in 64 begins with an A already.
  const otherBytes = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  it.each<[string, string, RegExp]>([
    ['of another manifest', signatureOf(`${text} `, generateKeyPairSync('ed25519')), /not the signature of this/],
    ['of other bytes', canonicalJson({ ...signed, signature: otherBytes }), /not one of this manifest/],
    ['by another key', canonicalJson({ ...signed, publicKey: signerKey }), /not one of this manifest by its key/],
    ['by no key', canonicalJson({ ...signed, publicKey: publicKey.slice(0, 20) }), /not one of this manifest/],
    [
      'that is spelled otherwise',
      canonicalJson({ ...signed, signature: `${signature}==` }),
      /not one of this manifest/,
    ],
    ['that says something more', canonicalJson({ ...signed, by: 'the program' }), /not the signature of this/],
    ['in another order', JSON.stringify({ signature, ...signed }), /not the signature of this manifest/],
    ['of another kind', canonicalJson({ ...signed, algorithm: 'none' }), /not the signature of this manifest/],
    ['that is no JSON', 'signed', /not the signature of this manifest/],
    ['that is null', 'null', /not the signature of this manifest/],
  ])('finds a signature %s', async (_, file, difference) => {
    const verdict = await verdictOn(withFile(honest, 'signature.json', Buffer.from(file)));

    expect(verdict.difference).toMatch(difference);
  });

  it('finds any byte of a signature that was changed', async () => {
    for (let at = 0; at < 30; at += 1) {
      const bytes = Buffer.from(canonicalJson(signed));
      const offset = (at * 37) % bytes.length;
      bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
      expect((await verdictOn(withFile(honest, 'signature.json', bytes))).difference, `byte ${offset}`).toBeDefined();
    }
  });

  it.each([listFile('5'), 'winners.bin', 'outcomes-5.bin', 'commitment.json', 'signature.json'])(
    'does not judge when %s is missing',
    async (file) => {
      const manifestFile = await published(honest);
      await rm(join(manifestFile, '..', file));

      await expect(verifyDraw(manifestFile)).rejects.toThrow('ENOENT');
    },
  );

  it('reads over HTTP, beside the manifest or under a base', async () => {
    const folder = join(await published(honest), '..');
    const server = createServer(async (request, response) => {
      const file = await readFile(join(folder, request.url?.replace('/draw', '') ?? '')).catch(() => undefined);
      response.writeHead(file ? 200 : 404).end(file);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    ok(address && typeof address === 'object');
    const origin = `http://127.0.0.1:${address.port}`;

    try {
      expect((await verifyDraw(`${origin}/draw/manifest.json`)).difference).toBeUndefined();
      const alone = await writeDraw(join(place, 'alone'), { ...honest, files: new Map() });
      expect((await verifyDraw(alone, { base: `${origin}/draw` })).difference).toBeUndefined();
      await expect(verifyDraw(`${origin}/draw/nothing.json`)).rejects.toThrow('404');
    } finally {
      await new Promise((closed) => server.close(closed));
    }
  });
});

describe('a draw by a public beacon', () => {
  type Drand = Extract<Randomness, { kind: 'drand' }>;
  const scheme = 'bls-unchained-g1-rfc9380';
  const bls = bls12_381.shortSignatures;
  const keys = bls.keygen(createHash('sha384').update('a key of this test').digest());
  const signatureOf = (round: number) => {
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(BigInt(round));
    const message = bls.hash(
      createHash('sha256').update(number).digest(),
      'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_',
    );
    return bls.sign(message, keys.secretKey).toHex();
  };
  const round = 70_000_000;
  const ofTest: Drand = {
    ...{ kind: 'drand', scheme, round, roundAt: '2026-11-27T17:04:00Z' },
    ...{ chainHash: digestOf('a chain of this test'), publicKey: keys.publicKey.toHex() },
  };
  const revealOf = (signature: string): Reveal => ({ kind: 'drand', signature });
  const drawnWith = (
    change: Partial<Drand>,
    signature = signatureOf(round),
    committedAt = '2026-11-27T17:01:00.000Z',
  ) =>
    plainDraw(
      randomDraw('beacon', 60, { randomness: { ...ofTest, ...change }, reveal: revealOf(signature), committedAt }),
    );

  /** As drand published it: https://api.drand.sh/v2/beacons/quicknet/rounds/1000. */
  const quicknet: Drand = {
    ...{ kind: 'drand', scheme, round: 1_000, roundAt: '2023-08-23T15:59:24Z' },
    chainHash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
    publicKey:
      '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  };
  const ofRound1000 =
    'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39';
  const drawnWithQuicknet = (change: Partial<Drand>, signature = ofRound1000) =>
    drawnWith({ ...quicknet, ...change }, signature, '2023-08-23T15:59:23Z');

  it('agrees with a round that drand really signed', async () => {
    const { agreed, difference, unproved } = await verdictOn(drawnWithQuicknet({}));

    expect(difference).toBeUndefined();
    expect(unproved).toBeUndefined();
    expect(agreed[1]).toMatch(/signature of round 1000 \(2023-08-23T15:59:24Z\) of drand quicknet$/);
  });

  it('agrees with another chain, and says that it does not know it', async () => {
    const { agreed, difference, unproved } = await verdictOn(drawnWith({}));

    expect(difference).toBeUndefined();
    expect(agreed[1]).toMatch(/which this program does not know/);
    expect(unproved).toMatch(/may have known the seed/);
  });

  it('ends with 2 where the chain is not known: that is no proof', async () => {
    const file = await published(drawnWith({}));

    await expect(promisify(execFile)(process.execPath, [program, file])).rejects.toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/\nUNPROVED The draw follows from its seed; who holds the key of that chain/),
    });
  });

  it.each<[string, PlainDraw, RegExp]>([
    ['of another round', drawnWith({}, signatureOf(round + 1)), /not that of round 70000000/],
    ['of another key', drawnWith({ publicKey: quicknet.publicKey }), /not that of round 70000000/],
    ['that is no point', drawnWith({}, turned(signatureOf(round), 95)), /not that of round 70000000/],
    ['with a key that is no point', drawnWith({ publicKey: turned(ofTest.publicKey, 191) }), /not that of round/],
    [
      'in capitals',
      mended(withManifest(drawnWith({}), { reveal: revealOf(signatureOf(round).toUpperCase()) })),
      /badly formed/,
    ],
    [
      'of an unknown scheme',
      mended(withManifest(drawnWith({}), { randomness: { ...ofTest, scheme: 'other' as never } })),
      /does not know drand other/,
    ],
    [
      'that was there when the list was committed',
      drawnWith({ roundAt: '2026-11-27T17:01:00Z' }),
      /not later than the commitment/,
    ],
    [
      'of a false quicknet',
      drawnWith({ chainHash: quicknet.chainHash }),
      /key or the time of the round is not that of the chain/,
    ],
    [
      'of quicknet at another time',
      drawnWithQuicknet({ roundAt: '2023-08-23T15:59:25Z' }),
      /key or the time of the round/,
    ],
  ])('finds a signature %s', async (_, draw, difference) => {
    expect((await verdictOn(draw)).difference).toMatch(difference);
  });

  it('finds shares in place of a signature', async () => {
    const draw = withManifest(drawnWith({}), { reveal: operatorsOf('one').reveal });

    expect((await verdictOn(draw)).difference).toMatch(/revealed is two_operators, the committed one drand/);
  });
});

describe('npm run verify-draw', () => {
  const run = (...words: string[]) => promisify(execFile)(process.execPath, [program, ...words]);

  it('ends with 0 and says what agrees', async () => {
    const file = await published(honest);

    const { stdout } = await run(file, '--base', join(file, '..'), '--commitment', manifest.commitmentDigest);

    expect(stdout).toMatch(/^agrees {3}terms: .* the commitment you gave\n/);
    expect(stdout).toMatch(/\nagrees {3}list: 240 applicants/);
    expect(stdout).toMatch(/The draw is what its manifest says\.\n$/);
  });

  it('ends with 1 and names the first difference', async () => {
    const file = await published(withManifest(honest, { seed: turned(manifest.seed, 0) }));

    await expect(run(file)).rejects.toMatchObject({ code: 1, stdout: expect.stringMatching(/DIFFERS {2}The seed/) });
  });

  it('ends with 1 and one line when there is nothing to read', async () => {
    await expect(run(join(place, 'nothing.json'))).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Not verified: .*\n$/),
    });
    await expect(run()).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/Name the manifest/) });
  });

  it('stays one separate file that imports nothing of the program', async () => {
    expect(await readdir(join(program, '..'))).toEqual(['verify-draw.ts']);
    const source = await readFile(program, 'utf8');
    const imported = [...source.matchAll(/\b(?:from|import)[\s(]*('[^']*')/g)].map(([, from]) => from);

    expect(imported).toHaveLength(source.match(/\bimport\b(?!\.meta)/g)?.length ?? 0);
    expect(imported).toContain("'node:crypto'");
    for (const from of imported) expect(from).toMatch(/^'(node:[a-z/]+|@noble\/curves\/bls12-381\.js)'$/);
    expect(source).not.toMatch(/\brequire\b|\bexport .* from\b/);
    expect(source.trimEnd().split('\n').length).toBeLessThan(290);
  });
});
