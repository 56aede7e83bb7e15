import '#test/platform/environment.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { linkOwnAccount } from '#functions/incentive/link-payout-account.ts';
import type { Holder, InquiryFault } from '#infra/local/simulators/payment-partner.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { accountInquiry } from '#shared/incentive/account-inquiry.ts';
import { type PaymentPartnerCode, paymentPartners } from '#shared/incentive/payment-partners.ts';
import { openAccount } from '#shared/incentive/sealed-account.ts';
import { type PaymentClient, snapClient } from '#shared/incentive/snap/client.ts';
import { credentialsReader } from '#shared/incentive/snap/credentials.ts';
import { participants } from '#shared/journal/participant.ts';
import { verified } from '#shared/registration/registration.ts';
import {
  type Citizen,
  citizens,
  journeyUntil,
  keys,
  minutesAfter,
  type StepName,
  start,
  store,
} from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

type Client = Pick<PaymentClient, 'inquireAccount'>;

let engine: Engine;
let simulators: Simulators;
let clients: Record<PaymentPartnerCode, Client>;
/** Partners in the order in which they were asked. */
let asked: PaymentPartnerCode[] = [];
const people = citizens('link payout account', 40);
let served = 0;

beforeAll(async () => {
  engine = await startTable();
  simulators = await startSimulators();
  const credentials = credentialsReader(async () => JSON.stringify(simulators.paymentPartners));
  const client = (code: PaymentPartnerCode): Client => {
    const snap = snapClient({ partner: paymentPartners[code], credentials: () => credentials.of(code) });
    return {
      inquireAccount(account, question) {
        asked.push(code);
        return snap.inquireAccount(account, question);
      },
    };
  };
  clients = { 'bank-induk': client('bank-induk'), switching: client('switching') };
});
afterAll(async () => {
  await simulators.stop();
  await engine.stop();
});
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 60));
  asked = [];
});
afterEach(() => {
  vi.useRealTimers();
  simulators.payments.inquiryFaults.clear();
  simulators.payments.holders.clear();
});

async function citizenAfter(step: StepName): Promise<Citizen> {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  await store(engine.table, journeyUntil(step, { citizen }));
  return citizen;
}

const walletOf = ({ person }: Citizen) =>
  ({ kind: 'e_wallet', provider: 'DANA', number: person.phone.replace('+62', '0') }) as const;
const bankAccount = (number: string, provider = 'BNI') => ({ kind: 'bank', provider, number }) as const;

/** Tells the partners whose an account is. */
function tell({ number }: { number: string }, { person }: Citizen, changes: Partial<Holder> = {}): void {
  simulators.payments.holders.set(number, { name: person.name, nik: person.nik, ...changes });
}

type Choices = {
  readonly enabled?: (code: PaymentPartnerCode) => boolean;
  readonly preferred?: PaymentPartnerCode;
  readonly waitMilliseconds?: number;
  readonly clientOf?: (code: PaymentPartnerCode) => Client;
};

async function link({ participantId }: Citizen, account: object, choices: Choices = {}) {
  const { enabled = () => true, preferred, waitMilliseconds = 6_000, clientOf = (code) => clients[code] } = choices;
  const routing = async () => ({ enabled, preferred });
  const inquire = accountInquiry({ clientOf, routing, waitMilliseconds });
  const handler = linkOwnAccount({ participants: participants(engine.table), keys: async () => keys, inquire });
  const event = httpEvent({ method: 'PUT', body: { account }, claims: citizenClaims(participantId) });
  return read(await handler(event, lambdaContext));
}

const fileOf = async ({ participantId }: Citizen) => (await participants(engine.table).load(participantId)).state;
const eventsOf = async ({ participantId }: Citizen) =>
  (await participants(engine.table).entries(participantId)).flatMap(({ events }) => events);
const linkedCount = async (citizen: Citizen) => (await fileOf(citizen)).incentives.linkedCount;

describe('an account that is the citizen’s', () => {
  it('is linked with what its partner said, and claims the incentive in the same decision', async () => {
    const citizen = await citizenAfter('rate');
    const account = walletOf(citizen);
    tell(account, citizen);
    expect(await link(citizen, account)).toMatchObject({
      status: 200,
      body: { linked: true, kind: 'e_wallet', provider: 'DANA', check: 'matched' },
    });
    expect(asked).toEqual(['switching']);
    const entries = await participants(engine.table).entries(citizen.participantId);
    expect(entries.at(-1)?.events).toMatchObject([
      { type: 'PayoutAccountLinked', check: { outcome: 'matched', kyc: 'full', partnerCode: 'switching' } },
      { type: 'IncentiveClaimed', partnerCode: 'switching', amountRupiah: 600_000 },
    ]);
  });

  it('at a bank is asked about at the program’s own bank first, and at the switch when that is switched off or not preferred', async () => {
    const citizen = await citizenAfter('certify');
    for (const provider of ['BNI', 'BCA']) {
      const account = bankAccount('123456780', provider);
      tell(account, citizen, { shown: 'masked', comparesNik: false });
      expect(await link(citizen, account)).toMatchObject({ status: 200, body: { check: 'matched' } });
      const switched = bankAccount('123456789', provider);
      tell(switched, citizen);
      const enabled = (code: PaymentPartnerCode) => code === 'switching';
      expect(await link(citizen, switched, { enabled })).toMatchObject({ status: 200, body: { check: 'matched' } });
      const preferred = bankAccount('123456787', provider);
      tell(preferred, citizen);
      const choices = { preferred: 'switching' } as const;
      expect(await link(citizen, preferred, choices)).toMatchObject({ status: 200, body: { check: 'matched' } });
    }
    expect(asked).toEqual(['bank-induk', 'switching', 'switching', 'bank-induk', 'switching', 'switching']);
  });

  it('is recognised when it comes again: nobody is asked and nothing is written', async () => {
    const citizen = await citizenAfter('rate');
    const account = walletOf(citizen);
    tell(account, citizen);
    const first = await link(citizen, account);
    const before = await eventsOf(citizen);
    expect(await link(citizen, account)).toEqual(first);
    expect(await link(citizen, account, { enabled: () => false })).toEqual(first);
    expect(asked).toEqual(['switching']);
    expect(await eventsOf(citizen)).toEqual(before);
  });

  it('is linked once and claims once when it comes four times at once', async () => {
    const citizen = await citizenAfter('rate');
    const account = walletOf(citizen);
    tell(account, citizen);
    const answers = await Promise.all([1, 2, 3, 4].map(() => link(citizen, account)));
    for (const { status } of answers) expect(status).toBe(200);
    const types = (await eventsOf(citizen)).map(({ type }) => type);
    expect(types.filter((type) => type === 'PayoutAccountLinked')).toHaveLength(1);
    expect(types.filter((type) => type === 'IncentiveClaimed')).toHaveLength(1);
  });

  it('is kept sealed: its number stands nowhere in the journal', async () => {
    const citizen = await citizenAfter('certify');
    const account = walletOf(citizen);
    tell(account, citizen);
    await link(citizen, account);
    const { registration, incentives } = await fileOf(citizen);
    const linked = incentives.account;
    const texts = JSON.stringify(linked) + Buffer.from(linked?.account ?? []).toString('latin1');
    for (const word of [account.number, account.number.slice(1), citizen.person.name, citizen.person.nik])
      expect(texts).not.toContain(word);
    const { dataKey } = verified(registration);
    expect(linked && openAccount(keys, citizen.participantId, dataKey, linked)).toEqual(account);
  });
});

describe('an account that cannot be used', () => {
  it.each<[what: string, holder: Partial<Holder>, code: string]>([
    ['of another NIK', { nik: 'other' }, 'payout_account_holder'],
    [
      'of another name, where NIKs are not compared',
      { name: 'Orang Lain Sekali', comparesNik: false },
      'payout_account_holder',
    ],
    ['that is dormant', { status: 'dormant' }, 'payout_account_unknown'],
    ['that is closed', { status: 'closed' }, 'payout_account_unknown'],
    ['that does not exist', { status: 'absent' }, 'payout_account_unknown'],
    ['without an identity check', { kyc: 'basic' }, 'payout_account_kyc'],
  ])('%s is refused, and nothing is written', async (_, holder, code) => {
    const citizen = await citizenAfter('certify');
    const account = walletOf(citizen);
    tell(account, citizen, holder);
    const before = await eventsOf(citizen);
    const { status, body } = await link(citizen, account);
    expect([status, body.code]).toEqual([409, code]);
    for (const word of [account.number, citizen.person.name, 'Orang'])
      expect(JSON.stringify(body).toLowerCase()).not.toContain(word.toLowerCase());
    expect(asked).toHaveLength(1);
    expect(await eventsOf(citizen)).toEqual(before);
  });

  it('leaves the account that is linked as it is', async () => {
    const citizen = await citizenAfter('certify');
    const good = walletOf(citizen);
    const bad = bankAccount('12345678');
    tell(good, citizen);
    tell(bad, citizen, { nik: 'other' });
    await link(citizen, good);
    expect((await link(citizen, bad)).status).toBe(409);
    expect((await fileOf(citizen)).incentives.account).toMatchObject({
      provider: 'DANA',
      check: { outcome: 'matched' },
    });
  });

  it('is an e-wallet with another phone than the registered one: its partner is not asked', async () => {
    const citizen = await citizenAfter('certify');
    const body = { code: 'payout_account_holder', fields: ['account.number'] };
    const stranger = { kind: 'e_wallet', provider: 'OVO', number: '081234567890' };
    expect(await link(citizen, stranger)).toMatchObject({ status: 409, body });
    expect(asked).toEqual([]);
    expect(await linkedCount(citizen)).toBe(0);
  });

  it('is one that no partner reaches just now', async () => {
    const citizen = await citizenAfter('certify');
    const enabled = (code: PaymentPartnerCode) => code === 'bank-induk';
    expect(await link(citizen, walletOf(citizen), { enabled })).toMatchObject({
      status: 503,
      body: { code: 'payout_route_missing' },
    });
    expect(asked).toEqual([]);
    expect(await linkedCount(citizen)).toBe(0);
  });
});

describe('who may not link an account', () => {
  it.each<[what: string, step: StepName, status: number, code: string]>([
    ['who has no decree', 'join', 409, 'not_recipient'],
    ['whose payment is on its way, while the account is another one', 'link', 409, 'payout_account_in_use'],
  ])('is refused before any partner is asked: %s', async (_, step, status, code) => {
    const citizen = await citizenAfter(step);
    expect(await link(citizen, walletOf(citizen))).toMatchObject({ status, body: { code } });
    expect(asked).toEqual([]);
  });

  it('is who is not registered', async () => {
    const stranger = people.at(-1);
    if (!stranger) throw new Error('There are people');
    expect(await link(stranger, walletOf(stranger))).toMatchObject({ status: 404, body: { code: 'not_registered' } });
  });
});

describe('a partner that does not answer', () => {
  const pending = { status: 200, body: { check: 'pending' } };

  it.each<InquiryFault>(['cut', 'timeout', 'unavailable', 'garbage', 'unknown_code', 'rate_limited'])(
    'by %s: the account is linked without a check, and nothing is claimed',
    async (fault) => {
      const citizen = await citizenAfter('rate');
      const account = walletOf(citizen);
      tell(account, citizen);
      simulators.payments.inquiryFaults.next(fault);
      expect(await link(citizen, account)).toMatchObject(pending);
      const { incentives } = await fileOf(citizen);
      expect(incentives.account?.check).toBeNull();
      expect(incentives.payouts.size).toBe(0);
    },
  );

  it('in time is not waited for any longer, and a late answer or a late failure changes nothing', async () => {
    const citizen = await citizenAfter('rate');
    const account = walletOf(citizen);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const late: Client = {
      async inquireAccount() {
        await delay(60);
        resolve();
        throw new Error('Nobody waits for it any more');
      },
    };
    expect(await link(citizen, account, { clientOf: () => late, waitMilliseconds: 5 })).toMatchObject(pending);
    await ended;
    await delay(1);
    expect((await fileOf(citizen)).incentives).toMatchObject({ linkedCount: 1, account: { check: null } });
  });
});
