import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sanctions } from '#functions/incentive/sanctions.ts';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import { claimDue } from '#shared/incentive/account.ts';
import { nextClaims, obstacleOf } from '#shared/incentive/entitlement.ts';
import { forfeit, maxHolds, placeHold } from '#shared/incentive/hold.ts';
import { repayments } from '#shared/incentive/repayments.ts';
import { liftHold, placeHolds, proposeHoldRelease } from '#shared/incentive/sanctions-api.ts';
import { participants } from '#shared/journal/participant.ts';
import { rulesOn } from '#shared/registration/eligibility/rules.ts';
import { excludes } from '#shared/registration/feeds/exclusion.ts';
import { feedHoldId } from '#shared/registration/feeds/feed-names.ts';
import { feedReports } from '#shared/registration/feeds/feed-report.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { holdListed } from '#shared/registration/feeds/hold-listed.ts';
import { match } from '#shared/registration/feeds/listed.ts';
import { listings } from '#shared/registration/feeds/listings.ts';
import { payDesk, payMessage } from '#test/incentive/pay-desk.ts';
import { participantId as someone } from '#test/incentive/paying.ts';
import { citizens, fileAfter, journeyUntil, minutesAfter, type StepName, start, store } from '#test/journal/citizen.ts';
import { httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { expectRefusal } from '#test/platform/refused.ts';
import { csvOf, feedDesk, feedNow } from '#test/registration/feeds/feed-desk.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const { posted, check, listed, call, stateOf } = feedDesk(() => engine);
const people = citizens('check listings', 200);
let used = 0;

/** Somebody of whom no other test knows, as far as a step. */
async function somebody(step: StepName | null, scheme: SchemeCode = 'NORMAL_2023') {
  const citizen = people[used++];
  if (!citizen) throw new Error('More people are needed');
  if (step) await store(engine.table, journeyUntil(step, { citizen, scheme }));
  return { id: citizen.participantId, nik: citizen.person.nik, citizen };
}
const fileOf = async (id: string) => (await participants(engine.table).load(id)).state;
const holdsOf = async (id: string) => [...(await fileOf(id)).incentives.holds.values()];
const reports = () => feedReports(engine.table);

describe('somebody on a list', () => {
  it.each<[StepName | null, string[]]>([
    [null, []],
    ['register', ['match']],
    ['join', ['match']],
    ['decree', ['match', 'hold']],
    ['settle', ['match', 'hold']],
  ])('after %s: %j', async (step, expected) => {
    const { id, nik } = await somebody(step);
    const feedId = await posted(csvOf([nik]));
    expect(await check([id])).toBe('done');
    const file = await fileOf(id);
    expect(file.listed.get(feedId)).toBe(expected.includes('match') ? 'education' : undefined);
    expect((await holdsOf(id)).map(({ holdId, reason, by }) => ({ holdId, reason, by }))).toEqual(
      expected.includes('hold') ? [{ holdId: feedHoldId(feedId), reason: 'blacklisted', by: 'feed:education' }] : [],
    );
    if (expected.includes('hold')) expect(obstacleOf(file)).toBe('held');
  });

  it('is noted and held once, however often the message comes, and whoever meets', async () => {
    const { id, nik } = await somebody('decree');
    const feedId = await posted(csvOf([nik]));
    await Promise.all([check([id], 2), check([id]), check([id])]);
    await check([id]);
    const entries = await participants(engine.table).entries(id);
    const types = entries.flatMap(({ events }) => events.map(({ type }) => type));
    expect(types.filter((type) => type === 'ListingMatched' || type === 'PayoutHoldPlaced')).toEqual([
      'ListingMatched',
      'PayoutHoldPlaced',
    ]);
    expect(await reports().matched(feedId)).toBe(1);
    expect(await reports().cases(feedId)).toMatchObject([{ held: { cases: 1 } }]);
  });

  it('is held with what the hold stops, and what had been paid', async () => {
    const [early, paid] = [await somebody('link'), await somebody('settle')];
    const feedId = await posted(csvOf([early.nik, paid.nik]));
    await check([early.id, paid.id]);
    expect((await holdsOf(early.id)).map(({ feed }) => feed)).toEqual([
      { feedId, source: 'education', heldRupiah: 700_000, paidRupiah: 0 },
    ]);
    expect((await holdsOf(paid.id)).map(({ feed }) => feed)).toEqual([
      { feedId, source: 'education', heldRupiah: 100_000, paidRupiah: 600_000 },
    ]);
    expect(await reports().cases(feedId)).toEqual([
      {
        source: 'education',
        held: { cases: 2, heldRupiah: 800_000, paidRupiah: 600_000 },
        released: { cases: 0, heldRupiah: 0, paidRupiah: 0 },
      },
    ]);
  });

  it('is held at the decree where the list came between the screening and the decree', async () => {
    const { id, nik, citizen } = await somebody('join');
    await posted(csvOf([nik]));
    await check([id]);
    expect(await holdsOf(id)).toEqual([]);
    const { decisions } = journeyUntil('decree', { citizen });
    const decreed = decisions.at(-1);
    if (!decreed) throw new Error('The journey has a decree');
    await participants(engine.table).change(id, () => decreed.decision);
    // The decree's own message: dispatch.test.ts.
    await check([id]);
    expect(await holdsOf(id)).toHaveLength(1);
  });

  it('is nothing to anybody where the listing is withdrawn, or over, before the message comes', async () => {
    const [gone, over] = [await somebody('decree'), await somebody('decree')];
    const source = 'army_police';
    await posted(csvOf([gone.nik]), { source });
    await posted(csvOf([(await somebody(null)).nik]), { source, kind: 'full_list', day: '2026-11-02' });
    await posted(csvOf([`${over.nik},2026-11-05`], 'nik,until'), { source, day: '2026-11-03' });
    expect(await listed([gone.id, over.id], source)).toEqual({});
    await check([gone.id, over.id]);
    for (const { id } of [gone, over]) expect([...(await fileOf(id)).listed]).toEqual([]);
  });

  it('is not held again by a feed that confirms it, and is by one that lists it anew', async () => {
    const { id, nik } = await somebody('decree');
    const source = 'civil_service';
    const first = await posted(csvOf([nik]), { source });
    await check([id]);
    await posted(csvOf([nik]), { source, day: '2026-11-02' });
    await check([id]);
    expect((await holdsOf(id)).map(({ feed }) => feed?.feedId)).toEqual([first]);
    await posted(csvOf([(await somebody(null)).nik]), { source, kind: 'full_list', day: '2026-11-03' });
    const again = await posted(csvOf([nik]), { source, day: '2026-11-04' });
    await check([id]);
    expect((await holdsOf(id)).map(({ feed }) => feed?.feedId)).toEqual([first, again]);
  });

  it('keeps the message where no hold can be placed: nobody is paid because of that', async () => {
    const { id, nik } = await somebody('decree');
    const files = participants(engine.table);
    for (let number = 0; number < maxHolds; number += 1)
      await files.change(id, (file) => placeHold(file, { holdId: `hold-${number}`, reason: 'manual', by: 'one' }));
    await posted(csvOf([nik]));
    expect(await check([id])).toBe('again');
  });
});

describe('which list excludes under which scheme', () => {
  const schemes = ['SEMI_BANSOS_2020', 'NORMAL_2023'] as const;
  it.each(schemes.flatMap((scheme) => FeedSource.options.map((source) => [scheme, source] as const)))(
    '%s, %s: who is excluded is held, and nobody else',
    async (scheme, source) => {
      const file = fileAfter('decree', { scheme });
      const listing = { source, feedId: 'f'.repeat(32), listedAt: start.toISOString() };
      const isHeld = holdListed(someone, file, listing).events.length === 1;
      const isWanted = source === 'laid_off' || (scheme === 'NORMAL_2023' && source === 'social_aid');
      expect(isHeld).toBe(!isWanted);
      expect(excludes({ scheme }, source)).toBe(!isWanted);
      const rules = rulesOn(scheme, '2026-11-01').version;
      expect(excludes({ scheme, rules }, source)).toBe(!isWanted);
    },
  );

  it('a whitelist is noted, and never holds', async () => {
    const { id, nik } = await somebody('link');
    const feedId = await posted(csvOf([nik]), { source: 'laid_off' });
    await check([id], 3);
    expect(await holdsOf(id)).toEqual([]);
    expect(await reports().matched(feedId)).toBe(1);
    expect(await reports().cases(feedId)).toEqual([]);
  });

  it('who is revoked is not held: nothing is paid to them', () => {
    const decreed = fileAfter('decree');
    const file = { ...decreed, membership: { ...decreed.membership, revoked: true } };
    const listing = { source: 'education', feedId: 'f'.repeat(32), listedAt: start.toISOString() } as const;
    expect(holdListed(someone, file, listing).events).toEqual([]);
  });

  it('a match is noted of who has registered, once for each feed', () => {
    const listing = { source: 'education', feedId: 'f'.repeat(32), listedAt: start.toISOString() } as const;
    const file = fileAfter('register');
    const nobody = { ...file, registration: { ...file.registration, registered: null } };
    expect(match(someone, nobody, listing).events).toEqual([]);
    expect(match(someone, file, listing).events).toHaveLength(1);
    const known = { ...file, listed: new Map([[listing.feedId, listing.source]]) };
    expect(match(someone, known, listing).events).toEqual([]);
    const many = new Map(Array.from({ length: 200 }, (_, at) => [String(at), 'education'] as const));
    expect(match(someone, { ...file, listed: many }, listing).events).toEqual([]);
  });
});

describe('a payout at the moment of the listing', () => {
  it('is claimed or held, whichever comes first, and not sent once the hold stands', async () => {
    const desk = await payDesk('listed at the moment', 30);
    const feed = feedDesk(() => desk.engine);
    const claims = await Promise.all(Array.from({ length: 12 }, () => desk.citizenAfter('link')));
    await feed.posted(csvOf(claims.map(({ citizen }) => citizen.person.nik)));
    // Each by turns a little earlier than the other.
    await Promise.all(
      claims.flatMap((claim, at) => {
        const holding = async () => {
          if (at % 3 === 0) await new Promise((resolve) => setTimeout(resolve, at));
          await feed.check([claim.citizen.participantId]);
        };
        const paying = async () => {
          if (at % 3 === 1) await new Promise((resolve) => setTimeout(resolve, at));
          await desk.deliver(payMessage(claim));
        };
        return [holding(), paying()];
      }),
    );
    for (const claim of claims) {
      const types = (await desk.eventsOf(claim)).map(({ type }) => type);
      const [held, sent] = [types.indexOf('PayoutHoldPlaced'), types.indexOf('IncentivePaid')];
      expect(held).toBeGreaterThan(0);
      // Paid: once, in both books. Not paid: it stays claimed, and the hold's money is what it stops.
      expect(desk.paymentsOf(claim)).toHaveLength(sent > 0 ? 1 : 0);
      await desk.deliver(payMessage(claim, true));
      expect(desk.paymentsOf(claim)).toHaveLength(sent > 0 ? 1 : 0);
    }
    await desk.stop();
  });

  it('that is claimed and not sent is not sent after the hold', async () => {
    const desk = await payDesk('listed before the sending', 4);
    const feed = feedDesk(() => desk.engine);
    const claim = await desk.citizenAfter('link');
    await feed.posted(csvOf([claim.citizen.person.nik]));
    await feed.check([claim.citizen.participantId]);
    expect(await desk.deliver(payMessage(claim))).toBe('done');
    expect(desk.paymentsOf(claim)).toEqual([]);
    expect((await desk.payoutOf(claim)).state).toBe('claimed');
    await desk.stop();
  });

  it('is not claimed beside the hold: one of two who meet decides again', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { id, nik } = await somebody('settle', 'SEMI_BANSOS_2020');
      await posted(csvOf([nik]), { source: 'state_enterprise' });
      const inAMonth = minutesAfter(start, 40 * 24 * 60);
      const files = participants(engine.table);
      const claiming = files.change(
        id,
        (file) => claimDue(id, file, inAMonth),
        () => inAMonth,
      );
      await Promise.all(round % 2 === 0 ? [claiming, check([id])] : [check([id]), claiming]);
      const file = await fileOf(id);
      const types = (await files.entries(id)).flatMap(({ events }) => events.map(({ type }) => type));
      const [held, claimed] = [types.lastIndexOf('PayoutHoldPlaced'), types.lastIndexOf('IncentiveClaimed')];
      const hold = [...file.incentives.holds.values()][0];
      expect(held).toBeGreaterThan(0);
      // Claimed before the hold: it counts among what the hold stops. Otherwise it was not claimed at all.
      const isClaimedBefore = types.filter((type) => type === 'IncentiveClaimed').length === 2;
      expect(isClaimedBefore ? claimed < held : claimed > 0).toBe(true);
      expect(hold?.feed?.heldRupiah).toBe(3 * 600_000 + 150_000);
      expect(nextClaims(id, file, inAMonth)).toEqual([]);
    }
  });
});

describe('the release of a hold that a feed has placed', () => {
  async function desk() {
    const { id, nik } = await somebody('decree');
    const feedId = await posted(csvOf([nik]));
    await check([id]);
    const handler = sanctions({ participants: participants(engine.table), repayments: repayments(engine.table) });
    const paths = { participantId: id, holdId: feedHoldId(feedId) };
    const ask = async (route: typeof liftHold | typeof proposeHoldRelease, by: string, body?: object) => {
      const event = httpEvent({
        ...{ method: 'POST', path: route.path, pathParameters: paths, claims: operatorClaims(by) },
        ...(body && { body }),
      });
      const { status, body: said } = read(await handler(event, lambdaContext));
      return { status, body: said };
    };
    const note = { note: 'Sumber menarik datanya' };
    return {
      id,
      feedId,
      propose: (by: string) => ask(proposeHoldRelease, by, note),
      lift: (by: string) => ask(liftHold, by),
    };
  }

  it('needs two operators: one who proposes it, and another one', async () => {
    const { id, feedId, propose, lift } = await desk();
    expect(await lift('one')).toMatchObject({ status: 409, body: { code: 'hold_release_unproposed' } });
    expect(await propose('one')).toMatchObject({
      status: 200,
      body: { holds: [{ release: { by: 'one', note: 'Sumber menarik datanya' }, feed: { feedId } }] },
    });
    expect(await lift('one')).toMatchObject({ body: { code: 'same_operator' } });
    expect(await propose('two')).toMatchObject({ status: 200, body: { holds: [{ release: { by: 'one' } }] } });
    expect(await lift('one')).toMatchObject({ body: { code: 'same_operator' } });
    expect(await lift('two')).toMatchObject({ status: 200, body: { holds: [] } });
    expect(await lift('two')).toMatchObject({ status: 200 });
    expect(await propose('three')).toMatchObject({ status: 200 });
    expect(obstacleOf(await fileOf(id))).toBe('account_missing');
    await check([id]);
    expect(await holdsOf(id)).toEqual([]);
    expect(await reports().cases(feedId)).toMatchObject([
      { held: { cases: 1 }, released: { cases: 1, heldRupiah: 700_000 } },
    ]);
  });

  it('is not proposed of a hold that an operator has placed, nor of none', async () => {
    const { id, propose } = await desk();
    const files = participants(engine.table);
    await files.change(id, (file) => placeHold(file, { holdId: 'by-hand', reason: 'manual', by: 'one' }));
    const handler = sanctions({ participants: files, repayments: repayments(engine.table) });
    const proposing = async (holdId: string) => {
      const pathParameters = { participantId: id, holdId };
      const event = httpEvent({
        ...{ method: 'POST', path: proposeHoldRelease.path, pathParameters, claims: operatorClaims('one') },
        body: { note: 'Salah orang' },
      });
      return read(await handler(event, lambdaContext)).body.code;
    };
    expect(await proposing('by-hand')).toBe('hold_exists');
    expect(await proposing('nobody-s')).toBe('hold_unknown');
    expect((await propose('one')).status).toBe(200);
  });

  it('is nothing that a forfeiture could rest on: a feed proposes nothing', async () => {
    const { id, feedId } = await desk();
    const file = await fileOf(id);
    expectRefusal(() => forfeit(file, { holdId: feedHoldId(feedId), by: 'one' }), 'forfeiture_missing');
  });

  it('is asked for of feeds alone: an operator cannot place a hold in the name of one', () => {
    const shape = placeHolds.body?.safeParse({ holdId: 'x', reason: 'manual', participantIds: [someone], feed: {} });
    expect(shape?.success).toBe(false);
  });

  it('is the only way past it: an operator cannot place and lift a hold under its name before the feed comes', async () => {
    const { id, nik } = await somebody('decree');
    const feedId = await posted(csvOf([nik]));
    const handler = sanctions({ participants: participants(engine.table), repayments: repayments(engine.table) });
    const ask = async (route: typeof placeHolds | typeof liftHold, by: string, given: object) =>
      read(
        await handler(
          httpEvent({ method: 'POST', path: route.path, claims: operatorClaims(by), ...given }),
          lambdaContext,
        ),
      );
    const body = { reason: 'blacklisted', participantIds: [id] };
    const holdId = feedHoldId(feedId);
    expect(await ask(placeHolds, 'one', { body: { ...body, holdId } })).toMatchObject({
      status: 400,
      body: { code: 'request_invalid', fields: ['holdId'] },
    });
    const uuid = holdId.replace('feed_', '');
    expect(await ask(placeHolds, 'one', { body: { ...body, holdId: uuid } })).toMatchObject({ status: 200 });
    const pathParameters = { participantId: id, holdId: uuid };
    expect(await ask(liftHold, 'two', { pathParameters })).toMatchObject({ status: 200, body: { holds: [] } });
    await check([id]);
    expect(await holdsOf(id)).toMatchObject([{ holdId, feed: { feedId } }]);
  });
});

describe('the report of a feed', () => {
  it('counts lines, matches and cases', async () => {
    const [stranger, citizen, recipient] = [await somebody(null), await somebody('join'), await somebody('link')];
    const feedId = await posted(csvOf([stranger.nik, citizen.nik, recipient.nik, 'x', recipient.nik]), {
      source: 'education',
      day: '2026-11-07',
    });
    await check([stranger.id, citizen.id, recipient.id], 2);
    const { status, body } = await call('readFeedReport', { path: { feedId } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      feedId,
      state: 'posted',
      rows: { read: 5, listed: 3, kept: 0, newer: 0, bad: 2, withdrawn: 0 },
      badRows: { nik_format: 1, nik_repeated: 1 },
      matched: 2,
      held: { cases: 1, heldRupiah: 700_000, paidRupiah: 0 },
      released: { cases: 0, heldRupiah: 0, paidRupiah: 0 },
    });
  });

  it('is there before the feed is posted', async () => {
    const { uploaded } = feedDesk(() => engine);
    const feedId = await uploaded(csvOf([(await somebody(null)).nik]));
    expect((await call('readFeedReport', { path: { feedId } })).body).toMatchObject({ state: 'announced', matched: 0 });
    expect((await call('readFeedHolds', { path: { feedId } })).body).toEqual({ holds: [], nextCursor: null });
  });

  it('lists whom the feed holds, page by page, each once', async () => {
    const made = await Promise.all(Array.from({ length: 60 }, () => somebody('decree')));
    const feedId = await posted(csvOf(made.map(({ nik }) => nik)), { day: '2026-11-08' });
    await check(made.map(({ id }) => id));
    const first = (await call('readFeedHolds', { path: { feedId } })).body;
    expect(first.holds).toHaveLength(50);
    const second = (await call('readFeedHolds', { path: { feedId }, query: { cursor: first.nextCursor } })).body;
    expect(second.nextCursor).toBeNull();
    const ids = [...first.holds, ...second.holds].map((hold: { participantId: string }) => hold.participantId);
    expect(ids).toEqual(made.map(({ id }) => id).sort());
    expect(first.holds[0]).toMatchObject({
      isListed: true,
      heldRupiah: 700_000,
      releasedBy: null,
      releaseProposedBy: null,
    });
  });

  it('of all feeds sums by source what single ones say', async () => {
    const { body } = await call('readListingsReport');
    const sum = (kind: 'held' | 'released', field: string) =>
      body.sources.reduce(
        (total: number, source: Record<string, Record<string, number>>) => total + (source[kind]?.[field] ?? 0),
        0,
      );
    for (const field of ['cases', 'heldRupiah', 'paidRupiah']) {
      expect(body.total.held[field]).toBe(sum('held', field));
      expect(body.total.released[field]).toBe(sum('released', field));
    }
    expect(body.total.held.cases).toBeGreaterThan(60);
    expect(body.sources.map(({ source }: { source: string }) => source)).not.toContain('laid_off');
  });

  it('keeps a case that was withdrawn later, and says that it is not listed any more', async () => {
    const { id, nik } = await somebody('decree');
    const source = 'army_police';
    const feedId = await posted(csvOf([nik]), { source, day: '2026-11-08' });
    await check([id]);
    const other = (await somebody(null)).nik;
    const full = await posted(csvOf([other]), { source, kind: 'full_list', day: '2026-11-09' });
    expect((await stateOf(full)).posted?.withdrawn).toBeGreaterThan(0);
    expect(await listings(engine.table, feedNow).of(id)).toEqual([]);
    expect((await call('readFeedHolds', { path: { feedId } })).body.holds).toMatchObject([
      { participantId: id, isListed: false },
    ]);
    expect(await holdsOf(id)).toHaveLength(1);
  });
});
