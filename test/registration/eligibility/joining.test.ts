import '#test/platform/environment.ts';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveApplications } from '#functions/selection/applications.ts';
import { participants } from '#shared/journal/participant.ts';
import { readDeclarations } from '#shared/registration/eligibility/eligibility-api.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { listings } from '#shared/registration/feeds/listings.ts';
import { applicationEndpoints } from '#shared/selection/application-api.ts';
import { batches } from '#shared/selection/batch.ts';
import { factsBeside } from '#shared/selection/facts-beside.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import { journalKeys } from '#shared/table/keys.ts';
import { itemBytes, putUnits } from '#test/bench/item-size.ts';
import {
  type Citizen,
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
import { atOf, storeBatch } from '#test/selection/batch-fixture.ts';
import { type Engine, startTable } from '#test/table/engine.ts';
import { watchedWrites } from '#test/table/watched-writes.ts';

let engine: Engine;
let batchId: string;
beforeAll(async () => {
  engine = await startTable();
  batchId = await storeBatch(engine.table, 'open', { terms: { number: 7 } });
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(atOf('open'));
});
afterEach(() => {
  vi.useRealTimers();
});

function askOf(table = engine.table) {
  const stores = {
    beside: factsBeside(table, async () => keys),
    participants: participants(table),
    batches: batches(table),
    files: memoryFiles(),
  };
  const beside = { keys: async () => keys, publicUrl: () => 'https://prakerja.invalid', gate: openGate };
  return asking(serveApplications({ ...stores, ...beside }), [...applicationEndpoints, readDeclarations]);
}
const people = citizens('eligibility', 120);
async function somebody(last: StepName = 'verify'): Promise<Citizen> {
  const next = people.pop();
  if (!next) throw new Error('There are enough citizens');
  await store(engine.table, journeyUntil(last, { citizen: next }));
  return next;
}
const joining = ({ participantId }: Citizen, body: object = { declarations: declaring() }, ask = askOf()) =>
  ask('joinBatch', { by: participantId, body: { batchId, ...body } });

/** Everything that stands in the partition of a citizen. */
async function itemsOf({ participantId }: Citizen) {
  const { Items = [] } = await engine.table.client.send(
    new QueryCommand({
      TableName: engine.table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': journalKeys.participant(participantId) },
    }),
  );
  return Items;
}
/** Expects that asking changed nothing, whatever was answered. */
async function withoutTrace<Answer>(who: Citizen, act: () => Promise<Answer>): Promise<Answer> {
  const before = await itemsOf(who);
  const answer = await act();
  expect(await itemsOf(who)).toEqual(before);
  return answer;
}
const feed = (source: FeedSource) => ({ feedId: 'f'.repeat(32), source, day: '2026-11-01', submittedAt: start });

describe('joining', () => {
  it('bears the decision: by which version of the rules, and from which facts', async () => {
    const who = await somebody();
    expect((await joining(who)).status).toBe(201);
    const { joined } = (await participants(engine.table).load(who.participantId)).state.membership;
    expect(joined).toMatchObject({
      rules: 'NORMAL_2023/2023-02-17',
      facts: {
        identity: 'verified',
        declared: { version: '2026-11', office: 'none' },
        listed: [],
        familyRecipients: 0,
      },
    });
    // Nothing in it tells who it is.
    const text = JSON.stringify(joined?.facts);
    const { nik, name, birthDate, phone, familyCardNumber } = who.person;
    for (const secret of [nik, name, birthDate, phone, familyCardNumber]) expect(text).not.toContain(secret);
  });

  it('takes one write unit and one for the index, also with the longest answers', async () => {
    const who = await somebody();
    const { table, writes } = watchedWrites(engine);
    const answers = {
      work: 'business_owner',
      office: 'none',
      skill: '𠮷'.repeat(40),
      migrant_worker: true,
      disability: true,
    };
    await listings(engine.table).post(feed('laid_off'), who.participantId, { row: 1 });
    expect((await joining(who, { declarations: declaring('NORMAL_2023', answers) }, askOf(table))).status).toBe(201);
    expect(writes).toEqual([{ key: `${journalKeys.participant(who.participantId)} E#000003`, isDone: true, units: 2 }]);
    const item = (await itemsOf(who)).find(({ sk }) => sk === 'E#000003') ?? {};
    expect(putUnits(item)).toEqual({ own: 1, index: 1 });
    expect(itemBytes(item)).toBeLessThan(1_024);
    expect(JSON.stringify(item)).not.toContain('𠮷');
  });

  it.each(FeedSource.options.filter((source) => source !== 'laid_off' && source !== 'social_aid'))(
    'is refused to whom %s lists, with reasons in two languages',
    async (source) => {
      const who = await somebody();
      await listings(engine.table).post(feed(source), who.participantId, { row: 1 });
      const { status, body } = await withoutTrace(who, () => joining(who));
      const code = `${source}_listed`;
      expect([status, body.code]).toEqual([409, code]);
      const words = expect.stringMatching(/^[A-Z].+\.$/);
      expect(body.reasons).toEqual([{ code, id: words, en: words, remedy: { id: words, en: words } }]);
    },
  );

  it('is not refused to whom a list of another scheme has, nor to whom a whitelist has', async () => {
    const who = await somebody();
    for (const source of ['social_aid', 'laid_off'] as const)
      await listings(engine.table).post(feed(source), who.participantId, { row: 1 });
    expect((await joining(who)).status).toBe(201);
  });

  it('is refused with every reason, in their order, and writes nothing', async () => {
    const who = await somebody();
    await listings(engine.table).post(feed('army_police'), who.participantId, { row: 1 });
    const places = familyPlaces(engine.table, keys);
    for (const id of ['a', 'b']) await places.claim(who.familyTag, id.repeat(32), 2);
    vi.setSystemTime(new Date('2099-01-01T00:00:00.000Z'));
    const declarations = declaring('NORMAL_2023', { education: true, office: 'village_head', true: false });
    const { body } = await withoutTrace(who, () => joining(who, { declarations }));
    const codes = [
      'age_outside',
      'declaration_missing',
      'education_declared',
      'office_declared',
      'army_police_listed',
      'family_full',
    ];
    expect(body.code).toBe(codes[0]);
    expect(body.reasons.map(({ code }: { code: string }) => code)).toEqual(codes);
  });

  it.each([
    ['an identity that is not verified', 'register', 'identity_unverified'],
    ['a decree before', 'decree', 'already_recipient'],
  ] as const)('is refused with %s', async (_, last, code) => {
    const who = await somebody(last);
    expect((await withoutTrace(who, () => joining(who))).body).toMatchObject({ code, reasons: [{ code }] });
  });

  const yes = declaring().answers;
  it.each<[string, object, string, readonly string[]]>([
    ['no declaration', {}, 'declaration_missing', []],
    [
      'one that is not said to be true',
      { declarations: declaring('NORMAL_2023', { true: false }) },
      'declaration_missing',
      [],
    ],
    ['an older version', { declarations: { version: '2025-01', answers: yes } }, 'declaration_outdated', []],
    [
      'an answer that is missing',
      { declarations: { version: '2026-11', answers: { ...yes, office: undefined } } },
      'declaration_invalid',
      ['declarations.answers.office'],
    ],
    [
      'an answer that nobody asked for',
      { declarations: declaring('NORMAL_2023', { salary: true }) },
      'declaration_invalid',
      ['declarations.answers.salary'],
    ],
    [
      'an answer of another type',
      { declarations: declaring('NORMAL_2023', { education: 'no' }) },
      'declaration_invalid',
      ['declarations.answers.education'],
    ],
    [
      'a choice that there is not',
      { declarations: declaring('NORMAL_2023', { work: 'king' }) },
      'declaration_invalid',
      ['declarations.answers.work'],
    ],
    [
      'a text that is too long',
      { declarations: declaring('NORMAL_2023', { skill: 'x'.repeat(41) }) },
      'declaration_invalid',
      ['declarations.answers.skill'],
    ],
    [
      'a text without a limit',
      { declarations: declaring('NORMAL_2023', { skill: 'x'.repeat(10_000) }) },
      'request_invalid',
      ['declarations.answers.skill'],
    ],
    [
      'a number',
      { declarations: { version: '2026-11', answers: { ...yes, education: 0 } } },
      'request_invalid',
      ['declarations.answers.education'],
    ],
    ['no answers', { declarations: { version: '2026-11' } }, 'request_invalid', ['declarations.answers']],
    ['a list', { declarations: [] }, 'request_invalid', ['declarations']],
    ['what was declared before', { declares: ['disability'] }, 'request_invalid', ['declares']],
  ])('with %s is refused, and writes nothing', async (_, body, code, fields) => {
    const who = await somebody();
    const { body: answer } = await withoutTrace(who, () => joining(who, body));
    expect([answer.code, answer.fields ?? []]).toEqual([code, fields]);
  });

  it('again is a repeat, whatever is declared or stands against the person since', async () => {
    const who = await somebody();
    const first = await joining(who);
    await listings(engine.table).post(feed('education'), who.participantId, { row: 1 });
    vi.setSystemTime(minutesAfter(atOf('open'), 5));
    for (const body of [{}, { declarations: { version: '2025-01', answers: {} } }])
      expect(await withoutTrace(who, () => joining(who, body))).toEqual(first);
  });
});

describe('the questions', () => {
  it.each(['NORMAL_2023', 'SEMI_BANSOS_2020'])(
    'of %s can be read by anybody, and answered as they are told',
    async (scheme) => {
      const ask = askOf();
      const { status, body } = await ask('readDeclarations', { path: { scheme } });
      expect(status).toBe(200);
      expect(body).toMatchObject({ version: '2026-11', scheme });
      const names = body.questions.map(({ name }: { name: string }) => name);
      expect(names.toSorted()).toEqual(Object.keys(declaring(scheme as 'NORMAL_2023').answers).toSorted());
      expect(JSON.stringify(body)).not.toContain('schemes');
    },
  );

  it('of a scheme that there is not are refused', async () => {
    const ask = askOf();
    expect((await ask('readDeclarations', { path: { scheme: 'OTHER' } })).body.code).toBe('request_invalid');
  });
});
