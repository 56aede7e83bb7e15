import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payoutReference } from '#shared/incentive/payout.ts';
import { maxValue, referenceTable } from '#shared/incentive/reconciliation/reference-table.ts';
import { referenceOf } from '#test/incentive/reconciliation/statements.ts';

describe('numbers by reference', () => {
  it('are what a map would hold', () => {
    const participantId = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
    const reference = fc
      .record({
        participantId: fc.oneof(participantId, fc.constantFrom('0'.repeat(64), 'f'.repeat(64))),
        kind: fc.constantFrom('training' as const, 'survey' as const),
        number: fc.integer({ min: 1, max: 9 }),
        attempt: fc.integer({ min: 1, max: 99 }),
      })
      .map(payoutReference);
    const entries = fc.array(fc.tuple(reference, fc.integer({ min: 0, max: maxValue })), { maxLength: 60 });
    const check = (pairs: [string, number][]) => {
      const [table, map] = [referenceTable(), new Map<string, number>()];
      for (const [key, value] of pairs) {
        expect(table.get(key)).toBe(map.get(key) ?? 0);
        table.set(key, value);
        map.set(key, value);
      }
      for (const [key, value] of map) expect(table.get(key)).toBe(value);
    };
    fc.assert(fc.property(entries, check));
  });

  it.each(['set', 'mark'] as const)('are kept when the table grows, by %s', (how) => {
    const table = referenceTable();
    const count = 50_000;
    for (let number = 0; number < count; number += 1) {
      if (how === 'mark') expect(table.mark(referenceOf(number), number + 1)).toBe(0);
      else table.set(referenceOf(number), number + 1);
      // Also of the one that made it grow.
      if (table.get(referenceOf(number)) !== number + 1) throw new Error(`${number} is lost`);
    }
    let wrong = 0;
    for (let number = 0; number < count; number += 1) if (table.get(referenceOf(number)) !== number + 1) wrong += 1;
    expect(wrong).toBe(0);
    expect(table.get(referenceOf(count))).toBe(0);
    expect(table.get(referenceOf(1, 2))).toBe(0);
  });

  it('take bits, and tell what they were', () => {
    const table = referenceTable();
    expect([1, 2, 1].map((bits) => table.mark(referenceOf(1), bits))).toEqual([0, 1, 3]);
    expect([table.get(referenceOf(1)), table.get(referenceOf(2))]).toEqual([3, 0]);
  });

  it('are whole and fit a word', () => {
    const table = referenceTable();
    table.set(referenceOf(1), maxValue);
    expect(table.get(referenceOf(1))).toBe(maxValue);
    for (const value of [maxValue + 1, -1, 0.5])
      expect(() => table.set(referenceOf(1), value)).toThrow('fits its word');
  });
});
