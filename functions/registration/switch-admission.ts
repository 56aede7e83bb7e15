import { api, apiGroup } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import {
  type AdmissionView,
  closeRoom,
  openRoom,
  readAdmission,
  setRate,
} from '#shared/registration/admission/admission-api.ts';
import { slotBlocks, type WaitingRooms, waitingRooms } from '#shared/registration/admission/admission-store.ts';
import { lanes, type SlotBlocks, waitingIn } from '#shared/registration/admission/slots.ts';
import {
  changeRate,
  clockOf,
  closeWaitingRoom,
  openWaitingRoom,
  rateOf,
  standingOf,
  type WaitingRoom,
} from '#shared/registration/admission/waiting-room.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly room: Pick<WaitingRooms, 'load' | 'change'>; readonly blocks: Pick<SlotBlocks, 'last'> };

/** What operators see of the waiting room, and what they switch. Beside the function that hands out tickets: nobody queues before them. */
export function switchAdmission({ room, blocks }: Deps) {
  async function viewOf(current: WaitingRoom, now: Date): Promise<AdmissionView> {
    const { isOpen, opening, openedAt, last } = current;
    const clock = clockOf(current, now);
    const ends = isOpen ? await Promise.all(lanes.map((lane) => blocks.last(opening, lane))) : [];
    const { waitingCount, lastSlot } = waitingIn(ends, clock);
    return {
      ...{ isOpen, opening, ratePerSecond: isOpen ? rateOf(current) : 0 },
      openedAt: openedAt?.toISOString() ?? null,
      passedCount: isOpen ? clock : 0,
      waitingCount,
      longestWaitSeconds: isOpen ? standingOf(current, lastSlot, now).estimateSeconds : 0,
      lastStep: last && { reason: last.reason, by: last.by, at: last.at.toISOString() },
    };
  }

  const reading = api(readAdmission, async ({ now }) => viewOf(await room.load(), now));
  const opening = api(openRoom, async ({ caller: { username: by }, body: { ratePerSecond, reason }, now }) => {
    const after = await room.change((before) => openWaitingRoom(before, ratePerSecond, { reason, by }));
    logger.info('waiting_room.opened', { by, ratePerSecond });
    return viewOf(after, now);
  });
  const pacing = api(setRate, async ({ caller: { username: by }, body: { ratePerSecond, reason }, now }) => {
    const after = await room.change((before) => changeRate(before, ratePerSecond, { reason, by }));
    logger.info('waiting_room.paced', { by, ratePerSecond });
    return viewOf(after, now);
  });
  const closing = api(closeRoom, async ({ caller: { username: by }, body: { reason }, now }) => {
    const after = await room.change((before) => closeWaitingRoom(before, { reason, by }));
    logger.info('waiting_room.closed', { by });
    return viewOf(after, now);
  });

  return apiGroup([
    [readAdmission, reading],
    [openRoom, opening],
    [setRate, pacing],
    [closeRoom, closing],
  ]);
}

const table = programTable();
export const handler = switchAdmission({ room: waitingRooms(table), blocks: slotBlocks(table) });
