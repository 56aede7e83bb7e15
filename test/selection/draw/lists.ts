import { digestOf } from '#shared/platform/digest.ts';
import type { Pieces } from '#shared/selection/draw/blocks.ts';
import type { DrawRules } from '#shared/selection/draw/manifest.ts';
import type { DrawList } from '#shared/selection/draw/read-list.ts';
import { type DrawRecord, encodeRecord } from '#shared/selection/draw/record.ts';
import { outcomeKinds, type Selection, winnerBytes } from '#shared/selection/draw/select.ts';

/** The first 16 bytes of somebody's record: a family, a person, and zero. */
export const numberOf = (family: string, person: string): string =>
  `${digestOf(`family ${family}`).slice(0, 16)}${digestOf(`person ${person}`).slice(0, 14)}00`;

/** Somebody who lives alone in Bandung, with one lot. */
export function applicantOf(name: string | number, change: Partial<DrawRecord> = {}): DrawRecord {
  const drawNumber = numberOf(String(name), String(name));
  return { drawNumber, provinceCode: '32', regencyCode: '32.73', strata: [], lots: 1, familyPlaces: 1, ...change };
}

/** So many people who live alone. */
export const strangers = (
  count: number,
  change: (index: number) => Partial<DrawRecord> = () => ({}),
): readonly DrawRecord[] => Array.from({ length: count }, (_, index) => applicantOf(index, change(index)));

/** Members of one family. */
export const familyOf = (name: string, members: number, familyPlaces: number): readonly DrawRecord[] =>
  Array.from({ length: members }, (_, member) => {
    return applicantOf(name, { drawNumber: numberOf(name, `${name} ${member}`), familyPlaces });
  });

export const inOrder = (applicants: readonly DrawRecord[]): readonly DrawRecord[] =>
  applicants.toSorted((a, b) => (a.drawNumber < b.drawNumber ? -1 : 1));

export function countBy(keys: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** Bytes in pieces of one size, and how often they were asked for. */
export function piecesOf(
  bytes: Uint8Array,
  size = 1_000,
): { readonly pieces: Pieces; readonly readings: () => number } {
  let readings = 0;
  async function* pieces() {
    readings += 1;
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  }
  return { pieces, readings: () => readings };
}

/** A list as it is committed; `change` is what it says about itself that is not so. */
export function listOf(applicants: readonly DrawRecord[], change: Partial<DrawList> = {}): DrawList {
  const records = inOrder(applicants);
  return {
    count: records.length,
    provinces: countBy(records.map(({ provinceCode }) => provinceCode)),
    regencies: countBy(records.map(({ regencyCode }) => regencyCode.replace('.', ''))),
    strata: countBy(records.flatMap(({ strata }) => strata)),
    pieces: piecesOf(Buffer.concat(records.map(encodeRecord))).pieces,
    ...change,
  };
}

/** Rules in which Jawa Barat has so many places. */
export const rulesOf = (places: number, change: Partial<DrawRules> = {}): DrawRules => {
  return {
    strata: [],
    regencies: {},
    provinces: { '32': places },
    waiting: {},
    maxPerFamily: 2,
    maxLots: 3,
    ...change,
  };
};

export const seedOf = (name: string | number): string => digestOf(`seed ${name}`);

/** Draw numbers by rank, and the round of each. */
export function winnersOf({ winners }: Selection): readonly { readonly drawNumber: string; readonly round: number }[] {
  return Array.from({ length: winners.length / winnerBytes }, (_, rank) => {
    const from = rank * winnerBytes;
    return { drawNumber: winners.toString('hex', from, from + 16), round: winners.readUInt8(from + 16) };
  });
}

/** What came of everybody, by place in the list. */
export const outcomesOf = ({ outcomes }: Selection) =>
  Array.from(outcomes, (outcome) => ({ kind: outcomeKinds[outcome >>> 30], number: outcome & 0x3fff_ffff }));
