import { ok } from 'node:assert/strict';
import { regionNames } from '#shared/registration/region-names.data.ts';
import {
  programProvinceCodes,
  programProvinceOf,
  provinceCodes,
  regencyCodesIn,
} from '#shared/registration/regions.ts';

export type Province = { readonly code: string; readonly name: string };
/** `provinceCode` is one of today's 38, `programProvinceCode` one of the program's 34. */
export type Regency = Province & { readonly provinceCode: string; readonly programProvinceCode: string };

// Kemendagri numbers cities from 71 on.
const kindOf = (regencyCode: string) => (Number(regencyCode.slice(3)) < 71 ? 'Kabupaten' : 'Kota');

const names: ReadonlyMap<string, string> = new Map(
  regionNames
    .trim()
    .split('\n')
    .flatMap((line, index): [string, string][] => {
      const [provinceName = '', ...regencyNames] = line.split(',');
      const province = provinceCodes[index] ?? '';
      const regencies = regencyCodesIn(province);
      ok(regencies.length === regencyNames.length, 'The two data files come from one source');
      return [
        [province, provinceName],
        ...regencies.map((code, at): [string, string] => [code, `${kindOf(code)} ${regencyNames[at]}`]),
      ];
    }),
);

function nameOf(code: string): string {
  const name = names.get(code);
  ok(name, 'A region is checked before its name is asked');
  return name;
}

/** "Jawa Barat" for "32"; of one of today's 38 provinces. */
export function provinceName(code: string): string {
  ok(code.length === 2, 'A province code has two digits');
  return nameOf(code);
}

/** "Kota Bandung" for "32.73"; of one of the 514 regencies. */
export function regencyName(code: string): string {
  ok(code.length === 5, 'A regency code has a dot between two digits and two');
  return nameOf(code);
}

/** Today's 38 provinces with their names, ascending by code. */
export function provinces(): Province[] {
  return provinceCodes.map((code) => ({ code, name: nameOf(code) }));
}

/** The program's 34 provinces with their names, ascending by code. */
export function programProvinces(): Province[] {
  return programProvinceCodes.map((code) => ({ code, name: nameOf(code) }));
}

/** All 514 regencies with their names, ascending by code. */
export function regencies(): Regency[] {
  return provinceCodes.flatMap((provinceCode) => {
    const programProvinceCode = programProvinceOf(provinceCode);
    return regencyCodesIn(provinceCode).map((code) => ({
      code,
      name: nameOf(code),
      provinceCode,
      programProvinceCode,
    }));
  });
}
