import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { manageReleases } from '#functions/incentive/releases.ts';
import { releases } from '#shared/incentive/release.ts';
import { releaseEndpoints } from '#shared/incentive/release-api.ts';
import { releaseFiles } from '#shared/incentive/release-files.ts';
import { commonRefusals } from '#shared/platform/http.ts';
import { claimants, paid, releaseDesk } from '#test/incentive/release-desk.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
const { claims, settle } = claimants(() => engine, 'releases api', 40);
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 60));
});
afterEach(() => {
  vi.useRealTimers();
});

type Call = {
  readonly body?: object;
  readonly by?: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
};

let ids = 0;
function made() {
  const desk = releaseDesk(() => engine);
  const handler = manageReleases({
    ...{ table: engine.table, releases: releases(engine.table), files: releaseFiles(desk.files) },
  });
  ids += 1;
  const releaseId = `A${String(ids).padStart(3, '0')}`;

  async function call(operation: string, { body, by = 'one', path = {}, query = {} }: Call = {}) {
    const route = releaseEndpoints.find((endpoint) => endpoint.operation === operation);
    if (!route) throw new Error(`No operation ${operation}`);
    const given = Object.entries({ releaseId, ...path });
    const pathParameters = Object.fromEntries(given.filter(([name]) => route.path.includes(`{${name}}`)));
    const event = httpEvent({
      ...{ method: route.method, path: route.path, pathParameters, query, claims: operatorClaims(by) },
      ...(body && { body }),
    });
    const answer = await handler(event, lambdaContext);
    if (answer.statusCode === 302) return { status: 302, body: answer.headers };
    const { status = 0, body: said } = read(answer);
    // What is refused is a code that the contract names.
    if (status >= 400) expect([...route.refusals, ...commonRefusals(route)]).toContain(said.code);
    return { status, body: said };
  }

  async function withList(count: number) {
    const people = await claims(count);
    await desk.lists.leaveWaiting(
      'claim',
      people.map(({ waiting }) => waiting),
    );
    expect((await call('requestRelease', { body: { releaseId } })).status).toBe(201);
    await desk.settle(releaseId);
    return people;
  }

  return { desk, call, releaseId, withList };
}
type Made = ReturnType<typeof made>;

const approval = (count: number) => ({ count, sumRupiah: count * 600_000 });

async function dispatchedRelease(
  count: number,
): Promise<Made & { readonly people: Awaited<ReturnType<Made['withList']>> }> {
  const release = made();
  const people = await release.withList(count);
  expect((await release.call('approveRelease', { by: 'two', body: approval(count) })).status).toBe(200);
  await release.desk.settle(release.releaseId);
  return { ...release, people };
}

describe('a release by its operators', () => {
  it('is asked for once, whatever is sent again, and refused for anything else under its id', async () => {
    const { call, releaseId } = made();
    const body = { releaseId, note: 'Pembayaran pertama', maxPayouts: 10 };
    const first = await call('requestRelease', { body });
    expect(first).toMatchObject({
      status: 201,
      body: { releaseId, state: 'requested', requested: { by: 'one' }, limits: { maxPayouts: 10 }, declared: null },
    });
    expect(await call('requestRelease', { body })).toEqual(first);
    expect(await call('requestRelease', { body, by: 'two' })).toMatchObject({
      status: 409,
      body: { code: 'release_exists' },
    });
    const other = { ...body, maxPayouts: 11 };
    expect(await call('requestRelease', { body: other })).toMatchObject({
      status: 409,
      body: { code: 'release_exists' },
    });
  });

  it('takes up to 200,000 payouts where nobody says how many', async () => {
    const { call, releaseId } = made();
    const { body } = await call('requestRelease', { body: { releaseId } });
    expect(body.limits).toEqual({ maxPayouts: 200_000 });
  });

  it.each([
    { releaseId: 'A B' },
    { releaseId: 'a'.repeat(41) },
    { releaseId: 'A', maxPayouts: 0 },
    { releaseId: 'A', maxPayouts: 200_001 },
    { releaseId: 'A', partnerCodes: [] },
    { releaseId: 'A', partnerCodes: ['nobody'] },
    // Numbers of accounts and of people do not belong into a journal.
    { releaseId: 'A', note: 'NIK 3273994501900001' },
    { releaseId: 'A', by: 'two' },
  ])('is not asked for by %o', async (body) => {
    expect(await made().call('requestRelease', { body })).toMatchObject({
      status: 400,
      body: { code: 'request_invalid' },
    });
  });

  it('shows declared totals, and is approved by another operator who repeats them', async () => {
    const { call, withList, desk, releaseId } = made();
    await withList(2);
    const { body } = await call('readRelease');
    expect(body).toMatchObject({
      state: 'prepared',
      declared: { count: 2, sumRupiah: 1_200_000, approvalsNeeded: 1, chunkCount: 1 },
      progress: null,
    });
    expect(await call('approveRelease', { by: 'one', body: approval(2) })).toMatchObject({
      status: 403,
      body: { code: 'same_operator' },
    });
    expect(await call('approveRelease', { by: 'two', body: approval(3) })).toMatchObject({
      ...{ status: 409, body: { code: 'release_totals_differ' } },
    });
    const approved = await call('approveRelease', { by: 'two', body: approval(2) });
    expect(approved).toMatchObject({ status: 200, body: { state: 'approved', approvals: [{ by: 'two' }] } });
    expect(await call('approveRelease', { by: 'two', body: approval(2) })).toEqual(approved);
    await desk.settle(releaseId);
    expect((await call('readRelease')).body).toMatchObject({ state: 'dispatched' });
  });

  it('is held by one, resumed by another', async () => {
    const { call } = await dispatchedRelease(1);
    const reason = 'Menunggu konfirmasi';
    expect((await call('holdRelease', { by: 'four', body: { reason } })).body).toMatchObject({
      ...{ state: 'held', held: { by: 'four', reason } },
    });
    expect(await call('resumeRelease', { by: 'four' })).toMatchObject({ status: 403, body: { code: 'same_operator' } });
    expect((await call('resumeRelease', { by: 'five' })).body).toMatchObject({
      state: 'approved',
      resumed: { by: 'five' },
    });
    expect(await call('cancelRelease', { by: 'five', body: { reason } })).toMatchObject({
      ...{ status: 409, body: { code: 'release_state' } },
    });
  });

  it('is cancelled while it was not dispatched', async () => {
    const { call, withList } = made();
    await withList(1);
    const reason = 'Salah daftar';
    const cancelled = await call('cancelRelease', { by: 'two', body: { reason } });
    expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled', cancelled: { by: 'two', reason } } });
    expect(await call('cancelRelease', { by: 'two', body: { reason } })).toEqual(cancelled);
  });

  it('shows how far it is, what is open, and who has it in care', async () => {
    const { call, desk, releaseId, people } = await dispatchedRelease(3);
    const [first, second, third] = people;
    if (!first || !second || !third) throw new Error('Three were asked for');
    await settle(first, paid);
    await settle(second, paid);
    vi.setSystemTime(minutesAfter(start, 70));
    await desk.run([{ step: 'check', releaseId }]);
    await desk.settle(releaseId);
    const { body } = await call('readRelease');
    expect(body.progress).toMatchObject({
      round: 1,
      percent: 66,
      byStanding: { open: { count: 1 }, paid: { count: 2 } },
    });
    expect(body.open).toMatchObject([{ ...third.waiting, state: 'claimed' }]);

    const { reference } = third.waiting;
    const care = { owner: 'enam', note: 'Menunggu bank' };
    const assigned = await call('assignCase', { by: 'five', path: { reference }, body: care });
    expect(assigned).toMatchObject({ status: 200, body: { ...care, reference, by: 'five' } });
    expect(await call('assignCase', { by: 'five', path: { reference }, body: care })).toEqual(assigned);
    expect((await call('readRelease')).body).toMatchObject({ caseCount: 1, cases: [{ ...care, reference }] });
    await desk.settle(releaseId);
    const closed = (await call('readRelease')).body;
    // Two of three are paid: somebody's care closes a release, and is not shown as done.
    expect(closed).toMatchObject({ state: 'closed', progress: { round: 2, percent: 66 } });
    expect(closed.open).toMatchObject([{ reference }]);
  });

  it('refuses a case of a payout that is not in it', async () => {
    const { call } = await dispatchedRelease(1);
    const [stranger] = await claims(1);
    const body = { owner: 'enam', note: 'Menunggu bank' };
    const reference = stranger?.waiting.reference ?? '';
    expect(await call('assignCase', { by: 'five', path: { reference }, body })).toMatchObject({
      ...{ status: 404, body: { code: 'payout_unknown' } },
    });
    const early = made();
    await early.call('requestRelease', { body: { releaseId: early.releaseId } });
    expect(await early.call('assignCase', { path: { reference }, body })).toMatchObject({
      body: { code: 'release_state' },
    });
  });

  it('leads an auditor to the files of its list', async () => {
    const { call, releaseId } = await dispatchedRelease(1);
    const { status, body } = await call('readReleaseFile', { path: { chunk: '0' } });
    expect(status).toBe(302);
    expect(body.location).toContain(`payouts/releases/${releaseId}/`);
    expect(await call('readReleaseFile', { path: { chunk: '1' } })).toMatchObject({
      status: 409,
      body: { code: 'release_state' },
    });
  });

  it('is known only where somebody asked for it', async () => {
    const bodies: Readonly<Record<string, object>> = {
      approveRelease: approval(1),
      holdRelease: { reason: 'Salah daftar' },
      cancelRelease: { reason: 'Salah daftar' },
      assignCase: { owner: 'enam', note: 'Menunggu bank' },
    };
    const reference = `T1A1${'0'.repeat(52)}`;
    const steps = releaseEndpoints.filter(({ path }) => path.includes('{releaseId}'));
    expect(steps).toHaveLength(7);
    for (const { operation } of steps) {
      const body = bodies[operation];
      const answer = await made().call(operation, { ...(body && { body }), path: { reference, chunk: '0' } });
      expect(answer).toMatchObject({ status: 404, body: { code: 'release_unknown' } });
    }
  });

  it('is not for citizens', async () => {
    const handler = manageReleases({
      ...{
        table: engine.table,
        releases: releases(engine.table),
        files: releaseFiles(releaseDesk(() => engine).files),
      },
    });
    expect(releaseEndpoints.length).toBeGreaterThan(0);
    for (const { method, path } of releaseEndpoints) {
      const event = httpEvent({ method, path, claims: citizenClaims('a'.repeat(64)) });
      expect(read(await handler(event, lambdaContext))).toMatchObject({ status: 403, body: { code: 'role_missing' } });
    }
  });
});

describe('the list of releases', () => {
  it('has them in order, fifty a page, and says where to go on', async () => {
    const { call } = made();
    for (let index = 0; index < 51; index += 1) {
      const releaseId = `Z${String(index).padStart(3, '0')}`;
      await call('requestRelease', { body: { releaseId } });
    }
    const first = (await call('readReleases', { query: { cursor: 'Y' } })).body;
    expect(first.releases).toHaveLength(50);
    expect(first.releases[0]).toMatchObject({ releaseId: 'Z000', state: 'requested' });
    expect(first.nextCursor).toBe('Z049');
    const second = (await call('readReleases', { query: { cursor: first.nextCursor } })).body;
    expect(second).toMatchObject({ releases: [{ releaseId: 'Z050' }], nextCursor: null });
    expect((await call('readReleases')).body.releases[0].releaseId).toBe('A001');
  });
});
