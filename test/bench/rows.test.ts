import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemBytes, putUnits } from '#test/bench/item-size.ts';
import { compared, median, misses, Row, row, tableLines } from '#test/bench/row.ts';

const measure = { capability: 'selection/join-batch', name: 'cold.ratio', unit: 'ms', baseline: 40, target: 2.8 };

describe('a row', () => {
  it('has the ratio of its value to its baseline', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), (value, baseline) => {
        const { ratio } = row({ ...measure, value, baseline });
        expect(Math.abs(ratio - value / baseline)).toBeLessThan(0.000_6);
      }),
    );
  });

  it('has at most three decimals', () => {
    expect(row({ ...measure, value: 100 / 3, baseline: 40 })).toMatchObject({ value: 33.333, ratio: 0.833 });
  });

  it('has seven fields and no other', () => {
    const made = row({ ...measure, value: 100 });
    const fields = ['capability', 'name', 'value', 'unit', 'baseline', 'ratio', 'target'];
    expect(Object.keys(made).sort()).toEqual(fields.sort());
    expect(Row.safeParse({ ...made, remark: 'fast' }).success).toBe(false);
  });

  it.each([
    ['a baseline of nothing', { baseline: 0 }],
    ['a value below nothing', { value: -1 }],
    ['a name without its measure', { name: 'cold' }],
    ['a capability in capitals', { capability: 'Selection' }],
  ])('is refused with %s', (_, wrong) => {
    expect(() => row({ ...measure, value: 1, ...wrong })).toThrow();
  });

  it('misses its target above it, and not at it', () => {
    expect(misses(row({ ...measure, value: 112 }))).toBe(false);
    expect(misses(row({ ...measure, value: 112.1 }))).toBe(true);
  });
});

describe('the table', () => {
  it('shows the worst of each measure first, and what misses its target', () => {
    const cold = (capability: string, value: number) => row({ ...measure, capability, value });
    const [head, first, second] = tableLines([cold('credit/read-statement', 80), cold('report/read-figures', 120)]);
    expect(head).toMatch(/^measure +of +value +baseline +unit +ratio +target$/);
    expect(first).toMatch(/^cold.ratio +report\/read-figures +120\.0 +40\.0 +ms +3\.00 +2\.80 +missed$/);
    expect(second).toMatch(/^cold.ratio +credit\/read-statement +80\.0 +40\.0 +ms +2\.00 +2\.80$/);
  });
});

describe('the median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  it('has as many values below it as above', () => {
    const times = fc.array(fc.double({ min: 0, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, (values) => {
        const middle = median(values);
        const half = values.length / 2;
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(half);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(half);
      }),
    );
  });

  it('of nothing is refused', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('two measures by turns', () => {
  it('have the ratio of the round in the middle, also where the machine was slow in one', () => {
    const rounds = [
      { ours: 12, other: 10 },
      { ours: 90, other: 100 },
      { ours: 30, other: 10 },
    ];
    expect(compared(rounds)).toEqual({ value: 12, baseline: 10 });
  });
});

describe('the size of an item', () => {
  it.each([
    ['a text by its UTF-8', { pk: 'Ü' }, 2 + 2],
    ['a number by its digits', { rupiah: -3_500_000 }, 6 + 3],
    ['bytes by their count', { person: new Uint8Array(10) }, 6 + 10],
    ['null and truth by one', { a: null, b: true }, 2 + 2],
    ['a list by its members', { list: ['a', 'bc'] }, 4 + 3 + 2 + 3],
    ['a map by its names and values', { map: { name: 'Siti' } }, 3 + 3 + 1 + 8],
  ])('counts %s', (_, item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });

  it('is one unit up to 1,024 bytes, and one more for each index', () => {
    const itemOf = (bytes: number) => ({ text: 'x'.repeat(bytes - 4) });
    expect(putUnits(itemOf(1_024))).toEqual({ own: 1, index: 0 });
    expect(putUnits(itemOf(1_025))).toEqual({ own: 2, index: 0 });
    expect(putUnits({ ...itemOf(100), lookup: 'B#1', due: 'DUE#1' })).toEqual({ own: 1, index: 2 });
  });
});
