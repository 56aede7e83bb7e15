import { ok } from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';

export const scoreBytes = 16;

/**
 * Encrypts lots under a seed (64 hex digits): lot j of an applicant is the draw number, its last byte j, through AES-256. Many at a time, since
 * the processor encrypts them faster than they are copied. See docs/draw.md.
 */
export function lotsUnder(seed: string): (lots: DataView, bytes: number) => DataView {
  ok(/^[0-9a-f]{64}$/.test(seed), 'A seed is 32 bytes in lowercase hex');
  const cipher = createCipheriv('aes-256-ecb', Buffer.from(seed, 'hex'), null).setAutoPadding(false);
  return (lots, bytes) => {
    const encrypted = cipher.update(new Uint8Array(lots.buffer, lots.byteOffset, bytes));
    return new DataView(encrypted.buffer, encrypted.byteOffset, encrypted.length);
  };
}

/** Sixteen bytes compared with sixteen bytes: below zero where the left ones come first. */
export function compareWords(left: DataView, from: number, right: DataView, other: number): number {
  for (let byte = 0; byte < scoreBytes; byte += 4) {
    const difference = left.getUint32(from + byte) - right.getUint32(other + byte);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Copies sixteen bytes. */
export function copyWords(source: DataView, from: number, target: DataView, to: number): void {
  target.setUint32(to, source.getUint32(from));
  target.setUint32(to + 4, source.getUint32(from + 4));
  target.setUint32(to + 8, source.getUint32(from + 8));
  target.setUint32(to + 12, source.getUint32(from + 12));
}
