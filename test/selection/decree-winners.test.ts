import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { enforceDeadline } from '#functions/credit/enforce-deadline.ts';
import { decreeWinners } from '#functions/selection/decree-winners.ts';
import { participants } from '#shared/journal/participant.ts';
import { type BatchEvent, batches } from '#shared/selection/batch.ts';
import { drawFile } from '#shared/selection/draw-files.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import { type Citizen, citizens, journeyUntil, keys, minutesAfter, start, store } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { type Death, type Engine, startTable } from '#test/table/engine.ts';

const files = memoryFiles();
let engine: Engine;
let nextBatch = 10;
const people = citizens('decree', 120);
let served = 0;
const take = (count: number) => {
  served += count;
  return people.slice(served - count, served);
};
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 30));
});
afterEach(() => {
  vi.useRealTimers();
});

/** A batch as approved at `start`, with these winners in one file; answers its id. */
async function approvedBatch(winners: readonly Citizen[]): Promise<string> {
  const batchId = String(nextBatch);
  nextBatch += 1;
  const digest = 'd'.repeat(64);
  const history: BatchEvent[] = [
    { type: 'BatchCreated', number: Number(batchId), scheme: 'NORMAL_2023', quotas: {}, by: 'one' },
    { type: 'BatchClosed', by: 'one', seal: digest },
    { type: 'DrawPrepared', manifestDigest: digest, winnerCount: winners.length, chunkCount: 1 },
    { type: 'DrawApproved', by: 'two', chunkCount: 1 },
  ];
  const file = batches(engine.table);
  await file.append(batchId, await file.load(batchId), { events: history }, start);
  const ids = winners.map(({ participantId }) => participantId);
  await files.put(drawFile.chunk(batchId, 0), JSON.stringify(ids), 'application/json');
  return batchId;
}

async function joined(winners: readonly Citizen[]): Promise<void> {
  for (const citizen of winners) await store(engine.table, journeyUntil('join', { citizen }));
}

async function decreeAll(batchId: string, death?: Death) {
  const table = death ? engine.dying(death) : engine.table;
  const stores = { participants: participants(table), batches: batches(table), files, keys: async () => keys };
  const worker = decreeWinners({ table, ...stores });
  return failedIds(await worker(queueEvent([{ batchId, chunk: 0 }]), lambdaContext));
}

const stateOf = async ({ participantId }: Citizen) => (await participants(engine.table).load(participantId)).state;
const sameFamily = (members: readonly Citizen[]): Citizen[] =>
  members.map((member) => ({ ...member, familyTag: members[0]?.familyTag ?? '' }));

describe('decreeing the winners of a file', () => {
  it('gives each a card, a credit and the deadline of the announcement, once', async () => {
    const winners = take(3);
    await joined(winners);
    const batchId = await approvedBatch(winners);
    for (let delivery = 0; delivery < 3; delivery += 1) expect(await decreeAll(batchId)).toEqual([]);
    const states = await Promise.all(winners.map(stateOf));
    for (const { membership, balances } of states) {
      expect(membership.decreed?.purchaseUntil).toBe('2026-11-17T16:59:59.999Z');
      expect(balances).toMatchObject({ training_credit: 3_500_000, incentive_entitlement: 700_000 });
    }
    const cards = states.map(({ membership }) => membership.decreed?.cardNumber ?? '');
    expect(new Set(cards).size).toBe(3);
    const owners = await Promise.all(cards.map((card) => familyPlaces(engine.table, keys).participantOf(card)));
    expect(owners).toEqual(winners.map(({ participantId }) => participantId));
  });

  it('gives a family two cards, whoever of its three comes again', async () => {
    const winners = sameFamily(take(3));
    await joined(winners);
    const batchId = await approvedBatch(winners);
    for (let delivery = 0; delivery < 2; delivery += 1) expect(await decreeAll(batchId)).toEqual([]);
    const decreed = (await Promise.all(winners.map(stateOf))).map(({ membership }) => membership.decreed !== null);
    expect(decreed).toEqual([true, true, false]);
  });

  it('loses nobody with a winner who cannot be decreed', async () => {
    const [unverified, winner] = take(2);
    if (!unverified || !winner) throw new Error('Two are needed');
    await store(engine.table, journeyUntil('register', { citizen: unverified }));
    await joined([winner]);
    expect(await decreeAll(await approvedBatch([unverified, winner]))).toEqual([]);
    expect((await stateOf(unverified)).membership.decreed).toBeNull();
    expect((await stateOf(winner)).membership.decreed).not.toBeNull();
  });

  it('waits for the approval', async () => {
    const batchId = '9';
    await files.put(drawFile.chunk(batchId, 0), '[]', 'application/json');
    expect(await decreeAll(batchId)).toEqual(['message-0']);
  });

  it('fails where its file is missing, so that it comes again', async () => {
    const batchId = await approvedBatch([]);
    await files.remove(drawFile.chunk(batchId, 0));
    expect(await decreeAll(batchId)).toEqual(['message-0']);
  });

  // Two writes a winner: the family place, the decree.
  const deaths = [1, 2, 3, 4].flatMap(
    (write) =>
      [
        { write, when: 'before' },
        { write, when: 'after' },
      ] as const,
  );
  it.each(deaths)('by a process that dies $when write $write is finished by the next, each once', async (death) => {
    const winners = take(2);
    await joined(winners);
    const batchId = await approvedBatch(winners);
    expect(await decreeAll(batchId, death)).toEqual(['message-0']);
    expect(await decreeAll(batchId)).toEqual([]);
    for (const winner of winners) {
      const entries = await participants(engine.table).entries(winner.participantId);
      const decrees = entries.flatMap(({ events }) => events).filter(({ type }) => type === 'RecipientDecreed');
      expect(decrees).toHaveLength(1);
    }
  });
});

describe('looking at the winners after the deadline', () => {
  const overdue = new Date('2026-11-17T17:00:00.000Z');
  async function enforce(batchId: string, death?: Death) {
    const stores = { participants: participants(death ? engine.dying(death) : engine.table), files };
    return failedIds(await enforceDeadline(stores)(queueEvent([{ batchId, chunk: 0 }]), lambdaContext));
  }

  it('revokes who bought nothing, once, and nobody else', async () => {
    const [idle, buyer, outsider] = take(3);
    if (!idle || !buyer || !outsider) throw new Error('Three are needed');
    await store(engine.table, journeyUntil('decree', { citizen: idle }));
    await store(engine.table, journeyUntil('pay', { citizen: buyer }));
    await store(engine.table, journeyUntil('join', { citizen: outsider }));
    const batchId = await approvedBatch([idle, buyer, outsider]);

    vi.setSystemTime(new Date(overdue.getTime() - 1));
    expect(await enforce(batchId)).toEqual([]);
    expect((await stateOf(idle)).membership.revoked).toBe(false);

    vi.setSystemTime(overdue);
    expect(await enforce(batchId, { write: 1, when: 'after' })).toEqual(['message-0']);
    for (let delivery = 0; delivery < 2; delivery += 1) expect(await enforce(batchId)).toEqual([]);
    const revoked = (await Promise.all([idle, buyer, outsider].map(stateOf))).map(
      ({ membership }) => membership.revoked,
    );
    expect(revoked).toEqual([true, false, false]);
    expect((await stateOf(idle)).balances).toMatchObject({ training_credit: 0, returned: 4_200_000 });
    const events = (await participants(engine.table).entries(idle.participantId)).flatMap((entry) => entry.events);
    expect(events.filter(({ type }) => type === 'MembershipRevoked')).toHaveLength(1);
  });
});
