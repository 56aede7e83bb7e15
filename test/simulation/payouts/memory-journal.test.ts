import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkAccount } from '#shared/incentive/account.ts';
import { type File, VersionConflict } from '#shared/journal/journal.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import {
  type Citizen,
  citizens,
  journeyUntil,
  linkedAccount,
  minutesAfter,
  start,
  store,
} from '#test/journal/citizen.ts';
import { DatabaseFailed, type Instance, memoryJournal, type Strike } from '#test/simulation/payouts/memory-journal.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

/* The journal of the simulation and the real one on the real engine, under one contract. */

type Journal = Pick<Participants, 'load' | 'append' | 'change'>;
const now = minutesAfter(start, 60);
const instance: Instance = { skewMilliseconds: 0, isDead: false };

/** A journal in memory after some steps; every call meets what `strikes` says. */
function inMemory({ citizen }: { citizen: Citizen }, strikes: Strike = () => false): Journal {
  const { file, entries } = journeyUntil('rate', { citizen });
  return memoryJournal({
    beginning: { state: file, version: entries.length },
    reach: async (_, __, effect) => effect(strikes),
    clock: () => () => now,
    committed: () => undefined,
    ignoresVersion: false,
  }).portsOf(instance);
}

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

async function onEngine({ citizen }: { citizen: Citizen }): Promise<Journal> {
  await store(engine.table, journeyUntil('rate', { citizen }));
  return participants(engine.table);
}

const people = citizens('memory journal', 20);
let served = 0;
function somebody(): { citizen: Citizen } {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  return { citizen };
}

describe.each<[string, (person: { citizen: Citizen }) => Journal | Promise<Journal>]>([
  ['in memory', (person) => inMemory(person)],
  ['on the engine', onEngine],
])('a journal %s', (_, open) => {
  async function opened() {
    const person = somebody();
    const id = person.citizen.participantId;
    const journal = await open(person);
    const file = await journal.load(id);
    const link = (state: Participant, number = '1') => linkAccount(id, state, linkedAccount(state, id, number), now);
    return { id, journal, file, link };
  }

  it('stores a decision at the version that it was made on, and answers the file after it', async () => {
    const { id, journal, file, link } = await opened();
    const after = await journal.append(id, file, link(file.state), now);
    const loaded = await journal.load(id);
    expect(loaded.version).toBe(file.version + 1);
    expect(loaded.state.balances).toEqual(after.balances);
    expect([...loaded.state.incentives.payouts.values()]).toMatchObject([{ state: 'claimed', number: 1 }]);
  });

  it('refuses a second decision on the same version, and keeps the first', async () => {
    const { id, journal, file, link } = await opened();
    await journal.append(id, file, link(file.state), now);
    await expect(journal.append(id, file, link(file.state, '2'), now)).rejects.toThrow(VersionConflict);
    expect((await journal.load(id)).version).toBe(file.version + 1);
  });

  it('lets whoever comes second decide again', async () => {
    const { id, journal, file, link } = await opened();
    let decisions = 0;
    const decide = (state: Participant) => {
      decisions += 1;
      return link(state);
    };
    await Promise.all([journal.change(id, decide), journal.change(id, decide), journal.change(id, decide)]);
    expect(decisions).toBeGreaterThanOrEqual(3);
    expect((await journal.load(id)).version).toBe(file.version + 1);
  });

  it('stores nothing where nothing is decided, and nothing that breaks an invariant', async () => {
    const { id, journal, file, link } = await opened();
    expect((await journal.change(id, () => ({ events: [] }))).balances).toEqual(file.state.balances);
    const [linked, claimed] = link(file.state).events;
    if (!linked || !claimed) throw new Error('Linking claims');
    await expect(journal.append(id, file, { events: [linked, claimed, claimed] }, now)).rejects.toThrow();
    await expect(journal.append(id, file, { events: [] }, now)).rejects.toThrow();
    expect((await journal.load(id)).version).toBe(file.version);
  });
});

describe('a journal in memory that fails', () => {
  const failing = async (fault: Parameters<Strike>[0]): Promise<File<Participant>> => {
    const person = somebody();
    const id = person.citizen.participantId;
    let isStruck = true;
    const journal = inMemory(person, (name) => isStruck && name === fault);
    const file = { state: journeyUntil('rate', person).file, version: journeyUntil('rate', person).entries.length };
    const decision = linkAccount(id, file.state, linkedAccount(file.state, id, '1'), now);
    await expect(journal.append(id, file, decision, now)).rejects.toThrow(DatabaseFailed);
    isStruck = false;
    return journal.load(id);
  };

  it.each([
    ['write_failed', 10],
    ['write_unanswered', 11],
  ] as const)('with %s is at version %i', async (fault, version) => {
    expect((await failing(fault)).version).toBe(version);
  });
});
