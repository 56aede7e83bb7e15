import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveApplications } from '#functions/selection/applications.ts';
import { participants } from '#shared/journal/participant.ts';
import { applicants } from '#shared/selection/applicants.ts';
import { applicationEndpoints } from '#shared/selection/application-api.ts';
import { batches } from '#shared/selection/batch.ts';
import type { OutcomeKind } from '#shared/selection/draw/result-group.ts';
import { drawNumberOf } from '#shared/selection/draw-number.ts';
import { factsBeside } from '#shared/selection/facts-beside.ts';
import { decree } from '#shared/selection/membership.ts';
import { answerObjection, objections } from '#shared/selection/objection.ts';
import type { Table } from '#shared/table/table.ts';
import {
  type Citizen,
  citizen,
  citizens,
  declaring,
  journeyUntil,
  keys,
  minutesAfter,
  type StepName,
  start,
  store,
} from '#test/journal/citizen.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { openGate } from '#test/registration/admission/open-gate.ts';
import { asking } from '#test/selection/asking.ts';
import { atOf, type Changes, drawNumber, type Moment, putResults, storeBatch } from '#test/selection/batch-fixture.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(atOf('open'));
});
afterEach(() => {
  vi.useRealTimers();
});

const files = memoryFiles();
function ask(...asked: Parameters<ReturnType<typeof asking>>) {
  return askOf(engine.table)(...asked);
}
function askOf(table: Table) {
  const stores = {
    beside: factsBeside(table, async () => keys),
    participants: participants(table),
    batches: batches(table),
    files,
  };
  const publicUrl = () => 'https://prakerja.invalid';
  const handler = serveApplications({ ...stores, keys: async () => keys, publicUrl, gate: openGate });
  return asking(handler, applicationEndpoints);
}

/** Who never registered. */
const stranger = citizen('stranger');
const people = citizens('applications', 100);
/** Another citizen for each test, up to a step of the journey. */
async function somebody(last: StepName = 'verify'): Promise<Citizen> {
  const next = people.pop();
  if (!next) throw new Error('There are enough citizens');
  await store(engine.table, journeyUntil(last, { citizen: next }));
  return next;
}

let numbers = 100;
async function someBatch(moment: Moment = 'open', changes: Changes = {}) {
  numbers += 1;
  const terms = { number: numbers, ...changes.terms };
  const batchId = await storeBatch(engine.table, moment, { ...changes, terms });
  /** The batch goes on, up to a moment; it is that moment then. */
  const goesOn = async (later: Moment) => {
    await storeBatch(engine.table, later, { ...changes, terms });
    vi.setSystemTime(atOf(later));
  };
  return { batchId, goesOn };
}

const joining = ({ participantId }: Citizen, batchId: string, changes: object = {}) =>
  ask('joinBatch', { by: participantId, body: { batchId, declarations: declaring(), ...changes } });
const reading = ({ participantId }: Citizen, batchId: string) =>
  ask('readApplication', { by: participantId, path: { batchId } });
const objecting = ({ participantId }: Citizen, batchId: string, ground = 'draw_wrong') =>
  ask('objectToDraw', { by: participantId, path: { batchId }, body: { ground } });

describe('joining a batch', () => {
  it('answers the draw number, under which the applicant is found; a repeat changes nothing', async () => {
    const [who, { batchId }] = [await somebody(), await someBatch()];
    const own = drawNumberOf(keys, batchId, who);
    const first = await joining(who, batchId, { declarations: declaring('NORMAL_2023', { disability: true }) });
    expect(first).toMatchObject({ status: 201, body: { batchId, joined: true, drawNumber: own } });
    vi.setSystemTime(minutesAfter(atOf('open'), 5));
    expect(await joining(who, batchId, { declarations: declaring('NORMAL_2023', { disability: true }) })).toEqual(
      first,
    );
    expect(await joining(who, batchId)).toEqual(first);
    expect(await applicants(engine.table).participantWith(batchId, own)).toBe(who.participantId);
    const { state, version } = await participants(engine.table).load(who.participantId);
    expect(state.membership).toMatchObject({ joined: { declares: ['disability'], at: atOf('open') } });
    expect(version).toBe(3);
  });

  it('is still a repeat when the batch is closed', async () => {
    const [who, { batchId, goesOn }] = [await somebody(), await someBatch()];
    const first = await joining(who, batchId);
    await goesOn('closed');
    expect(await joining(who, batchId)).toEqual(first);
  });

  it('by a process that dies is completed by the repeat', async () => {
    for (const when of ['before', 'after'] as const) {
      const [{ participantId }, { batchId }] = [await somebody(), await someBatch()];
      const asked = { by: participantId, body: { batchId, declarations: declaring() } };
      expect((await askOf(engine.dying({ write: 1, when }))('joinBatch', asked)).status).toBe(500);
      expect((await ask('joinBatch', asked)).status).toBe(201);
      expect((await participants(engine.table).load(participantId)).state.membership.applications.size).toBe(1);
    }
  });

  it('is refused without a registration, and before the registry has answered', async () => {
    const { batchId } = await someBatch();
    expect(await joining(stranger, batchId)).toMatchObject({
      ...{ status: 404, body: { code: 'not_registered' } },
    });
    expect(await joining(await somebody('register'), batchId)).toMatchObject({
      ...{ status: 409, body: { code: 'identity_unverified' } },
    });
  });

  it.each(['draft', 'closed', 'drawn', 'reconciled'] as const)('is refused when it is %s', async (moment) => {
    const { batchId } = await someBatch(moment);
    expect(await joining(await somebody(), batchId)).toMatchObject({ status: 409, body: { code: 'batch_not_open' } });
  });

  it('is refused for a batch that there is not, and for what nobody can declare', async () => {
    const who = await somebody();
    expect(await joining(who, '99')).toMatchObject({ status: 404, body: { code: 'batch_unknown' } });
    const { batchId } = await someBatch();
    const strange = { declarations: declaring('NORMAL_2023', { extreme_poverty: true }) };
    expect(await joining(who, batchId, strange)).toMatchObject({
      ...{ status: 400, body: { code: 'declaration_invalid', fields: ['declarations.answers.extreme_poverty'] } },
    });
  });

  it('is refused at an age outside the scheme', async () => {
    const { batchId } = await someBatch();
    vi.setSystemTime(new Date('2099-01-01T00:00:00.000Z'));
    expect(await joining(await somebody(), batchId)).toMatchObject({ status: 409, body: { code: 'age_outside' } });
  });

  // The time for objections ends a minute before the order of the fixture.
  const since = { closing: atOf('closed'), objections: minutesAfter(atOf('ordered'), -1) };
  it.each([
    ['closed', 0, 'closing', 'already_joined'],
    ['drawn', 0, 'closing', 'already_joined'],
    ['drawn', 1, 'closing', null],
    ['approved', 1, 'closing', 'already_joined'],
    ['approved', 0, 'objections', 'already_joined'],
    ['approved', 1, 'objections', null],
    ['ordered', 1, 'objections', 'already_joined'],
    ['announced', 0, 'closing', null],
  ] as const)(
    'again, while the one before is %s and fourteen days and %i milliseconds have passed since the %s, is %s',
    async (moment, milliseconds, instant, code) => {
      const [who, { batchId: earlier, goesOn }] = [await somebody(), await someBatch()];
      await joining(who, earlier);
      await goesOn(moment);
      const { batchId } = await someBatch();
      vi.setSystemTime(new Date(minutesAfter(since[instant], 14 * 24 * 60).getTime() + milliseconds));
      const answer = await joining(who, batchId);
      if (code) expect(answer).toMatchObject({ status: 409, body: { code } });
      else expect(answer).toMatchObject({ status: 201, body: { drawNumber: drawNumberOf(keys, batchId, who) } });
    },
  );

  it('is refused to recipients', async () => {
    const { batchId } = await someBatch();
    expect((await joining(await somebody('decree'), batchId)).body.code).toBe('already_recipient');
  });
});

describe('an application', () => {
  it('is read in each phase: nothing is said of the draw before everybody can look it up', async () => {
    const [who, { batchId, goesOn }] = [await somebody(), await someBatch()];
    await joining(who, batchId, { declarations: declaring('NORMAL_2023', { migrant_worker: true }) });
    const own = drawNumberOf(keys, batchId, who);
    const pending = { outcome: 'pending', number: null, reason: null, decreed: null };
    for (const [moment, batchState] of [
      ['open', 'open'],
      ['closed', 'closed'],
      ['screened', 'screened'],
      ['committed', 'committed'],
      ['made', 'committed'],
    ] as const) {
      await goesOn(moment);
      expect(await reading(who, batchId)).toMatchObject({
        status: 200,
        body: { batchId, drawNumber: own, batchState, declares: ['migrant_worker'], ...pending, objection: null },
      });
    }
    await putResults(files, batchId, [[own, 'won', 17]]);
    for (const moment of ['drawn', 'approved', 'decreed', 'announced', 'reconciled'] as const) {
      await goesOn(moment);
      const { decisions, declaration, ...read } = (await reading(who, batchId)).body;
      expect(decisions).toMatchObject([{ stage: 'joining', eligible: true, reasons: [] }]);
      expect(declaration).toEqual(declaring('NORMAL_2023', { migrant_worker: true }));
      expect(read).toEqual({
        ...{ batchId, drawNumber: own, batchState: moment, declares: ['migrant_worker'], objection: null },
        ...{ outcome: 'won', number: 17, reason: null, joinedAt: atOf('open').toISOString() },
        // Who has won has no decree in this test: the place fell free.
        decreed: ['announced', 'reconciled'].includes(moment) ? false : null,
        checkUrl: `https://prakerja.invalid/v1/batches/${batchId}/check#${own}`,
      });
    }
  });

  it.each<[OutcomeKind, number, number | null]>([
    ['won', 1, 1],
    ['waiting', 3, 3],
    ['not_drawn', 0, null],
    ['family_full', 0, null],
  ])('that was %s says so, with its place where it has one', async (outcome, place, number) => {
    const [who, { batchId, goesOn }] = [await somebody(), await someBatch()];
    await joining(who, batchId);
    await goesOn('drawn');
    const own = drawNumberOf(keys, batchId, who);
    const neighbour = `${own.slice(0, 28)}${own.slice(28, 30) === '00' ? '01' : '00'}00`;
    await putResults(files, batchId, [
      [own, outcome, place],
      [neighbour, 'won', 99],
    ]);
    expect((await reading(who, batchId)).body).toMatchObject({ outcome, number, reason: null });
  });

  it.each([
    ['age_outside', /umur|usia/i, /age/],
    ['family_full', /keluarga/i, /family/],
    ['unheard_of', /Hubungi layanan/, /Ask the service/],
  ])('that the screening refused as %s says why in two languages', async (code, id, en) => {
    const [who, { batchId, goesOn }] = [await somebody(), await someBatch()];
    await joining(who, batchId);
    await goesOn('drawn');
    await putResults(files, batchId, [], [[drawNumberOf(keys, batchId, who), code]]);
    expect((await reading(who, batchId)).body).toMatchObject({
      ...{ outcome: 'refused', number: null },
      reason: { code, id: expect.stringMatching(id), en: expect.stringMatching(en) },
    });
  });

  it('says whether there is a decree of this batch, from the announcement on', async () => {
    // The journeys of the fixture are decreed in batch 1.
    const who = await somebody('decree');
    const decreedIn = async (batchId: string, outcome: OutcomeKind) => {
      await putResults(files, batchId, [[drawNumberOf(keys, batchId, who), outcome]]);
      return (await reading(who, batchId)).body.decreed;
    };
    for (const [moment, decreed] of [
      ['decreed', null],
      ['announced', true],
      ['reconciled', true],
    ] as const) {
      const batchId = await storeBatch(engine.table, moment, { terms: { number: 1 } });
      // Also of who was promoted: what the draw came to says nothing of it.
      for (const outcome of ['won', 'waiting'] as const) expect(await decreedIn(batchId, outcome)).toBe(decreed);
    }
  });

  it('of a batch in which somebody else was decreed says so, whatever decree there is of another batch', async () => {
    const [who, { batchId, goesOn }] = [await somebody(), await someBatch()];
    await joining(who, batchId);
    await goesOn('announced');
    await putResults(files, batchId, [[drawNumberOf(keys, batchId, who), 'not_drawn']]);
    const issued = { batchId: '1', scheme: 'NORMAL_2023', cardNumber: '1234567890123451', announcedAt: start } as const;
    await participants(engine.table).change(who.participantId, ({ membership }) => decree(membership, issued));
    expect((await reading(who, batchId)).body).toMatchObject({ outcome: 'not_drawn', decreed: false });
  });

  it('whose result is not where it was published is our mistake', async () => {
    const [who, { batchId, goesOn }] = [await somebody(), await someBatch()];
    await joining(who, batchId);
    await goesOn('drawn');
    expect(await reading(who, batchId)).toMatchObject({ status: 500, body: { code: 'internal' } });
  });

  it('that is in no list says so: it is a ground to object', async () => {
    const [who, { batchId, goesOn }] = [await somebody(), await someBatch()];
    await joining(who, batchId);
    await goesOn('drawn');
    await putResults(files, batchId, []);
    expect((await reading(who, batchId)).body).toMatchObject({ outcome: 'absent', number: null, reason: null });
  });

  it('can be read when another batch was joined since', async () => {
    const [who, { batchId, goesOn }] = [await somebody(), await someBatch()];
    await joining(who, batchId);
    await goesOn('announced');
    await putResults(files, batchId, [[drawNumberOf(keys, batchId, who), 'not_drawn']]);
    const next = await someBatch();
    expect((await joining(who, next.batchId)).status).toBe(201);
    expect(await reading(who, batchId)).toMatchObject({ status: 200, body: { outcome: 'not_drawn' } });
    expect(await reading(who, next.batchId)).toMatchObject({ status: 200, body: { outcome: 'pending' } });
  });

  it('is none of who did not join', async () => {
    const [who, { batchId }] = [await somebody(), await someBatch()];
    expect(await reading(who, batchId)).toMatchObject({ status: 409, body: { code: 'not_applied' } });
    expect((await reading(who, '99')).body.code).toBe('not_applied');
    expect((await reading(stranger, batchId)).body.code).toBe('not_registered');
  });
});

describe('an objection', () => {
  async function joined(changes: Changes = {}) {
    const [who, { batchId, goesOn }] = [await somebody(), await someBatch('open', changes)];
    await joining(who, batchId);
    const own = drawNumberOf(keys, batchId, who);
    await putResults(files, batchId, [[own, 'not_drawn']]);
    return { who, batchId, goesOn, own };
  }
  const millisecondsAfter = (at: Date, milliseconds: number) => vi.setSystemTime(new Date(at.getTime() + milliseconds));

  it('is taken when the draw is published, once, and read with the application', async () => {
    const { who, batchId, goesOn, own } = await joined();
    await goesOn('drawn');
    const filed = { ground: 'draw_wrong', filedAt: atOf('drawn').toISOString(), answer: null };
    expect(await objecting(who, batchId)).toMatchObject({ status: 201, body: filed });
    vi.setSystemTime(minutesAfter(atOf('drawn'), 5));
    expect((await objecting(who, batchId)).body).toEqual(filed);
    expect(await objecting(who, batchId, 'not_in_list')).toMatchObject({
      ...{ status: 409, body: { code: 'objection_exists' } },
    });
    expect((await reading(who, batchId)).body.objection).toEqual(filed);
    expect(await objections(engine.table).openCount(batchId)).toBe(1);
    expect((await objections(engine.table).page(batchId)).found).toEqual([
      { participantId: who.participantId, drawNumber: own },
    ]);

    await participants(engine.table).change(who.participantId, ({ membership }) =>
      answerObjection(membership, 'one', { batchId, drawNumber: own, answer: 'upheld', note: 'Data keliru' }),
    );
    const answered = { ...filed, answer: 'upheld' };
    expect((await reading(who, batchId)).body.objection).toEqual(answered);
    expect((await objecting(who, batchId)).body).toEqual(answered);
    expect(await objections(engine.table).openCount(batchId)).toBe(0);
  });

  it.each(['open', 'closed', 'screened', 'committed', 'made'] as const)(
    'is not taken before that: in a batch that is %s',
    async (moment) => {
      const { who, batchId, goesOn } = await joined();
      await goesOn(moment);
      expect(await objecting(who, batchId)).toMatchObject({ status: 409, body: { code: 'objection_late' } });
    },
  );

  it('is taken until the last instant of the time for objections, and what was taken stands after it', async () => {
    const [inTime, late] = [await joined({ terms: { graceHours: 1 } }), await joined({ terms: { graceHours: 1 } })];
    const until = minutesAfter(atOf('approved'), 60);
    for (const one of [inTime, late]) await one.goesOn('approved');
    millisecondsAfter(until, 0);
    const filed = await objecting(inTime.who, inTime.batchId);
    expect(filed.status).toBe(201);
    millisecondsAfter(until, 1);
    expect((await objecting(late.who, late.batchId)).body.code).toBe('objection_late');
    expect((await objecting(inTime.who, inTime.batchId)).body).toEqual(filed.body);
  });

  it('is not taken when the decree is announced', async () => {
    const { who, batchId, goesOn } = await joined();
    await goesOn('announced');
    expect((await objecting(who, batchId)).body.code).toBe('objection_late');
  });

  it('is of who joined the batch', async () => {
    const [{ batchId, goesOn }, outsider] = [await joined(), await somebody()];
    await goesOn('drawn');
    expect(await objecting(outsider, batchId)).toMatchObject({ status: 409, body: { code: 'not_applied' } });
    expect(await objecting(outsider, '99')).toMatchObject({ status: 404, body: { code: 'batch_unknown' } });
    expect((await objecting(stranger, batchId)).body.code).toBe('not_registered');
    expect(await objecting(outsider, batchId, 'no_ground')).toMatchObject({
      ...{ status: 400, body: { code: 'request_invalid', fields: ['ground'] } },
    });
  });
});

describe('what others did', () => {
  it('has no effect on an application', async () => {
    const [one, other, { batchId, goesOn }] = [await somebody(), await somebody(), await someBatch()];
    await joining(one, batchId);
    await joining(other, batchId);
    await goesOn('drawn');
    await putResults(files, batchId, [
      [drawNumberOf(keys, batchId, one), 'won', 1],
      [drawNumberOf(keys, batchId, other), 'not_drawn'],
      [drawNumber('0'), 'won', 2],
    ]);
    await objecting(other, batchId);
    expect((await reading(one, batchId)).body).toMatchObject({ outcome: 'won', number: 1, objection: null });
    expect((await reading(other, batchId)).body).toMatchObject({ outcome: 'not_drawn', number: null });
  });
});
