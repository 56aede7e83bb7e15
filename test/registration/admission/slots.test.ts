import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockAfter,
  blockMilliseconds,
  lanes,
  slotAt,
  slotDesk,
  waitingIn,
} from '#shared/registration/admission/slots.ts';
import { start } from '#test/journal/citizen.ts';
import { expectRefused } from '#test/platform/refused.ts';
import {
  longestOvertaking,
  memoryBlocks,
  mostBeyond,
  openingNight,
  roomAt,
} from '#test/registration/admission/opening-night.ts';

const seconds = (count: number, people: number) => Array<number>(count).fill(people);

/*
 * The night of the published peak was 80,000 registrations in a minute. These are 100,000 and more, and what is quieter. `overtaken` is
 * the order that is kept: nobody gets an earlier slot than somebody who came so many milliseconds before.
 */
const nights = [
  ['100,000 in a minute, on 40 instances', { ratePerSecond: 200, perSecond: seconds(60, 1_667), instances: 40 }, 3_000],
  [
    '100,000 in a minute, all instances new',
    { ratePerSecond: 200, perSecond: seconds(60, 1_667), instances: 400 },
    3_000,
  ],
  ['100,000 in a minute, let in fast', { ratePerSecond: 1_000, perSecond: seconds(60, 1_667), instances: 40 }, 3_000],
  [
    'a rush, then a trickle on as many instances',
    { ratePerSecond: 100, perSecond: [...seconds(30, 1_667), ...seconds(90, 100)], instances: 400 },
    3_000,
  ],
  ['a little more than is let in', { ratePerSecond: 100, perSecond: seconds(120, 150), instances: 30 }, 10_000],
  ['a little more, on one instance', { ratePerSecond: 100, perSecond: seconds(120, 120), instances: 1 }, 10_000],
] as const;

describe.each(nights)('a night of %s', (name, night, overtaken) => {
  const made = openingNight({ seed: name, ...night });

  it('gives everybody a slot of their own, and wastes few', async () => {
    const { arrivals } = await made;
    const slots = new Set(arrivals.map(({ slot }) => slot));
    expect(slots.size).toBe(arrivals.length);
    const last = [...slots].reduce((most, slot) => Math.max(most, slot), 0);
    expect(last).toBeLessThan(arrivals.length * 1.1);
  });

  it('never lets in more than the rate, in no window of time', async () => {
    const { arrivals } = await made;
    const turns = arrivals.map(({ turn }) => turn);
    expect(mostBeyond(turns, night.ratePerSecond)).toBeLessThanOrEqual(
      (night.ratePerSecond * blockMilliseconds) / 1_000 + 1,
    );
  });

  it('lets everybody in, no later than a queue of all before them would', async () => {
    const { arrivals } = await made;
    const late = arrivals.filter(
      ({ turn }, index) => turn - start.getTime() > ((index + 1) * 1.1 * 1_000) / night.ratePerSecond + 60_000,
    );
    expect(late).toEqual([]);
  });

  it('keeps the order of arrival, to some seconds', async () => {
    expect(longestOvertaking((await made).arrivals)).toBeLessThan(overtaken);
  });

  it('writes less than once for each ticket, the less the more come', async () => {
    const { arrivals, claims } = await made;
    expect(claims).toBeLessThanOrEqual(arrivals.length);
    if (night.instances <= 40 && arrivals.length > 50_000) expect(claims).toBeLessThan(arrivals.length / 10);
  });
});

describe('an evening with fewer than are let in', () => {
  it('lets each in within a second, however long it lasts', async () => {
    const { arrivals } = await openingNight({
      seed: 'quiet',
      ...{ ratePerSecond: 100, perSecond: [...seconds(60, 0), ...seconds(60, 20)], instances: 10 },
    });
    expect(Math.max(...arrivals.map(({ at, turn }) => turn - at))).toBeLessThan(1_000);
  });

  it('saves no turns for the rush that comes after it', async () => {
    const { arrivals } = await openingNight({
      seed: 'late rush',
      ...{ ratePerSecond: 100, perSecond: [...seconds(600, 1), ...seconds(10, 1_000)], instances: 20 },
    });
    const turns = arrivals.map(({ turn }) => turn);
    expect(mostBeyond(turns, 100)).toBeLessThanOrEqual(101);
  });
});

describe('a block', () => {
  const block = fc.record({
    number: fc.integer({ min: 1, max: 999 }),
    start: fc.nat(9_999),
    size: fc.integer({ min: 1, max: 64 }),
  });
  const lane = fc.constantFrom(...lanes);

  it('begins behind the one before, and never before the clock', () => {
    fc.assert(
      fc.property(
        lane,
        fc.option(block),
        fc.nat(200_000),
        fc.integer({ min: 1, max: 64 }),
        (at, before, clock, size) => {
          const next = blockAfter(at, before, clock, size);
          expect(next.number).toBe((before?.number ?? 0) + 1);
          expect(next.start).toBeGreaterThanOrEqual(before ? before.start + before.size : 0);
          expect(slotAt(at, next.start)).toBeGreaterThanOrEqual(clock);
          const isAtClock = slotAt(at, next.start) < clock + lanes.length;
          expect(isAtClock || next.start === (before ? before.start + before.size : 0)).toBe(true);
        },
      ),
    );
  });

  it('of one lane has no slot of another', () => {
    const slots = lanes.flatMap((at) => Array.from({ length: 20 }, (_, place) => slotAt(at, place)));
    expect(slots.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 320 }, (_, slot) => slot));
  });

  it('counts those who wait by its end', () => {
    const ends = lanes.map((_, index) => (index < 2 ? { number: 3, start: 8, size: 2 } : null));
    expect(waitingIn(ends, 0)).toEqual({ waitingCount: 19, lastSlot: 145 });
    expect(waitingIn(ends, 144)).toEqual({ waitingCount: 1, lastSlot: 145 });
    expect(waitingIn(ends, 500)).toEqual({ waitingCount: 0, lastSlot: 500 });
  });
});

describe('an instance', () => {
  const clock = { sleep: async () => {}, random: Math.random };

  it('drops what is left of a block when its second is over', async () => {
    let now = start.getTime();
    const desk = slotDesk(memoryBlocks(), { ...clock, now: () => now });
    const room = roomAt(1);
    for (let taken = 0; taken < 100; taken += 1) await desk.take(room);
    now += 3_600_000;
    const late = await desk.take(room);
    expect(late).toBeGreaterThanOrEqual(3_600);
    expect(late).toBeLessThan(3_600 + lanes.length);
  });

  it('hands out no slot of an opening that is over', async () => {
    const desk = slotDesk(memoryBlocks(), { ...clock, now: () => start.getTime() });
    for (let taken = 0; taken < 100; taken += 1) await desk.take(roomAt(1));
    const again = { ...roomAt(1), opening: 2 };
    const slots = await Promise.all(Array.from({ length: 40 }, () => desk.take(again)));
    expect(new Set(slots).size).toBe(40);
    expect(Math.max(...slots)).toBeLessThan(16 * 40);
  });

  it('gives up where others always come first, and tries again with the next request', async () => {
    const blocks = memoryBlocks();
    let isCrowded = true;
    const desk = slotDesk(
      { ...blocks, claim: async (...asked) => (isCrowded ? { ...asked[2] } : blocks.claim(...asked)) },
      { ...clock, now: () => start.getTime() },
    );
    await expectRefused(desk.take(roomAt(1)), 'conflict_persistent');
    isCrowded = false;
    expect(await desk.take(roomAt(1))).toBeGreaterThanOrEqual(0);
  });
});
