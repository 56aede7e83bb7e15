import '#test/platform/environment.ts';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { surveys } from '#functions/survey/surveys.ts';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import { participants } from '#shared/journal/participant.ts';
import { openWithDataKey } from '#shared/registration/person.ts';
import { verified } from '#shared/registration/registration.ts';
import { type Answers, type AnswerValue, maxTextBytes } from '#shared/survey/questionnaire.ts';
import { surveyConsent } from '#shared/survey/questionnaires.ts';
import { eventKey, journalKeys } from '#shared/table/keys.ts';
import { itemBytes, putUnits } from '#test/bench/item-size.ts';
import { type Citizen, citizens, journeyUntil, keys, type StepName, store } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { firstQuestionnaire, someAnswers } from '#test/survey/answers.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
const people = citizens('surveys', 30);
let served = 0;
/** The first incentive is paid on 2 November: the first survey is open. */
const open = new Date('2026-12-02T00:00:00.000+07:00');
const questionnaire = firstQuestionnaire();

beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(open);
});
afterEach(() => {
  vi.useRealTimers();
});

async function citizenAfter(step: StepName, scheme: SchemeCode = 'NORMAL_2023'): Promise<Citizen> {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  await store(engine.table, journeyUntil(step, { citizen, scheme }));
  return citizen;
}

const handler = () => surveys({ participants: participants(engine.table), keys: async () => keys });

async function list({ participantId }: Citizen) {
  const event = httpEvent({ method: 'GET', path: '/v1/surveys', claims: citizenClaims(participantId) });
  return read(await handler()(event, lambdaContext));
}

async function show({ participantId }: Citizen, surveyNumber = '1') {
  const path = '/v1/surveys/{surveyNumber}';
  const event = httpEvent({
    method: 'GET',
    path,
    pathParameters: { surveyNumber },
    claims: citizenClaims(participantId),
  });
  return read(await handler()(event, lambdaContext));
}

type Sent = { readonly surveyNumber?: string; readonly answers?: Answers; readonly changes?: object };

async function answer({ participantId }: Citizen, sent: Sent = {}) {
  const { surveyNumber = '1', answers = someAnswers(questionnaire), changes = {} } = sent;
  const path = '/v1/surveys/{surveyNumber}/answers';
  const versions = { questionnaireVersion: questionnaire.version, consentVersion: surveyConsent.version };
  const body = { ...versions, answers: Object.fromEntries(answers), ...changes };
  const claims = citizenClaims(participantId);
  return read(
    await handler()(httpEvent({ method: 'PUT', path, pathParameters: { surveyNumber }, body, claims }), lambdaContext),
  );
}

const entriesOf = ({ participantId }: Citizen) => participants(engine.table).entries(participantId);
const stateOf = async ({ participantId }: Citizen) => (await participants(engine.table).load(participantId)).state;

describe('the list of surveys', () => {
  it('has those of the scheme with their windows', async () => {
    const { status, body } = await list(await citizenAfter('settle', 'SEMI_BANSOS_2020'));
    expect(status).toBe(200);
    expect(body.surveys).toEqual([
      {
        number: 1,
        state: 'open',
        opensAt: '2026-12-01T17:00:00.000Z',
        closesAt: '2026-12-31T16:59:59.999Z',
        amountRupiah: 50_000,
        answeredAt: null,
        payByDay: null,
      },
      expect.objectContaining({ number: 2, state: 'not_yet' }),
      expect.objectContaining({ number: 3, state: 'not_yet' }),
    ]);
  });

  it('is for recipients only', async () => {
    expect(await list(await citizenAfter('join'))).toMatchObject({ status: 409, body: { code: 'not_recipient' } });
    const claims = operatorClaims('one');
    const event = httpEvent({ method: 'GET', path: '/v1/surveys', claims });
    expect(read(await handler()(event, lambdaContext))).toMatchObject({ status: 403, body: { code: 'role_missing' } });
  });
});

describe('the questions of a survey', () => {
  it('are shown with the text to agree to while it is open', async () => {
    const citizen = await citizenAfter('settle');
    const { status, body } = await show(citizen);
    expect(status).toBe(200);
    expect(body).toMatchObject({ number: 1, questionnaireVersion: questionnaire.version, consent: surveyConsent });
    const steps = { minimum: 1, maximum: 5 };
    expect(body.questions).toEqual(
      questionnaire.questions.map((one) => (one.kind === 'scale' ? { ...one, ...steps } : one)),
    );
    vi.setSystemTime(open.getTime() - 1);
    expect(await show(citizen)).toMatchObject({ status: 409, body: { code: 'survey_not_open' } });
  });

  it.each([
    ['a later one', '2', 409, 'survey_not_open'],
    ['one of the other scheme', '3', 404, 'survey_unknown'],
    ['one that there is not', '9', 404, 'survey_unknown'],
    ['no number', '0', 400, 'request_invalid'],
  ])('are not shown of %s', async (_, surveyNumber, status, code) => {
    expect(await show(await citizenAfter('settle'), surveyNumber)).toMatchObject({ status, body: { code } });
  });
});

describe('the answers to a survey', () => {
  it('are one decision with their claim, sealed, and changed by no repeat', async () => {
    const citizen = await citizenAfter('settle');
    const first = await answer(citizen);
    expect(first).toMatchObject({
      status: 200,
      body: { number: 1, answered: true, amountRupiah: 50_000, payByDay: '2026-12-16' },
    });
    const entries = await entriesOf(citizen);
    expect(entries.at(-1)?.events.map(({ type }) => type)).toEqual(['SurveyAnswered', 'IncentiveClaimed']);
    expect(await answer(citizen)).toEqual(first);
    expect(await entriesOf(citizen)).toEqual(entries);
    const other = someAnswers(questionnaire, 2);
    expect(await answer(citizen, { answers: other })).toMatchObject({ status: 409, body: { code: 'survey_answered' } });
    vi.setSystemTime(new Date('2027-01-15T00:00:00.000Z'));
    expect(await answer(citizen)).toEqual(first);
    expect(await show(citizen)).toMatchObject({ status: 409, body: { code: 'survey_not_open' } });
  });

  it('are the same in whatever order they come, and once when they come at once', async () => {
    const citizen = await citizenAfter('settle');
    const answers = someAnswers(questionnaire);
    const reversed = new Map([...answers].toReversed());
    const sent = await Promise.all(
      [answers, reversed, answers, reversed].map((one) => answer(citizen, { answers: one })),
    );
    expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const types = (await entriesOf(citizen)).flatMap(({ events }) => events.map(({ type }) => type));
    expect(types.filter((type) => type === 'SurveyAnswered')).toHaveLength(1);
    expect(types.filter((type) => type === 'IncentiveClaimed')).toHaveLength(2);
  });

  it('can be read with the person’s key and with no other', async () => {
    const citizen = await citizenAfter('settle');
    const written = 'Lebih banyak latihan praktik';
    const answers = new Map<string, AnswerValue>(someAnswers(questionnaire)).set('saran', written);
    await answer(citizen, { answers });
    const { registration, surveys } = await stateOf(citizen);
    const sealed = surveys.get(1)?.answers ?? new Uint8Array();
    expect(Buffer.from(sealed).toString('latin1')).not.toContain(written);
    const { dataKey } = verified(registration);
    const text = openWithDataKey(keys, citizen.participantId, dataKey, sealed);
    expect(JSON.parse(text)).toEqual(questionnaire.questions.map(({ id }) => answers.get(id) ?? null));
    expect(() => openWithDataKey(keys, 'f'.repeat(64), dataKey, sealed)).toThrowError();
  });

  it.each<[string, Sent, number, string, string[] | undefined]>([
    [
      'incomplete',
      { answers: new Map([['kegiatan', 4]]) },
      400,
      'survey_answers_invalid',
      ['dahulu', 'terpakai', 'puas'],
    ],
    [
      'to another version',
      { changes: { questionnaireVersion: '1' } },
      400,
      'survey_answers_invalid',
      ['questionnaireVersion'],
    ],
    ['without consent', { changes: { consentVersion: '1' } }, 409, 'consent_missing', undefined],
    ['of a later survey', { surveyNumber: '2' }, 409, 'survey_not_open', undefined],
    ['of no survey', { surveyNumber: '3' }, 404, 'survey_unknown', undefined],
    ['in parts of numbers', { answers: new Map([['jam', 1.5]]) }, 400, 'request_invalid', ['answers.jam']],
    ['of another shape', { changes: { answers: { jam: { a: 1 } } } }, 400, 'request_invalid', ['answers.jam']],
    [
      'far too many',
      { answers: new Map(Array.from({ length: 41 }, (_, index) => [`q${index}`, 1])) },
      400,
      'request_invalid',
      ['answers'],
    ],
    ['with a field more', { changes: { paid: true } }, 400, 'request_invalid', ['paid']],
  ])('%s are refused, and nothing is written', async (_, sent, status, code, fields) => {
    const citizen = await citizenAfter('settle');
    const before = await entriesOf(citizen);
    const refused = await answer(citizen, sent);
    expect([refused.status, refused.body.code, refused.body.fields]).toEqual([status, code, fields]);
    expect(await entriesOf(citizen)).toEqual(before);
  });

  it('take two write units at most, with the claim and the longest text', async () => {
    const citizen = await citizenAfter('settle');
    const longest = new Map<string, AnswerValue>([
      ['kegiatan', 3],
      ['mencari', [1, 2, 3, 4, 5, 6]],
      ['dahulu', 6],
      ['terpakai', 1],
      ['guna', [1, 2, 3, 4, 5]],
      ['puas', 5],
      ['saran', 'x'.repeat(maxTextBytes)],
    ]);
    const itemAfter = async (owner: Citizen, answers: Answers) => {
      expect((await answer(owner, { answers })).status).toBe(200);
      const key = { pk: journalKeys.participant(owner.participantId), sk: eventKey((await entriesOf(owner)).length) };
      const { Item = {} } = await engine.table.client.send(new GetCommand({ TableName: engine.table.name, Key: key }));
      return Item;
    };
    const item = await itemAfter(citizen, longest);
    expect(itemBytes(item)).toBeGreaterThan(1_000);
    expect(putUnits(item)).toEqual({ own: 2, index: 0 });
    const short = new Map(longest);
    short.delete('saran');
    const plain = await itemAfter(await citizenAfter('settle'), short);
    expect(putUnits(plain)).toEqual({ own: 1, index: 0 });
  });
});
