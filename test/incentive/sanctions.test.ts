import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sanctions } from '#functions/incentive/sanctions.ts';
import { repayments } from '#shared/incentive/repayments.ts';
import {
  forfeitEntitlement,
  liftHold,
  placeHolds,
  postRepayment,
  raiseReceivable,
  readSanctions,
  sanctionEndpoints,
} from '#shared/incentive/sanctions-api.ts';
import { participants } from '#shared/journal/participant.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { logger } from '#shared/platform/observe.ts';
import { citizens, journeyUntil, minutesAfter, type StepName, start, store } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const [anna, budi] = ['operator-anna', 'operator-budi'];
const nobody = 'f'.repeat(64);
const people = citizens('sanctions', 130);
let served = 0;
let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 60));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function someone(step: StepName) {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  await store(engine.table, journeyUntil(step, { citizen }));
  return citizen;
}

type Ask = { readonly by?: string; readonly path?: Readonly<Record<string, string>>; readonly body?: object };
const handler = () => sanctions({ participants: participants(engine.table), repayments: repayments(engine.table) });
async function ask({ method, path }: Endpoint, { by = budi, path: pathParameters = {}, body }: Ask) {
  const request = { method, path, pathParameters, claims: operatorClaims(by), ...(body && { body }) };
  return read(await handler()(httpEvent(request), lambdaContext));
}
const place = (participantIds: readonly string[], changes: object = {}, by = anna) =>
  ask(placeHolds, { by, body: { holdId: 'list-7', reason: 'blacklisted', participantIds, ...changes } });
const holdsOf = async (participantId: string) => (await ask(readSanctions, { path: { participantId } })).body.holds;

describe('a list of holds', () => {
  it('answers for each participant on its own, and once for who stands in it twice', async () => {
    const [first, second] = [await someone('register'), await someone('settle')];
    const ids = [first.participantId, nobody, second.participantId, first.participantId];
    expect(await place(ids)).toEqual({
      status: 200,
      type: 'application/json',
      body: {
        results: [
          { participantId: first.participantId, result: 'held' },
          { participantId: nobody, result: 'participant_unknown' },
          { participantId: second.participantId, result: 'held' },
        ],
      },
    });
    expect(await holdsOf(second.participantId)).toEqual([
      {
        holdId: 'list-7',
        reason: 'blacklisted',
        by: anna,
        since: minutesAfter(start, 60).toISOString(),
        feed: null,
        release: null,
      },
    ]);
  });

  it('that is sent again changes nothing, and answers the same', async () => {
    const { participantId } = await someone('decree');
    const once = await place([participantId]);
    expect(await place([participantId])).toEqual(once);
    expect(await participants(engine.table).entries(participantId)).toHaveLength(5);
    expect((await place([participantId], { reason: 'manual' })).body.results).toEqual([
      { participantId, result: 'hold_exists' },
    ]);
  });

  it('holds a hundred participants in one request, and no more', async () => {
    const hundred: string[] = [];
    for (let count = 0; count < 100; count += 1) hundred.push((await someone('register')).participantId);
    const { body } = await place(hundred);
    expect(body.results).toEqual(hundred.map((participantId) => ({ participantId, result: 'held' })));
    expect(await place([...hundred, nobody])).toMatchObject({ status: 400, body: { code: 'request_invalid' } });
    expect(await place([])).toMatchObject({ status: 400 });
  });

  it('knows the reasons that there are', async () => {
    expect(await place([nobody], { reason: 'because' })).toMatchObject({ status: 400, body: { fields: ['reason'] } });
  });
});

describe('what two operators decide', () => {
  it('is lifted by the second one only', async () => {
    const { participantId } = await someone('rate');
    await place([participantId]);
    const path = { participantId, holdId: 'list-7' };
    expect(await ask(liftHold, { by: anna, path })).toMatchObject({ status: 403, body: { code: 'same_operator' } });
    expect(await ask(liftHold, { by: budi, path })).toMatchObject({ status: 200, body: { holds: [] } });
    expect(await ask(liftHold, { by: budi, path })).toMatchObject({ status: 200, body: { holds: [] } });
    expect(await ask(liftHold, { path: { participantId, holdId: 'list-8' } })).toMatchObject({
      status: 404,
      body: { code: 'hold_unknown' },
    });
  });

  it('goes from a hold over forfeiture and a debt to what was paid back', async () => {
    const { participantId } = await someone('settle');
    const path = { participantId };
    await place([participantId]);
    const forfeiture = { path, body: { holdId: 'list-7' } };
    expect(await ask(forfeitEntitlement, { ...forfeiture, by: anna })).toMatchObject({ status: 403 });
    expect(await ask(forfeitEntitlement, forfeiture)).toMatchObject({ body: { forfeited: true, receivable: null } });

    const debt = { path, body: { holdId: 'list-7', reason: 'not_entitled', scope: 'incentives_and_training' } };
    expect(await ask(raiseReceivable, { ...debt, by: anna })).toMatchObject({ status: 403 });
    expect((await ask(raiseReceivable, debt)).body.receivable).toEqual({
      reason: 'not_entitled',
      scope: 'incentives_and_training',
      amountRupiah: 1_600_000,
      owedRupiah: 1_600_000,
      raisedAt: minutesAfter(start, 60).toISOString(),
      dueUntil: '2027-01-01T16:59:59.999Z',
      reminders: 0,
      handedOver: false,
    });

    const repayment = { path, body: { bankReference: 'BNI/2026-11.0001', amountRupiah: 600_000 } };
    expect(await ask(postRepayment, repayment)).toMatchObject({ body: { receivable: { owedRupiah: 1_000_000 } } });
    expect(await ask(postRepayment, repayment)).toMatchObject({ body: { receivable: { owedRupiah: 1_000_000 } } });
    const more = { path, body: { bankReference: 'BNI/2026-11.0002', amountRupiah: 1_000_001 } };
    expect(await ask(postRepayment, more)).toMatchObject({ status: 409, body: { code: 'receivable_exceeded' } });
  });

  it('is cleared by one transfer only once, whoever else owes something', async () => {
    const [first, second] = [await someone('settle'), await someone('settle')];
    await place([first.participantId, second.participantId]);
    const repay = async ({ participantId }: { readonly participantId: string }, amountRupiah: number) => {
      const path = { participantId };
      await ask(raiseReceivable, { path, body: { holdId: 'list-7', reason: 'not_entitled', scope: 'incentives' } });
      return ask(postRepayment, { path, body: { bankReference: 'MPN-ONE', amountRupiah } });
    };
    expect(await repay(first, 100_000)).toMatchObject({ status: 200 });
    expect(await repay(second, 100_000)).toMatchObject({ status: 409, body: { code: 'repayment_reused' } });
    expect(await repay(first, 100_000)).toMatchObject({ status: 200, body: { receivable: { owedRupiah: 500_000 } } });
  });

  it.each<[string, Endpoint, object]>([
    ['forfeiture', forfeitEntitlement, { holdId: 'list-7' }],
    ['a debt', raiseReceivable, { holdId: 'list-7', reason: 'not_entitled', scope: 'incentives' }],
    ['a repayment', postRepayment, { bankReference: 'B1', amountRupiah: 1 }],
  ])('is not about somebody whom nobody knows: %s', async (_, endpoint, body) => {
    expect(await ask(endpoint, { path: { participantId: nobody }, body })).toMatchObject({
      status: 404,
      body: { code: 'participant_unknown' },
    });
    expect(await ask(readSanctions, { path: { participantId: nobody } })).toMatchObject({ status: 404 });
  });
});

describe('every one of these requests', () => {
  it.each(sanctionEndpoints.map((endpoint) => [endpoint.operation, endpoint] as const))(
    'is for operators: %s',
    async (_, { method, path }) => {
      const asCitizen = httpEvent({ method, path, claims: citizenClaims(nobody), body: {} });
      expect(read(await handler()(asCitizen, lambdaContext))).toMatchObject({ status: 403 });
      expect(read(await handler()(httpEvent({ method, path }), lambdaContext))).toMatchObject({ status: 401 });
    },
  );

  it('is logged with who asked and about whom, and nothing of the person', async () => {
    const { participantId, person } = await someone('settle');
    const info = vi.spyOn(logger, 'info');
    await place([participantId]);
    const path = { participantId };
    await ask(forfeitEntitlement, { path, body: { holdId: 'list-7' } });
    await ask(raiseReceivable, { path, body: { holdId: 'list-7', reason: 'not_entitled', scope: 'incentives' } });
    await ask(postRepayment, { path, body: { bankReference: 'B1', amountRupiah: 1 } });
    await ask(liftHold, { path: { participantId, holdId: 'list-7' } });
    await ask(readSanctions, { path });
    const lines = info.mock.calls.map(([code, facts]) => [code, facts] as const);
    expect(lines.map(([code]) => code)).toEqual([
      'hold.placed',
      'entitlement.forfeited',
      'receivable.raised',
      'repayment.posted',
      'hold.lifted',
      'sanctions.read',
    ]);
    for (const [, facts] of lines) expect(facts).toMatchObject({ participantId });
    expect(lines.map(([, facts]) => Object(facts)['by'])).toEqual([anna, budi, budi, budi, budi, budi]);
    for (const secret of [person.nik, person.name, person.phone, 'B1'])
      expect(JSON.stringify(lines)).not.toContain(secret);
  });
});
