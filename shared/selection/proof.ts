import { Refusal } from '#shared/platform/refusal.ts';
import type { DrawManifest, PoolResult } from '#shared/selection/draw/manifest.ts';
import { leafHashes, pathOf, rootFrom } from '#shared/selection/draw/merkle.ts';
import { decodeRecord, recordBytes } from '#shared/selection/draw/record.ts';
import type { ResultGroup } from '#shared/selection/draw/result-group.ts';
import { compareWords, lotsUnder, scoreBytes } from '#shared/selection/draw/scores.ts';

/** Proof that a record is in a committed list: at most 1.2 KB also for sixteen million applicants. */
export type InclusionProof = {
  /** 22 bytes as hex. */
  readonly record: string;
  /** The record's place in its group, and the size of the group. */
  readonly index: number;
  readonly size: number;
  /** 32 bytes a level: first those within the group, then those of the groups; base64url. */
  readonly path: string;
};

/** The proof of one applicant, from the published file of the group. @throws Refusal `draw_number_unknown`. */
export function proofOf({ applicants, path }: ResultGroup, drawNumber: string): InclusionProof {
  const index = applicants.findIndex(([record]) => record.startsWith(drawNumber));
  const [record] = applicants[index] ?? [];
  if (!record) throw new Refusal('draw_number_unknown');
  const records = Buffer.from(applicants.map(([hex]) => hex).join(''), 'hex');
  const inGroup = pathOf(leafHashes(records, recordBytes), index);
  const whole = Buffer.concat([inGroup, ...path.map((hash) => Buffer.from(hash, 'hex'))]);
  return { record, index, size: applicants.length, path: whole.toString('base64url') };
}

/** Whether a proof leads to the root of a list; `groupDigits` is how the list was cut. */
export function verifiesProof(
  { record, index, size, path }: InclusionProof,
  root: string,
  groupDigits: number,
): boolean {
  const bytes = Buffer.from(record, 'hex');
  const hashes = Buffer.from(path, 'base64url');
  const ofGroups = 32 * 4 * groupDigits;
  // One spelling of each: what decodes to the same bytes is not the same proof.
  const isPlain = bytes.toString('hex') === record && hashes.toString('base64url') === path;
  if (!isPlain || bytes.length !== recordBytes || hashes.length < ofGroups) return false;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return false;
  const leaf = leafHashes(bytes, recordBytes);
  const groupRoot = rootFrom(leaf, hashes.subarray(0, hashes.length - ofGroups), index, size);
  const group = Number.parseInt(record.slice(0, groupDigits), 16);
  const reached = groupRoot && rootFrom(groupRoot, hashes.subarray(hashes.length - ofGroups), group, 16 ** groupDigits);
  return reached !== null && Buffer.from(reached).toString('hex') === root;
}

/** The score of a record under a seed, as hex. */
export function scoreOf(record: string, seed: string): string {
  const number = Buffer.from(record, 'hex');
  const { lots } = decodeRecord(number);
  const inputs = new DataView(new ArrayBuffer(lots * scoreBytes));
  for (let lot = 0; lot < lots; lot += 1)
    for (let byte = 0; byte < scoreBytes; byte += 1)
      inputs.setUint8(lot * scoreBytes + byte, byte === scoreBytes - 1 ? lot : (number[byte] ?? 0));
  const encrypted = lotsUnder(seed)(inputs, inputs.byteLength);
  let smallest = 0;
  for (let lot = 1; lot < lots; lot += 1)
    if (compareWords(encrypted, lot * scoreBytes, encrypted, smallest) < 0) smallest = lot * scoreBytes;
  return Buffer.from(encrypted.buffer, encrypted.byteOffset + smallest, scoreBytes).toString('hex');
}

/** The pools that a record belongs to. */
export function poolsOf({ pools }: DrawManifest, record: string): PoolResult[] {
  const { provinceCode, regencyCode, strata } = decodeRecord(Buffer.from(record, 'hex'));
  const names = new Set([
    `province:${provinceCode}`,
    `regency:${regencyCode.replace('.', '')}`,
    ...strata.map((stratum) => `stratum:${stratum}`),
  ]);
  return pools.filter(({ pool }) => names.has(pool));
}
