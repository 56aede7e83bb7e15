import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { CourseDescription, Courses, LearningMethod } from '#shared/catalogue/course.ts';
import { lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

const Entry = z.object({ lookupSort: z.string() });

export type Wanted = { readonly words?: string | undefined; readonly learningMethod?: LearningMethod | undefined };

/** Courses looked at for one page; a page may hold fewer that match, and says where to go on. */
const pageSize = 50;

/** One page of the catalogue, after the course of the cursor. */
export async function coursesPage({ client, name }: Table, courses: Courses, wanted: Wanted, cursor = '') {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: name,
      IndexName: 'byLookup',
      KeyConditionExpression: 'lookup = :catalogue and lookupSort > :cursor',
      ExpressionAttributeValues: { ':catalogue': lookups.catalogue, ':cursor': cursor || ' ' },
      Limit: pageSize,
    }),
  );
  const codes = Items.map((item) => Entry.parse(item).lookupSort);
  const found = await Promise.all(codes.map((code) => courses.course(code)));
  const nextCursor = codes.length === pageSize ? (codes.at(-1) ?? null) : null;
  return { courses: found.filter((course) => isWanted(course, wanted)), nextCursor };
}

/** All words stand in the title, whatever their case and order; the method is the same. */
export function isWanted({ title, learningMethod }: CourseDescription, wanted: Wanted): boolean {
  if (wanted.learningMethod && wanted.learningMethod !== learningMethod) return false;
  const words = (wanted.words ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => title.toLowerCase().includes(word));
}
