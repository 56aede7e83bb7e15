import { AssertionError } from 'node:assert';
import { describe, expect, it } from 'vitest';
import type { DrawRules } from '#shared/selection/draw/manifest.ts';
import type { DrawList } from '#shared/selection/draw/read-list.ts';
import { at, type DrawRecord, encodeRecord, recordBytes } from '#shared/selection/draw/record.ts';
import { select } from '#shared/selection/draw/select.ts';
import {
  applicantOf,
  familyOf,
  inOrder,
  listOf,
  piecesOf,
  rulesOf,
  seedOf,
  strangers,
} from '#test/selection/draw/lists.ts';

const rules = rulesOf(3, {
  strata: [{ stratum: 'disability', places: 1 }],
  regencies: { '3273': 1 },
  provinces: { '32': 3, '33': 1 },
});
const applicants: readonly DrawRecord[] = [
  ...strangers(20, (index) => ({ lots: 1 + (index % 3), strata: index < 4 ? ['disability'] : [] })),
  ...familyOf('a', 2, 2),
  applicantOf('x', { provinceCode: '33', regencyCode: '33.01' }),
];
const bytes = Buffer.concat(inOrder(applicants).map(encodeRecord));
const count = applicants.length;
const recordAt = (index: number) => bytes.subarray(index * recordBytes, (index + 1) * recordBytes);

/** The draw of a list with these bytes, which says that it is the honest one. */
const drawn = (records: Buffer, change: Partial<DrawList> = {}, changedRules: Partial<DrawRules> = {}) =>
  select(listOf(applicants, { pieces: piecesOf(records).pieces, ...change }), { ...rules, ...changedRules }, seedOf(1));
const withByte = (index: number, position: number, value: number) => {
  const other = Buffer.from(bytes);
  other[index * recordBytes + position] = value;
  return other;
};
const swapped = (one: number, other: number) => {
  const records = Array.from({ length: count }, (_, index) => recordAt(index));
  return Buffer.concat(records.with(one, recordAt(other)).with(other, recordAt(one)));
};
const member = inOrder(applicants).findIndex(({ familyPlaces }) => familyPlaces === 2);
const alone = inOrder(applicants).findIndex(({ familyPlaces }) => familyPlaces === 1);

const order = 'A list is ascending by draw number, each one once';
const records = 'A list has as many records as it says';
const lots = 'An applicant has a lot, and no more than the limit';
const places = 'A family in a draw has a place left, and no more than the limit';

describe('a list', () => {
  it('is drawn as it is', async () => {
    await expect(drawn(bytes)).resolves.toMatchObject({
      pools: [{ taken: 1 }, { taken: 1 }, { taken: 3 }, { taken: 1 }],
    });
  });

  it.each<[string, Buffer, string]>([
    ['somebody comes twice', Buffer.concat([recordAt(0), bytes.subarray(0, -recordBytes)]), order],
    ['everybody is the same', Buffer.concat(Array.from({ length: count }, () => recordAt(4))), order],
    ['two have changed places', swapped(5, 6), order],
    ['two members of a family have changed places', swapped(member, member + 1), order],
    ['the last one comes first', swapped(0, count - 1), order],
    ['somebody is missing', bytes.subarray(recordBytes), records],
    ['the last one is missing', bytes.subarray(0, -recordBytes), records],
    ['there is nobody', Buffer.alloc(0), records],
    [
      'there is one more',
      Buffer.concat([bytes, encodeRecord(applicantOf('x', { drawNumber: `${'f'.repeat(30)}00` }))]),
      records,
    ],
    ['it is there twice', Buffer.concat([bytes, bytes]), records],
    ['its last byte is missing', bytes.subarray(0, -1), 'A list has whole records'],
    ['its first byte is missing', bytes.subarray(1), 'A'],
    ['a draw number ends with one', withByte(0, 15, 1), 'A draw number ends with zero'],
    ['a draw number ends with 255', withByte(count - 1, 15, 255), 'A draw number ends with zero'],
    ['somebody has no lot', withByte(3, at.lots, 0), lots],
    ['somebody has a lot above the limit', withByte(3, at.lots, 4), lots],
    ['somebody has 255 lots', withByte(3, at.lots, 255), lots],
    ['a family has no place left', withByte(alone, at.familyPlaces, 0), places],
    ['a family has a place above the limit', withByte(alone, at.familyPlaces, 3), places],
    ['a family of two has no place left', withByte(member, at.familyPlaces, 0), places],
    ['a family has fewer places in its second record', withByte(member + 1, at.familyPlaces, 1), 'All of a family'],
    ['a family has fewer places in its first record', withByte(member, at.familyPlaces, 1), 'All of a family'],
    ['a stratum is unknown', withByte(2, at.strata, 8), 'Strata are those of the rules'],
    ['all bits of the strata are set', withByte(2, at.strata, 255), 'Strata are those of the rules'],
    [
      'somebody has a stratum more',
      withByte(
        inOrder(applicants).findIndex((one) => one.strata.length === 0),
        at.strata,
        4,
      ),
      'stratum:disability has as many',
    ],
    ['somebody lives in a province without rules', withByte(alone, at.province, 34), ''],
    ['somebody lives in no province', withByte(alone, at.province, 0), ''],
  ])('is not drawn when %s', async (_, spoilt, promise) => {
    const drawing = drawn(spoilt);

    await expect(drawing).rejects.toThrow(AssertionError);
    await expect(drawing).rejects.toThrow(promise);
  });

  it.each([0, 3, 4, 7, 8, 11, 12, 14])('is in order by every byte of the draw number: byte %i', async (byte) => {
    const two = [1, 2].map((value) => {
      const number = Buffer.alloc(16);
      number[byte] = value;
      return applicantOf('a', { drawNumber: number.toString('hex') });
    });
    const [first, second] = two.map(encodeRecord);
    const drawnFrom = (...all: readonly (Buffer | undefined)[]) => {
      const { pieces } = piecesOf(Buffer.concat(all.flatMap((record) => record ?? [])));
      return select(listOf(two, { pieces }), rulesOf(2), seedOf(1));
    };

    await expect(drawnFrom(first, second)).resolves.toBeDefined();
    await expect(drawnFrom(second, first)).rejects.toThrow(order);
  });

  it('is in order by bytes as numbers without sign', async () => {
    const two = ['7f', '80'].map((head) => applicantOf('a', { drawNumber: `${head.repeat(15)}00` }));

    await expect(select(listOf(two), rulesOf(2), seedOf(1))).resolves.toMatchObject({ pools: [{ taken: 2 }] });
  });

  it('is not drawn when everybody has moved to a province that no rule names', async () => {
    const moved = strangers(5, () => ({ provinceCode: '34', regencyCode: '34.71' }));
    const named = { '32': 5 };

    await expect(select(listOf(moved), rulesOf(1), seedOf(1))).rejects.toThrow('Province 34 is in the rules');
    await expect(select(listOf(moved, { provinces: named }), rulesOf(1), seedOf(1))).rejects.toThrow(
      'Province 34 is in the rules',
    );
    await expect(select(listOf(moved), rulesOf(1, { provinces: { '34': 0 } }), seedOf(1))).resolves.toBeDefined();
  });

  it('is not drawn when a regency lies in two provinces', async () => {
    const home = { regencyCode: '32.73' };
    const both = [applicantOf('a', home), applicantOf('b', { ...home, provinceCode: '33' })];

    await expect(select(listOf(both), rulesOf(1, { provinces: { '32': 1, '33': 1 } }), seedOf(1))).rejects.toThrow(
      'Regency 3273 lies in one province',
    );
  });

  it.each<[string, Partial<DrawList>, string]>([
    ['one record less', { count: count - 1 }, records],
    ['one record more', { count: count + 1 }, records],
    ['no record', { count: 0 }, records],
    ['one less in a province', { provinces: { '32': count - 2, '33': 1 } }, 'province:32 has as many'],
    ['one more in a province', { provinces: { '32': count, '33': 1 } }, 'province:32 has as many'],
    ['somebody in the other province', { provinces: { '32': count - 2, '33': 2 } }, 'has as many'],
    ['nobody in a province', { provinces: { '32': count - 1 } }, 'province:33 has as many'],
    ['one less in a regency', { regencies: { '3273': count - 2, '3301': 1 } }, 'regency:3273 has as many'],
    ['one more in a regency', { regencies: { '3273': count, '3301': 1 } }, 'regency:3273 has as many'],
    ['nobody in a regency with places', { regencies: { '3301': 1 } }, 'regency:3273 has as many'],
    ['one less in a stratum', { strata: { disability: 3 } }, 'stratum:disability has as many'],
    ['one more in a stratum', { strata: { disability: 5 } }, 'stratum:disability has as many'],
    ['somebody in a stratum without places', { strata: { disability: 4, migrant_worker: 7 } }, 'without places'],
    [
      'a regency in which nobody lives',
      { regencies: { '3273': count - 1, '3301': 1, '1234': 99 } },
      'Regency 1234 has as many',
    ],
    ['no regency at all', { regencies: {} }, 'has as many'],
    ['nobody in a stratum with places', { strata: {} }, 'stratum:disability has as many'],
    [
      'somebody in a province without rules',
      { provinces: { '32': count - 1, '33': 1, '34': 0 } },
      'Province 34 is in the rules',
    ],
    ['more records than ranks', { count: 2 ** 30 }, 'Ranks have thirty bits'],
  ])('is not drawn when it states %s', async (_, change, promise) => {
    const drawing = drawn(bytes, change);

    await expect(drawing).rejects.toThrow(AssertionError);
    await expect(drawing).rejects.toThrow(promise);
  });

  it.each<[string, Partial<DrawRules>, string]>([
    ['a lot less', { maxLots: 2 }, lots],
    ['a place less to a family', { maxPerFamily: 1 }, places],
    ['nothing to a province with applicants', { provinces: { '32': 3 } }, 'Province 33 is in the rules'],
  ])('is not drawn under rules that give %s', async (_, change, promise) => {
    await expect(drawn(bytes, {}, change)).rejects.toThrow(promise);
  });

  it('is drawn under rules that are wider than it needs', async () => {
    const wider = { maxLots: 16, maxPerFamily: 9, provinces: { '32': 3, '33': 1, '34': 5 } };

    expect((await drawn(bytes, {}, wider)).winners).toEqual((await drawn(bytes)).winners);
  });

  it.each(['', 'ab', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), 'x'.repeat(64)])(
    'is not drawn under the seed "%s"',
    async (seed) => {
      await expect(select(listOf(applicants), rules, seed)).rejects.toThrow('A seed is 32 bytes in lowercase hex');
    },
  );

  it('is not drawn when it states a handful where there are thousands', async () => {
    const many = listOf(strangers(12_000));
    const drawing = select({ ...many, provinces: { '32': 10 } }, rulesOf(5), seedOf(1));

    await expect(drawing).rejects.toThrow(AssertionError);
    await expect(drawing).rejects.toThrow('province:32 has as many');
  });

  it('is not drawn when it is another one the second time it is read', async () => {
    const many = [...familyOf('large', 3_000, 2), ...strangers(100)];
    const honest = Buffer.concat(inOrder(many).map(encodeRecord));
    let readings = 0;
    async function* pieces() {
      readings += 1;
      yield readings === 1 ? honest : honest.subarray(recordBytes);
    }

    await expect(select(listOf(many, { pieces }), rulesOf(60), seedOf(1))).rejects.toThrow(records);
    expect(readings).toBe(2);
  });

  it('that breaks off is not drawn', async () => {
    async function* pieces() {
      yield bytes.subarray(0, recordBytes);
      throw new Error('connection.reset');
    }

    await expect(select(listOf(applicants, { pieces }), rules, seedOf(1))).rejects.toThrow('connection.reset');
  });
});
