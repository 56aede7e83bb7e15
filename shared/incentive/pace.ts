/** Waits until the caller's turn has come. */
export type Pace = () => Promise<void>;

type Clock = {
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
};

/** Turns that are evenly apart, whoever asks and however many at once: what was not used is not made up for. */
export function pace(perSecond: number, { now, sleep }: Clock): Pace {
  const apart = 1_000 / perSecond;
  let next = Number.NEGATIVE_INFINITY;
  return async () => {
    const turn = Math.max(now(), next);
    next = turn + apart;
    const wait = turn - now();
    if (wait > 0) await sleep(wait);
  };
}

/** Runs at most so many pieces of work at a time, in the order in which they came. */
export function atMost(limit: number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    // Whoever ends hands the place over, so that nobody who comes in between takes it.
    if (running < limit) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
