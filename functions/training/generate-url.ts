import { randomBytes } from 'node:crypto';
import { type Courses, courses } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { partnerApi } from '#shared/platform/partner-http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { purchaseForInstitution } from '#shared/purchase/purchase-of-code.ts';
import { type RedeemCodes, redeemCodes } from '#shared/purchase/redeem-codes.ts';
import { programTable } from '#shared/table/table.ts';
import { attendanceTicket, ticketMinutes } from '#shared/training/attendance-ticket.ts';
import { learningLabels } from '#shared/training/learning-labels.ts';
import { Sequence } from '#shared/training/training.ts';
import { generateUrl } from '#shared/training/training-api.ts';

type Deps = {
  readonly partners: Partners;
  readonly courses: Courses;
  readonly redeemCodes: RedeemCodes;
  readonly participants: Participants;
  readonly keys: () => Promise<Keys>;
  readonly publicUrl: string;
};

/** POST …/oauth/url-generate: an address where the participant confirms presence. Writes nothing. */
export function makeAttendanceUrl({ partners, courses, redeemCodes, participants, keys, publicUrl }: Deps) {
  const options = { endpoint: generateUrl, partners, kind: 'institution' } as const;
  return partnerApi(options, async ({ body, partner, now }) => {
    if (!Sequence.safeParse(body.sequence).success) throw new Refusal('sequence_invalid');
    if (!partner.redirectUris.includes(body.redirect_uri)) throw new Refusal('redirect_unregistered');
    const found = await purchaseForInstitution({ redeemCodes, participants }, body.redeem_code, partner.clientCode);
    const course = await courses.course(found.purchase.courseCode);
    const state = randomBytes(16).toString('hex');
    const ticket = attendanceTicket(await keys(), {
      redeemCode: body.redeem_code,
      courseCode: course.courseCode,
      clientCode: partner.clientCode,
      sequence: body.sequence,
      redirectUri: body.redirect_uri,
      state,
      expiresAt: new Date(now.getTime() + ticketMinutes * 60_000).toISOString(),
    });
    const { type, method } = learningLabels[course.learningMethod];
    const url = `${publicUrl}/attendance?ticket=${ticket}`;
    return { success: true, message: 'OK', data: { url, state, course: { type, learning_method: method } } };
  });
}

const table = programTable();
export const handler = makeAttendanceUrl({
  partners: partners(table, programKeys),
  courses: courses(table),
  redeemCodes: redeemCodes(table),
  participants: participants(table),
  keys: programKeys,
  publicUrl: setting('publicUrl'),
});
