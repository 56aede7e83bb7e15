import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#shared/platform/digest.ts';
import { encodeRecord } from '#shared/selection/draw/record.ts';
import { scoreOrder } from '#shared/selection/draw/score-order.ts';
import { compareWords, copyWords, lotsUnder, scoreBytes } from '#shared/selection/draw/scores.ts';
import { scoreOf } from '#shared/selection/proof.ts';
import { applicantOf } from '#test/selection/draw/lists.ts';

const seeds = fc.stringMatching(/^[0-9a-f]{64}$/);
const words = fc.uint8Array({ minLength: scoreBytes, maxLength: scoreBytes });
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const hexOf = ({ buffer, byteOffset, byteLength }: DataView) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');
const encrypted = (seed: string, block: string) =>
  createCipheriv('aes-256-ecb', Buffer.from(seed, 'hex'), null).setAutoPadding(false).update(block, 'hex', 'hex');

describe('lots', () => {
  const seed = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
  const drawNumber = '00112233445566778899aabbccddee00';

  it.each([
    // As `openssl enc -aes-256-ecb -nopad -K 0001…1f` encrypts the draw number with its last byte 00, 01 and 02.
    [1, '94501d9b894874a1f7feae67d905c45b'],
    [2, '2ddfb635a651a43f582997966840ca0c'],
    [3, '2ddfb635a651a43f582997966840ca0c'],
  ])('are what openssl makes of them: the smallest of %i', (lots, score) => {
    expect(scoreOf(encodeRecord(applicantOf('a', { drawNumber, lots })).toString('hex'), seed)).toBe(score);
  });

  it('are AES-256, one block each, however many are encrypted together', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(words, { minLength: 1, maxLength: 40 }),
        fc.nat({ max: 64 }),
        (key, blocks, spare) => {
          const input = new Uint8Array(Buffer.concat([...blocks, Buffer.alloc(spare)]));
          const encrypt = lotsUnder(key);
          const alone = blocks.map((block) => encrypted(key, Buffer.from(block).toString('hex')));
          const bytes = blocks.length * scoreBytes;

          expect(hexOf(encrypt(viewOf(input), bytes))).toBe(alone.join(''));
          expect(hexOf(encrypt(viewOf(input), bytes))).toBe(alone.join(''));
        },
      ),
    );
  });

  it('have the smallest one as the score', () => {
    fc.assert(
      fc.property(seeds, fc.stringMatching(/^[0-9a-f]{30}$/), fc.integer({ min: 1, max: 16 }), (key, digits, lots) => {
        const record = encodeRecord(applicantOf('a', { drawNumber: `${digits}00`, lots })).toString('hex');
        const all = Array.from({ length: lots }, (_, lot) => {
          return encrypted(key, `${digits}${lot.toString(16).padStart(2, '0')}`);
        });

        expect(scoreOf(record, key)).toBe(all.toSorted()[0]);
      }),
    );
  });

  it.each(['', 'ab', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), 'g'.repeat(64), `${'a'.repeat(64)}\n`])(
    'are not encrypted under the seed %j',
    (text) => {
      expect(() => lotsUnder(text)).toThrow('A seed is 32 bytes in lowercase hex');
    },
  );
});

describe('scores', () => {
  it('are compared as bytes, wherever they stand', () => {
    fc.assert(
      fc.property(words, words, fc.nat({ max: scoreBytes }), (one, other, alike) => {
        // Few scores that are drawn at random begin alike.
        const second = Uint8Array.from(other, (byte, index) => (index < alike ? (one[index] ?? 0) : byte));
        const [left, right] = [viewOf(Buffer.concat([Buffer.alloc(5), one])), viewOf(Buffer.concat([second, one]))];

        expect(Math.sign(compareWords(left, 5, right, 0))).toBe(Buffer.compare(one, second));
      }),
    );
  });

  it('are copied whole, and nothing beside them', () => {
    const target = new Uint8Array(scoreBytes + 2);
    const source = Uint8Array.from({ length: scoreBytes }, (_, index) => 0xf0 + index);

    copyWords(viewOf(source), 0, viewOf(target), 1);

    expect([...target]).toEqual([0, ...source, 0]);
  });

  it('are put into order, also those that begin with the same bytes', () => {
    // Heads of two values in each byte, and tails of four: many have theirs in common.
    const head = fc.array(fc.constantFrom(0, 1, 0x80, 0xff), { minLength: 4, maxLength: 4 });
    const score = fc.tuple(head, fc.nat({ max: 3 }), words).map(([first, second, rest]) => {
      return Buffer.concat([Buffer.from(first), Buffer.of(0, 0, 0, second), rest.subarray(8)]);
    });

    fc.assert(
      fc.property(fc.array(score, { maxLength: 200 }), fc.nat({ max: 5 }), (scores, spare) => {
        const bytes = new Uint8Array(Buffer.concat([...scores, Buffer.alloc(spare * scoreBytes)]));
        const empty = {
          indexes: new Uint32Array(),
          standings: new Uint32Array(),
          numbers: new DataView(new ArrayBuffer(0)),
        };
        const { order, heads } = scoreOrder({ ...empty, count: scores.length, scores: viewOf(bytes) });
        const sorted = scores.toSorted(Buffer.compare);

        expect([...order].toSorted((a, b) => a - b)).toEqual(scores.map((_, index) => index));
        expect(Array.from(order, (index) => scores[index]?.toString('hex'))).toEqual(
          sorted.map((one) => one.toString('hex')),
        );
        expect([...heads]).toEqual(sorted.map((one) => one.readUInt32BE()));
      }),
      { numRuns: 300 },
    );
  });

  it('of many are all there, each once', () => {
    const count = 20_000;
    const scores = Buffer.concat(
      Array.from({ length: count }, (_, index) => Buffer.from(digestOf(`${index}`), 'hex').subarray(16)),
    );
    const empty = {
      indexes: new Uint32Array(),
      standings: new Uint32Array(),
      numbers: new DataView(new ArrayBuffer(0)),
    };
    const { order } = scoreOrder({ ...empty, count, scores: viewOf(scores) });
    const sorted = Array.from(order, (index) => scores.toString('hex', index * scoreBytes, (index + 1) * scoreBytes));

    expect(new Set(order).size).toBe(count);
    expect(sorted).toEqual(sorted.toSorted());
  });
});
