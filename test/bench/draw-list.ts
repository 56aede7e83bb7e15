import { ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { digestOf } from '#shared/platform/digest.ts';
import { programProvinceCodes, programProvinceOf, regencyCodes } from '#shared/registration/regions.ts';
import { BatchTerms } from '#shared/selection/batch-events.ts';
import { type DrawCommitment, type Reveal, sealOf } from '#shared/selection/draw/manifest.ts';
import { leafHashes, rootOf } from '#shared/selection/draw/merkle.ts';
import type { DrawList } from '#shared/selection/draw/read-list.ts';
import { at, bitOf, recordBytes, regencyNumber, strata } from '#shared/selection/draw/record.ts';
import { allDigits, drawFile, ScreenedShard } from '#shared/selection/draw-files.ts';
import { type Cut, groupsOf, recordsUnder } from '#shared/selection/draw-shards.ts';
import { commitmentOf } from '#shared/selection/draw-texts.ts';

/*
 * Lists of applicants as the screening leaves them, the same for the same number: in families of one to four, all over the regencies of
 * today, some with a second lot, some of a stratum.
 */

/** As a list of a million and more is cut. */
export const cut: Cut = { shardDigits: 2, groupDigits: 3 };

/** Of families, one after the other: two on average. */
const familySizes = [1, 2, 1, 3, 2, 4, 1, 2] as const;
const maxPerFamily = 2;
const homes = regencyCodes.map((code) => [regencyNumber(code), Number(programProvinceOf(code))] as const);

/** Numbers of 32 bits that look random: mulberry32, fast and repeatable. */
function numbers(): () => number {
  let state = 7;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** The records of each shard, in order. A shard is overwritten by the next one. */
export function* shardRecords(applicants: number): Generator<Buffer> {
  ok(applicants % 16 === 0, 'Families come in sets of sixteen members');
  const random = numbers();
  const families = applicants / 2;
  const apart = 2 ** 32 / families;
  const shard = Buffer.allocUnsafe(Math.ceil(applicants / 200) * recordBytes);
  let [current, filled] = [0, 0];
  for (let family = 0; family < families; family += 1) {
    const head = Math.floor(family * apart) + (random() % Math.floor(apart));
    for (; current < head >>> 24; current += 1) {
      yield shard.subarray(0, filled);
      filled = 0;
    }
    const second = random();
    const [regency, province] = homes[random() % homes.length] ?? [0, 0];
    const places = random() % 20 === 0 ? 1 : maxPerFamily;
    const members = familySizes[family % familySizes.length] ?? 1;
    for (let member = 0; member < members; member += 1, filled += recordBytes) {
      shard.writeUInt32BE(head, filled);
      shard.writeUInt32BE(second, filled + 4);
      shard.writeUInt32BE(member * 2 ** 30 + (random() >>> 2), filled + 8);
      const person = random();
      shard.writeUInt32BE((person & 0xffff_ff00) >>> 0, filled + 12);
      shard[filled + at.province] = province;
      shard.writeUInt16BE(regency, filled + at.regency);
      const migrant = person % 32 === 0 ? bitOf('migrant_worker') : 0;
      const disabled = person % 100 === 1 ? bitOf('disability') : 0;
      shard[filled + at.strata] = migrant | disabled;
      shard[filled + at.lots] = person % 5 === 0 ? 2 : 1;
      shard[filled + at.familyPlaces] = places;
    }
  }
  for (; current < 16 ** cut.shardDigits; current += 1) {
    yield shard.subarray(0, filled);
    filled = 0;
  }
}

/** The roots of the groups of a shard. */
export const groupRootsOf = (records: Buffer, shard: string): Buffer[] =>
  groupsOf(shard, cut).map((group) => rootOf(leafHashes(recordsUnder(records, group), recordBytes)));

function countsOf(records: Buffer): Pick<ScreenedShard, 'provinces' | 'regencies' | 'strata'> {
  const counts = { provinces: {}, regencies: {}, strata: {} };
  const count = (of: Record<string, number>, key: string | number) => {
    of[key] = (of[key] ?? 0) + 1;
  };
  for (let from = 0; from < records.length; from += recordBytes) {
    count(counts.provinces, records.readUInt8(from + at.province));
    count(counts.regencies, records.readUInt16BE(from + at.regency));
    for (const stratum of strata)
      if (records.readUInt8(from + at.strata) & bitOf(stratum)) count(counts.strata, stratum);
  }
  return counts;
}

/** Writes a list into a folder, and what the screening says of its shards; of the groups only if asked, since that takes longer. */
export async function writeList(folder: string, applicants: number, withRoots = false): Promise<void> {
  const shards: ScreenedShard[] = [];
  const digits = allDigits(cut.shardDigits);
  for (const records of shardRecords(applicants)) {
    const shard = digits[shards.length] ?? '';
    const sha256 = digestOf(records);
    const file = drawFile.list(shard, sha256);
    await writeFile(join(folder, file), records);
    const groupRoots = withRoots ? groupRootsOf(records, shard).map((root) => root.toString('hex')) : [];
    const count = records.length / recordBytes;
    shards.push({ file, sha256, count, groupRoots, ...countsOf(records), refused: {}, refusedFile: '' });
  }
  await writeFile(join(folder, 'shards.json'), JSON.stringify(shards));
}

/** Terms of so many places: some for strata, some for every tenth regency, all others for the provinces alike. */
function termsOf(places: number): BatchTerms {
  const ofRegencies = regencyCodes.filter((_, index) => index % 10 === 0);
  const [migrants, disabled, ofRegency] = [places / 40, places / 80, places / 2_000].map(Math.floor) as [
    number,
    number,
    number,
  ];
  const rest = places - migrants - disabled - ofRegency * ofRegencies.length;
  const ofProvince = Math.floor(rest / programProvinceCodes.length);
  const quotas = Object.fromEntries(programProvinceCodes.map((code) => [code, ofProvince]));
  quotas['32'] = ofProvince + (rest % programProvinceCodes.length);
  return BatchTerms.parse({
    number: 20,
    scheme: 'NORMAL_2023',
    quotas,
    regencyQuotas: Object.fromEntries(ofRegencies.map((code) => [code, ofRegency])),
    stratumQuotas: [
      { stratum: 'migrant_worker', places: migrants },
      { stratum: 'disability', places: disabled },
    ],
    maxLots: 2,
  });
}

const committedAt = new Date('2026-11-27T17:01:00.000Z');
export const drawnAt = new Date('2026-11-27T17:05:00.000Z');
const shares: [string, string] = [digestOf('bench one'), digestOf('bench two')];
export const reveal: Reveal = { kind: 'two_operators', shares };

/** The commitment to the list of a folder. */
export async function commitmentIn(folder: string, places: number): Promise<string> {
  const shards = z.array(ScreenedShard).parse(JSON.parse(await readFile(join(folder, 'shards.json'), 'utf8')));
  const roots = shards.flatMap(({ groupRoots }) => groupRoots.map((root) => Buffer.from(root, 'hex')));
  return commitmentOf({
    ...{ terms: termsOf(places), cut, shards, groupRoots: Buffer.concat(roots), maxPerFamily, named: null },
    seals: shares.map((share, index) => ({ by: `operator-${index + 1}`, seal: sealOf(share) })),
    now: committedAt,
  });
}

/** The committed list of a folder as the draw reads it: a file is a piece. */
export function listIn(folder: string, { list }: Pick<DrawCommitment, 'list'>): DrawList {
  return {
    ...list,
    async *pieces() {
      for (const { file } of list.files) yield readFileSync(join(folder, file));
    },
  };
}
