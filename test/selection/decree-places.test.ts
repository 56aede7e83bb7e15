import '#test/platform/environment.ts';
import { describe, expect, it } from 'vitest';
import { screenApplicants } from '#functions/selection/screen-applicants.ts';
import { type ParticipantEvent, participants } from '#shared/journal/participant.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { applicants } from '#shared/selection/applicants.ts';
import { batches } from '#shared/selection/batch.ts';
import { draw, maxPromotions } from '#shared/selection/batch-steps.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import { type Citizen, journeyUntil, keys, store } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { benefit, byNumber, type Desk, known, type Made, old, useDesk } from '#test/selection/draw-desk.ts';
import { deliver, drawPump, momentOf, takeBack } from '#test/selection/draw-pump.ts';
import {
  announced,
  appliedAnyhow,
  applyAll,
  at,
  drawn,
  happened,
  households,
  numberIn,
  ordered,
  reconciled,
  verified,
} from '#test/selection/draw-world.ts';
import { randomFrom } from '#test/simulation/random.ts';

/*
 * Who gets the places of a batch, when something happened between the lists and the decrees: to a family, to a person, by operators.
 */

let desk: Desk;
useDesk((started) => {
  desk = started;
});

describe('two draws that want the places of the same families', () => {
  it.each(['one', 'two'])('give two places to each, and the others to the waiting lists: %s', async (seed) => {
    const families = households(`two draws ${seed}`, Array<number>(6).fill(4), ['32.73', '35.78']);
    const singles = households(`singles ${seed}`, Array<number>(20).fill(1), ['32.73', '35.78']).flat();
    const quotas = { '32': 7, '35': 7 };
    const [left, right] = [desk.batchWith({ quotas }), desk.batchWith({ quotas })];
    const parts = [
      { made: left, who: [...families.flatMap((family) => family.slice(0, 2)), ...singles.slice(0, 10)] },
      { made: right, who: [...families.flatMap((family) => family.slice(2)), ...singles.slice(10)] },
    ];
    for (const { made, who } of parts) await applyAll(desk.table, made.batchId, who);
    for (const { made } of parts) await drawn(made);
    for (const { made } of parts) await ordered(made);

    // The decrees of both come at once, each twice, in any order.
    const random = randomFrom(seed);
    const together = drawPump({
      reach: left.reach,
      batchIds: [left.batchId, right.batchId],
      hand: async (message) => {
        const { reach } = 'batchId' in message.body && message.body.batchId === right.batchId ? right : left;
        const isDecree = message.queue === 'decreeQueueUrl';
        if (!isDecree) return true; // Done before.
        return (await Promise.all([deliver(reach, message), deliver(reach, message)])).every(Boolean);
      },
      next: (waiting) => random.between(0, waiting - 1),
    });
    await together.run(at('announced'));

    for (const family of families) {
      const decrees = (await Promise.all(family.map(desk.decreeOf))).filter((batchId) => batchId !== null);
      expect(decrees.length).toBeLessThanOrEqual(2);
      expect(await familyPlaces(desk.table, keys).taken(family[0]?.familyTag ?? '', 2)).toBe(decrees.length);
    }
    const vacated: string[] = [];
    for (const { made, who } of parts) {
      expect((await made.state()).state).toBe('announced');
      const { recipients, byPromotion } = await desk.agreementOf(made, who);
      const numbers = new Set(recipients.map((citizen) => numberIn(made.batchId, citizen)));
      const lost = made.winners().filter((drawNumber) => !numbers.has(drawNumber));
      vacated.push(...lost);
      if (lost.length === 0) continue;
      const offered = new Set<string>();
      for (const { round } of (await made.state()).promoted)
        for (const drawNumber of made.promoted(round)) {
          expect(offered.has(drawNumber)).toBe(false);
          offered.add(drawNumber);
        }
      expect([...offered].filter((drawNumber) => numbers.has(drawNumber))).toHaveLength(byPromotion);
      expect(made.promoted().every((drawNumber) => made.waiting().includes(drawNumber))).toBe(true);
    }
    expect(vacated.length).toBeGreaterThan(0);
  });

  it('take nothing from a family within one list: all its members have the same places left', async () => {
    const [family = []] = households('one list', [3], ['32.73']);
    const [first, second, outside] = family.map(known);
    const made = desk.batchWith({ quotas: { '32': 2 } });
    await applyAll(desk.table, made.batchId, [known(first), known(second)]);
    const stores = { participants: participants(desk.table), batches: batches(desk.table) };
    const places = familyPlaces(desk.table, keys);
    // Between the looks at the two members, another batch decrees a third one.
    let looks = 0;
    const watched = {
      ...stores.participants,
      load: async (id: string) => {
        looks += 1;
        if (looks === 2) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          await places.claim(known(outside).familyTag, known(outside).participantId, 2);
        }
        return stores.participants.load(id);
      },
    };
    const deps = { table: desk.table, ...stores, applicants: applicants(desk.table), files: made.files };
    const screening = screenApplicants({ ...deps, participants: watched, keys: async () => keys });
    const reach = made.reach;
    const pump = drawPump({
      reach,
      batchIds: [made.batchId],
      hand: async (message) =>
        message.queue === 'screeningQueueUrl'
          ? failedIds(await screening(queueEvent([message.body]), lambdaContext)).length === 0
          : deliver(reach, message),
    });
    expect((await drawn({ ...made.life, pump })).state).toBe('drawn');
    expect((await verified({ files: made.files.bytes }, made.batchId)).difference).toBeUndefined();
    await announced({ ...made.life, pump });
    const { recipients } = await desk.agreementOf(made, family);
    expect(recipients).toHaveLength(1);
  });
});

const refusal = { type: 'IdentityRefused', requestId: '2', reasons: [] } satisfies ParticipantEvent;

describe('between the draw and the decree', () => {
  const events = {
    'became a recipient elsewhere': ['already_recipient', (citizen: Citizen) => desk.decreedElsewhere(citizen)],
    'became one and was revoked': ['already_recipient', (citizen: Citizen) => desk.revokedElsewhere(citizen)],
    'is no longer verified': ['identity_refused', (citizen: Citizen) => happened(desk.table, citizen, refusal)],
  } as const;
  it.each(Object.entries(events))(
    'a winner who %s gets no decree, and the place goes to the next',
    async (word, [reason, happens]) => {
      const people = households(`between ${word}`, Array<number>(8).fill(1), ['32.73']).flat();
      const made = desk.batchWith({ quotas: { '32': 3 } });
      await applyAll(desk.table, made.batchId, people);
      await drawn(made);
      const [winner = ''] = made.winners();
      const unlucky = known(byNumber(made.batchId, people).get(winner));
      await happens(unlucky);
      await announced(made);

      const { recipients, byDraw, byPromotion, freePlaces } = await desk.agreementOf(made, people);
      expect({ byDraw, byPromotion, freePlaces }).toEqual({ byDraw: 2, byPromotion: 1, freePlaces: {} });
      expect(recipients).not.toContain(unlucky);
      expect(made.promoted()).toEqual(made.waiting().slice(0, 1));
      expect(made.text('work/decreed/00000.json')).toContain(reason);
      expect((await desk.decreeOf(unlucky)) === made.batchId).toBe(false);
    },
  );

  it('a place that nobody waits for stays free, and so does one that falls free again and again', async () => {
    const people = households('nobody waits', Array<number>(5).fill(1), ['32.73']).flat();
    const made = desk.batchWith({ quotas: { '32': 3, '35': 2 } });
    await applyAll(desk.table, made.batchId, people);
    await drawn(made);
    const all = byNumber(made.batchId, people);
    // Two winners, and both who wait.
    for (const drawNumber of [...made.winners().slice(0, 2), ...made.waiting()])
      await desk.decreedElsewhere(known(all.get(drawNumber)));
    const { promoted } = await announced(made);
    expect(promoted).toMatchObject([{ round: 1, count: 2, firstChunk: 1, chunkCount: 2 }]);
    const { byDraw, byPromotion, freePlaces } = await desk.agreementOf(made, people);
    expect({ byDraw, byPromotion, freePlaces }).toEqual({
      byDraw: 1,
      byPromotion: 0,
      freePlaces: { '32': 2, '35': 2 },
    });
  });

  it('a place is offered in so many rounds, and is free then', async () => {
    const people = households('rounds', Array<number>(47).fill(1), ['32.73']).flat();
    const made = desk.batchWith({ quotas: { '32': 40 } });
    await applyAll(desk.table, made.batchId, people);
    await drawn(made);
    expect(made.waiting()).toHaveLength(maxPromotions + 1);
    const all = byNumber(made.batchId, people);
    for (const drawNumber of [made.winners()[7] ?? '', ...made.waiting()])
      await desk.decreedElsewhere(known(all.get(drawNumber)));
    const { promoted } = await announced(made);
    expect(promoted.map(({ round, count }) => [round, count])).toEqual([1, 2, 3, 4, 5].map((round) => [round, 1]));
    expect(promoted.flatMap(({ round }) => made.promoted(round))).toEqual(made.waiting().slice(0, maxPromotions));
    const { byDraw, byPromotion, freePlaces } = await desk.agreementOf(made, people);
    expect({ byDraw, byPromotion, freePlaces }).toEqual({ byDraw: 39, byPromotion: 0, freePlaces: { '32': 1 } });
  });

  it('several chunks may end at the same moment: the batch goes on once', async () => {
    const people = households('chunks', [3, ...Array<number>(11).fill(1)], ['32.73']).flat();
    const overrides = () =>
      [
        { kind: 'exclude', drawNumber: made.winners()[1] ?? '' },
        { kind: 'exclude', drawNumber: made.winners()[4] ?? '' },
        { kind: 'admit', drawNumber: made.waiting()[0] ?? '' },
      ] as const;
    const made: Made = desk.batchWith({ quotas: { '32': 6 } }, overrides);
    const { batchId, reach } = made;
    await applyAll(desk.table, batchId, people);
    const isDraw = ({ body }: Outgoing) => 'step' in body && body.step === 'draw';
    const hand = (message: Outgoing) => (isDraw(message) ? drawInSmallChunks(made, message) : deliver(reach, message));
    const life = { ...made.life, pump: drawPump({ reach, batchIds: [batchId], hand }) };
    await drawn(life);
    await ordered(life);
    const chunks = [0, 1, 2, 3, 0, 1, 2, 3];
    const together = chunks.map((chunk) => {
      return deliver(reach, { queue: 'decreeQueueUrl', body: { step: 'decree', batchId, chunk } });
    });
    expect(await Promise.all(together)).toEqual(chunks.map(() => true));
    await life.pump.run(at('announced'));
    const { byDraw, byPromotion, byOverride } = await desk.agreementOf(made, people);
    expect({ byDraw, byPromotion, byOverride }).toEqual({ byDraw: 4, byPromotion: 2, byOverride: 1 });
    const entries = (await batches(desk.table).entries(batchId)).flatMap(({ events: all }) => all);
    for (const type of ['PlacesPromoted', 'BatchDecreed', 'BatchAnnounced'])
      expect(entries.filter((event) => event.type === type)).toHaveLength(1);
    expect((await reconciled(life)).reconciled).toMatchObject({ revokedCount: 7, freePlaces: { '32': 6 } });
  });
});

/** Draws, and cuts the winners into three files instead of one. */
async function drawInSmallChunks({ batchId, reach, files, winners }: Made, message: Outgoing): Promise<boolean> {
  const before = await momentOf(desk.table, files);
  const isDone = await deliver(reach, message);
  const { drawn: whole } = (await batches(desk.table).load(batchId)).state;
  if (!isDone || !whole) return isDone;
  await takeBack(desk.table, before);
  const { type: _, at: __, ...facts } = whole;
  const chunkCount = Math.ceil(winners().length / 2);
  await batches(desk.table).change(batchId, (batch) => draw(batch, { ...facts, chunkSize: 2, chunkCount }));
  return true;
}

describe('what two operators correct', () => {
  it('takes the place from a winner, and gives it to the next who is not excluded', async () => {
    const people = households('excluded', Array<number>(8).fill(1), ['32.73']).flat();
    const overrides = () =>
      [made.winners()[0] ?? '', made.waiting()[0] ?? ''].map(
        (drawNumber) => ({ kind: 'exclude', drawNumber }) as const,
      );
    const made: Made = desk.batchWith({ quotas: { '32': 3 } }, overrides);
    await applyAll(desk.table, made.batchId, people);
    await drawn(made);
    await announced(made);
    const { recipients, byDraw, byPromotion } = await desk.agreementOf(made, people);
    expect({ byDraw, byPromotion }).toEqual({ byDraw: 2, byPromotion: 1 });
    expect(made.promoted()).toEqual(made.waiting().slice(1, 2));
    const numbers = recipients.map((citizen) => numberIn(made.batchId, citizen));
    expect(numbers).not.toContain(made.winners()[0]);
    expect(numbers).not.toContain(made.waiting()[0]);
    expect(made.json('overrides.json')).toMatchObject({ overrides: [{ kind: 'exclude' }, { kind: 'exclude' }] });
  });

  it('admits whom the screening refused by age, beside the places of the draw', async () => {
    const [aged, ...people] = households('admitted', Array<number>(8).fill(1), ['32.73']).flat().map(known);
    const overrides = () => [{ kind: 'admit', drawNumber: numberIn(made.batchId, known(aged)) } as const];
    const made: Made = desk.batchWith({ quotas: { '32': 3 } }, overrides);
    await applyAll(desk.table, made.batchId, people);
    await store(desk.table, journeyUntil('verify', { citizen: old(known(aged)) }));
    await appliedAnyhow(desk.table, made.batchId, known(aged));
    expect((await drawn(made)).screened?.refused).toEqual({ age_outside: 1 });
    await announced(made);
    const { byDraw, byOverride } = await desk.agreementOf(made, [known(aged), ...people]);
    expect({ byDraw, byOverride }).toEqual({ byDraw: 3, byOverride: 1 });
    expect(await desk.decreeOf(known(aged))).toBe(made.batchId);
    expect(made.text('decree.csv')).toMatch(/override/);

    // Who is admitted has a deadline like all others, but no place that a recovery batch could give away.
    const { reconciled: ended } = await reconciled(made);
    expect(ended).toMatchObject({
      keptCount: 0,
      revokedCount: 4,
      returnedRupiah: 4 * benefit,
      freePlaces: { '32': 3 },
    });
  });

  it('gives nobody a second benefit, and no family a third', async () => {
    const [family = [], ...others] = households('never', [3, ...Array<number>(8).fill(1)], ['32.73']);
    const [elsewhere, revoked, unverified, ...people] = others.flat().map(known);
    const special = [elsewhere, revoked, unverified].map(known);
    const overrides = () =>
      [...special, ...family].map(
        (citizen) => ({ kind: 'admit', drawNumber: numberIn(made.batchId, citizen) }) as const,
      );
    const made: Made = desk.batchWith({ quotas: { '32': 2 } }, overrides);
    await applyAll(desk.table, made.batchId, [...family, ...special, ...people]);
    await happened(desk.table, known(unverified), { type: 'IdentityRefused', requestId: '2', reasons: [] });
    await drawn(made);
    await desk.decreedElsewhere(known(elsewhere));
    await desk.revokedElsewhere(known(revoked));
    await announced(made);
    const { recipients } = await desk.agreementOf(made, [...family, ...special, ...people]);
    expect(recipients.filter((citizen) => special.includes(citizen))).toEqual([]);
    expect(recipients.filter((citizen) => family.includes(citizen))).toHaveLength(2);
  });

  it('counts once who is admitted and had won, and offers no place to who is admitted and waits', async () => {
    const people = households('admitted again', Array<number>(8).fill(1), ['32.73']).flat();
    const overrides = () =>
      [
        { kind: 'admit', drawNumber: made.winners()[0] ?? '' },
        { kind: 'admit', drawNumber: made.waiting()[0] ?? '' },
        { kind: 'exclude', drawNumber: made.winners()[1] ?? '' },
      ] as const;
    const made: Made = desk.batchWith({ quotas: { '32': 3 } }, overrides);
    await applyAll(desk.table, made.batchId, people);
    await drawn(made);
    await announced(made);
    const { byDraw, byPromotion, byOverride } = await desk.agreementOf(made, people);
    expect({ byDraw, byPromotion, byOverride }).toEqual({ byDraw: 2, byPromotion: 1, byOverride: 1 });
    expect(made.promoted()).toEqual(made.waiting().slice(1, 2));
    expect((await reconciled(made)).reconciled).toMatchObject({ revokedCount: 4, returnedRupiah: 4 * benefit });
  });
});
