import { randomUUID } from 'node:crypto';
import { type Courses, courses, offerOf, scheduleOf } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { type Seats, seats } from '#shared/catalogue/seats.ts';
import { lastCourseIsDone, type Participants, participants } from '#shared/journal/participant.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { partnerApi } from '#shared/platform/partner-http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { paymentTokenOf } from '#shared/purchase/payment-token.ts';
import { reserve } from '#shared/purchase/purchase.ts';
import { sendOtp } from '#shared/purchase/purchase-api.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import { programTable, type Table } from '#shared/table/table.ts';

type Deps = {
  readonly table: Table;
  readonly partners: Partners;
  readonly courses: Courses;
  readonly seats: Seats;
  readonly participants: Participants;
  readonly keys: () => Promise<Keys>;
};

/** POST …/payment/send-otp: sets the price aside; the one-time code follows from the journal's stream. */
export function reservePurchase({ table, partners, courses, seats, participants, keys }: Deps) {
  return partnerApi({ endpoint: sendOtp, partners, kind: 'platform' }, async ({ body, partner }) => {
    const opened = await keys();
    const course = await courses.course(body.course_code);
    const offer = offerOf(course, body.schedule_code);
    const left = await seats.left(body.course_code, scheduleOf(course, body.schedule_code));
    if (left === 0) throw new Refusal('quota_full');
    const participantId = await familyPlaces(table, opened).participantOf(body.prakerja_id);
    if (!participantId) throw new Refusal('participant_unknown');

    const purchaseId = randomUUID();
    const asked = {
      purchaseId,
      platform: partner,
      platformUserId: body.user_platform_id,
      amountRupiah: body.amount,
      offer,
    };
    await participants.change(participantId, (file, now) =>
      reserve({ ...file, lastCourseIsDone: lastCourseIsDone(file) }, { ...asked, now }),
    );
    const payment_token = paymentTokenOf(opened, partner.clientCode, { participantId, purchaseId });
    return { success: true, message: 'OK', data: { payment_token } };
  });
}

const table = programTable();
export const handler = reservePurchase({
  table,
  partners: partners(table, programKeys),
  courses: courses(table),
  seats: seats(table),
  participants: participants(table),
  keys: programKeys,
});
