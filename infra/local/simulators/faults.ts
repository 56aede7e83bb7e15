import { setTimeout as delay } from 'node:timers/promises';

/** What a test or a demonstration tells a simulated service to do wrong. */
export type Faults<Kind extends string> = {
  /** The next `times` calls (one unless said) meet this fault, after those already ordered. */
  next(kind: Kind, times?: number): void;
  /** Each answer from now on waits this long. */
  setLatency(milliseconds: number): void;
  /** Back to a service without fault and without latency. */
  clear(): void;
};

export type FaultQueue<Kind extends string> = Faults<Kind> & {
  /** The fault of the call at hand, if any; each ordered fault is given out once. */
  take(): Kind | undefined;
  wait(): Promise<void>;
};

/** Faults in the order they were told. */
export function faultQueue<Kind extends string>(): FaultQueue<Kind> {
  let ordered: Kind[] = [];
  let latency = 0;
  return {
    next: (kind, times = 1) => {
      ordered.push(...Array.from({ length: times }, () => kind));
    },
    setLatency: (milliseconds) => {
      latency = milliseconds;
    },
    clear: () => {
      ordered = [];
      latency = 0;
    },
    take: () => ordered.shift(),
    wait: async () => {
      if (latency > 0) await delay(latency, undefined, { ref: false });
    },
  };
}
