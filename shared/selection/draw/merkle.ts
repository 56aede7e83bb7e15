import { ok } from 'node:assert/strict';
import { hash } from 'node:crypto';

/** Trees after RFC 6962, section 2.1, with SHA-256. */

const digestBytes = 32;
const emptyRoot = hash('sha256', '', 'buffer');

/** `SHA-256(00 ‖ record)`. */
export function leafHash(record: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(0), record]), 'buffer');
}

/** Puts SHA-256 of some bytes at an offset. As text with a letter a byte: a buffer for each hash takes twice the time of the hash. */
function putHash(bytes: Uint8Array, target: Buffer, offset: number): void {
  target.write(hash('sha256', bytes, 'binary'), offset, 'binary');
}

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array) => Buffer.from(buffer, byteOffset, length);

/** The hashes of all records of `recordBytes`, one after the other, in one array of 32 bytes each. */
export function leafHashes(records: Uint8Array, recordBytes: number): Buffer {
  const count = records.length / recordBytes;
  ok(Number.isInteger(count), 'A list has whole records');
  const source = bufferOf(records);
  const leaves = Buffer.allocUnsafe(count * digestBytes);
  const leaf = Buffer.alloc(1 + recordBytes);
  for (let index = 0; index < count; index += 1) {
    source.copy(leaf, 1, index * recordBytes, (index + 1) * recordBytes);
    putHash(leaf, leaves, index * digestBytes);
  }
  return leaves;
}

const node = Buffer.alloc(1 + 2 * digestBytes, 1);

/** The level above: neighbours joined, an odd one at the end taken up as it is. */
function levelAbove(level: Buffer): Buffer {
  const above = Buffer.allocUnsafe(Math.ceil(level.length / digestBytes / 2) * digestBytes);
  for (let from = 0, to = 0; from < level.length; from += 2 * digestBytes, to += digestBytes) {
    if (from + digestBytes < level.length) {
      level.copy(node, 1, from, from + 2 * digestBytes);
      putHash(node, above, to);
    } else level.copy(above, to, from);
  }
  return above;
}

/** The root over hashes of 32 bytes each, one after the other. */
export function rootOf(hashes: Uint8Array): Buffer {
  if (hashes.length === 0) return Buffer.from(emptyRoot);
  let level = bufferOf(hashes);
  while (level.length > digestBytes) level = levelAbove(level);
  return Buffer.from(level);
}

/** The hashes beside the way from a leaf to the root, from the bottom, one after the other. */
export function pathOf(hashes: Uint8Array, index: number): Buffer {
  const path: Uint8Array[] = [];
  let level = bufferOf(hashes);
  let position = index;
  while (level.length > digestBytes) {
    const sibling = position ^ 1;
    if (sibling * digestBytes < level.length)
      path.push(level.subarray(sibling * digestBytes, (sibling + 1) * digestBytes));
    level = levelAbove(level);
    position >>= 1;
  }
  return Buffer.concat(path);
}

/** The root that a leaf and its path lead to, in a tree of `size` leaves; null where the path is not of that length. */
export function rootFrom(leaf: Uint8Array, path: Uint8Array, index: number, size: number): Uint8Array | null {
  const reached = Buffer.from(leaf);
  let [position, last, used] = [index, size - 1, 0];
  if (index < 0 || index > last) return null;
  for (; last > 0; last >>= 1, position >>= 1) {
    // At the end of an odd level a hash has no neighbour, and is taken up as it is.
    if (position === last && position % 2 === 0) continue;
    const sibling = path.subarray(used, used + digestBytes);
    if (sibling.length < digestBytes) return null;
    const isRight = position % 2 === 1;
    node.set(sibling, isRight ? 1 : 1 + digestBytes);
    node.set(reached, isRight ? 1 + digestBytes : 1);
    putHash(node, reached, 0);
    used += digestBytes;
  }
  return used === path.length ? reached : null;
}
