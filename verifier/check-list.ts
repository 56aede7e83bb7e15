// The committed list, checked record by record against docs/draw.md, for `npm run verify-draw`.
import { hash } from 'node:crypto';
import { stratumBits } from './repeat-draw.ts';

export type Json = ReturnType<typeof JSON.parse>;
/** Something published that is not what it should be, in a sentence. */
export class Difference extends Error {}
export function check(agrees: boolean, otherwise: string): void {
  if (!agrees) throw new Difference(otherwise);
}
const sha256 = (bytes: string | Uint8Array) => hash('sha256', bytes);

/** The root over these hashes: RFC 6962, section 2.1. */
function treeOf(hashes: string[]): string {
  if (hashes.length < 2) return hashes[0] ?? sha256('');
  const half = 2 ** (Math.ceil(Math.log2(hashes.length)) - 1);
  return sha256(Buffer.from(`01${treeOf(hashes.slice(0, half))}${treeOf(hashes.slice(half))}`, 'hex'));
}

/** Every record is in its place, within the rules and counted, and the root is the committed one. Answers the number of each record's family. */
export function checkedList(list: Buffer, { rules, list: stated }: Json): Uint32Array {
  const allBits = rules.strata.reduce((bits: number, { stratum }: Json) => bits | stratumBits[stratum], 0);
  const counts: Json = { provinces: {}, regencies: {}, strata: {} };
  const families = new Uint32Array(list.length / 22);
  const [leaves, groups]: [string[], string[]] = [[], []];
  const provinceOf = new Map<number, number>();
  let at = 0;
  for (const [shard, { file, count }] of stated.files.entries())
    for (let number = 1; number <= count; number += 1, at += 22) {
      const [digits, province, regency] = [list.readUInt16BE(at), list.readUInt8(at + 16), list.readUInt16BE(at + 17)];
      const [strata, lots, places] = [list.readUInt8(at + 19), list.readUInt8(at + 20), list.readUInt8(at + 21)];
      const isLater = at === 0 || list.compare(list, at - 22, at - 6, at, at + 16) > 0;
      const isSibling = at > 0 && list.compare(list, at - 22, at - 14, at, at + 8) === 0;
      const isPlaced = isLater && digits >> (16 - 4 * stated.shardDigits) === shard && list[at + 15] === 0;
      const isHome = (provinceOf.get(regency) ?? province) === province && regency > 999 && regency < 10_000;
      const isKnown = rules.provinces[province] !== undefined && province > 10 && province < 95 && !(strata & ~allBits);
      const isAllowed = lots > 0 && lots <= rules.maxLots && places > 0 && places <= rules.maxPerFamily;
      if (!isPlaced || !isHome || !isKnown || !isAllowed || (isSibling && list[at - 1] !== places))
        throw new Difference(`Record ${number} of ${file} is out of order, a repetition, or outside the rules.`);
      provinceOf.set(regency, province);
      families[at / 22] = at === 0 ? 0 : (families[at / 22 - 1] ?? 0) + (isSibling ? 0 : 1);
      counts.provinces[province] = 1 + (counts.provinces[province] ?? 0);
      counts.regencies[regency] = 1 + (counts.regencies[regency] ?? 0);
      for (const name in stratumBits)
        if (strata & stratumBits[name]) counts.strata[name] = 1 + (counts.strata[name] ?? 0);
      while (groups.length < digits >> (16 - 4 * stated.groupDigits)) groups.push(treeOf(leaves.splice(0)));
      leaves.push(sha256(Buffer.concat([Buffer.of(0), list.subarray(at, at + 22)])));
    }
  check(at === stated.count * 22, `The list has ${at / 22} records, list.count says ${stated.count}.`);
  for (const kind in counts)
    for (const code in { ...counts[kind], ...stated[kind] }) {
      const [found, said] = [counts[kind][code] ?? 0, stated[kind][code] ?? 0];
      check(found === said, `The list has ${found} applicants of ${code}, list.${kind} says ${said}.`);
    }
  while (groups.length < 16 ** stated.groupDigits) groups.push(treeOf(leaves.splice(0)));
  check(treeOf(groups) === stated.root, 'The root of the list differs from the committed one.');
  return families;
}
