import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextClaims } from '#shared/incentive/entitlement.ts';
import { forfeit, type HoldReason, holdReasons, liftHold, maxHolds, placeHold } from '#shared/incentive/hold.ts';
import { attemptsOf, openPayouts } from '#shared/incentive/incentive.ts';
import { recordOutcome } from '#shared/incentive/settlement.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { addWibMonths } from '#shared/platform/wib.ts';
import { answered, claimedAt, outcomes, participantId, settled } from '#test/incentive/paying.ts';
import { citizens, decided, fileAfter, journeyUntil, minutesAfter, start, store } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const now = minutesAfter(start, 60);
const [anna, budi] = ['operator-anna', 'operator-budi'];
const blacklist = { holdId: 'list-7', reason: 'blacklisted', by: anna } as const;

/** A file after holds with these ids, all by the same operator. */
const holding = (file: Participant, ids: readonly string[], reason: HoldReason = 'blacklisted', by = anna) =>
  ids.reduce((before, holdId) => decided(before, placeHold(before, { holdId, reason, by }), now), file);
const lifting = (file: Participant, holdId: string, by = budi) =>
  decided(file, liftHold(file.incentives, { holdId, by }), now);
const forfeiting = (file: Participant, holdId: string, by = budi) => decided(file, forfeit(file, { holdId, by }), now);
const holdIds = (file: Participant) => [...file.incentives.holds.keys()];

describe('a hold', () => {
  it('stands with its reason and the operator who placed it', () => {
    const { holds } = holding(fileAfter('decree'), ['list-7']).incentives;
    expect([...holds.values()]).toEqual([{ ...blacklist, since: now }]);
  });

  it('is placed once, whoever repeats it', () => {
    const file = holding(fileAfter('decree'), ['list-7']);
    expect(placeHold(file, blacklist).events).toEqual([]);
    expect(placeHold(file, { ...blacklist, by: budi }).events).toEqual([]);
  });

  it('is not placed again by a repeat that comes after it was lifted', () => {
    const file = lifting(holding(fileAfter('decree'), ['list-7']), 'list-7');
    expect(placeHold(file, blacklist).events).toEqual([]);
    expect(placeHold(file, { ...blacklist, holdId: 'list-8' }).events).toHaveLength(1);
  });

  it('is placed once for the fold too, whatever a rule forgot', () => {
    const file = holding(fileAfter('decree'), ['list-7']);
    const again = { type: 'PayoutHoldPlaced', ...blacklist } as const;
    for (const before of [file, lifting(file, 'list-7')])
      expect(() => decided(before, { events: [again] }, now)).toThrow('once');
  });

  it('with the id of another one is refused, also after that one was lifted', () => {
    const file = holding(fileAfter('decree'), ['list-7']);
    const other = { ...blacklist, reason: 'manual' } as const;
    expectRefusal(() => placeHold(file, other), 'hold_exists');
    expectRefusal(() => placeHold(lifting(file, 'list-7'), other), 'hold_exists');
  });

  it('can be placed on everybody who is registered, and on nobody else', () => {
    expect(placeHold(fileAfter('register'), blacklist).events).toHaveLength(1);
    const empty = {
      ...fileAfter('register'),
      registration: { ...fileAfter('register').registration, registered: null },
    };
    expectRefusal(() => placeHold(empty, blacklist), 'participant_unknown');
  });

  it('has an end in number, those that were lifted among them', () => {
    const ids = Array.from({ length: maxHolds - 1 }, (_, index) => `hold-${index}`);
    const almost = lifting(holding(fileAfter('decree'), ids), 'hold-0');
    const full = holding(almost, ['the-last']);
    expect(maxHolds).toBe(100);
    expectRefusal(() => placeHold(full, blacklist), 'holds_exceeded');
    // A repeat is answered as before.
    expect(placeHold(full, { ...blacklist, holdId: 'the-last' }).events).toEqual([]);
  });
});

describe('lifting a hold', () => {
  const file = holding(fileAfter('rate'), ['list-7', 'list-8']);

  it('is for another operator than who placed it', () => {
    expectRefusal(() => liftHold(file.incentives, { holdId: 'list-7', by: anna }), 'same_operator');
    expect(holdIds(lifting(file, 'list-7'))).toEqual(['list-8']);
  });

  it('once is enough, and nobody lifts what was never placed', () => {
    const lifted = lifting(file, 'list-7');
    expect(liftHold(lifted.incentives, { holdId: 'list-7', by: budi }).events).toEqual([]);
    expectRefusal(() => liftHold(lifted.incentives, { holdId: 'list-9', by: budi }), 'hold_unknown');
  });

  it('lets claims through again only with the last one', () => {
    const linked = { ...file, incentives: { ...fileAfter('settle').incentives, holds: file.incentives.holds } };
    const ready = { ...linked, incentives: { ...linked.incentives, payouts: new Map() } };
    const claims = (before: Participant) => nextClaims(participantId, before, now).length;
    expect(claims(ready)).toBe(0);
    expect(claims(lifting(ready, 'list-7'))).toBe(0);
    expect(claims(lifting(lifting(ready, 'list-7'), 'list-8'))).toBe(1);
  });
});

describe('forfeiture', () => {
  const file = holding(fileAfter('rate'), ['list-7']);

  it('gives back everything that is not claimed, by one event that names its proposal', () => {
    expect(forfeit(file, { holdId: 'list-7', by: budi }).events).toEqual([
      {
        type: 'EntitlementForfeited',
        holdId: 'list-7',
        reason: 'blacklisted',
        by: budi,
        legs: [
          { account: 'incentive_entitlement', rupiah: -700_000 },
          { account: 'returned', rupiah: 700_000 },
        ],
      },
    ]);
    const { balances, incentives } = forfeiting(file, 'list-7');
    expect(balances).toMatchObject({ incentive_entitlement: 0, returned: 700_000 });
    expect(incentives.forfeited).toBe(true);
  });

  it('needs a second operator, and a hold that stands', () => {
    expectRefusal(() => forfeit(file, { holdId: 'list-7', by: anna }), 'same_operator');
    expectRefusal(() => forfeit(file, { holdId: 'list-8', by: budi }), 'hold_unknown');
    expectRefusal(() => forfeit(lifting(file, 'list-7'), { holdId: 'list-7', by: budi }), 'hold_unknown');
  });

  const reasons = Object.entries(holdReasons).map(([reason, { mayForfeit }]) => [reason, mayForfeit] as const);
  it.each(reasons)('by a hold for %s: %s', (reason, mayForfeit) => {
    const proposed = holding(
      fileAfter('rate'),
      ['hold'],
      Object.keys(holdReasons).find((name): name is HoldReason => name === reason),
    );
    const decide = () => forfeit(proposed, { holdId: 'hold', by: budi });
    if (mayForfeit) expect(decide().events).toHaveLength(1);
    else expectRefusal(decide, 'forfeiture_missing');
  });

  it('waits for somebody to clear up only what a person can clear up', () => {
    expect(reasons.filter(([, mayForfeit]) => !mayForfeit).map(([reason]) => reason)).toEqual([
      'account_shared',
      'manual',
    ]);
  });

  it('happens once', () => {
    const done = forfeiting(file, 'list-7');
    expect(forfeit(done, { holdId: 'list-7', by: budi }).events).toEqual([]);
    const again = { type: 'EntitlementForfeited', holdId: 'list-7', reason: 'blacklisted', by: budi } as const;
    expect(() => decided(done, { events: [again] }, now)).toThrow('once');
  });

  it('is for recipients: nobody else has something to lose', () => {
    const joined = holding(fileAfter('join'), ['list-7']);
    expectRefusal(() => forfeit(joined, { holdId: 'list-7', by: budi }), 'not_recipient');
  });

  it('moves nothing where everything is claimed or paid, and ends the right all the same', () => {
    const paid = settled(fileAfter('link'), outcomes.paid, now);
    const surveyed = [1, 2].reduce((before, number) => claimedAt(answered(before, number, now), now), paid);
    expect(surveyed.balances.incentive_entitlement).toBe(0);
    const held = holding(surveyed, ['list-7']);
    const [event] = forfeit(held, { holdId: 'list-7', by: budi }).events;
    expect(event).toMatchObject({ type: 'EntitlementForfeited' });
    expect(event).not.toHaveProperty('legs');
    expect(forfeiting(held, 'list-7').incentives.forfeited).toBe(true);
  });

  it.each(['refused', 'returned'] as const)('sends on to the treasury what is %s later', (outcome) => {
    const done = forfeiting(holding(fileAfter('link'), ['list-7']), 'list-7');
    expect(done.balances).toMatchObject({ payout_in_flight: 600_000, returned: 100_000 });
    const failed = settled(done, outcomes[outcome], now);
    expect(failed.balances).toMatchObject({ payout_in_flight: 0, incentive_entitlement: 0, returned: 700_000 });
    expect(nextClaims(participantId, failed, now)).toEqual([]);
  });

  it('gives up what had failed before and was not made good', () => {
    const failed = settled(fileAfter('link'), outcomes.refused, now);
    const [payout] = attemptsOf(forfeiting(holding(failed, ['list-7']), 'list-7').incentives, 'training', 1);
    expect(payout?.state).toBe('forfeited');
  });

  it('leaves what was paid as it is', () => {
    const [payout] = attemptsOf(
      forfeiting(holding(fileAfter('settle'), ['list-7']), 'list-7').incentives,
      'training',
      1,
    );
    expect(payout?.state).toBe('paid');
  });
});

describe('holds in any order', () => {
  it('never let anything be claimed while one of them stands', () => {
    const { incentives } = fileAfter('link');
    const ready: Participant = { ...fileAfter('rate'), incentives: { ...incentives, payouts: new Map() } };
    const step = fc.record({ places: fc.boolean(), holdId: fc.constantFrom('a', 'b', 'c') });
    const check = (steps: readonly { readonly places: boolean; readonly holdId: string }[]) => {
      const standing = new Set<string>();
      const over = new Set<string>();
      let file = ready;
      for (const { places, holdId } of steps) {
        if (places && !over.has(holdId)) standing.add(holdId);
        if (!places && standing.delete(holdId)) over.add(holdId);
        if (places) file = holding(file, [holdId]);
        else if (over.has(holdId)) file = lifting(file, holdId);
        expect(holdIds(file).toSorted()).toEqual([...standing].toSorted());
        expect(nextClaims(participantId, file, now)).toHaveLength(standing.size > 0 ? 0 : 1);
      }
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 12 }), check), { numRuns: 200 });
  });
});

describe('in the table', () => {
  let engine: Engine;
  let files: Participants;
  const people = citizens('holds', 4);
  beforeAll(async () => {
    engine = await startTable();
    files = participants(engine.table);
  });
  afterAll(() => engine.stop());

  /** A recipient of four monthly incentives whose first one is paid. */
  async function paidOnce(index: number) {
    const citizen = people[index];
    if (!citizen) throw new Error('More people are needed');
    await store(engine.table, journeyUntil('settle', { citizen, scheme: 'SEMI_BANSOS_2020' }));
    const id = citizen.participantId;
    const { state } = await files.load(id);
    const paidAt = attemptsOf(state.incentives, 'training', 1)[0]?.paid?.at ?? start;
    return { id, paidAt, monthLater: minutesAfter(addWibMonths(paidAt, 1), 1) };
  }
  const claim = (id: string, at: Date) =>
    files.change(
      id,
      (file) => ({ events: nextClaims(id, file, at) }),
      () => at,
    );
  const settle = (id: string, at: Date) =>
    files.change(
      id,
      (file) => recordOutcome(id, file, openPayouts(file.incentives)[0]?.reference ?? '', outcomes.paid, at),
      () => at,
    );
  const place = (id: string, at: Date, reason: HoldReason) =>
    files.change(
      id,
      (file) => placeHold(file, { holdId: 'list-7', reason, by: anna }),
      () => at,
    );

  it('eligibility lost between two incentives: the second is not paid, the first stays paid', async () => {
    const { id, paidAt, monthLater } = await paidOnce(0);
    await place(id, minutesAfter(paidAt, 20 * 1_440), 'eligibility_lost');
    const file = await claim(id, monthLater);
    expect(attemptsOf(file.incentives, 'training', 2)).toEqual([]);
    expect(file.balances).toMatchObject({ paid_to_citizen: 600_000, payout_in_flight: 0 });
  });

  it('without the hold the same month is claimed and paid', async () => {
    const { id, monthLater } = await paidOnce(1);
    expect((await claim(id, monthLater)).balances.payout_in_flight).toBe(600_000);
    expect((await settle(id, monthLater)).balances.paid_to_citizen).toBe(1_200_000);
  });

  it('blacklisting after the decree stops further payouts, for good once a second operator says so', async () => {
    const { id, paidAt, monthLater } = await paidOnce(2);
    await place(id, minutesAfter(paidAt, 1), 'blacklisted');
    await files.change(
      id,
      (file) => forfeit(file, { holdId: 'list-7', by: budi }),
      () => minutesAfter(paidAt, 2),
    );
    await files.change(
      id,
      ({ incentives }) => liftHold(incentives, { holdId: 'list-7', by: budi }),
      () => monthLater,
    );
    const file = await claim(id, monthLater);
    expect(openPayouts(file.incentives)).toEqual([]);
    // Three monthly incentives and three surveys go back.
    expect(file.balances).toMatchObject({ paid_to_citizen: 600_000, incentive_entitlement: 0, returned: 1_950_000 });
  });

  it('a hold that is lifted gives back the month that has come meanwhile', async () => {
    const { id, paidAt, monthLater } = await paidOnce(3);
    await place(id, paidAt, 'fraud_suspected');
    expect(openPayouts((await claim(id, monthLater)).incentives)).toEqual([]);
    await files.change(
      id,
      ({ incentives }) => liftHold(incentives, { holdId: 'list-7', by: budi }),
      () => monthLater,
    );
    expect(openPayouts((await claim(id, monthLater)).incentives)).toMatchObject([{ kind: 'training', number: 2 }]);
  });
});
