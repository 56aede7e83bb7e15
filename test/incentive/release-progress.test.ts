import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Release } from '#shared/incentive/release.ts';
import { releaseRules } from '#shared/incentive/release-events.ts';
import {
  announcementAt,
  dispatch,
  isCheckDue,
  isDispatchDue,
  planSurveys,
  recordAnnouncement,
  recordCheck,
  startCheck,
  surveyToAnnounce,
} from '#shared/incentive/release-progress.ts';
import { assignCase, hold, resume } from '#shared/incentive/release-steps.ts';
import {
  approved,
  checked,
  decided,
  dispatched,
  findings,
  listOf,
  prepared,
  referenceOf,
} from '#test/incentive/release-history.ts';
import { journeyUntil, minutesAfter, start } from '#test/journal/citizen.ts';

const at = minutesAfter(start, 10);
const millisecondsAfter = (from: Date, milliseconds: number) => new Date(from.getTime() + milliseconds);
const minutes = 60_000;
const hours = 60 * minutes;
const days = 24 * hours;
const holding = (rupiah: number | null) => new Map([['switching', rupiah]]);
const needed = 1_800_000 + 3_000;

describe('the funds', () => {
  it.each([
    [needed - 1, 1],
    [needed, null],
    [needed + 1, null],
  ])('of %i rupiah leave %s missing', (balance, missing) => {
    const { events, index } = dispatch(approved(), holding(balance), [], at);
    if (missing === null) {
      expect(events).toEqual([
        { type: 'ReleaseDispatched', chunkCount: 1, again: false, nextCheckAt: '2026-11-02T03:20:00.000Z' },
      ]);
      expect(index).toEqual({ due: 'DUE#2026-11-02#0', dueSort: '2026-11-02T03:20:00.000Z#release' });
    } else {
      expect(events).toEqual([
        { type: 'FundsShort', missingRupiah: { switching: missing }, nextLookAt: '2026-11-02T03:25:00.000Z' },
      ]);
      expect(index).toEqual({ due: 'DUE#2026-11-02#0', dueSort: '2026-11-02T03:25:00.000Z#dispatch' });
      expect(decided(approved(), { events })).toMatchObject({ state: 'approved', fundsChecks: 1 });
    }
  });

  it.each([[holding(null)], [new Map()]])('that a partner does not tell are not there', (balances) => {
    expect(dispatch(approved(), balances, [], at).events).toMatchObject([
      { type: 'FundsShort', missingRupiah: { switching: null } },
    ]);
  });

  it('are promised to releases that were dispatched before: all of it, or what was still open', () => {
    const balance = holding(2 * needed - 1);
    expect(dispatch(approved(), balance, [dispatched()], at).events).toMatchObject([
      { type: 'FundsShort', missingRupiah: { switching: 1 } },
    ]);
    expect(dispatch(approved(), holding(2 * needed), [dispatched()], at).events).toMatchObject([
      { type: 'ReleaseDispatched' },
    ]);
    // Two of the other's three are paid by now: one of 600,000 and its fee may still be drawn.
    const half = checked(dispatched(), 1, 1, minutesAfter(start, 20));
    expect(dispatch(approved(), holding(needed + 600_999), [half], at).events).toMatchObject([
      { type: 'FundsShort', missingRupiah: { switching: 1 } },
    ]);
    expect(dispatch(approved(), holding(needed + 601_000), [half], at).events).toMatchObject([
      { type: 'ReleaseDispatched' },
    ]);
  });

  it('of a partner that another release draws from are of no interest', () => {
    const list = { ...listOf(), byPartner: { 'bank-induk': { count: 3, sumRupiah: 1_800_000, feesRupiah: 0 } } };
    const elsewhere = dispatched(list);
    expect(dispatch(approved(), holding(needed), [elsewhere], at).events).toMatchObject([
      { type: 'ReleaseDispatched' },
    ]);
  });

  it('are looked at again by the clock, and not before it', () => {
    const short = decided(approved(), dispatch(approved(), holding(0), [], at), at);
    const next = minutesAfter(at, 15);
    expect(isDispatchDue(short, millisecondsAfter(next, -minutes - 1))).toBe(false);
    // A message that came twice would otherwise double all that follow.
    expect(dispatch(short, holding(0), [], millisecondsAfter(next, -minutes - 1)).events).toEqual([]);
    expect(isDispatchDue(short, millisecondsAfter(next, -minutes))).toBe(true);
    expect(dispatch(short, holding(needed), [], next).events).toMatchObject([{ type: 'ReleaseDispatched' }]);
  });

  it('are looked at at once when a held release is resumed', () => {
    const short = decided(approved(), dispatch(approved(), holding(0), [], at), at);
    const stopped = decided(short, hold(short, 'four', 'Tunggu dana'));
    expect(isDispatchDue(stopped, minutesAfter(at, 60))).toBe(false);
    const resumed = decided(stopped, resume(stopped, 'five'));
    expect(isDispatchDue(resumed, at)).toBe(true);
  });

  it.each([
    [95, 15 * minutes],
    [96, hours],
  ])('after %i looks wait %i milliseconds', (fundsChecks, wait) => {
    const { events } = dispatch({ ...approved(), fundsChecks }, holding(0), [], at);
    expect(events).toMatchObject([{ nextLookAt: millisecondsAfter(at, wait).toISOString() }]);
  });

  it('are looked at so often and no more', () => {
    const last = { ...approved(), fundsChecks: releaseRules.maxFundsChecks - 1 };
    const decision = dispatch(last, holding(0), [], at);
    expect(decision).toEqual({
      events: [{ type: 'FundsShort', missingRupiah: { switching: needed }, nextLookAt: null }],
    });
    const before = { ...last, fundsChecks: releaseRules.maxFundsChecks - 2 };
    expect(dispatch(before, holding(0), [], at).index).toBeDefined();
  });
});

describe('the dispatch', () => {
  it.each([
    ['prepared', prepared()],
    ['dispatched', dispatched()],
    ['held', decided(approved(), hold(approved(), 'four', 'Salah daftar'))],
  ])('does nothing for a release that is %s', (_, release) => {
    expect(dispatch(release, holding(needed), [], at).events).toEqual([]);
  });

  it('knows whether it was dispatched before, and then needs what is still open', () => {
    const half = checked(dispatched(), 1, 1, minutesAfter(start, 20));
    const stopped = decided(half, hold(half, 'four', 'Salah daftar'));
    const resumed = decided(stopped, resume(stopped, 'five'));
    expect(dispatch(resumed, holding(600_999), [], minutesAfter(start, 30)).events).toMatchObject([
      { type: 'FundsShort', missingRupiah: { switching: 1 } },
    ]);
    const again = dispatch(resumed, holding(601_000), [], minutesAfter(start, 30));
    expect(again.events).toMatchObject([{ type: 'ReleaseDispatched', again: true }]);
    const sent = decided(resumed, again, minutesAfter(start, 30));
    expect(sent).toMatchObject({ dispatchedAt: at, lastSentAt: minutesAfter(start, 30) });
  });
});

describe('a round', () => {
  const due = minutesAfter(at, 10);

  it('begins ten minutes after the dispatch, and once', () => {
    expect(isCheckDue(dispatched(), millisecondsAfter(due, -minutes - 1))).toBe(false);
    expect(startCheck(dispatched(), millisecondsAfter(due, -minutes - 1)).events).toEqual([]);
    const decision = startCheck(dispatched(), due);
    expect(decision).toEqual({
      events: [{ type: 'ReleaseCheckStarted', round: 1, nextCheckAt: '2026-11-02T03:50:00.000Z' }],
      index: { due: 'DUE#2026-11-02#0', dueSort: '2026-11-02T03:50:00.000Z#release' },
    });
    expect(startCheck(decided(dispatched(), decision), due).events).toEqual([]);
  });

  it('that is not answered is asked for again after half an hour, then daily', () => {
    const started = decided(dispatched(), startCheck(dispatched(), due));
    const again = startCheck(started, minutesAfter(due, 30));
    expect(again.events).toEqual([{ type: 'ReleaseCheckStarted', round: 1, nextCheckAt: '2026-11-03T03:50:00.000Z' }]);
  });

  it.each([
    [1, hours],
    [2, 6 * hours],
    [3, days],
    [40, days],
    [releaseRules.maxRounds - 1, days],
  ])('number %i is followed by another after %i milliseconds', (round, wait) => {
    const release: Release = { ...dispatched(), checked: round === 1 ? null : { ...stub(round - 1) } };
    const decision = recordCheck(release, findings(release, round, 1), due);
    const next = millisecondsAfter(due, wait).toISOString();
    expect(decision.events).toMatchObject([{ type: 'ReleaseChecked', round, unassignedCount: 1, nextCheckAt: next }]);
    expect(decision.index?.dueSort).toBe(`${next}#release`);
  });

  it('is the last one some day', () => {
    const release = { ...dispatched(), checked: stub(releaseRules.maxRounds - 1) };
    const decision = recordCheck(release, findings(release, releaseRules.maxRounds, 1), due);
    expect(decision.events).toMatchObject([{ type: 'ReleaseChecked', nextCheckAt: null }]);
    expect(decision.index).toBeUndefined();
  });

  it('is recorded once, in its turn, and only for what was dispatched and is not closed', () => {
    const once = checked(dispatched(), 1, 1, due);
    expect(recordCheck(once, findings(once, 1, 0), due).events).toEqual([]);
    expect(recordCheck(once, findings(once, 3, 0), due).events).toEqual([]);
    const closed = checked(dispatched(), 1, 0, due);
    expect(recordCheck(closed, findings(closed, 1, 0), due).events).toEqual([]);
    expect(recordCheck(closed, findings(closed, 2, 0), due).events).toEqual([]);
    expect(recordCheck(approved(), findings(approved(), 1, 0), due).events).toEqual([]);
    expect(startCheck(closed, minutesAfter(due, 10_000)).events).toEqual([]);
    expect(startCheck(approved(), due).events).toEqual([]);
  });
});

/** A round that is over, with one open payout. */
const stub = (round: number) => ({
  round,
  byStanding: findings(dispatched(), round, 1).byStanding,
  openByPartner: findings(dispatched(), round, 1).openByPartner,
  unassignedCount: 1,
  at,
});

describe('closing', () => {
  const due = minutesAfter(at, 10);
  const assigned = (release: Release, references: readonly string[]) =>
    references.reduce(
      (before, reference) =>
        decided(before, assignCase(before, 'five', { reference, owner: 'six', note: 'Menunggu bank' })),
      release,
    );

  it('takes every single payout: 95 of 100 is not done, 99 is not done', () => {
    const hundred = dispatched(listOf({ count: 100, sumRupiah: 60_000_000 }));
    for (const open of [5, 1]) {
      const [event] = recordCheck(hundred, findings(hundred, 1, open), due).events;
      expect(event).toMatchObject({ type: 'ReleaseChecked', unassignedCount: open });
    }
    expect(recordCheck(hundred, findings(hundred, 1, 0), due).events).toMatchObject([{ type: 'ReleaseClosed' }]);
  });

  it('counts an open payout as done only when it has an owner itself', () => {
    const hundred = dispatched(listOf({ count: 100, sumRupiah: 60_000_000 }));
    const others = assigned(hundred, [referenceOf(7), referenceOf(8)]);
    expect(recordCheck(others, findings(hundred, 1, 2), due).events).toMatchObject([
      { type: 'ReleaseChecked', unassignedCount: 2 },
    ]);
    const both = assigned(hundred, [referenceOf(0), referenceOf(1)]);
    const closing = recordCheck(both, findings(hundred, 1, 2), due);
    expect(closing).toEqual({
      events: [{ type: 'ReleaseClosed', round: 1, byStanding: findings(hundred, 1, 2).byStanding }],
    });
    expect(decided(both, closing, due)).toMatchObject({ state: 'closed', nextCheckAt: null });
  });

  it('happens exactly when all are final or have an owner', () => {
    const check = (count: number, open: number, owned: number) => {
      const release = dispatched(listOf({ count, sumRupiah: count * 600_000 }));
      const isOpen = Math.min(open, count);
      const cared = assigned(
        release,
        Array.from({ length: owned }, (_, index) => referenceOf(index)),
      );
      const [event] = recordCheck(cared, findings(release, 1, isOpen), due).events;
      expect(event?.type).toBe(isOpen <= owned ? 'ReleaseClosed' : 'ReleaseChecked');
    };
    const few = fc.integer({ min: 0, max: 12 });
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), few, few, check));
  });

  it('waits for a release that is held', () => {
    const stopped = decided(dispatched(), hold(dispatched(), 'four', 'Salah daftar'));
    expect(recordCheck(stopped, findings(stopped, 1, 0), due).events).toMatchObject([{ type: 'ReleaseChecked' }]);
    // Nothing is open any more: that is no reason to look again before the clock does.
    expect(isCheckDue(checked(stopped, 1, 0, due), minutesAfter(due, 1))).toBe(false);
  });

  it('is looked for at once when the last open payout got an owner, and then not again and again', () => {
    const open = checked(dispatched(), 1, 2, due);
    const soon = minutesAfter(due, 1);
    expect(isCheckDue(open, soon)).toBe(false);
    const one = assigned(open, [referenceOf(0)]);
    expect(isCheckDue(one, soon)).toBe(false);
    const two = assigned(one, [referenceOf(1)]);
    expect(isCheckDue(two, soon)).toBe(true);
    const started = decided(two, startCheck(two, soon), soon);
    expect(isCheckDue(started, soon)).toBe(false);
    // Owners of payouts that are final by now do not close it: the next look is the clock's.
    const over = decided(
      started,
      recordCheck(started, { ...findings(started, 2, 1), openReferences: [referenceOf(9)] }, soon),
    );
    expect(isCheckDue(over, soon)).toBe(false);
  });

  it('is still possible when the clock has given up', () => {
    const last = { ...checked(dispatched(), 1, 1, due), nextCheckAt: null };
    expect(isCheckDue(last, minutesAfter(due, 1_000_000))).toBe(false);
    expect(isCheckDue(assigned(last, [referenceOf(0)]), due)).toBe(true);
  });
});

describe('announcing surveys', () => {
  it('is planned for a release that pays a first incentive, once', () => {
    const decision = planSurveys(dispatched());
    expect(decision).toEqual({
      events: [{ type: 'SurveysPlanned' }],
      index: { due: 'DUE#2026-12-02#0', dueSort: '2026-12-02T02:00:00.000Z#survey#1' },
    });
    expect(planSurveys(decided(dispatched(), decision)).events).toEqual([]);
    expect(planSurveys(approved()).events).toEqual([]);
    expect(planSurveys(dispatched({ ...listOf(), firstIncentiveCount: 0 })).events).toEqual([]);
  });

  it('happens at nine in the morning, on the day of each survey and for who was paid later', () => {
    const instants = Array.from({ length: 10 }, (_, index) => announcementAt(dispatched(), index + 1)?.toISOString());
    expect(instants).toEqual([
      '2026-12-02T02:00:00.000Z',
      '2026-12-03T02:00:00.000Z',
      '2026-12-09T02:00:00.000Z',
      '2027-01-01T02:00:00.000Z',
      '2027-01-02T02:00:00.000Z',
      '2027-01-08T02:00:00.000Z',
      '2027-01-31T02:00:00.000Z',
      '2027-02-01T02:00:00.000Z',
      '2027-02-07T02:00:00.000Z',
      undefined,
    ]);
    expect(announcementAt(approved(), 1)).toBeNull();
    expect(announcementAt(dispatched(), 0)).toBeNull();
  });

  it('goes on one by one, each once, and ends', () => {
    let release = decided(dispatched(), planSurveys(dispatched()));
    for (let number = 1; number <= 9; number += 1) {
      const instant = announcementAt(release, number) ?? at;
      expect(recordAnnouncement(release, number + 1, instant).events).toEqual([]);
      const decision = recordAnnouncement(release, number, instant);
      expect(decision.events).toEqual([{ type: 'SurveyAnnounced', number }]);
      const next = announcementAt(release, number + 1);
      expect(decision.index?.dueSort).toBe(next ? `${next.toISOString()}#survey#${number + 1}` : undefined);
      release = decided(release, decision, instant);
      expect(recordAnnouncement(release, number, instant).events).toEqual([]);
    }
    expect(recordAnnouncement(dispatched(), 1, at).events).toEqual([]);
  });

  it('that comes late puts the next one ahead of the clock', () => {
    const release = decided(dispatched(), planSurveys(dispatched()));
    const late = new Date('2026-12-05T00:00:00.000Z');
    expect(recordAnnouncement(release, 1, late).index?.dueSort).toBe('2026-12-05T00:01:00.000Z#survey#2');
  });

  describe('tells a citizen', () => {
    // Paid on 2 November: the first survey opens on 2 December, 00:00 WIB, and closes with 31 December.
    const file = journeyUntil('settle').file;
    const opensAt = new Date('2026-12-01T17:00:00.000Z');
    const morning = new Date('2026-12-02T02:00:00.000Z');
    const nextMorning = new Date('2026-12-03T02:00:00.000Z');

    it('by the first announcement that finds the survey open, and by no other', () => {
      expect(surveyToAnnounce(file, null, morning, morning)).toBe(1);
      expect(surveyToAnnounce(file, morning, nextMorning, nextMorning)).toBeNull();
      expect(surveyToAnnounce(file, null, millisecondsAfter(opensAt, -1), morning)).toBeNull();
      expect(surveyToAnnounce(file, millisecondsAfter(opensAt, -1), opensAt, morning)).toBe(1);
    });

    it('nothing when the survey was closed or answered before the message came', () => {
      const closed = new Date('2027-01-05T00:00:00.000Z');
      expect(surveyToAnnounce(file, null, morning, closed)).toBeNull();
      const answered = { ...file, surveys: new Map([[1, { ...answer, answeredAt: morning }]]) };
      expect(surveyToAnnounce(answered, null, morning, nextMorning)).toBeNull();
    });

    it('nothing before the first incentive is paid', () => {
      expect(surveyToAnnounce(journeyUntil('link').file, null, morning, morning)).toBeNull();
    });
  });
});

const answer = {
  number: 1,
  questionnaireVersion: '1',
  consentVersion: '2026-11',
  answers: new Uint8Array([1]),
  answersTag: 't',
};
