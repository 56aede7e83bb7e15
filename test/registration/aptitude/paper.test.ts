import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SchemeCode, schemes } from '#shared/credit/schemes.ts';
import { currentBank } from '#shared/registration/aptitude/bank.ts';
import { chanceOf } from '#shared/registration/aptitude/chance.ts';
import { askedIn, type Paper, paperOf, scoreOf, shownQuestions } from '#shared/registration/aptitude/paper.ts';
import { Answers, answersOf, emptySheet, letters, sheetOf } from '#shared/registration/aptitude/sheet.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const bankVersion = currentBank.version;
const seed = fc.string({ minLength: 1, maxLength: 32 });
const scheme = fc.constantFrom(...SchemeCode.options);
const test = fc.record({ bankVersion: fc.constant(bankVersion), scheme, seed });
const letterOrNone = fc.constantFrom(...letters, '-');
/** A paper with a sheet for it. */
const answered = test.chain((of) => {
  const paper = paperOf(of);
  return fc.record({
    paper: fc.constant(paper),
    sheet: fc.array(letterOrNone, { minLength: paper.length, maxLength: paper.length }).map((all) => all.join('')),
  });
});
const keyOf = (paper: Paper) => paper.map(({ right }) => right).join('');

/** Chi-square against an even distribution. */
function unevenness(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
/** Of three degrees of freedom: by chance more than this once in ten thousand times. */
const limitOfThree = 21.1;

describe('a paper', () => {
  it('has as many questions of each kind as the bank says: 18 in 25 minutes, 30 in 40', () => {
    const kindsOf = (of: SchemeCode) =>
      Object.fromEntries(
        [...Map.groupBy(paperOf({ bankVersion, scheme: of, seed: 's' }), ({ category }) => category)].map(
          ([category, questions]) => [category, questions.length],
        ),
      );
    expect(kindsOf('SEMI_BANSOS_2020')).toEqual({ maths: 6, ordering: 6, reading: 6 });
    expect(kindsOf('NORMAL_2023')).toEqual({ verbal: 15, quantitative: 15 });
    expect([schemes.SEMI_BANSOS_2020.aptitude.minutes, schemes.NORMAL_2023.aptitude.minutes]).toEqual([25, 40]);
  });

  it('is the same for the same seed, and has no item twice', () => {
    const check = (of: Parameters<typeof paperOf>[0]) => {
      const paper = paperOf(of);
      expect(paperOf({ ...of })).toEqual(paper);
      expect(paper.length).toBe(askedIn(of));
      expect(new Set(paper.map(({ itemId }) => itemId)).size).toBe(paper.length);
    };
    fc.assert(fc.property(test, check), { numRuns: 100 });
  });

  it('is another for another seed: of two people, hardly a question and its letter are the same', () => {
    for (const of of SchemeCode.options) {
      const papers = Array.from({ length: 60 }, (_, index) =>
        paperOf({ bankVersion, scheme: of, seed: `person ${index}` }),
      );
      const shares = papers.slice(1).map((paper, index) => {
        const neighbour = new Set(papers[index]?.map(({ text, right }) => `${text.id} ${right}`));
        return paper.filter(({ text, right }) => neighbour.has(`${text.id} ${right}`)).length / paper.length;
      });
      expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeLessThan(0.1);
      // Letters copied from a neighbour are worth no more than letters thrown.
      const copied = papers.slice(1).map((paper, index) => scoreOf(paper, keyOf(papers[index] ?? [])).percent);
      expect(copied.reduce((sum, percent) => sum + percent, 0) / copied.length).toBeLessThan(32);
    }
  });

  it('has its right options evenly among the letters, in every category', () => {
    const right = SchemeCode.options.flatMap((of) =>
      Array.from({ length: 400 }, (_, index) => paperOf({ bankVersion, scheme: of, seed: `even ${index}` })).flat(),
    );
    for (const [category, questions] of Map.groupBy(right, ({ category }) => category)) {
      const counts = letters.map((letter) => questions.filter((question) => question.right === letter).length);
      expect({ category, isEven: unevenness(counts) < limitOfThree }).toEqual({ category, isEven: true });
    }
    // The test would see a distribution that is not even.
    expect(unevenness([2_700, 2_400, 2_400, 2_500])).toBeGreaterThan(limitOfThree);
  });

  it('keeps the questions of a passage together', () => {
    const check = (paper: Paper) => {
      const passages = paper.flatMap(({ passage, category }) => (category === 'reading' ? [passage?.id] : []));
      const runs = passages.filter((passage, index) => passage !== passages[index - 1]);
      expect(runs.length).toBe(new Set(passages).size);
    };
    for (let index = 0; index < 100; index += 1)
      check(paperOf({ bankVersion, scheme: 'SEMI_BANSOS_2020', seed: String(index) }));
  });

  it('as it is shown does not tell what is right', () => {
    const check = (paper: Paper) => {
      const shown = shownQuestions(paper);
      expect(new Set(shown.flatMap((question) => Object.keys(question)))).toEqual(
        new Set(['number', 'category', 'passage', 'text', 'options']),
      );
      expect(new Set(shown.flatMap(({ options }) => options.flatMap(Object.keys)))).toEqual(
        new Set(['letter', 'text']),
      );
      // With every right option another one, the same is shown.
      const otherwise = paper.map((question) => ({ ...question, right: question.right === 'A' ? 'B' : 'A' }) as const);
      expect(shownQuestions(otherwise)).toEqual(shown);
      expect(JSON.stringify(shown)).not.toContain(keyOf(paper));
    };
    fc.assert(fc.property(test.map(paperOf), check), { numRuns: 50 });
  });
});

describe('a score', () => {
  it('counts right answers by category, and nothing else', () => {
    const check = ({ paper, sheet }: { paper: Paper; sheet: string }) => {
      const { parts, percent } = scoreOf(paper, sheet);
      const right = [...keyOf(paper)].filter((letter, index) => letter === sheet[index]).length;
      expect(parts.reduce((sum, part) => sum + part.right, 0)).toBe(right);
      expect(parts.reduce((sum, part) => sum + part.asked, 0)).toBe(paper.length);
      expect(percent).toBe(Math.floor((right * 100) / paper.length));
      expect(scoreOf(paper, sheet)).toEqual({ parts, percent });
    };
    fc.assert(fc.property(answered, check), { numRuns: 200 });
  });

  it('is all for the key, nothing for an empty sheet, and grows by one right answer', () => {
    const check = ({ paper, sheet }: { paper: Paper; sheet: string }) => {
      const key = keyOf(paper);
      expect(scoreOf(paper, key).percent).toBe(100);
      expect(scoreOf(paper, emptySheet(paper.length)).percent).toBe(0);
      const rightIn = (of: string) => scoreOf(paper, of).parts.reduce((sum, { right }) => sum + right, 0);
      for (const index of [0, paper.length - 1]) {
        const mended = `${sheet.slice(0, index)}${key[index]}${sheet.slice(index + 1)}`;
        expect(rightIn(mended)).toBe(rightIn(sheet) + (sheet[index] === key[index] ? 0 : 1));
      }
    };
    fc.assert(fc.property(answered, check), { numRuns: 100 });
  });

  it('is of a whole sheet only', () => {
    const paper = paperOf({ bankVersion, scheme: 'NORMAL_2023', seed: 's' });
    expect(() => scoreOf(paper, 'A')).toThrow('A sheet has a place for each question');
  });
});

describe('a sheet', () => {
  const sheets = fc.array(letterOrNone, { minLength: 1, maxLength: 60 }).map((all) => all.join(''));

  it('and its answers say the same', () => {
    const check = (sheet: string) => {
      expect(sheetOf(answersOf(sheet), sheet.length)).toBe(sheet);
    };
    fc.assert(fc.property(sheets, check));
  });

  it('is the same in whatever order the answers come', () => {
    expect(sheetOf({ 3: 'C', 1: 'A' }, 4)).toBe('A-C-');
    expect(sheetOf({}, 2)).toBe(emptySheet(2));
  });

  it('has no answer to a question that was not asked', () => {
    expectRefusal(() => sheetOf({ 18: 'A', 19: 'B' }, 18), 'request_invalid');
  });

  it.each([
    ['question nought', { 0: 'A' }],
    ['question one hundred', { 100: 'A' }],
    ['a leading nought', { '01': 'A' }],
    ['half a question', { '1.5': 'A' }],
    ['a letter that no question has', { 1: 'E' }],
    ['a small letter', { 1: 'a' }],
    ['a number', { 1: 1 }],
    ['nothing', { 1: null }],
    ['two letters', { 1: ['A', 'B'] }],
    ['a list', ['A']],
    ['more answers than questions', Object.fromEntries(Array.from({ length: 61 }, (_, index) => [index + 1, 'A']))],
  ])('is not made of %s', (_, answers) => {
    expect(Answers.safeParse(answers).success).toBe(false);
  });
});

describe('chance', () => {
  it('is even: no number is likelier than another', () => {
    for (const count of [3, 4, 7, 10]) {
      const chance = chanceOf('even', String(count));
      const counts = Array.from({ length: count }, () => 0);
      for (let times = 0; times < 4_000 * count; times += 1) {
        const number = chance.below(count);
        counts[number] = (counts[number] ?? 0) + 1;
      }
      // Nine degrees of freedom at most: more than this once in a hundred thousand times.
      expect(unevenness(counts)).toBeLessThan(40);
    }
  });

  it('is for ever the same, and another one for each seed and label', () => {
    const first = (of: string, label: string) => {
      const chance = chanceOf(of, label);
      return Array.from({ length: 6 }, () => chance.below(100));
    };
    expect(first('seed', 'label')).toEqual([36, 52, 46, 53, 38, 35]);
    expect(first('seed', 'other')).not.toEqual(first('seed', 'label'));
    expect(first('other', 'label')).not.toEqual(first('seed', 'label'));
  });

  it('shuffles into every order, and loses nothing', () => {
    const orders = new Set<string>();
    for (let index = 0; index < 500; index += 1) {
      const order = chanceOf(String(index), 'shuffle').shuffled(['a', 'b', 'c', 'd']);
      expect([...order].sort()).toEqual(['a', 'b', 'c', 'd']);
      orders.add(order.join(''));
    }
    expect(orders.size).toBe(24);
  });
});
