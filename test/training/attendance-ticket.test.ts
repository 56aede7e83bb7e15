import { describe, expect, it } from 'vitest';
import { keysFrom } from '#shared/platform/keys.ts';
import { paymentTokenOf } from '#shared/purchase/payment-token.ts';
import { attendanceTicket, readAttendanceTicket } from '#shared/training/attendance-ticket.ts';
import { keys, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const facts = {
  redeemCode: 'REDEEM-1',
  courseCode: 'course-1',
  clientCode: 'INSTITUTION',
  sequence: 1,
  redirectUri: 'https://lp.example/callback',
  state: 'state',
  expiresAt: start.toISOString(),
};
const ticket = attendanceTicket(keys, facts);

describe('an attendance ticket', () => {
  it('is good until its last instant, and not a millisecond longer', () => {
    expect(readAttendanceTicket(keys, ticket, start)).toEqual(facts);
    expectRefusal(() => readAttendanceTicket(keys, ticket, new Date(start.getTime() + 1)), 'ticket_invalid');
  });

  it.each([
    ['made with another secret', attendanceTicket(keysFrom('another'), facts)],
    ['made for another purpose', paymentTokenOf(keys, 'PLATFORM', { participantId: 'p', purchaseId: 'q' })],
    ['nothing but text', Buffer.from(JSON.stringify(facts)).toString('base64url')],
    ['empty', ''],
  ])('is refused when it is %s', (_, forged) => {
    expectRefusal(() => readAttendanceTicket(keys, forged, start), 'ticket_invalid');
  });
});
