/** Western Indonesian time, the program's calendar: UTC+7, no summer time. */
const offsetMilliseconds = 7 * 3_600_000;
const dayMilliseconds = 86_400_000;

/** The calendar day in WIB, `YYYY-MM-DD`. */
export function wibDay(at: Date): string {
  return new Date(at.getTime() + offsetMilliseconds).toISOString().slice(0, 10);
}

/** The last instant of the day that lies `days` after the day of `from`, in WIB: 23:59:59.999. */
export function endOfWibDay(from: Date, days: number): Date {
  const midnight = Date.parse(`${wibDay(from)}T00:00:00.000Z`) - offsetMilliseconds;
  return new Date(midnight + (days + 1) * dayMilliseconds - 1);
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
