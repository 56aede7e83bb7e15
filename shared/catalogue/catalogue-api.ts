import * as z from 'zod/mini';
import { CourseCode, CourseDescription, LearningMethod } from '#shared/catalogue/course.ts';
import { PartnerDescription } from '#shared/catalogue/partner.ts';
import { endpoint } from '#shared/platform/endpoint.ts';

const capability = 'catalogue';

export const registerPartner = endpoint({
  operation: 'registerPartner',
  capability,
  method: 'POST',
  path: '/v1/partners',
  access: 'operator',
  summary: 'Registers a digital platform or a training institution. Its keys are shown in this answer only.',
  body: PartnerDescription,
  status: 201,
  answer: z.strictObject({ clientCode: z.string(), signKey: z.string(), webhookSecret: z.string() }),
  refusals: ['partner_exists', 'conflict_persistent'],
});

export const publishCourse = endpoint({
  operation: 'publishCourse',
  capability,
  method: 'POST',
  path: '/v1/courses',
  access: 'operator',
  summary: 'Publishes a course of an institution with its schedules. A repeat changes nothing.',
  body: CourseDescription,
  status: 201,
  answer: CourseDescription,
  refusals: ['course_exists', 'partner_unknown', 'conflict_persistent'],
});

export const findCourses = endpoint({
  operation: 'findCourses',
  capability,
  method: 'GET',
  path: '/v1/courses',
  access: 'public',
  summary: 'Courses by words of the title and by learning method, paged.',
  query: z.strictObject({
    words: z.optional(z.string().check(z.minLength(1), z.maxLength(80))),
    learningMethod: z.optional(LearningMethod),
    cursor: z.optional(z.string().check(z.maxLength(60))),
  }),
  status: 200,
  answer: z.strictObject({ courses: z.array(CourseDescription), nextCursor: z.nullable(z.string()) }),
  refusals: [],
});

export const readCourse = endpoint({
  operation: 'readCourse',
  capability,
  method: 'GET',
  path: '/v1/courses/{courseCode}',
  access: 'public',
  summary: 'One course with its schedules.',
  pathParameters: z.strictObject({ courseCode: CourseCode }),
  status: 200,
  answer: CourseDescription,
  refusals: ['course_unknown'],
});
