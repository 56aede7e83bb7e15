import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note } from '#shared/platform/operator.ts';
import { ticketPattern } from '#shared/registration/admission/admission-tokens.ts';
import { AdmissionRate } from '#shared/registration/admission/waiting-room.ts';

/* The waiting room of opening nights. */

const capability = 'registration';
const Ticket = z.string().check(z.maxLength(80), z.regex(ticketPattern));
const standing = {
  /** At most so many people are before this ticket. */
  position: z.int(),
  /** Until the turn comes; 0 when it has come, null while nobody is let in. */
  estimateSeconds: z.nullable(z.int()),
  admitted: z.boolean(),
  /** Until when the ticket is to be exchanged for a pass; null before its turn. */
  useUntil: z.nullable(z.iso.datetime()),
  /** When it is worth asking again. */
  askAgainSeconds: z.int(),
};

export const readWaitingRoom = endpoint({
  operation: 'readWaitingRoom',
  capability,
  method: 'GET',
  path: '/v1/waiting-room',
  access: 'public',
  summary: 'Whether there is a waiting room now, and how many it lets in. The order has no effect on the draw.',
  status: 200,
  answer: z.strictObject({
    isOpen: z.boolean(),
    /** People let in a second; null without a waiting room. */
    ratePerSecond: z.nullable(z.int()),
  }),
  refusals: [],
});

export const takeTicket = endpoint({
  operation: 'takeTicket',
  capability,
  method: 'POST',
  path: '/v1/waiting-room/tickets',
  access: 'public',
  summary:
    'Takes a ticket of the waiting room, in the order of arrival. Names nobody. The order has no effect on the draw.',
  status: 201,
  answer: z.strictObject({ ticket: z.string(), ...standing }),
  refusals: ['waiting_room_closed', 'conflict_persistent'],
});

export const readTicketStanding = endpoint({
  operation: 'readTicketStanding',
  capability,
  method: 'GET',
  path: '/v1/waiting-room/tickets/{ticket}',
  access: 'public',
  summary: 'Where a ticket stands: its position, how long it takes, and whether its turn has come.',
  pathParameters: z.strictObject({ ticket: Ticket }),
  status: 200,
  answer: z.strictObject(standing),
  refusals: ['waiting_room_closed', 'waiting_ticket_invalid'],
});

export const exchangeTicket = endpoint({
  operation: 'exchangeTicket',
  capability,
  method: 'POST',
  path: '/v1/waiting-room/passes',
  access: 'public',
  summary:
    'Exchanges a ticket whose turn has come for a pass of the holder of a NIK, once. A repeat gets the same pass. It goes into the header prakerja-pass.',
  body: z.strictObject({ waitingTicket: Ticket, nik: z.string().check(z.regex(/^\d{16}$/)) }),
  status: 201,
  answer: z.strictObject({ pass: z.string(), validUntil: z.iso.datetime() }),
  refusals: [
    'nik_invalid',
    'waiting_room_closed',
    'waiting_ticket_invalid',
    'waiting_ticket_early',
    'waiting_ticket_used',
  ],
});

export const showWaitingRoom = endpoint({
  operation: 'showWaitingRoom',
  capability,
  method: 'GET',
  path: '/waiting-room',
  access: 'public',
  summary: 'A page on which a citizen waits for their turn.',
  status: 200,
  answer: 'text/html',
  refusals: [],
});

const Admission = z.strictObject({
  isOpen: z.boolean(),
  /** Which opening it is, or was; 0 before the first. */
  opening: z.int(),
  ratePerSecond: z.int(),
  openedAt: z.nullable(z.iso.datetime()),
  /** Slots whose turn has come since the opening, and those handed out whose turn has not. */
  passedCount: z.int(),
  waitingCount: z.int(),
  /** How long who comes now has to wait at the most; null while nobody is let in. */
  longestWaitSeconds: z.nullable(z.int()),
  lastStep: z.nullable(z.strictObject({ reason: z.string(), by: z.string(), at: z.iso.datetime() })),
});
export type AdmissionView = z.infer<typeof Admission>;

const operators = { capability, access: 'operator', status: 200, answer: Admission } as const;

export const readAdmission = endpoint({
  ...operators,
  operation: 'readAdmission',
  method: 'GET',
  path: '/v1/waiting-room/admission',
  summary: 'The waiting room as operators see it: who waits, for how long, and who switched what.',
  refusals: [],
});

export const openRoom = endpoint({
  ...operators,
  operation: 'openWaitingRoom',
  method: 'POST',
  path: '/v1/waiting-room/opening',
  summary:
    'Opens the waiting room: signing up, registering and joining need a pass. Known to every function within some seconds.',
  body: z.strictObject({ ratePerSecond: AdmissionRate, reason: Note }),
  refusals: ['waiting_room_open', 'conflict_persistent'],
});

export const setRate = endpoint({
  ...operators,
  operation: 'setAdmissionRate',
  method: 'PUT',
  path: '/v1/waiting-room/rate',
  summary: 'Changes how many people are let in a second; 0 lets nobody in. Who waits keeps their place.',
  body: z.strictObject({ ratePerSecond: AdmissionRate, reason: Note }),
  refusals: ['waiting_room_closed', 'conflict_persistent'],
});

export const closeRoom = endpoint({
  ...operators,
  operation: 'closeWaitingRoom',
  method: 'POST',
  path: '/v1/waiting-room/closing',
  summary: 'Closes the waiting room: nobody needs a pass any more. Its tickets are of no use in the next opening.',
  body: z.strictObject({ reason: Note }),
  refusals: ['conflict_persistent'],
});

export const waitingRoomEndpoints = [
  readWaitingRoom,
  takeTicket,
  readTicketStanding,
  exchangeTicket,
  showWaitingRoom,
] as const;
export const admissionEndpoints = [readAdmission, openRoom, setRate, closeRoom] as const;
