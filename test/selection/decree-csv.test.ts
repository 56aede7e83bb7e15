import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecreeRow, decreeCsvHeader, decreeCsvLine } from '#shared/selection/decree-csv.ts';

const rowOf = (changed: Partial<DecreeRow> = {}): DecreeRow => ({
  number: 1,
  drawNumber: `${'0a1b2c3d4e5f6789'.repeat(2).slice(0, 30)}00`,
  provinceCode: '32',
  regencyCode: '32.73',
  trainingCreditRupiah: 3_500_000,
  incentivesRupiah: 700_000,
  by: 'draw',
  ...changed,
});

describe('the list of a decree', () => {
  it('names its columns in one line', () => {
    expect(decreeCsvHeader).toBe(
      'number,draw_number,province_code,regency_code,training_credit_rupiah,incentives_rupiah,by\n',
    );
  });

  it.each(['draw', 'promotion', 'override'] as const)('has a line for a recipient by %s', (by) => {
    expect(decreeCsvLine(rowOf({ number: 800_000, by }))).toBe(
      `800000,0a1b2c3d4e5f67890a1b2c3d4e5f6700,32,32.73,3500000,700000,${by}\n`,
    );
  });

  it('has as many fields in each line as in its header, and none that needs quotes', () => {
    const digits = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 30, maxLength: 30 });
    const row = fc.record({
      number: fc.integer({ min: 1, max: 99_999_999 }),
      drawNumber: hex.map((bytes) => `${bytes}00`),
      provinceCode: digits(2),
      regencyCode: fc.tuple(digits(2), digits(2)).map((parts) => parts.join('.')),
      trainingCreditRupiah: fc.integer({ min: 0, max: 99_999_999 }),
      incentivesRupiah: fc.integer({ min: 0, max: 99_999_999 }),
      by: fc.constantFrom('draw' as const, 'promotion' as const, 'override' as const),
    });
    const columns = decreeCsvHeader.trimEnd().split(',');

    fc.assert(
      fc.property(row, (recipient) => {
        const line = decreeCsvLine(recipient);
        expect(line).toMatch(/^[^"\r\n]+\n$/);
        expect(line.trimEnd().split(',')).toEqual(Object.values(recipient).map(String));
        expect(line.split(',')).toHaveLength(columns.length);
      }),
    );
  });

  it.each([
    ['a NIK where the draw number belongs', { drawNumber: '3273011203950001' }],
    ['a draw number whose last byte is a lot', { drawNumber: '0a1b2c3d4e5f67890a1b2c3d4e5f6701' }],
    ['a draw number in capitals', { drawNumber: '0A1B2C3D4E5F67890A1B2C3D4E5F6700' }],
    ['a rank of zero', { number: 0 }],
    ['half a rank', { number: 1.5 }],
    ['a regency without its dot', { regencyCode: '3273' }],
    ['two fields in one', { provinceCode: '32,33' }],
    ['a line break', { regencyCode: '32.73\n' }],
    ['a negative amount', { trainingCreditRupiah: -1 }],
    ['a fraction of a rupiah', { incentivesRupiah: 0.5 }],
  ])('cannot hold %s', (_, changed) => {
    expect(() => decreeCsvLine(rowOf(changed))).toThrow('A line of the decree');
  });
});
