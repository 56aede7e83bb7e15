import { publishCourse } from '#shared/catalogue/catalogue-api.ts';
import { type Courses, courses, publish } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { api } from '#shared/platform/http.ts';
import { programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly courses: Courses; readonly partners: Partners };

/** POST /v1/courses: publishes a course of a known institution. A repeat changes nothing. */
export function addCourse({ courses, partners }: Deps) {
  return api(publishCourse, async ({ caller, body }) => {
    const institution = (await partners.load(body.institutionCode)).state;
    if (institution?.kind !== 'institution') throw new Refusal('partner_unknown');
    await courses.change(body.courseCode, (before) => publish(before, caller.username, body));
    return body;
  });
}

const table = programTable();
export const handler = addCourse({ courses: courses(table), partners: partners(table, programKeys) });
