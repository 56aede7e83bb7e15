import '#test/platform/environment.ts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { registerPerson } from '#functions/registration/register.ts';
import { verifyIdentity } from '#functions/registration/verify-identity.ts';
import { serveApplications } from '#functions/selection/applications.ts';
import { participants } from '#shared/journal/participant.ts';
import type { CivilRegistry } from '#shared/registration/civil-registry.ts';
import { personKeys } from '#shared/registration/privacy/person-keys.ts';
import { batches } from '#shared/selection/batch.ts';
import * as batchSteps from '#shared/selection/batch-steps.ts';
import { factsBeside } from '#shared/selection/facts-beside.ts';
import type { Table } from '#shared/table/table.ts';
import {
  type Citizen,
  citizens,
  declaring,
  journeyUntil,
  keys,
  minutesAfter,
  start,
  store,
} from '#test/journal/citizen.ts';
import { citizenClaims, failedIds, httpEvent, lambdaContext, queueEvent, read } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { openGate } from '#test/registration/admission/open-gate.ts';
import { identityPorts } from '#test/registration/identity/identity-ports.ts';
import { termsOf } from '#test/selection/batch-fixture.ts';
import { type Desk, useDesk } from '#test/selection/draw-desk.ts';
import { announced, drawn, households } from '#test/selection/draw-world.ts';
import { watchedWrites } from '#test/table/watched-writes.ts';

/*
 * What many do at once, through the functions themselves, on the engine.
 */

let desk: Desk;
useDesk((made) => {
  desk = made;
});
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 5));
});

/** The engine of one machine takes thousands of requests one after the other. */
const patient = { ...lambdaContext, getRemainingTimeInMillis: () => 600_000 };
const slow = { timeout: 300_000 };

const matching: CivilRegistry = { check: async () => ({ outcome: 'match', reasons: [] }) };
const stores = (table: Table) => ({
  participants: participants(table),
  personKeys: personKeys(table),
  batches: batches(table),
  keys: async () => keys,
  gate: openGate,
});

function acts(table: Table, shared = table) {
  const registering = registerPerson(stores(table));
  const joining = serveApplications({
    ...stores(table),
    beside: factsBeside(table, async () => keys),
    files: memoryFiles(),
    publicUrl: () => 'https://prakerja.example',
  });
  // The gate of the civil registry is scarce and shared, and on nobody's way: only the workers of its queue write it.
  const verifying = verifyIdentity({ ...stores(table), ...identityPorts(shared), registry: matching });
  return {
    async register({ participantId, person, regencyCode }: Citizen, changes: object = {}) {
      const body = { ...person, regencyCode, consentVersion: '2026-11', ...changes };
      return read(await registering(httpEvent({ body, claims: citizenClaims(participantId) }), patient));
    },
    verify: async ({ participantId }: Citizen) =>
      failedIds(await verifying(queueEvent([{ participantId }]), lambdaContext)),
    async join({ participantId }: Citizen, batchId: string) {
      const event = httpEvent({
        path: '/v1/applications',
        body: { batchId, declarations: declaring() },
        claims: citizenClaims(participantId),
      });
      return read(await joining(event, patient));
    },
  };
}

async function openBatch(table: Table, batchId: string, quotas: Readonly<Record<string, number>>) {
  const terms = termsOf({ number: Number(batchId), quotas: { ...quotas } });
  await batches(table).change(
    batchId,
    (batch, now) => batchSteps.create(batch, 'one', terms, batchId, now),
    () => start,
  );
  await batches(table).change(
    batchId,
    (batch, now) => batchSteps.open(batch, 'one', batchId, now),
    () => start,
  );
}
const eventsOf = async ({ participantId }: Citizen) =>
  (await participants(desk.table).entries(participantId)).flatMap(({ events }) => events);
const everybody = citizens('races', 60);

describe('1,000 registrations of one NIK at once', () => {
  it('with the same words are one, and all get its answer', slow, async () => {
    const [citizen] = everybody.splice(0, 1);
    if (!citizen) throw new Error('There is somebody');
    const { register } = acts(desk.table);
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => register(citizen)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify(answers[0])]));
    expect(answers[0]).toMatchObject({ status: 201, body: { participantId: citizen.participantId } });
    expect((await eventsOf(citizen)).map(({ type }) => type)).toEqual(['PersonRegistered']);
  });

  it('with other words each are one, and the others are told that there is one', slow, async () => {
    const [citizen] = everybody.splice(0, 1);
    if (!citizen) throw new Error('There is somebody');
    const { register } = acts(desk.table);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => register(citizen, { phone: `+62840${1_000_000 + index}` })),
    );
    const codes = Map.groupBy(answers, ({ status, body }) => (status === 201 ? 'registered' : String(body.code)));
    expect([...codes].map(([code, of]) => [code, of.length]).toSorted()).toEqual([
      ['already_registered', 999],
      ['registered', 1],
    ]);
    expect((await eventsOf(citizen)).map(({ type }) => type)).toEqual(['PersonRegistered']);
  });
});

describe('joining at once', () => {
  it('200 of one family are in one draw, and two of them are decreed', slow, async () => {
    const made = desk.batchWith({ quotas: { '32': 60 } });
    const [family = [], others = []] = households('races family', [200, 20], ['32.73', '32.04']);
    const all = [...family, ...others];
    await Promise.all(all.map((citizen) => store(desk.table, journeyUntil('verify', { citizen }))));
    await openBatch(desk.table, made.batchId, { '32': 60 });
    const { join } = acts(desk.table);
    const answers = await Promise.all(all.map((citizen) => join(citizen, made.batchId)));
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);

    const batch = await drawn(made.life);
    expect(batch.screened).toMatchObject({ applicantCount: 220, eligibleCount: 220 });
    await announced(made.life);
    const { recipients } = await desk.agreementOf(made, all);
    const ofFamily = recipients.filter(({ familyTag }) => familyTag === family[0]?.familyTag);
    expect(ofFamily).toHaveLength(2);
  });

  it('two batches is joining one of them, however often', slow, async () => {
    const [one, two] = ['901', '902'];
    await Promise.all([one, two].map((batchId) => openBatch(desk.table, batchId, { '32': 1 })));
    const citizen = everybody.pop();
    if (!citizen) throw new Error('There is somebody');
    await store(desk.table, journeyUntil('verify', { citizen }));
    const { join } = acts(desk.table);
    // No more than eight at once: what is more than that is told to try again.
    const answers = await Promise.all([one, two, one, two, one, two].map((batchId) => join(citizen, batchId)));
    const joined = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.batchId));
    expect(joined.size).toBe(1);
    expect(answers.filter(({ status, body }) => status !== 201 && body.code !== 'already_joined')).toEqual([]);
    expect((await eventsOf(citizen)).filter(({ type }) => type === 'BatchJoined')).toHaveLength(1);
  });

  it('and the answer of the civil registry, twice: one answer, one joining', slow, async () => {
    const batchId = '903';
    await openBatch(desk.table, batchId, { '32': 1 });
    const citizen = everybody.pop();
    if (!citizen) throw new Error('There is somebody');
    await store(desk.table, journeyUntil('register', { citizen }));
    const { join, verify } = acts(desk.table);
    const tried = await Promise.all([verify(citizen), join(citizen, batchId), verify(citizen), join(citizen, batchId)]);
    expect(tried.slice(0, 1)).toEqual([[]]);
    expect(await join(citizen, batchId)).toMatchObject({ status: 201 });
    const types = (await eventsOf(citizen)).map(({ type }) => type);
    expect(types).toEqual(['PersonRegistered', 'IdentityVerified', 'BatchJoined']);
  });
});

describe('the items on the path', () => {
  it('are of one citizen each, and cost at most four units to register and two to join', slow, async () => {
    const batchId = '904';
    await openBatch(desk.table, batchId, { '32': 1 });
    // Families too: what members share is nothing on this path.
    const [family = []] = households('races path', [4], ['32.73']);
    const who = [...everybody.splice(0, 12), ...family];
    const written = await Promise.all(
      who.map(async (citizen) => {
        const watched = watchedWrites(desk.engine);
        const { register, verify, join } = acts(watched.table, desk.table);
        expect((await register(citizen)).status).toBe(201);
        expect(await verify(citizen)).toEqual([]);
        const toRegister = watched.writes.splice(0);
        expect((await join(citizen, batchId)).status).toBe(201);
        return { toRegister, toJoin: watched.writes };
      }),
    );
    const sum = (writes: (typeof written)[number]['toJoin']) => writes.reduce((total, { units }) => total + units, 0);
    expect(Math.max(...written.map(({ toRegister }) => sum(toRegister)))).toBeLessThanOrEqual(4);
    expect(Math.max(...written.map(({ toJoin }) => sum(toJoin)))).toBeLessThanOrEqual(2);

    const keysWritten = written.map(({ toRegister, toJoin }) => [...toRegister, ...toJoin].map(({ key }) => key));
    expect(keysWritten.filter((keys) => keys.length < 3)).toEqual([]);
    const all = keysWritten.flat();
    expect(new Set(all).size).toBe(all.length);
    for (const [index, keys] of keysWritten.entries())
      expect(keys.filter((key) => !key.startsWith(`P#${who[index]?.participantId} `))).toEqual([]);
  });
});
