import { describe, expect, test } from 'vitest';
import { durationMilliseconds, movableClock } from '#infra/local/clock.ts';
import { eventFilter } from '#infra/local/filters.ts';
import { matchRoute, parseRoute } from '#infra/local/routes.ts';
import { dueBy } from '#infra/local/timetable.ts';

describe('durations', () => {
  test.each([
    ['PT1H', 3_600_000],
    ['P30D', 2_592_000_000],
    ['P1DT2H3M4S', 93_784_000],
    ['P2W', 1_209_600_000],
    ['PT0S', 0],
  ])('%s', (text, milliseconds) => {
    expect(durationMilliseconds(text)).toBe(milliseconds);
  });
  test.each(['', 'P', 'PT', '1D', 'P1H', 'P-1D', 'P1M'])('%j is none', (text) => {
    expect(durationMilliseconds(text)).toBeUndefined();
  });
  test('the clock refuses to go back', () => {
    expect(() => movableClock().advance(-1)).toThrow(RangeError);
  });
});

describe('routes', () => {
  const routes = [
    'GET /v1/{id}',
    'ANY /v1/{id}',
    'GET /v1/mine',
    'GET /v1/{proxy+}',
    '$default',
    'POST /v1/{id}/part',
  ].map((key) => parseRoute(key, key));
  test.each([
    ['GET', '/v1/mine', 'GET /v1/mine'],
    ['GET', '/v1/other', 'GET /v1/{id}'],
    ['PUT', '/v1/other', 'ANY /v1/{id}'],
    ['GET', '/v1/a/b', 'GET /v1/{proxy+}'],
    ['POST', '/v1/a/part', 'POST /v1/{id}/part'],
    ['GET', '/v1/', '$default'],
    ['GET', '/', '$default'],
  ])('%s %s goes to %s', (method, path, key) => {
    expect(matchRoute(routes, method, path)?.route.key).toBe(key);
  });
  test('nothing fits where there is no default', () => {
    expect(matchRoute(routes.slice(0, 4), 'GET', '/v2')).toBeUndefined();
  });
});

describe('filters', () => {
  const passes = (pattern: object, record: unknown) =>
    eventFilter({ Filters: [{ Pattern: JSON.stringify(pattern) }] })(record);
  test.each([
    [{ a: ['x'] }, { a: 'x' }, true],
    [{ a: ['x'] }, { a: 'y' }, false],
    [{ a: { b: [{ prefix: 'E#' }] } }, { a: { b: 'E#1' } }, true],
    [{ a: { b: [{ prefix: 'E#' }] } }, { a: { b: 'P#1' } }, false],
    [{ a: [{ exists: false }] }, {}, true],
    [{ a: [{ exists: true }] }, {}, false],
    [{ a: [{ 'anything-but': ['x'] }] }, { a: 'x' }, false],
    [{ a: [{ numeric: ['>=', 1, '<', 3] }] }, { a: 2 }, true],
    [{ a: [{ numeric: ['>=', 1, '<', 3] }] }, { a: 3 }, false],
    [{ $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, true],
  ])('%j of %j: %s', (pattern, record, expected) => {
    expect(passes(pattern, record)).toBe(expected);
  });
  test('an unknown rule is refused when it is read', () => {
    expect(() => passes({ a: [{ wildcard: '*' }] }, {})).toThrow('filter rule wildcard is not supported');
  });
});

describe('schedules', () => {
  const at = (text: string) => Date.parse(text);
  test('a rate is due when its time has passed, not before', () => {
    const due = dueBy('rate(5 minutes)', 'UTC');
    expect(due(0, 299_999)).toBe(false);
    expect(due(0, 300_000)).toBe(true);
  });
  test.each([
    ['cron(0 1 * * ? *)', '2026-11-24T17:59:00Z', '2026-11-24T18:00:00Z', true],
    ['cron(0 1 * * ? *)', '2026-11-24T18:00:00Z', '2026-11-25T17:59:00Z', false],
    ['cron(0/15 * * * ? *)', '2026-11-24T18:01:00Z', '2026-11-24T18:14:59Z', false],
    ['cron(0/15 * * * ? *)', '2026-11-24T18:01:00Z', '2026-11-24T18:15:00Z', true],
    ['cron(0 0 1 DEC ? *)', '2026-11-24T00:00:00Z', '2026-11-30T17:00:00Z', true],
    ['cron(0 9 ? * MON-FRI *)', '2026-11-28T00:00:00Z', '2026-11-29T23:00:00Z', false],
  ])('%s in Jakarta between %s and %s: %s', (expression, last, now, expected) => {
    expect(dueBy(expression, 'Asia/Jakarta')(at(last), at(now))).toBe(expected);
  });
  test.each(['at(2026-11-24T00:00:00)', 'rate(1 fortnight)', 'cron(0 0 L * ? *)'])('%s is refused', (expression) => {
    expect(() => dueBy(expression, 'UTC')).toThrow('not supported');
  });
});
