import type * as z from 'zod/mini';
import type { Break, Closing } from '#shared/incentive/reconciliation/closing.ts';
import type { ClosingView } from '#shared/incentive/reconciliation/closings-api.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { wibDay } from '#shared/platform/wib.ts';

const dayMilliseconds = 86_400_000;
/** Breaks of one page. */
const pageSize = 100;

/** A day as operators see it, with the breaks from `cursor` on. @throws Refusal `closing_unknown`. */
export function closingView(
  closing: Closing,
  breaks: readonly Break[],
  cursor: string | undefined,
  now: Date,
): z.input<typeof ClosingView> {
  const { requested, run, isPending, closed, explanations } = closing;
  if (!requested) throw new Refusal('closing_unknown');
  const { partnerCode, day } = requested;
  const from = Number(cursor ?? 0);
  const last = from + pageSize;
  const { at, request: _, ...totals } = run ?? { at: null, request: null };
  return {
    partnerCode,
    day,
    state: closed ? 'closed' : isPending ? 'comparing' : 'compared',
    comparedAt: at?.toISOString() ?? null,
    closedBy: closed?.by ?? null,
    totals: 'digest' in totals ? totals : null,
    breaks: breaks.slice(from, last).map((one) => ({
      ...one,
      ageDays: daysBetween(one.since, wibDay(now)),
      explanation: explanations.get(one.key) ?? null,
    })),
    nextCursor: last < breaks.length ? String(last) : null,
  };
}

function daysBetween(from: string, until: string): number {
  const start = Date.parse(`${from}T00:00:00.000Z`);
  return Math.max(0, Math.round((Date.parse(`${until}T00:00:00.000Z`) - start) / dayMilliseconds));
}
