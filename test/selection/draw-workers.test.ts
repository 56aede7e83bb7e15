import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Files } from '#shared/platform/files.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { batches } from '#shared/selection/batch.ts';
import { drandBeacon } from '#shared/selection/beacon.ts';
import { winnerBytes } from '#shared/selection/draw/select.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import type { Table } from '#shared/table/table.ts';
import { keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { dyingFiles, memoryFiles } from '#test/platform/memory-files.ts';
import {
  type DrawPump,
  deliver,
  drawPump,
  type Moment,
  momentOf,
  plain,
  type Reach,
  takeBack,
} from '#test/selection/draw-pump.ts';
import { announced, applyAll, buys, drawn, households, reconciled, verified } from '#test/selection/draw-world.ts';
import { randomFrom } from '#test/simulation/random.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

/*
 * One batch, lived through again and again: whatever happens to its messages, it ends as it does when nothing happens to them.
 */

const batchId = '7';
const regencies = ['32.73', '33.74', '35.78', '32.04'];
const families = households('draw workers', [4, 3, 3, 2, 2, 2, ...Array<number>(24).fill(1)], regencies);
const people = families.flat();
const terms = {
  quotas: { '32': 2, '33': 1, '35': 1 },
  regencyQuotas: { '32.73': 1 },
  stratumQuotas: [{ stratum: 'migrant_worker', places: 1 } as const],
};

let engine: Engine;
let simulators: Simulators;
/** Everybody has joined; there is no batch yet. */
let joined: Moment;
beforeAll(async () => {
  engine = await startTable();
  simulators = await startSimulators({ now: () => new Date() });
  vi.setSystemTime(start);
  await applyAll(engine.table, batchId, people.slice(0, 32));
  await applyAll(engine.table, batchId, people.slice(32), ['migrant_worker']);
  joined = await momentOf(engine.table, memoryFiles());
});
afterAll(async () => {
  vi.useRealTimers();
  await Promise.all([engine.stop(), simulators.stop()]);
});
beforeEach(() => takeBack(engine.table, joined));

type Kept = ReturnType<typeof memoryFiles>;
const reachOf = (files: Files, table: Table = engine.table): Reach => ({
  table,
  files,
  beacon: drandBeacon(simulators.beaconUrl, simulators.beaconChain),
});
type Handling = Omit<Parameters<typeof drawPump>[0], 'reach' | 'batchIds'>;
const pumpOf = (files: Kept, handling: Handling = {}): DrawPump =>
  drawPump({ reach: reachOf(files), batchIds: [batchId], ...handling });

const stateOf = async () => (await batches(engine.table).load(batchId)).state;
const recipientsNow = async () => {
  const all = await Promise.all(
    people.map(async (citizen) => ({
      citizen,
      file: (await participants(engine.table).load(citizen.participantId)).state,
    })),
  );
  return all.filter(({ file }) => file.membership.decreed !== null);
};

/** The whole life of the batch: one winner is excluded, so that a place is promoted; two recipients buy a course. */
async function live(files: Kept, pump: DrawPump, changes: object = {}): Promise<Moment> {
  const firstWinner = () => files.bytes.get(`draws/${batchId}/winners.bin`)?.toString('hex', 0, 16) ?? '';
  const overrides = () => [{ kind: 'exclude', drawNumber: firstWinner() } as const];
  const life = { table: engine.table, pump, batchId, terms: { ...terms, ...changes }, overrides };
  await drawn(life);
  await announced(life);
  for (const { citizen } of (await recipientsNow()).slice(0, 2)) await buys(engine.table, citizen);
  await reconciled(life);
  return momentOf(engine.table, files);
}

/** How the batch ends when every message comes once, in order. */
let undisturbed: Moment | null = null;
async function expectUndisturbed(moment: Moment): Promise<void> {
  if (!undisturbed) {
    await takeBack(engine.table, joined);
    const files = memoryFiles();
    undisturbed = await live(files, pumpOf(files));
  }
  expect(plain(moment)).toEqual(plain(undisturbed));
}

describe('a batch from its draft to its reconciliation', () => {
  it.each(['drand', 'two_operators'] as const)(
    'is what its manifest says, and its counts agree: %s',
    async (randomness) => {
      const files = memoryFiles();
      const moment = await live(files, pumpOf(files), { randomness });
      const verdict = await verified(moment, batchId);
      expect(verdict.difference).toBeUndefined();
      expect(verdict.agreed).not.toEqual([]);

      const { state, screened, drawn: made, decreed, reconciled: ended, promoted } = await stateOf();
      expect(state).toBe('reconciled');
      expect(screened).toMatchObject({ applicantCount: 40, eligibleCount: 40, refused: {} });
      expect(made?.winnerCount).toBe(6);
      expect(files.bytes.get(`draws/${batchId}/winners.bin`)).toHaveLength(6 * winnerBytes);
      expect(decreed).toMatchObject({ byDraw: 5, byPromotion: 1, byOverride: 0, freePlaces: {} });
      expect(promoted).toMatchObject([{ round: 1, count: 1 }]);
      expect(ended).toMatchObject({ keptCount: 2, revokedCount: 4, returnedRupiah: 4 * 4_200_000 });

      const recipients = await recipientsNow();
      expect(recipients).toHaveLength(6);
      const revoked = recipients.filter(({ file }) => file.membership.revoked);
      expect(revoked).toHaveLength(4);
      expect(revoked.reduce((sum, { file }) => sum + file.balances.returned, 0)).toBe(ended?.returnedRupiah);
      const byProvince = Object.groupBy(revoked, ({ citizen }) => citizen.provinceCode);
      expect(ended?.freePlaces).toEqual(
        Object.fromEntries(Object.entries(byProvince).map(([code, those]) => [code, those?.length])),
      );
      const places = familyPlaces(engine.table, keys);
      for (const family of families) {
        const decreedOfFamily = recipients.filter(({ citizen }) => family.includes(citizen)).length;
        expect(decreedOfFamily).toBeLessThanOrEqual(2);
        expect(await places.taken(family[0]?.familyTag ?? '', 2)).toBe(decreedOfFamily);
      }
    },
  );
});

/** Files through which another run goes first, from beginning to end, before the n-th change is made. */
function overtakenFiles(
  files: Files,
  change: number,
  other: () => Promise<unknown>,
): Files & { reached: () => boolean } {
  let changes = 0;
  const late =
    <Parameters extends unknown[]>(act: (...parameters: Parameters) => Promise<void>) =>
    async (...parameters: Parameters) => {
      changes += 1;
      if (changes === change) await other();
      await act(...parameters);
    };
  return { ...files, put: late(files.put), replace: late(files.replace), reached: () => changes >= change };
}

/** As `overtakenFiles`, before the n-th write of the table. */
function overtakenTable({ client, name }: Table, write: number, other: () => Promise<unknown>) {
  let writes = 0;
  const late = new Proxy(client, {
    get: (target, property) => {
      if (property !== 'send') return Reflect.get(target, property);
      return async (command: PutCommand) => {
        if (command instanceof PutCommand) {
          writes += 1;
          if (writes === write) await other();
        }
        return target.send(command);
      };
    },
  });
  return { client: late, name, reached: () => writes >= write };
}

/** More changes than any message makes. */
const tooMany = 200;

/** What one delivery is put through: whether there was an n-th change to disturb. */
type Trouble = (message: Outgoing, files: Kept, change: number) => Promise<boolean>;

const dies =
  (where: 'table' | 'files', when: 'before' | 'after'): Trouble =>
  async (message, files, change) => {
    const reach =
      where === 'table'
        ? reachOf(files, engine.dying({ write: change, when }))
        : reachOf(dyingFiles(files, { change, when }));
    return !(await deliver(reach, message));
  };
const isOvertaken =
  (where: 'table' | 'files'): Trouble =>
  async (message, files, change) => {
    const other = async () => expect(await deliver(reachOf(files), message)).toBe(true);
    const table = overtakenTable(engine.table, where === 'table' ? change : 0, other);
    const late = overtakenFiles(files, where === 'files' ? change : 0, other);
    expect(await deliver(reachOf(late, table), message)).toBe(true);
    return where === 'table' ? table.reached() : late.reached();
  };
const troubles: Readonly<Record<string, Trouble>> = {
  'dies before a write': dies('table', 'before'),
  'dies after a write': dies('table', 'after'),
  'dies before a file': dies('files', 'before'),
  'dies after a file': dies('files', 'after'),
  'is overtaken at a write': isOvertaken('table'),
  'is overtaken at a file': isOvertaken('files'),
};

/** All messages, but of the shards only the first one, and the last one, which finds all others done. */
const isTroubled = ({ body }: Outgoing) => !('shard' in body) || ['0', 'f'].includes(String(body.shard));

describe('each message of a batch', () => {
  it('leaves the same, wherever its process dies or another one overtakes it', async () => {
    const files = memoryFiles();
    const disturbed: Record<string, number> = {};
    const hand = async (message: Outgoing): Promise<boolean> => {
      if (!isTroubled(message)) return deliver(reachOf(files), message);
      const before = await momentOf(engine.table, files);
      const quiet = memoryFiles(before.files);
      const isDone = await deliver(reachOf(quiet), message);
      const after = await momentOf(engine.table, quiet);
      const expected = plain(after);
      await takeBack(engine.table, before, after);
      for (const [name, trouble] of Object.entries(troubles))
        for (let change = 1; change <= tooMany; change += 1) {
          const own = memoryFiles(before.files);
          const isReached = await trouble(message, own, change);
          // The queue delivers it again.
          if (isReached) expect(await deliver(reachOf(own), message)).toBe(isDone);
          const left = await momentOf(engine.table, own);
          expect(plain(left)).toEqual(expected);
          await takeBack(engine.table, before, left);
          if (!isReached) break;
          disturbed[name] = (disturbed[name] ?? 0) + 1;
          expect(change).toBeLessThan(tooMany);
        }
      return deliver(reachOf(files), message);
    };
    await expectUndisturbed(await live(files, pumpOf(files, { hand })));
    // A write of a winner's place and one of the decree, a file or more of each part: all were disturbed.
    for (const name of Object.keys(troubles)) expect(disturbed[name]).toBeGreaterThan(25);
  }, 60_000);

  it.each(['one', 'two', 'three'])('may come twice and in any order: %s', async (seed) => {
    const random = randomFrom(seed);
    const next = (waiting: number) => random.between(0, waiting - 1);
    const files = memoryFiles();
    const pump = pumpOf(files, { copies: 2, next });
    const moment = await live(files, pump);
    await expectUndisturbed(moment);
  });

  it('may come to two workers at once', async () => {
    const files = memoryFiles();
    const hand = async (message: Outgoing) => {
      const reach = reachOf(files);
      return (await Promise.all([deliver(reach, message), deliver(reach, message)])).every(Boolean);
    };
    await expectUndisturbed(await live(files, pumpOf(files, { hand })));
  });

  it('may come again when all is over', async () => {
    const files = memoryFiles();
    const pump = pumpOf(files);
    const moment = await live(files, pump);
    for (const message of pump.sent().toReversed()) expect(await deliver(reachOf(files), message)).toBe(true);
    expect(plain(await momentOf(engine.table, files))).toEqual(plain(moment));
  });
});

describe('what bears a time', () => {
  /** What the journal says was committed, or drawn, as it is published; undefined before. */
  async function chosen(step: 'commit' | 'draw', kept: Kept): Promise<string | undefined> {
    const { committed, drawn: made } = await stateOf();
    const name = step === 'draw' ? 'manifest.json' : `commitment-${committed?.commitmentDigest.slice(0, 16)}.json`;
    const text = kept.contents.get(`draws/${batchId}/${name}`);
    if (step === 'draw' ? made : committed)
      expect(digestOf(text ?? '')).toBe(step === 'draw' ? made?.manifestDigest : committed?.commitmentDigest);
    return text;
  }

  it.each(['commit', 'draw'] as const)('is what the journal has chosen: a later run of %s keeps it', async (step) => {
    const files = memoryFiles();
    let tries = 0;
    const hand = async (message: Outgoing): Promise<boolean> => {
      if (!('step' in message.body) || message.body.step !== step) return deliver(reachOf(files), message);
      const before = await momentOf(engine.table, files);
      const now = new Date();
      for (let change = 1, survived = false; !survived; change += 1) {
        await takeBack(engine.table, before);
        vi.setSystemTime(now);
        const own = memoryFiles(before.files);
        survived = await deliver(reachOf(dyingFiles(own, { change, when: 'after' })), message);
        const first = await chosen(step, own);
        vi.setSystemTime(minutesAfter(now, 5));
        expect(await deliver(reachOf(own), message)).toBe(true);
        const second = await chosen(step, own);
        expect(second).toBeDefined();
        if (first !== undefined) expect(second).toBe(first);
        tries += 1;
      }
      await takeBack(engine.table, before);
      vi.setSystemTime(now);
      return deliver(reachOf(files), message);
    };
    await drawn({ table: engine.table, pump: pumpOf(files, { hand }), batchId, terms });
    expect(tries).toBeGreaterThan(2);
  });

  it('is not drawn from when it is not what was committed', async () => {
    const files = memoryFiles();
    const hand = async (message: Outgoing): Promise<boolean> => {
      if ('step' in message.body && message.body.step === 'draw') {
        const { committed } = await stateOf();
        const key = `draws/${batchId}/commitment-${committed?.commitmentDigest.slice(0, 16)}.json`;
        await files.put(key, (files.contents.get(key) ?? '').replace('"33":3', '"33":4'), 'application/json');
      }
      return deliver(reachOf(files), message);
    };
    const life = { table: engine.table, pump: pumpOf(files, { hand }), batchId, terms };
    await expect(drawn(life)).rejects.toThrow('Dead: {"queue":"drawQueueUrl","body":{"step":"draw"');
    expect((await stateOf()).drawn).toBeNull();
  });

  it('is not drawn from a list with other bytes than the committed one', async () => {
    const files = memoryFiles();
    const hand = async (message: Outgoing): Promise<boolean> => {
      const key = [...files.bytes.keys()].find((name) => name.includes('/list-') && files.bytes.get(name)?.length);
      if ('step' in message.body && message.body.step === 'draw' && key) {
        const bytes = Buffer.from(files.bytes.get(key) ?? []);
        bytes.writeUInt8(2, 20); // Another lot for the first applicant.
        await files.put(key, bytes, 'application/octet-stream');
      }
      return deliver(reachOf(files), message);
    };
    const life = { table: engine.table, pump: pumpOf(files, { hand }), batchId, terms: { ...terms, maxLots: 2 } };
    await expect(drawn(life)).rejects.toThrow('Dead: {"queue":"drawQueueUrl","body":{"step":"draw"');
    expect((await stateOf()).drawn).toBeNull();
  });

  it.each([
    ['winners.bin', 'decree'],
    ['outcomes-0.bin', 'publish'],
  ])('is not taken from %s when it was changed before the step %s', async (name, step) => {
    const files = memoryFiles();
    const hand = async (message: Outgoing): Promise<boolean> => {
      const key = `draws/${batchId}/${name}`;
      if ('step' in message.body && message.body.step === step) {
        const bytes = Buffer.concat([files.bytes.get(key) ?? Buffer.alloc(0), Buffer.of(1)]);
        await files.put(key, bytes, 'application/octet-stream');
      }
      return deliver(reachOf(files), message);
    };
    const life = { table: engine.table, pump: pumpOf(files, { hand }), batchId, terms };
    const living = step === 'publish' ? drawn(life) : drawn(life).then(() => announced(life));
    await expect(living).rejects.toThrow('Dead: ');
    const { published, decreed } = await stateOf();
    expect(step === 'publish' ? published : decreed).toBeNull();
  });
});
