import { ok } from 'node:assert/strict';
import { schemes } from '#shared/credit/schemes.ts';
import { drawableOf, isWatched, type PreparedList, type Release, roundOf } from '#shared/incentive/release.ts';
import { type ByPartner, type ByStanding, type ReleaseEvent, releaseRules } from '#shared/incentive/release-events.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { endOfWibDay } from '#shared/platform/wib.ts';
import { openSurvey, type Surveyed } from '#shared/survey/survey-window.ts';
import { dueEntry, dueKinds, sharedDueShard } from '#shared/table/keys.ts';

/* What workers and the clock make of a release that operators asked for and approved. A repeat changes nothing. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const later = (at: Date, milliseconds: number): Date => new Date(at.getTime() + milliseconds);

/** Declares what is in the list. Nothing for a release that is past it: the first list stands. */
export function prepare(release: Release, list: PreparedList): Decision<ReleaseEvent> {
  if (release.state !== 'requested') return { events: [] };
  return { events: [{ type: 'ReleasePrepared', ...list }] };
}

/** What a partner's account holds, in rupiah; null where the partner did not say. */
export type Balances = ReadonlyMap<string, number | null>;

/** What is missing at each partner for a release, beside what others may still draw; empty when all is there. */
function shortOf(release: Release, balances: Balances, others: readonly Release[]): ReadonlyMap<string, number | null> {
  const short = new Map<string, number | null>();
  for (const [partnerCode, { count, sumRupiah, feesRupiah }] of Object.entries(drawableOf(release))) {
    if (count === 0) continue;
    const balance = balances.get(partnerCode) ?? null;
    const promised = others.reduce((sum, other) => {
      const drawable = drawableOf(other)[partnerCode];
      return sum + (drawable ? drawable.sumRupiah + drawable.feesRupiah : 0);
    }, 0);
    const missing = balance === null ? null : sumRupiah + feesRupiah + promised - balance;
    if (missing === null || missing > 0) short.set(partnerCode, missing);
  }
  return short;
}

const fundsWait = 15 * minute;
/** Quarters of an hour before the waits become hours. */
const quickFundsChecks = 96;
const firstCheckWait = 10 * minute;
/** Clocks of two functions differ, and a message that comes early is not sent again. */
const clockTolerance = minute;

/** Whether the funds of an approved release are to be looked at now. */
export function isDispatchDue({ state, nextLookAt }: Release, now: Date): boolean {
  return state === 'approved' && (!nextLookAt || now.getTime() >= nextLookAt.getTime() - clockTolerance);
}

/**
 * Dispatches an approved release where every partner's account covers it, beside what `others` (dispatched and
 * unfinished, or prepared earlier and waiting) may still draw; otherwise states what is missing and puts another look on the clock. Nothing where no look is due.
 */
export function dispatch(
  release: Release,
  balances: Balances,
  others: readonly Release[],
  at: Date,
): Decision<ReleaseEvent> {
  if (!isDispatchDue(release, at)) return { events: [] };
  ok(release.prepared, 'An approved release was prepared');
  const short = [...shortOf(release, balances, others)];
  if (short.length > 0) return lookAgain(release, short, at);
  const nextCheckAt = later(at, firstCheckWait);
  const { chunkCount } = release.prepared;
  const again = release.dispatchedAt !== null;
  const event = { type: 'ReleaseDispatched', chunkCount, again, nextCheckAt: nextCheckAt.toISOString() } as const;
  return { events: [event], index: dueEntry(sharedDueShard, nextCheckAt, dueKinds.check) };
}

function lookAgain(
  { fundsChecks }: Release,
  short: readonly (readonly [string, number | null])[],
  at: Date,
): Decision<ReleaseEvent> {
  const checks = fundsChecks + 1;
  const wait = checks <= quickFundsChecks ? fundsWait : hour;
  const next = checks >= releaseRules.maxFundsChecks ? null : later(at, wait);
  const missingRupiah = Object.fromEntries(short);
  const event = { type: 'FundsShort', missingRupiah, nextLookAt: next?.toISOString() ?? null } as const;
  return { events: [event], ...(next && { index: dueEntry(sharedDueShard, next, dueKinds.dispatch) }) };
}

/** Waits after a round; the last one repeats. */
const roundWaits = [hour, 6 * hour, day] as const;
/** How long the answers of a round may take before they are asked for again. */
const roundPatience = 30 * minute;

/** Whether the payouts are to be looked at now: by the clock, or since every open one has an owner by now. */
export function isCheckDue(release: Release, now: Date): boolean {
  const { nextCheckAt, checked, startedRound, assignedSince } = release;
  if (!isWatched(release)) return false;
  if (nextCheckAt && now.getTime() >= nextCheckAt.getTime() - clockTolerance) return true;
  const isUnderWay = startedRound >= roundOf(release);
  return !isUnderWay && checked !== null && assignedSince > 0 && assignedSince >= checked.unassignedCount;
}

/** Begins a round, or has what is missing of it asked for again: once soon, then daily, since a journal has an end. */
export function startCheck(release: Release, at: Date): Decision<ReleaseEvent> {
  if (!isCheckDue(release, at)) return { events: [] };
  const round = roundOf(release);
  const nextCheckAt = later(at, release.startedRound < round ? roundPatience : day);
  const event = { type: 'ReleaseCheckStarted', round, nextCheckAt: nextCheckAt.toISOString() } as const;
  return { events: [event], index: dueEntry(sharedDueShard, nextCheckAt, dueKinds.check) };
}

/** What a round found: every payout by how it stands, and those that are open, by reference. */
export type Findings = {
  readonly round: number;
  readonly byStanding: ByStanding;
  readonly openByPartner: ByPartner;
  readonly openReferences: readonly string[];
};

/** Open payouts that nobody has in care. */
function unassigned({ cases }: Pick<Release, 'cases'>, openReferences: readonly string[]): string[] {
  return openReferences.filter((reference) => !cases.has(reference));
}

/**
 * Records what a round found. A dispatched release closes when every single payout is final or has an owner, however few are
 * left; otherwise the next round goes on the clock. Nothing for a round that is recorded already.
 */
export function recordCheck(release: Release, findings: Findings, at: Date): Decision<ReleaseEvent> {
  const { round, byStanding, openByPartner, openReferences } = findings;
  if (!isWatched(release) || round !== roundOf(release)) return { events: [] };
  ok(openReferences.length === byStanding.open.count, 'Every open payout has its reference');
  const unassignedCount = unassigned(release, openReferences).length;
  if (release.state === 'dispatched' && unassignedCount === 0)
    return { events: [{ type: 'ReleaseClosed', round, byStanding }] };
  const wait = roundWaits[Math.min(round, roundWaits.length) - 1] ?? day;
  const next = round >= releaseRules.maxRounds ? null : later(at, wait);
  const nextCheckAt = next?.toISOString() ?? null;
  const facts = { round, byStanding, openByPartner, unassignedCount, nextCheckAt };
  return {
    events: [{ type: 'ReleaseChecked', ...facts }],
    ...(next && { index: dueEntry(sharedDueShard, next, dueKinds.check) }),
  };
}

/** Days after the first incentive on which a survey opens, in any scheme. */
const surveyDays = [...new Set(Object.values(schemes).flatMap(({ survey }) => survey.opensAfterDays))].toSorted(
  (left, right) => left - right,
);
/** Days later: not everybody is paid on the day of the dispatch, and who is paid later is told by a later announcement. */
const announcementDelays = [0, 1, 7] as const;
/** Days after the dispatch on which surveys are announced to those whom a release paid their first incentive. */
const announcementDays = surveyDays.flatMap((days) => announcementDelays.map((delay) => days + delay));
/** Surveys open at midnight; nobody is woken for one. */
const announcementHour = 9;

/** The instant of the n-th announcement (from 1) of a release, nine in the morning of a day in WIB; null where there is none. */
export function announcementAt({ dispatchedAt }: Release, number: number): Date | null {
  const days = announcementDays[number - 1];
  return dispatchedAt && days !== undefined
    ? later(endOfWibDay(dispatchedAt, days - 1), announcementHour * hour + 1)
    : null;
}

/** Puts the first announcement on the clock, where the release pays anybody's first incentive. */
export function planSurveys(release: Release): Decision<ReleaseEvent> {
  const first = announcementAt(release, 1);
  if (release.surveysPlanned || !first || !release.prepared?.firstIncentiveCount) return { events: [] };
  return { events: [{ type: 'SurveysPlanned' }], index: dueEntry(sharedDueShard, first, dueKinds.survey, 1) };
}

/** Records an announcement, and puts the next one on the clock. Nothing for a repeat. */
export function recordAnnouncement(release: Release, number: number, at: Date): Decision<ReleaseEvent> {
  if (!release.surveysPlanned || number !== release.announced + 1) return { events: [] };
  const next = announcementAt(release, number + 1);
  const event = { type: 'SurveyAnnounced', number } as const;
  if (!next) return { events: [event] };
  // After an outage the clock may be past it; an entry is never behind the sweeper.
  const due = new Date(Math.max(next.getTime(), at.getTime() + minute));
  return { events: [event], index: dueEntry(sharedDueShard, due, dueKinds.survey, number + 1) };
}

/**
 * The survey to announce to somebody: it opened after the announcement before (`since`) and no later than this one (`until`), and can
 * still be answered. Each survey is so announced once, to who was paid early and to who was paid late; null where there is none.
 */
export function surveyToAnnounce(file: Surveyed, since: Date | null, until: Date, now: Date): number | null {
  const number = openSurvey(file, now);
  const isNew = number !== null && openSurvey(file, until) === number && !(since && openSurvey(file, since) === number);
  return isNew ? number : null;
}
