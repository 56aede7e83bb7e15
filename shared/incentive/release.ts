import { ok } from 'node:assert/strict';
import {
  type ByPartner,
  type ByStanding,
  nextState,
  ReleaseEvent,
  type ReleaseState,
  type ReleaseStep,
  type Totals,
} from '#shared/incentive/release-events.ts';
import { type Fold, journal } from '#shared/journal/journal.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/*
 * A release: payouts that are paid together, once their count and sum were declared by a list and repeated by other operators
 * than the one who asked for it. What happens to it is in release-events.ts, what operators decide in release-steps.ts, what
 * workers and the clock do in release-progress.ts, what lies in the files in release-files.ts.
 */

type Facts<Type extends ReleaseStep> = Omit<Extract<ReleaseEvent, { type: Type }>, 'type'>;
/** What a list declares. */
export type PreparedList = Facts<'ReleasePrepared'>;
type Step = { readonly by: string; readonly at: Date };
export type Case = Facts<'CaseAssigned'> & { readonly at: Date };

export type Release = {
  readonly state: ReleaseState;
  readonly requested: (Facts<'ReleaseRequested'> & { readonly at: Date }) | null;
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
  readonly checked: (Omit<Facts<'ReleaseChecked'>, 'nextCheckAt'> & { readonly at: Date }) | null;
  /** Who has an open payout in care, by its reference. */
  readonly cases: ReadonlyMap<string, Case>;
  readonly assignments: number;
  /** Payouts that got their first owner since the last round was over. */
  readonly assignedSince: number;
  readonly closed: { readonly at: Date; readonly round: number; readonly byStanding: ByStanding } | null;
  readonly surveysPlanned: boolean;
  readonly announced: number;
};

/** A release that nobody asked for yet. */
export const noRelease: Release = {
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

/** The state after an event: an approval leads on when no other is missing. */
function stateAfter(state: ReleaseState, event: ReleaseEvent): ReleaseState {
  const next = nextState(state, event.type);
  return event.type === 'ReleaseApproved' && event.missing > 0 ? state : next;
}

/** What an event makes of a release. What contradicts what came before is our mistake, and stops everything. */
export function evolveRelease(before: Release, event: ReleaseEvent, at: Date): Release {
  const release = { ...before, state: stateAfter(before.state, event) };
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
