import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evolveRelease, isUnfinished, isWatched, noRelease, type Release } from '#shared/incentive/release.ts';
import { ReleaseEvent, type ReleaseState, releaseRules, releaseStates } from '#shared/incentive/release-events.ts';
import { prepare } from '#shared/incentive/release-progress.ts';
import {
  approvalsNeeded,
  approve,
  assignCase,
  cancel,
  hold,
  request,
  resume,
} from '#shared/incentive/release-steps.ts';
import {
  approved,
  checked,
  decided,
  dispatched,
  listOf,
  prepared,
  referenceOf,
  requested,
} from '#test/incentive/release-history.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const threshold = releaseRules.secondApprovalFromRupiah;
const totals = { count: 3, sumRupiah: 1_800_000 };
const limits = { maxPayouts: 200_000 };
const typesOf = ({ events }: { events: readonly ReleaseEvent[] }) => events.map(({ type }) => type);

const held = (by = 'four') => decided(approved(), hold(approved(), by, 'Salah daftar'));
const cancelled = () => decided(prepared(), cancel(prepared(), 'four', 'Salah daftar'));
const closed = () => checked(dispatched(), 1, 0, minutesAfter(start, 20));

/** One release in every state. */
const inState: Readonly<Record<ReleaseState, () => Release>> = {
  unknown: () => noRelease,
  requested,
  prepared,
  approved,
  held,
  dispatched,
  closed,
  cancelled,
};

const none = { count: 0, sumRupiah: 0 };
const byStanding = { open: none, paid: totals, refused: none, returned: none, remedied: none, forfeited: none };
const instant = '2026-11-02T04:00:00.000Z';

/** One event of every type: a new type does not compile until it stands here. */
const eventOf: { readonly [Type in ReleaseEvent['type']]: Omit<Extract<ReleaseEvent, { type: Type }>, 'type'> } = {
  ReleaseRequested: { by: 'one', limits },
  ReleasePrepared: listOf(),
  ReleaseApproved: { by: 'nine', ...totals, missing: 0 },
  ReleaseHeld: { by: 'nine', reason: 'Salah daftar' },
  ReleaseResumed: { by: 'nine' },
  ReleaseCancelled: { by: 'nine', reason: 'Salah daftar' },
  FundsShort: { missingRupiah: { switching: 1 }, nextLookAt: instant },
  ReleaseDispatched: { chunkCount: 1, again: false, nextCheckAt: instant },
  ReleaseCheckStarted: { round: 1, nextCheckAt: instant },
  ReleaseChecked: { round: 1, byStanding, openByPartner: {}, unassignedCount: 0, nextCheckAt: instant },
  CaseAssigned: { reference: referenceOf(1), owner: 'six', by: 'nine', note: 'Menunggu bank' },
  ReleaseClosed: { round: 1, byStanding },
  SurveysPlanned: {},
  SurveyAnnounced: { number: 1 },
};

/** Which event leads where, in words of this file: what is not here leads nowhere. */
const leads: Readonly<Record<string, string>> = {
  'unknown ReleaseRequested': 'requested',
  'requested ReleasePrepared': 'prepared',
  'requested ReleaseCancelled': 'cancelled',
  'prepared ReleaseApproved': 'approved',
  'prepared ReleaseCancelled': 'cancelled',
  'approved FundsShort': 'approved',
  'approved ReleaseDispatched': 'dispatched',
  'approved ReleaseHeld': 'held',
  'approved ReleaseCancelled': 'cancelled',
  'approved ReleaseCheckStarted': 'approved',
  'approved ReleaseChecked': 'approved',
  'approved CaseAssigned': 'approved',
  'approved SurveysPlanned': 'approved',
  'approved SurveyAnnounced': 'approved',
  'held ReleaseResumed': 'approved',
  'held ReleaseCancelled': 'cancelled',
  'held ReleaseCheckStarted': 'held',
  'held ReleaseChecked': 'held',
  'held CaseAssigned': 'held',
  'held SurveysPlanned': 'held',
  'held SurveyAnnounced': 'held',
  'dispatched ReleaseHeld': 'held',
  'dispatched ReleaseCheckStarted': 'dispatched',
  'dispatched ReleaseChecked': 'dispatched',
  'dispatched CaseAssigned': 'dispatched',
  'dispatched ReleaseClosed': 'closed',
  'dispatched SurveysPlanned': 'dispatched',
  'dispatched SurveyAnnounced': 'dispatched',
  'closed SurveysPlanned': 'closed',
  'closed SurveyAnnounced': 'closed',
};

describe('the states of a release', () => {
  const pairs = Object.entries(inState).flatMap(([state, make]) =>
    Object.entries(eventOf).map(([type, fields]) => ({ state, type, make, event: { type, ...fields } })),
  );

  it.each(pairs)('$state: $type leads where it may, and nowhere else', ({ state, type, make, event }) => {
    const next = leads[`${state} ${type}`];
    const step = () => evolveRelease(make(), ReleaseEvent.parse(event), start);
    expect(make().state).toBe(state);
    if (next) expect(step().state).toBe(next);
    else expect(step).toThrow(`Nothing leads from ${state} by ${type}`);
  });

  it('are all named by the table', () => {
    expect(Object.keys(releaseStates).sort()).toEqual(Object.keys(inState).sort());
  });

  it.each(Object.entries(inState))('%s: only closed and cancelled ones are finished', (state, make) => {
    expect(isUnfinished(make())).toBe(!['unknown', 'closed', 'cancelled'].includes(state));
  });

  it('leave nothing to look at before the dispatch, and after the end', () => {
    const watched = Object.entries(inState).flatMap(([state, make]) => (isWatched(make()) ? [state] : []));
    expect(watched).toEqual(['dispatched']);
    const heldLater = decided(dispatched(), hold(dispatched(), 'four', 'Salah daftar'));
    expect(isWatched(heldLater)).toBe(true);
  });

  it.each(['one', 'two'])('never hold two decisions of %s about one release', (by) => {
    const once = decided(
      prepared(listOf({ sumRupiah: threshold })),
      approve(prepared(listOf({ sumRupiah: threshold })), 'two', { count: 3, sumRupiah: threshold }),
    );
    const again = { type: 'ReleaseApproved', by, count: 3, sumRupiah: threshold, missing: 0 } as const;
    expect(() => evolveRelease(once, again, start)).toThrow('Nobody approves twice, or what they asked for');
  });

  it('never hold an event that contradicts the list', () => {
    const short = { ...listOf(), count: 2 };
    expect(() => decided(requested(), prepare(requested(), short))).toThrow('The partners make up the count');
    const dear = { ...listOf(), sumRupiah: 1_800_001 };
    expect(() => decided(requested(), prepare(requested(), dear))).toThrow('The partners make up the sum');
    const lost = {
      ...eventOf.ReleaseClosed,
      type: 'ReleaseClosed',
      byStanding: { ...byStanding, paid: { count: 2, sumRupiah: 1_800_000 } },
    } as const;
    expect(() => evolveRelease(dispatched(), lost, start)).toThrow('A round finds every payout');
    const poor = { ...lost, byStanding: { ...byStanding, paid: { count: 3, sumRupiah: 1_799_999 } } };
    expect(() => evolveRelease(dispatched(), poor, start)).toThrow('A round finds every rupiah');
  });
});

describe('asking for a release', () => {
  it('is one event with an entry in the list of releases, and nothing for a repeat', () => {
    const asked = { note: 'Pembayaran November', limits: { maxPayouts: 10, partnerCodes: ['switching'] as const } };
    const body = { ...asked, limits: { ...asked.limits, partnerCodes: [...asked.limits.partnerCodes] } };
    const decision = request(noRelease, 'R1', 'one', body);
    expect(decision).toEqual({
      events: [{ type: 'ReleaseRequested', by: 'one', ...body }],
      index: { lookup: 'RELEASES', lookupSort: 'R1' },
    });
    expect(request(decided(noRelease, decision), 'R1', 'one', body).events).toEqual([]);
  });

  it('refuses the same id for anything else', () => {
    const body = { note: 'Pembayaran', limits: { maxPayouts: 10 } };
    const first = decided(noRelease, request(noRelease, 'R1', 'one', body));
    const others = [
      { by: 'two', body },
      { by: 'one', body: { limits: body.limits } },
      { by: 'one', body: { ...body, note: 'Lain' } },
      { by: 'one', body: { ...body, limits: { maxPayouts: 11 } } },
      { by: 'one', body: { ...body, limits: { maxPayouts: 10, partnerCodes: ['switching' as const] } } },
    ];
    for (const { by, body: other } of others) expectRefusal(() => request(first, 'R1', by, other), 'release_exists');
    expect(others).toHaveLength(5);
  });
});

describe('preparing', () => {
  it('declares a list once: the first one stands', () => {
    expect(typesOf(prepare(requested(), listOf()))).toEqual(['ReleasePrepared']);
    for (const release of [prepared(), approved(), dispatched(), held(), cancelled(), closed(), noRelease])
      expect(prepare(release, listOf({ count: 9 })).events).toEqual([]);
  });
});

describe('approving', () => {
  it.each([
    [1, 1],
    [threshold - 1, 1],
    [threshold, 2],
    [threshold + 1, 2],
  ])('a sum of %i rupiah needs %i beside who asked', (sumRupiah, needed) => {
    expect(approvalsNeeded(sumRupiah)).toBe(needed);
  });

  const operators = ['one', 'two', 'three'] as const;
  const combinations = operators.flatMap((by) => operators.map((then) => ({ by, then })));

  it.each(combinations)('below the threshold: $by is enough unless they asked for it', ({ by }) => {
    const list = listOf({ sumRupiah: threshold - 1 });
    const release = prepared(list);
    const sums = { count: 3, sumRupiah: threshold - 1 };
    if (by === 'one') return expectRefusal(() => approve(release, by, sums), 'same_operator');
    const one = decided(release, approve(release, by, sums), minutesAfter(start, 5));
    expect(one).toMatchObject({ state: 'approved', approvedAt: minutesAfter(start, 5) });
    expect(approve(one, by, sums).events).toEqual([]);
  });

  it.each(combinations)('from the threshold on: $by, then $then', ({ by, then }) => {
    const sums = { count: 3, sumRupiah: threshold };
    const release = prepared(listOf(sums));
    if (by === 'one') return expectRefusal(() => approve(release, by, sums), 'same_operator');
    const once = decided(release, approve(release, by, sums));
    expect(once).toMatchObject({ state: 'prepared', approvedAt: null });
    if (then === 'one') return expectRefusal(() => approve(once, then, sums), 'same_operator');
    if (then === by) return expect(approve(once, then, sums).events).toEqual([]);
    const twice = decided(once, approve(once, then, sums), minutesAfter(start, 7));
    expect(twice).toMatchObject({ state: 'approved', approvedAt: minutesAfter(start, 7) });
    expect(twice.approvals.map((approval) => approval.by)).toEqual([by, then]);
  });

  it.each([
    { count: 2, sumRupiah: 1_800_000 },
    { count: 4, sumRupiah: 1_800_000 },
    { count: 3, sumRupiah: 1_799_999 },
    { count: 3, sumRupiah: 1_800_001 },
  ])('refuses totals that were not declared: $count payouts of $sumRupiah rupiah', (other) => {
    expectRefusal(() => approve(prepared(), 'two', other), 'release_totals_differ');
  });

  it('refuses a list with nothing in it', () => {
    expectRefusal(
      () => approve(prepared(listOf({ count: 0, sumRupiah: 0 })), 'two', { count: 0, sumRupiah: 0 }),
      'release_state',
    );
  });

  it('refuses a release without a list, one that is over, and none at all', () => {
    expectRefusal(() => approve(requested(), 'two', totals), 'release_state');
    expectRefusal(() => approve(cancelled(), 'two', totals), 'release_state');
    expectRefusal(() => approve(approved(), 'five', totals), 'release_state');
    expectRefusal(() => approve(noRelease, 'two', totals), 'release_unknown');
  });

  it('never lets who asked, or who approved, count twice, whatever the order', () => {
    const who = fc.array(fc.constantFrom('one', 'two', 'three', 'four'), { maxLength: 8 });
    const check = (order: readonly string[], isLarge: boolean) => {
      const sums = { count: 3, sumRupiah: isLarge ? threshold : threshold - 1 };
      let release = prepared(listOf(sums));
      for (const by of order) {
        try {
          release = decided(release, approve(release, by, sums));
        } catch {
          // Refused: as it was.
        }
      }
      const distinct = new Set(order.filter((by) => by !== 'one')).size;
      expect(release.state).toBe(distinct >= approvalsNeeded(sums.sumRupiah) ? 'approved' : 'prepared');
      expect(new Set(release.approvals.map(({ by }) => by)).size).toBe(release.approvals.length);
    };
    fc.assert(fc.property(who, fc.boolean(), check));
  });
});

describe('holding and resuming', () => {
  it.each([
    ['approved', approved],
    ['dispatched', dispatched],
  ])('stops a release that is %s; another operator lets it go on', (_, make) => {
    const stopped = decided(make(), hold(make(), 'four', 'Salah daftar'));
    expect(stopped.state).toBe('held');
    expect(hold(stopped, 'four', 'Salah daftar').events).toEqual([]);
    expectRefusal(() => hold(stopped, 'five', 'Salah daftar'), 'release_state');
    expectRefusal(() => hold(stopped, 'four', 'Lain lagi'), 'release_state');
    expectRefusal(() => resume(stopped, 'four'), 'same_operator');
    for (const by of ['one', 'two', 'five']) expect(typesOf(resume(stopped, by))).toEqual(['ReleaseResumed']);
    const resumed = decided(stopped, resume(stopped, 'five'));
    expect(resumed.state).toBe('approved');
    expect(resume(resumed, 'five').events).toEqual([]);
    expectRefusal(() => resume(resumed, 'two'), 'release_state');
  });

  it.each([
    ['requested', requested],
    ['prepared', prepared],
    ['cancelled', cancelled],
    ['closed', closed],
  ])('is not for one that is %s', (_, make) => {
    expectRefusal(() => hold(make(), 'four', 'Salah daftar'), 'release_state');
    expectRefusal(() => resume(make(), 'five'), 'release_state');
  });

  it('has an end', () => {
    const often = { ...approved(), holds: releaseRules.maxHolds - 1 };
    expect(typesOf(hold(often, 'four', 'Salah daftar'))).toEqual(['ReleaseHeld']);
    expectRefusal(() => hold({ ...often, holds: releaseRules.maxHolds }, 'four', 'Salah daftar'), 'attempts_exceeded');
  });
});

describe('cancelling', () => {
  it.each([
    ['requested', requested],
    ['prepared', prepared],
    ['approved', approved],
    ['held', held],
  ])('ends a release that is %s and was never dispatched, once', (_, make) => {
    const ended = decided(make(), cancel(make(), 'five', 'Salah daftar'));
    expect(ended.state).toBe('cancelled');
    expect(cancel(ended, 'five', 'Salah daftar').events).toEqual([]);
    expectRefusal(() => cancel(ended, 'six', 'Salah daftar'), 'release_state');
  });

  it('is refused once it was dispatched, in whatever state it is now', () => {
    const heldLater = decided(dispatched(), hold(dispatched(), 'four', 'Salah daftar'));
    const resumedLater = decided(heldLater, resume(heldLater, 'five'));
    for (const release of [dispatched(), heldLater, resumedLater, closed()])
      expectRefusal(() => cancel(release, 'six', 'Salah daftar'), 'release_state');
    expect(resumedLater.state).toBe('approved');
  });
});

describe('giving a payout into care', () => {
  const assignment = { reference: referenceOf(1), owner: 'six', note: 'Menunggu bank' };

  it('names an owner, changes the owner, and does nothing for a repeat', () => {
    const once = decided(dispatched(), assignCase(dispatched(), 'five', assignment));
    expect(once.cases.get(referenceOf(1))).toMatchObject({ owner: 'six', by: 'five', note: 'Menunggu bank' });
    expect(assignCase(once, 'five', assignment).events).toEqual([]);
    const other = decided(once, assignCase(once, 'five', { ...assignment, owner: 'seven' }));
    expect(other).toMatchObject({ assignments: 2, assignedSince: 1 });
    expect(other.cases.get(referenceOf(1))?.owner).toBe('seven');
    expect(typesOf(assignCase(once, 'eight', assignment))).toEqual(['CaseAssigned']);
    expect(typesOf(assignCase(once, 'five', { ...assignment, note: 'Menunggu nasabah' }))).toEqual(['CaseAssigned']);
  });

  it('is for releases that were dispatched and are not closed', () => {
    for (const make of [requested, prepared, approved, held, cancelled, closed])
      expectRefusal(() => assignCase(make(), 'five', assignment), 'release_state');
    expectRefusal(() => assignCase(noRelease, 'five', assignment), 'release_unknown');
    const heldLater = decided(dispatched(), hold(dispatched(), 'four', 'Salah daftar'));
    expect(typesOf(assignCase(heldLater, 'five', assignment))).toEqual(['CaseAssigned']);
  });

  it('has an end', () => {
    const often = { ...dispatched(), assignments: releaseRules.maxAssignments - 1 };
    expect(typesOf(assignCase(often, 'five', assignment))).toEqual(['CaseAssigned']);
    const over = { ...often, assignments: releaseRules.maxAssignments };
    expectRefusal(() => assignCase(over, 'five', assignment), 'attempts_exceeded');
  });
});
