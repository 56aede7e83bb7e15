import * as z from 'zod/mini';

/** Western Indonesian time, the program's calendar: UTC+7, no summer time. */
const offsetMilliseconds = 7 * 3_600_000;
export const dayMilliseconds = 86_400_000;

/** A calendar day in WIB. */
export const Day = z.iso.date();

/** The calendar day in WIB, `YYYY-MM-DD`. */
export function wibDay(at: Date): string {
  return new Date(at.getTime() + offsetMilliseconds).toISOString().slice(0, 10);
}

/** What calendar and clock show in WIB: `2026-11-27T12:00:05`. */
export function wibClock(at: Date): string {
  return new Date(at.getTime() + offsetMilliseconds).toISOString().slice(0, 19);
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The hour as English sentences have it: `12:00 WIB`, with the seconds where there are some. */
export function wibHour(at: Date): string {
  const hour = wibClock(at).slice(11);
  return `${hour.endsWith(':00') ? hour.slice(0, 5) : hour} WIB`;
}

/** An instant as English sentences have it: `27 Nov 2026 12:00 WIB`. */
export function wibTime(at: Date): string {
  const [year = '', month, day] = wibDay(at).split('-');
  return `${Number(day)} ${months[Number(month) - 1]} ${year} ${wibHour(at)}`;
}

/** The instant at which calendar and clock show this; null for a day or an hour that there is not. */
export function instantOfWib(clock: string): Date | null {
  const at = new Date(Date.parse(`${clock}Z`) - offsetMilliseconds);
  return !Number.isNaN(at.getTime()) && wibClock(at) === clock ? at : null;
}

/** The first instant of the day of `at`, in WIB. */
export function startOfWibDay(at: Date): Date {
  return new Date(Date.parse(wibDay(at)) - offsetMilliseconds);
}

/** The last instant of the day that lies `days` after the day of `from`, in WIB: 23:59:59.999. */
export function endOfWibDay(from: Date, days: number): Date {
  return new Date(startOfWibDay(from).getTime() + (days + 1) * dayMilliseconds - 1);
}

/** The day that lies `days` after another one; before it where they are negative. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMilliseconds).toISOString().slice(0, 10);
}

/** Days from one day to another one, negative where that one is earlier. */
export function daysBetween(from: string, until: string): number {
  return (Date.parse(until) - Date.parse(from)) / dayMilliseconds;
}

/** The same instant of the day, `months` calendar months later; the last day of the month where the day does not exist. */
export function addWibMonths(from: Date, months: number): Date {
  const local = new Date(from.getTime() + offsetMilliseconds);
  const day = local.getUTCDate();
  local.setUTCDate(1);
  local.setUTCMonth(local.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  local.setUTCDate(Math.min(day, lastDay));
  return new Date(local.getTime() - offsetMilliseconds);
}
