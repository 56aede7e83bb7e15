import { ok } from 'node:assert/strict';
import type { DrawRules, PoolResult } from '#shared/selection/draw/manifest.ts';
import { type Field, fieldOf, isWhole, lookFurther, type Round } from '#shared/selection/draw/pools.ts';
import { type DrawList, type Reading, readList } from '#shared/selection/draw/read-list.ts';
import { drawNumberBytes } from '#shared/selection/draw/record.ts';
import { scoreOrder } from '#shared/selection/draw/score-order.ts';
import { copyWords, scoreBytes } from '#shared/selection/draw/scores.ts';

/** Sixteen bytes of a draw number, and the round. */
export const winnerBytes = 17;

/** What an outcome's upper two bits say; the lower thirty are a rank or a position. */
export const outcomeKinds = ['not_drawn', 'won', 'waiting', 'family_full'] as const;
const kindUnit = 2 ** 30;
const won = kindUnit;
const waiting = 2 * kindUnit;
const familyFull = 3 * kindUnit;

export type Selection = {
  /** `winnerBytes` for each winner, by rank. */
  readonly winners: Buffer;
  /** For each record of the list. */
  readonly outcomes: Uint32Array;
  readonly pools: readonly PoolResult[];
  /** Draw numbers by province, in the order in which places are offered. */
  readonly waiting: Readonly<Record<string, readonly string[]>>;
};

/**
 * Selects the winners of a committed list, as docs/draw.md says: exact under all quotas and the limit of each family, whatever the order of
 * anything.
 *
 * Only those who can win are put in order. The list is read once; who lies behind a limit that leaves some to spare is scored and let go. Where
 * a pool is not full within its limit, the limit is raised and the list read again: so the result is that of going through
 * everybody. Six bytes are held of each applicant, and some seventy of each who can win.
 *
 * Asserts that the list is in order, each draw number once, every field within the rules, and the counts as stated.
 */
export async function select(list: DrawList, rules: DrawRules, seed: string): Promise<Selection> {
  ok(list.count < kindUnit, 'Ranks have thirty bits');
  const field = fieldOf(rules, list);
  for (;;) {
    const reading = await readList(list, rules, seed, field);
    const ordered = scoreOrder(reading.candidates);
    const filled = fill(reading, ordered, field.rounds);
    if (!raiseLimits(field, filled)) return conclude(reading, ordered.order, filled, field.rounds);
  }
}

/** Looks further where places were left and somebody was not looked at; whether there is such a pool. */
function raiseLimits({ rounds }: Field, { taken }: Filled): boolean {
  let raised = false;
  for (const [round, { pools }] of rounds.entries())
    for (const [pool, { crowd, places }] of pools.entries()) {
      if (taken[round]?.[pool] === places || isWhole(crowd) || crowd.members === 0) continue;
      lookFurther(crowd);
      raised = true;
    }
  return raised;
}

type Filled = {
  /** By round and pool: places taken, and the place in the order of the last who took one. */
  readonly taken: readonly Uint32Array[];
  readonly last: readonly Int32Array[];
  /** By place in the order: the round that gave something, from 1; 0 for none. */
  readonly roundOf: Uint8Array;
  /** By round, by cell: the pool. */
  readonly poolsOfCells: readonly Int16Array[];
  /** Places that each family has left afterwards. */
  readonly familyPlaces: Uint8Array;
  /** By place in the order. */
  readonly cells: Uint16Array;
  readonly heads: Uint32Array;
  readonly families: Uint32Array;
};

function fill(
  { cells, candidates: { standings }, familyPlaces }: Reading,
  { order, heads }: ReturnType<typeof scoreOrder>,
  rounds: readonly Round[],
): Filled {
  const filled = {
    taken: rounds.map(({ pools }) => new Uint32Array(pools.length)),
    last: rounds.map(({ pools }) => new Int32Array(pools.length).fill(-1)),
    roundOf: new Uint8Array(order.length),
    poolsOfCells: cells.poolsOfCells(),
    familyPlaces,
    cells: new Uint16Array(order.length),
    heads,
    families: new Uint32Array(order.length),
  };
  for (let place = 0; place < order.length; place += 1) {
    const from = 2 * (order[place] ?? 0);
    filled.families[place] = standings[from] ?? 0;
    filled.cells[place] = standings[from + 1] ?? 0;
  }
  for (const [index, round] of rounds.entries()) fillRound(round, index, filled);
  return filled;
}

function fillRound({ pools, givesPlaces }: Round, round: number, filled: Filled): void {
  const { roundOf, familyPlaces, cells, heads, families } = filled;
  const [taken, last, poolOf] = [filled.taken[round], filled.last[round], filled.poolsOfCells[round]];
  ok(taken && last && poolOf, 'Every round has its numbers');
  const left = Uint32Array.from(pools, ({ places }) => places);
  const limits = Float64Array.from(pools, ({ crowd }) => crowd.limit);
  let open = left.reduce((sum, places) => sum + (places > 0 ? 1 : 0), 0);
  for (let place = 0; place < cells.length && open > 0; place += 1) {
    const pool = poolOf[cells[place] ?? 0] ?? -1;
    if (pool < 0 || roundOf[place] !== 0) continue;
    const places = left[pool] ?? 0;
    // Behind the limit somebody of this pool may be missing: nobody there is given its places.
    if (places === 0 || (heads[place] ?? 0) > (limits[pool] ?? -1)) continue;
    const family = families[place] ?? 0;
    const ofFamily = familyPlaces[family] ?? 0;
    if (ofFamily === 0) continue;
    if (givesPlaces) familyPlaces[family] = ofFamily - 1;
    roundOf[place] = round + 1;
    left[pool] = places - 1;
    last[pool] = place;
    if (places === 1) open -= 1;
  }
  for (const [pool, { places }] of pools.entries()) taken[pool] = places - (left[pool] ?? 0);
}

function conclude(reading: Reading, order: Uint32Array, filled: Filled, rounds: readonly Round[]): Selection {
  const { indexes, numbers } = reading.candidates;
  const { roundOf, cells, poolsOfCells, taken } = filled;
  const winnerCount = taken
    .slice(0, -1)
    .flatMap((ofRound) => [...ofRound])
    .reduce((sum, count) => sum + count, 0);
  const winners = Buffer.alloc(winnerCount * winnerBytes);
  const written = new DataView(winners.buffer, winners.byteOffset, winners.length);
  const waitingPools = poolsOfCells.at(-1);
  ok(waitingPools, 'The last round is that of the waiting lists');
  const lists =
    rounds.at(-1)?.pools.map(({ crowd }) => ({ code: crowd.name.slice(-2), members: [] as string[] })) ?? [];
  const outcomeOf = new Uint32Array(order.length);
  let rank = 0;
  for (let place = 0; place < order.length; place += 1) {
    const round = roundOf[place] ?? 0;
    if (round === 0) continue;
    const candidate = order[place] ?? 0;
    if (round === rounds.length) {
      const list = lists[waitingPools[cells[place] ?? 0] ?? 0];
      ok(list, 'Who waits, waits in a list');
      const from = candidate * drawNumberBytes;
      const position = list.members.push(Buffer.from(numbers.buffer, from, drawNumberBytes).toString('hex'));
      outcomeOf[candidate] = waiting + position;
    } else {
      copyWords(numbers, candidate * drawNumberBytes, written, rank * winnerBytes);
      winners[rank * winnerBytes + drawNumberBytes] = round - 1;
      rank += 1;
      outcomeOf[candidate] = won + rank;
    }
  }
  // In the order of the list again, where neighbours lie together.
  const outcomes = new Uint32Array(reading.newFamily.length);
  for (let candidate = 0; candidate < order.length; candidate += 1)
    outcomes[indexes[candidate] ?? 0] = outcomeOf[candidate] ?? 0;
  markFullFamilies(reading, filled, outcomes);
  const waitingLists = Object.fromEntries(lists.map(({ code, members }) => [code, members]));
  return { winners, outcomes, pools: poolResults(reading, order, filled, rounds), waiting: waitingLists };
}

/** Who won nothing, and whose family has all its places. */
function markFullFamilies({ newFamily }: Reading, { familyPlaces }: Filled, outcomes: Uint32Array): void {
  let family = -1;
  for (let index = 0; index < outcomes.length; index += 1) {
    family += newFamily[index] ?? 0;
    if (outcomes[index] === 0 && familyPlaces[family] === 0) outcomes[index] = familyFull;
  }
}

function poolResults(
  { candidates: { scores } }: Reading,
  order: Uint32Array,
  { taken, last }: Filled,
  rounds: readonly Round[],
): PoolResult[] {
  const scoreOf = (place: number) =>
    Buffer.from(scores.buffer, (order[place] ?? 0) * scoreBytes, scoreBytes).toString('hex');
  return rounds.slice(0, -1).flatMap(({ pools }, round) =>
    pools.map(({ name, crowd: { members, lots }, places }, pool) => {
      const given = taken[round]?.[pool] ?? 0;
      const lastScore = given === places && places > 0 ? scoreOf(last[round]?.[pool] ?? 0) : null;
      return { pool: name, members, lots, places, taken: given, lastScore };
    }),
  );
}
