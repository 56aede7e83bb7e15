import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manageObjections } from '#functions/selection/objections.ts';
import { participants } from '#shared/journal/participant.ts';
import { applicants } from '#shared/selection/applicants.ts';
import { batches } from '#shared/selection/batch.ts';
import { batchEndpoints } from '#shared/selection/batch-api.ts';
import { drawNumberOf } from '#shared/selection/draw-number.ts';
import { fileObjection, objections } from '#shared/selection/objection.ts';
import { type Citizen, citizens, journeyUntil, keys, store } from '#test/journal/citizen.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { asking } from '#test/selection/asking.ts';
import { atOf, drawNumber, storeBatch } from '#test/selection/batch-fixture.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const people = citizens('objections', 55);
const numberOf = (citizen: Citizen) => drawNumberOf(keys, '1', citizen);
const inOrder = people.toSorted((left, right) => (numberOf(left) < numberOf(right) ? -1 : 1));
/** Who objects, by draw number; the last ones joined and do not. */
const objecting = inOrder.slice(0, 52);
const [silent] = inOrder.slice(52);

let engine: Engine;
const joinedBatch = '1';
beforeAll(async () => {
  engine = await startTable();
  await storeBatch(engine.table, 'drawn', { terms: { number: 1 } });
  await Promise.all(people.map((citizen) => store(engine.table, journeyUntil('join', { citizen }))));
  await Promise.all(
    objecting.map((citizen) =>
      participants(engine.table).change(
        citizen.participantId,
        ({ membership }) =>
          fileObjection(membership, {
            ...{ batchId: joinedBatch, drawNumber: numberOf(citizen), ground: 'draw_wrong', isTime: true },
          }),
        () => atOf('drawn'),
      ),
    ),
  );
});
afterAll(() => engine.stop());

const ask = (...asked: Parameters<ReturnType<typeof asking>>) => {
  const { table } = engine;
  const stores = { batches: batches(table), participants: participants(table) };
  return asking(
    manageObjections({ ...stores, applicants: applicants(table), objections: objections(table), files: memoryFiles() }),
    batchEndpoints,
  )(...asked);
};
const list = (query = {}) => ask('readObjections', { path: { batchId: joinedBatch }, query });
const answering = (citizen: Citizen | undefined, body: object = {}, by = 'one', batchId = joinedBatch) =>
  ask('answerObjection', {
    path: { batchId, drawNumber: citizen ? numberOf(citizen) : drawNumber('f') },
    body: { answer: 'dismissed', note: 'Daftar sudah benar', ...body },
    by,
  });

describe('objections to a draw', () => {
  const viewOf = (citizen: Citizen) => ({
    ...{ drawNumber: numberOf(citizen), participantId: citizen.participantId, ground: 'draw_wrong' },
    ...{ filedAt: atOf('drawn').toISOString(), answer: null, note: null, answeredBy: null },
  });

  it('are listed by draw number, fifty at a time', async () => {
    const { body: first } = await list();
    expect(first).toEqual({
      ...{ openCount: 52, objections: objecting.slice(0, 50).map(viewOf) },
      next: numberOf(objecting[49] ?? people[0] ?? never()),
    });
    const { body: second } = await list({ cursor: first.next });
    expect(second).toEqual({ openCount: 52, objections: objecting.slice(50).map(viewOf), next: null });
  });

  it('of no batch are not listed', async () => {
    const answer = await ask('readObjections', { path: { batchId: '99' } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'batch_unknown' } });
  });

  it('are none in a batch to which nobody objects', async () => {
    await storeBatch(engine.table, 'drawn', { terms: { number: 2 } });
    const { body } = await ask('readObjections', { path: { batchId: '2' } });
    expect(body).toEqual({ openCount: 0, objections: [], next: null });
  });

  it('are answered, and stay in the list with their answers', async () => {
    const [first, second] = objecting;
    const dismissed = await answering(first);
    const answer = { answer: 'dismissed', note: 'Daftar sudah benar', answeredBy: 'one' };
    expect(dismissed).toMatchObject({ status: 200, body: { ...viewOf(first ?? never()), ...answer } });
    expect((await answering(second, { answer: 'upheld' }, 'two')).body).toMatchObject({
      ...{ answer: 'upheld', answeredBy: 'two' },
    });
    const { body } = await list();
    expect(body.openCount).toBe(50);
    expect(body.objections.map(({ answer: given }: { answer: string | null }) => given).slice(0, 3)).toEqual([
      ...['dismissed', 'upheld', null],
    ]);

    expect(await answering(first)).toEqual(dismissed);
    const others = [
      answering(first, { answer: 'upheld' }),
      answering(first, { note: 'Dengan kata lain' }),
      answering(first, {}, 'two'),
    ];
    for (const refused of await Promise.all(others))
      expect(refused).toMatchObject({ status: 409, body: { code: 'objection_answered' } });
    expect(await answering(first)).toEqual(dismissed);
    expect((await list()).body.openCount).toBe(50);
  });

  it('are not answered where there is none', async () => {
    expect(await answering(silent)).toMatchObject({ status: 404, body: { code: 'objection_unknown' } });
    expect(await answering(undefined)).toMatchObject({ status: 404, body: { code: 'draw_number_unknown' } });
    expect((await answering(objecting[3], {}, 'one', '2')).body.code).toBe('draw_number_unknown');
  });

  it('are answered with a note that has no number of anybody', async () => {
    expect(await answering(objecting[3], { note: 'NIK 3201234567890123' })).toMatchObject({
      ...{ status: 400, body: { code: 'request_invalid', fields: ['note'] } },
    });
  });
});

function never(): never {
  throw new Error('There are people');
}
