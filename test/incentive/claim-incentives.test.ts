import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { claimIncentives } from '#functions/incentive/claim-incentives.ts';
import { accountInquiry } from '#shared/incentive/account-inquiry.ts';
import { raise } from '#shared/incentive/clawback.ts';
import { placeHold } from '#shared/incentive/hold.ts';
import { openPayouts } from '#shared/incentive/incentive.ts';
import type { AccountCheck, PayoutAccountLinked } from '#shared/incentive/incentive-events.ts';
import type { Routing } from '#shared/incentive/partner-switch.ts';
import type { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import { sealAccount } from '#shared/incentive/sealed-account.ts';
import { addWibMonths } from '#shared/platform/wib.ts';
import { verified } from '#shared/registration/registration.ts';
import { type Claim, type PayDesk, payDesk } from '#test/incentive/pay-desk.ts';
import { keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';

let desk: PayDesk;
beforeAll(async () => {
  desk = await payDesk('claim incentives', 60);
});
afterAll(() => desk.stop());
const noon = minutesAfter(start, 60);
beforeEach(() => vi.setSystemTime(noon));
afterEach(() => {
  vi.useRealTimers();
  desk.calm();
});

type On = readonly PaymentPartnerCode[];
const both: On = ['bank-induk', 'switching'];

/** One delivery of a message, while these partners are switched on; whether the queue keeps it. */
async function deliver(message: object, on: On = both): Promise<'done' | 'again'> {
  const routing = async (): Promise<Routing> => ({ enabled: (code) => on.includes(code), preferred: on[0] });
  const worker = claimIncentives({
    participants: desk.files,
    keys: async () => keys,
    inquire: accountInquiry({ clientOf: (code) => desk.clients[code], routing, waitMilliseconds: 5_000 }),
    routing,
  });
  return failedIds(await worker(queueEvent([message]), lambdaContext)).length === 0 ? 'done' : 'again';
}

const of = ({ citizen: { participantId } }: Claim) => participantId;
const openOf = async (claim: Claim) => openPayouts((await desk.fileOf(claim)).incentives);
const accountOf = async (claim: Claim) => (await desk.fileOf(claim)).incentives.account;

/** A citizen who has everything but a checked account. */
async function linked(account: PayoutAccount, check: PayoutAccountLinked['check'] = null): Promise<Claim> {
  const claim = await desk.citizenAfter('rate');
  await desk.files.change(of(claim), (file) => {
    const sealed = sealAccount(keys, of(claim), verified(file.registration).dataKey, account);
    return { events: [{ type: 'PayoutAccountLinked', ...sealed, check }] };
  });
  return claim;
}

const bank = { kind: 'bank', provider: 'BNI', number: '1234567890' } as const;
const matchedBy = (partnerCode: PaymentPartnerCode): AccountCheck => ({
  outcome: 'matched',
  reasons: ['nik_matches'],
  kyc: 'full',
  partnerCode,
});
const checkMessage = async (claim: Claim) => ({
  step: 'check',
  participantId: of(claim),
  accountTag: (await accountOf(claim))?.accountTag ?? '',
});
const claimMessage = (claim: Claim) => ({ step: 'claim', participantId: of(claim) });

describe('claiming by the clock', () => {
  it('claims a monthly incentive once, when its month has come', async () => {
    const claim = await desk.citizenAfter('settle', { scheme: 'SEMI_BANSOS_2020' });
    const first = [...(await desk.fileOf(claim)).incentives.payouts.values()][0]?.paid?.at ?? start;
    const opensAt = addWibMonths(first, 1);
    vi.setSystemTime(opensAt.getTime() - 1);
    expect(await deliver(claimMessage(claim))).toBe('done');
    expect(await openOf(claim)).toEqual([]);
    vi.setSystemTime(opensAt);
    for (const _ of [1, 2, 3]) expect(await deliver(claimMessage(claim))).toBe('done');
    expect(await openOf(claim)).toMatchObject([{ kind: 'training', number: 2, attempt: 1 }]);
    expect(await desk.countOf(claim, 'IncentiveClaimed')).toBe(2);
  });

  it('claims nothing for who has nothing to claim', async () => {
    const claim = await desk.citizenAfter('rate');
    expect(await deliver(claimMessage(claim))).toBe('done');
    expect(await desk.countOf(claim, 'IncentiveClaimed')).toBe(0);
  });
});

describe('an account that nobody could be asked about when it was linked', () => {
  it('is asked about once, and the incentive is claimed with the answer', async () => {
    const claim = await linked(bank);
    const message = await checkMessage(claim);
    for (const _ of [1, 2, 3]) expect(await deliver(message)).toBe('done');
    expect(await accountOf(claim)).toMatchObject({ check: { outcome: 'matched', partnerCode: 'bank-induk' } });
    expect(await openOf(claim)).toMatchObject([{ partnerCode: 'bank-induk', amountRupiah: 600_000 }]);
    expect(await desk.countOf(claim, 'PayoutAccountChecked')).toBe(1);
  });

  it('is refused when it is another’s, and nothing is claimed', async () => {
    const claim = await linked({ ...bank, number: '1234560004' });
    expect(await deliver(await checkMessage(claim))).toBe('done');
    expect(await accountOf(claim)).toMatchObject({ check: { outcome: 'refused', reasons: ['nik_differs'] } });
    expect(await openOf(claim)).toEqual([]);
  });

  it('is asked about again while the partner does not answer', async () => {
    const claim = await linked(bank);
    desk.payments.inquiryFaults.next('unavailable');
    expect(await deliver(await checkMessage(claim))).toBe('again');
    expect(await desk.countOf(claim, 'PayoutAccountChecked')).toBe(0);
    expect(await deliver(await checkMessage(claim))).toBe('done');
    expect(await openOf(claim)).toHaveLength(1);
  });

  it('is asked about again while no partner that reaches it is switched on', async () => {
    const claim = await linked(bank);
    expect(await deliver(await checkMessage(claim), [])).toBe('again');
    expect(await deliver(await checkMessage(claim), ['switching'])).toBe('done');
    expect(await openOf(claim)).toMatchObject([{ partnerCode: 'switching' }]);
  });

  it('is not asked about when another one was linked meanwhile', async () => {
    const claim = await linked(bank);
    expect(await deliver({ ...(await checkMessage(claim)), accountTag: 'another' })).toBe('done');
    expect((await accountOf(claim))?.check).toBeNull();
  });
});

describe('an account whose partner is switched off', () => {
  it('is asked about at another that reaches it, which gets what is claimed from now on', async () => {
    const claim = await linked(bank, matchedBy('bank-induk'));
    expect(await deliver(claimMessage(claim), ['switching'])).toBe('done');
    expect(await openOf(claim)).toMatchObject([{ partnerCode: 'switching' }]);
  });

  it.each<[string, PayoutAccount, On]>([
    ['no other reaches it', { kind: 'e_wallet', provider: 'OVO', number: '081234567890' }, ['bank-induk']],
    ['the other does not match it', { ...bank, number: '1234560004' }, ['switching']],
  ])('stays with its partner when %s', async (_, account, on) => {
    const known = account.kind === 'bank' ? 'bank-induk' : 'switching';
    const claim = await linked(account, matchedBy(known));
    expect(await deliver(claimMessage(claim), on)).toBe('done');
    expect(await openOf(claim)).toMatchObject([{ partnerCode: known }]);
  });

  it('stays with its partner when the other does not answer', async () => {
    const claim = await linked(bank, matchedBy('bank-induk'));
    desk.payments.inquiryFaults.next('cut');
    expect(await deliver(claimMessage(claim), ['switching'])).toBe('done');
    expect(await openOf(claim)).toMatchObject([{ partnerCode: 'bank-induk' }]);
  });
});

describe('a debt', () => {
  it('is reminded of by the clock, once for each date', async () => {
    const claim = await desk.citizenAfter('settle');
    await desk.files.change(of(claim), (file) =>
      placeHold(file, { holdId: 'hold-1', reason: 'audit_finding', by: 'operator-1' }),
    );
    const facts = { holdId: 'hold-1', reason: 'audit_finding', scope: 'incentives', by: 'operator-2' } as const;
    await desk.files.change(of(claim), (file, at) => raise(of(claim), file, facts, at));
    const message = { step: 'receivable', participantId: of(claim) };
    expect(await deliver(message)).toBe('done');
    expect(await desk.countOf(claim, 'ReceivableReminded')).toBe(0);
    vi.setSystemTime(minutesAfter(noon, 30 * 1_440));
    for (const _ of [1, 2, 3]) expect(await deliver(message)).toBe('done');
    expect(await desk.countOf(claim, 'ReceivableReminded')).toBe(1);
  });
});
