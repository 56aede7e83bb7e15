import { type Courses, courses, scheduleOf } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { type Seats, seats } from '#shared/catalogue/seats.ts';
import { programKeys } from '#shared/platform/keys.ts';
import { emptyCourseError } from '#shared/platform/partner-errors.ts';
import { partnerApi } from '#shared/platform/partner-http.ts';
import { checkQuota } from '#shared/purchase/purchase-api.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly partners: Partners; readonly courses: Courses; readonly seats: Seats };

/** POST …/payment/quota-schedule: places left at a schedule. */
export function answerQuota({ partners, courses, seats }: Deps) {
  const options = { endpoint: checkQuota, partners, kind: 'platform', invalid: emptyCourseError } as const;
  return partnerApi(options, async ({ body: { course_code, schedule_code } }) => {
    const schedule = scheduleOf(await courses.course(course_code), schedule_code);
    const quota = await seats.left(course_code, schedule);
    return { success: true, message: 'OK', data: { schedule_code, course_code, quota } };
  });
}

const table = programTable();
export const handler = answerQuota({
  partners: partners(table, programKeys),
  courses: courses(table),
  seats: seats(table),
});
