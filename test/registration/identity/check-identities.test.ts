import '#test/platform/environment.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { participants } from '#shared/journal/participant.ts';
import {
  breakerState,
  failuresToOpen,
  newGate,
  setByHand,
  turnsApart,
} from '#shared/registration/identity/registry-gate.ts';
import { type Citizen, citizens, journeyUntil, store } from '#test/journal/citizen.ts';
import { type CheckDesk, checkDesk, type WorkerDeath } from '#test/registration/identity/check-desk.ts';
import { mostInASecond } from '#test/registration/identity/most-in-a-second.ts';
import { type Random, randomFrom } from '#test/simulation/random.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const minute = 60_000;
const hour = 60 * minute;

let engine: Engine;
let desk: CheckDesk;
let people: Citizen[];
let taken = 0;
beforeAll(async () => {
  engine = await startTable();
  people = citizens('check identities', 900);
});
afterAll(() => engine.stop());
beforeEach(async () => {
  desk = checkDesk(engine, { checksPerSecond: 100 });
  // Each test finds a registry that nobody has had trouble with.
  await desk.gates.change(({ version }) => ({ gate: { ...newGate, version } }));
});
afterEach(() => desk.stop());

/** People who have registered and are not decided, in the queue. */
async function registered(count: number, facts: object = {}): Promise<Citizen[]> {
  const some = people.slice(taken, taken + count);
  taken += count;
  if (some.length < count) throw new Error('More people are needed');
  await Promise.all(some.map((citizen) => store(engine.table, journeyUntil('register', { citizen }))));
  await desk.put(some, facts);
  return some;
}

const typesOf = async ({ participantId }: Citizen) =>
  (await participants(engine.table).entries(participantId)).flatMap(({ events }) => events.map(({ type }) => type));
const decisions = (some: readonly Citizen[]) => Promise.all(some.map(typesOf));
const once = (some: readonly Citizen[]) => some.map(() => ['PersonRegistered', 'IdentityVerified']);
const state = async () => breakerState(await desk.gates.read(), desk.now());

/** Somewhere in the work of a batch. */
function someDeath(random: Random): WorkerDeath {
  const at = random.pick(['call', 'send', 'write'] as const);
  return { at, number: random.between(1, at === 'send' ? 1 : 8), when: random.pick(['before', 'after'] as const) };
}

describe('the bound of the civil registry', () => {
  it('holds over all workers in any second, and is used', async () => {
    const some = await registered(150);
    const from = desk.now().getTime();
    await desk.run();
    expect(await decisions(some)).toEqual(once(some));
    expect(mostInASecond(desk.calls)).toBeLessThanOrEqual(100);
    expect(desk.now().getTime() - from).toBeGreaterThan(149 * turnsApart(100) - 1);
  });
});

describe('an outage of hours', () => {
  it('burns no message, and in the end everybody is decided once, wherever workers die', async () => {
    const random = randomFrom('deaths');
    const some = await registered(500);
    const end = desk.now().getTime() + 3 * hour;
    desk.registryAnswers(() =>
      desk.now().getTime() < end ? random.pick([503, 0]) : { outcome: 'match', reasons: [] },
    );
    await desk.run({ until: end, deathOf: () => (random.chance(0.02) ? someDeath(random) : undefined) });
    expect(desk.calls.length).toBeLessThan(200); // Tried now and then: not for everybody.
    expect(desk.calls.length).toBeGreaterThan(3 * 11);
    expect(await state()).not.toBe('closed');
    await desk.run({ deathOf: () => (random.chance(0.1) ? someDeath(random) : undefined) });
    expect(await decisions(some)).toEqual(once(some));
    expect(desk.dead).toEqual([]);
    expect(mostInASecond(desk.calls)).toBeLessThanOrEqual(100);
    expect(await state()).toBe('closed');
  }, 120_000);

  it('of one person alone is as long', async () => {
    const some = await registered(1);
    const end = desk.now().getTime() + 12 * hour;
    desk.registryAnswers(() => (desk.now().getTime() < end ? 503 : { outcome: 'match', reasons: [] }));
    await desk.run();
    expect(await decisions(some)).toEqual(once(some));
    expect(desk.dead).toEqual([]);
  });
});

describe('the breaker', () => {
  it('opens after failures in a row, lets one call try at a time, waits longer each time, and closes', async () => {
    const some = await registered(40);
    desk.registryAnswers(() => 503);
    await desk.run({ rounds: 1 });
    expect(await state()).toBe('open');
    const first = desk.calls.length;
    expect(first).toBeGreaterThanOrEqual(failuresToOpen);
    const { retryAt, openedAt } = await desk.gates.read();
    expect((retryAt ?? 0) - (openedAt ?? 0)).toBe(30_000);
    desk.advance((retryAt ?? 0) - desk.now().getTime());
    expect(await state()).toBe('half_open');
    await desk.put(some);
    await desk.run({ rounds: 1 });
    expect(desk.calls.length).toBe(first + 1);
    const again = await desk.gates.read();
    expect((again.retryAt ?? 0) - desk.now().getTime()).toBeGreaterThan(55_000);
    desk.registryAnswers(() => ({ outcome: 'match', reasons: [] }));
    await desk.run();
    expect(await state()).toBe('closed');
    expect(await decisions(some)).toEqual(once(some));
  });

  it('opens for answers that are slow, and keeps them', async () => {
    const some = await registered(6);
    desk.registryAnswers(async () => {
      desk.advance(3_100);
      await delay(5);
      return { outcome: 'match', reasons: [] };
    });
    await desk.run({ workers: 1, rounds: 1 });
    expect(await state()).toBe('open');
    desk.registryAnswers(() => ({ outcome: 'match', reasons: [] }));
    await desk.run();
    expect(await decisions(some)).toEqual(once(some));
  });

  it('opens at once for a key that the registry does not know, and burns nobody for it', async () => {
    const some = await registered(3);
    desk.registryAnswers(() => 401);
    await desk.run({ workers: 1, rounds: 1 });
    const { retryAt, openedAt } = await desk.gates.read();
    expect((retryAt ?? 0) - (openedAt ?? 0)).toBe(300_000);
    expect(desk.sent.slice(-3).map(({ body }) => body)).toEqual(
      some.map(() => expect.objectContaining({ failures: 0 })),
    );
  });

  it('lets nobody through while an operator holds it open', async () => {
    const some = await registered(5);
    await desk.gates.change((gate) => ({ gate: setByHand(gate, 'open', desk.now()) }));
    await desk.run({ until: desk.now().getTime() + 5 * hour });
    expect(desk.calls).toEqual([]);
    await desk.gates.change((gate) => ({ gate: setByHand(gate, 'closed', desk.now()) }));
    await desk.run();
    expect(await decisions(some)).toEqual(once(some));
  });
});

describe('one person whom the registry cannot answer about', () => {
  it('is tried for hours while others are answered, and then lies where somebody looks', async () => {
    const [one] = await registered(1);
    let others = 0;
    desk.registryAnswers((requestId) =>
      requestId.startsWith(one?.participantId.slice(0, 32) ?? '-') ? 500 : { outcome: 'match', reasons: [] },
    );
    for (; desk.dead.length === 0 && others < 130; others += 1) {
      await registered(1);
      await desk.run({ until: desk.now().getTime() + 10 * minute });
    }
    expect(desk.dead).toEqual([{ participantId: one?.participantId, failures: 19 }]);
    expect(await state()).toBe('closed');
  }, 60_000);
});

describe('what a message says', () => {
  it('of when a person registered is seen by operators', async () => {
    const registeredAt = new Date(desk.now().getTime() - 2 * hour).toISOString();
    await registered(2, { registeredAt });
    desk.registryAnswers(() => 503);
    await desk.run({ workers: 1, rounds: 1 });
    expect((await desk.gates.read()).oldest?.registeredAt).toBe(Date.parse(registeredAt));
    expect(desk.sent.at(-1)?.body).toMatchObject({ registeredAt });
  });

  it('is only of somebody who waits: who is decided or unknown is no question', async () => {
    const some = await registered(1);
    await desk.put([...some, { participantId: 'f'.repeat(64) }]);
    await desk.run({ workers: 1 });
    await desk.put(some);
    await desk.run();
    expect(desk.calls.length).toBeLessThanOrEqual(2);
    expect(await decisions(some)).toEqual(once(some));
  });
});
