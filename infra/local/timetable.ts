import { Unsupported } from '#infra/local/assembly.ts';

const minute = 60_000;
const unitMilliseconds: Record<string, number> = { minute, hour: 60 * minute, day: 1440 * minute };
const names = ['', 'JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['', 'SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Test of one field of a cron expression: `*`, `?`, values, ranges, lists and steps. Calendar letters (L, W, #) are refused. */
function cronField(written: string, words: readonly string[] = []): (value: number) => boolean {
  const number = (text: string) => {
    const index = words.indexOf(text.toUpperCase());
    const value = index > 0 ? index : Number(text);
    if (Number.isNaN(value)) throw new Unsupported(`cron field ${written} is not supported`);
    return value;
  };
  const tests = written.split(',').map((part) => {
    const [range = '', step] = part.split('/');
    const [from = '', to = step ? '9999' : from] = range.split('-');
    const any = range === '*' || range === '?';
    const [low, high] = any ? [0, 9999] : [number(from), number(to)];
    return (value: number) =>
      value >= low && value <= high && (!step || (value - (any ? 0 : low)) % Number(step) === 0);
  });
  return (value) => tests.some((test) => test(value));
}

/** Whether a schedule has an occurrence after `last` and not after `now` (milliseconds). */
export type Due = (last: number, now: number) => boolean;

function cron(expression: string, timeZone: string): Due {
  const [minutes = '*', hours = '*', dates = '*', months = '*', weekdays = '?', years = '*'] = expression.split(/\s+/);
  const fits = [
    cronField(minutes),
    cronField(hours),
    cronField(dates),
    cronField(months, names),
    cronField(weekdays, days),
    cronField(years),
  ];
  const clockFace = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    year: 'numeric',
  });
  const occursAt = (time: number) => {
    const parts = Object.fromEntries(clockFace.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const { minute: m = 0, hour = 0, day = 0, month = 0, year = 0 } = parts;
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
    return [m, hour, day, month, weekday, year].every((value, index) => fits[index]?.(value));
  };
  return (last, now) => {
    for (let time = Math.floor(now / minute) * minute; time > last; time -= minute) if (occursAt(time)) return true;
    return false;
  };
}

function rate(expression: string): Due {
  const [, amount, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(expression) ?? [];
  const period = Number(amount) * (unitMilliseconds[unit] ?? Number.NaN);
  if (!(period > 0)) throw new Unsupported(`rate(${expression}) is not supported`);
  return (last, now) => now - last >= period;
}

/** Reads `rate(…)` or `cron(…)`, the latter in a time zone. Other expressions are refused. */
export function dueBy(expression: string, timeZone: string): Due {
  const [, kind, inner = ''] = /^(rate|cron)\((.+)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rate(inner);
  if (kind === 'cron') return cron(inner, timeZone);
  throw new Unsupported(`schedule ${expression} is not supported`);
}
