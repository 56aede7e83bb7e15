import { readCourse } from '#shared/catalogue/catalogue-api.ts';
import { type Courses, courses } from '#shared/catalogue/course.ts';
import { api } from '#shared/platform/http.ts';
import { programTable } from '#shared/table/table.ts';

/** GET /v1/courses/{courseCode}: one course. */
export function showCourse({ courses }: { readonly courses: Courses }) {
  return api(readCourse, ({ path: { courseCode } }) => courses.course(courseCode));
}

export const handler = showCourse({ courses: courses(programTable()) });
