import { ok } from 'node:assert/strict';
import type { DrawCommitment, DrawRules } from '#shared/selection/draw/manifest.ts';
import { bitOf, strata } from '#shared/selection/draw/record.ts';

/** Applicants by province, regency and stratum, as the commitment states them. */
export type ListCounts = Pick<DrawCommitment['list'], 'count' | 'provinces' | 'regencies' | 'strata'>;

/** Scores are compared with limits by their first four bytes. */
const everybody = 0xffff_ffff;

/**
 * Everybody of one stratum, regency or province, and up to which score they are looked at. Where places are still free, somebody who has
 * not been looked at could have them: then the limit is too low.
 */
export type Crowd = { readonly name: string; readonly members: number; limit: number; seen: number; lots: number };

/** Places that a crowd competes for. */
export type Pool = { readonly name: string; readonly crowd: Crowd; readonly places: number };

/** Pools that are filled together; an applicant belongs to one of them at most. */
export type Round = {
  readonly pools: readonly Pool[];
  /** False for waiting lists, whose members take no place of their family. */
  readonly givesPlaces: boolean;
};

/** The crowds of a list, and the rounds in which their places are given. Crowds of nobody are there too: the result names them. */
export type Field = {
  readonly rounds: readonly Round[];
  readonly byProvince: ReadonlyMap<number, Crowd>;
  readonly byRegency: ReadonlyMap<number, Crowd>;
  /** With the bit that a record has. */
  readonly byStratum: readonly { readonly bit: number; readonly crowd: Crowd }[];
  readonly counts: ListCounts;
};

/** @throws AssertionError where applicants live in a province that the rules do not name, not even with zero places. */
export function fieldOf(rules: DrawRules, counts: ListCounts): Field {
  const crowd = (name: string, members = 0): Crowd => ({ name, members, limit: -1, seen: 0, lots: 0 });
  const areas = (word: string, codes: Iterable<string>, members: Readonly<Record<string, number>>) =>
    new Map(Array.from(codes, (code) => [Number(code), crowd(`${word}:${code}`, members[code])] as const));
  for (const code of Object.keys(counts.provinces)) ok(code in rules.provinces, `Province ${code} is in the rules`);
  const byProvince = areas('province', Object.keys(rules.provinces), counts.provinces);
  const byRegency = areas('regency', Object.keys(rules.regencies), counts.regencies);
  const byStratum = rules.strata.map(({ stratum }) => {
    return { bit: bitOf(stratum), crowd: crowd(`stratum:${stratum}`, counts.strata[stratum]) };
  });
  const poolsOf = (crowds: ReadonlyMap<number, Crowd>, places: Readonly<Record<string, number>>): Pool[] =>
    Array.from(crowds, ([code, ofCode]) => {
      const digits = String(code).padStart(ofCode.name.split(':')[1]?.length ?? 0, '0');
      return { name: ofCode.name, crowd: ofCode, places: places[digits] ?? 0 };
    });
  const ofStrata = byStratum.map(({ crowd: ofStratum }, index) => ({
    pools: [{ name: ofStratum.name, crowd: ofStratum, places: rules.strata[index]?.places ?? 0 }],
    givesPlaces: true,
  }));
  const rounds = [
    ...ofStrata,
    { pools: poolsOf(byRegency, rules.regencies), givesPlaces: true },
    { pools: poolsOf(byProvince, rules.provinces), givesPlaces: true },
    { pools: poolsOf(byProvince, rules.waiting), givesPlaces: false },
  ];
  const field = { rounds, byProvince, byRegency, byStratum, counts };
  guessLimits(field, counts.count);
  return field;
}

/**
 * Each crowd is looked at as far as its places need, with those of its members who win in earlier rounds: scores are evenly spread, so
 * that part of the members lies before that part of the scores. More than that, since families refuse some: the more, the larger
 * the part who win.
 */
function guessLimits({ rounds }: Field, count: number): void {
  const needed = new Map<Crowd, number>();
  const ofRegencies = new Map<string, number>();
  let national = 0;
  for (const { pools } of rounds)
    for (const { crowd, places } of pools) {
      needed.set(crowd, (needed.get(crowd) ?? 0) + places);
      const [word, code = ''] = crowd.name.split(':');
      const province = `province:${code.slice(0, 2)}`;
      if (word === 'stratum') national += places;
      if (word === 'regency') ofRegencies.set(province, (ofRegencies.get(province) ?? 0) + places);
    }
  for (const [crowd, places] of needed) {
    if (places === 0 || crowd.members === 0) continue;
    const fromStrata = crowd.name.startsWith('stratum') ? 0 : (national * crowd.members) / count;
    const wanted = places + fromStrata + (ofRegencies.get(crowd.name) ?? 0);
    const withSpare = wanted * (1.02 + (0.3 * wanted) / crowd.members) + 6 * Math.sqrt(wanted) + 20;
    lookAt(crowd, withSpare / crowd.members);
  }
}

/** Looks at a part of the scores of a crowd; of everybody from one on. */
function lookAt(crowd: Crowd, part: number): void {
  crowd.limit = Math.min(everybody, Math.ceil(part * everybody));
}

/** Whether nobody of a crowd is left out. */
export const isWhole = ({ limit }: Crowd): boolean => limit === everybody;

/** Twice as far as before. */
export function lookFurther(crowd: Crowd): void {
  crowd.limit = Math.min(everybody, Math.max(2 * crowd.limit, 2 ** 20));
}

/** Strata have three bits in a cell. */
const strataBits = strata.length;
const cellsOfRegency = 1 << strataBits;
/** Regencies that a list can have: there are 514 today. */
const maxRegencies = 1_024;
const unknown = 0xffff;

/**
 * Where the applicants of a list stand: each has a cell, the regency and the strata in one small number. Cells are made while the list is
 * read; `limits` are by cell, of the widest of its crowds.
 */
export function cellTable({ rounds, byProvince, byRegency, byStratum, counts }: Field) {
  const namedStrata = byStratum.reduce((bits, { bit }) => bits | bit, 0);
  const firstCell = new Uint16Array(65_536).fill(unknown);
  const provinceOf = new Uint8Array(65_536);
  const crowdsOf: Crowd[][] = [];
  const known: number[] = [];
  const limits = new Float64Array(maxRegencies * cellsOfRegency);
  const members = new Uint32Array(maxRegencies * cellsOfRegency);
  const lots = new Float64Array(maxRegencies * cellsOfRegency);

  function learn(regency: number, province: number): void {
    ok(crowdsOf.length < limits.length, 'A list has fewer regencies');
    const ofProvince = byProvince.get(province);
    ok(ofProvince, `Province ${province} is in the rules`);
    const ofRegency = byRegency.get(regency);
    firstCell[regency] = crowdsOf.length;
    known.push(regency);
    provinceOf[regency] = province;
    for (let bits = 0; bits < cellsOfRegency; bits += 1) {
      const ofStrata = byStratum.flatMap(({ bit, crowd }) => (bits & bit ? [crowd] : []));
      const all = [ofProvince, ...(ofRegency ? [ofRegency] : []), ...ofStrata];
      limits[crowdsOf.length] = Math.max(...all.map(({ limit }) => limit));
      crowdsOf.push(all);
    }
  }

  /** Regencies without places of their own are counted too: what is stated of them is published. */
  function checkRegencies(): void {
    const stated = new Map(Object.entries(counts.regencies).map(([code, count]) => [Number(code), count]));
    for (const regency of new Set([...stated.keys(), ...known])) {
      const first = firstCell[regency] ?? unknown;
      const seen = first === unknown ? new Uint32Array() : members.subarray(first, first + cellsOfRegency);
      const count = seen.reduce((sum, ofCell) => sum + ofCell, 0);
      ok(count === (stated.get(regency) ?? 0), `Regency ${regency} has as many members as stated`);
    }
    for (const stratum of strata)
      if (!(namedStrata & bitOf(stratum)))
        ok(!counts.strata[stratum], `Nobody is counted as ${stratum} without places`);
  }

  return {
    limits,
    members,
    lots,

    /** The cell of an applicant; `strata` are the bits of a record. @throws AssertionError where a regency lies in two provinces. */
    cellOf(regency: number, province: number, strata: number): number {
      if (firstCell[regency] === unknown) learn(regency, province);
      if (provinceOf[regency] !== province) ok(false, `Regency ${regency} lies in one province`);
      if (strata & ~namedStrata) ok(false, 'Strata are those of the rules');
      return (firstCell[regency] ?? 0) | strata;
    },

    /** When all are read: counts everybody in their crowds. Asserts that the counts are those of the commitment. */
    countCrowds(): void {
      const crowds = [...byProvince.values(), ...byRegency.values(), ...byStratum.map(({ crowd }) => crowd)];
      for (const crowd of crowds) Object.assign(crowd, { seen: 0, lots: 0 });
      for (const [cell, all] of crowdsOf.entries())
        for (const crowd of all) {
          crowd.seen += members[cell] ?? 0;
          crowd.lots += lots[cell] ?? 0;
        }
      for (const { name, seen, members: stated } of crowds)
        ok(seen === stated, `${name} has as many members as stated`);
      checkRegencies();
    },

    /** By round, by cell: the pool of that round, or -1. */
    poolsOfCells: (): Int16Array[] =>
      rounds.map(({ pools }) =>
        Int16Array.from(crowdsOf, (all) => pools.findIndex(({ crowd }) => all.includes(crowd))),
      ),
  };
}
export type CellTable = ReturnType<typeof cellTable>;
