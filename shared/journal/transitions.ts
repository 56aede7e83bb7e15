import { ok } from 'node:assert/strict';

/** From each state, what may happen and which state that leads to. */
type States<State extends string, Step extends string> = Readonly<
  Record<State, Partial<Readonly<Record<Step, State>>>>
>;

/** Reads a table of states. What it does not have cannot happen. */
export function transitions<State extends string, Step extends string>(states: States<State, Step>) {
  return {
    /** Whether the table has a step from a state. */
    mayFollow: (state: State, step: Step): boolean => states[state][step] !== undefined,

    /** The state after a step. A step that the table does not have is our mistake, and never reaches the journal. */
    nextState(state: State, step: Step): State {
      const next = states[state][step];
      ok(next, `Nothing leads from ${state} by ${step}`);
      return next;
    },
  };
}
