import * as z from 'zod/mini';
import { Refusal } from '#shared/platform/refusal.ts';

/** Options of every question, in the order in which they are shown. */
export const letters = ['A', 'B', 'C', 'D'] as const;
export const Letter = z.enum(letters);
export type Letter = z.infer<typeof Letter>;

/** No test has more questions. */
const maxQuestions = 60;

/** Answers by the number of the question, from 1 on. What is not answered is left out. */
export const Answers = z
  .record(z.string().check(z.regex(/^[1-9]\d?$/)), Letter)
  .check(z.refine((answers) => Object.keys(answers).length <= maxQuestions, 'More answers than questions'));
export type Answers = z.infer<typeof Answers>;

const unanswered = '-';

/**
 * Answers as one letter for each question, a hyphen for none: so an answer sheet has few bytes, and the same ones in whatever order it came.
 * @throws Refusal `request_invalid` for an answer to a question that the test does not have.
 */
export function sheetOf(answers: Answers, asked: number): string {
  const beyond = Object.keys(answers).filter((number) => Number(number) > asked);
  if (beyond.length > 0)
    throw new Refusal(
      'request_invalid',
      undefined,
      beyond.map((number) => `answers.${number}`),
    );
  return Array.from({ length: asked }, (_, index) => answers[String(index + 1)] ?? unanswered).join('');
}

/** The answers of a sheet. */
export function answersOf(sheet: string): Answers {
  const given = [...sheet].map((letter, index) => [String(index + 1), Letter.safeParse(letter).data] as const);
  return Object.fromEntries(given.flatMap(([number, letter]) => (letter ? [[number, letter]] : [])));
}

/** A sheet without any answer. */
export const emptySheet = (asked: number): string => unanswered.repeat(asked);
