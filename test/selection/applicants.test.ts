import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { participants } from '#shared/journal/participant.ts';
import { applicants } from '#shared/selection/applicants.ts';
import { allDigits } from '#shared/selection/draw-files.ts';
import { drawNumberOf } from '#shared/selection/draw-number.ts';
import { join } from '#shared/selection/joining.ts';
import { citizens, joiningOf, journeyUntil, keys, minutesAfter, start, store } from '#test/journal/citizen.ts';
import { drawNumber } from '#test/selection/batch-fixture.ts';
import { type Engine, inSmallPages, startTable } from '#test/table/engine.ts';

const joined = citizens('applicants', 40);
const inOrder = joined
  .map((citizen) => ({ participantId: citizen.participantId, drawNumber: drawNumberOf(keys, '1', citizen) }))
  .sort((left, right) => (left.drawNumber < right.drawNumber ? -1 : 1));
const beginningWith = (digits: string) => inOrder.filter((one) => one.drawNumber.startsWith(digits));

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
  await Promise.all(joined.map((citizen) => store(engine.table, journeyUntil('join', { citizen }))));
  const [outsider] = citizens('outsiders', 1);
  if (outsider) await store(engine.table, journeyUntil('verify', { citizen: outsider }));
});
afterAll(() => engine.stop());

/** Readers of the same table: as it is, and where every page has three applicants. */
const readers = [
  ['in one page', () => applicants(engine.table)],
  ['in many pages', () => applicants(inSmallPages(engine, 3))],
] as const;

describe.each(readers)('the applicants of a batch, %s,', (_, reader) => {
  const under = async (digits: string, batchId = '1') =>
    (await Array.fromAsync(reader().under(batchId, digits))).flat();

  it('are all who joined it, in the order of their draw numbers', async () => {
    const found = await Promise.all(allDigits(1).map((digits) => under(digits)));
    expect(found.flat()).toEqual(inOrder);
    expect(found.filter(({ length }) => length > 0).length).toBeGreaterThan(8);
  });

  it.each([1, 2, 3])('are found under %i digits, in order', async (count) => {
    const begun = new Set(inOrder.map((one) => one.drawNumber.slice(0, count)));
    for (const digits of begun) expect(await under(digits)).toEqual(beginningWith(digits));
  });

  it('are nobody under digits that no draw number begins with, and in another batch', async () => {
    const free = allDigits(2).find((digits) => beginningWith(digits).length === 0) ?? '';
    expect(free).not.toBe('');
    expect(await under(free)).toEqual([]);
    expect(await under('0', '2')).toEqual([]);
  });

  it('are counted', async () => {
    const counts = await Promise.all(allDigits(1).map((digits) => reader().countUnder('1', digits, 1_000)));
    expect(counts).toEqual(allDigits(1).map((digits) => beginningWith(digits).length));
    expect(await reader().countUnder('2', '0', 1_000)).toBe(0);
  });

  it('lead from a draw number to its participant, and from nothing else', async () => {
    for (const { participantId, drawNumber: own } of inOrder.slice(0, 5)) {
      expect(await reader().participantWith('1', own)).toBe(participantId);
      expect(await reader().participantWith('2', own)).toBeNull();
    }
    expect(await reader().participantWith('1', drawNumber('f'))).toBeNull();
  });
});

describe('the applicants of a batch', () => {
  it('are counted no further than somebody wants to know', async () => {
    const [largest] = allDigits(1).toSorted((left, right) => beginningWith(right).length - beginningWith(left).length);
    const digits = largest ?? '';
    expect(beginningWith(digits).length).toBeGreaterThan(3);
    expect(await applicants(inSmallPages(engine, 1)).countUnder('1', digits, 2)).toBe(2);
  });

  it('are those of each batch also when somebody joins the next', async () => {
    const [one] = citizens('twice', 1);
    if (!one) throw new Error('One citizen was asked for');
    await store(engine.table, journeyUntil('join', { citizen: one }));
    const next = drawNumberOf(keys, '9', one);
    const now = minutesAfter(start, 9);
    await participants(engine.table).change(one.participantId, (file) =>
      join(file, { ...joiningOf(file, one, { batchId: '9', now }), earlierBatchIsOver: true }),
    );
    const both = applicants(engine.table);
    expect(await both.participantWith('9', next)).toBe(one.participantId);
    expect(await both.participantWith('1', drawNumberOf(keys, '1', one))).toBe(one.participantId);
  });
});
