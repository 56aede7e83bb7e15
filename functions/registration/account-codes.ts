import { codeLimits } from '#shared/platform/code-sends.ts';
import { setting } from '#shared/platform/environment.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type AccountAdmin, accountAdmin } from '#shared/registration/account/account-admin.ts';
import { askPasswordReset, resendConfirmation, resetPassword } from '#shared/registration/account/account-api.ts';
import { type AccountCodes, accountCodes } from '#shared/registration/account/account-codes.ts';
import { type Accounts, accounts } from '#shared/registration/account/accounts.ts';
import { isStrongPassword } from '#shared/registration/account/password.ts';
import { mayResend } from '#shared/registration/account/replacement.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly accounts: Pick<Accounts, 'resend' | 'forgetPassword' | 'resetPassword'>;
  readonly admin: Pick<AccountAdmin, 'standingOf' | 'endSessions'>;
  readonly codes: AccountCodes;
  readonly keys: () => Promise<Keys>;
};

/** POST /v1/accounts/confirmation-codes. The sign-up sent the first one. */
function resend({ accounts, admin, codes, keys }: Deps) {
  return api(resendConfirmation, async ({ body: { participantId }, now }) => {
    const tag = (await keys()).tag('account-codes', `confirmation#${participantId}`);
    await codes.claimSend(tag, now, codeLimits.sends - 1);
    const standing = await admin.standingOf(participantId);
    if (standing && mayResend(standing, now)) await accounts.resend(participantId);
    return { codeSentBy: 'email' };
  });
}

/** However an address is written, it is counted once. */
const resetTag = (keys: Keys, email: string): string => keys.tag('account-codes', `reset#${email.toLowerCase()}`);

/** POST /v1/accounts/password-resets: counted whether or not there is such an account. */
function askReset({ accounts, codes, keys }: Deps) {
  return api(askPasswordReset, async ({ body: { email }, now }) => {
    await codes.claimSend(resetTag(await keys(), email), now);
    await accounts.forgetPassword(email);
    return { codeSentBy: 'email' };
  });
}

/** POST /v1/accounts/password-resets/confirmation: whoever has the old password, or a session by it, is out. */
function reset({ accounts, admin, codes, keys }: Deps) {
  return api(resetPassword, async ({ body: { email, code, password } }) => {
    // Looked at first: Cognito would tell a weak password only to who has an account.
    if (!isStrongPassword(password)) throw new Refusal('password_weak');
    await codes.claimAnswer(resetTag(await keys(), email));
    await accounts.resetPassword(email, code, password);
    await admin.endSessions(email);
    return { reset: true };
  });
}

/** Codes by e-mail, and what they are for. */
export function accountCodesApi(deps: Deps) {
  return apiGroup([
    [resendConfirmation, resend(deps)],
    [askPasswordReset, askReset(deps)],
    [resetPassword, reset(deps)],
  ]);
}

export const handler = accountCodesApi({
  accounts: accounts(setting('userPoolClientId')),
  admin: accountAdmin(setting('userPoolId')),
  codes: accountCodes(programTable()),
  keys: programKeys,
});
