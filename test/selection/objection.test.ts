import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objections } from '#shared/selection/objection.ts';
import { lookups } from '#shared/table/keys.ts';
import { drawNumber, putIndexed } from '#test/selection/batch-fixture.ts';
import { type Engine, inSmallPages, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const nth = (number: number) => drawNumber(number.toString(16).padStart(4, '0'));
const idOf = (number: number) => `participant-${number}`;

/** Objections to the draw of a batch, in no order; the first few are answered. */
async function objected(batchId: string, count: number, answered = 0): Promise<void> {
  for (let number = count - 1; number >= 0; number -= 1)
    await putIndexed(engine.table, idOf(number), lookups.objections(batchId), nth(number));
  for (let number = 0; number < answered; number += 1)
    await putIndexed(engine.table, idOf(number), lookups.answeredObjections(batchId), nth(number));
}

describe('objections to a draw', () => {
  it.each([
    ['none', 0, [0]],
    ['one page less one', 49, [49]],
    // The index cannot know that nothing follows.
    ['one page', 50, [50, 0]],
    ['one page and one', 51, [50, 1]],
    ['three pages', 120, [50, 50, 20]],
  ])('come in order, page by page: %s', async (_, count, sizes) => {
    const batchId = String(100 + count);
    await objected(batchId, count, Math.min(count, 10));
    const pages = [];
    let page = await objections(engine.table).page(batchId);
    pages.push(page.found);
    while (page.next !== null) {
      page = await objections(engine.table).page(batchId, page.next);
      pages.push(page.found);
    }
    expect(pages.map(({ length }) => length)).toEqual(sizes);
    expect(pages.flat()).toEqual(
      Array.from({ length: count }, (_, number) => ({ participantId: idOf(number), drawNumber: nth(number) })),
    );
  });

  it('are read on from behind any draw number', async () => {
    await objected('1', 5);
    const { found, next } = await objections(engine.table).page('1', nth(2));
    expect(found.map((one) => one.drawNumber)).toEqual([nth(3), nth(4)]);
    expect(next).toBeNull();
  });

  it.each([
    ['nobody objects', '2', 0, 0, 0],
    ['all wait', '3', 7, 0, 7],
    ['some are answered', '4', 7, 4, 3],
    ['all are answered', '5', 7, 7, 0],
  ])('are open until they are answered: %s', async (_, batchId, count, answered, open) => {
    await objected(batchId, count, answered);
    expect(await objections(engine.table).openCount(batchId)).toBe(open);
    expect(await objections(inSmallPages(engine, 2)).openCount(batchId)).toBe(open);
  });

  it('are never fewer than none, where the index has the answer before the objection', async () => {
    await putIndexed(engine.table, idOf(1), lookups.answeredObjections('6'), nth(1));
    expect(await objections(engine.table).openCount('6')).toBe(0);
  });
});
