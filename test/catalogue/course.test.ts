import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CourseDescription, courses, offerOf, publish, scheduleOf } from '#shared/catalogue/course.ts';
import { coursesPage, isWanted } from '#shared/catalogue/search.ts';
import { courseOf } from '#test/journal/citizen.ts';
import { expectRefusal, expectRefused } from '#test/platform/refused.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const classOf = (places: number | undefined) => [
  {
    scheduleCode: 'SCHEDULE-1',
    startsAt: '2026-12-01T00:00:00.000Z',
    endsAt: '2026-12-02T00:00:00.000Z',
    ...(places !== undefined && { places }),
  },
];

describe('publishing a course', () => {
  it('appends once; the same course again appends nothing', () => {
    const { events, index } = publish(null, 'operator', courseOf());
    expect(events).toEqual([{ type: 'CoursePublished', by: 'operator', ...courseOf() }]);
    expect(index).toEqual({ lookup: 'CATALOGUE', lookupSort: 'COURSE-1' });
    expect(publish(events[0] ?? null, 'another operator', courseOf()).events).toEqual([]);
  });

  it('is refused for another course under the same code', () => {
    const [event] = publish(null, 'operator', courseOf()).events;
    expectRefusal(() => publish(event ?? null, 'operator', courseOf({ priceRupiah: 999_999 })), 'course_exists');
  });

  it.each([
    ['webinar', 150, true],
    ['webinar', 151, false],
    ['webinar', undefined, false],
    ['offline', 40, true],
    ['offline', 41, false],
    ['hybrid', 40, true],
    ['hybrid', 41, false],
    ['self_paced', undefined, true],
    ['self_paced', 1, false],
  ] as const)('of a %s class with %s places: %s', (learningMethod, places, isTaken) => {
    const act = () => publish(null, 'operator', courseOf({ learningMethod, schedules: classOf(places) }));
    if (isTaken) expect(act().events).toHaveLength(1);
    else expectRefusal(act, 'request_invalid');
  });

  it('is refused when a schedule ends as it starts', () => {
    const [schedule] = courseOf().schedules;
    if (!schedule) throw new Error('A course has a schedule');
    const schedules = [{ ...schedule, endsAt: schedule.startsAt }];
    expectRefusal(() => publish(null, 'operator', courseOf({ schedules })), 'request_invalid');
  });

  it.each([
    [1_000, true],
    [999, false],
    [3_500_000, true],
    [3_500_001, false],
    [1_000.5, false],
  ])('takes a price of Rp %d: %s', (priceRupiah, isTaken) => {
    expect(CourseDescription.safeParse(courseOf({ priceRupiah })).success).toBe(isTaken);
  });
});

describe('an offer', () => {
  it('is a course at one of its schedules', () => {
    expect(offerOf(courseOf(), 'SCHEDULE-1')).toEqual({
      courseCode: 'COURSE-1',
      scheduleCode: 'SCHEDULE-1',
      institutionCode: 'INSTITUTION',
      priceRupiah: 1_000_000,
      startsAt: new Date('2026-10-01T00:00:00.000Z'),
      canBuyAfterStart: true,
    });
    expectRefusal(() => scheduleOf(courseOf(), 'OTHER'), 'schedule_unknown');
  });

  it.each(['webinar', 'offline', 'hybrid'] as const)('of a %s cannot be bought after its start', (learningMethod) => {
    expect(offerOf(courseOf({ learningMethod }), 'SCHEDULE-1').canBuyAfterStart).toBe(false);
  });
});

describe('a search', () => {
  const course = courseOf({ title: 'Dasar Pembukuan Usaha Kecil' });
  it.each([
    [{}, true],
    [{ words: 'USAHA dasar' }, true],
    [{ words: '  buku  ' }, true],
    [{ words: 'usaha besar' }, false],
    [{ learningMethod: 'self_paced' }, true],
    [{ learningMethod: 'webinar' }, false],
    [{ words: 'usaha', learningMethod: 'webinar' }, false],
  ] as const)('for %j finds the course: %s', (wanted, isFound) => {
    expect(isWanted(course, wanted)).toBe(isFound);
  });
});

describe('the catalogue', () => {
  let engine: Engine;
  const codes = Array.from({ length: 120 }, (_, index) => `COURSE-${String(index).padStart(3, '0')}`);
  beforeAll(async () => {
    engine = await startTable();
    const files = courses(engine.table);
    await Promise.all(
      codes.map((courseCode, index) => {
        const title = index % 2 === 0 ? 'Menjahit untuk Pemula' : 'Barista Kopi';
        return files.change(courseCode, (before) => publish(before, 'operator', courseOf({ courseCode, title })));
      }),
    );
  });
  afterAll(() => engine.stop());

  async function pages(wanted: Parameters<typeof coursesPage>[2]) {
    const found: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await coursesPage(engine.table, courses(engine.table), wanted, cursor);
      found.push(page.courses.map(({ courseCode }) => courseCode));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return found;
  }

  it('is read page by page, each course once', async () => {
    const found = await pages({});
    expect(found.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(found.flat()).toEqual(codes);
  });

  it('finds on every page', async () => {
    const found = await pages({ words: 'kopi' });
    expect(found).toHaveLength(3);
    expect(found.flat()).toEqual(codes.filter((_, index) => index % 2 === 1));
  });

  it('shows a course without who published it', async () => {
    expect(await courses(engine.table).course('COURSE-000')).toEqual(
      courseOf({ courseCode: 'COURSE-000', title: 'Menjahit untuk Pemula' }),
    );
    await expectRefused(courses(engine.table).course('COURSE-999'), 'course_unknown');
  });
});
