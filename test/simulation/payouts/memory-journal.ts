import { ok } from 'node:assert/strict';
import { accounts } from '#shared/credit/ledger.ts';
import { type Decision, type File, VersionConflict } from '#shared/journal/journal.ts';
import {
  type Participant,
  type ParticipantEvent,
  type Participants,
  participantFold,
} from '#shared/journal/participant.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { FaultName } from '#test/simulation/payouts/fortune.ts';

/** A process that may end at any instant: nothing of it happens after that. */
export type Instance = { readonly skewMilliseconds: number; isDead: boolean };

/** The database did not do it, or did not say so. */
export class DatabaseFailed extends Error {}

/** Waits for something outside. It takes effect though the process that asked for it dies, and then nobody hears of it. */
export type Reach = <Value>(instance: Instance, text: string, effect: (strike: Strike) => Value) => Promise<Value>;
/** Whether a fault happens to a call. */
export type Strike = (name: FaultName) => boolean;

export type Committed = {
  readonly version: number;
  readonly decision: Decision<ParticipantEvent>;
  readonly at: Date;
  readonly state: Participant;
};

/** As many as `change` of the real journal. */
const maxAttempts = 8;

type Props = {
  /** What was so before the simulation, and how many decisions that took. */
  readonly beginning: File<Participant>;
  readonly reach: Reach;
  readonly clock: (instance: Instance) => () => Date;
  readonly committed: (commit: Committed) => void;
  /** Planted: the version is not looked at. */
  readonly ignoresVersion: boolean;
};

/** One participant's journal in memory, with the conditions of the real one: a decision stands once, at the version it was made on. */
export function memoryJournal({ beginning, reach, clock, committed, ignoresVersion }: Props) {
  const entries: { readonly at: string; readonly events: readonly unknown[] }[] = [];
  let state = beginning.state;

  const folded = (before: Participant, events: readonly unknown[], at: Date) =>
    events.reduce<Participant>((file, event) => participantFold.evolve(file, participantFold.parse(event), at), before);

  /** What a reader makes of it who parses every event anew; in between, what was folded at the writing stands for it. */
  const read = (): Participant =>
    entries.reduce((file, { at, events }) => folded(file, events, new Date(at)), beginning.state);

  function write(file: File<Participant>, decision: Decision<ParticipantEvent>, after: Participant, at: Date): void {
    const { events } = decision;
    if (!ignoresVersion && file.version !== beginning.version + entries.length) throw new VersionConflict();
    state = ignoresVersion ? folded(state, events, at) : after;
    balanced(state);
    entries.push({ at: at.toISOString(), events });
    committed({ version: beginning.version + entries.length, decision, at, state });
  }

  function portsOf(instance: Instance): Pick<Participants, 'load' | 'append' | 'change'> {
    const load = () =>
      reach(instance, 'load', (strike) => {
        if (strike('read_failed')) throw new DatabaseFailed();
        return { state, version: beginning.version + entries.length };
      });

    async function append(_: string, file: File<Participant>, decision: Decision<ParticipantEvent>, at: Date) {
      ok(decision.events.length > 0, 'A decision that is stored has an event');
      const after = folded(file.state, decision.events, at);
      const text = `append ${decision.events.map(({ type }) => type).join(', ')}`;
      await reach(instance, text, (strike) => {
        if (strike('write_failed')) throw new DatabaseFailed();
        write(file, decision, after, at);
        if (strike('write_unanswered')) throw new DatabaseFailed();
      });
      return after;
    }

    return {
      load,
      append,
      async change(id, decide, now = clock(instance)) {
        for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
          const file = await load();
          const at = now();
          const decision = await decide(file.state, at);
          if (decision.events.length === 0) return file.state;
          try {
            return await append(id, file, decision, at);
          } catch (error) {
            if (!(error instanceof VersionConflict)) throw error;
          }
        }
        throw new Refusal('conflict_persistent');
      },
    };
  }

  return { portsOf, read, current: (): Participant => state };
}

/** All accounts together are nothing, and only the two sources are below zero. */
function balanced({ balances }: Participant): void {
  ok(accounts.reduce((sum, account) => sum + balances[account], 0) === 0, 'All accounts together are nothing');
  for (const account of accounts)
    ok(
      account === 'treasury' || account === 'citizen_debt' || balances[account] >= 0,
      `${account} is never below zero`,
    );
}
