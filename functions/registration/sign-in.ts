import { setting } from '#shared/platform/environment.ts';
import { api } from '#shared/platform/http.ts';
import { type Accounts, accounts } from '#shared/registration/account/accounts.ts';
import { signIn } from '#shared/registration/registration-api.ts';

/** POST /v1/sessions: signs in. */
export function startSession({ accounts }: { readonly accounts: Accounts }) {
  return api(signIn, ({ body: { email, password } }) => accounts.signIn(email, password));
}

export const handler = startSession({ accounts: accounts(setting('userPoolClientId')) });
