import { setTimeout } from 'node:timers/promises';
import { api, apiGroup, apiPage } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { htmlHeaders } from '#shared/platform/page.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import {
  exchangeTicket,
  readTicketStanding,
  readWaitingRoom,
  showWaitingRoom,
  takeTicket,
} from '#shared/registration/admission/admission-api.ts';
import {
  type LetInBy,
  letInBy,
  slotBlocks,
  type WaitingRooms,
  waitingRooms,
} from '#shared/registration/admission/admission-store.ts';
import { readTicket, signPass, signTicket } from '#shared/registration/admission/admission-tokens.ts';
import { type SlotDesk, slotDesk } from '#shared/registration/admission/slots.ts';
import { rateOf, type Standing, standingOf, type WaitingRoom } from '#shared/registration/admission/waiting-room.ts';
import { waitingRoomPage } from '#shared/registration/admission/waiting-room-page.ts';
import { isPlausibleNik } from '#shared/registration/nik.ts';
import { participantIdOf } from '#shared/registration/person.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly room: Pick<WaitingRooms, 'current'>;
  readonly desk: SlotDesk;
  readonly letIn: LetInBy;
  readonly keys: () => Promise<Keys>;
};

/** What a citizen does in the waiting room: takes a ticket, waits, and exchanges it for a pass. */
export function serveWaitingRoom({ room, desk, letIn, keys }: Deps) {
  async function opened(now: Date): Promise<WaitingRoom> {
    const current = await room.current(now);
    if (!current.isOpen) throw new Refusal('waiting_room_closed');
    return current;
  }

  /** Where a ticket of this opening stands. @throws Refusal `waiting_ticket_invalid`, also when its time is over. */
  async function standingNow(current: WaitingRoom, text: string, now: Date) {
    const ticket = readTicket(await keys(), text);
    const standing = ticket?.opening === current.opening ? standingOf(current, ticket.slot, now) : null;
    if (!ticket || !standing || (standing.useUntil && standing.useUntil <= now))
      throw new Refusal('waiting_ticket_invalid');
    return { ...standing, slot: ticket.slot };
  }

  const reading = api(readWaitingRoom, async ({ now }) => {
    const current = await room.current(now);
    return { isOpen: current.isOpen, ratePerSecond: current.isOpen ? rateOf(current) : null };
  });
  const taking = api(takeTicket, async ({ now }) => {
    const current = await opened(now);
    const slot = await desk.take(current);
    const ticket = signTicket(await keys(), { opening: current.opening, slot, takenAt: now });
    return { ticket, ...viewOf(standingOf(current, slot, now)) };
  });
  const looking = api(readTicketStanding, async ({ path: { ticket }, now }) =>
    viewOf(await standingNow(await opened(now), ticket, now)),
  );
  const exchanging = api(exchangeTicket, async ({ body: { waitingTicket, nik }, now }) => {
    if (!isPlausibleNik(nik)) throw new Refusal('nik_invalid');
    const current = await opened(now);
    const { opening } = current;
    const { slot, passUntil } = await standingNow(current, waitingTicket, now);
    if (!passUntil) throw new Refusal('waiting_ticket_early');
    const opener = await keys();
    const participantId = participantIdOf(opener, nik);
    if (!(await letIn.claim(opening, slot, participantId))) throw new Refusal('waiting_ticket_used');
    const pass = signPass(opener, { opening, slot, until: passUntil }, participantId);
    return { pass, validUntil: passUntil.toISOString() };
  });
  const showing = apiPage(showWaitingRoom, async () => {
    return { statusCode: showWaitingRoom.status, headers: { ...htmlHeaders }, body: waitingRoomPage() };
  });

  return apiGroup([
    [readWaitingRoom, reading],
    [takeTicket, taking],
    [readTicketStanding, looking],
    [exchangeTicket, exchanging],
    [showWaitingRoom, showing],
  ]);
}

const [soonest, latest] = [5, 120];

/** A ticket's standing as its holder sees it. Asked again after a third of the time that is left: ten times in an hour's wait. */
function viewOf({ position, estimateSeconds, isAdmitted, useUntil }: Standing) {
  const askAgainSeconds = Math.min(latest, Math.max(soonest, Math.ceil((estimateSeconds ?? latest) / 3)));
  return {
    ...{ position, estimateSeconds, admitted: isAdmitted, askAgainSeconds },
    useUntil: useUntil?.toISOString() ?? null,
  };
}

const table = programTable();
export const handler = serveWaitingRoom({
  room: waitingRooms(table),
  desk: slotDesk(slotBlocks(table), { now: Date.now, sleep: setTimeout, random: Math.random }),
  letIn: letInBy(table),
  keys: programKeys,
});
