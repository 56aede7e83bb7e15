import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import { accountCodeEndpoints, sessionEndpoints } from '#shared/registration/account/account-api.ts';
import { phoneEndpoints } from '#shared/registration/account/phone-api.ts';
import { confirmAccount, signIn, signUp } from '#shared/registration/registration-api.ts';

/** A citizen's account: its e-mail address, password and sessions in Cognito, its phone number in the journal. */
export class Account extends Construct {
  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, accounts, keys } = service;

    new ApiFunction(this, 'SignUp', service, {
      endpoint: signUp,
      entry: 'registration/sign-up',
      needs: [accounts.signIn, accounts.lookUp, accounts.remove, table.append, table.pointer, keys],
    });
    new ApiFunction(this, 'ConfirmAccount', service, {
      endpoint: confirmAccount,
      entry: 'registration/confirm-account',
      needs: [accounts.signIn],
    });
    new ApiFunction(this, 'AccountCodes', service, {
      endpoint: accountCodeEndpoints,
      entry: 'registration/account-codes',
      needs: [accounts.signIn, accounts.lookUp, accounts.endSessions, table.append, table.pointer, keys],
    });
    new ApiFunction(this, 'SignIn', service, {
      endpoint: signIn,
      entry: 'registration/sign-in',
      needs: [accounts.signIn],
    });
    new ApiFunction(this, 'Sessions', service, {
      endpoint: sessionEndpoints,
      entry: 'registration/sessions',
      needs: [accounts.signIn, accounts.endSessions],
    });
    new ApiFunction(this, 'Phone', service, {
      endpoint: phoneEndpoints,
      entry: 'registration/phone',
      needs: [table.append, keys],
    });
  }
}
