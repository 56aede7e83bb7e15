import { setting } from '#shared/platform/environment.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type AccountAdmin, accountAdmin } from '#shared/registration/account/account-admin.ts';
import { type AccountCodes, accountCodes } from '#shared/registration/account/account-codes.ts';
import { type Accounts, accounts } from '#shared/registration/account/accounts.ts';
import { isStrongPassword } from '#shared/registration/account/password.ts';
import { type Replacement, replacement } from '#shared/registration/account/replacement.ts';
import { waitingRooms } from '#shared/registration/admission/admission-store.ts';
import { type Gate, gate } from '#shared/registration/admission/gate.ts';
import { isPlausibleNik } from '#shared/registration/nik.ts';
import { participantIdOf } from '#shared/registration/person.ts';
import { signUp } from '#shared/registration/registration-api.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly accounts: Pick<Accounts, 'signUp' | 'awaitsConfirmation'>;
  readonly admin: Pick<AccountAdmin, 'standingOf'>;
  readonly replacement: Replacement;
  readonly codes: Pick<AccountCodes, 'claimSend'>;
  readonly keys: () => Promise<Keys>;
  readonly gate: Gate;
};

const isTaken = (error: unknown): boolean => error instanceof Refusal && error.code === 'account_exists';

/**
 * POST /v1/accounts: opens an account. A second one for the same NIK is refused, unless nobody confirmed the first in time; so is
 * any where the NIK has a file of somebody who is not erased. Whoever repeats a sign-up, since its answer was lost, gets the answer.
 */
export function openAccount({ accounts, admin, replacement, codes, keys, gate }: Deps) {
  async function isRepeat(participantId: string, email: string, password: string): Promise<boolean> {
    const standing = await admin.standingOf(participantId);
    if (!standing || standing.isConfirmed || standing.email !== email) return false;
    return accounts.awaitsConfirmation(participantId, password);
  }

  return api(signUp, async ({ pass, now, body: { email, password, nik } }) => {
    if (!isPlausibleNik(nik)) throw new Refusal('nik_invalid');
    const current = await keys();
    const participantId = participantIdOf(current, nik);
    await gate.enter(pass, participantId, now);
    // Looked at first: what the pool would not take sends nothing and is not counted.
    if (!isStrongPassword(password)) throw new Refusal('password_weak');
    // Counted whether or not there is an account, however the address is written: whoever meets the lock learns nothing from it.
    await codes.claimSend(current.tag('account-codes', `sign-up#${email.toLowerCase()}`), now);
    // Whoever has a file keeps it, though the account is gone at Cognito: another one under the NIK would open the file.
    if (await replacement.isHeld(participantId)) throw new Refusal('account_exists');
    try {
      await accounts.signUp(participantId, email, password);
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (await replacement.makePlace(participantId, now)) await accounts.signUp(participantId, email, password);
      else if (!(await isRepeat(participantId, email, password))) throw error;
    }
    return { participantId, codeSentBy: 'email' };
  });
}

const table = programTable();
const admin = accountAdmin(setting('userPoolId'));
export const handler = openAccount({
  accounts: accounts(setting('userPoolClientId')),
  admin,
  replacement: replacement({ table, admin }),
  codes: accountCodes(table),
  keys: programKeys,
  gate: gate({ room: waitingRooms(table), keys: programKeys }),
});
