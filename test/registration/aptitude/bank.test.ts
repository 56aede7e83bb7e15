import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SchemeCode } from '#shared/credit/schemes.ts';
import { Category } from '#shared/registration/aptitude/aptitude.ts';
import { arithmetic } from '#shared/registration/aptitude/bank/arithmetic.ts';
import { bankOf, currentBank } from '#shared/registration/aptitude/bank.ts';
import { choiceItems, Difficulty, procedures } from '#shared/registration/aptitude/bank-format.ts';
import { chanceOf } from '#shared/registration/aptitude/chance.ts';
import { paperOf } from '#shared/registration/aptitude/paper.ts';

/** A paper needs so many times fewer items than the bank has. */
const timesEnough = 3;
const drafts = Array.from({ length: 200 }, (_, seed) => chanceOf(String(seed), 'draft'));
const everyItem = [...new Set(Category.options.flatMap((category) => currentBank.items[category]))];

describe('the question bank', () => {
  it('has ids of which each stands once', () => {
    const ids = everyItem.map(({ id }) => id);
    expect(ids.length).toBe(new Set(ids).size);
    expect(ids.length).toBeGreaterThan(100);
  });

  it.each(everyItem)('has four different options in both languages, one of them right: $id', ({ draft }) => {
    for (const chance of drafts) {
      const { passage, text, right, wrong } = draft(chance);
      for (const language of ['id', 'en'] as const) {
        const options = [right, ...wrong].map((option) => option[language]);
        expect(new Set(options).size).toBe(4);
        for (const written of [text[language], ...options, ...(passage ? [passage[language]] : [])])
          expect(written).toMatch(/^\S(.|\n)*\S$|^\S$/);
        expect(text[language].length).toBeLessThanOrEqual(300);
        expect(Math.max(...options.map(({ length }) => length))).toBeLessThanOrEqual(120);
        expect(text[language]).not.toMatch(/undefined|NaN|null|Infinity/);
      }
    }
  });

  /** A fixed item is one question; one with steps or numbers is as many as come out differently. */
  const questionsIn = (items: readonly (typeof everyItem)[number][]) =>
    items.reduce((sum, { draft }) => sum + new Set(drafts.map((chance) => JSON.stringify(draft(chance)))).size, 0);

  it.each(SchemeCode.options)('has several times what a paper of %s needs, of every kind and difficulty', (scheme) => {
    for (const { category, counts } of currentBank.papers[scheme]) {
      for (const difficulty of Difficulty.options) {
        const items = currentBank.items[category].filter((item) => item.difficulty === difficulty);
        expect(items.length).toBeGreaterThanOrEqual(counts[difficulty]);
        expect(questionsIn(items)).toBeGreaterThanOrEqual(timesEnough * counts[difficulty]);
      }
    }
  });

  it('keeps each version that was used, to the letter', () => {
    const papers = SchemeCode.options.flatMap((scheme) =>
      Array.from({ length: 20 }, (_, seed) => paperOf({ bankVersion: '2026-11', scheme, seed: `kept ${seed}` })),
    );
    // Changed here: make a new version of the bank instead. Tests that people took are scored again from the old one.
    expect(createHash('sha256').update(JSON.stringify(papers)).digest('hex')).toBe(
      'e7b31977ebc2f6d894ab11f967bc9f6651e3d913e269a8c3e309f217004a644a',
    );
  });

  it('has no version that there never was', () => {
    expect(bankOf(currentBank.version)).toBe(currentBank);
    expect(() => bankOf('2020-01')).toThrow('Every version of the bank is kept');
  });
});

describe('a bank as text', () => {
  const question = (lines: string) => `# contoh easy\n? Tanya | Question\n${lines}`;
  const wrong = '- b | b\n- c | c\n- d | d';

  it('is read', () => {
    expect(choiceItems(question(`+ a | A\n${wrong}`))).toEqual([
      {
        id: 'contoh',
        difficulty: 'easy',
        passage: null,
        text: { id: 'Tanya', en: 'Question' },
        right: { id: 'a', en: 'A' },
        wrong: ['b', 'c', 'd'].map((letter) => ({ id: letter, en: letter })),
      },
    ]);
  });

  it.each([
    ['no right option', question(wrong)],
    ['two right options', question(`+ a | a\n+ e | e\n${wrong}`)],
    ['two wrong options', question('+ a | a\n- b | b\n- c | c')],
    ['one language', question(`+ a\n${wrong}`)],
    ['three languages', question(`+ a | a | a\n${wrong}`)],
    ['an unknown mark', question(`* a | a\n${wrong}`)],
    ['an option that is too long', question(`+ ${'a'.repeat(121)} | a\n${wrong}`)],
    ['no difficulty', `# contoh\n? Tanya | Question\n+ a | a\n${wrong}`],
    ['an id with a capital', `# Contoh easy\n? Tanya | Question\n+ a | a\n${wrong}`],
    ['a passage that there is not', `# contoh easy hilang\n? Tanya | Question\n+ a | a\n${wrong}`],
  ])('is not taken with %s', (_, source) => {
    expect(() => choiceItems(source)).toThrowError();
  });

  it('is not taken with work of three steps', () => {
    expect(() => procedures('# kerja easy\n? kerja | work\n> a | a\n> b | b\n> c | c')).toThrowError();
  });
});

/** What is right, worked out otherwise: from the numbers in the question as a citizen reads them. */
const solutions: Readonly<Record<string, (numbers: readonly number[]) => number>> = {
  kembalian: ([packs = 0, price = 0, paid = 0]) => paid - packs * price,
  lusin: ([dozens = 0, broken = 0]) => dozens * 12 - broken,
  potongan: ([price = 0, cut = 0]) => (price * (100 - cut)) / 100,
  jarak: ([speed = 0, time = 0]) => speed * time,
  'deret-tetap': ([a = 0, b = 0, , d = 0]) => d + b - a,
  'rata-rata': ([a = 0, b = 0, c = 0]) => (a + b + c) / 3,
  luas: ([length = 0, width = 0]) => length * width,
  perbandingan: ([total = 0, first = 0, second = 0]) => (total * second) / (first + second),
  'untung-persen': ([cost = 0, price = 0]) => ((price - cost) * 100) / cost,
  lembur: ([wage = 0, normal = 0, extra = 0]) => normal * wage + extra * wage * 2,
  'deret-naik': ([a = 0, b = 0, c = 0, d = 0]) => d + (d - c) + (c - b - (b - a)),
  skala: ([, scale = 0, measured = 0]) => (scale * measured) / 100 / 1_000,
  'bilangan-keempat': ([mean = 0, a = 0, b = 0, c = 0]) => mean * 4 - (a + b + c),
  resep: ([portions = 0, grams = 0, wanted = 0]) => (grams / portions) * wanted,
  pekerja: ([few = 0, time = 0, many = 0]) => (few * time) / many,
  'dua-pipa': ([first = 0, second = 0]) => 1 / (1 / first + 1 / second),
  berpapasan: ([apart = 0, slow = 0, fast = 0]) => apart / (slow + fast),
  'potongan-ganda': ([price = 0, first = 0, second = 0]) => price * (1 - first / 100) * (1 - second / 100),
  'nilai-baru': ([pupils = 0, mean = 0, then = 0]) => then * (pupils + 1) - mean * pupils,
  umur: ([times = 0, sum = 0, later = 0]) => (sum / (times + 1)) * times + later,
  bunga: ([saved = 0, rate = 0, months = 0]) => saved + (((saved * rate) / 100) * months) / 12,
  pengurus: ([members = 0]) => members * (members - 1),
};

const numbersIn = (text: string, between: RegExp) =>
  [...text.matchAll(/\d[\d.,]*/g)].map(([number]) => Number(number.replaceAll(between, '').replace(/\D$/, '')));

describe('a template', () => {
  it.each(arithmetic)('computes what is right, and has the same numbers in both languages: $id', ({ id, draft }) => {
    const questions = new Set<string>();
    for (const chance of drafts) {
      const { text, right } = draft(chance);
      const numbers = numbersIn(text.id, /\./g);
      expect([...numbers].sort()).toEqual([...numbersIn(text.en, /,/g)].sort());
      const [answer] = numbersIn(right.id, /\./g);
      expect(numbersIn(right.en, /,/g)).toEqual([answer]);
      expect(answer).toBeCloseTo(solutions[id]?.(numbers) ?? Number.NaN, 6);
      questions.add(text.id);
    }
    expect(questions.size).toBeGreaterThanOrEqual(10);
  });
});
