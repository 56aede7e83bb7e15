import * as z from 'zod/mini';
import { type Decision, type Fold, journal } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { Offer } from '#shared/purchase/purchase.ts';
import { journalKeys, lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

export const CourseCode = z.string().check(z.regex(/^[A-Za-z0-9_-]{3,40}$/));
const ScheduleCode = z.string().check(z.regex(/^[A-Za-z0-9_-]{3,40}$/));
export const LearningMethod = z.enum(['webinar', 'self_paced', 'offline', 'hybrid']);
export type LearningMethod = z.infer<typeof LearningMethod>;

/** People in one class, at most: Permenko and the standard of January 2023; self-paced courses have no limit. */
const classLimits: Readonly<Record<LearningMethod, number | null>> = {
  webinar: 150,
  self_paced: null,
  offline: 40,
  hybrid: 40,
};

export const Schedule = z.strictObject({
  scheduleCode: ScheduleCode,
  startsAt: z.iso.datetime().check(z.maxLength(40)),
  endsAt: z.iso.datetime().check(z.maxLength(40)),
  /** Places of a class; absent where the method has no limit. */
  places: z.optional(z.int().check(z.positive())),
});
export type Schedule = z.infer<typeof Schedule>;

const courseFields = {
  courseCode: CourseCode,
  title: z.string().check(z.minLength(3), z.maxLength(120)),
  institutionCode: z.string(),
  learningMethod: LearningMethod,
  hours: z.int().check(z.gte(1), z.lte(400)),
  priceRupiah: z.int().check(z.gte(1_000), z.lte(3_500_000)),
  schedules: z.array(Schedule).check(z.minLength(1), z.maxLength(50)),
};

export const CourseDescription = z.strictObject(courseFields);
export type CourseDescription = z.infer<typeof CourseDescription>;

export const CoursePublished = z.object({ type: z.literal('CoursePublished'), by: z.string(), ...courseFields });
export type CoursePublished = z.infer<typeof CoursePublished>;

const courseFold: Fold<CoursePublished | null, CoursePublished> = {
  empty: null,
  parse: (stored) => CoursePublished.parse(stored),
  evolve: (_before, event) => event,
};

/** The courses' journals. */
export function courses(table: Table) {
  const files = journal(table, journalKeys.course, courseFold);
  return {
    ...files,
    /** @throws Refusal `course_unknown`. */
    async course(courseCode: string): Promise<CourseDescription> {
      const { state } = await files.load(courseCode);
      if (!state) throw new Refusal('course_unknown');
      return describe(state);
    },
  };
}
export type Courses = ReturnType<typeof courses>;

/** What a course is to the outside: without who published it. */
function describe({ type: _type, by: _by, ...description }: CoursePublished): CourseDescription {
  return description;
}

/** Publishes a course; nothing for a repeat. @throws Refusal `course_exists`, `request_invalid`. */
export function publish(
  before: CoursePublished | null,
  by: string,
  course: CourseDescription,
): Decision<CoursePublished> {
  const limit = classLimits[course.learningMethod];
  for (const { startsAt, endsAt, places } of course.schedules) {
    if (endsAt <= startsAt) throw new Refusal('request_invalid', 'A schedule ends after it starts', ['schedules']);
    const fits = limit === null ? places === undefined : places !== undefined && places <= limit;
    if (!fits)
      throw new Refusal('request_invalid', `A ${course.learningMethod} schedule has ${limit ?? 'no'} places at most`, [
        'schedules',
      ]);
  }
  if (!before) {
    return {
      events: [{ type: 'CoursePublished', by, ...course }],
      index: { lookup: lookups.catalogue, lookupSort: course.courseCode },
    };
  }
  if (JSON.stringify(describe(before)) !== JSON.stringify(course)) throw new Refusal('course_exists');
  return { events: [] };
}

/** The schedule of a course. @throws Refusal `schedule_unknown`. */
export function scheduleOf({ schedules }: CourseDescription, scheduleCode: string): Schedule {
  const schedule = schedules.find((candidate) => candidate.scheduleCode === scheduleCode);
  if (!schedule) throw new Refusal('schedule_unknown');
  return schedule;
}

/** What can be bought: a course at one of its schedules. */
export function offerOf(course: CourseDescription, scheduleCode: string): Offer {
  const { startsAt } = scheduleOf(course, scheduleCode);
  const { courseCode, institutionCode, priceRupiah, learningMethod } = course;
  const canBuyAfterStart = learningMethod === 'self_paced';
  return { courseCode, scheduleCode, institutionCode, priceRupiah, startsAt: new Date(startsAt), canBuyAfterStart };
}
