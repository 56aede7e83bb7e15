import '#test/platform/environment.ts';
import { describe, expect, it, vi } from 'vitest';
import { schemes } from '#shared/credit/schemes.ts';
import { minutesAfter } from '#test/journal/citizen.ts';
import { benefit, type Desk, known, type Made, useDesk } from '#test/selection/draw-desk.ts';
import { deliver } from '#test/selection/draw-pump.ts';
import { announced, applyAll, at, buys, drawn, households, ordered, reconciled } from '#test/selection/draw-world.ts';

/*
 * The deadline of a whole batch: who is revoked, and what comes back.
 */

let desk: Desk;
useDesk((started) => {
  desk = started;
});

describe('the purchase deadline', () => {
  it('keeps who bought, revokes the others, and returns what their journals say', async () => {
    const people = households('deadline', [2, 2, 1, 1, 1, 1, 1], ['32.73', '35.78']).flat();
    const made = desk.batchWith({ quotas: { '32': 3, '35': 2 } });
    await applyAll(desk.table, made.batchId, people);
    await drawn(made);
    await announced(made);
    const { recipients } = await desk.agreementOf(made, people);
    const buyers = recipients.slice(0, 2);
    for (const buyer of buyers) await buys(desk.table, buyer);
    const { reconciled: ended, decreed, deadline, state } = await reconciled(made);
    expect(state).toBe('reconciled');
    // A minute after the last instant: nobody is looked at too early.
    const until = Date.parse((await desk.fileOf(known(recipients[0]))).membership.decreed?.purchaseUntil ?? '');
    expect(deadline?.at).toEqual(new Date(until + 60_000));
    const files = await Promise.all(recipients.map(async (citizen) => ({ citizen, ...(await desk.fileOf(citizen)) })));
    const gone = files.filter(({ membership }) => membership.revoked);
    expect(gone.map(({ citizen }) => citizen)).toEqual(recipients.slice(2));
    const free: Record<string, number> = { ...decreed?.freePlaces };
    for (const { citizen } of gone) free[citizen.provinceCode] = (free[citizen.provinceCode] ?? 0) + 1;
    expect(ended).toMatchObject({
      keptCount: buyers.length,
      revokedCount: gone.length,
      returnedRupiah: gone.reduce((sum, { balances }) => sum + balances.returned, 0),
      freePlaces: free,
    });
    expect(ended?.returnedRupiah).toBe(gone.length * benefit);
    for (const { balances } of gone) expect(balances.training_credit).toBe(0);
  });

  it('that comes while decrees are still written waits for them', async () => {
    const people = households('too early', [1, 1, 1], ['32.73']).flat();
    const made = desk.batchWith({ quotas: { '32': 2 } });
    await applyAll(desk.table, made.batchId, people);
    await drawn(made);
    await ordered(made);
    const message = { queue: 'drawQueueUrl', body: { step: 'deadline', batchId: made.batchId } };
    expect(await deliver(made.reach, message)).toBe(false);
    await made.pump.run(at('announced'));
    expect((await made.state()).deadline).toBeNull();
    expect((await reconciled(made)).reconciled).toMatchObject({ revokedCount: 2 });
  });

  it('is that of the announcement for who was promoted, too', async () => {
    const people = households('promoted deadline', [1, 1, 1, 1], ['32.73']).flat();
    const overrides = () => [{ kind: 'exclude', drawNumber: made.winners()[0] ?? '' } as const];
    const made: Made = desk.batchWith({ quotas: { '32': 2 } }, overrides);
    await applyAll(desk.table, made.batchId, people);
    await drawn(made);
    await ordered(made);
    const { ordered: order } = await made.state();
    vi.setSystemTime(minutesAfter(at('ordered'), 3 * 24 * 60)); // The workers are late.
    await made.pump.run(new Date());
    const { recipients } = await desk.agreementOf(made, people);
    const until = await Promise.all(
      recipients.map(async (citizen) => (await desk.fileOf(citizen)).membership.decreed?.purchaseUntil),
    );
    expect(new Set(until).size).toBe(1);
    const days = (Date.parse(until[0] ?? '') - (order?.at.getTime() ?? 0)) / 86_400_000;
    expect(Math.floor(days)).toBe(schemes.NORMAL_2023.firstPurchaseDays);
  });
});
