import type { Reading } from '#shared/selection/draw/read-list.ts';
import { compareWords, scoreBytes } from '#shared/selection/draw/scores.ts';

/** Digits of the sort: three passes over the first four bytes of a score. */
const digitBits = 11;
const digits = 1 << digitBits;

/**
 * The numbers of the candidates, ascending by score, and the first four bytes of these scores. Put into order by the first four bytes, digit by digit from the last one, which needs no comparing;
 * the few that have those in common, by all of the score.
 */
export function scoreOrder({ count, scores }: Reading['candidates']): { order: Uint32Array; heads: Uint32Array } {
  let heads = new Uint32Array(count);
  let order = new Uint32Array(count);
  for (let candidate = 0; candidate < count; candidate += 1) {
    heads[candidate] = scores.getUint32(candidate * scoreBytes);
    order[candidate] = candidate;
  }
  let [otherHeads, otherOrder] = [new Uint32Array(count), new Uint32Array(count)];
  for (let shift = 0; shift < 32; shift += digitBits) {
    sortByDigit(heads, order, otherHeads, otherOrder, shift);
    [heads, otherHeads] = [otherHeads, heads];
    [order, otherOrder] = [otherOrder, order];
  }
  for (let place = 1; place < count; place += 1) {
    if (heads[place] !== heads[place - 1]) continue;
    const candidate = order[place] ?? 0;
    let to = place;
    for (; to > 0 && heads[to - 1] === heads[place]; to -= 1) {
      const before = order[to - 1] ?? 0;
      if (compareWords(scores, candidate * scoreBytes, scores, before * scoreBytes) > 0) break;
      order[to] = before;
    }
    order[to] = candidate;
  }
  return { order, heads };
}

/** One pass, which keeps the order of what has the same digit. */
function sortByDigit(
  heads: Uint32Array,
  order: Uint32Array,
  sortedHeads: Uint32Array,
  sortedOrder: Uint32Array,
  shift: number,
): void {
  const next = new Uint32Array(digits + 1);
  for (let place = 0; place < heads.length; place += 1) {
    const digit = ((heads[place] ?? 0) >>> shift) & (digits - 1);
    next[digit + 1] = (next[digit + 1] ?? 0) + 1;
  }
  for (let digit = 1; digit < digits; digit += 1) next[digit] = (next[digit] ?? 0) + (next[digit - 1] ?? 0);
  for (let place = 0; place < heads.length; place += 1) {
    const head = heads[place] ?? 0;
    const digit = (head >>> shift) & (digits - 1);
    const to = next[digit] ?? 0;
    next[digit] = to + 1;
    sortedHeads[to] = head;
    sortedOrder[to] = order[place] ?? 0;
  }
}
