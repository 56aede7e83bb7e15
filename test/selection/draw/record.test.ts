import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programProvinceCodes, programProvinceOf, regencyCodes } from '#shared/registration/regions.ts';
import {
  bitOf,
  DrawNumber,
  type DrawRecord,
  decodeRecord,
  encodeRecord,
  recordBytes,
  regencyCodeOf,
  regencyNumber,
  strata,
} from '#shared/selection/draw/record.ts';
import { applicantOf } from '#test/selection/draw/lists.ts';

const records = fc.record({
  drawNumber: fc.stringMatching(/^[0-9a-f]{30}$/).map((digits) => `${digits}00`),
  provinceCode: fc.constantFrom(...programProvinceCodes),
  regencyCode: fc.constantFrom(...regencyCodes),
  strata: fc.subarray([...strata]),
  lots: fc.integer({ min: 1, max: 255 }),
  familyPlaces: fc.integer({ min: 1, max: 255 }),
});

describe('a record', () => {
  it('has the bytes that docs/draw.md says', () => {
    const record = {
      drawNumber: '00112233445566778899aabbccddee00',
      provinceCode: '91',
      regencyCode: '94.03',
      strata: ['extreme_poverty', 'disability'],
      lots: 3,
      familyPlaces: 2,
    } as const;

    // 91 is 5b, 9403 is 24bb, and the strata are 1 and 4.
    expect(encodeRecord(record).toString('hex')).toBe('00112233445566778899aabbccddee005b24bb050302');
  });

  it('reads back as it was written, wherever it stands', () => {
    fc.assert(
      fc.property(records, fc.nat({ max: 100 }), (record, offset) => {
        const bytes = encodeRecord(record);
        const among = new Uint8Array(offset + 2 * recordBytes).fill(0xff);
        among.set(bytes, offset);

        expect(bytes).toHaveLength(recordBytes);
        expect(decodeRecord(bytes)).toEqual(record);
        expect(decodeRecord(among, offset)).toEqual(record);
        expect(decodeRecord(among.subarray(offset))).toEqual(record);
      }),
    );
  });

  it('is ordered by its bytes as by the digits of its draw number', () => {
    fc.assert(
      fc.property(records, records, (one, other) => {
        const order = Buffer.compare(encodeRecord(one), encodeRecord({ ...one, drawNumber: other.drawNumber }));

        expect(order).toBe(one.drawNumber < other.drawNumber ? -1 : Number(one.drawNumber > other.drawNumber));
      }),
    );
  });

  it.each<[string, Partial<DrawRecord>]>([
    ['a draw number a byte too short', { drawNumber: `${'ab'.repeat(14)}00` }],
    ['a draw number a byte too long', { drawNumber: `${'ab'.repeat(16)}00` }],
    ['no draw number', { drawNumber: '' }],
    ['a draw number that is not hex', { drawNumber: `${'zz'.repeat(15)}00` }],
    ['a draw number that does not end with zero', { drawNumber: `${'ab'.repeat(15)}01` }],
    ['no lot', { lots: 0 }],
    ['lots below zero', { lots: -1 }],
    ['more lots than a byte holds', { lots: 256 }],
    ['a family without a place', { familyPlaces: 0 }],
    ['more places than a byte holds', { familyPlaces: 256 }],
    ['a province beyond a byte', { provinceCode: '256' }],
    ['a regency beyond two bytes', { regencyCode: '99.999' }],
  ])('is not made of %s', (_, change) => {
    expect(() => encodeRecord(applicantOf('a', change))).toThrow();
  });

  it.each([1, 255])('is made of %i lots', (lots) => {
    expect(decodeRecord(encodeRecord(applicantOf('a', { lots }))).lots).toBe(lots);
  });
});

describe('the parts of a record', () => {
  it('give each stratum a bit of its own', () => {
    expect(strata.map((stratum) => [stratum, bitOf(stratum)])).toEqual([
      ['extreme_poverty', 1],
      ['migrant_worker', 2],
      ['disability', 4],
    ]);
  });

  it('have a number for each of the 514 regencies', () => {
    expect(regencyCodes.map((code) => regencyCodeOf(regencyNumber(code)))).toEqual(regencyCodes);
    expect(regencyCodeOf(101)).toBe('01.01');
    expect(new Set(regencyCodes.map(programProvinceOf)).size).toBe(34);
  });

  it.each([
    [true, `${'0f'.repeat(15)}00`],
    [false, `${'0f'.repeat(15)}01`],
    [false, `${'0F'.repeat(15)}00`],
    [false, `${'0f'.repeat(14)}00`],
    [false, `${'0f'.repeat(16)}00`],
    [false, `${'0f'.repeat(15)}00\n`],
  ])('say %s to the draw number %j', (known, text) => {
    expect(DrawNumber.safeParse(text).success).toBe(known);
  });
});
