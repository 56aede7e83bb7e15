import { ok } from 'node:assert/strict';
import { addTo } from '#shared/platform/counts.ts';
import type { BatchTerms } from '#shared/selection/batch-events.ts';
import { leafHashes, pathOf, rootOf } from '#shared/selection/draw/merkle.ts';
import { type DrawRecord, drawNumberBytes, encodeRecord, recordBytes } from '#shared/selection/draw/record.ts';
import type { OutcomeKind, ResultGroup } from '#shared/selection/draw/result-group.ts';
import { outcomeKinds } from '#shared/selection/draw/select.ts';
import { allDigits } from '#shared/selection/draw-files.ts';

/** How the work on a batch is cut, by the leading hex digits of the draw numbers. */
export type Cut = { readonly shardDigits: number; readonly groupDigits: number };

/** Applicants of one group: enough that nobody is alone in a file, few enough for a telephone. */
const groupOf = 1_000;

/**
 * The cut for so many applicants in a sixteenth of the batch: up to some sixty thousand applicants in one shard, and some hundreds to some
 * thousands in one group.
 */
export function cutFor(applicantsInSixteenth: number): Cut {
  if (applicantsInSixteenth <= groupOf) return { shardDigits: 1, groupDigits: 1 };
  if (applicantsInSixteenth <= 16 * groupOf) return { shardDigits: 1, groupDigits: 2 };
  return { shardDigits: 2, groupDigits: 3 };
}

/** Counted no further: beyond it the cut is the same. */
export const countedForCut = 16 * groupOf + 1;

/** The groups of a shard, in order. */
export function groupsOf(shard: string, { groupDigits }: Cut): string[] {
  const rest = groupDigits - shard.length;
  return rest === 0 ? [shard] : allDigits(rest).map((digits) => `${shard}${digits}`);
}

/** The list of one shard: its bytes, the roots of its groups, and its counts. Asserts that the records are in order. */
export function shardList(records: readonly DrawRecord[], shard: string, cut: Cut, { stratumQuotas }: BatchTerms) {
  const counts = { provinces: {}, regencies: {}, strata: {} };
  for (const { stratum } of stratumQuotas) Object.assign(counts.strata, { [stratum]: 0 });
  for (const [index, { drawNumber, provinceCode, regencyCode, strata }] of records.entries()) {
    ok(drawNumber.startsWith(shard) && drawNumber > (records[index - 1]?.drawNumber ?? ''), 'A shard is in order');
    addTo(counts.provinces, provinceCode);
    addTo(counts.regencies, regencyCode.replace('.', ''));
    for (const stratum of strata) addTo(counts.strata, stratum);
  }
  const bytes = Buffer.concat(records.map(encodeRecord));
  const groupRoots = groupsOf(shard, cut).map((group) => rootOf(leafHashes(recordsUnder(bytes, group), recordBytes)));
  return { bytes, groupRoots, ...counts };
}

/** The records whose draw numbers begin with these digits, of a list in order. */
export function recordsUnder(list: Buffer, digits: string): Buffer {
  const numberAt = (index: number) =>
    list.toString('hex', index * recordBytes, index * recordBytes + drawNumberBytes).slice(0, digits.length);
  return list.subarray(firstAtLeast(digits) * recordBytes, firstAtLeast(`${digits}~`) * recordBytes);

  function firstAtLeast(bound: string): number {
    let [low, high] = [0, list.length / recordBytes];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numberAt(middle) < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What an outcome of four bytes says. */
export function readOutcome(outcome: number): { readonly kind: OutcomeKind; readonly number: number } {
  const kind = outcomeKinds[outcome >>> 30];
  ok(kind, 'Two bits have four kinds');
  return { kind, number: outcome & (2 ** 30 - 1) };
}

/** Outcomes as their file has them: four bytes each, big-endian. */
export function outcomeBytes(outcomes: Uint32Array): Buffer {
  const bytes = Buffer.alloc(outcomes.length * 4);
  for (const [index, outcome] of outcomes.entries()) bytes.writeUInt32BE(outcome, index * 4);
  return bytes;
}

type ShardResult = {
  readonly batchId: string;
  readonly manifestDigest: string;
  /** Records and outcomes of the whole shard, and the roots of all groups of the list. */
  readonly list: Buffer;
  readonly outcomes: Buffer;
  readonly groupRoots: Buffer;
  /** Of the shard, ascending by draw number. */
  readonly refused: readonly (readonly [string, string])[];
};

/** What one group publishes of a shard's result. */
export function resultGroup(group: string, shard: ShardResult): ResultGroup {
  const { batchId, manifestDigest, list, outcomes, groupRoots, refused } = shard;
  const records = recordsUnder(list, group);
  const first = (records.byteOffset - list.byteOffset) / recordBytes;
  const applicants: ResultGroup['applicants'] = Array.from({ length: records.length / recordBytes }, (_, index) => {
    const { kind, number } = readOutcome(outcomes.readUInt32BE((first + index) * 4));
    return [records.toString('hex', index * recordBytes, (index + 1) * recordBytes), kind, number];
  });
  const place = Number.parseInt(group, 16);
  const path = pathOf(groupRoots, place);
  return {
    batchId,
    group,
    manifestDigest,
    groupRoot: groupRoots.toString('hex', place * 32, (place + 1) * 32),
    path: Array.from({ length: path.length / 32 }, (_, level) => path.toString('hex', level * 32, (level + 1) * 32)),
    applicants,
    refused: refused.flatMap(([drawNumber, reason]) => (drawNumber.startsWith(group) ? [[drawNumber, reason]] : [])),
  };
}
