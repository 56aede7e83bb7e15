import { wibDay } from '#shared/platform/wib.ts';

// Written out, since Intl loads its data for 20 ms in a cold start and may spell otherwise after an upgrade.
const months = [
  ['Januari', 'January'],
  ['Februari', 'February'],
  ['Maret', 'March'],
  ['April', 'April'],
  ['Mei', 'May'],
  ['Juni', 'June'],
  ['Juli', 'July'],
  ['Agustus', 'August'],
  ['September', 'September'],
  ['Oktober', 'October'],
  ['November', 'November'],
  ['Desember', 'December'],
] as const;

/** The day in WIB, as read in both languages: "5 Maret 2026", "5 March 2026". */
export function dayInWords(at: Date): { id: string; en: string } {
  const [year = '', month, day] = wibDay(at).split('-');
  const [id = '', en = ''] = months[Number(month) - 1] ?? [];
  return { id: `${Number(day)} ${id} ${year}`, en: `${Number(day)} ${en} ${year}` };
}
