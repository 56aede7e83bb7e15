import { ok } from 'node:assert/strict';
import { blocksOf, type Pieces } from '#shared/selection/draw/blocks.ts';
import type { DrawRules } from '#shared/selection/draw/manifest.ts';
import { type CellTable, cellTable, type Field, type ListCounts } from '#shared/selection/draw/pools.ts';
import { at, drawNumberBytes, recordBytes } from '#shared/selection/draw/record.ts';
import { compareWords, copyWords, lotsUnder, scoreBytes } from '#shared/selection/draw/scores.ts';

/** The committed list: its counts, and the bytes of its records, from the beginning each time. */
export type DrawList = ListCounts & { readonly pieces: Pieces };

/** Those who can win, in the order of the list. Arrays have room for more than `count`. */
type Candidates = {
  count: number;
  /** Places in the list. */
  indexes: Uint32Array;
  /** Two numbers each, since they are read together and in another order: the family and the cell. */
  standings: Uint32Array;
  numbers: DataView;
  scores: DataView;
};

export type Reading = {
  readonly cells: CellTable;
  readonly candidates: Readonly<Candidates>;
  /** One for each applicant whose family is not that of the one before. */
  readonly newFamily: Uint8Array;
  /** Places that each family has left. */
  readonly familyPlaces: Uint8Array;
};

/** Records that are worked on at a time: few enough for the processor's cache. */
const blockRecords = 4_096;

/** Thrown as an assertion would be, without the cost of one for each of millions. */
function broken(promise: string): never {
  ok(false, promise);
}

/**
 * Reads the list once, scores everybody, and takes out who lies within the limits of a crowd. Asserts that the list is in order, each draw
 * number once, every field within the rules, and the counts as stated.
 */
export async function readList(list: DrawList, rules: DrawRules, seed: string, field: Field): Promise<Reading> {
  const cells = cellTable(field);
  const reading = {
    cells,
    candidates: room(expectedCandidates(field) + 2 * blockRecords),
    newFamily: new Uint8Array(list.count),
    familyPlaces: new Uint8Array(list.count),
    lots: new DataView(new ArrayBuffer(blockRecords * rules.maxLots * drawNumberBytes)),
    cellsOfBlock: new Uint16Array(blockRecords),
  };
  const encrypt = lotsUnder(seed);
  let cursor: Cursor = { index: 0, families: 0, before: new Uint32Array(4), bytes: 0 };
  for await (const block of blocksOf(list.pieces(), recordBytes, blockRecords)) {
    if (cursor.index + block.length / recordBytes > list.count) broken('A list has as many records as it says');
    const source = new DataView(block.buffer, block.byteOffset, block.length);
    const next = readBlock(source, cursor, rules, reading);
    makeRoom(reading.candidates, blockRecords);
    takeOut(source, encrypt(reading.lots, next.bytes), cursor, reading);
    cursor = next;
  }
  if (cursor.index !== list.count) broken('A list has as many records as it says');
  cells.countCrowds();
  return { ...reading, familyPlaces: reading.familyPlaces.subarray(0, cursor.families) };
}

/** Every candidate is in the limit of a province, a regency or a stratum. */
function expectedCandidates({ byProvince, byRegency, byStratum }: Field): number {
  const crowds = [...byProvince.values(), ...byRegency.values(), ...byStratum.map(({ crowd }) => crowd)];
  return crowds.reduce((sum, { members, limit }) => sum + Math.max(0, Math.ceil((2 * members * limit) / 2 ** 32)), 0);
}

const room = (candidates: number): Candidates => ({
  count: 0,
  indexes: new Uint32Array(candidates),
  standings: new Uint32Array(2 * candidates),
  numbers: new DataView(new ArrayBuffer(candidates * drawNumberBytes)),
  scores: new DataView(new ArrayBuffer(candidates * scoreBytes)),
});

/** Room for some more candidates: half as much again, where the guess was low. */
function makeRoom(candidates: Candidates, more: number): void {
  const { count, indexes, standings, numbers, scores } = candidates;
  if (count + more <= indexes.length) return;
  const larger = room(Math.ceil(1.5 * (count + more)));
  larger.indexes.set(indexes);
  larger.standings.set(standings);
  const copy = (from: DataView, to: DataView) => new Uint8Array(to.buffer).set(new Uint8Array(from.buffer));
  copy(numbers, larger.numbers);
  copy(scores, larger.scores);
  Object.assign(candidates, { ...larger, count });
}

/**
 * How far the list is read; `before` is the last draw number in four words (typed: other numbers would be boxed for every record),
 * `bytes` are those of the block's lots.
 */
type Cursor = {
  readonly index: number;
  readonly families: number;
  readonly before: Uint32Array;
  readonly bytes: number;
};

type Work = {
  readonly cells: CellTable;
  readonly candidates: Candidates;
  readonly newFamily: Uint8Array;
  readonly familyPlaces: Uint8Array;
  readonly lots: DataView;
  readonly cellsOfBlock: Uint16Array;
};

/** Checks the records of a block, and puts down their lots. Apart from the reading, since a loop in an asynchronous function is slow. */
function readBlock(source: DataView, cursor: Cursor, { maxLots, maxPerFamily }: DrawRules, work: Work): Cursor {
  const { cells, newFamily, familyPlaces, lots, cellsOfBlock } = work;
  const { members, lots: lotsOf } = cells;
  const { before } = cursor;
  let { index, families } = cursor;
  let first = before[0] ?? 0;
  let second = before[1] ?? 0;
  let third = before[2] ?? 0;
  let fourth = before[3] ?? 0;
  let to = 0;
  for (let from = 0, record = 0; from < source.byteLength; from += recordBytes, index += 1, record += 1) {
    const a = source.getUint32(from);
    const b = source.getUint32(from + 4);
    const c = source.getUint32(from + 8);
    const d = source.getUint32(from + 12);
    const left = source.getUint8(from + at.familyPlaces);
    if (a === first && b === second && families > 0) {
      if (c < third || (c === third && d <= fourth)) broken('A list is ascending by draw number, each one once');
      if (left !== familyPlaces[families - 1]) broken('All of a family have the same places left');
    } else {
      if (a < first || (a === first && b < second)) broken('A list is ascending by draw number, each one once');
      if (left < 1 || left > maxPerFamily) broken('A family in a draw has a place left, and no more than the limit');
      familyPlaces[families] = left;
      newFamily[index] = 1;
      families += 1;
    }
    if ((d & 0xff) !== 0) broken('A draw number ends with zero');
    first = a;
    second = b;
    third = c;
    fourth = d;
    const lotCount = source.getUint8(from + at.lots);
    if (lotCount < 1 || lotCount > maxLots) broken('An applicant has a lot, and no more than the limit');
    for (let lot = 0; lot < lotCount; lot += 1, to += drawNumberBytes) {
      lots.setUint32(to, a);
      lots.setUint32(to + 4, b);
      lots.setUint32(to + 8, c);
      lots.setUint32(to + 12, d | lot);
    }
    const province = source.getUint8(from + at.province);
    const cell = cells.cellOf(source.getUint16(from + at.regency), province, source.getUint8(from + at.strata));
    members[cell] = (members[cell] ?? 0) + 1;
    lotsOf[cell] = (lotsOf[cell] ?? 0) + lotCount;
    cellsOfBlock[record] = cell;
  }
  return { index, families, before: Uint32Array.of(first, second, third, fourth), bytes: to };
}

/** Keeps those of a block whose score lies within the limit of their cell. */
function takeOut(source: DataView, encrypted: DataView, cursor: Cursor, work: Work): void {
  const { cells, candidates, newFamily, cellsOfBlock } = work;
  const { indexes, standings, numbers, scores } = candidates;
  const { limits } = cells;
  let { count } = candidates;
  let { index, families } = cursor;
  let lot = 0;
  for (let from = 0, record = 0; from < source.byteLength; from += recordBytes, index += 1, record += 1) {
    const end = lot + source.getUint8(from + at.lots) * drawNumberBytes;
    families += newFamily[index] ?? 0;
    let smallest = lot;
    for (lot += drawNumberBytes; lot < end; lot += drawNumberBytes)
      if (compareWords(encrypted, lot, encrypted, smallest) < 0) smallest = lot;
    const head = encrypted.getUint32(smallest);
    const cell = cellsOfBlock[record] ?? 0;
    if (head > (limits[cell] ?? -1)) continue;
    indexes[count] = index;
    standings[2 * count] = families - 1;
    standings[2 * count + 1] = cell;
    copyWords(source, from, numbers, count * drawNumberBytes);
    copyWords(encrypted, smallest, scores, count * scoreBytes);
    count += 1;
  }
  candidates.count = count;
}
