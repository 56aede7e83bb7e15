import { setting } from '#shared/platform/environment.ts';
import { api } from '#shared/platform/http.ts';
import { type Accounts, accounts } from '#shared/registration/account/accounts.ts';
import { confirmAccount } from '#shared/registration/registration-api.ts';

/** POST /v1/accounts/confirmation: confirms the e-mail address. */
export function confirmEmail({ accounts }: { readonly accounts: Accounts }) {
  return api(confirmAccount, async ({ body: { participantId, code } }) => {
    await accounts.confirm(participantId, code);
    return { confirmed: true };
  });
}

export const handler = confirmEmail({ accounts: accounts(setting('userPoolClientId')) });
