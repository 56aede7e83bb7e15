import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNames, type NameComparison } from '#shared/incentive/holder-name.ts';
import { people } from '#test/simulation/people.ts';

const names = people('holder names', 400).map(({ name }) => name);

/** As partners show names; each keeps at least three characters of every word. */
const masked = (name: string, shown = 3) =>
  name
    .toUpperCase()
    .split(' ')
    .map((word) => word.slice(0, shown) + '*'.repeat(Math.max(0, word.length - shown)))
    .join(' ');
const cut = (name: string, length: number) => name.toUpperCase().slice(0, length).trimEnd();

describe('the name of an account’s holder', () => {
  it.each<[shown: string | null, name: string, expected: NameComparison]>([
    ['SITI CONTOHWATI', 'Siti Contohwati', 'agrees'],
    ['  siti   contohwati ', 'Siti Contohwati', 'agrees'],
    ['SITI CONTOHWATI', 'Siti  Contohwatí', 'agrees'],
    ['SITI CONTOHWATA', 'Siti Contohwati', 'differs'],
    ['CONTOHWATI SITI', 'Siti Contohwati', 'differs'],
    ['SITI', 'Siti Contohwati', 'differs'],
    ['SITI CONTOHWATI PUTRI', 'Siti Contohwati', 'differs'],
    ['SITICONTOHWATI', 'Siti Contohwati', 'agrees'],
    ['SITI CONTOH WATI', 'Siti Contohwati', 'agrees'],
    // Masks: visible letters stand where the person's do.
    ['SIT* CON*******', 'Siti Contohwati', 'agrees'],
    ['SIT* CON***', 'Siti Contohwati', 'agrees'],
    ['SIT• CON•••', 'Siti Contohwati', 'agrees'],
    ['SIT* COM*******', 'Siti Contohwati', 'differs'],
    ['SITI* CON***', 'Siti Contohwati', 'differs'],
    ['SIT* CON***TI', 'Siti Contohwati', 'agrees'],
    ['SIT* CON***TA', 'Siti Contohwati', 'differs'],
    ['SIT* C*N*O*W*TI', 'Siti Contohwati', 'agrees'],
    ['SIT* CON*O*W*TI', 'Siti Contohwati', 'agrees'],
    ['SIT* CON*W*O*TI', 'Siti Contohwati', 'differs'],
    ['SIT* CON*TOHWATI', 'Siti Contohwati', 'differs'],
    ['SIT*', 'Siti Contohwati', 'differs'],
    ['SIT* CON*** PUT**', 'Siti Contohwati', 'differs'],
    // Too little is shown to prove anything, but a contradiction is one.
    ['S*** C*********', 'Siti Contohwati', 'unproven'],
    ['SI** CON*******', 'Siti Contohwati', 'unproven'],
    ['**** **********', 'Siti Contohwati', 'unproven'],
    ['R*** C*********', 'Siti Contohwati', 'differs'],
    ['', 'Siti Contohwati', 'unproven'],
    ['-', 'Siti Contohwati', 'unproven'],
    [null, 'Siti Contohwati', 'unproven'],
    // Cut at twenty characters; a shorter name is not cut.
    ['BIMANTARA CONTOHWATI', 'Bimantara Contohwati Rimbawan', 'agrees'],
    ['BIMANTARA CONTOHWA', 'Bimantara Contohwati Rimbawan', 'agrees'],
    ['BIMANTARA CONTOHW', 'Bimantara Contohwati Rimbawan', 'differs'],
    ['BIMANTARA CONTOHWB', 'Bimantara Contohwati Rimbawan', 'differs'],
    ['BIM****** CON*******', 'Bimantara Contohwati Rimbawan', 'agrees'],
    ['BIM****** COM*******', 'Bimantara Contohwati Rimbawan', 'differs'],
    ['BIMANTARA CONTOHWATI RIMBAWAN PUTRA', 'Bimantara Contohwati Rimbawan', 'differs'],
    // Titles and degrees, on either side.
    ['H. SITI CONTOHWATI', 'Siti Contohwati', 'agrees'],
    ['HJ SITI CONTOHWATI, S.E., M.M.', 'Siti Contohwati', 'agrees'],
    ['SITI CONTOHWATI SKOM', 'Siti Contohwati', 'agrees'],
    ['SDRI SITI CONTOHWATI', 'Siti Contohwati', 'agrees'],
    ['SITI CONTOHWATI', 'Dr. Siti Contohwati, S.Kom', 'agrees'],
    ['H.SITI CONTOHWATI', 'Siti Contohwati', 'agrees'],
    ['HAJI', 'Haji', 'agrees'],
    ['HJ', 'Siti', 'differs'],
    // Signs.
    ["MA'RUF CONTOH", 'Ma’ruf Contoh', 'agrees'],
    ['MARUF CONTOH', "Ma'ruf Contoh", 'agrees'],
    ["MA'*** CON***", "Ma'ruf Contoh", 'agrees'],
    ['SITI-AISYAH', 'Siti Aisyah', 'agrees'],
    ['ABD RAHMAN', 'Abd.Rahman', 'agrees'],
    ['AL', 'Al', 'agrees'],
    ['AL CON***', 'Al Contoh', 'agrees'],
  ])('%j of %j: %s', (shown, name, expected) => {
    expect(compareNames(shown, name)).toBe(expected);
  });

  const word = fc.stringMatching(/^[A-Za-z]['’-]?[A-Za-z]{1,12}$/);
  // At least one word that is neither a title nor a degree: of the others nobody can tell what is the name.
  const given = fc.constantFrom(...names.map((text) => text.split(' ')[0] ?? ''));
  const name = fc.oneof(
    fc.constantFrom(...names),
    fc
      .tuple(fc.array(word, { maxLength: 2 }), given, fc.array(word, { maxLength: 2 }))
      .map((parts) => parts.flat().join(' ')),
  );

  it('agrees with its own forms, however it is masked, cut, spaced or titled', () => {
    const title = fc.constantFrom('', 'H. ', 'HJ ', 'DR. ', 'BAPAK ');
    const degree = fc.constantFrom('', ' SE', ', S.Kom');
    const check = (own: string, shown: number, length: number, before: string, after: string) => {
      const forms = [
        own,
        own.toLowerCase(),
        ` ${own.replaceAll(' ', '  ')} `,
        before + own + after,
        masked(own, shown),
        cut(own, length),
        masked(cut(own, length), shown),
      ];
      for (const form of forms) expect([form, compareNames(form, own)]).toEqual([form, 'agrees']);
    };
    fc.assert(
      fc.property(name, fc.integer({ min: 3, max: 8 }), fc.integer({ min: 20, max: 40 }), title, degree, check),
      { numRuns: 2_000 },
    );
  });

  it('never agrees with a name that begins with another letter', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom(...names), (own, other) => {
        fc.pre(own.slice(0, 1).toUpperCase() !== other.slice(0, 1).toUpperCase());
        expect(compareNames(masked(other), own)).not.toBe('agrees');
      }),
      { numRuns: 2_000 },
    );
  });

  it('is compared in no time, also where somebody has made it hard', () => {
    const hard = `${'A*'.repeat(49)}B`;
    const startedAt = performance.now();
    expect(compareNames(hard, 'A'.repeat(100))).toBe('differs');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('takes any text without failing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), name, (shown, own) => {
        expect(['agrees', 'differs', 'unproven']).toContain(compareNames(shown, own));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is taken for that of another synthetic person in fewer than one of twenty thousand pairs, whole, masked or cut', () => {
    const counts = { pairs: 0, whole: 0, masked: 0, cut: 0 };
    const distinct = [...new Set(names)];
    for (const own of distinct)
      for (const other of distinct) {
        if (own === other) continue;
        counts.pairs += 1;
        counts.whole += compareNames(other, own) === 'agrees' ? 1 : 0;
        counts.masked += compareNames(masked(other), own) === 'agrees' ? 1 : 0;
        counts.cut += compareNames(cut(other, 20), own) === 'agrees' ? 1 : 0;
      }
    expect(counts.pairs).toBeGreaterThan(80_000);
    for (const found of [counts.whole, counts.masked, counts.cut])
      expect(found / counts.pairs).toBeLessThan(1 / 20_000);
  });
});
