import { type Courses, courses } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { apiPage } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { htmlHeaders } from '#shared/platform/page.ts';
import { purchaseForInstitution } from '#shared/purchase/purchase-of-code.ts';
import { type RedeemCodes, redeemCodes } from '#shared/purchase/redeem-codes.ts';
import { programTable } from '#shared/table/table.ts';
import { attendancePage } from '#shared/training/attendance-page.ts';
import { readAttendanceTicket } from '#shared/training/attendance-ticket.ts';
import { showAttendancePage } from '#shared/training/training-api.ts';

type Deps = {
  readonly partners: Partners;
  readonly courses: Courses;
  readonly redeemCodes: RedeemCodes;
  readonly participants: Participants;
  readonly keys: () => Promise<Keys>;
};

/** GET /attendance: the page on which a participant signs in and confirms presence. Shows no name. */
export function attendancePageFor({ partners, courses, redeemCodes, participants, keys }: Deps) {
  return apiPage(showAttendancePage, async ({ query: { ticket }, now }) => {
    const { redeemCode, clientCode } = readAttendanceTicket(await keys(), ticket, now);
    const { purchase } = await purchaseForInstitution({ redeemCodes, participants }, redeemCode, clientCode);
    const { title: courseTitle } = await courses.course(purchase.courseCode);
    const institutionName = (await partners.find(clientCode, now))?.name ?? clientCode;
    const body = attendancePage({ courseTitle, institutionName, ticket, apiOrigin: '' });
    return { statusCode: showAttendancePage.status, headers: { ...htmlHeaders }, body };
  });
}

const table = programTable();
export const handler = attendancePageFor({
  partners: partners(table, programKeys),
  courses: courses(table),
  redeemCodes: redeemCodes(table),
  participants: participants(table),
  keys: programKeys,
});
