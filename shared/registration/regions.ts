import { ok } from 'node:assert/strict';
import { regencyNumbers } from '#shared/registration/regions.data.ts';

/*
 * The regions by code only: 38 provinces ("32") and 514 regencies ("32.73", kabupaten and kota), as the Ministry of Home Affairs
 * (Kemendagri) numbers them today. Names are in region-names.ts, so that who only checks a code does not carry them.
 */

function numbersIn(ranges: string): number[] {
  return ranges.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  });
}

const regencyCodesByProvince: ReadonlyMap<string, readonly string[]> = new Map(
  regencyNumbers
    .trim()
    .split('\n')
    .map((line) => {
      const [province = '', ranges = ''] = line.split(' ');
      return [province, numbersIn(ranges).map((number) => `${province}.${String(number).padStart(2, '0')}`)];
    }),
);

/** Today's 38 province codes, ascending. */
export const provinceCodes: readonly string[] = [...regencyCodesByProvince.keys()];

/** The 514 regency codes, ascending. */
export const regencyCodes: readonly string[] = [...regencyCodesByProvince.values()].flat();

const regencies = new Set(regencyCodes);

// The laws of 2022 divided Papua and Papua Barat; the program went on counting 34 provinces.
const dividedFrom: ReadonlyMap<string, string> = new Map([
  ['93', '91'],
  ['94', '91'],
  ['95', '91'],
  ['96', '92'],
]);

/** The 34 province codes by which the program sets quotas and counts, ascending. */
export const programProvinceCodes: readonly string[] = provinceCodes.filter((code) => !dividedFrom.has(code));

/** Whether this is one of today's 38 province codes. */
export function isProvince(code: string): boolean {
  return regencyCodesByProvince.has(code);
}

/** Whether this is one of the 514 regency codes, with its dot: "32.73". */
export function isRegency(code: string): boolean {
  return regencies.has(code);
}

/** The regency codes in one of the 38 provinces, ascending; none for an unknown province. */
export function regencyCodesIn(provinceCode: string): readonly string[] {
  return regencyCodesByProvince.get(provinceCode) ?? [];
}

/** The province, of today's 38, of a known regency. */
export function provinceOf(regencyCode: string): string {
  ok(isRegency(regencyCode), 'A regency is checked before its province is asked');
  return regencyCode.slice(0, 2);
}

/** The province, of the program's 34, of a known province or regency. */
export function programProvinceOf(code: string): string {
  const province = isRegency(code) ? provinceOf(code) : code;
  ok(isProvince(province), 'A region is checked before its province is asked');
  return dividedFrom.get(province) ?? province;
}
