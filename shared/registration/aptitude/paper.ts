import { ok } from 'node:assert/strict';
import type { AptitudeTest, Category, Scored } from '#shared/registration/aptitude/aptitude.ts';
import { type Bank, bankOf, type Part } from '#shared/registration/aptitude/bank.ts';
import type { Both } from '#shared/registration/aptitude/bank-format.ts';
import { chanceOf } from '#shared/registration/aptitude/chance.ts';
import type { Item } from '#shared/registration/aptitude/item.ts';
import { type Letter, letters } from '#shared/registration/aptitude/sheet.ts';

/** A question of a paper with its right option. Leaves the house only through `shownQuestions`. */
export type Question = {
  readonly itemId: string;
  readonly category: Category;
  readonly passage: Both | null;
  readonly text: Both;
  readonly options: readonly Both[];
  readonly right: Letter;
};
export type Paper = readonly Question[];

/** The paper of a test: follows from its bank version, scheme and seed alone, today and in years. */
export function paperOf({ bankVersion, scheme, seed }: Pick<AptitudeTest, 'bankVersion' | 'scheme' | 'seed'>): Paper {
  const bank = bankOf(bankVersion);
  return bank.papers[scheme].flatMap((part) => questionsOf(bank, part, seed));
}

/** Number of questions of a test. */
export function askedIn({ bankVersion, scheme }: Pick<AptitudeTest, 'bankVersion' | 'scheme'>): number {
  return bankOf(bankVersion).papers[scheme].reduce(
    (sum, { counts }) => sum + counts.easy + counts.medium + counts.hard,
    0,
  );
}

function questionsOf({ items }: Bank, { category, counts }: Part, seed: string): Question[] {
  const chosen = (['easy', 'medium', 'hard'] as const).flatMap((difficulty) => {
    const candidates = items[category].filter((item) => item.difficulty === difficulty);
    ok(candidates.length >= counts[difficulty], 'The bank has enough items');
    return chanceOf(seed, `${category} ${difficulty}`).shuffled(candidates).slice(0, counts[difficulty]);
  });
  // The questions of a passage stand together, where its first one stands.
  const together = [...Map.groupBy(chosen, ({ group }) => group).values()].flat();
  return together.map((item) => questionOf(category, item, seed));
}

function questionOf(category: Category, { id, draft }: Item, seed: string): Question {
  const { passage, text, right, wrong } = draft(chanceOf(seed, `${category} ${id}`));
  const options = chanceOf(seed, `${category} ${id} options`).shuffled([right, ...wrong]);
  const letter = letters[options.indexOf(right)];
  ok(letter && options.length === letters.length, 'A question has four options');
  return { itemId: id, category, passage, text, options, right: letter };
}

/** A paper as its citizen sees it. What is right is not among the fields, and no name of an item that people could trade answers by. */
export function shownQuestions(paper: Paper) {
  return paper.map(({ category, passage, text, options }, index) => ({
    number: index + 1,
    category,
    passage,
    text,
    options: options.map((option, place) => ({ letter: letters[place] ?? 'A', text: option })),
  }));
}

/** What a sheet is worth: right answers by category, and their share in whole percent, rounded down. What is not answered is not right. */
export function scoreOf(paper: Paper, sheet: string): Pick<Scored, 'parts' | 'percent'> {
  ok(sheet.length === paper.length && paper.length > 0, 'A sheet has a place for each question');
  const marked = paper.map(({ category, right }, index) => ({ category, isRight: sheet[index] === right }));
  const rightOf = (marks: typeof marked) => marks.filter(({ isRight }) => isRight).length;
  const parts = [...Map.groupBy(marked, ({ category }) => category)].map(([category, marks]) => ({
    category,
    right: rightOf(marks),
    asked: marks.length,
  }));
  return { parts, percent: Math.floor((100 * rightOf(marked)) / paper.length) };
}
