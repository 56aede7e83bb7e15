import '#test/platform/environment.ts';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { showJournal } from '#functions/operations/read-journal.ts';
import { participants } from '#shared/journal/participant.ts';
import { logger } from '#shared/platform/observe.ts';
import { sealWithDataKey } from '#shared/registration/person.ts';
import { accesses } from '#shared/registration/privacy/accesses.ts';
import { reportBreach } from '#shared/registration/privacy/privacy-api.ts';
import { journalKeys } from '#shared/table/keys.ts';
import { keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { privacyDesk } from '#test/registration/privacy/desk.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
const desk = privacyDesk('export', () => engine.table);
const now = minutesAfter(start, 60);
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(now);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const reading = (
  username: string,
  participantId: string,
  query: Readonly<Record<string, string>>,
  claims: Readonly<Record<string, string>> = operatorClaims(username),
) => {
  const deps = { participants: participants(engine.table), accesses: accesses(engine.table) };
  const event = httpEvent({ method: 'GET', pathParameters: { participantId }, query, claims });
  return showJournal(deps)(event, lambdaContext).then(read);
};

describe('an export', () => {
  it('has everything of its person, opened, and nothing of another', async () => {
    const [citizen, other] = [await desk.after('settle'), await desk.after('settle')];
    const own = desk.citizen(citizen);
    await own.request('restriction', 'stop');
    await own.takeBack('stop');
    const listing = { source: 'social_aid', feedId: 'feed-1', listedAt: start.toISOString() };
    const Item = { pk: journalKeys.participant(citizen.participantId), sk: 'X#social_aid#feed-1', ...listing };
    await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item }));

    const { status, body } = await own.export();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      schema: 'prakerja-export-1',
      participantId: citizen.participantId,
      person: citizen.person,
      payoutAccounts: [{ kind: 'e_wallet', provider: 'OVO', number: '081234567890' }],
      consents: [{ version: '2026-11', at: start.toISOString() }],
      requests: [{ kind: 'restriction', state: 'lifted' }],
      files: [{ file: 'certificates/1.pdf', digest: 'digest' }],
      listings: [listing],
      accesses: [{ role: 'citizen', by: citizen.participantId, kind: 'export' }],
      hasMoreAccesses: false,
    });
    const entries = await participants(engine.table).entries(citizen.participantId);
    const types = z
      .array(z.looseObject({ events: z.array(z.looseObject({ type: z.string() })) }))
      .parse(body.decisions);
    expect(types.map(({ events }) => events.map(({ type }) => type))).toEqual(
      entries.map(({ events }) => events.map(({ type }) => type)),
    );
    expect(body.notices).toContainEqual({ at: expect.any(String), notice: 'incentive_paid' });
    const text = JSON.stringify(body);
    for (const foreign of [other.participantId, other.person.nik, other.person.name])
      expect(text).not.toContain(foreign);
    expect(text).not.toContain('dataKey');
    expect(text).not.toMatch(/"type":"Buffer"|"0":\d+,"1":\d+/);
  });

  it('opens whatever an event has sealed, and says null of what no key opens any more', async () => {
    const citizen = await desk.after('settle');
    const { participantId } = citizen;
    const files = participants(engine.table);
    const { state } = await files.load(participantId);
    const dataKey = state.registration.registered?.dataKey ?? new Uint8Array();
    const answers = sealWithDataKey(keys, participantId, dataKey, JSON.stringify([1, null, 'Las']));
    const facts = { questionnaireVersion: '2026-11', consentVersion: '2026-11', answersTag: 't' };
    for (const [number, sealed] of [answers, new Uint8Array(60)].entries())
      await files.change(participantId, () => ({
        events: [{ type: 'SurveyAnswered', number: number + 1, answers: sealed, ...facts }],
      }));
    const { body } = await desk.citizen(citizen).export();
    const events = z.array(z.object({ events: z.array(z.looseObject({ type: z.string() })) })).parse(body.decisions);
    const answered = events.flatMap((one) => one.events).filter(({ type }) => type === 'SurveyAnswered');
    expect(answered).toMatchObject([{ answers: [1, null, 'Las'] }, { answers: null }]);
  });

  it('of nobody is refused, and leaves nothing in the table', async () => {
    const nobody = { participantId: 'f'.repeat(64) };
    expect(await desk.citizen(nobody).export()).toMatchObject({ status: 404, body: { code: 'not_registered' } });
    expect((await desk.citizen(nobody).accesses()).body.accesses).toEqual([]);
  });
});

describe('who read my data', () => {
  it('says operator, time, kind and reason of every read, and to its citizen alone', async () => {
    const [citizen, other] = [await desk.after('settle'), await desk.after('register')];
    const logged = vi.spyOn(logger, 'info').mockImplementation(() => {});
    expect(await reading('anna', citizen.participantId, { reason: 'Keberatan warga' })).toMatchObject({ status: 200 });
    expect((await desk.citizen(citizen).accesses()).body).toMatchObject({
      accesses: [{ role: 'operator', by: 'anna', kind: 'journal', reason: 'Keberatan warga', at: now.toISOString() }],
      before: null,
    });
    expect((await desk.citizen(other).accesses()).body.accesses).toEqual([]);
    const text = JSON.stringify(logged.mock.calls);
    for (const secret of Object.values(citizen.person)) expect(text).not.toContain(secret);
  });

  it.each([
    ['no reason', {}, 'anna', 400, 'request_invalid'],
    ['a number in the reason', { reason: 'NIK 3273994207010001' }, 'anna', 400, 'request_invalid'],
  ])('shows nothing and writes nothing for %s', async (_, query, name, status, code) => {
    const citizen = await desk.after('register');
    expect(await reading(name, citizen.participantId, query)).toMatchObject({ status, body: { code } });
    expect((await desk.citizen(citizen).accesses()).body.accesses).toEqual([]);
  });

  it('shows a journal to no citizen, and to nobody where the read cannot be written down', async () => {
    const citizen = await desk.after('register');
    const claims = citizenClaims(citizen.participantId);
    const query = { reason: 'Keberatan warga' };
    expect(await reading('', citizen.participantId, query, claims)).toMatchObject({ body: { code: 'role_missing' } });
    const deps = {
      participants: participants(engine.table),
      accesses: accesses(engine.dying({ write: 1, when: 'before' })),
    };
    const event = httpEvent({
      method: 'GET',
      pathParameters: { participantId: citizen.participantId },
      query,
      claims: operatorClaims('anna'),
    });
    const answer = read(await showJournal(deps)(event, lambdaContext));
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('PersonRegistered');
  });

  it('comes in pages, the latest first, each read once', async () => {
    const citizen = await desk.after('register');
    const record = accesses(engine.table).record;
    for (let minute = 0; minute < 60; minute += 1) {
      const access = { role: 'operator', by: 'anna', kind: 'journal', reason: `Alasan ${minute}` } as const;
      await record(citizen.participantId, access, minutesAfter(now, minute));
    }
    const own = desk.citizen(citizen);
    const first = (await own.accesses()).body;
    const second = (await own.accesses(first.before)).body;
    const reasons = [...first.accesses, ...second.accesses].map(({ reason }) => reason);
    expect([first.accesses.length, second.accesses.length, second.before]).toEqual([50, 10, null]);
    expect(reasons).toEqual(Array.from({ length: 60 }, (_, index) => `Alasan ${59 - index}`));
  });
});

describe('what a breach reached', () => {
  it('is counted by operator and kind in the time that is asked about, with the clock of three days', async () => {
    const [first, second, own] = [
      await desk.after('register'),
      await desk.after('register'),
      await desk.after('register'),
    ];
    const { record } = accesses(engine.table);
    const at = minutesAfter(start, 5 * 24 * 60);
    const by = (name: string) => ({ role: 'operator', by: name, kind: 'journal', reason: 'Alasan' }) as const;
    await record(first.participantId, by('eve#1'), at);
    await record(first.participantId, by('eve#1'), minutesAfter(at, 24 * 60));
    await record(second.participantId, { ...by('eve#1'), kind: 'payout' }, minutesAfter(at, 1));
    await record(second.participantId, by('anna'), minutesAfter(at, 2));
    await record(second.participantId, by('eve#1'), minutesAfter(at, 24 * 60 + 1));
    await record(own.participantId, { role: 'citizen', by: own.participantId, kind: 'export', reason: 'own' }, at);
    vi.setSystemTime(minutesAfter(at, 60));
    const window = {
      from: at.toISOString(),
      until: minutesAfter(at, 24 * 60).toISOString(),
      knownAt: at.toISOString(),
    };
    const ask = (query: Readonly<Record<string, string>>) => desk.operator('anna').ask(reportBreach, { query });
    expect((await ask({ ...window, operator: 'eve#1' })).body).toMatchObject({
      readCount: 3,
      participantCount: 2,
      byKind: { journal: 2, payout: 1 },
      byOperator: { 'eve#1': 3 },
      participantIds: [first.participantId, second.participantId].sort(),
      reportUntil: minutesAfter(at, 72 * 60).toISOString(),
      minutesLeft: 71 * 60,
      isComplete: true,
    });
    expect((await ask(window)).body).toMatchObject({ readCount: 4, byOperator: { 'eve#1': 3, anna: 1 } });
    const backwards = { ...window, until: minutesAfter(at, -1).toISOString() };
    const long = { ...window, until: minutesAfter(at, 40 * 24 * 60).toISOString() };
    for (const query of [backwards, long])
      expect(await ask(query)).toMatchObject({ status: 400, body: { code: 'request_invalid', fields: ['until'] } });
  });
});
