import { randomUUID } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seats, unlimitedQuota } from '#shared/catalogue/seats.ts';
import { expectRefused } from '#test/platform/refused.ts';
import { Died, type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const scheduleOf = (scheduleCode: string, places?: number) => ({
  scheduleCode,
  startsAt: '2026-12-01T00:00:00.000Z',
  endsAt: '2026-12-02T00:00:00.000Z',
  ...(places !== undefined && { places }),
});

async function takenSeats(scheduleCode: string): Promise<unknown[]> {
  const { Items = [] } = await engine.table.client.send(
    new QueryCommand({
      TableName: engine.table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `S#COURSE#${scheduleCode}` },
    }),
  );
  return Items.map(({ purchaseId }) => purchaseId);
}

describe('seats of a schedule', () => {
  it('are exactly five when sixty purchases claim five at once', async () => {
    const schedule = scheduleOf('CROWD', 5);
    const buyers = Array.from({ length: 60 }, () => randomUUID());
    const outcomes = await Promise.allSettled(
      buyers.map((buyer) => seats(engine.table).claim('COURSE', schedule, buyer)),
    );
    const seated = buyers.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(seated).toHaveLength(5);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'quota_full' });
    expect((await takenSeats('CROWD')).sort()).toEqual([...seated].sort());
    expect(await seats(engine.table).left('COURSE', schedule)).toBe(0);
  });

  it('stay with the purchase that repeats its claim, also when all are taken', async () => {
    const schedule = scheduleOf('REPEAT', 3);
    const buyers = [randomUUID(), randomUUID(), randomUUID()];
    for (const buyer of buyers) await seats(engine.table).claim('COURSE', schedule, buyer);
    for (const buyer of buyers) await seats(engine.table).claim('COURSE', schedule, buyer);
    expect((await takenSeats('REPEAT')).sort()).toEqual([...buyers].sort());
    await expectRefused(seats(engine.table).claim('COURSE', schedule, randomUUID()), 'quota_full');
  });

  it('are counted down one by one', async () => {
    const schedule = scheduleOf('COUNT', 2);
    const left = [await seats(engine.table).left('COURSE', schedule)];
    for (let taken = 0; taken < 2; taken += 1) {
      await seats(engine.table).claim('COURSE', schedule, randomUUID());
      left.push(await seats(engine.table).left('COURSE', schedule));
    }
    expect(left).toEqual([2, 1, 0]);
  });

  it('of one schedule are not those of another', async () => {
    await seats(engine.table).claim('COURSE', scheduleOf('ONE', 1), randomUUID());
    expect(await seats(engine.table).left('COURSE', scheduleOf('OTHER', 1))).toBe(1);
    expect(await seats(engine.table).left('COURSE-2', scheduleOf('ONE', 1))).toBe(1);
  });

  it('without a limit are claimed without a trace', async () => {
    const schedule = scheduleOf('FREE');
    await seats(engine.table).claim('COURSE', schedule, randomUUID());
    expect(await seats(engine.table).left('COURSE', schedule)).toBe(unlimitedQuota);
    expect(await takenSeats('FREE')).toEqual([]);
  });

  it.each(['before', 'after'] as const)('are one for a purchase whose process died %s its write', async (when) => {
    const schedule = scheduleOf(`DEATH-${when}`, 2);
    const buyer = randomUUID();
    const dying = seats(engine.dying({ write: 1, when }));
    await expect(dying.claim('COURSE', schedule, buyer)).rejects.toBeInstanceOf(Died);
    await seats(engine.table).claim('COURSE', schedule, buyer);
    expect(await takenSeats(`DEATH-${when}`)).toEqual([buyer]);
  });
});
