import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { movableClock } from '#infra/local/clock.ts';
import type { PoolMessage } from '#infra/local/cognito.ts';
import type { Declared } from '#infra/local/declared.ts';
import { startIdentity } from '#infra/local/identity.ts';
import { jsonProtocol, listen } from '#infra/local/wire.ts';
import { accountAdmin } from '#shared/registration/account/account-admin.ts';
import { accounts } from '#shared/registration/account/accounts.ts';

const region = 'ap-southeast-3';

/** A user pool as the template declares it, in this process and on its clock. */
export async function startPool() {
  const messages: PoolMessage[] = [];
  /** Operations in the order in which the pool was asked. */
  const asked: string[] = [];
  const identity = await startIdentity({
    region,
    clock: movableClock(),
    seed: 'accounts',
    dataDir: undefined,
    onMessage: (message) => void messages.push(message),
  });
  const stack = { name: 'Test', region, template: { Resources: {} }, assets: new Map(), paths: new Map() };
  const declared = (logicalId: string, properties: object) =>
    ({ stack, logicalId, type: '', properties: { ...properties } }) as unknown as Declared;
  const { ref: poolId } = await identity.createPool(
    declared('Pool', {
      AliasAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      EmailVerificationMessage: 'Kode / code: <b>{####}</b><br>Jangan dibagikan.',
      Policies: {
        PasswordPolicy: { MinimumLength: 10, RequireLowercase: true, RequireUppercase: true, RequireNumbers: true },
      },
    }),
  );
  const { ref: clientId } = await identity.createClient(
    declared('Client', {
      UserPoolId: poolId,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      RefreshTokenValidity: 7,
    }),
  );
  const server = await listen(
    jsonProtocol((operation, body) => {
      asked.push(operation);
      return identity.operate(operation, body);
    }),
  );
  const client = new CognitoIdentityProviderClient({
    endpoint: server.url,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return {
    asked,
    messages,
    accounts: accounts(clientId, client),
    admin: accountAdmin(poolId, client),
    /** Codes sent to an address, oldest first. */
    codesOf: (email: string): string[] => messages.flatMap(({ to, code }) => (to === email && code ? [code] : [])),
    async stop(): Promise<void> {
      client.destroy();
      await server.stop();
      await identity.stop();
    },
  };
}
export type Pool = Awaited<ReturnType<typeof startPool>>;
