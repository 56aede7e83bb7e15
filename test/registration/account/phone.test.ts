import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { unlinkOwnAccount } from '#functions/incentive/link-payout-account.ts';
import { sendMessage } from '#functions/purchase/send-message.ts';
import { phoneNumber } from '#functions/registration/phone.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { unlinkPayoutAccount } from '#shared/incentive/incentive-api.ts';
import { participants } from '#shared/journal/participant.ts';
import { messagesFor } from '#shared/operations/dispatch.ts';
import { messageGateway } from '#shared/operations/message-gateway.ts';
import { phoneLimits } from '#shared/registration/account/phone.ts';
import { askPhoneCode, confirmPhone } from '#shared/registration/account/phone-api.ts';
import { maskedPhone, phoneCodeOf, phoneTagOf } from '#shared/registration/account/phone-number.ts';
import { sealPersonWith } from '#shared/registration/person.ts';
import { register } from '#shared/registration/registration.ts';
import {
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
import { citizenClaims, failedIds, httpEvent, lambdaContext, queueEvent, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
let simulators: Simulators;
const people = citizens('phone', 40);
let served = 0;

beforeAll(async () => {
  engine = await startTable();
  simulators = await startSimulators();
});
afterAll(async () => {
  await simulators.stop();
  await engine.stop();
});
const base = minutesAfter(start, 60);
const at = (minutes: number, milliseconds = 0) =>
  vi.setSystemTime(minutesAfter(base, minutes).getTime() + milliseconds);
beforeEach(() => {
  at(0);
});
afterEach(() => {
  vi.useRealTimers();
  simulators.messages.faults.clear();
});

async function citizenAfter(step: StepName): Promise<Citizen> {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  await store(engine.table, journeyUntil(step, { citizen }));
  return citizen;
}

const files = () => participants(engine.table);
const deps = () => ({ participants: files(), keys: async () => keys });
const post = async (endpoint: { path: string }, { participantId }: Pick<Citizen, 'participantId'>, body: object) => {
  const event = httpEvent({ path: endpoint.path, body, claims: citizenClaims(participantId) });
  return read(await phoneNumber(deps())(event, lambdaContext));
};
const ask = (citizen: Citizen, phone?: string) => post(askPhoneCode, citizen, phone ? { phone } : {});
const confirm = (citizen: Pick<Citizen, 'participantId'>, code: string) => post(confirmPhone, citizen, { code });
const refused = (code: string, status = 409) => ({ status, body: expect.objectContaining({ code }) });
const eventsOf = async ({ participantId }: Citizen) =>
  (await files().entries(participantId)).flatMap(({ events }) => events);
const phoneOf = async ({ participantId }: Citizen) => (await files().load(participantId)).state.phone;

/** The code that the last request sent. */
async function codeFor(citizen: Citizen): Promise<string> {
  const { asked } = await phoneOf(citizen);
  if (!asked) throw new Error('No code is waited for');
  return phoneCodeOf(keys, asked.codeId);
}
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

/** Does what follows from every decision of a journal, as stream and queue would; ids of messages that are to come again. */
async function deliver({ participantId, provinceCode }: Citizen): Promise<string[]> {
  const gateway = messageGateway(simulators.messageGatewayUrl, async () => 'key');
  const worker = sendMessage({ ...deps(), gateway });
  const sent = (await files().entries(participantId)).flatMap(({ version, at, events }) =>
    messagesFor({ kind: 'participant', id: participantId, version, at: at.toISOString(), provinceCode, events }),
  );
  const bodies = sent.filter(({ queue }) => queue === 'messageQueueUrl').map(({ body }) => body);
  return failedIds(await worker(queueEvent(bodies), lambdaContext));
}
const inboxOf = (phone: string) =>
  simulators.messages
    .inbox({ to: phone })
    .filter(({ template }) => template.startsWith('phone'))
    .map(({ text }) => text);

async function proven(step: StepName = 'register'): Promise<Citizen> {
  const citizen = await citizenAfter(step);
  await ask(citizen);
  await confirm(citizen, await codeFor(citizen));
  return citizen;
}

describe('a phone number', () => {
  it('is proven by the code that its SMS brings, before the identity is', async () => {
    const citizen = await citizenAfter('register');
    const { phone } = citizen.person;
    expect(await ask(citizen)).toMatchObject({
      status: 202,
      body: { codeSentBy: 'sms', maskedPhone: maskedPhone(phone), expiresAt: minutesAfter(base, 10).toISOString() },
    });
    expect(await deliver(citizen)).toEqual([]);
    const [text = ''] = inboxOf(phone);
    const code = /\b\d{6}\b/.exec(text)?.[0] ?? '';
    const answer = await confirm(citizen, code);
    expect(answer).toMatchObject({
      status: 200,
      body: { maskedPhone: maskedPhone(phone), verifiedAt: base.toISOString() },
    });
    const events = await eventsOf(citizen);
    expect(events.slice(-2)).toMatchObject([
      { type: 'PhoneCodeRequested', phoneTag: phoneTagOf(keys, phone) },
      { type: 'PhoneVerified', phoneTag: phoneTagOf(keys, phone) },
    ]);
    expect(JSON.stringify(events)).not.toContain(phone.slice(-8));
    expect(JSON.stringify(events)).not.toContain(code);
  });

  it('stays proven, and is answered the same, when the confirmation comes again', async () => {
    const citizen = await citizenAfter('register');
    await ask(citizen);
    const code = await codeFor(citizen);
    const first = await confirm(citizen, code);
    at(3 * 60);
    expect(await confirm(citizen, code)).toEqual(first);
    expect(await confirm(citizen, wrong(code))).toMatchObject(refused('confirmation_code_wrong', 400));
    expect((await eventsOf(citizen)).filter(({ type }) => type === 'PhoneVerified')).toHaveLength(1);
    expect(await ask(citizen)).toMatchObject(refused('phone_verified'));
  });

  it('is proven once by thirty confirmations at once', async () => {
    const citizen = await citizenAfter('register');
    await ask(citizen);
    const code = await codeFor(citizen);
    const answers = await Promise.all(Array.from({ length: 30 }, () => confirm(citizen, code)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await eventsOf(citizen)).filter(({ type }) => type === 'PhoneVerified')).toHaveLength(1);
  });

  it('is not proven by a code that is too old, by no code, by another citizen’s, or by one that was replaced', async () => {
    const [citizen, other] = [await citizenAfter('register'), await citizenAfter('register')];
    expect(await confirm(citizen, '123456')).toMatchObject(refused('confirmation_code_wrong', 400));
    await ask(citizen);
    const replaced = await codeFor(citizen);
    await ask(citizen);
    const code = await codeFor(citizen);
    await ask(other);
    expect(await confirm(other, code)).toMatchObject(refused('confirmation_code_wrong', 400));
    expect(await confirm(citizen, replaced)).toMatchObject(refused('confirmation_code_wrong', 400));
    at(phoneLimits.codeMinutes, 1);
    expect(await confirm(citizen, code)).toMatchObject(refused('confirmation_code_wrong', 400));
    expect((await phoneOf(citizen)).proven).toBeNull();
  });

  it('is not guessed: five wrong codes are written down, and then not even the right one helps', async () => {
    const citizen = await citizenAfter('register');
    await ask(citizen);
    const code = await codeFor(citizen);
    const answers = await Promise.all(Array.from({ length: 40 }, () => confirm(citizen, wrong(code))));
    const codes = new Set(answers.map(({ body }) => body.code));
    expect(codes.size).toBeGreaterThan(1);
    expect((await phoneOf(citizen)).asked?.wrongCodes).toBe(5);
    expect(await confirm(citizen, code)).toMatchObject(refused('otp_attempts_exceeded', 429));
    await ask(citizen);
    expect(await confirm(citizen, await codeFor(citizen))).toMatchObject({ status: 200 });
  });

  it('may be of two people; the tag tells who looks for it', async () => {
    const [one, two] = [await proven(), await citizenAfter('register')];
    await ask(two, one.person.phone);
    await confirm(two, await codeFor(two));
    const tags = (await Promise.all([one, two].map(phoneOf))).map(({ proven }) => proven?.phoneTag);
    expect(tags[0]).toBe(tags[1]);
  });

  it('is to be proven again after a corrected registration', async () => {
    const citizen = await proven();
    const correction = journeyUntil('register', { citizen });
    await files().change(citizen.participantId, () => ({
      events: [{ type: 'IdentityRefused', requestId: 'r', reasons: ['name_differs'] }],
    }));
    const [registered] = correction.entries[0]?.events ?? [];
    if (registered?.type !== 'PersonRegistered') throw new Error('A journey begins with its registration');
    const { participantId, person } = citizen;
    await files().change(participantId, ({ registration }) => {
      const dataKey = registration.registered?.dataKey ?? new Uint8Array();
      const corrected = sealPersonWith(keys, participantId, dataKey, { ...person, name: 'Nama Yang Benar' });
      return register(registration, { ...registered, person: corrected, contentTag: 'another' });
    });
    expect(await phoneOf(citizen)).toMatchObject({ proven: null, asked: null, sendsEver: 1 });
    expect(await ask(citizen)).toMatchObject({ status: 202 });
  });

  it.each(['0812345678', '+6212', '+628123456789012345', '+1 555', ''])('%j is none', async (phone) => {
    const citizen = await citizenAfter('register');
    const before = (await eventsOf(citizen)).length;
    expect(await post(askPhoneCode, citizen, { phone })).toMatchObject(refused('request_invalid', 400));
    expect(await eventsOf(citizen)).toHaveLength(before);
  });

  it('is nobody’s before the registration', async () => {
    const nobody = { participantId: 'f'.repeat(64) };
    expect(await post(askPhoneCode, nobody, {})).toMatchObject(refused('not_registered', 404));
    expect(await confirm(nobody, '123456')).toMatchObject(refused('not_registered', 404));
  });
});

describe('sending codes to a phone', () => {
  it('is locked after five more than the first, for exactly two hours', async () => {
    const citizen = await citizenAfter('register');
    for (let sends = 0; sends < 6; sends += 1) {
      at(sends);
      expect(await ask(citizen)).toMatchObject({ status: 202 });
    }
    at(5 + 120, -1);
    expect(await ask(citizen)).toMatchObject(refused('otp_resends_exceeded', 429));
    at(5 + 120);
    expect(await ask(citizen)).toMatchObject({ status: 202 });
  });

  it('is locked for a number that changes with every request, too', async () => {
    const citizen = await citizenAfter('register');
    const answers = [];
    for (let sends = 0; sends < 8; sends += 1) answers.push(await ask(citizen, `+628120000000${sends}`));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 202, 429, 429]);
  });

  it('is done no more than six times by a hundred requests at once', async () => {
    const citizen = await citizenAfter('register');
    await Promise.all(Array.from({ length: 100 }, () => ask(citizen)));
    while ((await ask(citizen)).status === 202);
    const asked = (await eventsOf(citizen)).filter(({ type }) => type === 'PhoneCodeRequested');
    expect(asked).toHaveLength(6);
  });

  it('ends in a lifetime', async () => {
    const citizen = await citizenAfter('register');
    for (let sends = 0; sends < phoneLimits.sendsEver; sends += 1) {
      at(sends * 121);
      expect(await ask(citizen)).toMatchObject({ status: 202 });
    }
    at(phoneLimits.sendsEver * 121);
    expect(await ask(citizen)).toMatchObject(refused('otp_resends_exceeded', 429));
  });

  it.each(['unavailable', 'cut'] as const)('is not lost when the gateway is %s, and is one message', async (fault) => {
    const citizen = await citizenAfter('register');
    await ask(citizen);
    simulators.messages.faults.next(fault);
    expect(await deliver(citizen)).toHaveLength(1);
    at(9);
    expect(await deliver(citizen)).toEqual([]);
    expect(await deliver(citizen)).toEqual([]);
    expect(inboxOf(citizen.person.phone)).toEqual([expect.stringContaining(await codeFor(citizen))]);
  });

  it('sends no code that no longer works', async () => {
    const citizen = await citizenAfter('register');
    await ask(citizen);
    at(phoneLimits.codeMinutes, 1);
    expect(await deliver(citizen)).toEqual([]);
    expect(inboxOf(citizen.person.phone)).toEqual([]);
  });
});

describe('another number', () => {
  const other = '+628990000001';

  it('takes the place of the first when it is proven, and not before; the first is told', async () => {
    const citizen = await proven('verify');
    const { participantId, person } = citizen;
    await deliver(citizen);
    const before = inboxOf(person.phone).length;
    expect(await ask(citizen, other)).toMatchObject({ body: { maskedPhone: maskedPhone(other) } });
    await deliver(citizen);
    expect(inboxOf(other)).toEqual([expect.stringContaining(await codeFor(citizen))]);
    expect(inboxOf(person.phone)).toHaveLength(before);
    expect((await phoneOf(citizen)).proven?.phoneTag).toBe(phoneTagOf(keys, person.phone));
    await confirm(citizen, await codeFor(citizen));
    expect((await phoneOf(citizen)).proven?.phoneTag).toBe(phoneTagOf(keys, other));
    await deliver(citizen);
    const told = inboxOf(person.phone);
    expect(told.filter((text) => text.includes(maskedPhone(other)))).toHaveLength(1);
    expect(told.join()).not.toContain(other);
    // Every further message goes to the number that is proven now.
    await files().change(participantId, () => ({
      events: [{ type: 'EntitlementForfeited', holdId: 'h', reason: 'r', by: 'o' }],
    }));
    await deliver(citizen);
    expect(simulators.messages.inbox({ to: other }).map(({ template }) => template)).toContain('entitlement_forfeited');
  });

  it('may be stated instead of a mistyped one before any is proven', async () => {
    const citizen = await citizenAfter('register');
    await ask(citizen, '+628990000002');
    await confirm(citizen, await codeFor(citizen));
    expect((await phoneOf(citizen)).proven?.phoneTag).toBe(phoneTagOf(keys, '+628990000002'));
    expect((await eventsOf(citizen)).at(-1)).not.toHaveProperty('replaces');
  });

  const unlink = async ({ participantId }: Citizen) => {
    const event = httpEvent({ method: 'DELETE', path: unlinkPayoutAccount.path, claims: citizenClaims(participantId) });
    return read(await unlinkOwnAccount(deps())(event, lambdaContext));
  };

  it('is refused while a payout account is linked, and taken when that is disconnected', async () => {
    const citizen = await citizenAfter('settle');
    expect(await ask(citizen, other)).toMatchObject(refused('payout_account_linked'));
    expect(await unlink(citizen)).toMatchObject({ status: 200, body: { linked: false } });
    expect(await unlink(citizen)).toMatchObject({ status: 200 });
    expect((await eventsOf(citizen)).filter(({ type }) => type === 'PayoutAccountUnlinked')).toHaveLength(1);
    expect(await ask(citizen, other)).toMatchObject({ status: 202 });
    expect(await confirm(citizen, await codeFor(citizen))).toMatchObject({ status: 200 });
  });

  it('is refused by its code when an account was linked meanwhile', async () => {
    const citizen = await citizenAfter('decree');
    await ask(citizen, other);
    const code = await codeFor(citizen);
    await files().change(citizen.participantId, (file) => ({
      events: [linkedAccount(file, citizen.participantId, '081234567890')],
    }));
    expect(await confirm(citizen, code)).toMatchObject(refused('payout_account_linked'));
    expect((await phoneOf(citizen)).proven).toBeNull();
  });

  it('waits for a payment on its way: the account is not disconnected until it is there', async () => {
    const citizen = await citizenAfter('link');
    expect(await unlink(citizen)).toMatchObject(refused('payout_account_in_use'));
    expect((await files().load(citizen.participantId)).state.incentives.account).not.toBeNull();
  });

  it('does not keep the registered number from being proven while an account is linked', async () => {
    const citizen = await citizenAfter('settle');
    expect(await ask(citizen)).toMatchObject({ status: 202 });
    expect(await confirm(citizen, await codeFor(citizen))).toMatchObject({ status: 200 });
  });
});

describe('a masked number', () => {
  it.each([
    ['+6281234567890', '+62812*****890'],
    ['+6281234567', '+62812**567'],
  ])('of %s is %s', (phone, masked) => {
    expect(maskedPhone(phone)).toBe(masked);
  });
});
