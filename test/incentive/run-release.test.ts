import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { placeHold } from '#shared/incentive/hold.ts';
import { assignCase, cancel, hold, resume } from '#shared/incentive/release-steps.ts';
import type { Outcome } from '#shared/incentive/settlement.ts';
import { participants } from '#shared/journal/participant.ts';
import { dueStore } from '#shared/operations/due-store.ts';
import { messagesDue } from '#shared/operations/sweep.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { logger } from '#shared/platform/observe.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { type Claim, claimants, paid, type ReleaseDesk, releaseDesk } from '#test/incentive/release-desk.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';
import { dyingFiles } from '#test/platform/memory-files.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
const { claims, settle: becomes } = claimants(() => engine, 'run release', 220);
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const opened = minutesAfter(start, 60);
const atMinute = (minutes: number) => vi.setSystemTime(minutesAfter(opened, minutes));
beforeEach(() => {
  atMinute(0);
});
afterEach(() => {
  vi.useRealTimers();
});

let ids = 0;
const nextId = () => {
  ids += 1;
  return `R${ids}`;
};
const desk = () => releaseDesk(() => engine);
const dispatchOf = (releaseId: string) => ({ step: 'dispatch', releaseId }) as const;
const checkOf = (releaseId: string) => ({ step: 'check', releaseId }) as const;

/** Messages that the sweeper makes of a release's entries up to now. */
async function dueOf(releaseId: string, from: Date): Promise<Outgoing[]> {
  const found: Outgoing[] = [];
  for await (const page of dueStore(engine.table).entries(wibDay(new Date()), from, new Date()))
    for (const { pk, dueSort } of page) if (pk === `L#${releaseId}`) found.push(...messagesDue(pk, dueSort));
  return found;
}

type Made = { readonly releases: ReleaseDesk; readonly releaseId: string; readonly made: readonly Claim[] };

/** A release of so many claims whose list is there. */
async function prepared(count: number, releases = desk()): Promise<Made> {
  const made = await claims(count);
  const releaseId = nextId();
  await releases.lists.leaveWaiting(
    'claim',
    made.map(({ waiting }) => waiting),
  );
  await releases.ask(releaseId);
  await releases.settle(releaseId);
  return { releases, releaseId, made };
}

async function approved(count: number, releases = desk()): Promise<Made> {
  const release = await prepared(count, releases);
  await releases.approveAll(release.releaseId);
  return release;
}

/** A release whose payouts are on their partners' queues, ten minutes and more before its first round. */
async function dispatched(count: number, releases = desk()): Promise<Made> {
  const release = await approved(count, releases);
  await releases.settle(release.releaseId);
  return release;
}

const messageOf = ({ waiting: { participantId, reference } }: Claim, releaseId: string, again = false) => ({
  ...{ step: 'pay', participantId, reference, releaseId, again },
});
const inOrder = (messages: readonly object[]) => messages.map((message) => JSON.stringify(message)).sort();
const typesOf = async ({ releases, releaseId }: Made) =>
  (await releases.journal().entries(releaseId)).flatMap(({ events }) => events.map(({ type }) => type));

/** A round from its beginning to its end. */
async function checkNow({ releases, releaseId }: Made, times = 1) {
  expect(await releases.run([checkOf(releaseId)])).toEqual([]);
  await releases.settle(releaseId, times);
  return releases.load(releaseId);
}

describe('dispatching', () => {
  it('sends one message for each payout to the queue of its partner, once it is approved and not before', async () => {
    const early = await prepared(3);
    expect(await early.releases.run([dispatchOf(early.releaseId)])).toEqual([]);
    expect((await early.releases.load(early.releaseId)).state).toBe('prepared');

    const release = await dispatched(3);
    const { releases, releaseId, made } = release;
    expect((await releases.load(releaseId)).state).toBe('dispatched');
    const messages = releases.taken('switchingQueueUrl');
    expect(inOrder(messages)).toEqual(inOrder(made.map((claim) => messageOf(claim, releaseId))));
    expect(releases.taken('bankIndukQueueUrl')).toEqual([]);
  });

  it('is the same for every repeat of its messages, and what comes again is asked about first', async () => {
    const release = await approved(2);
    const { releases, releaseId, made } = release;
    await releases.settle(releaseId, 3);
    expect((await typesOf(release)).filter((type) => type === 'ReleaseDispatched')).toHaveLength(1);
    const messages = inOrder(releases.taken('switchingQueueUrl'));
    const first = made.map((claim) => messageOf(claim, releaseId));
    const again = made.map((claim) => messageOf(claim, releaseId, true));
    expect(messages).toEqual(inOrder([...first, ...again, ...again]));
  });

  it.each([
    [1, 'before'],
    [1, 'after'],
    [2, 'before'],
    [2, 'after'],
  ] as const)('by a process that dies %s-th write, %s, ends as ever', async (write, when) => {
    const release = await approved(2);
    const { releases, releaseId } = release;
    await releases.following(releaseId);
    expect(await releases.run([dispatchOf(releaseId)], { table: engine.dying({ write, when }) })).toEqual([
      'message-0',
    ]);
    expect(await releases.run([dispatchOf(releaseId)], { deliveries: 2 })).toEqual([]);
    expect((await typesOf(release)).slice(-2)).toEqual(['ReleaseDispatched', 'SurveysPlanned']);
    await releases.settle(releaseId);
    expect(releases.taken('switchingQueueUrl')).toHaveLength(2);
  });

  it('waits for the funds: the sum and the fees, to the rupiah', async () => {
    const release = await approved(2);
    const { releases, releaseId } = release;
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => {});
    releases.balances.set('switching', 1_201_999);
    await releases.settle(releaseId, 2);
    const short = await releases.load(releaseId);
    expect(short).toMatchObject({ state: 'approved', fundsChecks: 1 });
    expect([...short.fundsShort]).toEqual([['switching', 1]]);
    expect(logged.mock.calls).toEqual([
      ['release.funds_short', { releaseId, partnerCode: 'switching', missingRupiah: 1 }],
    ]);
    logged.mockRestore();
    expect(releases.sent).toEqual([]);

    releases.balances.set('switching', 1_202_000);
    atMinute(15);
    const due = await dueOf(releaseId, opened);
    expect(due).toEqual([{ queue: 'releaseQueueUrl', body: dispatchOf(releaseId) }]);
    expect(await releases.run([dispatchOf(releaseId)])).toEqual([]);
    expect((await releases.load(releaseId)).state).toBe('dispatched');
  });

  it('waits for a partner that does not say what it holds', async () => {
    const { releases, releaseId } = await approved(1);
    releases.balances.set('switching', null);
    await releases.settle(releaseId);
    expect([...(await releases.load(releaseId)).fundsShort]).toEqual([['switching', null]]);
  });

  it('counts what other releases may still draw', async () => {
    const releases = desk();
    const first = await dispatched(2, releases);
    const second = await approved(1, releases);
    releases.balances.set('switching', 3 * 601_000 - 1);
    await releases.settle(second.releaseId);
    expect([...(await releases.load(second.releaseId)).fundsShort]).toEqual([['switching', 1]]);

    // The first one's are paid, and it is closed: only its own are to be covered.
    for (const claim of first.made) await becomes(claim, paid);
    atMinute(20);
    expect((await checkNow(first)).state).toBe('closed');
    releases.balances.set('switching', 601_000);
    expect(await releases.run([dispatchOf(second.releaseId)])).toEqual([]);
    expect((await releases.load(second.releaseId)).state).toBe('dispatched');
  });

  it('sends nothing of a release that is held meanwhile; resumed, it sends all again and asks first', async () => {
    const { releases, releaseId, made } = await approved(2);
    await releases.following(releaseId);
    expect(await releases.run([dispatchOf(releaseId)])).toEqual([]);
    await releases.decide(releaseId, (release) => hold(release, 'four', 'Salah daftar'));
    await releases.settle(releaseId);
    expect(releases.taken('switchingQueueUrl')).toEqual([]);
    await releases.decide(releaseId, (release) => resume(release, 'five'));
    await releases.settle(releaseId);
    expect((await releases.load(releaseId)).state).toBe('dispatched');
    const messages = releases.taken('switchingQueueUrl');
    expect(inOrder(messages)).toEqual(inOrder(made.map((claim) => messageOf(claim, releaseId, true))));
  });

  it('of two releases that are approved at once, the later one waits for the funds that the earlier one needs', async () => {
    const first = await approved(1);
    const { releases } = first;
    const second = await approved(1, releases);
    releases.balances.set('switching', 601_000);
    await releases.run([dispatchOf(second.releaseId)]);
    expect((await releases.load(second.releaseId)).state).toBe('approved');
    await releases.run([dispatchOf(first.releaseId)]);
    expect((await releases.load(first.releaseId)).state).toBe('dispatched');
  });

  it('is neither dispatched nor called so where it is held while the funds are looked at', async () => {
    const { releases, releaseId } = await approved(1);
    const logged = vi.spyOn(logger, 'info').mockImplementation(() => {});
    const dispatchedIds = () => logged.mock.calls.filter(([code]) => String(code) === 'release.dispatched');
    const files = {
      ...releases.files,
      read: async (key: string) => {
        await releases.decide(releaseId, (release) => hold(release, 'four', 'Salah daftar'));
        return releases.files.read(key);
      },
    };
    expect(await releases.run([dispatchOf(releaseId)], { files })).toEqual([]);
    expect((await releases.load(releaseId)).state).toBe('held');
    expect(dispatchedIds()).toEqual([]);
    await releases.decide(releaseId, (release) => resume(release, 'five'));
    expect(await releases.run([dispatchOf(releaseId)])).toEqual([]);
    expect(dispatchedIds()).toEqual([['release.dispatched', { releaseId }]]);
    logged.mockRestore();
  });

  it.each(['the list', 'its manifest', 'both, so that they agree'])(
    'stops where %s is not what was approved',
    async (what) => {
      const { releases, releaseId } = await approved(2);
      const { contents } = releases.files;
      const keyOf = (ending: string) =>
        [...contents.keys()].find((key) => key.includes(`/${releaseId}/`) && key.endsWith(ending)) ?? '';
      const [listKey, manifestKey] = [keyOf('/chunk-00000.json'), keyOf('/manifest.json')];
      const [list = '', manifest = ''] = [contents.get(listKey), contents.get(manifestKey)];
      const dearer = list.replace('600000', '900000');
      const agreeing = manifest.replace(digestOf(list), digestOf(dearer));
      expect([dearer, agreeing]).not.toEqual([list, manifest]);
      if (what !== 'its manifest') await releases.files.put(listKey, dearer, 'application/json');
      if (what !== 'the list') await releases.files.put(manifestKey, agreeing, 'application/json');
      await expect(releases.settle(releaseId)).rejects.toThrow('Not done');
      expect(releases.taken('switchingQueueUrl')).toEqual([]);
    },
  );
});

describe('looking how far a release is', () => {
  it('closes it when all are final, and not while 95 of 100 are', async () => {
    const release = await dispatched(20);
    const { releases, made } = release;
    const [last, ...others] = made;
    if (!last) throw new Error('Twenty were asked for');
    for (const claim of others) await becomes(claim, paid);
    atMinute(10);
    const open = await checkNow(release);
    expect(open.state).toBe('dispatched');
    expect(open.checked).toMatchObject({
      round: 1,
      unassignedCount: 1,
      byStanding: { open: { count: 1, sumRupiah: 600_000 }, paid: { count: 19, sumRupiah: 11_400_000 } },
      openByPartner: { switching: { count: 1, sumRupiah: 600_000, feesRupiah: 1_000 } },
    });
    // An hour later nothing has changed; then the last one is refused, which is an end too.
    atMinute(70);
    expect((await checkNow(release)).checked?.round).toBe(2);
    await becomes(last, { kind: 'refused', reason: 'account_closed', fault: 'account' });
    atMinute(440);
    const closed = await checkNow(release);
    expect(closed).toMatchObject({
      state: 'closed',
      closed: {
        round: 3,
        byStanding: { open: { count: 0 }, paid: { count: 19 }, refused: { count: 1, sumRupiah: 600_000 } },
      },
    });
    expect(releases.waitingReferences()).toEqual([]);
    expect(releases.taken('releaseQueueUrl')).toEqual([]);
  });

  it('counts every end: paid, refused, returned, and remedied by another account', async () => {
    const release = await dispatched(3);
    const [first, second, third] = release.made;
    if (!first || !second || !third) throw new Error('Three were asked for');
    const returned: Outcome = { kind: 'returned', partnerReference: 'SIM2', by: 'inquiry' };
    await becomes(first, paid);
    await becomes(second, { kind: 'refused', reason: 'account_closed', fault: 'ours' });
    await becomes(third, paid);
    await becomes(third, returned);
    atMinute(10);
    const { state, closed } = await checkNow(release);
    expect(state).toBe('closed');
    expect(closed?.byStanding).toMatchObject({ paid: { count: 1 }, refused: { count: 1 }, returned: { count: 1 } });
  });

  it('closes it at once when the last open payout gets an owner, and lets mere claims wait again', async () => {
    const release = await dispatched(3);
    const { releases, releaseId, made } = release;
    const [claimed, unknown, last] = made;
    if (!claimed || !unknown || !last) throw new Error('Three were asked for');
    await becomes(last, paid);
    await becomes(unknown, { kind: 'unknown', cause: 'no_answer' });
    atMinute(10);
    expect((await checkNow(release)).checked?.unassignedCount).toBe(2);
    const assign = async ({ waiting: { reference } }: Claim) => {
      await releases.decide(releaseId, (before) =>
        assignCase(before, 'five', { reference, owner: 'six', note: 'Menunggu bank' }),
      );
      await releases.settle(releaseId);
      return releases.load(releaseId);
    };
    atMinute(12);
    expect((await assign(unknown)).state).toBe('dispatched');
    const { state, closed } = await assign(claimed);
    expect({ state, open: closed?.byStanding.open.count, paid: closed?.byStanding.paid.count }).toEqual({
      ...{ state: 'closed', open: 2, paid: 1 },
    });
    // What may be with the partner stays in care; what was never sent waits for the next release, and is in it.
    expect(releases.waitingReferences()).toEqual([claimed.waiting.reference]);
    const next = nextId();
    await releases.ask(next);
    await releases.settle(next);
    expect((await releases.listed(next)).map(({ reference }) => reference)).toEqual([claimed.waiting.reference]);
    // Nobody knows whether it was sent: whoever is told to pay it asks first, whenever the next release was approved.
    releases.taken('switchingQueueUrl');
    await releases.approveAll(next);
    await releases.settle(next);
    expect(releases.taken('switchingQueueUrl')).toEqual([{ ...messageOf(claimed, next), relisted: true }]);
  });

  it('finds the same, and records it once, for every repeat of its messages', async () => {
    const release = await dispatched(2);
    atMinute(10);
    const { checked } = await checkNow(release, 3);
    expect(checked?.round).toBe(1);
    expect((await typesOf(release)).filter((type) => type.startsWith('ReleaseCheck'))).toEqual([
      ...['ReleaseCheckStarted', 'ReleaseChecked'],
    ]);
  });

  it('leaves a round that is over as it was when one of its messages comes late', async () => {
    const release = await dispatched(1);
    const { releases, releaseId, made } = release;
    atMinute(10);
    await checkNow(release);
    const before = releases.files.contents;
    for (const claim of made) await becomes(claim, paid);
    atMinute(600);
    expect(await releases.run([{ step: 'check_chunk', releaseId, chunk: 0, round: 1 }])).toEqual([]);
    expect(releases.files.contents).toEqual(before);
    expect(releases.taken('releaseQueueUrl')).toEqual([]);
  });

  it('looks at nothing before its time, nor at what was not dispatched or is closed', async () => {
    const release = await dispatched(1);
    const early = await approved(1);
    const before = await typesOf(release);
    atMinute(8);
    await checkNow(release);
    await checkNow(early);
    expect(await typesOf(release)).toEqual(before);
    expect(await typesOf(early)).not.toContain('ReleaseCheckStarted');
  });

  it('has the next round on the clock each time', async () => {
    const release = await dispatched(1);
    const { releases, releaseId } = release;
    const body = checkOf(releaseId);
    const sweep = async (minutes: number) => {
      const from = new Date(Date.now() + 1);
      atMinute(minutes);
      return (await dueOf(releaseId, from)).filter(
        ({ body: { step } }: { body: { step?: string } }) => step === 'check',
      );
    };
    expect(await sweep(10)).toEqual([{ queue: 'releaseQueueUrl', body }]);
    await checkNow(release);
    // The round was over at once, so its watch finds nothing to do.
    expect(await sweep(40)).toEqual([{ queue: 'releaseQueueUrl', body }]);
    await checkNow(release);
    expect((await releases.load(releaseId)).checked?.round).toBe(1);
    expect(await sweep(70)).toEqual([{ queue: 'releaseQueueUrl', body }]);
    expect((await checkNow(release)).checked?.round).toBe(2);
    expect(await sweep(430)).toHaveLength(2);
  });

  it.each([
    { change: 1, when: 'before' as const },
    { change: 1, when: 'after' as const },
  ])('goes on when the worker of a file dies $when it has left what it found', async (death) => {
    const release = await dispatched(2);
    const { releases, releaseId } = release;
    atMinute(10);
    expect(await releases.run([checkOf(releaseId)])).toEqual([]);
    const [message] = releases.taken('releaseQueueUrl');
    const body = { step: 'check_chunk', releaseId, chunk: 0, round: 1 } as const;
    expect(message).toEqual(body);
    expect(await releases.run([body], { files: dyingFiles(releases.files, death) })).toEqual(['message-0']);
    expect((await releases.load(releaseId)).checked).toBeNull();
    expect(await releases.run([body], { deliveries: 2 })).toEqual([]);
    await releases.settle(releaseId);
    expect((await releases.load(releaseId)).checked?.round).toBe(1);
  });

  it.each([
    [1, 'before'],
    [1, 'after'],
  ] as const)('ends as ever when a round dies at write %i, %s', async (write, when) => {
    const release = await dispatched(2);
    const { releases, releaseId } = release;
    atMinute(10);
    expect(await releases.run([checkOf(releaseId)], { table: engine.dying({ write, when }) })).toEqual(['message-0']);
    expect(await releases.run([checkOf(releaseId)], { deliveries: 2 })).toEqual([]);
    await releases.settle(releaseId);
    expect((await releases.load(releaseId)).checked?.round).toBe(1);
  });

  it('asks again for what is missing of a round when its messages were lost', async () => {
    const release = await dispatched(1);
    const { releases, releaseId } = release;
    atMinute(10);
    expect(await releases.run([checkOf(releaseId)])).toEqual([]);
    expect(releases.taken('releaseQueueUrl')).toHaveLength(1);
    atMinute(20);
    await checkNow(release);
    expect((await releases.load(releaseId)).checked).toBeNull();
    atMinute(40);
    expect((await checkNow(release)).checked?.round).toBe(1);
  });

  it('sends again what nobody has touched six hours after the dispatch, and nothing sooner', async () => {
    const release = await dispatched(3);
    const { releases, releaseId, made } = release;
    const [idle, deferred, sent] = made;
    if (!idle || !deferred || !sent) throw new Error('Three were asked for');
    releases.taken('switchingQueueUrl');
    await becomes(sent, { kind: 'sent' });
    await becomes(deferred, { kind: 'deferred', reason: 'partner_closed', until: minutesAfter(opened, 1_000) });
    for (const minutes of [10, 80]) {
      atMinute(minutes);
      await checkNow(release);
    }
    expect(releases.taken('switchingQueueUrl')).toEqual([]);
    atMinute(445);
    await checkNow(release);
    expect(releases.taken('switchingQueueUrl')).toEqual([messageOf(idle, releaseId, true)]);
  });

  it('sends nothing again while the release is held, and does not close it', async () => {
    const release = await dispatched(1);
    const { releases, releaseId, made } = release;
    releases.taken('switchingQueueUrl');
    await releases.decide(releaseId, (before) => hold(before, 'four', 'Salah daftar'));
    atMinute(445);
    expect((await checkNow(release)).checked?.round).toBe(1);
    expect(releases.taken('switchingQueueUrl')).toEqual([]);
    for (const claim of made) await becomes(claim, paid);
    atMinute(600);
    expect(await checkNow(release)).toMatchObject({ state: 'held', checked: { round: 2, unassignedCount: 0 } });
    await releases.decide(releaseId, (before) => resume(before, 'five'));
    await releases.settle(releaseId);
    atMinute(610);
    expect((await checkNow(release)).state).toBe('closed');
  });

  it('tells somebody of open payouts that had no owner for ten days', async () => {
    const release = await dispatched(1);
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => {});
    let minutes = 10;
    for (let round = 1; round <= 12; round += 1) {
      atMinute(minutes);
      expect((await checkNow(release)).checked?.round).toBe(round);
      expect(logged.mock.calls.length).toBe(round < 12 ? 0 : 1);
      minutes += 1_441;
    }
    expect(logged.mock.calls).toEqual([
      ['release.overdue', { releaseId: release.releaseId, round: 12, unassigned: 1 }],
    ]);
    logged.mockRestore();
  });
});

describe('giving back', () => {
  it('lets all of a cancelled release wait again, once for each payout, whatever comes twice', async () => {
    const { releases, releaseId, made } = await prepared(3);
    await releases.decide(releaseId, (release) => cancel(release, 'two', 'Salah daftar'));
    await releases.settle(releaseId, 3);
    const references = made.map(({ waiting }) => waiting.reference).sort();
    expect(releases.waitingReferences().sort()).toEqual(references);
  });

  it('does nothing for a release that goes on', async () => {
    const { releases, releaseId } = await dispatched(1);
    expect(await releases.run([{ step: 'give_back', releaseId }])).toEqual([]);
    expect(releases.waitingReferences()).toEqual([]);
  });

  it('loses nobody who is held when the next list is made', async () => {
    const { releases, releaseId, made } = await prepared(1);
    const [claim] = made;
    if (!claim) throw new Error('One was asked for');
    await releases.decide(releaseId, (release) => cancel(release, 'two', 'Salah daftar'));
    await releases.settle(releaseId);
    const { participantId } = claim.citizen;
    await participants(engine.table).change(participantId, (file) =>
      placeHold(file, { holdId: 'H', reason: 'manual', by: 'one' }),
    );
    const next = nextId();
    await releases.ask(next);
    await releases.settle(next);
    expect((await releases.load(next)).prepared?.count).toBe(0);
  });
});

describe('announcing surveys', () => {
  const surveyOf = (releaseId: string, number: number) => ({ step: 'survey', releaseId, number }) as const;
  const day = 1_440;

  it('tells everybody whom the release paid that the survey is open, once, and who was paid later by a later one', async () => {
    const release = await dispatched(3);
    const { releases, releaseId, made } = release;
    const [early, late, never] = made;
    if (!early || !late || !never) throw new Error('Three were asked for');
    await becomes(early, paid);
    atMinute(day);
    await becomes(late, paid);

    // 2 November, 11:00 WIB; nine in the morning of 2 December.
    atMinute(30 * day - 2 * 60);
    const due = await dueOf(releaseId, minutesAfter(opened, 29 * day));
    expect(due).toEqual([{ queue: 'releaseQueueUrl', body: surveyOf(releaseId, 1) }]);
    expect(await releases.run([surveyOf(releaseId, 1)])).toEqual([]);
    await releases.settle(releaseId);
    const { participantId } = early.citizen;
    expect(releases.taken('messageQueueUrl')).toEqual([{ notice: 'survey_open', participantId, number: 1 }]);

    // The same announcement a second time tells nobody, and the next one tells the other.
    expect(await releases.run([surveyOf(releaseId, 1)])).toEqual([]);
    await releases.settle(releaseId);
    expect(releases.taken('messageQueueUrl')).toEqual([]);
    atMinute(31 * day - 2 * 60);
    expect(await releases.run([surveyOf(releaseId, 2)])).toEqual([]);
    await releases.settle(releaseId);
    expect(releases.taken('messageQueueUrl')).toEqual([
      { notice: 'survey_open', participantId: late.citizen.participantId, number: 1 },
    ]);
    expect((await releases.load(releaseId)).announced).toBe(2);
  });

  it.each(['before', 'after'] as const)(
    'is recorded by the next delivery when the first one dies %s that',
    async (when) => {
      const { releases, releaseId } = await dispatched(1);
      atMinute(30 * day - 2 * 60);
      const table = engine.dying({ write: 1, when });
      expect(await releases.run([surveyOf(releaseId, 1)], { table })).toEqual(['message-0']);
      expect(await releases.run([surveyOf(releaseId, 1)], { deliveries: 2 })).toEqual([]);
      expect((await releases.load(releaseId)).announced).toBe(1);
    },
  );

  it('is nothing out of its turn', async () => {
    const { releases, releaseId } = await dispatched(1);
    expect(await releases.run([surveyOf(releaseId, 2)])).toEqual([]);
    expect(releases.taken('releaseQueueUrl')).toEqual([]);
    expect((await releases.load(releaseId)).announced).toBe(0);
  });
});
