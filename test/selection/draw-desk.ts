import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { startSimulators } from '#infra/local/simulators/simulators.ts';
import { participants } from '#shared/journal/participant.ts';
import { type Batch, batches } from '#shared/selection/batch.ts';
import type { BatchTerms } from '#shared/selection/batch-events.ts';
import { drandBeacon } from '#shared/selection/beacon.ts';
import { winnerBytes } from '#shared/selection/draw/select.ts';
import { Promotions, WaitingLists } from '#shared/selection/draw-files.ts';
import { decree } from '#shared/selection/membership.ts';
import { type Citizen, start } from '#test/journal/citizen.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { drawPump } from '#test/selection/draw-pump.ts';
import { happened, type Life, numberIn } from '#test/selection/draw-world.ts';
import { startTable } from '#test/table/engine.ts';

/** What a decree of the normal scheme sets aside. */
export const benefit = 4_200_000;

/** Who is too old for the scheme on any day of these tests. */
export const old = (citizen: Citizen): Citizen => ({
  ...citizen,
  person: { ...citizen.person, birthDate: '1950-01-01' },
});

export const known = (found: Citizen | undefined): Citizen => {
  if (!found) throw new Error('Nobody has this draw number');
  return found;
};
export const byNumber = (batchId: string, who: readonly Citizen[]): ReadonlyMap<string, Citizen> =>
  new Map(who.map((citizen) => [numberIn(batchId, citizen), citizen]));

/** Table and beacon of one test file, and its batches: each has a number and files of its own. */
async function startDesk() {
  const engine = await startTable();
  const simulators = await startSimulators({ now: () => new Date() });
  const { table } = engine;
  const beacon = drandBeacon(simulators.beaconUrl, simulators.beaconChain);
  let batchCount = 0;

  function batchWith(terms: Partial<BatchTerms>, overrides: Life['overrides'] = () => []) {
    batchCount += 1;
    const batchId = String(batchCount);
    const files = memoryFiles();
    const reach = { table, files, beacon };
    const pump = drawPump({ reach, batchIds: [batchId] });
    const text = (name: string) => files.contents.get(`draws/${batchId}/${name}`) ?? 'null';
    const json = (name: string): unknown => JSON.parse(text(name));
    const winners = () => {
      const bytes = files.bytes.get(`draws/${batchId}/winners.bin`) ?? Buffer.alloc(0);
      return Array.from({ length: bytes.length / winnerBytes }, (_, rank) =>
        bytes.toString('hex', rank * winnerBytes, rank * winnerBytes + 16),
      );
    };
    const waiting = () => Object.values(WaitingLists.parse(json('work/waiting.json'))).flat();
    const promoted = (round = 1) =>
      Promotions.parse(json(`promotions-${round}.json`)).promoted.map(({ drawNumber }) => drawNumber);
    const state = async (): Promise<Batch> => (await batches(table).load(batchId)).state;
    const life: Life = { table, pump, batchId, terms, overrides };
    return { ...life, life, reach, files, text, json, winners, waiting, promoted, state };
  }

  const fileOf = async ({ participantId }: Citizen) => (await participants(table).load(participantId)).state;

  /** Of these, who has a decree of a batch, by their journals. */
  async function recipientsOf(batchId: string, who: readonly Citizen[]): Promise<Citizen[]> {
    const isRecipient = async ({ participantId }: Citizen) => {
      const entries = await participants(table).entries(participantId);
      const decrees = entries.flatMap(({ events }) => events).filter((event) => event.type === 'RecipientDecreed');
      expect(decrees.length).toBeLessThanOrEqual(1);
      return decrees.some((event) => event.batchId === batchId);
    };
    const found = await Promise.all(who.map(isRecipient));
    return who.filter((_, index) => found[index]);
  }

  /** Journals, list and counts of a batch agree; every place is somebody's or free. */
  async function agreementOf(made: ReturnType<typeof batchWith>, who: readonly Citizen[]) {
    const { batchId } = made;
    const recipients = await recipientsOf(batchId, who);
    const { decreed, created } = await made.state();
    const { byDraw = 0, byPromotion = 0, byOverride = 0, freePlaces = {} } = decreed ?? {};
    expect(byDraw + byPromotion + byOverride).toBe(recipients.length);
    const rows = made.text('decree.csv').trim().split('\n').slice(1);
    const listed = rows.map((row) => row.split(',')[1]);
    expect(listed.toSorted()).toEqual(recipients.map((citizen) => numberIn(batchId, citizen)).toSorted());
    const sum = (counts: Readonly<Record<string, number>>) =>
      Object.values(counts).reduce((total, count) => total + count, 0);
    expect(byDraw + byPromotion + sum(freePlaces)).toBe(sum(created?.quotas ?? {}));
    return { recipients, byDraw, byPromotion, byOverride, freePlaces };
  }

  async function decreedElsewhere(citizen: Citizen): Promise<void> {
    const { membership } = await fileOf(citizen);
    const facts = { batchId: '999998', scheme: 'NORMAL_2023', cardNumber: '1'.repeat(16) } as const;
    const [event] = decree(membership, { ...facts, announcedAt: new Date() }).events;
    if (event) await happened(table, citizen, event);
  }

  async function revokedElsewhere(citizen: Citizen): Promise<void> {
    await decreedElsewhere(citizen);
    const legs = [
      { account: 'training_credit', rupiah: -3_500_000 },
      { account: 'incentive_entitlement', rupiah: -700_000 },
      { account: 'returned', rupiah: benefit },
    ] as const;
    await happened(table, citizen, { type: 'MembershipRevoked', reason: 'purchase_deadline', legs: [...legs] });
  }

  return {
    engine,
    table,
    beaconFaults: simulators.beacon.faults,
    batchWith,
    fileOf,
    decreeOf: async (citizen: Citizen) => (await fileOf(citizen)).membership.decreed?.batchId ?? null,
    agreementOf,
    decreedElsewhere,
    revokedElsewhere,
    stop: () => Promise.all([engine.stop(), simulators.stop()]),
  };
}
export type Desk = Awaited<ReturnType<typeof startDesk>>;
export type Made = ReturnType<Desk['batchWith']>;

/** Hands the tests of a file a desk; the clock stands at the start before each of them. */
export function useDesk(hand: (desk: Desk) => void): void {
  let desk: Desk | undefined;
  beforeAll(async () => {
    desk = await startDesk();
    hand(desk);
  });
  afterAll(() => desk?.stop());
  beforeEach(() => {
    vi.setSystemTime(start);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}
