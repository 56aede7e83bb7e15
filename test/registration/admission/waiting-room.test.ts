import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeRate,
  clockOf,
  closeWaitingRoom,
  evolveWaitingRoom,
  neverOpened,
  openWaitingRoom,
  rateOf,
  standingOf,
  turnOf,
  type WaitingRoom,
  WaitingRoomEvent,
} from '#shared/registration/admission/waiting-room.ts';
import { start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const step = { reason: 'Malam pembukaan gelombang', by: 'one' };
const secondsIn = (seconds: number) => new Date(start.getTime() + Math.round(seconds * 1_000));

/** Rates one after the other, each so many seconds after the opening. */
function roomWith(ratePerSecond: number, changes: readonly (readonly [seconds: number, rate: number])[] = []) {
  const apply = (room: WaitingRoom, { events }: ReturnType<typeof openWaitingRoom>, at: Date) =>
    events.reduce((before, event) => evolveWaitingRoom(before, WaitingRoomEvent.parse(event), at), room);
  const opened = apply(neverOpened, openWaitingRoom(neverOpened, ratePerSecond, step), start);
  return changes.reduce(
    (room, [seconds, rate]) => apply(room, changeRate(room, rate, step), secondsIn(seconds)),
    opened,
  );
}

describe('the clock of an opening', () => {
  it('passes slots at its rate, from the first one on', () => {
    const room = roomWith(200);
    expect([0, 0.005, 1, 60].map((seconds) => clockOf(room, secondsIn(seconds)))).toEqual([0, 1, 200, 12_000]);
    expect(turnOf(room, 0)).toEqual(start);
    expect(turnOf(room, 12_000)).toEqual(secondsIn(60));
  });

  it('goes on from where it is at another rate, and stands still at none', () => {
    const room = roomWith(100, [
      [10, 0],
      [20, 50],
    ]);
    expect([10, 15, 20, 30].map((seconds) => clockOf(room, secondsIn(seconds)))).toEqual([1_000, 1_000, 1_000, 1_500]);
    expect(turnOf(room, 1_000)).toEqual(secondsIn(10));
    expect(turnOf(room, 1_001)).toEqual(secondsIn(20.02));
    expect(turnOf(roomWith(100, [[10, 0]]), 1_001)).toBeNull();
    expect(turnOf(roomWith(0), 1)).toBeNull();
  });

  const rates = fc.array(fc.tuple(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 0, max: 5_000 })), {
    maxLength: 6,
  });

  it('passes a slot at the instant that is its turn, and not a millisecond before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), rates, fc.nat(2_000_000), (rate, changes, slot) => {
        const inOrder = changes.toSorted(([left], [right]) => left - right);
        const room = roomWith(rate, inOrder);
        const turn = turnOf(room, slot);
        if (!turn) {
          expect(clockOf(room, secondsIn(1_000_000))).toBeLessThan(slot);
          return;
        }
        expect(clockOf(room, turn)).toBeGreaterThanOrEqual(slot);
        // What was before a change of the rate is asked of the room as it was then.
        const then = roomWith(
          rate,
          inOrder.filter(([seconds]) => secondsIn(seconds) < turn),
        );
        if (turn > start) expect(clockOf(then, new Date(turn.getTime() - 1))).toBeLessThan(slot);
      }),
    );
  });

  it('never goes back, also where the clocks of two machines differ', () => {
    const room = roomWith(100, [[10, 50]]);
    expect(clockOf(room, secondsIn(9.9))).toBe(1_000);
    expect(clockOf(roomWith(100), secondsIn(-1))).toBe(0);
  });
});

describe('where a ticket stands', () => {
  const room = roomWith(10);

  it('is how many slots are before it, how long that takes, and then its turn', () => {
    expect(standingOf(room, 605, secondsIn(0.5))).toEqual({
      ...{ position: 600, estimateSeconds: 60, isAdmitted: false, useUntil: null, passUntil: null },
    });
    expect(standingOf(room, 605, secondsIn(60.4))).toMatchObject({ position: 1, estimateSeconds: 1 });
    expect(standingOf(room, 605, secondsIn(60.5))).toEqual({
      ...{ position: 0, estimateSeconds: 0, isAdmitted: true },
      ...{ useUntil: secondsIn(60.5 + 15 * 60), passUntil: secondsIn(60.5 + 60 * 60) },
    });
  });

  it('has no estimate while nobody is let in', () => {
    expect(standingOf(roomWith(10, [[10, 0]]), 605, secondsIn(20))).toMatchObject({
      position: 505,
      estimateSeconds: null,
    });
    expect(standingOf(roomWith(10, [[10, 0]]), 90, secondsIn(20))).toMatchObject({ isAdmitted: true });
  });
});

describe('what operators switch', () => {
  it('opens, changes and closes once each; a repeat is nothing', () => {
    const room = roomWith(100);
    expect(openWaitingRoom(room, 100, step).events).toEqual([]);
    expectRefusal(() => openWaitingRoom(room, 200, step), 'waiting_room_open');
    expect(changeRate(room, 100, step).events).toEqual([]);
    expectRefusal(() => changeRate(neverOpened, 100, step), 'waiting_room_closed');
    expect(closeWaitingRoom(neverOpened, step).events).toEqual([]);
    const [closing] = closeWaitingRoom(room, step).events;
    const closed = closing && evolveWaitingRoom(room, closing, secondsIn(60));
    expect(closed).toMatchObject({ isOpen: false, opening: 1, last: { by: 'one', at: secondsIn(60) } });
  });

  it('begins anew with each opening: another number, and no slot passed', () => {
    const closed = evolveWaitingRoom(roomWith(100), { type: 'WaitingRoomClosed', ...step }, secondsIn(60));
    const [event] = openWaitingRoom(closed, 50, step).events;
    const again = event && evolveWaitingRoom(closed, event, secondsIn(3_600));
    expect(again).toMatchObject({ isOpen: true, opening: 2, openedAt: secondsIn(3_600) });
    expect(again && [rateOf(again), clockOf(again, secondsIn(3_601))]).toEqual([50, 50]);
  });
});
