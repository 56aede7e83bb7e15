import { createHash } from 'node:crypto';

/* RFC 6962, section 2.1, word by word, to compare with. */

const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

/** The largest power of two below `size`, where a list is split. */
const splitOf = (size: number) => 2 ** Math.ceil(Math.log2(size) - 1);

export const plainLeaf = (record: Uint8Array): Buffer => sha256(Buffer.of(0), record);

/** The root over leaves that are hashed already. */
export function plainRoot(leaves: readonly Uint8Array[]): Buffer {
  const [only] = leaves;
  if (!only) return sha256();
  if (leaves.length === 1) return Buffer.from(only);
  const split = splitOf(leaves.length);
  return sha256(Buffer.of(1), plainRoot(leaves.slice(0, split)), plainRoot(leaves.slice(split)));
}

/** Section 2.1.1. */
export function plainPath(leaves: readonly Uint8Array[], index: number): Buffer[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...plainPath(left, index), plainRoot(right)]
    : [...plainPath(right, index - split), plainRoot(left)];
}
