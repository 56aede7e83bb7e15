import type { Block, SlotBlocks, SlotDesk } from '#shared/registration/admission/slots.ts';
import { slotDesk } from '#shared/registration/admission/slots.ts';
import {
  evolveWaitingRoom,
  neverOpened,
  turnOf,
  type WaitingRoom,
} from '#shared/registration/admission/waiting-room.ts';
import { start } from '#test/journal/citizen.ts';
import { randomFrom } from '#test/simulation/random.ts';

/** Blocks as the table keeps them: claimed once each. */
export function memoryBlocks(): SlotBlocks & { readonly claimed: ReadonlyMap<string, Block> } {
  const claimed = new Map<string, Block>();
  const last = new Map<string, Block>();
  return {
    claimed,
    last: async (opening, lane) => last.get(`${opening} ${lane}`) ?? null,
    async claim(opening, lane, block) {
      const key = `${opening} ${lane} ${block.number}`;
      const before = claimed.get(key);
      if (before) return before;
      claimed.set(key, block);
      last.set(`${opening} ${lane}`, block);
      return null;
    },
  };
}

export const roomAt = (ratePerSecond: number): WaitingRoom =>
  evolveWaitingRoom(
    neverOpened,
    { type: 'WaitingRoomOpened', opening: 1, ratePerSecond, reason: 'Malam pembukaan', by: 'one' },
    start,
  );

export type Arrival = { readonly at: number; readonly slot: number; readonly turn: number };

type Night = {
  readonly seed: string;
  readonly ratePerSecond: number;
  /** People in each second, one second after the other. */
  readonly perSecond: readonly number[];
  /** Instances of the function; each request comes to any one of them. */
  readonly instances: number;
};

/** An opening night in the time of its own clock: who came when, which slot they got, and when it is their turn. Milliseconds. */
export async function openingNight({ seed, ratePerSecond, perSecond, instances }: Night) {
  const random = randomFrom(seed);
  const room = roomAt(ratePerSecond);
  const blocks = memoryBlocks();
  let now = start.getTime();
  const chance = () => random.between(0, 999_999) / 1_000_000;
  const clock = { now: () => now, sleep: async () => {}, random: chance };
  const desks: SlotDesk[] = Array.from({ length: instances }, () => slotDesk(blocks, clock));
  const arrivals: Arrival[] = [];
  for (const [second, count] of perSecond.entries()) {
    const times = Array.from({ length: count }, () => random.between(0, 999)).toSorted((left, right) => left - right);
    for (const time of times) {
      now = start.getTime() + second * 1_000 + time;
      const slot = await random.pick(desks).take(room);
      const turn = turnOf(room, slot)?.getTime() ?? Number.POSITIVE_INFINITY;
      arrivals.push({ at: now, slot, turn: Math.max(now, turn) });
    }
  }
  return { arrivals, claims: blocks.claimed.size };
}

/** The most that any window of time lets in beyond the rate: of all windows, not of some. */
export function mostBeyond(times: readonly number[], ratePerSecond: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  let most = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (const [index, time] of sorted.entries()) {
    const beyond = index - (ratePerSecond * time) / 1_000;
    lowest = Math.min(lowest, beyond);
    most = Math.max(most, beyond - lowest + 1);
  }
  return most;
}

/** How long after somebody another one came at the most whose slot is earlier all the same. Milliseconds. */
export function longestOvertaking(arrivals: readonly Arrival[]): number {
  // Of those who came first, only who has a later slot than all before can be the one who is overtaken the longest.
  const records: Arrival[] = [];
  let longest = 0;
  for (const arrival of arrivals) {
    let [low, high] = [0, records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((records[middle]?.slot ?? 0) > arrival.slot) high = middle;
      else low = middle + 1;
    }
    const overtaken = records[low];
    if (overtaken) longest = Math.max(longest, arrival.at - overtaken.at);
    if (arrival.slot > (records.at(-1)?.slot ?? -1)) records.push(arrival);
  }
  return longest;
}
