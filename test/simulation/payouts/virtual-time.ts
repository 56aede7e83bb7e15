import { setImmediate as settled } from 'node:timers/promises';

/** Time of a simulation: nothing waits, and of two things that happen at the same instant the one asked for first comes first. */
export type VirtualTime = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Has something happen so many milliseconds from now. */
  readonly after: (milliseconds: number, happen: () => void) => void;
  /** Lets somebody who waits go on, before the next thing happens. */
  readonly goOn: (resume: () => void) => void;
  /** Lets everything happen until nothing is left. @throws RangeError when it does not end. */
  readonly run: () => Promise<void>;
};

type Happening = { readonly at: number; readonly order: number; readonly happen: () => void };

const isBefore = (left: Happening, right: Happening) =>
  left.at < right.at || (left.at === right.at && left.order < right.order);

export function virtualTime(start: number, limit: number): VirtualTime {
  // A binary heap: the children of the n-th stand at 2n + 1 and 2n + 2.
  const heap: Happening[] = [];
  let now = start;
  let asked = 0;
  let isSomebodyGoingOn = false;

  function push(happening: Happening): void {
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, happening)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = happening;
  }

  function pop(): Happening | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (!one) break;
      const [child, below] = other && isBefore(other, one) ? [left + 1, other] : [left, one];
      if (isBefore(last, below)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
    return first;
  }

  return {
    now: () => now,
    after: (milliseconds, happen) => push({ at: now + milliseconds, order: asked++, happen }),
    goOn(resume) {
      isSomebodyGoingOn = true;
      resume();
    },
    async run() {
      for (let happened = 0; ; happened += 1) {
        const next = pop();
        if (!next) return;
        if (happened >= limit) throw new RangeError('It does not end');
        now = next.at;
        next.happen();
        // As far as they come without waiting for something else.
        if (isSomebodyGoingOn) await settled();
        isSomebodyGoingOn = false;
      }
    },
  };
}
