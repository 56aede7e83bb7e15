import { describe, expect, it } from 'vitest';
import { chosenName, Note } from '#shared/platform/operator.ts';

const takes = (name: string): boolean => chosenName(40).safeParse(name).success;

describe('what an operator writes down', () => {
  it.each([
    ['a sentence', 'Bank sedang tutup buku.'],
    ['a day and an amount', 'Dibayar 600.000 pada 2026-11-24'],
    ['seven digits', 'kasus 1234567'],
    ['a day', '2026-11-02'],
    ['a day among words', 'lihat catatan 2026-11-02, halaman 7'],
    ['nine digits with signs between them', '327,399,421'],
    ['ten digits with a word between them', '3273994 dan 207'],
  ])('may be %s', (_, text) => {
    expect(Note.safeParse(text).success).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['two lines', 'satu\ndua'],
    ['eight digits in a row', 'rekening 88000001'],
    ['the number of a person, in groups', '3273-0101-0190-0001'],
    ['a phone number with spaces', 'telepon 0812 3456 7890'],
    ['digits of another alphabet', '３２７３０１０１９０'],
    ['a number with commas', '3273994,2070100,08'],
    ['ten digits with signs between them', '327,399,421,0'],
    ['a number with several signs at once', '3273 / (0101) — 0190'],
    ['a number with underscores, colons and stars', '3273_01:01*0190'],
    ['two days, which are as long as a number', '2026-11-02 – 2026-11-05'],
  ])('is never %s', (_, text) => {
    expect(Note.safeParse(text).success).toBe(false);
  });
});

describe('a name that an operator chooses', () => {
  it.each([
    ['words and numbers', 'list-7'],
    ['a day', '2026-11-05-MORNING'],
    ['seven digits in a row', 'list-1234567-1234567'],
    ['all of its length', 'a'.repeat(40)],
    ['a UUID of digits', '12345678-1234-4123-8123-123456789012'],
    ['a UUID in capitals', 'ABCDEF01-1234-4123-8123-ABCDEF012345'],
  ])('may be %s', (_, name) => {
    expect(takes(name)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['longer', 'a'.repeat(41)],
    ['eight digits in a row', 'list-12345678'],
    ['the number of a person', '3273010101900001'],
    ['a UUID with an account after it', '12345678-1234-4123-8123-123456789012-12345678'],
    ['a space', 'list 7'],
    ['a second line', 'list\n7'],
    ['a separator of keys', 'list#7'],
  ])('is never %s', (_, name) => {
    expect(takes(name)).toBe(false);
  });
});
