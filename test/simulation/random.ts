import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';

export type Random = {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** True `share` of the time, from 0 to 1. */
  chance(share: number): boolean;
};

/** The same numbers for the same seed, on every machine: sfc32 started from the SHA-256 of the seed. Not for secrets. */
export function randomFrom(seed: string): Random {
  const hash = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8), 1];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round += 1) next(); // As its author advises, so that like seeds part.

  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      ok(item !== undefined, 'Nothing can be picked from an empty list');
      return item;
    },
    chance: (share) => next() < share,
  };
}
