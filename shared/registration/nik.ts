import { isProvince } from '#shared/registration/regions.ts';

/*
 * NIK (number of a person) and KK (number of a family card): sixteen digits,
 *   province 2, regency 2, district 2, date 6 as ddmmyy, serial 4 from 0001.
 * In a NIK the date is the birth date, with 40 added to a woman's day; in a KK it is the date of issue.
 *
 * The region is that of the first issue and never changes, while regencies are split and renumbered: somebody registered in
 * Merauke before 2022 keeps 91.01, which is 93.01 today. So only the province is checked, and nothing is compared with the domicile.
 */

export type Sex = 'female' | 'male';

/** The parts of a NIK, as digits mean them. The century of the birth date is not in the number. */
export type Nik = {
  readonly provinceCode: string;
  /** Dotted, "32.73"; possibly a code retired since. */
  readonly regencyCode: string;
  /** Dotted, "32.73.05"; possibly a code retired since. */
  readonly districtCode: string;
  readonly sex: Sex;
  /** From 1 to 31 in a NIK that somebody has; other numbers are left as they stand. */
  readonly day: number;
  readonly month: number;
  /** Last two digits of the year of birth. */
  readonly yearOfCentury: number;
  /** From 1 to 9999. */
  readonly serial: number;
};

export const nikFaults = [
  'nik_format',
  'nik_province_unknown',
  'nik_birth_date_mismatch',
  'nik_sex_mismatch',
  'nik_serial',
] as const;
export type NikFault = (typeof nikFaults)[number];

export const familyCardFaults = [
  'family_card_format',
  'family_card_province_unknown',
  'family_card_issue_date',
  'family_card_serial',
] as const;
export type FamilyCardFault = (typeof familyCardFaults)[number];

const sixteenDigits = /^[0-9]{16}$/;

// Timor Timur (54) left in 1999; people first registered there keep the number.
const retiredProvinces = new Set(['54']);
const wasProvince = (code: string) => isProvince(code) || retiredProvinces.has(code);

const number = (digits: string, from: number, to: number) => Number(digits.slice(from, to));

function isRealDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Reads a NIK without judging it; undefined unless it is sixteen digits. */
export function parseNik(nik: string): Nik | undefined {
  if (!sixteenDigits.test(nik)) return undefined;
  const day = number(nik, 6, 8);
  const regencyCode = `${nik.slice(0, 2)}.${nik.slice(2, 4)}`;
  return {
    provinceCode: nik.slice(0, 2),
    regencyCode,
    districtCode: `${regencyCode}.${nik.slice(4, 6)}`,
    sex: day > 40 ? 'female' : 'male',
    day: day > 40 ? day - 40 : day,
    month: number(nik, 8, 10),
    yearOfCentury: number(nik, 10, 12),
    serial: number(nik, 12, 16),
  };
}

/** Whether anybody could have this NIK: a known province, a day and a month that exist, a serial. Birth date and sex are not known yet. */
export function isPlausibleNik(nik: string): boolean {
  const parts = parseNik(nik);
  if (!parts) return false;
  // 2000 was a leap year: 29 February is possible in some year.
  const dayExists = isRealDate(2000, parts.month, parts.day);
  return wasProvince(parts.provinceCode) && dayExists && parts.serial > 0;
}

/** Whether a NIK can belong to a person of this birth date (YYYY-MM-DD) and sex: all its faults, or none. */
export function checkNik(nik: string, { birthDate, sex }: { birthDate: string; sex: Sex }): NikFault[] {
  const parts = parseNik(nik);
  if (!parts) return ['nik_format'];
  const [year = 0, month = 0, day = 0] = birthDate.split('-').map(Number);
  const born =
    isRealDate(year, month, day) && parts.day === day && parts.month === month && parts.yearOfCentury === year % 100;
  const faults: [boolean, NikFault][] = [
    [!wasProvince(parts.provinceCode), 'nik_province_unknown'],
    [!born, 'nik_birth_date_mismatch'],
    [parts.sex !== sex, 'nik_sex_mismatch'],
    [parts.serial === 0, 'nik_serial'],
  ];
  return faults.flatMap(([found, fault]) => (found ? [fault] : []));
}

/** Whether this can be the number of a family card (KK): all its faults, or none. */
export function checkFamilyCard(familyCardNumber: string): FamilyCardFault[] {
  if (!sixteenDigits.test(familyCardNumber)) return ['family_card_format'];
  const day = number(familyCardNumber, 6, 8);
  const month = number(familyCardNumber, 8, 10);
  // The century is not in the number; this one has every date the last one had.
  const issued = isRealDate(2000 + number(familyCardNumber, 10, 12), month, day);
  const faults: [boolean, FamilyCardFault][] = [
    [!wasProvince(familyCardNumber.slice(0, 2)), 'family_card_province_unknown'],
    [!issued, 'family_card_issue_date'],
    [number(familyCardNumber, 12, 16) === 0, 'family_card_serial'],
  ];
  return faults.flatMap(([found, fault]) => (found ? [fault] : []));
}
