import '#test/platform/environment.ts';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountCodesApi } from '#functions/registration/account-codes.ts';
import { openAccount } from '#functions/registration/sign-up.ts';
import { askPasswordReset, resendConfirmation, resetPassword } from '#shared/registration/account/account-api.ts';
import { accountCodes } from '#shared/registration/account/account-codes.ts';
import { replacement } from '#shared/registration/account/replacement.ts';
import { participantIdOf } from '#shared/registration/person.ts';
import { personKeys } from '#shared/registration/privacy/person-keys.ts';
import { keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { httpEvent, lambdaContext, read } from '#test/platform/events.ts';
import { expectRefused } from '#test/platform/refused.ts';
import { type Pool, startPool } from '#test/registration/account/pool.ts';
import { openGate } from '#test/registration/admission/open-gate.ts';
import { people } from '#test/simulation/people.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
let pool: Pool;
let served = 0;
const crowd = people('account codes', 50);
const password = 'Rahasia2026';

beforeAll(async () => {
  [engine, pool] = await Promise.all([startTable(), startPool()]);
});
afterAll(async () => {
  await pool.stop();
  await engine.stop();
});
beforeEach(() => {
  vi.setSystemTime(start);
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (minutes: number, milliseconds = 0) =>
  vi.setSystemTime(minutesAfter(start, minutes).getTime() + milliseconds);

function fresh() {
  const person = crowd[served];
  served += 1;
  if (!person) throw new Error('More people are needed');
  return { nik: person.nik, email: person.email, participantId: participantIdOf(keys, person.nik) };
}

const deps = () => ({
  accounts: pool.accounts,
  admin: pool.admin,
  codes: accountCodes(engine.table),
  keys: async () => keys,
});
const post = async (endpoint: { path: string }, body: object) =>
  read(await accountCodesApi(deps())(httpEvent({ path: endpoint.path, body }), lambdaContext));
const resend = (participantId: string) => post(resendConfirmation, { participantId });
const askReset = (email: string) => post(askPasswordReset, { email });
const reset = (email: string, code: string, wanted = 'Baru-2026-Kuat') =>
  post(resetPassword, { email, code, password: wanted });
const refused = (code: string, status: number) => ({ status, body: expect.objectContaining({ code }) });
const sent = { status: 202, body: { codeSentBy: 'email' } };

async function signedUp() {
  const citizen = fresh();
  await pool.accounts.signUp(citizen.participantId, citizen.email, password);
  return citizen;
}
async function confirmed() {
  const citizen = await signedUp();
  await pool.accounts.confirm(citizen.participantId, pool.codesOf(citizen.email).at(-1) ?? '');
  return citizen;
}
const wrong = (code = '') => (code === '000000' ? '000001' : '000000');

describe('the code that confirms an address', () => {
  it('is sent five times more, and then after exactly two hours', async () => {
    const { participantId, email } = await signedUp();
    for (let again = 0; again < 5; again += 1) {
      at(again);
      expect(await resend(participantId)).toMatchObject(sent);
    }
    expect(pool.codesOf(email)).toHaveLength(6);
    at(4 + 120, -1);
    expect(await resend(participantId)).toMatchObject(refused('otp_resends_exceeded', 429));
    expect(pool.codesOf(email)).toHaveLength(6);
    at(4 + 120);
    expect(await resend(participantId)).toMatchObject(sent);
    expect(pool.codesOf(email)).toHaveLength(7);
  });

  it('is sent no more than five times by a hundred requests at once', async () => {
    const { participantId, email } = await signedUp();
    const answers = await Promise.all(Array.from({ length: 100 }, () => resend(participantId)));
    expect(pool.codesOf(email)).toHaveLength(6);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(5);
    expect(answers.filter(({ body }) => body.code === 'otp_resends_exceeded')).toHaveLength(95);
  });

  it('is asked for in vain, and with the same answers, where there is no account, and where it is confirmed', async () => {
    const nobody = fresh();
    const somebody = await confirmed();
    const before = pool.messages.length;
    for (const { participantId } of [nobody, somebody]) {
      for (let again = 0; again < 5; again += 1) expect(await resend(participantId)).toMatchObject(sent);
      expect(await resend(participantId)).toMatchObject(refused('otp_resends_exceeded', 429));
    }
    expect(pool.messages).toHaveLength(before);
  });

  it('confirms for 24 hours and not longer', async () => {
    const { participantId, email } = await signedUp();
    at(24 * 60, 1);
    const [code = ''] = pool.codesOf(email);
    await expectRefused(pool.accounts.confirm(participantId, code), 'confirmation_code_wrong');
  });

  it('is worded as the pool says', async () => {
    const { email } = await signedUp();
    const [code] = pool.codesOf(email);
    expect(pool.messages.at(-1)?.text).toBe(`Kode / code: ${code}\nJangan dibagikan.`);
  });
});

describe('a password', () => {
  it('is reset by a code, once, and every session before it is over', async () => {
    const { email } = await confirmed();
    const { refreshToken } = await pool.accounts.signIn(email, password);
    expect(await pool.accounts.renew(refreshToken)).toMatchObject({ accessToken: expect.any(String) });
    expect(await askReset(email)).toMatchObject(sent);
    const code = pool.codesOf(email).at(-1) ?? '';
    expect(await reset(email, code)).toMatchObject({ status: 200, body: { reset: true } });
    await expectRefused(pool.accounts.signIn(email, password), 'credentials_wrong');
    await expectRefused(pool.accounts.renew(refreshToken), 'session_over');
    expect(await pool.accounts.signIn(email, 'Baru-2026-Kuat')).toMatchObject({ refreshToken: expect.any(String) });
    expect(await reset(email, code, 'Lain-2026-Kuat')).toMatchObject(refused('confirmation_code_wrong', 400));
  });

  it('is asked for and answered alike whether or not there is an account', async () => {
    const known = await confirmed();
    const unconfirmed = await signedUp();
    const nobody = fresh();
    const told: unknown[] = [];
    for (const { email } of [known, unconfirmed, nobody]) {
      const before = pool.codesOf(email).length;
      const answers = [await reset(email, '123456')];
      for (let again = 0; again < 7; again += 1) answers.push(await askReset(email));
      answers.push(await reset(email, wrong(pool.codesOf(email).at(-1)), 'semua kecil'));
      for (let again = 0; again < 6; again += 1) answers.push(await reset(email, wrong(pool.codesOf(email).at(-1))));
      told.push(answers);
      expect(pool.codesOf(email).length - before).toBe(email === known.email ? 6 : 0);
    }
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    expect(JSON.stringify(told)).not.toContain(known.email);
  });

  it('is not guessed: after five answers only another code helps', async () => {
    const { email } = await confirmed();
    await askReset(email);
    const code = pool.codesOf(email).at(-1) ?? '';
    const answers = await Promise.all(Array.from({ length: 30 }, () => reset(email, wrong(code))));
    expect(answers.filter(({ body }) => body.code === 'confirmation_code_wrong')).toHaveLength(5);
    expect(await reset(email, code)).toMatchObject(refused('otp_attempts_exceeded', 429));
    await askReset(email);
    expect(await reset(email, pool.codesOf(email).at(-1) ?? '')).toMatchObject({ status: 200 });
  });

  it('is not reset by a code that is an hour old', async () => {
    const { email } = await confirmed();
    await askReset(email);
    const code = pool.codesOf(email).at(-1) ?? '';
    at(60, 1);
    expect(await reset(email, code)).toMatchObject(refused('confirmation_code_wrong', 400));
  });

  it.each(['pendek1A', 'semuakecil2026', 'SEMUABESAR2026', 'TanpaAngkaSatu'])('cannot be %s', async (weak) => {
    const { email } = await confirmed();
    await askReset(email);
    const answer = await reset(email, pool.codesOf(email).at(-1) ?? '', weak);
    expect(['password_weak', 'request_invalid']).toContain(answer.body.code);
    await pool.accounts.signIn(email, password);
  });

  it('is counted once however an address is written', async () => {
    const { email } = fresh();
    for (let again = 0; again < 3; again += 1) {
      expect(await askReset(email.toLowerCase())).toMatchObject(sent);
      expect(await askReset(email.toUpperCase())).toMatchObject(sent);
    }
    expect(await askReset(email)).toMatchObject(refused('otp_resends_exceeded', 429));
  });
});

describe('what is kept of codes', () => {
  it('names nobody, holds no code, and ends', async () => {
    const { email, participantId } = await confirmed();
    await askReset(email);
    await resend(participantId);
    const { Items = [] } = await engine.table.client.send(new ScanCommand({ TableName: engine.table.name }));
    const text = JSON.stringify(Items);
    for (const secret of [email, participantId, ...pool.codesOf(email)]) expect(text).not.toContain(`"${secret}"`);
    const counted = Items.filter(({ sk }) => sk === 'CODES');
    expect(counted.length).toBeGreaterThan(1);
    const twoHoursLater = start.getTime() / 1_000 + 7_200;
    expect(counted.filter(({ expiresAt }) => expiresAt === twoHoursLater).length).toBeGreaterThan(1);
  });
});

const signUp = async ({ nik, email }: { nik: string; email: string }, wanted = password) => {
  const { admin } = pool;
  const handler = openAccount({ ...deps(), replacement: replacement({ table: engine.table, admin }), gate: openGate });
  return read(await handler(httpEvent({ body: { email, nik, password: wanted } }), lambdaContext));
};
const exists = refused('account_exists', 409);

describe('a sign-up', () => {
  it('sends one address six codes, whatever the NIK, and then after exactly two hours', async () => {
    const { email } = fresh();
    const written = [email, email.toUpperCase()];
    const attempt = (index: number) => signUp({ nik: fresh().nik, email: written[index % 2] ?? email });
    const answers = [];
    for (let index = 0; index < 12; index += 1) answers.push(await attempt(index));
    expect(answers.map(({ status }) => status)).toEqual([...Array(6).fill(201), ...Array(6).fill(429)]);
    expect(answers.at(-1)).toMatchObject(refused('otp_resends_exceeded', 429));
    at(120, -1);
    expect(await attempt(0)).toMatchObject(refused('otp_resends_exceeded', 429));
    at(120);
    expect(await attempt(0)).toMatchObject({ status: 201 });
    expect(written.flatMap((address) => pool.codesOf(address))).toHaveLength(7);
  });

  it('is locked alike whether or not there is an account for the address or the NIK', async () => {
    const known = await confirmed();
    const { email } = fresh();
    for (const target of [known, { ...known, email }, { nik: fresh().nik, email: `lain.${email}` }]) {
      for (let again = 0; again < 6; again += 1) await signUp(target);
      expect(await signUp(target)).toMatchObject(refused('otp_resends_exceeded', 429));
    }
  });

  it('is not counted where the password is weak', async () => {
    const citizen = fresh();
    for (let again = 0; again < 7; again += 1)
      expect(await signUp(citizen, 'semuakecil2026')).toMatchObject(refused('password_weak', 400));
    expect(await signUp(citizen)).toMatchObject({ status: 201 });
  });

  it('does not take over the file of somebody whose account is gone, until they are erased, and again once they are back', async () => {
    const citizen = await confirmed();
    const { participantId } = citizen;
    const kept = personKeys(engine.table);
    const Item = { pk: `P#${participantId}`, sk: 'E#000001' };
    await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item }));
    await kept.take(keys, participantId, { isBack: false, at: new Date() });
    await pool.admin.remove(participantId);
    const stranger = { ...citizen, email: 'pencuri@contoh.example' };
    const before = pool.asked.length;
    expect(await signUp(stranger)).toMatchObject(exists);
    expect(pool.asked).toHaveLength(before);
    at(1);
    await kept.destroy(participantId, new Date());
    expect(await signUp(citizen)).toMatchObject({ status: 201, body: { participantId } });
    await pool.admin.remove(participantId);
    await kept.take(keys, participantId, { isBack: true, at: new Date() });
    expect(await signUp(stranger)).toMatchObject(exists);
  });
});

describe('a sign-up where there is an account for the NIK', () => {
  const hours = (count: number) => count * 60;

  it('is answered again when it is repeated, and opens nothing', async () => {
    const citizen = fresh();
    const first = await signUp(citizen);
    expect(first).toMatchObject({ status: 201, body: { participantId: citizen.participantId } });
    expect(await signUp(citizen)).toEqual(first);
    expect(pool.codesOf(citizen.email)).toHaveLength(1);
    expect(await signUp(citizen, 'Lain-2026-Kuat')).toMatchObject(exists);
    expect(await signUp({ ...citizen, email: 'orang.lain@contoh.example' })).toMatchObject(exists);
  });

  it('takes its place after 48 hours without a confirmation, to the millisecond, and its code confirms nothing', async () => {
    const citizen = fresh();
    const holder = { ...citizen, email: `pemilik.${citizen.email}` };
    await signUp(citizen);
    at(hours(22.9));
    await resend(citizen.participantId);
    at(hours(23));
    await resend(citizen.participantId);
    expect(pool.codesOf(citizen.email)).toHaveLength(2);
    at(hours(48), -1);
    expect(await signUp(holder)).toMatchObject(exists);
    at(hours(48));
    expect(await signUp(holder)).toMatchObject({ status: 201, body: { participantId: citizen.participantId } });
    for (const code of pool.codesOf(citizen.email))
      await expectRefused(pool.accounts.confirm(citizen.participantId, code), 'confirmation_code_wrong');
    await pool.accounts.confirm(citizen.participantId, pool.codesOf(holder.email).at(-1) ?? '');
    await pool.accounts.signIn(holder.email, password);
  });

  it('never takes the place of a confirmed account, however old', async () => {
    const citizen = await confirmed();
    const before = pool.asked.length;
    for (const minutes of [0, hours(48), hours(24 * 365)]) {
      at(minutes);
      expect(await signUp({ ...citizen, email: 'penipu@contoh.example' })).toMatchObject(exists);
    }
    expect(pool.asked.slice(before)).not.toContain('AdminDeleteUser');
    await pool.accounts.signIn(citizen.email, password);
  });

  it('never takes the place of an account that is confirmed while the place is being made', async () => {
    const citizen = await signedUp();
    at(hours(48));
    // As if a code worked after all: the account is confirmed between the first look and the claim.
    const looks: boolean[] = [];
    const admin = {
      ...pool.admin,
      async standingOf(participantId: string) {
        const standing = await pool.admin.standingOf(participantId);
        looks.push(true);
        return standing && { ...standing, isConfirmed: looks.length > 1 };
      },
    };
    expect(await replacement({ table: engine.table, admin }).makePlace(citizen.participantId, new Date())).toBe(false);
    expect(looks).toHaveLength(2);
    expect(await pool.admin.standingOf(citizen.participantId)).not.toBeNull();
  });

  it('never takes the place of anybody who has registered', async () => {
    const citizen = await signedUp();
    at(hours(48));
    const Item = { pk: `P#${citizen.participantId}`, sk: 'E#000001' };
    await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item }));
    expect(await signUp({ ...citizen, email: 'penipu@contoh.example' })).toMatchObject(exists);
  });

  it('of twenty at once one takes the place, and nobody removes what it opened', async () => {
    const citizen = await signedUp();
    at(hours(48));
    const rivals = Array.from({ length: 20 }, (_, index) => ({ ...citizen, email: `${index}.${citizen.email}` }));
    const before = pool.asked.length;
    const answers = await Promise.all(rivals.map((rival) => signUp(rival)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect(pool.asked.slice(before).filter((operation) => operation === 'AdminDeleteUser')).toHaveLength(1);
    const [winner] = rivals.filter((_, index) => answers[index]?.status === 201);
    expect((await pool.admin.standingOf(citizen.participantId))?.email).toBe(winner?.email);
  });

  it('goes on after a process that died with the place in its hands', async () => {
    const citizen = await signedUp();
    at(hours(48));
    const dying = { ...pool.admin, remove: async () => Promise.reject(new Error('died')) };
    const died = replacement({ table: engine.table, admin: dying }).makePlace(citizen.participantId, new Date());
    await expect(died).rejects.toThrow('died');
    expect(await signUp({ ...citizen, email: 'lain@contoh.example' })).toMatchObject(exists);
    at(hours(48) + 1);
    expect(await signUp({ ...citizen, email: 'lain@contoh.example' })).toMatchObject({ status: 201 });
  });
});

describe('a session', () => {
  it('ends by its refresh token alone, and however often', async () => {
    const { email } = await confirmed();
    const [one, other] = [await pool.accounts.signIn(email, password), await pool.accounts.signIn(email, password)];
    await pool.accounts.end(one.refreshToken);
    await pool.accounts.end(one.refreshToken);
    await expectRefused(pool.accounts.renew(one.refreshToken), 'session_over');
    await pool.accounts.renew(other.refreshToken);
    await expectRefused(pool.accounts.renew('nonsense'), 'session_over');
  });

  it('ends with the others when its owner signs out everywhere, and after seven days by itself', async () => {
    const { email, participantId } = await confirmed();
    const [one, other] = [await pool.accounts.signIn(email, password), await pool.accounts.signIn(email, password)];
    await pool.admin.endSessions(participantId);
    for (const { refreshToken } of [one, other]) await expectRefused(pool.accounts.renew(refreshToken), 'session_over');
    const last = await pool.accounts.signIn(email, password);
    at(7 * 24 * 60);
    await expectRefused(pool.accounts.renew(last.refreshToken), 'session_over');
  });
});
