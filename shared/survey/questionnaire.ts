import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { Refusal } from '#shared/platform/refusal.ts';

/** Shown only if an earlier question was answered with one of these; of a multiple choice, if one of these is among the chosen. */
type ShownIf = { readonly question: string; readonly oneOf: readonly number[] };

type Asked = {
  /** Short, and never used again for another question of the same questionnaire. */
  readonly id: string;
  readonly text: string;
  readonly shownIf?: ShownIf;
  /** May be left out, also where it is shown. */
  readonly optional?: true;
};

/** What is stored of a choice is its code: texts can be corrected, codes stay. */
export type Option = { readonly code: number; readonly text: string };

export type Question = Asked &
  (
    | { readonly kind: 'single'; readonly options: readonly Option[] }
    | { readonly kind: 'multiple'; readonly options: readonly Option[]; readonly most: number }
    | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number; readonly unit: string }
    /** From 1 to 5; the words stand at the two ends. */
    | { readonly kind: 'scale'; readonly lowest: string; readonly highest: string }
    | { readonly kind: 'text' }
  );

export type Questionnaire = {
  /** Which survey of the scheme. */
  readonly number: number;
  /** Another one for every change of questions or choices: stored answers are read with the version that they were given to. */
  readonly version: string;
  readonly title: string;
  readonly questions: readonly Question[];
};

/** A choice's code, several of them, a number, a step of the scale, or a text. */
export const AnswerValue = z.union([z.int(), z.array(z.int()).check(z.maxLength(20)), z.string()]);
export type AnswerValue = z.infer<typeof AnswerValue>;
export type Answers = ReadonlyMap<string, AnswerValue>;

/** Steps of every scale. */
export const scaleSteps = { minimum: 1, maximum: 5 } as const;
/** Characters of plain text; signs outside ASCII, quotes and line ends take more than one each. */
export const maxTextBytes = 500;
/** Answers as stored: with the claim that they complete, an item then takes two write units at most. */
const maxStoredBytes = 700;

/** Questions that an answer leads to, in order. Pure, and the same on both sides of the wire. */
export function reachable({ questions }: Questionnaire, answers: Answers): Question[] {
  const shown = new Set<string>();
  return questions.filter(({ id, shownIf }) => {
    const isShown = !shownIf || (shown.has(shownIf.question) && leadsOn(answers.get(shownIf.question), shownIf.oneOf));
    if (isShown) shown.add(id);
    return isShown;
  });
}

function leadsOn(answer: AnswerValue | undefined, oneOf: readonly number[]): boolean {
  const chosen = typeof answer === 'number' ? [answer] : Array.isArray(answer) ? answer : [];
  return chosen.some((code) => oneOf.includes(code));
}

/**
 * Checks that every question that is shown is answered as it can be, and no other one.
 * @throws Refusal `survey_answers_invalid` with the ids of the questions at fault.
 */
export function checkAnswers(questionnaire: Questionnaire, answers: Answers): void {
  const shown = new Map(reachable(questionnaire, answers).map((question) => [question.id, question]));
  const unasked = [...answers.keys()].filter((id) => !shown.has(id));
  const wrong = [...shown.values()].filter((question) => {
    const answer = answers.get(question.id);
    return answer === undefined ? !question.optional : !answersQuestion(question, answer);
  });
  const faulty = [...wrong.map(({ id }) => id), ...unasked];
  if (faulty.length > 0) throw new Refusal('survey_answers_invalid', undefined, faulty.slice(0, 20));
}

function answersQuestion(question: Question, answer: AnswerValue): boolean {
  switch (question.kind) {
    case 'single':
      return question.options.some(({ code }) => code === answer);
    case 'multiple': {
      if (!Array.isArray(answer) || answer.length === 0 || answer.length > question.most) return false;
      const isOnce = new Set(answer).size === answer.length;
      return isOnce && answer.every((chosen) => question.options.some(({ code }) => code === chosen));
    }
    case 'number':
      return typeof answer === 'number' && answer >= question.minimum && answer <= question.maximum;
    case 'scale':
      return typeof answer === 'number' && answer >= scaleSteps.minimum && answer <= scaleSteps.maximum;
    case 'text':
      return typeof answer === 'string' && answer.trim() !== '' && textBytes(answer) <= maxTextBytes;
  }
}

const textBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

/** Answers as they are stored: a JSON list in the order of the questions, null for what was not asked or left out. */
export function encodeAnswers({ questions }: Questionnaire, answers: Answers): string {
  return JSON.stringify(questions.map(({ id }) => answers.get(id) ?? null));
}

/**
 * Looks at a questionnaire once, when it is loaded: each id is there once, a condition asks for a possible answer to an earlier
 * question (so there are neither loops nor leaps ahead), and the longest answers fit where they are stored.
 */
export function soundQuestionnaire(questionnaire: Questionnaire): Questionnaire {
  const { number, version, questions } = questionnaire;
  const named = (question: Question) => `Survey ${number} of ${version}, ${question.id}`;
  const earlier = new Map<string, Question>();
  let longest = 1;
  for (const question of questions) {
    ok(/^[a-z]{2,12}$/.test(question.id), `${named(question)}: an id is a short word`);
    ok(!earlier.has(question.id), `${named(question)}: an id is there once`);
    ok(isSoundInItself(question), `${named(question)}: nobody could answer it`);
    const { shownIf } = question;
    const asked = shownIf && earlier.get(shownIf.question);
    ok(!shownIf || asked, `${named(question)}: a condition looks back`);
    const isPossible = !asked || shownIf?.oneOf.every((code) => answersQuestion(asked, asOne(asked, code)));
    ok(isPossible && shownIf?.oneOf.length !== 0, `${named(question)}: a condition asks for a possible answer`);
    earlier.set(question.id, question);
    longest += longestBytes(question) + 1;
  }
  ok(
    questions.some(({ shownIf }) => !shownIf),
    `Survey ${number} of ${version} has a question that everybody is asked`,
  );
  ok(longest <= maxStoredBytes, `Survey ${number} of ${version}: its longest answers fit`);
  return questionnaire;
}

const asOne = ({ kind }: Question, code: number): AnswerValue => (kind === 'multiple' ? [code] : code);

function isSoundInItself(question: Question): boolean {
  switch (question.kind) {
    case 'single':
    case 'multiple': {
      const codes = question.options.map(({ code }) => code);
      const isOnce = new Set(codes).size === codes.length && codes.every((code) => Number.isInteger(code) && code > 0);
      const most = question.kind === 'multiple' ? question.most : 1;
      return isOnce && codes.length >= 2 && most >= 1 && most <= Math.min(codes.length, 20);
    }
    case 'number':
      return [question.minimum, question.maximum].every(Number.isInteger) && question.minimum < question.maximum;
    case 'scale':
    case 'text':
      return true;
  }
}

function longestBytes(question: Question): number {
  switch (question.kind) {
    case 'single':
      return Math.max(...question.options.map(({ code }) => String(code).length), 'null'.length);
    case 'multiple':
      return JSON.stringify(question.options.map(({ code }) => code)).length;
    case 'number':
      return Math.max(String(question.minimum).length, String(question.maximum).length, 'null'.length);
    case 'scale':
      return 'null'.length;
    case 'text':
      return maxTextBytes + 2;
  }
}
