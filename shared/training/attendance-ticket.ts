import * as z from 'zod/mini';
import type { Keys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { openTicket, sealTicket } from '#shared/platform/ticket.ts';

/** What an institution asked for when it sent a participant to us. Sealed in the address, stored nowhere. */
const AttendanceTicket = z.strictObject({
  redeemCode: z.string(),
  courseCode: z.string(),
  clientCode: z.string(),
  sequence: z.int(),
  redirectUri: z.string(),
  state: z.string(),
  expiresAt: z.iso.datetime(),
});
export type AttendanceTicket = z.infer<typeof AttendanceTicket>;

const context = 'attendance';

/** How long a participant may take from the institution's page to ours; the contract is silent. */
export const ticketMinutes = 30;

export function attendanceTicket(keys: Keys, ticket: AttendanceTicket): string {
  return sealTicket(keys, context, ticket);
}

/** @throws Refusal `ticket_invalid` when it was not made here or is too old. */
export function readAttendanceTicket(keys: Keys, sealed: string, now: Date): AttendanceTicket {
  const ticket = openTicket(keys, context, sealed, AttendanceTicket);
  if (!ticket || ticket.expiresAt < now.toISOString()) throw new Refusal('ticket_invalid');
  return ticket;
}
