import '#test/platform/environment.ts';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SchemeCode, schemes } from '#shared/credit/schemes.ts';
import { journalView } from '#shared/journal/journal-view.ts';
import { dueStore } from '#shared/operations/due-store.ts';
import { messagesDue } from '#shared/operations/sweep.ts';
import { endOfWibDay, wibDay } from '#shared/platform/wib.ts';
import { currentBank } from '#shared/registration/aptitude/bank.ts';
import { answersOf, sheetOf } from '#shared/registration/aptitude/sheet.ts';
import { openWithDataKey, sealWithDataKey } from '#shared/registration/person.ts';
import { exportOf, heldAbout } from '#shared/registration/privacy/export.ts';
import { verified } from '#shared/registration/registration.ts';
import { answerSheetKey, journalKeys } from '#shared/table/keys.ts';
import { itemBytes, putUnits } from '#test/bench/item-size.ts';
import { citizens, journeyUntil, keys, type StepName, store } from '#test/journal/citizen.ts';
import { citizenClaims, operatorClaims } from '#test/platform/events.ts';
import { type AptitudeDesk, answersWith, aptitudeDesk, keyOf } from '#test/registration/aptitude/aptitude-desk.ts';
import { type Death, type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
let desk: AptitudeDesk;
const people = citizens('aptitude', 80);
let served = 0;
/** Monday, 9 November 2026, 10:00 WIB. */
const begin = new Date('2026-11-09T03:00:00.000Z');
const minute = 60_000;
const limits = { SEMI_BANSOS_2020: 25, NORMAL_2023: 40 } as const;
const deadlineOf = (scheme: SchemeCode) => new Date(begin.getTime() + limits[scheme] * minute);
/** When the clock may score: answers of the last instant have arrived. */
const settled = (scheme: SchemeCode = 'NORMAL_2023') => new Date(deadlineOf(scheme).getTime() + 15_000);

beforeAll(async () => {
  engine = await startTable();
  desk = aptitudeDesk(engine.table);
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(begin);
});
afterEach(() => {
  vi.useRealTimers();
});

async function citizenAfter(step: StepName = 'verify'): Promise<string> {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  await store(engine.table, journeyUntil(step, { citizen }));
  return citizen.participantId;
}
async function testing(scheme: SchemeCode = 'NORMAL_2023'): Promise<string> {
  const id = await citizenAfter();
  expect((await desk.start(id, scheme)).status).toBe(201);
  return id;
}
/** Somebody whose test was begun when the scheme had a passing score. */
async function testingFor(passingPercent: number): Promise<string> {
  const id = await citizenAfter();
  const facts = { attempt: 1, scheme: 'NORMAL_2023', bankVersion: currentBank.version, seed: id } as const;
  const deadline = deadlineOf('NORMAL_2023').toISOString();
  await desk.append(id, [{ type: 'AptitudeTestStarted', ...facts, deadline, passingPercent }], begin);
  return id;
}
/** Everything in a person's partition. */
async function itemsOf(id: string) {
  const { Items = [] } = await engine.table.client.send(
    new QueryCommand({
      TableName: engine.table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': journalKeys.participant(id) },
    }),
  );
  return Items;
}
const sheetItem = async (id: string, attempt = 1) =>
  (await engine.table.client.send(new GetCommand({ TableName: engine.table.name, Key: answerSheetKey(id, attempt) })))
    .Item;
const scoredOf = async (id: string) => (await desk.events(id)).filter((event) => event.type === 'AptitudeTestScored');

describe('starting a test', () => {
  it.each(['SEMI_BANSOS_2020', 'NORMAL_2023'] as const)('hands out the paper and the time of %s', async (scheme) => {
    const id = await citizenAfter();
    const { status, body } = await desk.start(id, scheme);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      attempt: 1,
      scheme,
      state: 'open',
      startedAt: begin.toISOString(),
      deadline: deadlineOf(scheme).toISOString(),
      secondsLeft: limits[scheme] * 60,
      answers: {},
      result: null,
    });
    expect(body.questions).toHaveLength(scheme === 'NORMAL_2023' ? 30 : 18);
    expect(await desk.types(id)).toEqual(['PersonRegistered', 'IdentityVerified', 'AptitudeTestStarted']);
  });

  it('again gives the same paper and the same deadline', async () => {
    const id = await citizenAfter();
    const first = await desk.start(id);
    vi.setSystemTime(begin.getTime() + 10 * minute);
    const again = await desk.start(id);
    expect(again).toEqual({ ...first, body: { ...first.body, secondsLeft: 30 * 60 } });
    expect((await desk.current(id)).body).toEqual(again.body);
    expect((await desk.types(id)).filter((type) => type === 'AptitudeTestStarted')).toHaveLength(1);
  });

  it('many times at once is one test', async () => {
    const id = await citizenAfter();
    const starts = await Promise.all(Array.from({ length: 6 }, () => desk.start(id)));
    expect(new Set(starts.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await desk.types(id)).filter((type) => type === 'AptitudeTestStarted')).toHaveLength(1);
  });

  it('of two people makes two papers, and of one person’s next attempt another one', async () => {
    const [one, two] = [await testing(), await testing()];
    expect((await desk.current(one)).body.questions).not.toEqual((await desk.current(two)).body.questions);
    await desk.submit(one, {});
    await desk.start(one, 'SEMI_BANSOS_2020');
    expect((await desk.test(one, 2)).seed).not.toBe((await desk.test(one)).seed);
  });

  it.each<[string, StepName | null, string, number]>([
    ['before the civil registry has answered', 'register', 'identity_unverified', 409],
    ['by nobody who is registered', null, 'not_registered', 404],
  ])('is refused %s', async (_, step, code, status) => {
    const id = step ? await citizenAfter(step) : 'e'.repeat(64);
    expect(await desk.start(id)).toMatchObject({ status, body: { code } });
    expect((await desk.types(id)).includes('AptitudeTestStarted')).toBe(false);
  });

  it('of another scheme waits until the open one is over', async () => {
    const id = await testing();
    expect(await desk.start(id, 'SEMI_BANSOS_2020')).toMatchObject({
      status: 409,
      body: { code: 'aptitude_test_open' },
    });
    await desk.submit(id, {});
    expect(await desk.start(id, 'SEMI_BANSOS_2020')).toMatchObject({ status: 201, body: { attempt: 2 } });
  });

  it('that is finished gives its result, and begins nothing', async () => {
    const id = await testing();
    const { body: result } = await desk.submit(id, {});
    await desk.start(id, 'SEMI_BANSOS_2020');
    await desk.submit(id, {}, 2);
    const before = await itemsOf(id);
    for (const days of [0, 30, 400]) {
      vi.setSystemTime(begin.getTime() + days * 1_440 * minute);
      expect(await desk.start(id)).toMatchObject({
        status: 201,
        body: { attempt: 1, state: 'scored', questions: [], result },
      });
    }
    expect(await itemsOf(id)).toEqual(before);
  });

  it('again gives what was saved, too', async () => {
    const id = await testing();
    await desk.save(id, { 3: 'C' });
    expect((await desk.start(id)).body.answers).toEqual({ 3: 'C' });
  });

  it('is for citizens, with a scheme that there is', async () => {
    const id = await citizenAfter();
    const request = { method: 'POST', path: '/v1/aptitude-tests' };
    expect(await desk.ask(operatorClaims('one'), { ...request, body: { scheme: 'NORMAL_2023' } })).toMatchObject({
      status: 403,
      body: { code: 'role_missing' },
    });
    for (const body of [{}, { scheme: 'NORMAL_2030' }, { scheme: 'NORMAL_2023', minutes: 400 }, '[]', '{'])
      expect((await desk.ask(citizenClaims(id), { ...request, body })).status).toBe(400);
    expect(await desk.types(id)).toEqual(['PersonRegistered', 'IdentityVerified']);
  });
});

describe('the time of a test', () => {
  it.each(['SEMI_BANSOS_2020', 'NORMAL_2023'] as const)('of %s is kept to the second', async (scheme) => {
    const id = await testing(scheme);
    const last = deadlineOf(scheme).getTime();
    vi.setSystemTime(last - 1_000);
    expect((await desk.current(id)).body).toMatchObject({ state: 'open', secondsLeft: 1 });
    vi.setSystemTime(last);
    expect(await desk.save(id, { 1: 'A' })).toEqual(
      expect.objectContaining({ status: 200, body: { attempt: 1, answered: 1, secondsLeft: 0 } }),
    );
    const saved = await sheetItem(id);
    for (const late of [1, 1_000, 3_600_000]) {
      vi.setSystemTime(last + late);
      for (const act of [desk.save, desk.submit])
        expect(await act(id, { 1: 'B' })).toMatchObject({ status: 409, body: { code: 'aptitude_time_over' } });
      expect((await desk.current(id)).body).toMatchObject({
        state: 'closing',
        secondsLeft: 0,
        questions: [],
        answers: {},
      });
    }
    expect(await sheetItem(id)).toEqual(saved);
    expect(await scoredOf(id)).toEqual([]);
  });

  it('can be used to its last instant', async () => {
    const id = await testing();
    vi.setSystemTime(deadlineOf('NORMAL_2023'));
    expect((await desk.submit(id, {})).status).toBe(200);
  });

  it('is in the index by which the clock ends the test', async () => {
    const id = await testing();
    const due = dueStore(engine.table);
    const found: { pk: string; dueSort: string }[] = [];
    for await (const page of due.entries(wibDay(begin), begin, settled())) found.push(...page);
    const own = found.filter(({ pk }) => pk === journalKeys.participant(id));
    expect(own.flatMap(({ pk, dueSort }) => messagesDue(pk, dueSort))).toEqual([
      { queue: 'aptitudeQueueUrl', body: { participantId: id, attempt: 1 } },
    ]);
  });
});

describe('saved answers', () => {
  it('replace those before, can be read on another device, and are no events', async () => {
    const id = await testing();
    const before = await desk.types(id);
    await desk.save(id, { 1: 'A', 2: 'B' });
    vi.setSystemTime(begin.getTime() + minute);
    expect(await desk.save(id, { 2: 'C', 30: 'D' })).toMatchObject({
      status: 200,
      body: { attempt: 1, answered: 2, secondsLeft: 39 * 60 },
    });
    expect(await desk.save(id, { 2: 'C', 30: 'D' })).toMatchObject({ status: 200 });
    expect((await desk.current(id)).body.answers).toEqual({ 2: 'C', 30: 'D' });
    expect(await desk.types(id)).toEqual(before);
  });

  it('that were sent earlier and arrive later change nothing', async () => {
    const id = await testing();
    vi.setSystemTime(begin.getTime() + 2 * minute);
    await desk.save(id, { 1: 'B' });
    vi.setSystemTime(begin.getTime() + minute);
    expect((await desk.save(id, { 1: 'A' })).status).toBe(200);
    expect((await desk.current(id)).body.answers).toEqual({ 1: 'B' });
  });

  it('are sealed with the person’s key, bound to no index, and removed by the engine after two months', async () => {
    const id = await testing();
    await desk.save(id, keyOf(await desk.test(id)));
    const item = (await sheetItem(id)) ?? {};
    expect(Object.keys(item).sort()).toEqual(['expiresAt', 'pk', 'savedAt', 'sheet', 'sk']);
    expect(putUnits(item)).toEqual({ own: 1, index: 0 });
    expect(itemBytes(item)).toBeLessThan(260);
    expect(item['expiresAt']).toBe(deadlineOf('NORMAL_2023').getTime() / 1_000 + 60 * 86_400);
    const { dataKey } = verified((await desk.files.load(id)).state.registration);
    expect(answersOf(openWithDataKey(keys, id, dataKey, item['sheet']))).toEqual(keyOf(await desk.test(id)));
  });

  it.each<[string, unknown, number | string, number, string]>([
    ['to a question that there is not', { 31: 'A' }, 1, 400, 'request_invalid'],
    ['with a letter that there is not', { 1: 'E' }, 1, 400, 'request_invalid'],
    ['with a number for a letter', { 1: 2 }, 1, 400, 'request_invalid'],
    ['in a list', ['A', 'B'], 1, 400, 'request_invalid'],
    ['in a text', 'ABCD', 1, 400, 'request_invalid'],
    ['that are missing', undefined, 1, 400, 'request_invalid'],
    ['that are null', null, 1, 400, 'request_invalid'],
    ['to question nought', { 0: 'A' }, 1, 400, 'request_invalid'],
    ['to a prototype', { constructor: 'A' }, 1, 400, 'request_invalid'],
    [
      'to more questions than any test has',
      Object.fromEntries(Array.from({ length: 99 }, (_, n) => [n + 1, 'A'])),
      1,
      400,
      'request_invalid',
    ],
    ['of a test that was not started', { 1: 'A' }, 2, 404, 'aptitude_test_unknown'],
    ['of test nought', { 1: 'A' }, 0, 400, 'request_invalid'],
    ['of no test', { 1: 'A' }, 'current', 400, 'request_invalid'],
  ])('%s are refused, and nothing is written', async (_, answers, attempt, status, code) => {
    const id = await testing();
    const before = await itemsOf(id);
    for (const act of [desk.save, desk.submit])
      expect(await act(id, answers, attempt)).toMatchObject({ status, body: { code } });
    expect(await itemsOf(id)).toEqual(before);
  });

  it('of somebody else are out of reach', async () => {
    const [id, other] = [await testing(), await citizenAfter()];
    await desk.save(id, { 1: 'A' });
    const before = await itemsOf(id);
    for (const answer of [await desk.current(other), await desk.save(other, { 1: 'B' }), await desk.submit(other, {})])
      expect(answer).toMatchObject({ status: 404, body: { code: 'aptitude_test_unknown' } });
    expect(await itemsOf(id)).toEqual(before);
    expect(await desk.types(other)).toEqual(['PersonRegistered', 'IdentityVerified']);
  });
});

describe('submitting', () => {
  it('scores what is sent, whatever was saved, and ends the test', async () => {
    const id = await testing();
    await desk.save(id, { 1: 'A' });
    vi.setSystemTime(begin.getTime() + 5 * minute);
    const test = await desk.test(id);
    const first = await desk.submit(id, answersWith(test, 20));
    expect(first).toMatchObject({
      status: 200,
      body: {
        percent: 66,
        passed: null,
        parts: [
          { category: 'verbal', right: 15, asked: 15 },
          { category: 'quantitative', right: 5, asked: 15 },
        ],
        submittedBy: 'citizen',
        scoredAt: new Date(begin.getTime() + 5 * minute).toISOString(),
        retryFrom: null,
      },
    });
    vi.setSystemTime(begin.getTime() + 50 * minute);
    expect(await desk.submit(id, answersWith(test, 20))).toEqual(first);
    expect(await desk.submit(id, answersWith(test, 21))).toMatchObject({
      status: 409,
      body: { code: 'aptitude_test_submitted' },
    });
    expect(await desk.save(id, { 1: 'B' })).toMatchObject({ status: 409, body: { code: 'aptitude_test_submitted' } });
    expect((await desk.current(id)).body).toMatchObject({
      state: 'scored',
      secondsLeft: 0,
      questions: [],
      answers: {},
      result: first.body,
    });
    expect(await scoredOf(id)).toHaveLength(1);
  });

  it('many times at once is one result', async () => {
    const id = await testing();
    const answers = answersWith(await desk.test(id), 9);
    const sent = await Promise.all(Array.from({ length: 6 }, () => desk.submit(id, answers)));
    expect(new Set(sent.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(sent[0]).toMatchObject({ status: 200, body: { percent: 30 } });
    expect(await scoredOf(id)).toHaveLength(1);
  });

  it('of different answers at once is one result, and the others are told', async () => {
    const id = await testing();
    const test = await desk.test(id);
    const sent = await Promise.all([3, 6, 9, 12].map((count) => desk.submit(id, answersWith(test, count))));
    expect(sent.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const won = sent.find(({ status }) => status === 200);
    expect(await scoredOf(id)).toEqual([expect.objectContaining({ percent: won?.body.percent, by: 'citizen' })]);
  });
});

describe('the clock', () => {
  it('scores what was saved, once, however often its message comes', async () => {
    const id = await testing('SEMI_BANSOS_2020');
    await desk.save(id, answersWith(await desk.test(id), 12));
    vi.setSystemTime(settled('SEMI_BANSOS_2020'));
    for (let delivery = 0; delivery < 3; delivery += 1) expect(await desk.clock(id)).toEqual([]);
    expect(await Promise.all([desk.clock(id), desk.clock(id)])).toEqual([[], []]);
    expect(await scoredOf(id)).toEqual([expect.objectContaining({ by: 'clock', percent: 66, passed: null })]);
    expect((await desk.current(id)).body).toMatchObject({
      state: 'scored',
      result: { percent: 66, submittedBy: 'clock', passed: null },
    });
    expect(await desk.save(id, { 1: 'A' })).toMatchObject({ body: { code: 'aptitude_time_over' } });
    expect(await desk.submit(id, {})).toMatchObject({ body: { code: 'aptitude_time_over' } });
  });

  it('scores an empty sheet where nothing was saved', async () => {
    const id = await testing();
    vi.setSystemTime(settled());
    expect(await desk.clock(id)).toEqual([]);
    expect(await scoredOf(id)).toEqual([expect.objectContaining({ by: 'clock', percent: 0 })]);
  });

  it('that comes too early comes again', async () => {
    const id = await testing();
    for (const early of [begin, deadlineOf('NORMAL_2023'), new Date(settled().getTime() - 1)]) {
      vi.setSystemTime(early);
      expect(await desk.clock(id)).toEqual(['message-0']);
    }
    expect(await scoredOf(id)).toEqual([]);
  });

  it('leaves what was submitted, and what there is not', async () => {
    const id = await testing();
    const { body } = await desk.submit(id, answersWith(await desk.test(id), 3));
    vi.setSystemTime(settled());
    expect(await desk.clock(id)).toEqual([]);
    expect(await desk.clock(id, 2)).toEqual([]);
    expect(await desk.clock('d'.repeat(64))).toEqual([]);
    expect((await desk.current(id)).body.result).toEqual(body);
  });

  it('and the citizen at the same instant make one result', async () => {
    for (let round = 0; round < 4; round += 1) {
      vi.setSystemTime(begin);
      const id = await testing();
      const test = await desk.test(id);
      await desk.save(id, answersWith(test, 3));
      // Clocks of two machines that differ by more than the time kept between them: the worst there can be.
      const late = aptitudeDesk(engine.table);
      const submission = desk.submit(id, answersWith(test, 30));
      vi.setSystemTime(settled());
      const [citizen] = await Promise.all([submission, late.clock(id), late.clock(id)]);
      const scored = await scoredOf(id);
      expect(scored).toHaveLength(1);
      const byCitizen = scored[0]?.type === 'AptitudeTestScored' && scored[0].by === 'citizen';
      expect(citizen).toMatchObject(
        byCitizen ? { status: 200, body: { percent: 100 } } : { status: 409, body: { code: 'aptitude_time_over' } },
      );
    }
  });
});

describe('a process that dies', () => {
  const deaths: readonly Death[] = [
    { write: 1, when: 'before' },
    { write: 1, when: 'after' },
  ];

  it.each(deaths)('while it starts a test, $when its write, leaves one test to whoever asks again', async (death) => {
    const id = await citizenAfter();
    expect((await aptitudeDesk(engine.dying(death)).start(id)).status).toBe(500);
    vi.setSystemTime(begin.getTime() + minute);
    const { status, body } = await desk.start(id);
    expect(status).toBe(201);
    const from = death.when === 'after' ? begin : new Date(begin.getTime() + minute);
    expect(body.startedAt).toBe(from.toISOString());
    expect((await desk.types(id)).filter((type) => type === 'AptitudeTestStarted')).toHaveLength(1);
  });

  it.each(deaths)('while it saves, $when its write, leaves the answers or those before', async (death) => {
    const id = await testing();
    await desk.save(id, { 1: 'A' });
    expect((await aptitudeDesk(engine.dying(death)).save(id, { 1: 'B' })).status).toBe(500);
    expect((await desk.current(id)).body.answers).toEqual({ 1: death.when === 'after' ? 'B' : 'A' });
    expect((await desk.save(id, { 1: 'B' })).status).toBe(200);
  });

  it.each(deaths)('while it submits, $when its write, leaves one result to whoever asks again', async (death) => {
    const id = await testing();
    const answers = answersWith(await desk.test(id), 15);
    expect((await aptitudeDesk(engine.dying(death)).submit(id, answers)).status).toBe(500);
    expect(await desk.submit(id, answers)).toMatchObject({ status: 200, body: { percent: 50 } });
    expect(await scoredOf(id)).toHaveLength(1);
  });

  it.each(deaths)('while the clock scores, $when its write, is done again without another result', async (death) => {
    const id = await testing();
    await desk.save(id, answersWith(await desk.test(id), 15));
    vi.setSystemTime(settled());
    expect(await aptitudeDesk(engine.dying(death)).clock(id)).toEqual(['message-0']);
    expect(await desk.clock(id)).toEqual([]);
    expect(await scoredOf(id)).toEqual([expect.objectContaining({ by: 'clock', percent: 50 })]);
  });
});

describe('passing', () => {
  it.each([
    [17, 56, 56, true],
    [17, 57, 56, false],
    [18, 60, 60, true],
  ])(
    'with %i of 30 right, where it takes %i percent, is %i percent: %s',
    async (right, passingPercent, percent, passed) => {
      const id = await testingFor(passingPercent);
      expect(await desk.submit(id, answersWith(await desk.test(id), right))).toMatchObject({
        status: 200,
        body: { percent, passed },
      });
    },
  );

  it('is by the score of the day of the start, also when the clock ends the test', async () => {
    const id = await testingFor(50);
    await desk.save(id, answersWith(await desk.test(id), 14));
    vi.setSystemTime(settled());
    await desk.clock(id);
    expect((await desk.current(id)).body.result).toMatchObject({ percent: 46, passed: false, submittedBy: 'clock' });
  });

  it('can be tried again after the days of the scheme, as often as the scheme says', async () => {
    const id = await testingFor(60);
    const { attempts, waitDays } = schemes.NORMAL_2023.aptitude;
    expect(attempts).toBe(3);
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const at = new Date();
      const { body } = await desk.submit(id, {}, attempt);
      const next = new Date(endOfWibDay(at, waitDays - 1).getTime() + 1);
      const isLast = attempt === attempts;
      expect(body).toMatchObject({ passed: false, retryFrom: isLast ? null : next.toISOString() });
      vi.setSystemTime(next.getTime() - 1);
      const refusal = isLast ? 'aptitude_attempts_exceeded' : 'aptitude_wait';
      expect(await desk.start(id)).toMatchObject({ status: 409, body: { code: refusal } });
      vi.setSystemTime(next);
      if (isLast) {
        expect(await desk.start(id)).toMatchObject({ status: 409, body: { code: refusal } });
      } else {
        // Begun as the product would, but for the passing score that the scheme does not have.
        const started = await desk.start(id);
        expect(started).toMatchObject({ status: 201, body: { attempt: attempt + 1 } });
        await failableFrom(id, attempt + 1);
      }
    }
    expect(await desk.start(id, 'SEMI_BANSOS_2020')).toMatchObject({ status: 201, body: { attempt: attempts + 1 } });
  });
});

/** The last test as if the scheme had a passing score: its start is written anew, which only a test can do. */
async function failableFrom(id: string, attempt: number): Promise<void> {
  const items = await itemsOf(id);
  const item = items.find(
    (one) => one['events']?.[0]?.type === 'AptitudeTestStarted' && one['events'][0].attempt === attempt,
  );
  if (!item) throw new Error('The test was started');
  const events = [{ ...item['events'][0], passingPercent: 60 }];
  await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item: { ...item, events } }));
}

describe('a score of years ago', () => {
  it('is the same when it is made again from bank version, seed and sealed answers', async () => {
    const id = await testing();
    await desk.submit(id, answersWith(await desk.test(id), 22));
    vi.setSystemTime(new Date('2033-01-01T00:00:00.000Z'));
    const { status, body } = await desk.rescore(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      participantId: id,
      attempt: 1,
      scheme: 'NORMAL_2023',
      bankVersion: '2026-11',
      agrees: true,
    });
    expect(body.recomputed).toEqual(body.recorded);
    const reader = { by: 'auditor', kind: 'aptitude_test', reason: 'Audit of the tests' };
    expect((await desk.reads.page(id, 10)).accesses).toEqual([expect.objectContaining(reader)]);
    expect(body.recorded.percent).toBe(73);
  });

  it('that was recorded otherwise is found', async () => {
    const id = await testing();
    const test = await desk.test(id);
    const { dataKey } = verified((await desk.files.load(id)).state.registration);
    await desk.append(
      id,
      [
        {
          type: 'AptitudeTestScored',
          attempt: 1,
          bankVersion: test.bankVersion,
          parts: [
            { category: 'verbal', right: 15, asked: 15 },
            { category: 'quantitative', right: 15, asked: 15 },
          ],
          percent: 100,
          passed: null,
          by: 'citizen',
          answers: sealWithDataKey(keys, id, dataKey, '-'.repeat(30)),
        },
      ],
      begin,
    );
    expect((await desk.rescore(id)).body).toMatchObject({ agrees: false, recomputed: { percent: 0 } });
  });

  it('is for operators, of a test that is scored', async () => {
    const id = await testing();
    expect(await desk.rescore(id)).toMatchObject({ status: 404, body: { code: 'aptitude_test_unknown' } });
    expect(await desk.rescore('c'.repeat(64))).toMatchObject({ status: 404, body: { code: 'participant_unknown' } });
    await desk.submit(id, {});
    const path = '/v1/participants/{participantId}/aptitude-tests/{attempt}/score';
    const request = {
      method: 'GET',
      path,
      pathParameters: { participantId: id, attempt: '1' },
      query: { reason: 'Audit' },
    };
    expect(await desk.ask(citizenClaims(id), request)).toMatchObject({ status: 403, body: { code: 'role_missing' } });
  });
});

describe('what a test writes', () => {
  it('is three write units, and one for each time answers are saved', async () => {
    const id = await testing();
    await desk.save(id, keyOf(await desk.test(id)));
    await desk.submit(id, keyOf(await desk.test(id)));
    const items = (await itemsOf(id)).filter(
      ({ sk, events }) => sk.startsWith('T#') || /Aptitude/.test(events?.[0]?.type),
    );
    const units = items.map((item) => ({ ...putUnits(item), isSmall: itemBytes(item) < 600 }));
    expect(units).toEqual([
      { own: 1, index: 1, isSmall: true },
      { own: 1, index: 0, isSmall: true },
      { own: 1, index: 0, isSmall: true },
    ]);
  });

  it('and answers never tells what is right', async () => {
    const id = await citizenAfter();
    const told: string[] = [];
    const heard = async (answer: Promise<unknown>) => void told.push(JSON.stringify(await answer));
    await heard(desk.start(id));
    const test = await desk.test(id);
    const letters = Object.values(keyOf(test)).join('');
    await heard(desk.start(id, 'SEMI_BANSOS_2020'));
    await heard(desk.save(id, { 1: 'A', 2: 'B' }));
    await heard(desk.save(id, { 99: 'A' }));
    await heard(desk.current(id));
    await heard(desk.submit(id, answersWith(test, 10)));
    await heard(desk.current(id));
    await heard(desk.save(id, {}));
    await heard(desk.start(id));
    await heard(desk.rescore(id));
    const { state: file } = await desk.files.load(id);
    const entries = await desk.files.entries(id);
    const held = await heldAbout(engine.table, desk.reads)(id);
    const exported = exportOf(keys, { participantId: id, file, entries, ...held }, new Date());
    await heard(Promise.resolve(exported));
    await heard(Promise.resolve(journalView(entries)));
    expect(told[10]).toContain(sheetOf(answersWith(test, 10), 30)); // One's own answers are one's own data.
    expect(told.length).toBe(12);
    for (const text of told) {
      expect(text).not.toContain(test.seed);
      expect(text).not.toContain(letters);
      expect(text).not.toMatch(/"(key|correct|itemId|seed|wrong)"/);
      // Of what is right, only how many are.
      for (const [, value] of text.matchAll(/"right":([^,}]+)/g)) expect(value).toMatch(/^\d+$/);
    }
  });
});
