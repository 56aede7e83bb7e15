import { addTo } from '#shared/platform/counts.ts';
import { dayMilliseconds, endOfWibDay, wibDay } from '#shared/platform/wib.ts';
import type { Accesses } from '#shared/registration/privacy/accesses.ts';
import { hoursAfter, limitHours } from '#shared/registration/privacy/privacy-requests.ts';

/** Reads that one report counts, and days that it looks at: an answer has an end. */
const maxReads = 20_000;
export const maxBreachDays = 31;

type Asked = {
  readonly from: Date;
  readonly until: Date;
  readonly operator?: string | undefined;
  readonly knownAt: Date;
  readonly now: Date;
};

/** Whose data was read in a time, by whom and of which kind. What citizens read of themselves is no breach. */
export async function breachReport(
  accesses: Pick<Accesses, 'between'>,
  { from, until, operator, knownAt, now }: Asked,
) {
  const byKind: Record<string, number> = {};
  const byOperator: Record<string, number> = {};
  const affected = new Set<string>();
  let readCount = 0;
  for (const day of daysOf(from, until))
    for await (const page of accesses.between(day, from, until))
      for (const { participantId, kind, by } of page) {
        if (by === participantId || (operator !== undefined && by !== operator) || readCount === maxReads) continue;
        readCount += 1;
        affected.add(participantId);
        addTo(byKind, kind);
        addTo(byOperator, by);
      }
  const reportUntil = hoursAfter(knownAt, limitHours);
  return {
    from: from.toISOString(),
    until: until.toISOString(),
    reportUntil: reportUntil.toISOString(),
    minutesLeft: minutesUntil(reportUntil, now),
    readCount,
    participantCount: affected.size,
    byKind,
    byOperator,
    participantIds: [...affected].sort(),
    isComplete: readCount < maxReads,
  };
}

/** Whole minutes until an instant, rounded down: below zero when it has passed. */
export const minutesUntil = (instant: Date, now: Date): number =>
  Math.floor((instant.getTime() - now.getTime()) / 60_000);

function daysOf(from: Date, until: Date): string[] {
  const days: string[] = [];
  const end = Math.min(until.getTime(), from.getTime() + maxBreachDays * dayMilliseconds);
  for (let at = from; at.getTime() <= end; at = new Date(endOfWibDay(at, 0).getTime() + 1)) days.push(wibDay(at));
  return days;
}
