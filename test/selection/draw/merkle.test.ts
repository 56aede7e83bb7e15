import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafHash, leafHashes, pathOf, rootFrom, rootOf } from '#shared/selection/draw/merkle.ts';
import { plainLeaf, plainPath, plainRoot } from '#test/selection/draw/plain-tree.ts';

const recordBytes = 3;
const recordOf = (index: number) => Buffer.of(index >> 8, index, 7);
const recordsOf = (size: number) => Array.from({ length: size }, (_, index) => recordOf(index));
const hashesOf = (size: number) => leafHashes(Buffer.concat(recordsOf(size)), recordBytes);
const leafAt = (hashes: Uint8Array, index: number) => hashes.subarray(index * 32, index * 32 + 32);

const sizes = Array.from({ length: 71 }, (_, size) => size);
const leaves = sizes.flatMap((size) => Array.from({ length: size }, (_, index) => ({ size, index })));
const turned = (bytes: Uint8Array, bit: number) => {
  const other = Buffer.from(bytes);
  other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return other;
};
const hex = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('hex');
const reached = (
  size: number,
  index: number,
  change: { leaf?: Buffer; path?: Buffer; index?: number; size?: number },
) => {
  const hashes = hashesOf(size);
  const leaf = change.leaf ?? leafAt(hashes, index);
  return rootFrom(leaf, change.path ?? pathOf(hashes, index), change.index ?? index, change.size ?? size);
};

describe('a tree', () => {
  it('has the hashes that RFC 6962 says for every size from 0 to 70', () => {
    for (const size of sizes) {
      const plain = recordsOf(size).map(plainLeaf);

      expect(hex(hashesOf(size))).toBe(hex(Buffer.concat(plain)));
      expect(hex(rootOf(hashesOf(size)))).toBe(hex(plainRoot(plain)));
    }
  });

  it('agrees with other programs on the trees that Certificate Transparency is tested with', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const rootOver = (count: number) =>
      hex(rootOf(Buffer.concat(inputs.slice(0, count).map((input) => leafHash(Buffer.from(input, 'hex'))))));

    expect(rootOver(0)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(rootOver(1)).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(rootOver(2)).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
    expect(rootOver(8)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('is another tree when one bit of a record is another', () => {
    const list = fc.uint8Array({ minLength: recordBytes, maxLength: 70 * recordBytes });
    const whole = list.map((bytes) => bytes.subarray(0, bytes.length - (bytes.length % recordBytes)));

    fc.assert(
      fc.property(whole, fc.nat(), (records, nat) => {
        const other = turned(records, nat % (8 * records.length));

        expect(hex(rootOf(leafHashes(other, recordBytes)))).not.toBe(hex(rootOf(leafHashes(records, recordBytes))));
      }),
    );
  });

  it('does not take a node for a leaf: a list cannot be passed off as a shorter one', () => {
    const pair = hashesOf(2);

    expect(hex(leafHash(pair))).not.toBe(hex(rootOf(pair)));
  });

  it('gives away a root of its own, which the next root does not change', () => {
    const hashes = hashesOf(1);
    const root = rootOf(hashes);
    const before = hex(root);
    hashes.fill(0);
    rootOf(hashesOf(5));

    expect(hex(root)).toBe(before);
  });

  it.each([1, recordBytes - 1, recordBytes + 1])(
    'is not made of a list whose last record is cut: %i bytes',
    (bytes) => {
      expect(() => leafHashes(new Uint8Array(bytes), recordBytes)).toThrow('A list has whole records');
    },
  );
});

describe('a path', () => {
  it('is that of RFC 6962 and leads from every leaf to the root', () => {
    expect(leaves).toHaveLength(2_485);
    for (const size of sizes) {
      const [plain, hashes] = [recordsOf(size).map(plainLeaf), hashesOf(size)];
      const root = hex(plainRoot(plain));

      for (let index = 0; index < size; index += 1) {
        const path = pathOf(hashes, index);

        expect(hex(path)).toBe(hex(Buffer.concat(plainPath(plain, index))));
        expect(hex(rootFrom(leafAt(hashes, index), path, index, size))).toBe(root);
      }
    }
  });

  it('leads elsewhere with any bit of the leaf or of itself turned', () => {
    const someLeaf = fc.constantFrom(...leaves.filter(({ size }) => size > 1));

    fc.assert(
      fc.property(someLeaf, fc.nat(), ({ size, index }, nat) => {
        const hashes = hashesOf(size);
        const path = pathOf(hashes, index);
        const root = hex(rootOf(hashes));

        expect(hex(reached(size, index, { path: turned(path, nat % (8 * path.length)) }))).not.toBe(root);
        expect(hex(reached(size, index, { leaf: turned(leafAt(hashes, index), nat % 256) }))).not.toBe(root);
      }),
      { numRuns: 500 },
    );
  });

  it('leads elsewhere from any other index', () => {
    for (const { size, index } of leaves.filter((_, number) => number % 7 === 0)) {
      const hashes = hashesOf(size);
      const [leaf, path, root] = [leafAt(hashes, index), pathOf(hashes, index), hex(rootOf(hashes))];

      for (let other = -1; other <= size; other += 1)
        if (other !== index) expect(hex(rootFrom(leaf, path, other, size))).not.toBe(root);
    }
  });

  it.each([
    ['below the first leaf', { index: -1 }],
    ['behind the last leaf', { index: 5 }],
    ['of a tree of nothing', { index: 0, size: 0 }],
    ['of a tree with fewer levels', { size: 4 }],
    ['of a tree with more levels', { size: 9 }],
    ['with a hash too many', { path: Buffer.concat([pathOf(hashesOf(5), 2), Buffer.alloc(32)]) }],
    ['with a hash too few', { path: pathOf(hashesOf(5), 2).subarray(0, -32) }],
    ['with its last byte cut', { path: pathOf(hashesOf(5), 2).subarray(0, -1) }],
    ['with a byte too many', { path: Buffer.concat([pathOf(hashesOf(5), 2), Buffer.alloc(1)]) }],
    ['of no hash', { path: Buffer.alloc(0) }],
  ])('leads nowhere: one %s', (_, change) => {
    expect(reached(5, 2, change)).toBeNull();
  });
});
