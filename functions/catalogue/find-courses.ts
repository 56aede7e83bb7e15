import { findCourses } from '#shared/catalogue/catalogue-api.ts';
import { type Courses, courses } from '#shared/catalogue/course.ts';
import { coursesPage } from '#shared/catalogue/search.ts';
import { api } from '#shared/platform/http.ts';
import { programTable, type Table } from '#shared/table/table.ts';

type Deps = { readonly table: Table; readonly courses: Courses };

/** GET /v1/courses: a page of the catalogue. */
export function searchCourses({ table, courses }: Deps) {
  return api(findCourses, ({ query: { cursor, ...wanted } }) => coursesPage(table, courses, wanted, cursor));
}

const table = programTable();
export const handler = searchCourses({ table, courses: courses(table) });
