import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentPartnerSwitches } from '#functions/incentive/switch-partner.ts';
import { type PartnerSwitches, partnerSwitches } from '#shared/incentive/partner-switch.ts';
import { releases } from '#shared/incentive/release.ts';
import { releasePermits } from '#shared/incentive/release-permits.ts';
import { dispatch, prepare } from '#shared/incentive/release-progress.ts';
import { approve, hold, request, resume } from '#shared/incentive/release-steps.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

let now = start;
const switches = (): PartnerSwitches => partnerSwitches(engine.table, () => now);
const claims = operatorClaims('operator-1');

async function put(partnerCode: string, body: object, claimed = claims) {
  const handler = paymentPartnerSwitches({ switches: switches() });
  const path = `/v1/payment-partners/${partnerCode}`;
  const event = httpEvent({ method: 'PUT', path, pathParameters: { partnerCode }, body, claims: claimed });
  return read(await handler({ ...event, routeKey: 'PUT /v1/payment-partners/{partnerCode}' }, lambdaContext));
}

async function list() {
  const handler = paymentPartnerSwitches({ switches: switches() });
  return read(await handler(httpEvent({ method: 'GET', path: '/v1/payment-partners', claims }), lambdaContext));
}

describe('switching a payment partner', () => {
  it('shows every partner as configured until somebody switches one', async () => {
    const { status, body } = await list();
    expect(status).toBe(200);
    expect(body.partners).toMatchObject([
      { partnerCode: 'bank-induk', enabled: true, priority: 1, lastSwitch: null, pauses: [{ from: '23:30' }] },
      { partnerCode: 'switching', enabled: true, priority: 2, lastSwitch: null, routes: { OVO: 'e_money' } },
    ]);
  });

  it('routes elsewhere within half a minute, and writes nothing for a repeat', async () => {
    const known = switches();
    const before = await known.routing();
    expect([before.enabled('bank-induk'), before.preferred]).toEqual([true, 'bank-induk']);
    const off = { enabled: false, reason: 'No answer since 10:00' };
    for (let times = 0; times < 3; times += 1)
      expect((await put('bank-induk', off)).body).toMatchObject({ enabled: false, lastSwitch: { by: 'operator-1' } });
    expect((await known.load('bank-induk')).version).toBe(1);
    now = minutesAfter(start, 0.499);
    expect((await known.routing()).enabled('bank-induk')).toBe(true);
    now = minutesAfter(start, 0.5);
    const after = await known.routing();
    expect([after.enabled('bank-induk'), after.enabled('switching'), after.preferred]).toEqual([
      false,
      true,
      'switching',
    ]);
  });

  it('prefers the partner that was moved to the front, among those that are switched on', async () => {
    await put('bank-induk', { enabled: true, reason: 'Answers again' });
    await put('switching', { enabled: true, priority: 1, reason: 'Cheaper this month' });
    await put('bank-induk', { enabled: true, priority: 2, reason: 'Cheaper this month' });
    expect((await switches().routing()).preferred).toBe('switching');
    expect((await list()).body.partners).toMatchObject([{ priority: 2 }, { priority: 1 }]);
    await put('switching', { enabled: false, reason: 'Closed for the weekend' });
    expect((await switches().routing()).preferred).toBe('bank-induk');
  });

  it('shares one reading, and reads again after one that failed', async () => {
    let [reads, broken] = [0, true];
    const client = new Proxy(engine.table.client, {
      get: (target, name) => {
        if (name !== 'send') return Reflect.get(target, name);
        return (command: Parameters<typeof target.send>[0]) => {
          reads += 1;
          return broken ? Promise.reject(new Error('down')) : target.send(command);
        };
      },
    });
    const known = partnerSwitches({ ...engine.table, client }, () => now);
    await expect(known.routing()).rejects.toThrow('down');
    broken = false;
    reads = 0;
    await Promise.all([known.routing(), known.routing(), known.routing()]);
    expect(reads).toBe(2);
  });

  it.each<[string, string, object, typeof claims, number, string]>([
    [
      'a partner that nobody knows',
      'bank-lain',
      { enabled: false, reason: 'None' },
      claims,
      404,
      'payment_partner_unknown',
    ],
    ['a step without its reason', 'switching', { enabled: false }, claims, 400, 'request_invalid'],
    [
      'a number that could be an account, as a reason',
      'switching',
      { enabled: false, reason: 'Complaint about 12345678' },
      claims,
      400,
      'request_invalid',
    ],
    [
      'a priority of nothing',
      'switching',
      { enabled: true, priority: 0, reason: 'None' },
      claims,
      400,
      'request_invalid',
    ],
  ])('refuses %s', async (_, code, body, claimed, status, refusal) => {
    expect(await put(code, body, claimed)).toMatchObject({ status, body: { code: refusal } });
  });

  it('is for operators only', async () => {
    const handler = paymentPartnerSwitches({ switches: switches() });
    const event = httpEvent({ method: 'GET', path: '/v1/payment-partners', claims: citizenClaims('somebody') });
    expect(read(await handler(event, lambdaContext)).status).toBe(403);
  });
});

describe('whether payouts of a release may be sent', () => {
  const file = () => releases(engine.table);
  const at = (minutes: number) => minutesAfter(start, minutes);
  const list = {
    count: 1,
    sumRupiah: 600_000,
    byPartner: { switching: { count: 1, sumRupiah: 600_000, feesRupiah: 1_000 } },
    chunkCount: 1,
    firstIncentiveCount: 1,
    listDigest: 'a'.repeat(64),
  };
  const balances = new Map([['switching', 1_000_000_000]]);
  const change = (id: string, ...[decide, when]: [Parameters<ReturnType<typeof file>['change']>[1], Date]) =>
    file().change(id, decide, () => when);

  it('is answered by its journal: only what two operators have agreed on, and only while nobody holds it', async () => {
    const id = 'RELEASE-1';
    let clock = start;
    const permit = releasePermits(file(), () => clock);
    expect(await permit(id)).toEqual({ allowed: false, approvedAt: null });
    await change(id, (before) => request(before, id, 'operator-1', { limits: { maxPayouts: 1 } }), at(0));
    await change(id, (before) => prepare(before, list), at(1));
    expect(await permit(id)).toEqual({ allowed: false, approvedAt: null });
    await change(id, (before) => approve(before, 'operator-2', { count: 1, sumRupiah: 600_000 }), at(2));
    expect(await permit(id)).toEqual({ allowed: false, approvedAt: at(2) });
    await change(id, (before) => dispatch(before, balances, [], at(3)), at(3));
    // At once: a "no" is never remembered.
    expect(await permit(id)).toEqual({ allowed: true, approvedAt: at(2) });
    await change(id, (before) => hold(before, 'operator-3', 'Something is odd'), at(4));
    clock = new Date(start.getTime() + 9_999);
    expect((await permit(id)).allowed).toBe(true);
    clock = new Date(start.getTime() + 10_000);
    expect((await permit(id)).allowed).toBe(false);
    await change(id, (before) => resume(before, 'operator-2'), at(5));
    await change(id, (before) => dispatch(before, balances, [], at(6)), at(6));
    expect(await permit(id)).toEqual({ allowed: true, approvedAt: at(2) });
  });
});
