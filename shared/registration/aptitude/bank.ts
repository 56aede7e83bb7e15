import { ok } from 'node:assert/strict';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import type { Category } from '#shared/registration/aptitude/aptitude.ts';
import { arithmetic } from '#shared/registration/aptitude/bank/arithmetic.ts';
import { ordering } from '#shared/registration/aptitude/bank/ordering.data.ts';
import { reading } from '#shared/registration/aptitude/bank/reading.data.ts';
import { verbal } from '#shared/registration/aptitude/bank/verbal.data.ts';
import { choiceItems, type Difficulty, procedures } from '#shared/registration/aptitude/bank-format.ts';
import { fixedItem, type Item, orderingItem } from '#shared/registration/aptitude/item.ts';

/*
 * The question bank. It holds what is right: only functions that make or score papers may carry this file, see test/infra/stacks.test.ts.
 * A version that was used stays as it is, to the letter: papers of years ago are made again from it. Changes make a new version.
 */

/** How many questions of a category and a difficulty a paper has. */
export type Part = { readonly category: Category; readonly counts: Readonly<Record<Difficulty, number>> };

export type Bank = {
  readonly version: string;
  readonly items: Readonly<Record<Category, readonly Item[]>>;
  /** The parts of a paper in their order. */
  readonly papers: Readonly<Record<SchemeCode, readonly Part[]>>;
};

const third = (count: number) => ({ easy: count, medium: count, hard: count });

const firstBank: Bank = {
  version: '2026-11',
  items: {
    maths: arithmetic,
    ordering: procedures(ordering).map(orderingItem),
    reading: choiceItems(reading).map(fixedItem),
    verbal: choiceItems(verbal).map(fixedItem),
    quantitative: arithmetic,
  },
  papers: {
    // 18 questions, as published. That each kind has a third of them is ours.
    SEMI_BANSOS_2020: [
      { category: 'maths', counts: third(2) },
      { category: 'ordering', counts: third(2) },
      { category: 'reading', counts: third(2) },
    ],
    // Published are the two kinds and the 40 minutes, not the number: 30 are ours.
    NORMAL_2023: [
      { category: 'verbal', counts: third(5) },
      { category: 'quantitative', counts: third(5) },
    ],
  },
};

const banks: ReadonlyMap<string, Bank> = new Map([firstBank].map((bank) => [bank.version, bank]));

/** What tests are begun with. */
export const currentBank: Bank = firstBank;

/** The bank of a version. @throws AssertionError for one that there never was: no journal names it. */
export function bankOf(version: string): Bank {
  const bank = banks.get(version);
  ok(bank, 'Every version of the bank is kept');
  return bank;
}
