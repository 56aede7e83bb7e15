import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { PayoutReference } from '#shared/incentive/payout.ts';
import { Digest, Note, Operator } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { type Fold, journal } from '#shared/journal/journal.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/*
 * A release: payouts that are paid together, once their count and sum were declared by a list and repeated by other operators
 * than the one who asked for it. What operators decide is in release-steps.ts, what workers and the clock do in
 * release-progress.ts, what lies in the files in release-files.ts.
 */

/** What a release may be. Ours to set: nobody publishes such limits. */
export const releaseRules = {
  /** Payouts of one release. */
  maxPayouts: 200_000,
  /** Payouts of one file, and of one worker's task. */
  chunkSize: 500,
  /** From this sum on, two operators approve beside the one who asked. */
  secondApprovalFromRupiah: 1_000_000_000,
  /** Looks at the funds before operators must hold and resume the release; the first day's are a quarter of an hour apart. */
  maxFundsChecks: 200,
  /** Rounds of looking at every payout: over three months. */
  maxRounds: 100,
  /** Owners named, again and again included: each may be followed by a round, and a journal has an end. */
  maxAssignments: 400,
  /** Times that a release is held. */
  maxHolds: 50,
} as const;

export const ReleaseId = z.string().check(z.regex(/^[A-Za-z0-9-]{1,40}$/));
const Count = z.int().check(z.gte(0));
const Round = z.int().check(z.positive());

export const Totals = z.object({ count: Count, sumRupiah: Count });
export type Totals = z.infer<typeof Totals>;
/** What may still be drawn from a partner's account: payouts, and what the partner takes for them. */
const Drawable = z.object({ count: Count, sumRupiah: Count, feesRupiah: Count });
export type Drawable = z.infer<typeof Drawable>;
export const ByPartner = z.record(z.string(), Drawable);
export type ByPartner = z.infer<typeof ByPartner>;

export const ReleaseLimits = z.object({
  maxPayouts: z.int().check(z.gte(1), z.lte(releaseRules.maxPayouts)),
  /** Only payouts of these partners; absent: of all. */
  partnerCodes: z.optional(z.array(PaymentPartnerCode).check(z.minLength(1), z.maxLength(10))),
});
export type ReleaseLimits = z.infer<typeof ReleaseLimits>;

const ReleaseRequested = z.object({
  type: z.literal('ReleaseRequested'),
  by: Operator,
  note: z.optional(Note),
  limits: ReleaseLimits,
});
const ReleasePrepared = z.object({
  type: z.literal('ReleasePrepared'),
  count: Count,
  sumRupiah: Count,
  byPartner: ByPartner,
  chunkCount: Count,
  /** Payouts that are somebody's first training incentive: surveys count from those. */
  firstIncentiveCount: Count,
  /** SHA-256 of the list; the files of the release lie under it. */
  listDigest: Digest,
});
const ReleaseApproved = z.object({
  type: z.literal('ReleaseApproved'),
  by: Operator,
  /** As the approver read them: whoever approves states what. */
  count: Count,
  sumRupiah: Count,
  /** Approvals that are still needed after this one. */
  missing: Count,
});
const ReleaseHeld = z.object({ type: z.literal('ReleaseHeld'), by: Operator, reason: Note });
const ReleaseResumed = z.object({ type: z.literal('ReleaseResumed'), by: Operator });
const ReleaseCancelled = z.object({ type: z.literal('ReleaseCancelled'), by: Operator, reason: Note });
/** Partners' accounts do not cover the release. Looked at again by the clock. */
const FundsShort = z.object({
  type: z.literal('FundsShort'),
  /** What is missing, by partner; null where the partner did not say what its account holds. */
  missingRupiah: z.record(z.string(), z.nullable(z.int().check(z.positive()))),
  /** Null: looked at often enough; operators hold and resume the release. */
  nextLookAt: z.nullable(z.iso.datetime()),
});
const ReleaseDispatched = z.object({
  type: z.literal('ReleaseDispatched'),
  chunkCount: Count,
  /** It was dispatched before: every payout may have been sent already. */
  again: z.boolean(),
  nextCheckAt: z.iso.datetime(),
});
/** Every payout is being looked at. Should the answers not be there by then, those that are missing are asked for again. */
const ReleaseCheckStarted = z.object({
  type: z.literal('ReleaseCheckStarted'),
  round: Round,
  nextCheckAt: z.iso.datetime(),
});
/** How a payout of a release stands: one word for all states in which money may still be on its way. */
export const standings = ['open', 'paid', 'refused', 'returned', 'remedied', 'forfeited'] as const;
export type Standing = (typeof standings)[number];
export const ByStanding = z.object({
  open: Totals,
  paid: Totals,
  refused: Totals,
  returned: Totals,
  remedied: Totals,
  forfeited: Totals,
});
export type ByStanding = z.infer<typeof ByStanding>;
const ReleaseChecked = z.object({
  type: z.literal('ReleaseChecked'),
  round: Round,
  byStanding: ByStanding,
  openByPartner: ByPartner,
  /** Open ones that nobody had in care. */
  unassignedCount: Count,
  /** Null: looked at often enough. A release then closes when its open payouts have owners. */
  nextCheckAt: z.nullable(z.iso.datetime()),
});
const CaseAssigned = z.object({
  type: z.literal('CaseAssigned'),
  reference: PayoutReference,
  owner: Operator,
  by: Operator,
  note: Note,
});
/** Every payout is final, or somebody's case: `byStanding.open` counts those cases. */
const ReleaseClosed = z.object({ type: z.literal('ReleaseClosed'), round: Round, byStanding: ByStanding });
const SurveysPlanned = z.object({ type: z.literal('SurveysPlanned') });
/** The n-th announcement is made: see `announcementAt`. */
const SurveyAnnounced = z.object({ type: z.literal('SurveyAnnounced'), number: Round });

export const ReleaseEvent = z.discriminatedUnion('type', [
  ReleaseRequested,
  ReleasePrepared,
  ReleaseApproved,
  ReleaseHeld,
  ReleaseResumed,
  ReleaseCancelled,
  FundsShort,
  ReleaseDispatched,
  ReleaseCheckStarted,
  ReleaseChecked,
  CaseAssigned,
  ReleaseClosed,
  SurveysPlanned,
  SurveyAnnounced,
]);
export type ReleaseEvent = z.infer<typeof ReleaseEvent>;
export type ReleaseStep = ReleaseEvent['type'];

/**
 * The states of a release and what leads from one to the next. Payouts are sent only while it is `dispatched`. Cancelling is for
 * what was never dispatched, so that nothing is given back that may have been paid: `cancel` sees to that in `approved` and `held`.
 */
export const releaseStates = {
  unknown: { ReleaseRequested: 'requested' },
  requested: { ReleasePrepared: 'prepared', ReleaseCancelled: 'cancelled' },
  // An approval leads on when no other is missing.
  prepared: { ReleaseApproved: 'approved', ReleaseCancelled: 'cancelled' },
  approved: {
    FundsShort: 'approved',
    ReleaseDispatched: 'dispatched',
    ReleaseHeld: 'held',
    ReleaseCancelled: 'cancelled',
    // It was dispatched before, then held and resumed.
    ReleaseCheckStarted: 'approved',
    ReleaseChecked: 'approved',
    CaseAssigned: 'approved',
    SurveysPlanned: 'approved',
    SurveyAnnounced: 'approved',
  },
  held: {
    ReleaseResumed: 'approved',
    ReleaseCancelled: 'cancelled',
    // What was sent before goes on settling.
    ReleaseCheckStarted: 'held',
    ReleaseChecked: 'held',
    CaseAssigned: 'held',
    SurveysPlanned: 'held',
    SurveyAnnounced: 'held',
  },
  dispatched: {
    ReleaseHeld: 'held',
    ReleaseCheckStarted: 'dispatched',
    ReleaseChecked: 'dispatched',
    CaseAssigned: 'dispatched',
    ReleaseClosed: 'closed',
    SurveysPlanned: 'dispatched',
    SurveyAnnounced: 'dispatched',
  },
  closed: { SurveysPlanned: 'closed', SurveyAnnounced: 'closed' },
  cancelled: {},
} as const satisfies Record<string, Partial<Record<ReleaseStep, string>>>;
export type ReleaseState = keyof typeof releaseStates;

const table: Readonly<Record<ReleaseState, Partial<Record<ReleaseStep, ReleaseState>>>> = releaseStates;

/** Whether the table has a step from a state. */
export const mayFollow = (state: ReleaseState, step: ReleaseStep): boolean => table[state][step] !== undefined;

type Facts<Event extends { type: string }> = Omit<Event, 'type'>;
/** What a list declares. */
export type PreparedList = Facts<z.infer<typeof ReleasePrepared>>;
type Step = { readonly by: string; readonly at: Date };
export type Case = Facts<z.infer<typeof CaseAssigned>> & { readonly at: Date };

export type Release = {
  readonly state: ReleaseState;
  readonly requested: (Facts<z.infer<typeof ReleaseRequested>> & { readonly at: Date }) | null;
  readonly prepared: (PreparedList & { readonly at: Date }) | null;
  readonly approvals: readonly Step[];
  /** When the last approval that it needs was given. */
  readonly approvedAt: Date | null;
  /** The last hold, whether or not it still stands, and who ended it. */
  readonly held: (Step & { readonly reason: string }) | null;
  readonly resumed: Step | null;
  readonly holds: number;
  readonly cancelled: (Step & { readonly reason: string }) | null;
  /** Times that the funds did not suffice, and by how much at the last one, by partner. */
  readonly fundsChecks: number;
  readonly fundsShort: ReadonlyMap<string, number | null>;
  readonly nextLookAt: Date | null;
  /** When it was first dispatched, and when the last time: it may have been held in between. */
  readonly dispatchedAt: Date | null;
  readonly lastSentAt: Date | null;
  readonly nextCheckAt: Date | null;
  /** The last round that began; it is over when `checked` has it. */
  readonly startedRound: number;
  readonly checked: (Omit<Facts<z.infer<typeof ReleaseChecked>>, 'nextCheckAt'> & { readonly at: Date }) | null;
  /** Who has an open payout in care, by its reference. */
  readonly cases: ReadonlyMap<string, Case>;
  readonly assignments: number;
  /** Payouts that got their first owner since the last round was over. */
  readonly assignedSince: number;
  readonly closed: { readonly at: Date; readonly round: number; readonly byStanding: ByStanding } | null;
  readonly surveysPlanned: boolean;
  readonly announced: number;
};

const noRelease: Release = {
  state: 'unknown',
  requested: null,
  prepared: null,
  approvals: [],
  approvedAt: null,
  held: null,
  resumed: null,
  holds: 0,
  cancelled: null,
  fundsChecks: 0,
  fundsShort: new Map(),
  nextLookAt: null,
  dispatchedAt: null,
  lastSentAt: null,
  nextCheckAt: null,
  startedRound: 0,
  checked: null,
  cases: new Map(),
  assignments: 0,
  assignedSince: 0,
  closed: null,
  surveysPlanned: false,
  announced: 0,
};

/** The state after an event. One that the table does not have is our mistake, and never reaches the journal. */
function nextState(state: ReleaseState, event: ReleaseEvent): ReleaseState {
  const next = table[state][event.type];
  ok(next, `Nothing leads from ${state} by ${event.type}`);
  return event.type === 'ReleaseApproved' && event.missing > 0 ? state : next;
}

export function evolveRelease(before: Release, event: ReleaseEvent, at: Date): Release {
  const release = { ...before, state: nextState(before.state, event) };
  switch (event.type) {
    case 'ReleaseRequested':
      return { ...release, requested: { ...event, at } };
    case 'ReleasePrepared': {
      const parts = Object.values(event.byPartner);
      ok(total(parts, 'count') === event.count, 'The partners make up the count');
      ok(total(parts, 'sumRupiah') === event.sumRupiah, 'The partners make up the sum');
      return { ...release, prepared: { ...event, at } };
    }
    case 'ReleaseApproved': {
      const { by } = event;
      ok(!isInvolved(before, by), 'Nobody approves twice, or what they asked for');
      const approvedAt = event.missing === 0 ? at : null;
      return { ...release, approvals: [...before.approvals, { by, at }], approvedAt };
    }
    case 'ReleaseHeld':
      return { ...release, held: { by: event.by, reason: event.reason, at }, resumed: null, holds: before.holds + 1 };
    case 'ReleaseResumed':
      // The funds are looked at at once, whatever the clock had in mind.
      return { ...release, resumed: { by: event.by, at }, nextLookAt: null };
    case 'ReleaseCancelled':
      ok(!before.dispatchedAt, 'What was dispatched is not cancelled');
      return { ...release, cancelled: { by: event.by, reason: event.reason, at } };
    case 'FundsShort': {
      const fundsShort = new Map(Object.entries(event.missingRupiah));
      return { ...release, fundsShort, fundsChecks: before.fundsChecks + 1, nextLookAt: instant(event.nextLookAt) };
    }
    case 'ReleaseDispatched': {
      const { again } = event;
      ok(again === (before.dispatchedAt !== null), 'It is known whether it was dispatched before');
      const dispatchedAt = before.dispatchedAt ?? at;
      const nextCheckAt = new Date(event.nextCheckAt);
      return { ...release, dispatchedAt, lastSentAt: at, nextCheckAt, fundsShort: new Map(), nextLookAt: null };
    }
    case 'ReleaseCheckStarted':
      return { ...release, startedRound: event.round, nextCheckAt: new Date(event.nextCheckAt) };
    case 'ReleaseChecked': {
      const { type: _, nextCheckAt, ...facts } = event;
      agree(before, event.round, event.byStanding);
      const open = Object.values(event.openByPartner);
      ok(total(open, 'count') === event.byStanding.open.count, 'The partners make up what is open');
      return { ...release, checked: { ...facts, at }, nextCheckAt: instant(nextCheckAt), assignedSince: 0 };
    }
    case 'CaseAssigned': {
      const { type: _, ...facts } = event;
      const cases = new Map(before.cases).set(event.reference, { ...facts, at });
      const assignedSince = before.assignedSince + cases.size - before.cases.size;
      return { ...release, cases, assignments: before.assignments + 1, assignedSince };
    }
    case 'ReleaseClosed':
      agree(before, event.round, event.byStanding);
      return { ...release, closed: { at, round: event.round, byStanding: event.byStanding }, nextCheckAt: null };
    case 'SurveysPlanned':
      return { ...release, surveysPlanned: true };
    case 'SurveyAnnounced':
      ok(event.number === before.announced + 1, 'Announcements are made in order');
      return { ...release, announced: event.number };
  }
}

/** A round follows the one before, and finds every payout of the release. */
function agree({ prepared, checked }: Release, round: number, byStanding: ByStanding): void {
  ok(prepared, 'What is looked at was prepared');
  ok(round === (checked?.round ?? 0) + 1, 'Rounds are counted');
  const parts = Object.values(byStanding);
  ok(total(parts, 'count') === prepared.count, 'A round finds every payout');
  ok(total(parts, 'sumRupiah') === prepared.sumRupiah, 'A round finds every rupiah');
}

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));

function total(parts: readonly Totals[], of: keyof Totals): number {
  return parts.reduce((sum, part) => sum + part[of], 0);
}

const releaseFold: Fold<Release, ReleaseEvent> = {
  empty: noRelease,
  parse: (stored) => ReleaseEvent.parse(stored),
  evolve: evolveRelease,
};

/** The releases' journals. */
export function releases(table: Table) {
  return journal(table, journalKeys.release, releaseFold);
}
export type Releases = ReturnType<typeof releases>;

/** Whether its payouts may still be paid, or given back to the waiting list. */
export function isUnfinished({ state }: Release): boolean {
  return state !== 'unknown' && state !== 'closed' && state !== 'cancelled';
}

/** What a release may still draw from the partners' accounts, as far as anybody has looked. */
export function drawableOf({ prepared, checked }: Release): ByPartner {
  return checked?.openByPartner ?? prepared?.byPartner ?? {};
}

/** Whether an operator asked for a release, or approved it. */
export function isInvolved({ requested, approvals }: Release, by: string): boolean {
  return requested?.by === by || approvals.some((approval) => approval.by === by);
}

/** Whether a release has payouts to look at: it was dispatched, and is not closed. */
export function isWatched({ dispatchedAt, state }: Release): boolean {
  return dispatchedAt !== null && state !== 'closed';
}

/** The round that is under way, or comes next. */
export const roundOf = ({ checked }: Release): number => (checked?.round ?? 0) + 1;
