import type * as z from 'zod/mini';
import type { Participants } from '#shared/journal/participant.ts';
import type { IdentityMessage } from '#shared/operations/messages.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import type { Outgoing, Queues } from '#shared/platform/queues.ts';
import { dayMilliseconds } from '#shared/platform/wib.ts';
import type { CivilRegistry } from '#shared/registration/civil-registry.ts';
import { isKnownWord } from '#shared/registration/identity/identity-reasons.ts';
import {
  breakerState,
  type CallOutcome,
  type CallReport,
  horizonMilliseconds,
  latenessMilliseconds,
  reportCalls,
  slowMilliseconds,
  type Turn,
  takeTurns,
} from '#shared/registration/identity/registry-gate.ts';
import type { RegistryGates } from '#shared/registration/identity/registry-gate-store.ts';
import { openPerson, type Person } from '#shared/registration/person.ts';
import { type RegistryAnswer, recordIdentity } from '#shared/registration/registration.ts';

export type IdentityPorts = {
  readonly participants: Pick<Participants, 'load' | 'change'>;
  readonly registry: CivilRegistry;
  readonly gates: RegistryGates;
  readonly queues: Pick<Queues, 'send'>;
  readonly keys: () => Promise<Keys>;
  /** Calls a second of all workers together. */
  readonly checksPerSecond: number;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** From 0 up to 1: no two messages keep in step. */
  readonly random: () => number;
};

type Message = z.infer<typeof IdentityMessage>;

/** Somebody of whom the registry is to be asked. */
type Pending = {
  readonly message: Message;
  readonly person: Person;
  readonly attempt: number;
  /** One id per registration: the registry knows a repeated question by it. */
  readonly requestId: string;
};

/** What became of somebody in this batch: decided, to be put back into the queue, or to be delivered again by it. */
type Fate =
  | { readonly kind: 'decided' }
  | { readonly kind: 'put_back'; readonly message: Outgoing }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Failed calls for one person while the registry answers others, after which a person must look: some five hours. */
const maxFailures = 20;
/** For who has missed every turn. */
const missedDelaySeconds = 2;
/** SQS keeps a message back for no longer. */
const longestDelaySeconds = 900;
const firstDelaySeconds = 15;
/** Turns that a worker may miss before it leaves the rest to another delivery. */
const maxTurns = 5;
/** Registered so long ago and not decided: somebody must know. */
const overdueMilliseconds = dayMilliseconds;

/** Our question is at fault, and another try of the same changes nothing by itself. */
const isRefused = (status: number) => status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
/** The registry does not know our key. */
const isStopped = (status: number) => status === 401 || status === 403;

/**
 * Asks the civil registry about registered persons, a batch at a time, and records the first answer of each. Every call has a turn that
 * the shared gate has given out; whoever gets none, and whoever the registry did not answer, goes back into the queue as a new message, so
 * that no outage uses up what the queue allows. A repeat changes nothing.
 */
export function identityChecks(ports: IdentityPorts): (messages: readonly Message[]) => readonly Promise<void>[] {
  const { participants, registry, gates, queues, keys, checksPerSecond, now, sleep, random } = ports;

  /** Null for who is not waiting for the registry: decided, or not registered. */
  async function pendingOf(message: Message): Promise<Pending | null> {
    const { participantId } = message;
    const { registration } = (await participants.load(participantId)).state;
    if (!registration.registered || registration.erased || registration.identity !== 'pending') return null;
    const { attempt } = registration.registered;
    const person = openPerson(await keys(), participantId, registration.registered);
    return { message, person, attempt, requestId: `${participantId.slice(0, 32)}-${attempt}` };
  }

  /** Turns for some messages, as many as there are; with `wanted` 0, the gate learns who waits and gives none. */
  async function turnsFor(messages: readonly Message[], wanted = messages.length) {
    const instants = messages.flatMap(({ registeredAt }) => registeredAt ?? []).sort();
    const oldestRegisteredAt = instants[0] === undefined ? null : new Date(instants[0]);
    const asked = { wanted, checksPerSecond, oldestRegisteredAt };
    const turns = await gates.change((gate) => takeTurns(gate, asked, now()));
    const { oldest } = turns.gate;
    if (oldest && now().getTime() - oldest.registeredAt > overdueMilliseconds)
      logger.error('identity.overdue', { registeredAt: new Date(oldest.registeredAt).toISOString() });
    return turns;
  }

  /** Waits for a turn, or for another one where this one is missed. Null when the registry is not asked any more. */
  async function inTurn(person: Pending, first: Turn): Promise<Turn | null> {
    let turn: Turn | undefined = first;
    for (let taken = 1; turn && taken <= maxTurns; taken += 1) {
      for (let wait = turn.at - now().getTime(); wait > 0; wait = turn.at - now().getTime()) await sleep(wait);
      if (now().getTime() <= turn.at + latenessMilliseconds) return turn;
      [turn] = (await turnsFor([person.message])).turns;
    }
    return null;
  }

  async function record({ message: { participantId }, attempt, requestId }: Pending, answer: RegistryAnswer) {
    await participants.change(
      participantId,
      ({ registration }) => {
        // An answer to an earlier registration says nothing of this one.
        const isOfThis = registration.registered?.attempt === attempt;
        return isOfThis ? recordIdentity(registration, requestId, answer) : { events: [] };
      },
      now,
    );
  }

  /** A message that stays away for the seconds that are given, or for half of them at least. */
  function putBack(message: Message, seconds: number, failures = message.failures) {
    const body = { ...message, ...(failures !== undefined && { failures }) };
    const spread = Math.round((Math.min(seconds, longestDelaySeconds) * (1 + random())) / 2);
    const outgoing: Outgoing = { queue: 'identityQueueUrl', body, delaySeconds: Math.max(1, spread) };
    return { kind: 'put_back', message: outgoing } as const;
  }

  /** For who gets no turn: until after the registry may be asked again. */
  function secondsUntil(againAt: number | null): number {
    if (againAt === null) return longestDelaySeconds;
    return Math.max(firstDelaySeconds, ((againAt - now().getTime()) / 1_000) * 2);
  }

  /** The registry has not answered about this person. While it answers nobody, that is not counted against the message. */
  function afterFailure(person: Pending, status: number, { isTrial }: Turn): Fate {
    const before = person.message.failures ?? 0;
    const failures = isRefused(status) || !(isTrial || isStopped(status)) ? before + 1 : before;
    if (failures >= maxFailures) return { kind: 'failed', error: new ServiceFailed(status) };
    return putBack(person.message, firstDelaySeconds * 2 ** Math.min(failures, 6), failures);
  }

  async function ask(person: Pending, first: Turn, reports: CallReport[]): Promise<Fate> {
    const turn = await inTurn(person, first);
    if (!turn) return putBack(person.message, missedDelaySeconds);
    const { generation } = turn;
    const begun = now().getTime();
    try {
      const answer = await registry.check(person.requestId, person.person);
      reports.push({ generation, outcome: now().getTime() - begun > slowMilliseconds ? 'slow' : 'answered' });
      noteUnknown(answer);
      await record(person, answer);
      return { kind: 'decided' };
    } catch (error) {
      if (!(error instanceof ServiceFailed)) throw error;
      reports.push({ generation, outcome: outcomeOf(error.answered) });
      return afterFailure(person, error.answered, turn);
    }
  }

  async function tell(reports: readonly CallReport[]): Promise<void> {
    if (reports.length === 0) return;
    let known = 0;
    const { gate } = await gates.change((before) => {
      known = before.generation;
      return { gate: reportCalls(before, reports, now()) };
    });
    if (gate.generation === known) return;
    // Said again after each trial that fails: somebody is called for as long as it lasts.
    if (gate.openedAt === null) logger.info('registry.closed');
    else logger.error('registry.open', { since: new Date(gate.openedAt).toISOString() });
  }

  async function askAll(people: readonly Pending[]): Promise<ReadonlyMap<Pending, Fate>> {
    if (people.length === 0) return new Map();
    const { turns, againAt, gate } = await turnsFor(people.map(({ message }) => message));
    const seconds = gate.openedAt === null ? horizonMilliseconds / 1_000 : secondsUntil(againAt);
    const reports: CallReport[] = [];
    const fates = await Promise.all(
      people.map(async (person, index): Promise<[Pending, Fate]> => {
        const turn = turns[index];
        const failed = (error: unknown): Fate => ({ kind: 'failed', error });
        return [person, turn ? await ask(person, turn, reports).catch(failed) : putBack(person.message, seconds)];
      }),
    );
    const again = fates.flatMap(([, fate]) => (fate.kind === 'put_back' ? fate.message : []));
    await queues.send(again);
    await tell(reports);
    logger.info('identities.checked', { ...countsOf(reports), putBack: again.length });
    return new Map(fates);
  }

  /** While the registry is not asked, nobody's file is read for it: a night's backlog passes by here every few minutes. */
  async function putAllBack(messages: readonly Message[]): Promise<boolean> {
    const state = breakerState(await gates.read(), now());
    if (state === 'closed' || state === 'half_open') return false;
    const { againAt } = await turnsFor(messages, 0);
    await queues.send(messages.map((message) => putBack(message, secondsUntil(againAt)).message));
    // Nobody tries what is held open by hand: it must not be forgotten, whoever holds it.
    if (state === 'held_open') logger.error('registry.open', { heldByHand: true });
    logger.info('identities.checked', { ...countsOf([]), putBack: messages.length });
    return true;
  }

  return (messages) => {
    const passing = putAllBack(messages);
    const loading = messages.map(async (message) => ((await passing) ? null : pendingOf(message)));
    const asked = Promise.allSettled(loading).then((loaded) =>
      askAll(loaded.flatMap((load) => (load.status === 'fulfilled' && load.value ? [load.value] : []))),
    );
    return loading.map(async (load) => {
      const person = await load;
      const fate = person && (await asked).get(person);
      if (fate?.kind === 'failed') throw fate.error;
    });
  };
}

/** How many words of an answer nobody has given a meaning to; never the words, which may name a person. */
function noteUnknown({ reasons }: RegistryAnswer): void {
  const words = reasons.filter((word) => !isKnownWord(word)).length;
  if (words > 0) logger.warn('registry.reason_unknown', { words });
}

function outcomeOf(status: number): CallOutcome {
  if (isStopped(status)) return 'stopped';
  return isRefused(status) ? 'answered' : 'failed';
}

function countsOf(reports: readonly CallReport[]) {
  const count = (...names: readonly CallOutcome[]) => reports.filter(({ outcome }) => names.includes(outcome)).length;
  const [answered, slow, failed] = [count('answered'), count('slow'), count('failed', 'stopped')];
  return { asked: reports.length, answered, slow, failed };
}
