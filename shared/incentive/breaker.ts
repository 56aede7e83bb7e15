/** What came of a call: the partner answered, it did not or could not, or it said that nothing goes until somebody has looked. */
export type CallResult = 'answered' | 'failed' | 'stopped';

/** Reports what came of a call that was let through. */
type ReportCall = (result: CallResult, now: Date) => void;

export type Breaker = {
  /** Null while the partner is left alone; otherwise a call may be made, and what came of it is to be reported. */
  enter(now: Date): ReportCall | null;
};

/** Calls in a row that fail before the partner is left alone. */
export const failuresToOpen = 5;
const firstWaitMilliseconds = 30_000;
/** How long at the most, and at once when the partner stopped us: somebody must look first. */
const longestWaitMilliseconds = 300_000;

/**
 * Leaves a partner alone that does not answer, for itself and for us. After a while one call tries it: an answer closes the
 * breaker, a failure doubles the wait. In the memory of one function instance; each finds out for itself.
 */
export function circuitBreaker(): Breaker {
  let failures = 0;
  /** 0 while closed. */
  let waitMilliseconds = 0;
  let opensAt = 0;
  /** Calls that began before the last change say nothing of the partner since then. */
  let generation = 0;

  function open(wait: number, now: Date): void {
    waitMilliseconds = wait;
    opensAt = now.getTime() + wait;
    failures = 0;
    generation += 1;
  }

  function close(): void {
    if (waitMilliseconds > 0) generation += 1;
    waitMilliseconds = 0;
    failures = 0;
  }

  return {
    enter(now) {
      const isTrial = waitMilliseconds > 0;
      if (isTrial && now.getTime() < opensAt) return null;
      // Nobody else tries meanwhile; and should this call never report, somebody tries after another wait.
      if (isTrial) opensAt = now.getTime() + waitMilliseconds;
      const begun = generation;
      return (result, at) => {
        if (begun !== generation) return;
        if (result === 'answered') return close();
        if (result === 'stopped') return open(longestWaitMilliseconds, at);
        failures += 1;
        if (isTrial) open(Math.min(waitMilliseconds * 2, longestWaitMilliseconds), at);
        else if (failures >= failuresToOpen) open(firstWaitMilliseconds, at);
      };
    },
  };
}
