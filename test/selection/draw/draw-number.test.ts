import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysFrom } from '#shared/platform/keys.ts';
import { DrawNumber, familyBytes } from '#shared/selection/draw/record.ts';
import { drawNumberOf } from '#shared/selection/draw-number.ts';

const keys = keysFrom('secret');
const personOf = (participantId: string, familyTag: string) => ({ participantId, familyTag });
const familyPart = (drawNumber: string) => drawNumber.slice(0, 2 * familyBytes);
const personPart = (drawNumber: string) => drawNumber.slice(2 * familyBytes, 30);

const names = fc.stringMatching(/^[0-9a-f]{1,64}$/);
const batchIds = fc.integer({ min: 1, max: 999_999 }).map(String);
const different = <Value>(values: fc.Arbitrary<Value>) => fc.uniqueArray(values, { minLength: 2, maxLength: 2 });

describe('a draw number', () => {
  it('is the same for ever: published lists depend on it', () => {
    const drawNumber = drawNumberOf(keys, '7', personOf('a', 'f'));

    expect(drawNumber).toBe(drawNumberOf(keysFrom('secret'), '7', personOf('a', 'f')));
    expect(drawNumber).toBe('466b740acd24d81377f3faf4c3ed2800');
  });

  it('has 32 digits and ends with zero', () => {
    fc.assert(
      fc.property(batchIds, names, names, (batchId, person, family) => {
        expect(DrawNumber.safeParse(drawNumberOf(keys, batchId, personOf(person, family))).success).toBe(true);
      }),
    );
  });

  it('begins alike for the members of a family in one batch, and goes on otherwise', () => {
    fc.assert(
      fc.property(batchIds, different(names), names, (batchId, [one = '', other = ''], family) => {
        const [first, second] = [one, other].map((person) => drawNumberOf(keys, batchId, personOf(person, family)));

        expect(familyPart(first ?? '')).toBe(familyPart(second ?? ''));
        expect(personPart(first ?? '')).not.toBe(personPart(second ?? ''));
      }),
    );
  });

  it('begins otherwise in other families, also where the person is the same', () => {
    fc.assert(
      fc.property(batchIds, names, different(names), (batchId, person, [one = '', other = '']) => {
        const [first, second] = [one, other].map((family) => drawNumberOf(keys, batchId, personOf(person, family)));

        expect(familyPart(first ?? '')).not.toBe(familyPart(second ?? ''));
      }),
    );
  });

  it('has nothing in common with that of the same person in another batch', () => {
    fc.assert(
      fc.property(different(batchIds), names, names, ([one = '', other = ''], person, family) => {
        const [first, second] = [one, other].map((batchId) => drawNumberOf(keys, batchId, personOf(person, family)));

        expect(familyPart(first ?? '')).not.toBe(familyPart(second ?? ''));
        expect(personPart(first ?? '')).not.toBe(personPart(second ?? ''));
      }),
    );
  });

  it('shows neither a person nor a family without the secret', () => {
    const [ours, others] = [keys, keysFrom('another secret')].map((any) => drawNumberOf(any, '7', personOf('a', 'a')));

    expect(ours).not.toBe(others);
    // A person and a family of the same name are not told alike.
    expect(personPart(ours ?? '')).not.toBe(familyPart(ours ?? '').slice(0, 14));
  });

  it('is not repeated in a batch of many', () => {
    const count = 20_000;
    const numbers = Array.from({ length: count }, (_, index) => {
      return drawNumberOf(keys, '7', personOf(`person ${index}`, `family ${index >> 1}`));
    });

    expect(new Set(numbers).size).toBe(count);
    expect(new Set(numbers.map(familyPart)).size).toBe(count / 2);
  });
});
