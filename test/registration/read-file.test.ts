import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readOwnFile } from '#functions/registration/read-file.ts';
import { linkAccount } from '#shared/incentive/account.ts';
import { raise } from '#shared/incentive/clawback.ts';
import { placeHold } from '#shared/incentive/hold.ts';
import { openPayouts } from '#shared/incentive/incentive.ts';
import type { AccountCheck } from '#shared/incentive/incentive-events.ts';
import { type Outcome, recordOutcome } from '#shared/incentive/settlement.ts';
import { type Participant, participants } from '#shared/journal/participant.ts';
import { outcomes } from '#test/incentive/paying.ts';
import {
  type Choices,
  type Citizen,
  citizens,
  journeyUntil,
  keys,
  linkedAccount,
  minutesAfter,
  type StepName,
  start,
  store,
} from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
const people = citizens('read file', 20);
let served = 0;
const now = minutesAfter(start, 120);
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(now);
});
afterEach(() => {
  vi.useRealTimers();
});

async function citizenAfter(step: StepName, choices: Choices = {}): Promise<Citizen> {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  await store(engine.table, journeyUntil(step, { ...choices, citizen }));
  return citizen;
}

async function fileOf({ participantId }: Citizen) {
  const handler = readOwnFile({ participants: participants(engine.table), keys: async () => keys });
  const { status, body } = read(
    await handler(httpEvent({ method: 'GET', claims: citizenClaims(participantId) }), lambdaContext),
  );
  expect(status).toBe(200);
  return body;
}

type Change = Parameters<ReturnType<typeof participants>['change']>[1];
const change = ({ participantId }: Citizen, decide: Change) => participants(engine.table).change(participantId, decide);
const settle = (citizen: Citizen, outcome: Outcome) =>
  change(citizen, (file, at) => {
    const reference = openPayouts(file.incentives)[0]?.reference ?? [...file.incentives.payouts.keys()].at(-1) ?? '';
    return recordOutcome(citizen.participantId, file, reference, outcome, at);
  });
const link = (citizen: Citizen, number: string, check: AccountCheck | null) =>
  change(citizen, (file: Participant) => ({
    events: [{ ...linkedAccount(file, citizen.participantId, number), check }],
  }));

describe('the incentives in one’s own file', () => {
  it('are none before there are any', async () => {
    const { incentives, payoutAccount, surveys } = await fileOf(await citizenAfter('register'));
    expect(payoutAccount).toBeNull();
    expect(surveys).toEqual([]);
    expect(incentives).toEqual({
      paidCount: 0,
      paidRupiah: 0,
      open: false,
      refusals: [],
      payouts: [],
      holds: [],
      nextOpensAt: null,
      forfeited: false,
      receivable: null,
    });
  });

  it('show a payment on its way, and then the bank’s reference as its receipt', async () => {
    const citizen = await citizenAfter('link');
    const before = (await fileOf(citizen)).incentives;
    expect(before).toMatchObject({ paidCount: 0, open: true });
    expect(before.payouts).toMatchObject([
      {
        kind: 'training',
        number: 1,
        attempt: 1,
        state: 'claimed',
        amountRupiah: 600_000,
        paidAt: null,
        bankReference: null,
      },
    ]);
    await settle(citizen, outcomes.paid);
    const { incentives } = await fileOf(citizen);
    expect(incentives).toMatchObject({ paidCount: 1, paidRupiah: 600_000, open: false, nextOpensAt: null });
    expect(incentives.payouts).toMatchObject([
      { state: 'paid', paidAt: now.toISOString(), bankReference: 'BANK1', reason: null, remedialOf: null },
    ]);
  });

  it('show why a payment failed, and the one that makes it good', async () => {
    const citizen = await citizenAfter('link');
    await settle(citizen, outcomes.refused);
    const failed = await fileOf(citizen);
    const reason = { code: 'account_closed', text: 'Rekening atau e-wallet sudah ditutup.' };
    expect(failed.incentives).toMatchObject({ refusals: [{ number: 1, reason: 'account_closed' }], open: false });
    expect(failed.incentives.payouts).toMatchObject([{ state: 'refused', reason }]);
    expect(failed.payoutAccount).toMatchObject({ check: 'refused', reasons: [reason] });
    await change(citizen, (file, at) => {
      const { participantId } = citizen;
      return linkAccount(participantId, file, linkedAccount(file, participantId, '081234567899'), at);
    });
    const { incentives, payoutAccount } = await fileOf(citizen);
    const [first, second] = incentives.payouts;
    expect(first).toMatchObject({ state: 'remedied', reason });
    expect(second).toMatchObject({ state: 'claimed', attempt: 2, remedialOf: first.reference, reason: null });
    expect(payoutAccount).toMatchObject({ check: 'matched', reasons: [] });
  });

  it('show why a payment is put off', async () => {
    const citizen = await citizenAfter('link');
    await settle(citizen, { kind: 'deferred', reason: 'limit_exceeded', until: minutesAfter(now, 60) });
    expect((await fileOf(citizen)).incentives.payouts).toMatchObject([
      { state: 'claimed', reason: { code: 'limit_exceeded', text: expect.stringContaining('Saldo e-wallet') } },
    ]);
  });

  it('tell when the next monthly one can be claimed', async () => {
    const citizen = await citizenAfter('settle', { scheme: 'SEMI_BANSOS_2020' });
    // Paid on 2 November 2026 at 10:11 WIB.
    const opensAt = new Date('2026-12-02T10:11:00.000+07:00');
    expect((await fileOf(citizen)).incentives.nextOpensAt).toBe(opensAt.toISOString());
    vi.setSystemTime(opensAt);
    expect((await fileOf(citizen)).incentives.nextOpensAt).toBeNull();
  });

  it('name the reasons of holds, once each, and no operator', async () => {
    const citizen = await citizenAfter('link');
    for (const holdId of ['first', 'second'])
      await change(citizen, (file) => placeHold(file, { holdId, reason: 'eligibility_lost', by: 'operator-budi' }));
    const body = await fileOf(citizen);
    expect(body.incentives.holds).toEqual([
      { code: 'eligibility_lost', text: 'Kelayakan Anda sedang diperiksa kembali.' },
    ]);
    expect(JSON.stringify(body)).not.toContain('operator-budi');
  });

  it('show a debt with what is left of it', async () => {
    const citizen = await citizenAfter('settle');
    const debt = { holdId: 'hold', reason: 'not_entitled', scope: 'incentives', by: 'two' } as const;
    await change(citizen, (file) => placeHold(file, { holdId: 'hold', reason: 'fraud_suspected', by: 'one' }));
    await change(citizen, (file, at) => raise(citizen.participantId, file, debt, at));
    const { incentives, surveys } = await fileOf(citizen);
    expect(incentives).toMatchObject({
      forfeited: true,
      receivable: { amountRupiah: 600_000, owedRupiah: 600_000, handedOver: false, reason: { code: 'not_entitled' } },
    });
    expect(surveys.map(({ state }: { state: string }) => state)).toEqual(['closed', 'closed']);
  });
});

describe('the account in one’s own file', () => {
  const known = { kyc: 'full', partnerCode: 'switching' } as const;
  const matched: AccountCheck = { outcome: 'matched', reasons: ['nik_matches'], ...known };
  const refused: AccountCheck = { outcome: 'refused', reasons: ['nik_differs'], ...known };

  it.each<[string, AccountCheck | null, string[]]>([
    ['pending', null, []],
    ['matched', matched, []],
    ['refused', refused, ['nik_differs']],
  ])('is masked, and %s', async (state, check, reasons) => {
    const citizen = await citizenAfter('certify');
    await link(citizen, '081234567890', check);
    const body = await fileOf(citizen);
    expect(body.payoutAccount).toMatchObject({
      kind: 'e_wallet',
      provider: 'OVO',
      masked: 'OVO ****7890',
      check: state,
    });
    expect(body.payoutAccount.reasons.map(({ code }: { code: string }) => code)).toEqual(reasons);
    expect(JSON.stringify(body)).not.toContain('081234567890');
  });
});

describe('the surveys in one’s own file', () => {
  it('are those of the scheme', async () => {
    const { surveys } = await fileOf(await citizenAfter('settle'));
    expect(surveys).toMatchObject([
      { number: 1, state: 'not_yet', amountRupiah: 50_000, opensAt: '2026-12-01T17:00:00.000Z' },
      { number: 2, state: 'not_yet' },
    ]);
  });
});
