import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkFamilyCard,
  checkNik,
  familyCardFaults,
  isPlausibleNik,
  nikFaults,
  parseNik,
  type Sex,
} from '#shared/registration/nik.ts';
import { provinceCodes } from '#shared/registration/regions.ts';
import { nikOf } from '#test/simulation/people.ts';

const sexes: Sex[] = ['female', 'male'];
const dates = fc
  .date({ min: new Date('1940-01-01T00:00:00Z'), max: new Date('2030-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const owners = fc.record({
  // Any two digits after the province: a regency may have been renumbered since the number was issued.
  regencyCode: fc
    .tuple(fc.constantFrom(...provinceCodes, '54'), fc.integer({ min: 1, max: 99 }))
    .map(([province, regency]) => `${province}.${String(regency).padStart(2, '0')}`),
  district: fc.integer({ min: 0, max: 99 }),
  birthDate: dates,
  sex: fc.constantFrom(...sexes),
  serial: fc.integer({ min: 1, max: 9999 }),
});
const woman = { birthDate: '1995-08-17', sex: 'female' } as const;
const man = { birthDate: '1995-08-17', sex: 'male' } as const;

describe('a NIK', () => {
  it('has no fault in its owner’s hands', () => {
    const check = (owner: Parameters<typeof nikOf>[0]) => {
      expect(checkNik(nikOf(owner), owner)).toEqual([]);
    };

    fc.assert(fc.property(owners, check));
  });

  it('gives back what it was made of, but for the century', () => {
    const check = (owner: Parameters<typeof nikOf>[0]) => {
      const [year, month, day] = owner.birthDate.split('-').map(Number);
      expect(parseNik(nikOf(owner))).toEqual({
        provinceCode: owner.regencyCode.slice(0, 2),
        regencyCode: owner.regencyCode,
        districtCode: `${owner.regencyCode}.${String(owner.district).padStart(2, '0')}`,
        sex: owner.sex,
        day,
        month,
        yearOfCentury: Number(year) % 100,
        serial: owner.serial,
      });
    };

    fc.assert(fc.property(owners, check));
  });

  it('does not fit another birth date in the same hundred years, or the other sex', () => {
    const check = (owner: Parameters<typeof nikOf>[0], birthDate: string) => {
      fc.pre(birthDate.slice(2) !== owner.birthDate.slice(2));
      const other = sexes.find((sex) => sex !== owner.sex) ?? owner.sex;
      expect(checkNik(nikOf(owner), { ...owner, birthDate })).toEqual(['nik_birth_date_mismatch']);
      expect(checkNik(nikOf(owner), { ...owner, sex: other })).toEqual(['nik_sex_mismatch']);
    };

    fc.assert(fc.property(owners, dates, check));
  });

  it('with one part changed has the fault of that part, and no other', () => {
    const check = (owner: Parameters<typeof nikOf>[0], unknown: string, otherDate: string, regency: string) => {
      const nik = nikOf(owner);
      const faultsOf = (changed: string) => checkNik(changed, owner);
      expect(faultsOf(`${unknown}${nik.slice(2)}`)).toEqual(['nik_province_unknown']);
      expect(faultsOf(`${nik.slice(0, 12)}0000`)).toEqual(['nik_serial']);
      // Regency and district are those of the first issue: nobody knows them better than the number.
      expect(faultsOf(`${nik.slice(0, 2)}${regency}${nik.slice(6)}`)).toEqual([]);
      const [year = '', month = '', day = ''] = otherDate.split('-');
      const sexDay = String(Number(day) + (owner.sex === 'female' ? 40 : 0)).padStart(2, '0');
      const parts = [nik.slice(6, 8), nik.slice(8, 10), nik.slice(10, 12)] as const;
      for (const [at, part] of [sexDay, month, year.slice(2)].entries()) {
        const changed = parts.with(at, part);
        const expected = part === parts[at] ? [] : ['nik_birth_date_mismatch'];
        expect(faultsOf(nik.slice(0, 6) + changed.join('') + nik.slice(12))).toEqual(expected);
      }
      const otherSex = String((Number(parts[0]) + 40) % 80).padStart(2, '0');
      expect(faultsOf(nik.slice(0, 6) + otherSex + nik.slice(8))).toEqual(['nik_sex_mismatch']);
      for (let length = 0; length < 16; length += 1) expect(faultsOf(nik.slice(0, length))).toEqual(['nik_format']);
    };
    const known = new Set([...provinceCodes, '54']);
    const twoDigits = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'));
    const unknowns = twoDigits.filter((code) => !known.has(code));

    fc.assert(fc.property(owners, unknowns, dates, fc.stringMatching(/^[0-9]{4}$/), check));
  });

  it('has only known faults, whatever the text', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{16}$/));
    const check = (nik: string, birthDate: string, sex: Sex) => {
      const faults = checkNik(nik, { birthDate, sex });
      expect(faults.every((fault) => nikFaults.includes(fault))).toBe(true);
      if (!/^[0-9]{16}$/.test(nik)) expect(faults).toEqual(['nik_format']);
    };

    fc.assert(fc.property(texts, fc.oneof(dates, fc.string()), fc.constantFrom(...sexes), check));
  });

  it.each([
    ['is one digit short', '327399570895000', woman, ['nik_format']],
    ['is one digit long', '32739957089500011', woman, ['nik_format']],
    ['has a letter', '32739957O8950001', woman, ['nik_format']],
    ['has digits of another script', '٣٢٧٣٠٥٥٧٠٨٩٥٠٠٠١', woman, ['nik_format']],
    ['ends in a line break', '3273995708950001\n', woman, ['nik_format']],
    ['is of no province', '3773055708950001', woman, ['nik_province_unknown']],
    ['is of a regency renumbered since', '9101995708950001', woman, []],
    ['was issued in a province that is no more', '5401055708950001', woman, []],
    ['has the first serial', '3273995708950001', woman, []],
    ['has the serial before the first', '3273995708950000', woman, ['nik_serial']],
    ['is a man’s in a woman’s hands', '3273991708950001', woman, ['nik_sex_mismatch']],
    ['is a woman’s in a man’s hands', '3273995708950001', man, ['nik_sex_mismatch']],
    ['has a day of no month', '3273994008950001', man, ['nik_birth_date_mismatch']],
    [
      'agrees with a date that never was',
      '3273993002950001',
      { ...man, birthDate: '1995-02-30' },
      ['nik_birth_date_mismatch'],
    ],
    [
      'is wrong in every way',
      '0073051608950000',
      woman,
      ['nik_province_unknown', 'nik_birth_date_mismatch', 'nik_sex_mismatch', 'nik_serial'],
    ],
  ])('that %s', (_, nik, owner, faults) => {
    expect(checkNik(nik, owner)).toEqual(faults);
  });
});

describe('the number of a family card', () => {
  it('has no fault when its date of issue was a day', () => {
    const check = (card: Parameters<typeof nikOf>[0]) => {
      expect(checkFamilyCard(nikOf({ ...card, sex: 'male' }))).toEqual([]);
    };

    fc.assert(fc.property(owners, check));
  });

  it('has only known faults, whatever the digits', () => {
    const check = (card: string) => {
      expect(checkFamilyCard(card).every((fault) => familyCardFaults.includes(fault))).toBe(true);
    };

    fc.assert(fc.property(fc.stringMatching(/^[0-9]{16}$/), check));
  });

  it.each([
    ['is one digit short', '327399170818000', ['family_card_format']],
    ['is of no province', '3773051708180001', ['family_card_province_unknown']],
    ['has a woman’s day', '3273995708180001', ['family_card_issue_date']],
    ['was issued on 29 February of a leap year', '3273992902200001', []],
    ['was issued on 29 February of another year', '3273992902190001', ['family_card_issue_date']],
    ['was issued on 29 February 2000', '3273992902000001', []],
    ['has the serial before the first', '3273991708180000', ['family_card_serial']],
  ])('that %s', (_, card, faults) => {
    expect(checkFamilyCard(card)).toEqual(faults);
  });
});

describe('a NIK at the opening of an account', () => {
  const nik = nikFor({ day: '25', month: '03', serial: '0001' });

  function nikFor({
    province = '32',
    day,
    month,
    serial,
  }: Record<'day' | 'month' | 'serial', string> & { province?: string }) {
    return `${province}7399${day}${month}98${serial}`;
  }

  it('may be of anybody who can exist', () => {
    expect(isPlausibleNik(nik)).toBe(true);
    expect(isPlausibleNik(nikFor({ day: '69', month: '02', serial: '0001' }))).toBe(true);
  });

  it.each([
    ['too short', nik.slice(1)],
    ['of no province', nikFor({ province: '99', day: '25', month: '03', serial: '0001' })],
    ['of a day that no month has', nikFor({ day: '32', month: '03', serial: '0001' })],
    ['of 30 February', nikFor({ day: '30', month: '02', serial: '0001' })],
    ['of a thirteenth month', nikFor({ day: '25', month: '13', serial: '0001' })],
    ['without a serial', nikFor({ day: '25', month: '03', serial: '0000' })],
  ])('is not when it is %s', (_, wrong) => {
    expect(isPlausibleNik(wrong)).toBe(false);
  });
});
