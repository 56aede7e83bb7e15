import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Answers,
  type AnswerValue,
  checkAnswers,
  encodeAnswers,
  maxTextBytes,
  type Question,
  type Questionnaire,
  reachable,
  soundQuestionnaire,
} from '#shared/survey/questionnaire.ts';
import { currentQuestionnaire, questionnaireOf, questionnaires } from '#shared/survey/questionnaires.ts';
import { expectRefusal } from '#test/platform/refused.ts';
import { completeAnswers } from '#test/survey/answers.ts';

const options = [
  { code: 1, text: 'Ya' },
  { code: 2, text: 'Tidak' },
  { code: 7, text: 'Lainnya' },
];
const work: Question = { id: 'work', text: 'Bekerja?', kind: 'single', options };
const hours: Question = {
  ...{ id: 'hours', text: 'Jam?', kind: 'number', minimum: 0, maximum: 112, unit: 'jam' },
  shownIf: { question: 'work', oneOf: [1, 7] },
};
const ways: Question = { id: 'ways', text: 'Cara?', kind: 'multiple', options, most: 2 };
const why: Question = { id: 'why', text: 'Mengapa?', kind: 'text', shownIf: { question: 'ways', oneOf: [7] } };
const content: Question = { id: 'content', text: 'Puas?', kind: 'scale', lowest: 'Tidak', highest: 'Ya' };
const advice: Question = { id: 'advice', text: 'Saran?', kind: 'text', optional: true };
const of = (...questions: Question[]): Questionnaire => ({ number: 1, version: 'test', title: 'Uji', questions });
const example = of(work, hours, ways, why, content);
const answersOf = (values: Readonly<Record<string, AnswerValue>>): Answers => new Map(Object.entries(values));

/** Ids at fault; none when the answers are taken. */
function faults(questionnaire: Questionnaire, answers: Answers): readonly string[] {
  let fields: readonly string[] = [];
  const act = () => {
    try {
      checkAnswers(questionnaire, answers);
    } catch (error) {
      fields = Object(error).fields;
      throw error;
    }
  };
  try {
    act();
  } catch {
    expectRefusal(act, 'survey_answers_invalid');
  }
  return fields;
}

describe('which questions are shown', () => {
  it.each<[Readonly<Record<string, AnswerValue>>, string[]]>([
    [{}, ['work', 'ways', 'content']],
    [{ work: 1 }, ['work', 'hours', 'ways', 'content']],
    [{ work: 2 }, ['work', 'ways', 'content']],
    [{ work: 7 }, ['work', 'hours', 'ways', 'content']],
    [{ ways: [1, 2] }, ['work', 'ways', 'content']],
    [{ ways: [1, 7] }, ['work', 'ways', 'why', 'content']],
    [{ work: '1' }, ['work', 'ways', 'content']],
  ])('after %j: %j', (values, ids) => {
    expect(reachable(example, answersOf(values)).map(({ id }) => id)).toEqual(ids);
  });

  it('an answer to a question that is not shown itself leads nowhere', () => {
    const chained = of(work, hours, { ...advice, shownIf: { question: 'hours', oneOf: [10] } });
    expect(reachable(chained, answersOf({ work: 1, hours: 10 })).map(({ id }) => id)).toContain('advice');
    expect(reachable(chained, answersOf({ work: 2, hours: 10 })).map(({ id }) => id)).toEqual(['work']);
  });
});

describe('answers', () => {
  const complete = { work: 2, ways: [1], content: 5 };

  it.each<[what: string, values: Readonly<Record<string, AnswerValue>>, fields: string[]]>([
    ['complete', complete, []],
    ['complete by another way', { ...complete, work: 1, hours: 0 }, []],
    ['one too few', { work: 2, ways: [1] }, ['content']],
    ['none', {}, ['work', 'ways', 'content']],
    ['one that was not asked', { ...complete, hours: 3 }, ['hours']],
    ['one that there is not', { ...complete, more: 3 }, ['more']],
    ['a choice that there is not', { ...complete, work: 3 }, ['work']],
    ['several where one is asked for', { ...complete, work: [1] }, ['work', 'hours']],
    ['a text where one is asked for', { ...complete, work: '2' }, ['work']],
    ['as many choices as allowed', { ...complete, ways: [1, 2] }, []],
    ['one choice too many', { ...complete, ways: [1, 2, 7] }, ['ways', 'why']],
    ['the same choice twice', { ...complete, ways: [1, 1] }, ['ways']],
    ['no choice', { ...complete, ways: [] }, ['ways']],
    ['a choice as a number', { ...complete, ways: 1 }, ['ways']],
    ['the lowest number', { ...complete, work: 1, hours: 0 }, []],
    ['the highest number', { ...complete, work: 1, hours: 112 }, []],
    ['a number below', { ...complete, work: 1, hours: -1 }, ['hours']],
    ['a number above', { ...complete, work: 1, hours: 113 }, ['hours']],
    ['the first step', { ...complete, content: 1 }, []],
    ['a step below', { ...complete, content: 0 }, ['content']],
    ['a step above', { ...complete, content: 6 }, ['content']],
    ['a text', { ...complete, ways: [7], why: 'Karena dekat' }, []],
    ['no text', { ...complete, ways: [7], why: ' ' }, ['why']],
    ['the longest text', { ...complete, ways: [7], why: 'x'.repeat(maxTextBytes) }, []],
    ['a text too long', { ...complete, ways: [7], why: 'x'.repeat(maxTextBytes + 1) }, ['why']],
    ['a text too long by its signs', { ...complete, ways: [7], why: '"'.repeat(maxTextBytes / 2 + 1) }, ['why']],
    ['a text too long in bytes', { ...complete, ways: [7], why: '語'.repeat(maxTextBytes / 3 + 1) }, ['why']],
  ])('%s: %j has its faults named', (_, values, fields) => {
    expect(faults(example, answersOf(values))).toEqual(fields);
  });

  it('may leave an optional question out', () => {
    expect(faults(of(work, advice), answersOf({ work: 1 }))).toEqual([]);
    expect(faults(of(work, advice), answersOf({ work: 1, advice: '' }))).toEqual(['advice']);
  });

  it('name twenty questions at fault at most', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`q${index}`, 1]));
    expect(faults(of(work), answersOf(many))).toHaveLength(20);
  });

  it('are stored in the order of the questions, without their names', () => {
    expect(encodeAnswers(example, answersOf({ content: 4, ways: [7, 1], why: 'a"b', work: 2 }))).toBe(
      '[2,null,[7,1],"a\\"b",4]',
    );
  });
});

describe('a questionnaire that makes no sense is not loaded', () => {
  const at = (question: Partial<Question>): Question => ({ ...advice, ...question }) as Question;
  it.each<[string, Questionnaire]>([
    ['two questions with one id', of(work, work)],
    ['an id of more than a short word', of({ ...work, id: 'Work 1' })],
    ['a condition on a later question', of(hours, work)],
    ['a condition on itself', of(work, at({ shownIf: { question: 'advice', oneOf: [1] } }))],
    ['a condition on nothing', of(work, at({ shownIf: { question: 'none', oneOf: [1] } }))],
    ['a condition on a choice that there is not', of(work, at({ shownIf: { question: 'work', oneOf: [1, 3] } }))],
    ['a condition on a number out of bounds', of(work, hours, at({ shownIf: { question: 'hours', oneOf: [113] } }))],
    ['a condition on a text', of(work, advice, { ...content, shownIf: { question: 'advice', oneOf: [1] } })],
    ['a condition that nothing fulfils', of(work, at({ shownIf: { question: 'work', oneOf: [] } }))],
    ['one choice', of({ ...work, options: options.slice(0, 1) })],
    ['two choices with one code', of({ ...work, options: [...options, { code: 1, text: 'Juga' }] })],
    ['a code of zero', of({ ...work, options: [...options, { code: 0, text: 'Nol' }] })],
    ['more choices at once than there are', of({ ...ways, most: 4 })],
    ['no choice at all', of({ ...ways, most: 0 })],
    ['numbers without room', of(work, { ...hours, minimum: 5, maximum: 5 })],
    ['numbers in parts', of(work, { ...hours, minimum: 0.5 })],
    ['answers longer than what is stored', of(work, advice, { ...advice, id: 'more' })],
    ['no question', of()],
  ])('%s', (_, questionnaire) => {
    expect(() => soundQuestionnaire(questionnaire)).toThrowError();
  });

  it('while a sound one is', () => {
    expect(soundQuestionnaire(example)).toBe(example);
  });
});

describe('the questionnaires', () => {
  it('are three, of eight to twelve questions, with every kind of question and with questions that are not shown to all', () => {
    expect(questionnaires.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const { questions } of questionnaires) {
      expect(questions.length).toBeGreaterThanOrEqual(8);
      expect(questions.length).toBeLessThanOrEqual(12);
      expect(questions.some(({ shownIf }) => shownIf)).toBe(true);
    }
    const kinds = new Set(questionnaires.flatMap(({ questions }) => questions.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual(['multiple', 'number', 'scale', 'single', 'text']);
  });

  it('are found by number and version', () => {
    for (const questionnaire of questionnaires) {
      expect(currentQuestionnaire(questionnaire.number)).toBe(questionnaire);
      expect(questionnaireOf(questionnaire.number, questionnaire.version)).toBe(questionnaire);
    }
    expect(currentQuestionnaire(4)).toBeUndefined();
    expect(questionnaireOf(1, '2025-01')).toBeUndefined();
  });

  it.each(questionnaires)(
    'survey $number takes every complete way through it, and nothing less or more',
    (questionnaire) => {
      const ids = new Set<string>();
      const check = (answers: Answers) => {
        expect(faults(questionnaire, answers)).toEqual([]);
        for (const id of answers.keys()) ids.add(id);
        const shown = reachable(questionnaire, answers);
        for (const { id, optional } of shown) {
          const less = new Map(answers);
          less.delete(id);
          if (!optional) expect(faults(questionnaire, less)).toContain(id);
        }
        for (const question of questionnaire.questions)
          if (!shown.includes(question))
            expect(faults(questionnaire, new Map(answers).set(question.id, 1))).toContain(question.id);
        const stored: unknown[] = JSON.parse(encodeAnswers(questionnaire, answers));
        const back = questionnaire.questions.flatMap(({ id }, index) =>
          stored[index] === null ? [] : [[id, stored[index]]],
        );
        expect(Object.fromEntries(back)).toEqual(Object.fromEntries(answers));
      };
      fc.assert(fc.property(completeAnswers(questionnaire), check), { numRuns: 300 });
      expect(ids.size).toBe(questionnaire.questions.length);
    },
  );
});
