import { Refusal } from '#shared/platform/refusal.ts';
import { clockOf, type WaitingRoom } from '#shared/registration/admission/waiting-room.ts';
import { allShards } from '#shared/table/keys.ts';

/*
 * Slots are dealt out in lanes: lane L of sixteen has the slots L, L + 16, L + 32 … An instance of the function claims a block of a
 * lane, which is one write, and hands its slots out from memory. Blocks of a lane are a chain: the next one begins where the one
 * before ends, or at the clock, whichever is later. So no slot is handed out twice, and none whose time has passed before its block was claimed.
 */

export const lanes: readonly string[] = allShards;

/** Consecutive places of a lane, handed out by one instance. `number` counts the blocks of the lane from 1. */
export type Block = { readonly number: number; readonly start: number; readonly size: number };

/** Where blocks are kept. */
export type SlotBlocks = {
  /** The last block of a lane; null before the first. */
  last(opening: number, lane: string): Promise<Block | null>;
  /** Claims a block. Answers null when it is ours, and the block that was there before us otherwise. */
  claim(opening: number, lane: string, block: Block): Promise<Block | null>;
};

/** The slot that a place of a lane is. */
export const slotAt = (lane: string, place: number): number => place * lanes.length + lanes.indexOf(lane);

/** The block that follows another one in its lane: at its end, or where the clock stands. */
export function blockAfter(lane: string, before: Block | null, clock: number, size: number): Block {
  const end = before ? before.start + before.size : 0;
  const atClock = Math.ceil((clock - lanes.indexOf(lane)) / lanes.length);
  return { number: (before?.number ?? 0) + 1, start: Math.max(end, atClock, 0), size };
}

/** How long an instance hands out a block: an earlier slot can go to somebody who came so much later, and no more than that. */
export const blockMilliseconds = 1_000;
const maxBlockSize = 64;
/** Instances that begin in the same instant meet at the ends of the same lanes. */
const maxAttempts = 16;
const longestPauseMilliseconds = 400;

type Held = {
  readonly opening: number;
  readonly lane: string;
  readonly end: number;
  readonly until: number;
  next: number;
};

type Clock = {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** At least 0 and below 1. */
  readonly random: () => number;
};

/** Hands out slots, one to each who asks. Lives as long as the function's instance does. */
export function slotDesk(blocks: SlotBlocks, { now, sleep, random }: Clock) {
  let held: Held | null = null;
  let claiming: Promise<void> | null = null;
  /** Callers of this instance without a slot. In Lambda there is never more than one. */
  let waiting = 0;
  /** Slots handed out in this second, and in the one before. */
  let second = 0;
  let inSecond = 0;
  let before = 0;
  /** What this instance knows of the ends of lanes, as the first slot after them. */
  let ends: { readonly opening: number; readonly slots: Map<string, number> } = { opening: 0, slots: new Map() };

  function count(): void {
    const current = Math.floor(now() / blockMilliseconds);
    if (current !== second) before = current === second + 1 ? inSecond : 0;
    inSecond = current === second ? inSecond + 1 : 1;
    second = current;
  }

  /** Who waits here, and otherwise half of what a second asks for, so that little is left when fewer come. */
  function sizeNow(): number {
    const isLate = Math.floor(now() / blockMilliseconds) > second + 1;
    const asked = isLate ? 0 : Math.max(inSecond, before);
    return Math.min(maxBlockSize, Math.max(1, waiting, Math.ceil(asked / 2)));
  }

  function fromHeld(room: WaitingRoom): number | null {
    if (!held || held.opening !== room.opening || held.next === held.end || now() >= held.until) return null;
    const slot = slotAt(held.lane, held.next);
    held.next += 1;
    count();
    return slot;
  }

  /** The lane that ends first of all that are known here, and any other one: of the two the shorter is taken. */
  function twoLanes(opening: number): [string, string] {
    if (ends.opening !== opening) ends = { opening, slots: new Map() };
    const { slots } = ends;
    const shuffled = lanes
      .map((lane) => ({ lane, turn: random() }))
      .toSorted((left, right) => left.turn - right.turn)
      .map(({ lane }) => lane);
    const known = (lane: string) => slots.get(lane) ?? -1;
    const shortest = shuffled.reduce((best, lane) => (known(lane) < known(best) ? lane : best));
    return [shortest, shuffled.find((lane) => lane !== shortest) ?? shortest];
  }

  async function endOf(room: WaitingRoom, lane: string) {
    const last = await blocks.last(room.opening, lane);
    const next = blockAfter(lane, last, clockOf(room, new Date(now())), 1);
    return { lane, last, slot: slotAt(lane, next.start) };
  }

  async function claim(room: WaitingRoom): Promise<void> {
    const { opening } = room;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      // After a conflict any lane: many see the same one as the shortest, and would meet there again.
      const [shortest, other] = twoLanes(opening);
      const candidates = await Promise.all(
        (attempt === 1 ? [shortest, other] : [other]).map((lane) => endOf(room, lane)),
      );
      const { lane, last } = candidates.reduce((best, one) => (one.slot < best.slot ? one : best));
      const block = blockAfter(lane, last, clockOf(room, new Date(now())), sizeNow());
      const before = await blocks.claim(opening, lane, block);
      const taken = before ?? block;
      ends.slots.set(lane, slotAt(lane, taken.start + taken.size));
      if (!before) {
        const end = block.start + block.size;
        held = { opening, lane, end, until: now() + blockMilliseconds, next: block.start };
        return;
      }
      await sleep(random() * Math.min(longestPauseMilliseconds, 5 * 2 ** attempt));
    }
    throw new Refusal('conflict_persistent');
  }

  return {
    /** The next slot of an opening. @throws Refusal `conflict_persistent` where too many claim at once. */
    async take(room: WaitingRoom): Promise<number> {
      waiting += 1;
      try {
        for (;;) {
          const slot = fromHeld(room);
          if (slot !== null) return slot;
          // Callers at the same time share one claim; who finds its block handed out makes the next.
          claiming ??= claim(room).finally(() => {
            claiming = null;
          });
          await claiming;
        }
      } finally {
        waiting -= 1;
      }
    },
  };
}
export type SlotDesk = ReturnType<typeof slotDesk>;

/** Of the last blocks of all lanes: how many slots lie behind the clock, handed out or dropped with their block, and the last slot of them. */
export function waitingIn(lasts: readonly (Block | null)[], clock: number) {
  let waitingCount = 0;
  let lastSlot = clock;
  for (const [index, last] of lasts.entries()) {
    const lane = lanes[index];
    if (!last || lane === undefined) continue;
    const end = last.start + last.size;
    const { start: atClock } = blockAfter(lane, null, clock + 1, 0);
    waitingCount += Math.max(0, end - atClock);
    lastSlot = Math.max(lastSlot, slotAt(lane, end - 1));
  }
  return { waitingCount, lastSlot };
}
