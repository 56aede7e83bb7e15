import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { rateFinishedCourse } from '#functions/certificate/rate-course.ts';
import { linkOwnAccount } from '#functions/incentive/link-payout-account.ts';
import { registerPerson } from '#functions/registration/register.ts';
import { verifyIdentity } from '#functions/registration/verify-identity.ts';
import { serveApplications } from '#functions/selection/applications.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import type { AccountInquiry } from '#shared/incentive/account-inquiry.ts';
import { participants } from '#shared/journal/participant.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { civilRegistry } from '#shared/registration/civil-registry.ts';
import { registryGates } from '#shared/registration/identity/registry-gate-store.ts';
import { openPerson } from '#shared/registration/person.ts';
import { personKeys } from '#shared/registration/privacy/person-keys.ts';
import { batches } from '#shared/selection/batch.ts';
import { type BatchEvent, BatchTerms } from '#shared/selection/batch-events.ts';
import { factsBeside } from '#shared/selection/facts-beside.ts';
import {
  citizens,
  declaring,
  journeyUntil,
  keys,
  minutesAfter,
  purchaseIdOf,
  type StepName,
  start,
  store,
} from '#test/journal/citizen.ts';
import { citizenClaims, failedIds, httpEvent, lambdaContext, queueEvent, read } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { openGate } from '#test/registration/admission/open-gate.ts';
import { withSerial } from '#test/simulation/people.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
let simulators: Simulators;
const people = citizens('register', 40);
let served = 0;
beforeAll(async () => {
  engine = await startTable();
  simulators = await startSimulators();
});
afterAll(async () => {
  await simulators.stop();
  await engine.stop();
});
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 60));
});
afterEach(() => {
  vi.useRealTimers();
  simulators.civilRegistry.faults.clear();
});

const stores = () => ({
  participants: participants(engine.table),
  personKeys: personKeys(engine.table),
  batches: batches(engine.table),
  keys: async () => keys,
  gate: openGate,
});
function fresh() {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  return citizen;
}
async function citizenAfter(step: StepName) {
  const citizen = fresh();
  await store(engine.table, journeyUntil(step, { citizen }));
  return citizen;
}
const typesOf = async (participantId: string) =>
  (await participants(engine.table).entries(participantId)).flatMap(({ events }) => events.map(({ type }) => type));

describe('registering', () => {
  const bodyOf = ({ person, regencyCode }: (typeof people)[number], changes: object = {}) => ({
    ...person,
    regencyCode,
    consentVersion: '2026-11',
    ...changes,
  });
  const post = async (username: string, body: object) =>
    read(await registerPerson(stores())(httpEvent({ body, claims: citizenClaims(username) }), lambdaContext));

  it('is recorded once, and answered the same when it comes again', async () => {
    const citizen = fresh();
    const first = await post(citizen.participantId, bodyOf(citizen));
    expect(first).toMatchObject({ status: 201, body: { participantId: citizen.participantId, identity: 'pending' } });
    expect(await post(citizen.participantId, bodyOf(citizen))).toEqual(first);
    expect(await typesOf(citizen.participantId)).toEqual(['PersonRegistered']);
    const changed = await post(citizen.participantId, bodyOf(citizen, { phone: '+628400000001' }));
    expect(changed).toMatchObject({ status: 409, body: { code: 'already_registered' } });
  });

  it('is for the NIK of the account: nobody registers somebody else', async () => {
    const [self, other] = [fresh(), fresh()];
    expect(await post(self.participantId, bodyOf(other))).toMatchObject({
      status: 403,
      body: { code: 'role_missing' },
    });
    expect(await typesOf(other.participantId)).toEqual([]);
  });

  it.each([
    ['not asked for, and given', 'off', { motherName: 'Ibu Contoh' }],
    ['required, and missing', 'required', {}],
  ] as const)("a mother's name that is %s is refused", async (_, motherNameUse, changes) => {
    const citizen = fresh();
    const register = registerPerson({ ...stores(), motherNameUse });
    const event = httpEvent({ body: bodyOf(citizen, changes), claims: citizenClaims(citizen.participantId) });
    expect(read(await register(event, lambdaContext))).toMatchObject({
      status: 400,
      body: { code: 'request_invalid', fields: ['motherName'] },
    });
    expect(await typesOf(citizen.participantId)).toEqual([]);
  });

  it.each(['optional', 'required'] as const)(
    "a mother's name that is %s is sealed with the person",
    async (motherNameUse) => {
      const citizen = fresh();
      const register = registerPerson({ ...stores(), motherNameUse });
      const body = bodyOf(citizen, { motherName: 'Ibu Contoh' });
      const event = httpEvent({ body, claims: citizenClaims(citizen.participantId) });
      expect(read(await register(event, lambdaContext)).status).toBe(201);
      const { registered } = (await participants(engine.table).load(citizen.participantId)).state.registration;
      expect(JSON.stringify(registered)).not.toContain('Ibu Contoh');
      expect(registered && openPerson(keys, citizen.participantId, registered).motherName).toBe('Ibu Contoh');
    },
  );

  const one = people[0] ?? fresh();
  it.each([
    [
      'a sex that the NIK does not have',
      { sex: one.person.sex === 'male' ? 'female' : 'male' },
      'nik_invalid',
      ['nik_sex_mismatch'],
    ],
    [
      'a birth date that the NIK does not have',
      { birthDate: '1900-01-01' },
      'nik_invalid',
      ['nik_birth_date_mismatch'],
    ],
    ['serial 0000', { nik: withSerial(one.person.nik, 0) }, 'nik_invalid', ['nik_serial']],
    [
      'a family card of no province',
      { familyCardNumber: `00${one.person.familyCardNumber.slice(2)}` },
      'family_card_invalid',
      ['family_card_province_unknown'],
    ],
    ['a regency of no map', { regencyCode: '99.99' }, 'regency_unknown', undefined],
    ['a NIK of fifteen digits', { nik: one.person.nik.slice(1) }, 'request_invalid', ['nik']],
    ['a consent to nothing', { consentVersion: '' }, 'request_invalid', ['consentVersion']],
    ['a foreign phone', { phone: '+6591234567' }, 'request_invalid', ['phone']],
    ['a field more', { admin: true }, 'request_invalid', ['admin']],
  ])('with %s is refused, and nothing is written', async (_, changes, code, fields) => {
    const { status, body } = await post(one.participantId, bodyOf(one, changes));
    expect([status, body.code, body.fields]).toEqual([400, code, fields]);
    expect(JSON.stringify(body)).not.toContain(one.person.nik);
  });
});

describe('the question to the civil registry', () => {
  const putBack: Outgoing[] = [];
  async function ask(participantId: string, key = 'key') {
    const worker = verifyIdentity({
      ...stores(),
      registry: civilRegistry(simulators.civilRegistryUrl, async () => key),
      gates: registryGates(engine.table),
      queues: { send: async (messages) => void putBack.push(...messages) },
      checksPerSecond: 50,
      now: () => new Date(),
      sleep: async (milliseconds) => void vi.setSystemTime(Date.now() + milliseconds),
      random: () => 0,
    });
    return failedIds(await worker(queueEvent([{ participantId }]), lambdaContext));
  }

  it('is asked until it is answered, and then no more', async () => {
    const { participantId } = await citizenAfter('register');
    for (const [index, fault] of (['unavailable', 'cut'] as const).entries()) {
      simulators.civilRegistry.faults.next(fault);
      expect(await ask(participantId)).toEqual([]);
      const body = { participantId, failures: 1 };
      expect(putBack.slice(index)).toEqual([{ queue: 'identityQueueUrl', body, delaySeconds: 15 }]);
    }
    const answered = simulators.civilRegistry.answered();
    for (let delivery = 0; delivery < 3; delivery += 1) expect(await ask(participantId)).toEqual([]);
    expect(simulators.civilRegistry.answered()).toBe(answered + 1);
    expect(await typesOf(participantId)).toEqual(['PersonRegistered', 'IdentityVerified']);
  });

  it("carries the mother's name where the person gave it, and its answer has our code", async () => {
    const citizen = fresh();
    const person = { ...citizen.person, nik: withSerial(citizen.person.nik, 6_500), motherName: 'Ibu Contoh' };
    const participantId = keys.tag('participant-id', person.nik);
    await store(engine.table, journeyUntil('register', { citizen: { ...citizen, participantId, person } }));
    await ask(participantId);
    const { registration } = (await participants(engine.table).load(participantId)).state;
    expect(registration).toMatchObject({ identity: 'refused', refusalReasons: ['mother_name'] });
  });

  it('about nobody is no question', async () => {
    const answered = simulators.civilRegistry.answered();
    expect(await ask('f'.repeat(64))).toEqual([]);
    expect(simulators.civilRegistry.answered()).toBe(answered);
  });
});

describe('joining a batch', () => {
  const join = async (participantId: string, batchId: string) => {
    const event = httpEvent({ body: { batchId, declarations: declaring() }, claims: citizenClaims(participantId) });
    const deps = {
      ...stores(),
      beside: factsBeside(engine.table, async () => keys),
      files: memoryFiles(),
      publicUrl: () => 'https://prakerja.example',
    };
    return read(await serveApplications(deps)({ ...event, routeKey: 'POST /v1/applications' }, lambdaContext));
  };
  async function batch(batchId: string, more: readonly BatchEvent[] = []) {
    const terms = BatchTerms.parse({ number: Number(batchId), scheme: 'NORMAL_2023', quotas: { '32': 1 } });
    const history: BatchEvent[] = [
      { type: 'BatchCreated', ...terms, by: 'one' },
      { type: 'BatchOpened', by: 'one' },
      ...more,
    ];
    const files = batches(engine.table);
    await files.append(batchId, await files.load(batchId), { events: history }, start);
  }
  const digest = 'd'.repeat(64);

  it('is for an open batch, once, and again only when the batch before is announced', async () => {
    await batch('101');
    await batch('102');
    const { participantId } = await citizenAfter('verify');
    const drawNumber = expect.stringMatching(/^[0-9a-f]{30}00$/);
    const joined = { status: 201, body: { batchId: '101', joined: true, drawNumber } };
    expect(await join(participantId, '101')).toMatchObject(joined);
    expect(await join(participantId, '101')).toMatchObject(joined);
    expect(await join(participantId, '102')).toMatchObject({ status: 409, body: { code: 'already_joined' } });
    const files = batches(engine.table);
    const happens = async (...events: BatchEvent[]) =>
      files.append('101', await files.load('101'), { events }, new Date());
    await happens({ type: 'BatchClosed', by: 'one' }, { type: 'ResultsPublished' });
    expect(await join(participantId, '102')).toMatchObject({ body: { code: 'already_joined' } });
    await happens({ type: 'DrawApproved', by: 'two', objectionsUntil: start.toISOString() });
    expect(await join(participantId, '102')).toMatchObject({ body: { code: 'already_joined' } });
    await happens({ type: 'BatchAnnounced', csvDigest: digest, documentDigest: digest, overridesDigest: digest });
    expect(await join(participantId, '102')).toMatchObject({ status: 201 });
    expect(await typesOf(participantId)).toEqual([
      'PersonRegistered',
      'IdentityVerified',
      'BatchJoined',
      'BatchJoined',
    ]);
  });

  it.each([
    ['a batch that nobody drafted', '199', 404, 'batch_unknown'],
    ['a batch that is closed', '103', 409, 'batch_not_open'],
    ['no number', 'abc', 400, 'request_invalid'],
  ])('is refused for %s', async (_, batchId, status, code) => {
    if (batchId === '103') await batch('103', [{ type: 'BatchClosed', by: 'one' }]);
    const { participantId } = await citizenAfter('verify');
    expect(await join(participantId, batchId)).toMatchObject({ status, body: { code } });
  });
});

describe('rating and linking', () => {
  const rate = async (participantId: string, changes: object = {}) => {
    const body = { purchaseId: purchaseIdOf(1), stars: 5, review: 'Jelas dan berguna sekali', ...changes };
    return read(
      await rateFinishedCourse(stores())(httpEvent({ body, claims: citizenClaims(participantId) }), lambdaContext),
    );
  };
  const inquire: AccountInquiry = async () => ({
    outcome: 'matched',
    reasons: ['nik_matches'],
    kyc: 'full',
    partnerCode: 'bank-induk',
  });
  const link = async (participantId: string, number = '1234567890') => {
    const body = { account: { kind: 'bank', provider: 'BNI', number } };
    return read(
      await linkOwnAccount({ ...stores(), inquire })(
        httpEvent({ method: 'PUT', body, claims: citizenClaims(participantId) }),
        lambdaContext,
      ),
    );
  };
  const claimsOf = async (participantId: string) =>
    (await typesOf(participantId)).filter((type) => type === 'IncentiveClaimed').length;

  it.each([
    ['rating first', [rate, link]],
    ['linking first', [link, rate]],
  ])('claim one incentive, %s, however often each is repeated', async (_, acts) => {
    const { participantId } = await citizenAfter('certify');
    const [first, second] = acts;
    for (let times = 0; times < 2; times += 1) expect((await first?.(participantId))?.status).toBeLessThan(300);
    expect(await claimsOf(participantId)).toBe(0);
    for (let times = 0; times < 2; times += 1) expect((await second?.(participantId))?.status).toBeLessThan(300);
    expect(await claimsOf(participantId)).toBe(1);
    for (const act of acts) await act(participantId);
    expect(await claimsOf(participantId)).toBe(1);
  });

  it('claim one incentive when both come at once', async () => {
    const { participantId } = await citizenAfter('certify');
    await Promise.all([rate(participantId), link(participantId), rate(participantId), link(participantId)]);
    expect(await claimsOf(participantId)).toBe(1);
  });

  it('is refused before the certificate, otherwise than before, and to another account on the way', async () => {
    const { participantId: early } = await citizenAfter('complete');
    expect(await rate(early)).toMatchObject({ status: 409, body: { code: 'certificate_missing' } });
    const { participantId } = await citizenAfter('certify');
    await rate(participantId);
    expect(await rate(participantId, { stars: 1 })).toMatchObject({ status: 409, body: { code: 'rating_differs' } });
    await link(participantId);
    expect(await link(participantId, '1234567899')).toMatchObject({
      status: 409,
      body: { code: 'payout_account_in_use' },
    });
  });

  it.each([
    ['no star', { stars: 0 }],
    ['six stars', { stars: 6 }],
    ['a review of nine letters', { review: 'x'.repeat(9) }],
    ['a review of spaces', { review: ' '.repeat(20) }],
    ['a review of 401 letters', { review: 'x'.repeat(401) }],
  ])('with %s is no rating', async (_, changes) => {
    expect(await rate(people[0]?.participantId ?? '', changes)).toMatchObject({
      status: 400,
      body: { code: 'request_invalid' },
    });
  });
});
