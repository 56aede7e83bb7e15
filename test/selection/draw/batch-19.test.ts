import { ok } from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { programProvinceCodes, programProvinceOf, regencyCodes } from '#shared/registration/regions.ts';
import type { DrawRules } from '#shared/selection/draw/manifest.ts';
import { at, drawNumberBytes, familyBytes, recordBytes, regencyNumber } from '#shared/selection/draw/record.ts';
import { type Selection, select, winnerBytes } from '#shared/selection/draw/select.ts';
import { piecesOf, seedOf } from '#test/selection/draw/lists.ts';

/** Published figures of the programme, batch 19. */
const batch19 = { applied: 3_967_595, eligible: 2_413_677, places: 800_000 };
const maxPerFamily = 2;

const mixed = (number: number) => {
  const once = Math.imul(number ^ (number >>> 15), 0x2c1b3c6d);
  const twice = Math.imul(once ^ (once >>> 12), 0x297a2d39);
  return (twice ^ (twice >>> 15)) >>> 0;
};
const homes = regencyCodes.map((code) => {
  return { province: Number(programProvinceOf(code)), regency: regencyNumber(code) };
});

/** So many applicants in families of one to three over the whole country, in order; nobody’s figures but their number are real. */
function syntheticList() {
  const bytes = Buffer.alloc(batch19.eligible * recordBytes);
  const families = Math.ceil(batch19.eligible / 2);
  const provinces: Record<string, number> = Object.fromEntries(programProvinceCodes.map((code) => [code, 0]));
  const regencies: Record<string, number> = {};
  /** Members who can win, since no family has more than two places. */
  const winnable: Record<string, number> = { ...provinces };
  let record = 0;
  for (let family = 0; record < batch19.eligible; family += 1) {
    const noise = mixed(family);
    // Some regencies are larger than others.
    const home = homes[noise % (noise & 1024 ? 514 : 97)];
    ok(home, 'Everybody lives somewhere');
    const members = Math.min(1 + (family % 3), batch19.eligible - record);
    for (let member = 0; member < members; member += 1, record += 1) {
      const from = record * recordBytes;
      bytes.writeUInt32BE(Math.floor((family * 2 ** 32) / (families + 3)), from);
      bytes.writeUInt32BE(noise, from + 4);
      bytes.writeUInt32BE(member * 2 ** 30 + (mixed(record) >>> 2), from + familyBytes);
      bytes.writeUInt32BE((mixed(record + 1) & 0xffff_ff00) >>> 0, from + 12);
      bytes.writeUInt8(home.province, from + at.province);
      bytes.writeUInt16BE(home.regency, from + at.regency);
      bytes.writeUInt8(1, from + at.lots);
      bytes.writeUInt8(maxPerFamily, from + at.familyPlaces);
    }
    const [province, regency] = [String(home.province), String(home.regency)];
    provinces[province] = (provinces[province] ?? 0) + members;
    regencies[regency] = (regencies[regency] ?? 0) + members;
    winnable[province] = (winnable[province] ?? 0) + Math.min(members, maxPerFamily);
  }
  return { bytes, winnable, counts: { count: record, provinces, regencies, strata: {} } };
}

/** Places by weights, the largest remainders rounded up. */
function apportioned(places: number, weights: Readonly<Record<string, number>>): Record<string, number> {
  const all = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const exact = Object.entries(weights).map(([code, weight]) => [code, (places * weight) / all] as const);
  const quotas = Object.fromEntries(exact.map(([code, share]) => [code, Math.floor(share)]));
  const left = places - Object.values(quotas).reduce((sum, count) => sum + count, 0);
  const byRemainder = exact.toSorted(([, a], [, b]) => (b % 1) - (a % 1));
  for (const [code] of byRemainder.slice(0, left)) quotas[code] = (quotas[code] ?? 0) + 1;
  return quotas;
}

const { bytes, winnable, counts } = syntheticList();
const list = { ...counts, pieces: piecesOf(bytes, 64 * 1_024).pieces };
// Some provinces are given three times the places that others have for as many applicants.
const weights = Object.entries(counts.provinces).map(
  ([code, count], index) => [code, count * (1 + (index % 3))] as const,
);
const quotas = apportioned(batch19.places, Object.fromEntries(weights));
const rulesOf = (provinces: DrawRules['provinces']): DrawRules => {
  return { strata: [], regencies: {}, provinces, waiting: {}, maxPerFamily, maxLots: 1 };
};
const seed = seedOf('batch 19');

/** All scores, 16 bytes each. */
function allScores(): Buffer {
  const numbers = Buffer.alloc(counts.count * drawNumberBytes);
  for (let record = 0; record < counts.count; record += 1)
    bytes.copy(numbers, record * drawNumberBytes, record * recordBytes, record * recordBytes + drawNumberBytes);
  return createCipheriv('aes-256-ecb', Buffer.from(seed, 'hex'), null).setAutoPadding(false).update(numbers);
}

const isWinner = (outcome: number | undefined) => (outcome ?? 0) >>> 30 === 1;

/**
 * Whoever did not win had a worse score than the last winner of their province, or a family of two better winners: then no other
 * result keeps the rules. Answers who has neither.
 */
function countWronged({ outcomes, pools }: Selection): number {
  const scores = allScores();
  const scoreAt = (record: number) => scores.subarray(record * drawNumberBytes, (record + 1) * drawNumberBytes);
  const last = new Map(
    pools.map(({ pool, lastScore }) => [Number(pool.slice(-2)), lastScore && Buffer.from(lastScore, 'hex')]),
  );
  const familyAt = (record: number) => bytes.readBigUInt64BE(record * recordBytes);
  let wronged = 0;
  for (let first = 0, end = 0; first < counts.count; first = end) {
    for (end = first + 1; end < counts.count && familyAt(end) === familyAt(first); ) end += 1;
    const members = Array.from({ length: end - first }, (_, member) => first + member);
    const winners = members.filter((record) => isWinner(outcomes[record]));
    const lastHere = last.get(bytes.readUInt8(first * recordBytes + at.province));
    const isLate = (record: number) => lastHere && Buffer.compare(scoreAt(record), lastHere) > 0;
    const better = (record: number) => winners.filter((winner) => Buffer.compare(scoreAt(winner), scoreAt(record)) < 0);
    for (const record of members)
      if (isWinner(outcomes[record])) wronged += Number(isLate(record) || better(record).length >= maxPerFamily);
      else wronged += Number(!isLate(record) && better(record).length < maxPerFamily);
  }
  return wronged;
}

describe('batch 19', () => {
  it('has the figures that were published, over 34 provinces and 514 regencies', () => {
    expect(counts.count).toBe(batch19.eligible);
    expect(batch19.applied - batch19.eligible).toBe(1_553_918);
    expect(Object.values(quotas).reduce((sum, count) => sum + count, 0)).toBe(batch19.places);
    expect(Object.keys(quotas)).toHaveLength(34);
    expect(Object.keys(counts.regencies)).toHaveLength(514);
  });

  it('has exactly 800,000 winners, every province full, in some seconds', async () => {
    const begun = performance.now();
    const selection = await select(list, rulesOf(quotas), seed);
    const seconds = (performance.now() - begun) / 1_000;

    expect(selection.winners).toHaveLength(batch19.places * winnerBytes);
    expect(selection.outcomes.reduce((sum, outcome) => sum + Number(isWinner(outcome)), 0)).toBe(batch19.places);
    for (const { pool, members, lots, places, taken, lastScore } of selection.pools) {
      const code = pool.slice(-2);
      const eligible = counts.provinces[code] ?? 0;
      expect({ members, lots, places }).toEqual({ members: eligible, lots: eligible, places: quotas[code] });
      expect(taken).toBe(Math.min(places, eligible));
      expect(lastScore).not.toBeNull();
    }
    expect(countWronged(selection)).toBe(0);
    expect(seconds).toBeLessThan(20);
  });

  it('leaves only the places that no family may have, where a province has more places than people', async () => {
    const [short, exact, over] = ['11', '32', '92'];
    const places = { ...quotas, [short]: (winnable[short] ?? 0) + 1, [exact]: winnable[exact] ?? 0, [over]: 500_000 };

    const { pools, winners } = await select(list, rulesOf(places), seed);

    const expected = Object.entries(places).map(([code, count]) => [
      `province:${code}`,
      Math.min(count, winnable[code] ?? 0),
    ]);
    expect(pools.map(({ pool, taken }) => [pool, taken])).toEqual(expected);
    expect(winners.length / winnerBytes).toBe(expected.reduce((sum, [, taken]) => sum + Number(taken), 0));
    const lastScoreOf = (code: string) => pools.find(({ pool }) => pool.endsWith(code))?.lastScore;
    expect([short, exact, over].map((code) => typeof lastScoreOf(code))).toEqual(['object', 'string', 'object']);
  });
});
