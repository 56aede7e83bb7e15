import type * as z from 'zod/mini';
import type { Break, Closing } from '#shared/incentive/reconciliation/closing.ts';
import type { ClosingView } from '#shared/incentive/reconciliation/closings-api.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { daysBetween, wibDay } from '#shared/platform/wib.ts';

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
      ageDays: Math.max(0, daysBetween(one.since, wibDay(now))),
      explanation: explanations.get(one.key) ?? null,
    })),
    nextCursor: last < breaks.length ? String(last) : null,
  };
}
