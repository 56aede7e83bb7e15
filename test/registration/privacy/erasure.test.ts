import '#test/platform/environment.ts';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readOwnFile } from '#functions/registration/read-file.ts';
import { verifyIdentity } from '#functions/registration/verify-identity.ts';
import { courses } from '#shared/catalogue/course.ts';
import { partners } from '#shared/catalogue/partner.ts';
import { certificateStore } from '#shared/certificate/certificate-store.ts';
import { claimDue } from '#shared/incentive/account.ts';
import { placeHold } from '#shared/incentive/hold.ts';
import { openAccount } from '#shared/incentive/sealed-account.ts';
import { foldEntries } from '#shared/journal/journal.ts';
import { type Participant, participantFold, participants } from '#shared/journal/participant.ts';
import { keysFrom } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import { readSealingKeys, rotated } from '#shared/platform/sealing-keys.ts';
import { openPerson, openWithDataKey, sealPerson } from '#shared/registration/person.ts';
import { personKeys } from '#shared/registration/privacy/person-keys.ts';
import { contributionOf } from '#shared/report/figures.ts';
import { personKey } from '#shared/table/keys.ts';
import { certificateNumberOf, courseOf, keys, minutesAfter, type StepName, start } from '#test/journal/citizen.ts';
import { citizenClaims, failedIds, httpEvent, lambdaContext, queueEvent, read } from '#test/platform/events.ts';
import { identityPorts } from '#test/registration/identity/identity-ports.ts';
import { privacyDesk } from '#test/registration/privacy/desk.ts';
import { type Death, type Engine, startTable } from '#test/table/engine.ts';
import { openMarket } from '#test/wire/market.ts';

let engine: Engine;
const desk = privacyDesk('erasure', () => engine.table);
const now = minutesAfter(start, 60);
const hoursLater = (hours: number) => minutesAfter(now, hours * 60);
beforeAll(async () => {
  engine = await startTable();
  await openMarket(engine.table, [courseOf()]);
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(now);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const auditHold = (file: Participant) => placeHold(file, { holdId: 'audit-1', reason: 'audit_finding', by: 'anna' });

type Somebody = { readonly participantId: string };

async function keyItem({ participantId }: Somebody) {
  const { pk, sk } = personKey(participantId);
  const { Items = [] } = await engine.table.client.send(
    new QueryCommand({
      TableName: engine.table.name,
      KeyConditionExpression: 'pk = :pk and sk = :sk',
      ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
    }),
  );
  return Items[0];
}

/** Everything in a citizen's partition, as it is stored. */
async function stored({ participantId }: Somebody) {
  const { Items = [] } = await engine.table.client.send(
    new QueryCommand({
      TableName: engine.table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `P#${participantId}` },
    }),
  );
  return Items;
}

async function asked(step: StepName, requestId = 'erase-1') {
  const citizen = await desk.after(step);
  expect(await desk.citizen(citizen).request('erasure', requestId)).toMatchObject({ status: 202 });
  return citizen;
}

/** As the clock and the outbox would: due, decided, and what follows from it. */
async function carriedOut(citizen: Somebody, requestId = 'erase-1') {
  vi.setSystemTime(hoursLater(48));
  expect(await desk.deliver('due', citizen, requestId)).toEqual([]);
  expect(await desk.deliver('erase', citizen, requestId)).toEqual([]);
}

describe('an erasure', () => {
  it('waits for two days, and is carried out within three', async () => {
    const citizen = await asked('settle');
    const own = desk.citizen(citizen);
    expect((await own.privacy()).body.requests).toMatchObject([
      { state: 'open', dueUntil: hoursLater(72).toISOString(), revocableUntil: hoursLater(48).toISOString() },
    ]);
    const [item] = (await stored(citizen)).filter(({ dueSort }) => String(dueSort).includes('#privacy#'));
    expect(item).toMatchObject({ dueSort: `${hoursLater(48).toISOString()}#privacy#erase-1` });

    vi.setSystemTime(minutesAfter(hoursLater(48), -1));
    expect(await desk.deliver('due', citizen, 'erase-1')).toEqual([]);
    expect(await desk.deliver('erase', citizen, 'erase-1')).toEqual([]);
    expect(await desk.types(citizen)).not.toContain('PersonErased');
    expect(await keyItem(citizen)).toHaveProperty('dataKey');

    await carriedOut(citizen);
    expect((await desk.load(citizen)).privacy.requests.get('erase-1')?.completedAt).toEqual(hoursLater(48));
    expect(desk.removed.filter((id) => id === citizen.participantId)).toHaveLength(1);
  });

  it('leaves nothing that opens: person, account, or whatever was sealed with the key, with all keys of the program', async () => {
    const citizen = await asked('settle');
    const { participantId } = citizen;
    const before = await desk.load(citizen);
    const { registered } = before.registration;
    const account = before.incentives.account;
    if (!registered || !account) throw new Error('There was something to erase');
    expect(openPerson(keys, participantId, registered).nik).toBe(citizen.person.nik);
    expect(openAccount(keys, participantId, registered.dataKey, account).number).toBe('081234567890');

    await carriedOut(citizen);
    expect(await keyItem(citizen)).toEqual({
      ...personKey(participantId),
      destroyedAt: hoursLater(48).toISOString(),
    });
    const after = await desk.load(citizen);
    expect(() =>
      openPerson(keys, participantId, {
        ...registered,
        dataKey: after.registration.registered?.dataKey ?? new Uint8Array(),
      }),
    ).toThrow();
    // No bytes of the whole partition open the person any more.
    const candidates = (await stored(citizen)).flatMap((item) => bytesIn(item));
    expect(candidates.length).toBeGreaterThan(1);
    for (const dataKey of candidates)
      for (const sealed of candidates) expect(() => openWithDataKey(keys, participantId, dataKey, sealed)).toThrow();
  });

  it('changes no sum: the journal folds to the same money, and no event of it has legs', async () => {
    const citizen = await asked('settle');
    const { balances: before, incentives, purchases, membership } = await desk.load(citizen);
    await carriedOut(citizen);
    const after = await desk.load(citizen);
    expect([after.balances, after.purchases, after.membership]).toEqual([before, purchases, membership]);
    expect(after.incentives.payouts).toEqual(incentives.payouts);
    const entries = await participants(engine.table).entries(citizen.participantId);
    expect(foldEntries(entries, participantFold).state.balances).toEqual(before);
    const added = entries.flatMap(({ events }) => events).filter(({ type }) => /^(Priv|Proc|Person|Eras)/.test(type));
    expect(added.filter((event) => 'legs' in event)).toEqual([]);
    expect(added.map(({ type }) => type)).toEqual([
      'PersonRegistered',
      'PrivacyRequested',
      'ProcessingRestricted',
      'PersonErased',
      'ErasureCompleted',
    ]);
    const counted = added.slice(1).map((event) => contributionOf('id', citizen.provinceCode, [event]));
    expect(counted.filter((contribution) => contribution !== null)).toEqual([]);
    // What the clock still brings finds nothing to do.
    const { participantId } = citizen;
    const claimed = await participants(engine.table).change(participantId, (file, at) =>
      claimDue(participantId, file, at),
    );
    expect(claimed.incentives.payouts).toEqual(incentives.payouts);
  });

  it('leaves the certificate valid, without a name', async () => {
    const citizen = await asked('settle');
    await desk.files.put('certificates/1.pdf', 'a name', 'application/pdf');
    await carriedOut(citizen);
    expect(desk.files.contents.has('certificates/1.pdf')).toBe(false);
    const deps = { participants: participants(engine.table), keys: async () => keys };
    const stores = { ...deps, table: engine.table, courses: courses(engine.table) };
    const find = certificateStore({ ...stores, partners: partners(engine.table, async () => keys) }).find;
    const issued = [...(await desk.load(citizen)).certificates.issued.values()];
    expect(issued).toHaveLength(1);
    // Everybody of these tests has the same number: whose it is decides the index.
    expect(await find(certificateNumberOf(1))).toMatchObject({ status: 'valid', maskedName: null });
  });

  it('answers its token no more, though it lives for an hour', async () => {
    const citizen = await asked('settle');
    await carriedOut(citizen);
    const own = desk.citizen(citizen);
    const handler = readOwnFile({ participants: participants(engine.table), keys: async () => keys });
    const claims = citizenClaims(citizen.participantId);
    const file = read(await handler(httpEvent({ method: 'GET', claims }), lambdaContext));
    for (const answer of [
      file,
      await own.export(),
      await own.consent('2026-11'),
      await own.request('restriction', 'r'),
    ])
      expect(answer).toMatchObject({ status: 410, body: { code: 'person_erased' } });
  });

  it('can be taken back until it is carried out, and not after', async () => {
    const citizen = await asked('settle');
    const own = desk.citizen(citizen);
    const other = await desk.after('register');
    expect(await desk.citizen(other).takeBack('erase-1')).toMatchObject({ status: 404 });
    for (let times = 0; times < 2; times += 1)
      expect(await own.takeBack('erase-1')).toMatchObject({ status: 200, body: { state: 'lifted' } });
    await carriedOut(citizen);
    expect(await desk.types(citizen)).not.toContain('PersonErased');
    expect(await keyItem(citizen)).toHaveProperty('dataKey');

    expect(await own.request('erasure', 'erase-2')).toMatchObject({ status: 202 });
    vi.setSystemTime(hoursLater(96));
    await desk.deliver('due', citizen, 'erase-2');
    expect(await own.takeBack('erase-2')).toMatchObject({ status: 409, body: { code: 'privacy_request_ended' } });
  });

  it.each<[string, StepName, string[]]>([
    ['a payout is on its way', 'link', ['payout_open']],
    ['a purchase waits for its code', 'reserve', ['purchase_open']],
    ['a draw is not decided', 'join', ['draw_open']],
  ])('is refused while %s', async (_, step, fields) => {
    vi.setSystemTime(minutesAfter(start, 5));
    const citizen = await desk.after(step);
    const before = await desk.types(citizen);
    const answer = await desk.citizen(citizen).request('erasure', 'erase-1');
    expect(answer).toMatchObject({ status: 409, body: { code: 'erasure_blocked', fields } });
    expect(await desk.types(citizen)).toEqual(before);
  });

  it('is refused when its time comes and a check has begun meanwhile', async () => {
    const citizen = await asked('settle');
    await participants(engine.table).change(citizen.participantId, auditHold);
    await carriedOut(citizen);
    const request = (await desk.load(citizen)).privacy.requests.get('erase-1');
    expect(request?.refused?.reasons).toEqual(['hold_open']);
    expect(await keyItem(citizen)).toHaveProperty('dataKey');
    expect((await desk.citizen(citizen).privacy()).body.isRestricted).toBe(false);
  });

  it('calls somebody when it is looked at late', async () => {
    const citizen = await asked('settle');
    const error = vi.spyOn(logger, 'error').mockImplementation(() => {});
    vi.setSystemTime(minutesAfter(hoursLater(60), -1));
    await desk.deliver('due', { participantId: 'f'.repeat(64) }, 'erase-1');
    expect(error).not.toHaveBeenCalled();
    vi.setSystemTime(hoursLater(60));
    await desk.deliver('due', citizen, 'erase-1');
    expect(error).toHaveBeenCalledWith('privacy.late', { participantId: citizen.participantId, requestId: 'erase-1' });
  });
});

describe('an erasure that comes again, or dies', () => {
  const writes: Death[] = [1, 2].flatMap((write) => [
    { write, when: 'before' as const },
    { write, when: 'after' as const },
  ]);

  it.each(writes)('is carried out once after a death %o of the process that destroys', async (death) => {
    const citizen = await asked('settle');
    vi.setSystemTime(hoursLater(48));
    await desk.deliver('due', citizen, 'erase-1');
    expect(await desk.deliver('erase', citizen, 'erase-1', engine.dying(death))).toEqual(['message-0']);
    for (let times = 0; times < 3; times += 1) expect(await desk.deliver('erase', citizen, 'erase-1')).toEqual([]);
    const types = await desk.types(citizen);
    for (const type of ['PersonErased', 'ErasureCompleted'])
      expect(types.filter((one) => one === type)).toHaveLength(1);
    expect(await keyItem(citizen)).toHaveProperty('destroyedAt');
  });

  it('is decided once, by deliveries at once and late ones', async () => {
    const citizen = await asked('settle');
    vi.setSystemTime(hoursLater(49));
    await Promise.all(Array.from({ length: 4 }, () => desk.deliver('due', citizen, 'erase-1')));
    await Promise.all(Array.from({ length: 4 }, () => desk.deliver('erase', citizen, 'erase-1')));
    await desk.deliver('due', citizen, 'erase-1');
    const types = await desk.types(citizen);
    expect(types.filter((type) => type === 'PersonErased' || type === 'ErasureCompleted')).toHaveLength(2);
  });

  it('stays open where the account cannot be removed, and nothing else is destroyed before it', async () => {
    const citizen = await asked('settle');
    vi.setSystemTime(hoursLater(48));
    await desk.deliver('due', citizen, 'erase-1');
    const failing = { remove: () => Promise.reject(new Error('cognito.failed')) };
    expect(await desk.deliver('erase', citizen, 'erase-1', engine.table, failing)).toEqual(['message-0']);
    expect(await keyItem(citizen)).toHaveProperty('dataKey');
    expect((await desk.operator('anna').list({ day: '2026-11-02' })).body.requests).toContainEqual(
      expect.objectContaining({ participantId: citizen.participantId, state: 'erased', minutesLeft: 24 * 60 }),
    );
    expect(await desk.deliver('erase', citizen, 'erase-1')).toEqual([]);
  });
});

describe('who was erased', () => {
  const bodyOf = ({ person, regencyCode }: ReturnType<typeof desk.fresh>) => ({
    ...person,
    regencyCode,
    consentVersion: '2026-11',
  });

  it('is asked about at no registry, and claims nothing', async () => {
    const citizen = await asked('register');
    await carriedOut(citizen);
    const check = vi.fn();
    const worker = verifyIdentity({
      participants: participants(engine.table),
      registry: { check },
      ...identityPorts(engine.table),
      keys: async () => keys,
    });
    const { participantId } = citizen;
    expect(failedIds(await worker(queueEvent([{ participantId }]), lambdaContext))).toEqual([]);
    expect(check).not.toHaveBeenCalled();
  });

  it('does not register again after a benefit', async () => {
    const citizen = await asked('settle');
    await carriedOut(citizen);
    const answer = await desk.citizen(citizen).register(bodyOf(citizen));
    expect(answer).toMatchObject({ status: 410, body: { code: 'person_erased' } });
    expect(await keyItem(citizen)).not.toHaveProperty('dataKey');
  });

  it('comes back who never got one, with another key; a late destruction does not touch it', async () => {
    const citizen = await asked('verify');
    const erased = (await desk.load(citizen)).registration.registered;
    await carriedOut(citizen);
    vi.setSystemTime(hoursLater(50));
    const own = desk.citizen(citizen);
    for (let times = 0; times < 2; times += 1)
      expect(await own.register(bodyOf(citizen))).toMatchObject({ status: 201, body: { identity: 'pending' } });
    await personKeys(engine.table).destroy(citizen.participantId, hoursLater(48));
    await desk.deliver('erase', citizen, 'erase-1');
    const { registered } = (await desk.load(citizen)).registration;
    if (!registered || !erased) throw new Error('Registered twice');
    expect(openPerson(keys, citizen.participantId, registered)).toEqual(citizen.person);
    // What was erased stays erased.
    expect(() => openPerson(keys, citizen.participantId, { ...erased, dataKey: registered.dataKey })).toThrow();
    expect(await own.export()).toMatchObject({ status: 200, body: { person: citizen.person } });
  });

  it('while the destruction is not done, does not come back', async () => {
    const citizen = await asked('verify');
    vi.setSystemTime(hoursLater(48));
    await desk.deliver('due', citizen, 'erase-1');
    expect(await desk.citizen(citizen).register(bodyOf(citizen))).toMatchObject({ body: { code: 'person_erased' } });
    await desk.deliver('erase', citizen, 'erase-1');
    expect(await desk.citizen(citizen).register(bodyOf(citizen))).toMatchObject({ status: 201 });
  });
});

describe('the place of a key', () => {
  it('is taken once, whoever dies in between', async () => {
    const citizen = desk.fresh();
    const body = { ...citizen.person, regencyCode: citizen.regencyCode, consentVersion: '2026-11' };
    const dying = engine.dying({ write: 2, when: 'before' });
    expect(await desk.citizen(citizen, dying).register(body)).toMatchObject({ status: 500 });
    const { dataKey } = (await keyItem(citizen)) ?? {};
    expect(await desk.citizen(citizen).register(body)).toMatchObject({ status: 201 });
    expect((await keyItem(citizen))?.['dataKey']).toEqual(dataKey);
    const [first] = (await stored(citizen)).filter(({ sk }) => sk === 'E#000001');
    expect(JSON.stringify(first)).not.toContain('dataKey');
  });

  it('gets the key of an old registration that carried it, and everything sealed with it goes on opening', async () => {
    const { participantId, person, familyTag, regencyCode, provinceCode } = desk.fresh();
    const sealed = sealPerson(keys, participantId, person);
    const facts = { contentTag: 'old', familyTag, regencyCode, provinceCode, consentVersion: '2026-11' };
    const files = participants(engine.table);
    const event = { type: 'PersonRegistered', attempt: 1, ...sealed, ...facts } as const;
    await files.append(participantId, await files.load(participantId), { events: [event] }, start);
    await files.change(participantId, () => ({
      events: [{ type: 'IdentityRefused', requestId: 'r', reasons: ['name'] }],
    }));
    const body = { ...person, name: 'Nama Benar', regencyCode, consentVersion: '2026-11' };
    expect(await desk.citizen({ participantId }).register(body)).toMatchObject({ status: 201 });
    const { registered } = (await desk.load({ participantId })).registration;
    if (!registered) throw new Error('Registered twice');
    expect(openPerson(keys, participantId, registered).name).toBe('Nama Benar');
    expect(openPerson(keys, participantId, { ...sealed, dataKey: registered.dataKey })).toEqual(person);
    expect(await keyItem({ participantId })).toHaveProperty('dataKey');
  });

  it('is sealed anew with the newest version, once, and never brings a destroyed key back', async () => {
    const { participantId, person, ...rest } = await desk.after('register');
    const files = personKeys(engine.table);
    const versions = readSealingKeys(JSON.stringify({ version: 1, secret: 'one'.repeat(12) }));
    const newer = keysFrom('the secret of the tests', versions);
    const { madeAt } = (await keyItem({ participantId })) ?? {};
    expect(await files.rewrap(newer, participantId)).toBe(true);
    expect(await files.rewrap(newer, participantId)).toBe(false);
    const { registered } = (await desk.load({ participantId })).registration;
    if (!registered) throw new Error(`Registered: ${rest.regencyCode}`);
    expect(newer.isNewest(registered.dataKey)).toBe(true);
    expect(openPerson(newer, participantId, registered)).toEqual(person);
    expect(() => openPerson(keys, participantId, registered)).toThrow();
    expect(await keyItem({ participantId })).toMatchObject({ madeAt });
    await files.destroy(participantId, now);
    const third = rotated(versions, 'two'.repeat(12), minutesAfter(now, -20));
    const newest = keysFrom('the secret of the tests', third, () => now);
    expect(await files.rewrap(newest, participantId)).toBe(false);
    expect(await keyItem({ participantId })).not.toHaveProperty('dataKey');
  });

  it('is destroyed in a restored table whose journal knows of no erasure', async () => {
    const citizen = await desk.after('settle');
    const Item = { ...personKey(citizen.participantId), destroyedAt: now.toISOString() };
    await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item }));
    const own = desk.citizen(citizen);
    const body = { ...citizen.person, regencyCode: citizen.regencyCode, consentVersion: '2026-11' };
    for (const answer of [await own.export(), await own.register(body), await own.request('erasure', 'erase-1')])
      expect(answer).toMatchObject({ status: 410, body: { code: 'person_erased' } });
  });

  it('is never written over by another key', async () => {
    const citizen = await desk.after('register');
    const { dataKey } = (await keyItem(citizen)) ?? {};
    const taken = await personKeys(engine.table).take(keys, citizen.participantId, { isBack: false, at: now });
    expect(Buffer.from(taken).equals(Buffer.from(dataKey))).toBe(true);
    const Item = { ...personKey('f'.repeat(64)), destroyedAt: now.toISOString() };
    await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item }));
    const gone = personKeys(engine.table).take(keys, 'f'.repeat(64), { isBack: false, at: now });
    await expect(gone).rejects.toThrow('Who is not erased has a key');
  });
});

function bytesIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(bytesIn);
}
