import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { exceptionKinds } from '#shared/incentive/reconciliation/match.ts';
import { StatementId } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { maxStatementsOfDay } from '#shared/incentive/reconciliation/statements-of-day.ts';
import { type Decision, type Fold, journal } from '#shared/journal/journal.ts';
import { Digest } from '#shared/platform/digest.ts';
import { Note, Operator } from '#shared/platform/operator.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { Day, wibDay } from '#shared/platform/wib.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/** What stands between a day and its end. */
const breakKinds = [
  'paid_not_on_statement',
  'on_statement_not_paid',
  'amount_differs',
  /** A payout that was booked on this day and on another one. */
  'booked_twice',
  /** The bank's own debits come to more than its fee for each payout. */
  'fees_exceed',
  /** A line of the exception list that is not resolved. */
  'exception',
  /** A statement whose balances do not agree, or are not there. */
  'balance',
  /** A statement that is still being imported. */
  'statement_unposted',
  /** Something was paid, or booked, on the day, and no statement of it is posted. */
  'statement_missing',
] as const;

export const Break = z.object({
  /** Names it in explanations: its kind and what it is about. The same break has the same key in each comparison, another none of it. */
  key: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,100}$/)),
  kind: z.enum(breakKinds),
  exception: z.nullable(z.enum(exceptionKinds)),
  reference: z.nullable(z.string()),
  statementId: z.nullable(StatementId),
  line: z.nullable(z.int()),
  amountRupiah: z.int().check(z.gte(0)),
  /** Day on which it arose. */
  since: Day,
  owner: Operator,
});
export type Break = z.infer<typeof Break>;

/**
 * Breaks that are written down. A day with more is not closed, nor is one with more than `maxExplained`: so many are no breaks but a
 * statement that is missing or wrong. It is imported, and the day compared again.
 */
export const maxBreaks = 10_000;
export const BreaksFile = z.array(Break).check(z.maxLength(maxBreaks));

const count = z.int().check(z.gte(0));
/** Operators who have resolved exceptions of one day: many more than there are. */
const maxResolvers = 1_000;

const ClosingRequested = z.object({
  type: z.literal('ClosingRequested'),
  partnerCode: PaymentPartnerCode,
  day: Day,
  /** Statements of the day and of the days beside it. */
  statementIds: z.array(StatementId).check(z.maxLength(3 * maxStatementsOfDay)),
  by: Operator,
});
/** What a comparison came to. */
export const ClosingTotals = z.object({
  /** Paid on this day, by the journals. */
  paidCount: count,
  paidRupiah: count,
  /** Of these, found on a statement. */
  foundCount: count,
  /** Booked on this day by the statements, as payouts of ours. */
  bookedCount: count,
  bookedRupiah: count,
  breaks: z.object({
    paid_not_on_statement: z.optional(count),
    on_statement_not_paid: z.optional(count),
    amount_differs: z.optional(count),
    booked_twice: z.optional(count),
    fees_exceed: z.optional(count),
    exception: z.optional(count),
    balance: z.optional(count),
    statement_unposted: z.optional(count),
    statement_missing: z.optional(count),
  }),
  breakCount: count,
  breaksRupiah: count,
  /** Who has resolved exceptions of the day's statements. */
  resolvedBy: z._default(z.array(Operator).check(z.maxLength(maxResolvers)), []),
  /** Of the list of breaks. */
  digest: Digest,
});
export type ClosingTotals = z.infer<typeof ClosingTotals>;
const ClosingRun = z.object({ type: z.literal('ClosingRun'), ...ClosingTotals.shape });
const BreakExplained = z.object({ type: z.literal('BreakExplained'), key: Break.shape.key, note: Note, by: Operator });
const DayClosed = z.object({ type: z.literal('DayClosed'), by: Operator });

export const ClosingEvent = z.discriminatedUnion('type', [ClosingRequested, ClosingRun, BreakExplained, DayClosed]);
export type ClosingEvent = z.infer<typeof ClosingEvent>;

type Requested = Omit<z.infer<typeof ClosingRequested>, 'type'> & { readonly at: Date };

export type Closing = {
  readonly requested: Requested | null;
  readonly requests: number;
  /** The last comparison; null while a new one is asked for the first time. */
  readonly run: (ClosingTotals & { readonly at: Date; readonly request: Requested }) | null;
  readonly isPending: boolean;
  readonly explanations: ReadonlyMap<string, { readonly note: string; readonly by: string }>;
  readonly explained: number;
  readonly closed: { readonly by: string; readonly at: Date } | null;
};

const noClosing: Closing = {
  requested: null,
  requests: 0,
  run: null,
  isPending: false,
  explanations: new Map(),
  explained: 0,
  closed: null,
};

function evolveClosing(before: Closing, event: ClosingEvent, at: Date): Closing {
  ok(!before.closed, 'A closed day stays as it is');
  switch (event.type) {
    case 'ClosingRequested': {
      const { type: _, ...facts } = event;
      return { ...before, requested: { ...facts, at }, requests: before.requests + 1, isPending: true };
    }
    case 'ClosingRun': {
      ok(before.requested, 'A day is compared when it is asked for');
      const { type: _, ...run } = event;
      return { ...before, run: { ...run, at, request: before.requested }, isPending: false };
    }
    case 'BreakExplained': {
      const explanations = new Map(before.explanations).set(event.key, { note: event.note, by: event.by });
      return { ...before, explanations, explained: before.explained + 1 };
    }
    case 'DayClosed':
      return { ...before, closed: { by: event.by, at } };
  }
}

const closingFold: Fold<Closing, ClosingEvent> = {
  empty: noClosing,
  parse: (stored) => ClosingEvent.parse(stored),
  evolve: evolveClosing,
};

/** The journals of partners' days, by `closingIdOf`. */
export function closings(table: Table) {
  const keyOf = (id: string) => {
    const [partnerCode = '', day = ''] = id.split('#');
    return journalKeys.closing(partnerCode, day);
  };
  return journal(table, keyOf, closingFold);
}
export type Closings = ReturnType<typeof closings>;

const maxRequests = 200;
/** Explanations of one day, changed ones among them: a journal has an end. */
const maxExplained = 1_500;
/** A comparison that was asked for longer ago may be lost, and is asked for again. */
const patienceMilliseconds = 20 * 60_000;

/** Asks for a comparison. @throws Refusal `closing_state` while the day is not over, or when it is closed. */
export function requestClosing(
  closing: Closing,
  request: Omit<z.infer<typeof ClosingRequested>, 'type'>,
  at: Date,
): Decision<ClosingEvent> {
  if (closing.closed) throw new Refusal('closing_state', 'The day is closed');
  if (request.day >= wibDay(at)) throw new Refusal('closing_state', 'The day is not over');
  const isUnderWay =
    closing.isPending && closing.requested && at.getTime() - closing.requested.at.getTime() < patienceMilliseconds;
  if (isUnderWay) return { events: [] };
  if (closing.requests >= maxRequests) throw new Refusal('attempts_exceeded');
  return { events: [{ type: 'ClosingRequested', ...request }] };
}

/** Records a comparison that was asked for; a repeat changes nothing. */
export function recordRun(closing: Closing, run: ClosingTotals): Decision<ClosingEvent> {
  if (!closing.isPending || closing.closed) return { events: [] };
  return { events: [{ type: 'ClosingRun', ...run }] };
}

/** The last comparison. @throws Refusal `closing_unknown`; `closing_state` while another one is under way. */
export function compared({ run, isPending, requested }: Closing): NonNullable<Closing['run']> {
  if (!requested) throw new Refusal('closing_unknown');
  if (!run || isPending) throw new Refusal('closing_state', 'The day is being compared');
  return run;
}

/** Says why a break is there. @throws Refusal `break_unknown`, `closing_state`. */
export function explain(
  closing: Closing,
  breaks: readonly Break[],
  { key, note }: { readonly key: string; readonly note: string },
  by: string,
): Decision<ClosingEvent> {
  compared(closing);
  if (closing.closed) throw new Refusal('closing_state', 'The day is closed');
  if (!breaks.some((one) => one.key === key)) throw new Refusal('break_unknown');
  const before = closing.explanations.get(key);
  if (before?.note === note && before.by === by) return { events: [] };
  if (closing.explained >= maxExplained) throw new Refusal('attempts_exceeded');
  return { events: [{ type: 'BreakExplained', key, note, by }] };
}

/**
 * Closes a day whose list of breaks is empty, or whole and explained to the last one by others than who closes; nor may who closes
 * have resolved one of its exceptions.
 * @param statementIds The statements that there are now: the comparison must have seen them.
 * @throws Refusal `breaks_unexplained`, `same_operator`, `closing_state`, `closing_unknown`.
 */
export function closeDay(
  closing: Closing,
  breaks: readonly Break[],
  statementIds: readonly string[],
  by: string,
): Decision<ClosingEvent> {
  if (closing.closed) return { events: [] };
  const { breakCount, request, resolvedBy } = compared(closing);
  if (statementIds.some((statementId) => !request.statementIds.includes(statementId)))
    throw new Refusal('closing_state', 'A statement came after the comparison');
  const explanations = breaks.flatMap(({ key }) => closing.explanations.get(key) ?? []);
  const left = breakCount - explanations.length;
  if (left > 0) throw new Refusal('breaks_unexplained', `Breaks that are neither gone nor explained: ${left}`);
  if (explanations.some((explanation) => explanation.by === by)) throw new Refusal('same_operator');
  if (resolvedBy.includes(by)) throw new Refusal('same_operator');
  return { events: [{ type: 'DayClosed', by }] };
}
