import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';

/** Numbers that look random and follow from a seed: the same seed and label give the same ones, on every machine and for ever. */
export type Chance = {
  /** A whole number from 0 to below `count`, each as likely as the others. */
  below(count: number): number;
  /** A whole number between two, both inclusive. */
  between(least: number, most: number): number;
  pick<Value>(values: readonly Value[]): Value;
  shuffled<Value>(values: readonly Value[]): Value[];
};

const wordBytes = 4;
const wordCount = 2 ** 32;

/**
 * SHA-256 of seed, label and a counter, in words of 32 bits; words that would favour some numbers are passed over. Every use has a label of its
 * own, so that none depends on how many numbers another one took. Never to be changed: papers of years ago are made again from it.
 */
export function chanceOf(seed: string, label: string): Chance {
  let counter = 0;
  let words: number[] = [];

  function nextWord(): number {
    if (words.length === 0) {
      const digest = createHash('sha256').update(`${seed}\n${label}\n${counter}`).digest();
      words = Array.from({ length: digest.length / wordBytes }, (_, index) => digest.readUInt32BE(index * wordBytes));
      counter += 1;
    }
    const word = words.shift();
    ok(word !== undefined, 'A digest has words');
    return word;
  }

  function below(count: number): number {
    ok(Number.isInteger(count) && count > 0 && count <= wordCount, 'There is something to choose from');
    const fair = wordCount - (wordCount % count);
    for (;;) {
      const word = nextWord();
      if (word < fair) return word % count;
    }
  }

  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    pick(values) {
      const value = values[below(values.length)];
      ok(value !== undefined, 'There is something to choose from');
      return value;
    },
    /** Fisher and Yates. */
    shuffled(values) {
      const rest = [...values];
      return values.map(() => {
        const [taken] = rest.splice(below(rest.length), 1);
        ok(taken !== undefined, 'There is something to choose from');
        return taken;
      });
    },
  };
}
