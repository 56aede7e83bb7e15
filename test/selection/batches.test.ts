import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { manageBatches } from '#functions/selection/batches.ts';
import { applicants } from '#shared/selection/applicants.ts';
import { batches } from '#shared/selection/batch.ts';
import { batchEndpoints } from '#shared/selection/batch-api.ts';
import { sealOf } from '#shared/selection/draw/manifest.ts';
import { drawFiles } from '#shared/selection/draw-files.ts';
import { objections } from '#shared/selection/objection.ts';
import { lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, read } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { asking } from '#test/selection/asking.ts';
import {
  atOf,
  correctionOf,
  drawNumber,
  drawnCounts,
  type Moment,
  manifestDigest,
  putIndexed,
  putResults,
  shareOf,
  storeBatch,
} from '#test/selection/batch-fixture.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(start);
});
afterEach(() => {
  vi.useRealTimers();
});

const files = memoryFiles();
function managing(table: Table = engine.table) {
  const deps = { batches: batches(table), applicants: applicants(table), objections: objections(table), files };
  return manageBatches(deps);
}
const ask = (...asked: Parameters<ReturnType<typeof asking>>) => asking(managing(), batchEndpoints)(...asked);
const load = async (batchId: string) => (await batches(engine.table).load(batchId)).state;

/** A number of its own for each batch of this file. */
let numbers = 100;
const nextNumber = () => {
  numbers += 1;
  return numbers;
};

const draft = (changes: object = {}) => ({
  number: nextNumber(),
  scheme: 'NORMAL_2023',
  quotas: { '32': 10 },
  ...changes,
});

describe('drafting a batch', () => {
  it('answers its places and calendar, and changes nothing when it is repeated', async () => {
    const body = draft({
      regencyQuotas: { '32.73': 2 },
      stratumQuotas: [{ stratum: 'disability', places: 3 }],
      priorityRegencies: ['32.73'],
      opensAt: '2026-11-03T03:00:00.000Z',
      closesAt: '2026-11-09T03:00:00.000Z',
    });
    const first = await ask('createBatch', { body });
    expect(first).toMatchObject({
      status: 201,
      body: {
        ...{ batchId: String(body.number), state: 'draft', kind: 'regular', placeCount: 15, randomness: 'drand' },
        ...{ quotas: { '32': 10 }, maxLots: 1, opensAt: '2026-11-03T03:00:00.000Z', recoveredBy: null },
      },
    });
    // Long after its calendar too.
    vi.setSystemTime(minutesAfter(start, 60 * 24 * 30));
    expect(await ask('createBatch', { body })).toEqual(first);
    expect(await ask('createBatch', { body: { ...body, maxLots: 2 } })).toMatchObject({
      ...{ status: 409, body: { code: 'batch_exists' } },
    });
    expect(await ask('createBatch', { body, by: 'two' })).toMatchObject({
      status: 409,
      body: { code: 'batch_exists' },
    });
  });

  it.each([
    ['a province that is none', { quotas: { '99': 1 } }, ['quotas']],
    ['a province that the program does not count', { quotas: { '93': 1 } }, ['quotas']],
    ['a regency that is none', { regencyQuotas: { '32.99': 1 } }, ['regencyQuotas']],
    ['a priority regency that is none', { priorityRegencies: ['00.00'] }, ['priorityRegencies']],
    [
      'regions that are none everywhere',
      { quotas: { '32': 1, '00': 0 }, regencyQuotas: { '99.01': 0 }, priorityRegencies: ['32.73', '99.01'] },
      ['quotas', 'regencyQuotas', 'priorityRegencies'],
    ],
  ])('names the fields with %s', async (_, changes, fields) => {
    const body = draft(changes);
    expect(await ask('createBatch', { body })).toMatchObject({
      status: 400,
      body: { code: 'request_invalid', fields },
    });
    expect((await load(String(body.number))).state).toBe('unknown');
  });

  it.each([
    ['without places', { quotas: { '32': 0 } }, 'quotas_empty'],
    ['without anything said of places', { quotas: {} }, 'quotas_empty'],
    ['with more than two million places', { quotas: { '31': 1_000_000, '32': 1_000_000, '33': 1 } }, 'quotas_exceeded'],
    ['that opens this minute', { opensAt: '2026-11-02T03:00:59.999Z' }, 'calendar_past'],
  ])('is refused for one %s', async (_, changes, code) => {
    expect(await ask('createBatch', { body: draft(changes) })).toMatchObject({ status: 400, body: { code } });
  });

  it('is for operators', async () => {
    const event = httpEvent({ method: 'POST', path: '/v1/batches', body: draft(), claims: citizenClaims('one') });
    expect(read(await managing()(event, lambdaContext))).toMatchObject({ status: 403, body: { code: 'role_missing' } });
  });
});

describe('a batch by its operators', () => {
  it('is led from the draft to the decree; each step repeated changes nothing', async () => {
    const body = draft({ randomness: 'two_operators' });
    const path = { batchId: String(body.number) };
    const terms = { number: body.number, randomness: 'two_operators' } as const;
    const twice = async (operation: string, by: string, asked: Parameters<typeof ask>[1] = {}) => {
      const first = await ask(operation, { path, by, ...asked });
      expect(first.body).not.toHaveProperty('code');
      expect(await ask(operation, { path, by, ...asked })).toEqual(first);
      return first.body;
    };

    await twice('createBatch', 'one', { path: {}, body });
    vi.setSystemTime(atOf('open'));
    expect(await twice('openBatch', 'one')).toMatchObject({ state: 'open' });
    vi.setSystemTime(atOf('closed'));
    expect(await twice('closeBatch', 'one')).toMatchObject({ state: 'closed' });
    await twice('sealBatch', 'one', { body: { seal: sealOf(shareOf('one')) } });
    expect(await twice('sealBatch', 'two', { body: { seal: sealOf(shareOf('two')) } })).toMatchObject({
      sealedBy: ['one', 'two'],
    });

    await storeBatch(engine.table, 'committed', { terms });
    expect(await twice('revealShare', 'two', { body: { share: shareOf('two') } })).toMatchObject({
      revealedBy: ['two'],
    });
    await twice('revealShare', 'one', { body: { share: shareOf('one') } });

    // The journal has both shares in another order than the fixture: the rest of the way is taken from it all the same.
    await storeBatch(engine.table, 'drawn', { terms });
    vi.setSystemTime(atOf('approved'));
    expect(await ask('approveDraw', { path, by: 'one' })).toMatchObject({ body: { code: 'same_operator' } });
    expect(await twice('approveDraw', 'two')).toMatchObject({
      ...{ state: 'approved', manifestDigest, objectionsUntil: minutesAfter(atOf('ordered'), -1).toISOString() },
    });

    await putIndexed(engine.table, 'winner', lookups.applicants(path.batchId, 'a'), drawNumber('a'));
    await putResults(files, path.batchId, [[drawNumber('a'), 'won', 1]]);
    await twice('proposeOverride', 'one', { body: correctionOf() });
    const overridePath = { ...path, overrideId: 'first' };
    expect(await ask('confirmOverride', { path: overridePath, by: 'one' })).toMatchObject({
      ...{ status: 403, body: { code: 'same_operator' } },
    });
    expect(await twice('confirmOverride', 'three', { path: overridePath })).toMatchObject({
      overrides: [{ overrideId: 'first', kind: 'exclude', proposedBy: 'one', confirmedBy: 'three' }],
    });

    const stated = { winnerCount: drawnCounts.winnerCount, manifestDigest, overrideCount: 1 };
    expect(await ask('orderDecree', { path, by: 'three', body: stated })).toMatchObject({
      body: { code: 'grace_period', title: expect.stringMatching(/from 3 Nov 2026 19:01 WIB on$/) },
    });
    vi.setSystemTime(atOf('ordered'));
    // Nothing said of corrections is none.
    const { overrideCount: _, ...silent } = stated;
    for (const body of [silent, { ...stated, overrideCount: 2 }])
      expect(await ask('orderDecree', { path, by: 'three', body })).toMatchObject({
        ...{ status: 409, body: { code: 'draw_differs', fields: ['overrideCount'] } },
      });
    expect(await twice('orderDecree', 'three', { body: stated })).toMatchObject({
      orderedAt: atOf('ordered').toISOString(),
    });
    for (const body of [{ ...stated, winnerCount: drawnCounts.winnerCount + 1 }, silent])
      expect(await ask('orderDecree', { path, by: 'three', body })).toMatchObject({
        ...{ status: 409, body: { code: 'batch_state' } },
      });
  });

  it('with a calendar is opened and closed by the clock, and by them when it should have been', async () => {
    const [opensAt, closesAt] = ['2026-11-03T03:00:00.000Z', '2026-11-09T03:00:00.000Z'];
    const body = draft({ opensAt, closesAt });
    const path = { batchId: String(body.number) };
    await ask('createBatch', { body });
    for (const [operation, instant, state] of [
      ['openBatch', opensAt, 'open'],
      ['closeBatch', closesAt, 'closed'],
    ] as const) {
      vi.setSystemTime(new Date(Date.parse(instant) - 1));
      expect(await ask(operation, { path })).toMatchObject({ status: 409, body: { code: 'calendar_kept' } });
      vi.setSystemTime(new Date(instant));
      expect(await ask(operation, { path })).toMatchObject({ status: 200, body: { state } });
    }
  });

  it('that stood still for fourteen days is given up', async () => {
    const changes = { terms: { number: nextNumber(), randomness: 'two_operators' } } as const;
    const batchId = await storeBatch(engine.table, 'committed', changes);
    const path = { batchId };
    const since = (at: Date, milliseconds: number) =>
      vi.setSystemTime(new Date(minutesAfter(at, 14 * 24 * 60).getTime() + milliseconds));
    const expectGivenUp = async (operation: string, asked: Parameters<typeof ask>[1]) =>
      expect(await ask(operation, { path, by: 'two', ...asked })).toMatchObject({
        ...{ status: 409, body: { code: 'batch_given_up' } },
      });
    const share = { body: { share: shareOf('two') } };
    since(atOf('closed'), 1);
    await expectGivenUp('revealShare', share);
    since(atOf('closed'), 0);
    expect((await ask('revealShare', { path, by: 'two', ...share })).status).toBe(200);

    await ask('revealShare', { path, by: 'one', body: { share: shareOf('one') } });
    await storeBatch(engine.table, 'drawn', changes);
    for (const digit of ['a', 'b'])
      await putIndexed(engine.table, `given-up-${digit}`, lookups.applicants(batchId, digit), drawNumber(digit));
    await putResults(files, batchId, [
      [drawNumber('a'), 'won', 1],
      [drawNumber('b'), 'won', 2],
    ]);
    const second = correctionOf({ overrideId: 'second', drawNumber: drawNumber('b') });
    expect((await ask('proposeOverride', { path, body: correctionOf() })).status).toBe(200);
    since(atOf('closed'), 1);
    await expectGivenUp('approveDraw', {});
    await expectGivenUp('proposeOverride', { body: second });
    await expectGivenUp('confirmOverride', { path: { ...path, overrideId: 'first' } });

    since(atOf('closed'), 0);
    const { body: approved } = await ask('approveDraw', { path, by: 'two' });
    since(new Date(approved.objectionsUntil), 1);
    const stated = { winnerCount: drawnCounts.winnerCount, manifestDigest };
    await expectGivenUp('orderDecree', { by: 'three', body: stated });
    await expectGivenUp('proposeOverride', { body: second });
    await expectGivenUp('confirmOverride', { path: { ...path, overrideId: 'first' } });
    since(new Date(approved.objectionsUntil), 0);
    expect((await ask('orderDecree', { path, by: 'three', body: stated })).status).toBe(200);
  });

  it.each([
    ['openBatch', {}],
    ['closeBatch', {}],
    ['sealBatch', { body: { seal: 'a'.repeat(64) } }],
    ['revealShare', { body: { share: 'a'.repeat(64) } }],
    ['approveDraw', {}],
    ['proposeOverride', { body: correctionOf() }],
    ['confirmOverride', { path: { batchId: '99', overrideId: 'first' } }],
    ['orderDecree', { body: { winnerCount: 1, manifestDigest } }],
    ['readProgress', {}],
  ])('cannot be one that there is not: %s', async (operation, asked) => {
    const answer = await ask(operation, { path: { batchId: '99' }, ...asked });
    expect(answer).toMatchObject({ status: 404, body: { code: 'batch_unknown' } });
  });
});

describe('a recovery batch', () => {
  const source = (freePlaces: Readonly<Record<string, number>>, changes = {}) =>
    storeBatch(engine.table, 'reconciled', { terms: { number: nextNumber(), ...changes }, freePlaces });
  const recovery = (recovers: readonly string[], changes = {}) => draft({ quotas: {}, recovers, ...changes });

  it('has the free places of the batches that it recovers, and claims them', async () => {
    const sources = [await source({ '32': 3, '33': 1 }), await source({ '32': 4, '11': 2 })];
    const body = recovery(sources);
    const first = await ask('createBatch', { body });
    expect(first).toMatchObject({
      status: 201,
      body: { kind: 'recovery', quotas: { '11': 2, '32': 7, '33': 1 }, placeCount: 10, state: 'draft' },
    });
    for (const batchId of sources) expect((await load(batchId)).recoveredBy).toBe(String(body.number));
    expect(await ask('createBatch', { body })).toEqual(first);
  });

  it('counts a batch that is named twice once', async () => {
    const batchId = await source({ '32': 3 });
    const { body } = await ask('createBatch', { body: recovery([batchId, batchId]) });
    expect(body.quotas).toEqual({ '32': 3 });
  });

  it('is refused where another one has recovered the places', async () => {
    const batchId = await source({ '32': 3 });
    expect((await ask('createBatch', { body: recovery([batchId]) })).status).toBe(201);
    const second = recovery([batchId]);
    expect(await ask('createBatch', { body: second })).toMatchObject({
      status: 409,
      body: { code: 'places_recovered' },
    });
    expect((await load(String(second.number))).state).toBe('unknown');
  });

  it('gets places whose claimant was drafted without them', async () => {
    const batchId = await source({ '32': 3 });
    const claimant = nextNumber();
    const files = batches(engine.table);
    await files.change(batchId, () => ({ events: [{ type: 'PlacesRecovered', batchId: String(claimant) }] }));
    expect(await ask('createBatch', { body: recovery([batchId]) })).toMatchObject({
      body: { code: 'places_recovered' },
    });
    expect((await ask('createBatch', { body: draft({ number: claimant }) })).status).toBe(201);
    expect(await ask('createBatch', { body: recovery([batchId]) })).toMatchObject({
      ...{ status: 201, body: { quotas: { '32': 3 } } },
    });
  });

  it('that two operators draft at once under two numbers gets the places once', async () => {
    const batchId = await source({ '32': 3 });
    const answers = await Promise.all(
      [recovery([batchId]), recovery([batchId])].map((body) => ask('createBatch', { body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it.each([
    ['quotas', { quotas: { '32': 1 } }],
    ['quotas of regencies', { regencyQuotas: { '32.73': 1 } }],
    ['quotas of strata', { stratumQuotas: [{ stratum: 'disability', places: 1 }] }],
  ])('takes no %s of its own', async (_, changes) => {
    const batchId = await source({ '32': 3 });
    const answer = await ask('createBatch', { body: recovery([batchId], changes) });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request_invalid', fields: ['quotas'] } });
    expect((await load(batchId)).recoveredBy).toBeNull();
  });

  it('recovers what is reconciled, and nothing else', async () => {
    const announced = await storeBatch(engine.table, 'announced', { terms: { number: nextNumber() } });
    const asked = async (recovers: readonly string[]) =>
      (await ask('createBatch', { body: recovery(recovers) })).body.code;
    expect(await asked([announced])).toBe('batch_state');
    expect(await asked(['99'])).toBe('batch_unknown');
    const own = nextNumber();
    expect((await ask('createBatch', { body: recovery([String(own)], { number: own }) })).body.code).toBe(
      'batch_unknown',
    );
  });

  it.each<[string, string, () => Promise<string>]>([
    [
      'that is not reconciled',
      'batch_state',
      () => storeBatch(engine.table, 'announced', { terms: { number: nextNumber() } }),
    ],
    ['that there is not', 'batch_unknown', async () => '99'],
    [
      'that is recovered already',
      'places_recovered',
      async () => {
        const recovered = await source({ '32': 2 });
        await ask('createBatch', { body: recovery([recovered]) });
        return recovered;
      },
    ],
    ['with more places than a batch may have', 'quotas_exceeded', () => source({ '32': 2_000_000 })],
  ])('claims nothing where it names one %s too', async (_, code, other) => {
    const [first, second, last] = [await source({ '32': 3 }), await other(), await source({ '33': 1 })];
    const body = recovery([first, second, last]);
    expect((await ask('createBatch', { body })).body.code).toBe(code);
    for (const batchId of [first, last]) expect((await load(batchId)).recoveredBy).toBeNull();
    expect((await ask('createBatch', { body: recovery([first, last]) })).status).toBe(201);
  });

  it('of batches without free places has none', async () => {
    expect(await ask('createBatch', { body: recovery([await source({})]) })).toMatchObject({
      ...{ status: 400, body: { code: 'quotas_empty' } },
    });
  });

  it.each<[string, object, string]>([
    ['under the number of a regular batch', {}, 'batch_exists'],
    ['with a calendar that has passed', { number: 0, opensAt: '2026-11-02T03:00:00.000Z' }, 'calendar_past'],
  ])('that is refused %s claims nothing', async (_, changes, code) => {
    const batchId = await source({ '32': 3 });
    const regular = draft();
    await ask('createBatch', { body: regular });
    const number = 'number' in changes ? nextNumber() : regular.number;
    const answer = await ask('createBatch', { body: recovery([batchId], { ...changes, number }) });
    expect(answer.body.code).toBe(code);
    expect((await load(batchId)).recoveredBy).toBeNull();
  });

  it('that is refused under the number of another recovery batch claims nothing', async () => {
    const [first, second] = [await source({ '32': 3 }), await source({ '32': 4 })];
    const body = recovery([first]);
    await ask('createBatch', { body });
    const answer = await ask('createBatch', { body: { ...body, recovers: [second] } });
    expect(answer).toMatchObject({ status: 409, body: { code: 'batch_exists' } });
    expect((await load(second)).recoveredBy).toBeNull();
  });

  const deaths = [1, 2, 3].flatMap((write) => (['before', 'after'] as const).map((when) => ({ write, when })));
  it.each(deaths)('whose process dies $when write $write is completed by the repeat', async (death) => {
    const sources = [await source({ '32': 3 }), await source({ '33': 1 })];
    const body = recovery(sources);
    const dying = asking(managing(engine.dying(death)), batchEndpoints);
    expect(await dying('createBatch', { body })).toMatchObject({ status: 500, body: { code: 'internal' } });
    const repeated = await ask('createBatch', { body });
    expect(repeated).toMatchObject({ status: 201, body: { quotas: { '32': 3, '33': 1 } } });
    for (const batchId of sources) expect((await load(batchId)).recoveredBy).toBe(String(body.number));
    // What was claimed for it in between, nobody else can have.
    for (const batchId of sources)
      expect((await ask('createBatch', { body: recovery([batchId]) })).body.code).toBe('places_recovered');
  });
});

describe('a correction', () => {
  async function proposing(moment: Moment = 'drawn') {
    const batchId = await storeBatch(engine.table, moment, { terms: { number: nextNumber() } });
    const joined = ['a', 'b', 'c', 'd', 'e'];
    for (const digit of joined)
      await putIndexed(engine.table, `participant-${digit}`, lookups.applicants(batchId, digit), drawNumber(digit));
    const results = [
      [drawNumber('a'), 'won', 1],
      [drawNumber('b'), 'waiting', 1],
      [drawNumber('c'), 'not_drawn'],
      [drawNumber('d'), 'family_full'],
    ] as const;
    if (moment === 'drawn') await putResults(files, batchId, results, [[drawNumber('e'), 'age_outside']]);
    return (changes: Parameters<typeof correctionOf>[0]) =>
      ask('proposeOverride', { path: { batchId }, body: correctionOf(changes) });
  }

  it('is of somebody who joined the batch', async () => {
    const propose = await proposing();
    await putIndexed(engine.table, 'somebody', lookups.applicants('1', 'f'), drawNumber('f'));
    for (const stranger of [drawNumber('f'), drawNumber('ab')])
      expect(await propose({ drawNumber: stranger })).toMatchObject({
        ...{ status: 404, body: { code: 'draw_number_unknown' } },
      });
    expect(await propose({ drawNumber: drawNumber('a') })).toMatchObject({
      status: 200,
      body: { overrides: [{ drawNumber: drawNumber('a'), kind: 'exclude', confirmedBy: null }] },
    });
  });

  it.each([
    ['exclude', 'a winner', 'a', true],
    ['exclude', 'who waits', 'b', true],
    ['exclude', 'who was not drawn', 'c', false],
    ['exclude', 'whose family is full', 'd', false],
    ['exclude', 'whom the screening refused', 'e', false],
    ['admit', 'a winner', 'a', false],
    ['admit', 'who waits', 'b', true],
    ['admit', 'who was not drawn', 'c', true],
    ['admit', 'whose family is full', 'd', true],
    ['admit', 'whom the screening refused', 'e', true],
  ] as const)('changes something of what was drawn: to %s %s', async (kind, _, digit, isTaken) => {
    const answer = await (await proposing())({ kind, drawNumber: drawNumber(digit) });
    if (isTaken) expect(answer).toMatchObject({ status: 200, body: { overrides: [{ kind }] } });
    else expect(answer).toMatchObject({ status: 409, body: { code: 'override_contradicts' } });
  });

  it('is not proposed before everybody can look up what was drawn', async () => {
    const propose = await proposing('made');
    expect(await propose({ kind: 'admit' })).toMatchObject({ status: 409, body: { code: 'batch_state' } });
  });
});

describe('the order of the decree', () => {
  it('waits until every objection has an answer', async () => {
    const batchId = await storeBatch(engine.table, 'approved', { terms: { number: nextNumber() } });
    const body = { winnerCount: drawnCounts.winnerCount, manifestDigest };
    const ordering = () => ask('orderDecree', { path: { batchId }, by: 'three', body });
    vi.setSystemTime(atOf('ordered'));
    await putIndexed(engine.table, 'citizen', lookups.objections(batchId), drawNumber('a'));
    expect(await ordering()).toMatchObject({ status: 409, body: { code: 'objections_open' } });
    await putIndexed(engine.table, 'citizen', lookups.answeredObjections(batchId), drawNumber('a'));
    expect(await ordering()).toMatchObject({ status: 200, body: { orderedAt: atOf('ordered').toISOString() } });
  });
});

describe('the progress of a batch', () => {
  it('is how far its workers are, or what it waits for', async () => {
    const terms = { number: nextNumber() };
    const batchId = await storeBatch(engine.table, 'closed', { terms });
    const progress = async () => (await ask('readProgress', { path: { batchId } })).body;
    expect(await progress()).toMatchObject({ state: 'closed', stage: null, percent: 100 });
    expect(await progress()).toMatchObject({
      ...{ waitsFor: expect.stringContaining('minute after the closing'), waitsOn: 'clock' },
    });

    await storeBatch(engine.table, 'screening', { terms });
    for (const shard of '01234567')
      await drawFiles(files, batchId).put(`work/screened/${shard}.json`, '{}', 'application/json');
    vi.setSystemTime(minutesAfter(atOf('screening'), 4));
    expect(await progress()).toEqual({
      ...{ state: 'closed', stage: 'screening', waitsFor: null, waitsOn: null, doneParts: 8, parts: 16, percent: 50 },
      ...{ startedAt: atOf('screening').toISOString(), partsPerMinute: 2 },
      expectedEndAt: minutesAfter(atOf('screening'), 8).toISOString(),
    });
  });

  it('is none where it was given up', async () => {
    const batchId = await storeBatch(engine.table, 'drawn', { terms: { number: nextNumber() } });
    vi.setSystemTime(minutesAfter(atOf('closed'), 14 * 24 * 60 + 1));
    const { body } = await ask('readProgress', { path: { batchId } });
    expect(body).toMatchObject({
      state: 'drawn',
      stage: null,
      waitsFor: expect.stringMatching(/^nothing: .* given up$/),
    });
  });
});
