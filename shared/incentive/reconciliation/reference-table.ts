import { ok } from 'node:assert/strict';

/** Characters of a reference that are the participant's, and how many of them a word of 32 bits takes. */
const idCharacters = 52;
const charactersOfWord = 6;
/** Words of a place: three of the participant's id, the payout's name, the value. A place without a name is free. */
const placeWords = 5;
const nameWord = 3;
const valueWord = 4;

/** The largest value that a place holds. */
export const maxValue = 2 ** 32 - 1;

/**
 * A number by payout reference, in 20 bytes a place, for millions of them. A reference is known by kind, number, attempt and 90 bits of
 * the participant's keyed hash: of five million people, two share those once in 10^14 statements.
 */
export function referenceTable() {
  let places = 4_096;
  let words = new Uint32Array(places * placeWords);
  let size = 0;

  /** Where a key stands, or would stand. */
  function placeOf(first: number, second: number, third: number, name: number): number {
    let place = Math.imul(first, 0x9e37_79b1) ^ Math.imul(second, 0x85eb_ca6b) ^ third ^ name;
    for (;;) {
      place &= places - 1;
      const at = place * placeWords;
      if (words[at + nameWord] === 0) return at;
      const isThis = words[at] === first && words[at + 1] === second && words[at + 2] === third;
      if (isThis && words[at + nameWord] === name) return at;
      place += 1;
    }
  }

  function grow(): void {
    const before = words;
    places *= 2;
    words = new Uint32Array(places * placeWords);
    for (let from = 0; from < before.length; from += placeWords) {
      const name = before[from + nameWord] ?? 0;
      if (name === 0) continue;
      const to = placeOf(before[from] ?? 0, before[from + 1] ?? 0, before[from + 2] ?? 0, name);
      for (let word = 0; word < placeWords; word += 1) words[to + word] = before[from + word] ?? 0;
    }
  }

  /** The place of a reference. Where `takes`, a free place becomes its own. */
  function place(reference: string, takes: boolean): number {
    // Three quarters full: longer searches cost more than the memory.
    if (takes && size * 4 >= places * 3) grow();
    const end = reference.length;
    const first = wordBefore(reference, end);
    const second = wordBefore(reference, end - charactersOfWord);
    const third = wordBefore(reference, end - 2 * charactersOfWord);
    const name = nameOf(reference);
    const at = placeOf(first, second, third, name);
    if (takes && words[at + nameWord] === 0) {
      size += 1;
      words[at] = first;
      words[at + 1] = second;
      words[at + 2] = third;
      words[at + nameWord] = name;
    }
    return at;
  }

  return {
    /** The value of a reference; 0 where there is none. */
    get(reference: string): number {
      return words[place(reference, false) + valueWord] ?? 0;
    },

    set(reference: string, value: number): void {
      ok(Number.isInteger(value) && value >= 0 && value <= maxValue, 'A value fits its word');
      // First the place: taking one may move all words.
      const at = place(reference, true) + valueWord;
      words[at] = value;
    },

    /** Adds bits to the value of a reference, and answers what it was. */
    mark(reference: string, bits: number): number {
      const at = place(reference, true) + valueWord;
      const before = words[at] ?? 0;
      words[at] = before | bits;
      return before;
    },
  };
}
export type ReferenceTable = ReturnType<typeof referenceTable>;

/** Five bits of each of the six digits in front of a place. */
function wordBefore(reference: string, end: number): number {
  let word = 0;
  for (let at = end - charactersOfWord; at < end; at += 1) {
    const code = reference.charCodeAt(at);
    word = (word << 5) | (code < 58 ? code - 48 : code - 55);
  }
  return word >>> 0;
}

/** Kind, number and attempt: what stands before the participant's digits. Never 0. */
function nameOf(reference: string): number {
  let name = 1;
  for (let at = 0; at < reference.length - idCharacters; at += 1)
    name = (Math.imul(name, 43) + reference.charCodeAt(at)) >>> 0;
  return name;
}
