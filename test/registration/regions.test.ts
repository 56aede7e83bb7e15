import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { getProvinces, getRegencies } from 'idn-area-data';
import { describe, expect, it } from 'vitest';
import { renderRegions } from '#shared/registration/generate-regions.ts';
import {
  programProvinces,
  provinceName,
  provinces,
  regencies,
  regencyName,
} from '#shared/registration/region-names.ts';
import {
  isProvince,
  isRegency,
  programProvinceCodes,
  programProvinceOf,
  provinceOf,
  regencyCodes,
  regencyCodesIn,
} from '#shared/registration/regions.ts';

describe('the regions', () => {
  it('are those of the package, every code and name', async () => {
    const source = (await getRegencies()).map(({ code, province_code, name }) => ({ code, province_code, name }));

    expect(provinces()).toEqual(await getProvinces());
    expect(regencies().map(({ code, provinceCode, name }) => ({ code, province_code: provinceCode, name }))).toEqual(
      source,
    );
    expect(source).toHaveLength(514);
  });

  it('are committed as the generator writes them', async () => {
    const files = Object.entries(renderRegions(await getProvinces(), await getRegencies()));

    for (const [name, text] of files)
      expect(await readFile(new URL(`../../shared/registration/${name}`, import.meta.url), 'utf8')).toBe(text);
  });

  it('are 34 provinces for the program, which went on counting Papua as two', () => {
    expect(programProvinces()).toHaveLength(34);
    expect(['91.03', '93.01', '94.01', '95', '96.71', '92', '32.73'].map(programProvinceOf)).toEqual([
      '91',
      '91',
      '91',
      '91',
      '92',
      '92',
      '32',
    ]);
    const perProvince = Map.groupBy(regencyCodes, programProvinceOf);
    expect([...perProvince.keys()].sort()).toEqual([...programProvinceCodes]);
    expect([perProvince.get('91')?.length, perProvince.get('92')?.length]).toEqual([29, 13]);
  });

  it('know each regency by its code with the dot, and no other text', () => {
    expect(regencyCodes.every(isRegency)).toBe(true);
    expect(['32.80', '3273', '32.7', '32', '', '32.73 ', '00.01', 'constructor'].filter(isRegency)).toEqual([]);
    expect(['10', '11', '96', '97', '54'].filter(isProvince)).toEqual(['11', '96']);
    expect(regencyCodesIn('31')).toEqual(['31.01', '31.71', '31.72', '31.73', '31.74', '31.75']);
    expect(regencyCodesIn('97')).toEqual([]);
  });

  it('give names and provinces', () => {
    expect([regencyName('32.73'), regencyName('32.04'), provinceName('32')]).toEqual([
      'Kota Bandung',
      'Kabupaten Bandung',
      'Jawa Barat',
    ]);
    expect(provinceOf('93.01')).toBe('93');
  });

  it.each([
    ['the province of an unknown regency', () => provinceOf('93.99')],
    ['the province of a province', () => provinceOf('93')],
    ['the program province of an unknown region', () => programProvinceOf('97')],
    ['the name of an unknown regency', () => regencyName('93.99')],
    ['a regency’s name by the code of a province', () => regencyName('93')],
    ['a province’s name by the code of a regency', () => provinceName('93.01')],
  ])('do not answer for %s', (_, ask) => {
    expect(ask).toThrow(/checked|digits/);
  });

  it('stay small in a bundle, and smaller where nobody asks for names', async () => {
    const kilobytes = async (entry: string) => {
      const options = { bundle: true, minify: true, write: false, format: 'esm', platform: 'node' } as const;
      const { outputFiles } = await build({ entryPoints: [`shared/registration/${entry}`], ...options });
      return (outputFiles[0]?.contents.length ?? Number.POSITIVE_INFINITY) / 1024;
    };

    expect(await kilobytes('region-names.ts')).toBeLessThan(15);
    expect(await kilobytes('regions.ts')).toBeLessThan(3);
  });
});
