import { type Courses, courses } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { apiPage } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { htmlHeaders } from '#shared/platform/page.ts';
import { programTable } from '#shared/table/table.ts';
import { attendancePage } from '#shared/training/attendance-page.ts';
import { readAttendanceTicket } from '#shared/training/attendance-ticket.ts';
import { showAttendancePage } from '#shared/training/training-api.ts';

type Deps = { readonly partners: Partners; readonly courses: Courses; readonly keys: () => Promise<Keys> };

/** GET /attendance: the page on which a participant signs in and confirms presence. Names nobody. */
export function attendancePageFor({ partners, courses, keys }: Deps) {
  return apiPage(showAttendancePage, async ({ query: { ticket }, now }) => {
    const { courseCode, clientCode } = readAttendanceTicket(await keys(), ticket, now);
    const { title: courseTitle } = await courses.course(courseCode);
    const institutionName = (await partners.find(clientCode, now))?.name ?? clientCode;
    const body = attendancePage({ courseTitle, institutionName, ticket, apiOrigin: '' });
    return { statusCode: showAttendancePage.status, headers: { ...htmlHeaders }, body };
  });
}

const table = programTable();
export const handler = attendancePageFor({
  partners: partners(table, programKeys),
  courses: courses(table),
  keys: programKeys,
});
