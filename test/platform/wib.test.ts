import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addWibMonths,
  dayAfter,
  daysBetween,
  endOfWibDay,
  instantOfWib,
  startOfWibDay,
  wibClock,
  wibDay,
  wibHour,
  wibTime,
} from '#shared/platform/wib.ts';

const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });

describe('the calendar of Jakarta', () => {
  it('begins its day at 17:00 UTC', () => {
    expect(wibDay(new Date('2026-11-02T16:59:59.999Z'))).toBe('2026-11-02');
    expect(wibDay(new Date('2026-11-02T17:00:00.000Z'))).toBe('2026-11-03');
  });

  it.each([
    ['2026-11-02T03:00:00.000Z', 0, '2026-11-02T16:59:59.999Z'],
    ['2026-11-02T16:59:59.999Z', 15, '2026-11-17T16:59:59.999Z'],
    ['2026-11-02T17:00:00.000Z', 15, '2026-11-18T16:59:59.999Z'],
    ['2028-02-14T03:00:00.000Z', 15, '2028-02-29T16:59:59.999Z'],
  ])('ends the day of %s and %i days later at %s', (from, days, end) => {
    expect(endOfWibDay(new Date(from), days).toISOString()).toBe(end);
  });

  it('begins a day at its first millisecond, whatever the day', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const first = startOfWibDay(at);
        expect(wibDay(first)).toBe(wibDay(at));
        expect(wibDay(new Date(first.getTime() - 1))).not.toBe(wibDay(at));
      }),
    );
  });

  it('is told in sentences, with the seconds where there are some', () => {
    expect(wibTime(new Date('2026-12-31T17:00:00.999Z'))).toBe('1 Jan 2027 00:00 WIB');
    expect(wibTime(new Date('2026-12-31T16:59:59.999Z'))).toBe('31 Dec 2026 23:59:59 WIB');
    expect(wibHour(new Date('2026-11-02T03:00:00.000Z'))).toBe('10:00 WIB');
  });

  it.each([
    ['2026-11-02', 1, '2026-11-03'],
    ['2026-11-02', -2, '2026-10-31'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2027-02-28', 1, '2027-03-01'],
    ['2027-01-01', -1, '2026-12-31'],
    ['2026-11-02', 0, '2026-11-02'],
  ])('counts from %s by %i days to %s, and back', (from, days, until) => {
    expect(dayAfter(from, days)).toBe(until);
    expect(daysBetween(from, until)).toBe(days);
  });

  it('ends a day at its last millisecond, whatever the day', () => {
    fc.assert(
      fc.property(instant, fc.nat({ max: 60 }), (from, days) => {
        const end = endOfWibDay(from, days);
        expect(wibDay(end)).not.toBe(wibDay(new Date(end.getTime() + 1)));
        expect(wibDay(end)).toBe(wibDay(new Date(from.getTime() + days * 86_400_000)));
      }),
    );
  });

  it('shows the hour there, and finds the instant again', () => {
    expect(wibClock(new Date('2026-11-27T17:00:05.999Z'))).toBe('2026-11-28T00:00:05');
    expect(instantOfWib('2026-11-28T00:00:05')).toEqual(new Date('2026-11-27T17:00:05.000Z'));
    fc.assert(
      fc.property(instant, (at) => {
        const seconds = Math.floor(at.getTime() / 1_000) * 1_000;
        expect(instantOfWib(wibClock(at))?.getTime()).toBe(seconds);
      }),
    );
  });

  it.each(['2026-02-30T12:00:00', '2026-11-27T24:00:00', '2026-11-27T12:60:00', '2026-11-27', 'noon', ''])(
    'has no instant for %s',
    (clock) => {
      expect(instantOfWib(clock)).toBeNull();
    },
  );

  it.each([
    ['2027-01-31T03:00:00.000Z', 1, '2027-02-28T03:00:00.000Z'],
    ['2028-01-31T03:00:00.000Z', 1, '2028-02-29T03:00:00.000Z'],
    ['2026-12-15T03:00:00.000Z', 1, '2027-01-15T03:00:00.000Z'],
    // 1 December in Jakarta, still November in London.
    ['2026-11-30T17:00:00.000Z', 1, '2026-12-31T17:00:00.000Z'],
    ['2026-11-30T16:59:59.999Z', 3, '2027-02-28T16:59:59.999Z'],
  ])('adds months to %s, %i of them: %s', (from, months, then) => {
    expect(addWibMonths(new Date(from), months).toISOString()).toBe(then);
  });

  it('never skips a month and never goes back', () => {
    const monthOf = (at: Date) => Number(wibDay(at).slice(0, 4)) * 12 + Number(wibDay(at).slice(5, 7));
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 24 }), (from, months) => {
        const then = addWibMonths(from, months);
        expect(monthOf(then)).toBe(monthOf(from) + months);
        expect(then.getTime() % 86_400_000).toBe(from.getTime() % 86_400_000);
      }),
    );
  });
});
