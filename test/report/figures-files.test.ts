import '#test/platform/environment.ts';
import { describe, expect, it } from 'vitest';
import { collectFigures } from '#functions/report/collect-figures.ts';
import type { Files } from '#shared/platform/files.ts';
import { programProvinces } from '#shared/registration/region-names.ts';
import { figuresFiles } from '#shared/report/figures-files.ts';
import { citizens, journeyUntil, minutesAfter, start } from '#test/journal/citizen.ts';
import { lambdaContext } from '#test/platform/events.ts';
import { dyingFiles, memoryFiles, PreconditionFailed } from '#test/platform/memory-files.ts';
import { streamEvent } from '#test/table/stream-records.ts';

const provinces = programProvinces();
const journals = citizens('figures files', 6).map((citizen, index) =>
  journeyUntil(index % 2 === 0 ? 'settle' : 'pay', { citizen }),
);

/** All decisions of some journals as records of the stream. */
const records = journals.flatMap(({ citizen: { participantId, provinceCode }, decisions }) =>
  decisions.map(({ decision: { events }, at }, index) => ({
    pk: `P#${participantId}`,
    sk: `E#${String(index + 1).padStart(6, '0')}`,
    at: at.toISOString(),
    events: [...events],
    provinceCode,
  })),
);
const beside = [
  { pk: 'B#7', sk: 'E#000001', at: start.toISOString(), events: [{ type: 'BatchOpened', by: 'one' }] },
  { pk: 'R#CODE', sk: 'OWNER', participantId: 'p' },
];

const collect = async (files: Files, items: readonly Record<string, unknown>[]) =>
  collectFigures({ figures: figuresFiles(files) })(streamEvent(items), lambdaContext);
const run = (files: Files) => figuresFiles(files).countAndPublish(provinces, minutesAfter(start, 60));
const publishedIn = async (files: Files) => (await figuresFiles(files).published())?.national;

const expected = {
  people: { registered: 6, verified: 6, decreed: 6, purchased: 6, completed: 3, paid: 3, revoked: 0 },
  money: {
    grantedRupiah: 25_200_000,
    spentRupiah: 6_000_000,
    paidRupiah: 1_800_000,
    forfeitedRupiah: 0,
    openRupiah: 17_400_000,
  },
};

describe('collecting and publishing', () => {
  it('gives the figures of the journals', async () => {
    const files = memoryFiles();
    await collect(files, [...records, ...beside]);
    await run(files);
    expect(await publishedIn(files)).toEqual(expected);
    expect(await files.list('figures/pending/', 10)).toEqual([]);
  });

  it('gives the same when every record comes three times in other batches', async () => {
    const files = memoryFiles();
    for (const size of [1, 7, records.length])
      for (let from = 0; from < records.length; from += size)
        await collect(files, records.slice(from, from + size).reverse());
    await run(files);
    await collect(files, records);
    await run(files);
    expect(await publishedIn(files)).toEqual(expected);
  });

  it('leaves nothing where nothing is to be counted', async () => {
    const files = memoryFiles();
    await collect(files, beside);
    expect(files.contents.size).toBe(0);
  });

  it('leaves the same batch in the same file', async () => {
    const files = memoryFiles();
    await collect(files, records);
    await collect(files, records);
    expect(files.contents.size).toBe(1);
  });

  it('counts a thousand parts a run, and the rest in the next', async () => {
    const files = memoryFiles();
    const figures = figuresFiles(files);
    for (let part = 0; part < 1_001; part += 1)
      await figures.leave([{ id: `person#${part}`, provinceCode: '32', milestones: ['registered'], legs: [] }]);
    await run(files);
    expect((await publishedIn(files))?.people.registered).toBe(1_000);
    await run(files);
    expect((await publishedIn(files))?.people.registered).toBe(1_001);
  });

  it('has nothing to show before the first run', async () => {
    expect(await publishedIn(memoryFiles())).toBeUndefined();
  });
});

describe('publishing by a process that dies', () => {
  // Three parts: the totals are replaced, the figures are put, three parts are removed.
  const deaths = [1, 2, 3, 4, 5].flatMap(
    (change) =>
      [
        { change, when: 'before' },
        { change, when: 'after' },
      ] as const,
  );
  const third = Math.ceil(records.length / 3);
  const collected = async () => {
    const files = memoryFiles();
    for (let from = 0; from < records.length; from += third) await collect(files, records.slice(from, from + third));
    return files;
  };

  it.each(deaths)('$when change $change gives the same figures with the next run', async (death) => {
    const files = await collected();
    await expect(run(dyingFiles(files, death))).rejects.toThrow('died');
    await run(files);
    expect(await publishedIn(files)).toEqual(expected);
    await run(files);
    expect(await publishedIn(files)).toEqual(expected);
    expect(await files.list('figures/pending/', 10)).toEqual([]);
  });

  it('makes these five changes and no more', async () => {
    const files = await collected();
    await run(dyingFiles(files, { change: 6, when: 'before' }));
    expect(await publishedIn(files)).toEqual(expected);
  });
});

describe('two runs at once', () => {
  it('count once: the second notices that somebody wrote in between', async () => {
    const files = memoryFiles();
    await collect(files, records);
    let overtaken = false;
    const slow: Files = {
      ...files,
      replace: async (...written) => {
        if (!overtaken) {
          overtaken = true;
          await run(files);
        }
        await files.replace(...written);
      },
    };
    await expect(run(slow)).rejects.toBeInstanceOf(PreconditionFailed);
    await run(files);
    expect(await publishedIn(files)).toEqual(expected);
  });
});
