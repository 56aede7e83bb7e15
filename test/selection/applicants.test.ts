import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { participants } from '#shared/journal/participant.ts';
import { applicantsOf } from '#shared/selection/applicants.ts';
import { citizens, journeyUntil, minutesAfter, start, store } from '#test/journal/citizen.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

describe('the applicants of a batch', () => {
  it('are all who joined it, with what the draw needs, from the index alone', async () => {
    const joined = citizens('applicants', 40);
    await Promise.all(joined.map((citizen) => store(engine.table, journeyUntil('join', { citizen }))));
    const [outsider] = citizens('outsiders', 1);
    if (outsider) await store(engine.table, journeyUntil('verify', { citizen: outsider }));

    const found = await applicantsOf(engine.table, '1');
    const byId = (left: { participantId: string }, right: { participantId: string }) =>
      left.participantId < right.participantId ? -1 : 1;
    expect(found.sort(byId)).toEqual(
      joined
        .map(({ participantId, familyTag, provinceCode }) => ({ participantId, familyTag, province: provinceCode }))
        .sort(byId),
    );
    expect(await applicantsOf(engine.table, '2')).toEqual([]);
    expect(new Set(found.map(({ participantId }) => participantId[0])).size).toBeGreaterThan(8);
  });

  it('are those of each batch also when somebody joins the next', async () => {
    const [one] = citizens('twice', 1);
    if (!one) throw new Error('One citizen was asked for');
    const journey = journeyUntil('join', { citizen: one });
    await store(engine.table, journey);
    const files = participants(engine.table);
    const index = { lookup: `B#9#${one.participantId[0]}`, lookupSort: `${one.provinceCode}#${one.familyTag}` };
    const joining = { type: 'BatchJoined', batchId: '9', scheme: 'NORMAL_2023' } as const;
    await files.append(
      one.participantId,
      await files.load(one.participantId),
      { events: [joining], index },
      minutesAfter(start, 9),
    );
    expect(await applicantsOf(engine.table, '9')).toHaveLength(1);
    expect((await applicantsOf(engine.table, '1')).map(({ participantId }) => participantId)).toContain(
      one.participantId,
    );
  });
});
