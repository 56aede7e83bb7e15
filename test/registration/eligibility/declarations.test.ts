import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Declaring,
  declarationVersions,
  decodeAnswers,
  questionsFor,
  readDeclaration,
} from '#shared/registration/eligibility/declarations.ts';
import { declaring } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const codes = ['SEMI_BANSOS_2020', 'NORMAL_2023'] as const;
const without = ({ version, answers }: Declaring, name: string): Declaring => {
  const { [name]: _, ...others } = answers;
  return { version, answers: others };
};
/** Expects that a declaration is refused, and that these questions are named. */
function expectFaults(scheme: (typeof codes)[number], given: Declaring, names: readonly string[]): void {
  const fields = names.map((name) => `declarations.answers.${name}`);
  const expected = expect.objectContaining({ name: 'Refusal', code: 'declaration_invalid', fields });
  expect(() => readDeclaration(scheme, given)).toThrowError(expected);
}

describe('the questions', () => {
  it('have a name each, and words in both languages', () => {
    for (const { questions } of declarationVersions) {
      const names = questions.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { text, ...question } of questions) {
        const options = question.kind === 'choice' ? question.options : [];
        for (const { id, en } of [text, ...options]) expect([id.length, en.length]).not.toContain(0);
        expect(new Set(options.map(({ code }) => code)).size).toBe(options.length);
      }
    }
  });

  it('ask about social aid only where it excludes', () => {
    const names = (scheme: (typeof codes)[number]) => questionsFor(scheme).questions.map(({ name }) => name);
    expect(names('SEMI_BANSOS_2020')).toContain('social_aid');
    expect(names('NORMAL_2023')).toEqual(names('SEMI_BANSOS_2020').filter((name) => name !== 'social_aid'));
  });
});

describe('a declaration', () => {
  it('says what rules use and what places are set aside for, and keeps every answer', () => {
    const answers = { education: true, office: 'police', social_aid: true, disability: true };
    const given = declaring('SEMI_BANSOS_2020', answers);
    const read = readDeclaration('SEMI_BANSOS_2020', given);
    const said = { isTrue: true, education: true, office: 'police', socialAid: true };
    expect(read).toMatchObject({ declared: { version: '2026-11', ...said }, declares: ['disability'] });
    expect(decodeAnswers('2026-11', read.answers)).toEqual(given.answers);
    expect(readDeclaration('NORMAL_2023', declaring()).declared.socialAid).toBeNull();
  });

  it.each(codes)('without one of its answers names the question, in %s', (scheme) => {
    const names = Object.keys(declaring(scheme).answers);
    for (const name of names) expectFaults(scheme, without(declaring(scheme), name), [name]);
  });

  it.each<[string, string, Declaring['answers'][string]]>([
    ['a yes as a word', 'education', 'yes'],
    ['a choice as a yes', 'office', true],
    ['an option that there is not', 'office', 'minister'],
    ['an option of another question', 'work', 'none'],
    ['a text as a no', 'skill', false],
    ['a text that is one character too long', 'skill', 'a'.repeat(41)],
    ['a text of two lines', 'skill', 'menjahit\nmemasak'],
    ['a question that there is not', 'salary', true],
    ['a question of another scheme', 'social_aid', false],
    ['a name that means something to JavaScript', 'constructor', true],
  ])('with %s names the question', (_, name, answer) => {
    expectFaults('NORMAL_2023', declaring('NORMAL_2023', { [name]: answer }), [name]);
  });

  it('of another version is refused', () => {
    for (const version of ['2026-10', '2026-12', ''])
      expectRefusal(() => readDeclaration('NORMAL_2023', { ...declaring(), version }), 'declaration_outdated');
  });

  it('takes a text of any forty characters in one line, and reads back what was said', () => {
    const isTaken = (text: string) => !/\p{Cc}/u.test(text) && [...text].length <= 40;
    const texts = fc.string({ unit: 'grapheme', maxLength: 40 }).filter(isTaken);
    fc.assert(
      fc.property(texts, (skill) => {
        const { answers } = readDeclaration('NORMAL_2023', declaring('NORMAL_2023', { skill }));
        expect(decodeAnswers('2026-11', answers)['skill']).toBe(skill);
      }),
    );
  });

  it('with a hundred faults names twenty of them', () => {
    const names = Array.from({ length: 100 }, (_, index) => `q${index}`);
    const many = Object.fromEntries(names.map((name) => [name, true]));
    expectFaults('NORMAL_2023', declaring('NORMAL_2023', many), names.slice(0, 20));
  });
});
