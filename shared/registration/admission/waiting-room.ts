import * as z from 'zod/mini';
import type { Decision } from '#shared/journal/journal.ts';
import { Note, Operator } from '#shared/platform/operator.ts';
import { Refusal } from '#shared/platform/refusal.ts';

/*
 * The waiting room of opening nights, as operators switch it. An opening has slots, numbered from 0: the clock of the opening passes
 * them at the configured rate, and whoever holds a slot that the clock has passed is let in. See docs/decisions.
 */

/** People let in a second; 0 holds everybody where they are. No more than the API takes requests a second. */
export const AdmissionRate = z.int().check(z.gte(0), z.lte(5_000));

const WaitingRoomOpened = z.object({
  type: z.literal('WaitingRoomOpened'),
  /** Counts from 1. A ticket is of one opening. */
  opening: z.int().check(z.positive()),
  ratePerSecond: AdmissionRate,
  reason: Note,
  by: Operator,
});
const AdmissionRateChanged = z.object({
  type: z.literal('AdmissionRateChanged'),
  ratePerSecond: AdmissionRate,
  reason: Note,
  by: Operator,
});
const WaitingRoomClosed = z.object({ type: z.literal('WaitingRoomClosed'), reason: Note, by: Operator });

export const WaitingRoomEvent = z.discriminatedUnion('type', [
  WaitingRoomOpened,
  AdmissionRateChanged,
  WaitingRoomClosed,
]);
export type WaitingRoomEvent = z.infer<typeof WaitingRoomEvent>;

/** From an instant on, the clock passes so many slots a second. Thousandths of a slot keep it whole at every millisecond. */
type Stretch = { readonly from: number; readonly thousandths: number; readonly ratePerSecond: number };

export type WaitingRoom = {
  /** 0 before the first one. */
  readonly opening: number;
  readonly isOpen: boolean;
  readonly openedAt: Date | null;
  /** Of this opening, in order. */
  readonly stretches: readonly Stretch[];
  /** The last step; null where nobody has switched anything. */
  readonly last: { readonly reason: string; readonly by: string; readonly at: Date } | null;
};

export const neverOpened: WaitingRoom = { opening: 0, isOpen: false, openedAt: null, stretches: [], last: null };

export function evolveWaitingRoom(before: WaitingRoom, event: WaitingRoomEvent, at: Date): WaitingRoom {
  const last = { reason: event.reason, by: event.by, at };
  const from = at.getTime();
  switch (event.type) {
    case 'WaitingRoomOpened': {
      const { opening, ratePerSecond } = event;
      return { opening, isOpen: true, openedAt: at, stretches: [{ from, thousandths: 0, ratePerSecond }], last };
    }
    case 'AdmissionRateChanged': {
      const { ratePerSecond } = event;
      const thousandths = thousandthsPassed(before, from);
      return { ...before, stretches: [...before.stretches, { from, thousandths, ratePerSecond }], last };
    }
    case 'WaitingRoomClosed':
      return { ...before, isOpen: false, last };
  }
}

type Step = { readonly reason: string; readonly by: string };

/** Opens the waiting room; nothing where it is open at this rate. @throws Refusal `waiting_room_open`. */
export function openWaitingRoom(room: WaitingRoom, ratePerSecond: number, step: Step): Decision<WaitingRoomEvent> {
  if (room.isOpen && rateOf(room) === ratePerSecond) return { events: [] };
  if (room.isOpen) throw new Refusal('waiting_room_open');
  return { events: [{ type: 'WaitingRoomOpened', opening: room.opening + 1, ratePerSecond, ...step }] };
}

/** Changes how many are let in; who waits keeps their place. @throws Refusal `waiting_room_closed`. */
export function changeRate(room: WaitingRoom, ratePerSecond: number, step: Step): Decision<WaitingRoomEvent> {
  if (!room.isOpen) throw new Refusal('waiting_room_closed');
  if (rateOf(room) === ratePerSecond) return { events: [] };
  return { events: [{ type: 'AdmissionRateChanged', ratePerSecond, ...step }] };
}

/** Closes the waiting room: nobody needs a pass. Its tickets are of no use in the next opening. */
export function closeWaitingRoom(room: WaitingRoom, step: Step): Decision<WaitingRoomEvent> {
  return { events: room.isOpen ? [{ type: 'WaitingRoomClosed', ...step }] : [] };
}

/** People let in a second, by the last that was said. */
export const rateOf = ({ stretches }: WaitingRoom): number => stretches.at(-1)?.ratePerSecond ?? 0;

function thousandthsPassed({ stretches }: WaitingRoom, at: number): number {
  const last = stretches.at(-1);
  // Clocks of two machines differ: it may be a moment before the opening here.
  return last ? last.thousandths + last.ratePerSecond * Math.max(0, at - last.from) : 0;
}

/** The last slot that the clock has passed: whoever holds it or one before it is let in. */
export function clockOf(room: WaitingRoom, now: Date): number {
  return Math.floor(thousandthsPassed(room, now.getTime()) / 1_000);
}

/** When the clock passes a slot, as it goes now; null while it stands still before it. */
export function turnOf({ stretches }: WaitingRoom, slot: number): Date | null {
  const wanted = slot * 1_000;
  const index = stretches.findLastIndex(({ thousandths }) => thousandths < wanted);
  // A slot is passed at the first instant of a stretch only where the opening begins.
  const stretch = stretches[Math.max(0, index)];
  if (!stretch || (stretch.ratePerSecond === 0 && stretch.thousandths < wanted)) return null;
  if (stretch.thousandths >= wanted) return new Date(stretch.from);
  return new Date(stretch.from + Math.ceil((wanted - stretch.thousandths) / stretch.ratePerSecond));
}

/** How long a ticket lets in after its turn has come: who sleeps through it takes another one. */
const useMilliseconds = 15 * 60_000;
/** How long a pass is good after the turn of its ticket: time to sign up, to confirm, to register and to join. */
const passMilliseconds = 60 * 60_000;

/** Where a ticket stands. */
export type Standing = {
  /** Slots between the clock and this one. At most so many people are before this one: some of them have gone, some slots are nobody's. */
  readonly position: number;
  /** Until the turn comes, as the clock goes now; null while it stands still. */
  readonly estimateSeconds: number | null;
  readonly isAdmitted: boolean;
  /** Until when the ticket lets in, and until when its pass is good; null before the turn has come. */
  readonly useUntil: Date | null;
  readonly passUntil: Date | null;
};

/** Where the holder of a slot stands now. */
export function standingOf(room: WaitingRoom, slot: number, now: Date): Standing {
  const position = Math.max(0, slot - clockOf(room, now));
  const turn = turnOf(room, slot);
  if (position > 0 || !turn) {
    const estimateSeconds = turn && Math.max(1, Math.ceil((turn.getTime() - now.getTime()) / 1_000));
    return { position, estimateSeconds, isAdmitted: false, useUntil: null, passUntil: null };
  }
  const after = (milliseconds: number) => new Date(turn.getTime() + milliseconds);
  const until = { useUntil: after(useMilliseconds), passUntil: after(passMilliseconds) };
  return { position: 0, estimateSeconds: 0, isAdmitted: true, ...until };
}
