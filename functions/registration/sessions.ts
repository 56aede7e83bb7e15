import { setting } from '#shared/platform/environment.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { type AccountAdmin, accountAdmin } from '#shared/registration/account/account-admin.ts';
import { endAllSessions, endSession, renewSession } from '#shared/registration/account/account-api.ts';
import { type Accounts, accounts } from '#shared/registration/account/accounts.ts';

type Deps = {
  readonly accounts: Pick<Accounts, 'renew' | 'end'>;
  readonly admin: Pick<AccountAdmin, 'endSessions'>;
};

/** How a session goes on, and ends. */
export function sessions({ accounts, admin }: Deps) {
  const renewing = api(renewSession, ({ body: { refreshToken } }) => accounts.renew(refreshToken));
  const ending = api(endSession, async ({ body: { refreshToken } }) => {
    await accounts.end(refreshToken);
    return { ended: true };
  });
  const endingAll = api(endAllSessions, async ({ caller }) => {
    await admin.endSessions(caller.username);
    return { ended: true };
  });
  return apiGroup([
    [renewSession, renewing],
    [endSession, ending],
    [endAllSessions, endingAll],
  ]);
}

export const handler = sessions({
  accounts: accounts(setting('userPoolClientId')),
  admin: accountAdmin(setting('userPoolId')),
});
