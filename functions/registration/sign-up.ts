import { setting } from '#shared/platform/environment.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type Accounts, accounts } from '#shared/registration/accounts.ts';
import { waitingRooms } from '#shared/registration/admission/admission-store.ts';
import { type Gate, gate } from '#shared/registration/admission/gate.ts';
import { isPlausibleNik } from '#shared/registration/nik.ts';
import { participantIdOf } from '#shared/registration/person.ts';
import { signUp } from '#shared/registration/registration-api.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly accounts: Accounts; readonly keys: () => Promise<Keys>; readonly gate: Gate };

/** POST /v1/accounts: opens an account. A second one for the same NIK is refused. */
export function openAccount({ accounts, keys, gate }: Deps) {
  return api(signUp, async ({ pass, now, body: { email, password, nik } }) => {
    if (!isPlausibleNik(nik)) throw new Refusal('nik_invalid');
    const participantId = participantIdOf(await keys(), nik);
    await gate.enter(pass, participantId, now);
    await accounts.signUp(participantId, email, password);
    return { participantId, codeSentBy: 'email' };
  });
}

export const handler = openAccount({
  accounts: accounts(setting('userPoolClientId')),
  keys: programKeys,
  gate: gate({ room: waitingRooms(programTable()), keys: programKeys }),
});
