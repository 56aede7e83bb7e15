import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payoutReference } from '#shared/incentive/payout.ts';
import {
  type PaidPayout,
  paidDay,
  payoutLists,
  type WaitingPayout,
  waitingSince,
} from '#shared/incentive/payout-lists.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';

const idOf = (index: number) => index.toString(16).padStart(64, '0');
const waiting = (index: number): WaitingPayout => ({
  participantId: idOf(index),
  reference: payoutReference({ participantId: idOf(index), kind: 'training', number: 1, attempt: 1 }),
  partnerCode: 'switching',
  amountRupiah: 600_000,
});
const paid = (index: number): PaidPayout => ({
  reference: waiting(index).reference,
  amountRupiah: 600_000,
  partnerReference: `P${index}`,
  at: '2026-11-02T16:59:59.999Z',
});

function made() {
  const files = memoryFiles();
  return { files, lists: payoutLists(files) };
}

/** All that waits, as a release reads it. */
async function allWaiting({ lists }: ReturnType<typeof made>, salt = 'R1') {
  const found: WaitingPayout[] = [];
  for await (const keys of lists.waitingKeys(salt))
    for (const key of keys) found.push(...((await lists.waiting(key))?.payouts ?? []));
  return found;
}

describe('the waiting list', () => {
  it('has the same payouts once, in whatever order and however often they are left', async () => {
    const made1 = made();
    await made1.lists.leaveWaiting(waitingSince.claim, [waiting(1), waiting(2)]);
    await made1.lists.leaveWaiting(waitingSince.claim, [waiting(2), waiting(1), waiting(2)]);
    expect(made1.files.contents.size).toBe(1);
    expect(await allWaiting(made1)).toEqual([waiting(1), waiting(2)]);
  });

  it('keeps apart what waits for another reason, so that removing the one leaves the other', async () => {
    const both = made();
    const sources = [waitingSince.claim, waitingSince.hold(1), waitingSince.hold(2), waitingSince.release('R1')];
    for (const source of sources) await both.lists.leaveWaiting(source, [waiting(1)]);
    expect(both.files.contents.size).toBe(4);
    const [first = ''] = both.files.contents.keys();
    await both.lists.removeWaiting(first);
    expect(await allWaiting(both)).toHaveLength(3);
    expect(await both.lists.waiting(first)).toBeNull();
  });

  it('is in parts of at most 500, and in none for nobody', async () => {
    const many = made();
    await many.lists.leaveWaiting(waitingSince.claim, []);
    expect(many.files.contents.size).toBe(0);
    await many.lists.leaveWaiting(
      waitingSince.claim,
      Array.from({ length: 1_001 }, (_, index) => waiting(index)),
    );
    const sizes = [...many.files.contents.values()].map((text) => JSON.parse(text).payouts.length);
    expect(sizes.sort((left, right) => left - right)).toEqual([1, 500, 500]);
  });

  it('is read from end to end over more keys than S3 lists at once, wherever it begins', async () => {
    const many = made();
    for (let index = 0; index < 2_100; index += 1) await many.lists.leaveWaiting(waitingSince.claim, [waiting(index)]);
    const orders: string[] = [];
    for (const salt of ['R1', 'R2', 'R3']) {
      const found = (await allWaiting(many, salt)).map(({ reference }) => reference);
      expect(new Set(found).size).toBe(2_100);
      expect(found).toHaveLength(2_100);
      orders.push(found[0] ?? '');
    }
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  it('stops at a part that does not parse, and names it', async () => {
    const broken = made();
    await broken.files.put('payouts/waiting/broken.json', '[{}]', 'application/json');
    await expect(broken.lists.waiting('payouts/waiting/broken.json')).rejects.toThrow('payouts.part_unreadable');
  });

  it('gives back exactly what was left, whatever the batches', async () => {
    const batches = fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }), { maxLength: 8 });
    const check = async (left: readonly (readonly number[])[]) => {
      const some = made();
      for (const batch of left) await some.lists.leaveWaiting(waitingSince.claim, batch.map(waiting));
      const found = new Set((await allWaiting(some)).map(({ participantId }) => participantId));
      expect(found).toEqual(new Set(left.flat().map(idOf)));
    };
    await fc.assert(fc.asyncProperty(batches, check));
  });
});

describe('the list of what was paid', () => {
  it('lies by day in WIB and partner, in the form that the reconciliation reads', async () => {
    const { files, lists } = made();
    await lists.leavePaid('switching', '2026-11-02', [paid(2), paid(1)]);
    await lists.leavePaid('switching', '2026-11-02', [paid(1), paid(2), paid(1)]);
    const [[key, text] = ['', ''], ...others] = files.contents;
    expect(others).toEqual([]);
    expect(key).toMatch(/^payouts\/paid\/2026-11-02\/switching\/[0-9a-f]{64}\.json$/);
    expect(JSON.parse(text)).toEqual([paid(1), paid(2)]);
  });

  it.each([
    ['2026-11-02T16:59:59.999Z', '2026-11-02'],
    ['2026-11-02T17:00:00.000Z', '2026-11-03'],
  ])('puts %s into %s', (at, day) => {
    expect(paidDay({ at })).toBe(day);
  });
});
