/** The program's time: real time plus an offset that can only grow. Threads read the offset from shared memory. */
export interface Clock {
  now(): Date;
  /** Moves the time forward and tells all listeners. Milliseconds, never negative. */
  advance(milliseconds: number): void;
  onAdvance(listener: (milliseconds: number) => void): void;
  /** One number: milliseconds to add to real time. */
  readonly offset: Float64Array<SharedArrayBuffer>;
}

/** A clock that starts `offsetMilliseconds` ahead of real time. */
export function movableClock(offsetMilliseconds = 0): Clock {
  const offset = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  offset[0] = offsetMilliseconds;
  const listeners: ((milliseconds: number) => void)[] = [];
  return {
    offset,
    now: () => new Date(Date.now() + (offset[0] ?? 0)),
    advance(milliseconds) {
      if (!(milliseconds >= 0 && Number.isFinite(milliseconds))) throw new RangeError('The clock only moves forward');
      offset[0] = (offset[0] ?? 0) + milliseconds;
      for (const listener of listeners) listener(milliseconds);
    },
    onAdvance: (listener) => void listeners.push(listener),
  };
}

const unitMilliseconds = { W: 604_800_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;

/** Milliseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as `P30D` or `PT1H`; undefined otherwise. */
export function durationMilliseconds(text: string): number | undefined {
  const parts = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!parts) return undefined;
  return Object.values(unitMilliseconds).reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
}
