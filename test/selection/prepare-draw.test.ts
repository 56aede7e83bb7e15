import '#test/platform/environment.ts';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareDraw } from '#functions/selection/prepare-draw.ts';
import type { Files } from '#shared/platform/files.ts';
import { type BatchEvent, batches } from '#shared/selection/batch.ts';
import { seal } from '#shared/selection/draw.ts';
import { drawFile } from '#shared/selection/draw-files.ts';
import { commitmentDigest, DrawCommitment } from '#shared/selection/manifest.ts';
import { winnersOf } from '#shared/selection/winners.ts';
import { citizens, journeyUntil, minutesAfter, start, store } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { dyingFiles, memoryFiles } from '#test/platform/memory-files.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const [first, second] = ['a'.repeat(64), 'b'.repeat(64)] as const;
const people = citizens('prepare draw', 30);
const batchId = '1';
const settled = minutesAfter(start, 61);

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
  for (const citizen of people) await store(engine.table, journeyUntil('join', { citizen }));
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(settled);
});
afterEach(() => {
  vi.useRealTimers();
});

/** The applicants are the same in each test; the journal of their batch and its files are the test's own. */
let journals = 0;
function sealedBatch() {
  journals += 1;
  const journalId = `${journals}`;
  const real = batches(engine.table);
  const own = {
    ...real,
    load: () => real.load(journalId),
    change: (_id: string, decide: Parameters<typeof real.change>[1]) => real.change(journalId, decide),
  };
  const append = async (events: readonly BatchEvent[], at: Date) =>
    real.append(journalId, await real.load(journalId), { events }, at);
  return { own, append, files: memoryFiles() };
}
type Sealed = ReturnType<typeof sealedBatch>;

async function sealed(): Promise<Sealed> {
  const batch = sealedBatch();
  const quotas = { '32': 5, '35': 5, '33': 5 };
  await batch.append(
    [
      { type: 'BatchCreated', number: 1, scheme: 'NORMAL_2023', quotas, by: 'one' },
      { type: 'BatchOpened', by: 'one' },
      { type: 'BatchClosed', by: 'one', seal: seal(first) },
      { type: 'BatchSealed', by: 'two', seal: seal(second) },
    ],
    minutesAfter(start, 60),
  );
  return batch;
}

async function run({ own, files }: Sealed, step: 'commit' | 'draw', seen: Files = files) {
  const worker = prepareDraw({ table: engine.table, batches: own, files: seen });
  return failedIds(await worker(queueEvent([{ step, batchId }]), lambdaContext));
}

async function committed(): Promise<Sealed> {
  const batch = await sealed();
  expect(await run(batch, 'commit')).toEqual([]);
  await batch.append(
    [
      { type: 'ShareRevealed', by: 'one', whose: 'first', share: first },
      { type: 'ShareRevealed', by: 'two', whose: 'second', share: second },
    ],
    minutesAfter(start, 62),
  );
  return batch;
}

const digestOf = (text = '') => createHash('sha256').update(text).digest('hex');

/** What is published is what the journal has the digests of. */
async function expectAgreement({ own, files }: Sealed) {
  const { state } = await own.load();
  const text = (key: string) => files.contents.get(key) ?? '';
  expect(digestOf(text(drawFile.applicants(batchId)))).toBe(state.committed?.listDigest);
  const commitment = DrawCommitment.parse(JSON.parse(text(drawFile.commitment(batchId))));
  expect(commitmentDigest(commitment)).toBe(state.committed?.commitmentDigest);
  if (!state.prepared) return state;
  expect(digestOf(text(drawFile.manifest(batchId)))).toBe(state.prepared.manifestDigest);
  const winners = await Promise.all(
    Array.from({ length: state.prepared.chunkCount }, (_, chunk) => winnersOf(files, batchId, chunk)),
  );
  expect(winners.flat()).toHaveLength(state.prepared.winnerCount);
  return state;
}

/** Files through which another run goes first, from beginning to end, before the n-th change is made. */
function overtaken(files: Files, change: number, other: () => Promise<unknown>): Files {
  let changes = 0;
  const late =
    <Parameters extends unknown[]>(act: (...parameters: Parameters) => Promise<void>) =>
    async (...parameters: Parameters) => {
      changes += 1;
      if (changes === change) await other();
      await act(...parameters);
    };
  return { ...files, put: late(files.put), replace: late(files.replace) };
}

describe('fixing the list', () => {
  it('waits a minute after the closing, and happens once', async () => {
    const batch = await sealed();
    vi.setSystemTime(new Date(settled.getTime() - 1));
    // Comes again, rather than be lost to the difference of two clocks.
    expect(await run(batch, 'commit')).toEqual(['message-0']);
    expect((await batch.own.load()).state.state).toBe('sealed');

    vi.setSystemTime(settled);
    expect(await run(batch, 'commit')).toEqual([]);
    const { state } = await batch.own.load();
    expect(state.committed?.applicantCount).toBe(30);
    vi.setSystemTime(minutesAfter(settled, 5));
    expect(await run(batch, 'commit')).toEqual([]);
    expect((await expectAgreement(batch)).committed).toEqual(state.committed);
  });

  const deaths = [1, 2].flatMap(
    (change) =>
      [
        { change, when: 'before' },
        { change, when: 'after' },
      ] as const,
  );
  it.each(deaths)('by a process that dies $when file $change is finished by the next', async (death) => {
    const batch = await sealed();
    expect(await run(batch, 'commit', dyingFiles(batch.files, death))).toEqual(['message-0']);
    vi.setSystemTime(minutesAfter(settled, 5));
    expect(await run(batch, 'commit')).toEqual([]);
    await expectAgreement(batch);
  });

  it.each([1, 2])('agrees with its files when another run overtakes it at file %i', async (change) => {
    const batch = await sealed();
    const other = async () => {
      vi.setSystemTime(minutesAfter(settled, 1));
      await run(batch, 'commit');
    };
    expect(await run(batch, 'commit', overtaken(batch.files, change, other))).toEqual([]);
    await expectAgreement(batch);
  });
});

describe('drawing', () => {
  it('needs both shares', async () => {
    const batch = await sealed();
    await run(batch, 'commit');
    await batch.append([{ type: 'ShareRevealed', by: 'one', whose: 'first', share: first }], minutesAfter(start, 62));
    expect(await run(batch, 'draw')).toEqual([]);
    expect((await batch.own.load()).state.state).toBe('committed');
  });

  it('publishes what the journal has the digest of, once', async () => {
    const batch = await committed();
    for (const minutes of [1, 5]) {
      vi.setSystemTime(minutesAfter(settled, minutes));
      expect(await run(batch, 'draw')).toEqual([]);
    }
    const state = await expectAgreement(batch);
    expect(state.state).toBe('drawn');
    expect(state.prepared?.winnerCount).toBeGreaterThan(0);
  });

  const deaths = [1, 2, 3].flatMap(
    (change) =>
      [
        { change, when: 'before' },
        { change, when: 'after' },
      ] as const,
  );
  it.each(deaths)('by a process that dies $when file $change is finished by the next', async (death) => {
    const batch = await committed();
    expect(await run(batch, 'draw', dyingFiles(batch.files, death))).toEqual(['message-0']);
    vi.setSystemTime(minutesAfter(settled, 5));
    expect(await run(batch, 'draw')).toEqual([]);
    await expectAgreement(batch);
  });

  // Each operator's share sends a message: when both come quickly, two runs find both shares.
  it.each([1, 2, 3])('agrees with its files when another run overtakes it at file %i', async (change) => {
    const batch = await committed();
    const other = async () => {
      vi.setSystemTime(minutesAfter(settled, 1));
      await run(batch, 'draw');
    };
    expect(await run(batch, 'draw', overtaken(batch.files, change, other))).toEqual([]);
    await expectAgreement(batch);
  });

  it('stops at a commitment that is not the one in the journal', async () => {
    const batch = await committed();
    const key = drawFile.commitment(batchId);
    const forged = (batch.files.contents.get(key) ?? '').replace('"32":5', '"32":6');
    await batch.files.put(key, forged, 'application/json');
    expect(await run(batch, 'draw')).toEqual(['message-0']);
    expect((await batch.own.load()).state.state).toBe('drawing');
  });
});
