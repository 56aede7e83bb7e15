import { wibDay } from '#shared/platform/wib.ts';

const offsetMilliseconds = 7 * 3_600_000;

/** An instant as SNAP BI writes it: 25 characters, `2026-11-24T08:00:00+07:00`. */
export function wibTime(at: Date): string {
  const local = new Date(at.getTime() + offsetMilliseconds).toISOString();
  return `${wibDay(at)}T${local.slice(11, 19)}+07:00`;
}
