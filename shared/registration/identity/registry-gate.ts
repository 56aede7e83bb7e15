import * as z from 'zod/mini';

/*
 * What the workers share of the civil registry: whose turn is when, and whether it is asked at all. One small item that every batch of
 * checks reads and writes once, so that the bound holds over all workers, whichever of them die. docs/decisions says why.
 */

/**
 * How late a call may be for its turn. Turns are that much further apart than the bound asks for, so that even calls that are late and
 * calls that are on time never make more than the bound in any second.
 */
export const latenessMilliseconds = 40;

/** A turn lies at least so far ahead: as long as writing it down may take. */
const leadMilliseconds = 50;

/** No turn is given further ahead: who would wait longer comes again later. */
export const horizonMilliseconds = 10_000;

/** An answer that takes longer counts as a failure, although it stands. */
export const slowMilliseconds = 3_000;

/** Failures and slow answers in a minute that open the breaker, where they are half of all calls or more; and how many in a row do. */
export const failuresToOpen = 5;
const windowMilliseconds = 60_000;

const firstWaitMilliseconds = 30_000;
const longestWaitMilliseconds = 300_000;

/** Messages come again within this time at the latest: what a worker saw longer ago says nothing of who waits now. */
const seenMilliseconds = 20 * 60_000;

const Milliseconds = z.int();

/** Times are milliseconds since 1970: the bound is finer than a second. */
export const RegistryGate = z.object({
  /** The number of writes; each is made on the condition that nobody wrote in between. */
  version: z.int(),
  /** When the next call of anybody may be made. */
  nextTurnAt: Milliseconds,
  /** Changes when the breaker opens or closes: calls that began before say nothing of the registry since. */
  generation: z.int(),
  /** Null while closed. */
  openedAt: z.nullable(Milliseconds),
  /** From when on one call may try; null while closed, and while an operator holds it open. */
  retryAt: z.nullable(Milliseconds),
  waitMilliseconds: z.int(),
  /** Calls of the minute that began at `from`, and those of them that failed or were slow. */
  window: z.object({ from: Milliseconds, calls: z.int(), failures: z.int() }),
  failuresInRow: z.int(),
  /** Who has waited longest among those whom the workers met lately: when the person registered, and when that was seen. */
  oldest: z.nullable(z.object({ registeredAt: Milliseconds, seenAt: Milliseconds })),
});
export type RegistryGate = z.infer<typeof RegistryGate>;

const emptyWindow = { from: 0, calls: 0, failures: 0 };

export const newGate: RegistryGate = {
  version: 0,
  nextTurnAt: 0,
  generation: 0,
  openedAt: null,
  retryAt: null,
  waitMilliseconds: 0,
  window: emptyWindow,
  failuresInRow: 0,
  oldest: null,
};

type BreakerState = 'closed' | 'open' | 'half_open' | 'held_open';

/** What the breaker is; half open means that the next call is let through to try. */
export function breakerState({ openedAt, retryAt }: RegistryGate, now: Date): BreakerState {
  if (openedAt === null) return 'closed';
  if (retryAt === null) return 'held_open';
  return now.getTime() >= retryAt ? 'half_open' : 'open';
}

/** When one call may be made, what the breaker was then, and whether the call tries if it can be closed. */
export type Turn = { readonly at: number; readonly generation: number; readonly isTrial: boolean };

type Turns = {
  readonly gate: RegistryGate;
  /** In order; fewer than were wanted, or none, where the registry is not asked now. */
  readonly turns: readonly Turn[];
  /** When who got no turn had better come again; null: not before an operator closes the breaker. */
  readonly againAt: number | null;
};

/** Milliseconds between two turns, for so many calls a second. */
export const turnsApart = (checksPerSecond: number): number => (1_000 + latenessMilliseconds) / checksPerSecond;

/**
 * Gives out the next turns. While the breaker is open nobody gets one; when its wait is over, one call gets one, and nobody else until
 * it has reported or could have. What was not used is not made up for.
 */
export function takeTurns(
  before: RegistryGate,
  { wanted, checksPerSecond, oldestRegisteredAt }: TurnsWanted,
  now: Date,
): Turns {
  const at = now.getTime();
  const oldest = olderOf(before.oldest, oldestRegisteredAt, at);
  const gate = oldest === before.oldest ? before : { ...before, oldest };
  const { generation } = gate;
  const state = breakerState(gate, now);
  if (state === 'open' || state === 'held_open') return { gate, turns: [], againAt: gate.retryAt };
  const isTrial = state === 'half_open';
  const apart = turnsApart(checksPerSecond);
  const first = Math.max(at + leadMilliseconds, gate.nextTurnAt);
  const within = Math.floor((at + horizonMilliseconds - first) / apart) + 1;
  const count = Math.max(0, Math.min(isTrial ? 1 : wanted, within));
  if (count === 0) return { gate, turns: [], againAt: gate.retryAt ?? gate.nextTurnAt };
  const turnOf = (index: number): Turn => ({ at: Math.ceil(first + index * apart), generation, isTrial });
  // A trial that never reports is followed by another one after as long a wait.
  const retryAt = isTrial ? at + gate.waitMilliseconds : gate.retryAt;
  const nextTurnAt = Math.ceil(first + count * apart);
  const turns = Array.from({ length: count }, (_, index) => turnOf(index));
  return { gate: { ...gate, nextTurnAt, retryAt }, turns, againAt: isTrial ? retryAt : nextTurnAt };
}

export type TurnsWanted = {
  readonly wanted: number;
  readonly checksPerSecond: number;
  /** When the first of those who wait for these turns registered; null where nobody knows. */
  readonly oldestRegisteredAt: Date | null;
};

function olderOf(oldest: RegistryGate['oldest'], registered: Date | null, at: number): RegistryGate['oldest'] {
  const known = oldest && at - oldest.seenAt < seenMilliseconds ? oldest : null;
  if (!registered) return known;
  const registeredAt = registered.getTime();
  return known && known.registeredAt < registeredAt ? known : { registeredAt, seenAt: at };
}

/** What came of a call. Stopped: the registry does not take our key, which no other try changes. */
export type CallOutcome = 'answered' | 'slow' | 'failed' | 'stopped';

/** A call that was made, and what came of it. */
export type CallReport = { readonly generation: number; readonly outcome: CallOutcome };

/** Takes in what came of the calls of one batch, in the order in which they ended. */
export function reportCalls(before: RegistryGate, reports: readonly CallReport[], now: Date): RegistryGate {
  const outcomes = reports.filter(isOf(before)).map(({ outcome }) => outcome);
  if (!isNews(before, outcomes)) return before;
  const at = now.getTime();
  if (outcomes.includes('stopped')) return opened(before, longestWaitMilliseconds, at);
  const good = outcomes.filter((outcome) => outcome === 'answered').length;
  const bad = outcomes.length - good;
  if (before.openedAt !== null)
    return bad === 0
      ? closed(before)
      : opened(before, Math.min(before.waitMilliseconds * 2, longestWaitMilliseconds), at);
  const kept = at - before.window.from < windowMilliseconds ? before.window : { ...emptyWindow, from: at };
  const window = { ...kept, calls: kept.calls + outcomes.length, failures: kept.failures + bad };
  const failuresInRow = good > 0 ? endingFailures(outcomes) : before.failuresInRow + bad;
  const isBad = window.failures >= failuresToOpen && window.failures * 2 >= window.calls;
  if (isBad || failuresInRow >= failuresToOpen) return opened(before, firstWaitMilliseconds, at);
  return { ...before, window, failuresInRow };
}

function endingFailures(outcomes: readonly CallOutcome[]): number {
  return outcomes.length - 1 - outcomes.lastIndexOf('answered');
}

const isOf =
  ({ generation }: RegistryGate) =>
  (report: CallReport) =>
    report.generation === generation;

/** Good answers of a registry without trouble are not written down. */
function isNews({ openedAt, window, failuresInRow }: RegistryGate, outcomes: readonly CallOutcome[]): boolean {
  const isQuiet = openedAt === null && window.failures === 0 && failuresInRow === 0;
  return outcomes.length > 0 && !(isQuiet && outcomes.every((outcome) => outcome === 'answered'));
}

function opened(gate: RegistryGate, wait: number, at: number): RegistryGate {
  return {
    ...gate,
    generation: gate.generation + 1,
    openedAt: gate.openedAt ?? at,
    retryAt: at + wait,
    waitMilliseconds: wait,
    window: emptyWindow,
    failuresInRow: 0,
  };
}

function closed(gate: RegistryGate): RegistryGate {
  const { version, nextTurnAt, generation, oldest } = gate;
  return { ...newGate, version, nextTurnAt, generation: generation + 1, oldest };
}

/** What operators do by hand: hold it open until somebody closes it, or close it whatever it knew. */
export function setByHand(gate: RegistryGate, position: 'open' | 'closed', now: Date): RegistryGate {
  const state = breakerState(gate, now);
  if (position === 'closed') return state === 'closed' ? gate : closed(gate);
  if (state === 'held_open') return gate;
  return { ...opened(gate, longestWaitMilliseconds, now.getTime()), retryAt: null };
}
