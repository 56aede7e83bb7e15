import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';
import { Unsupported } from '#infra/local/assembly.ts';
import type { LocalCloud } from '#infra/local/cloud.ts';
import { confirmAccount, signUp } from '#shared/registration/registration-api.ts';

/** Somebody with an account. */
export interface Person {
  readonly role: 'citizen' | 'operator';
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** A new session each time: a token lives an hour of the program's clock. */
  signIn(): Promise<string>;
}

/** Ids of the pool and the client of the assembly, found by type. */
export interface PoolIds {
  readonly poolId: string;
  readonly clientId: string;
}

const Opened = z.looseObject({ participantId: z.string() });

async function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

/** Opens accounts: a citizen through the program's own endpoints, an operator as an administrator of the pool would. */
export function people(
  cloud: LocalCloud,
  { poolId, clientId }: PoolIds,
  codeOf: (email: string) => string | undefined,
) {
  const cognito = new CognitoIdentityProviderClient({
    region: cloud.region,
    endpoint: cloud.endpoints.cognito,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

  function person(role: Person['role'], name: string, email: string, password: string): Person {
    const command = {
      ClientId: clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    } as const;
    return {
      role,
      name,
      email,
      password,
      async signIn() {
        const { AuthenticationResult } = await cognito.send(new InitiateAuthCommand(command));
        if (!AuthenticationResult?.AccessToken) throw new Unsupported(`${email} cannot sign in`);
        return AuthenticationResult.AccessToken;
      },
    };
  }

  return {
    /** A citizen who holds this NIK. Kept accounts stay as they are. */
    async citizen(name: string, email: string, password: string, nik: string): Promise<Person> {
      const opened = await post(`${cloud.apiUrl}${signUp.path}`, { email, password, nik });
      if (opened.status !== signUp.status && opened.status !== 409)
        throw new Unsupported(`Sign-up answers ${opened.status}: ${await opened.text()}`);
      if (opened.status === signUp.status) {
        const { participantId } = Opened.parse(await opened.json());
        const confirmed = await post(`${cloud.apiUrl}${confirmAccount.path}`, { participantId, code: codeOf(email) });
        if (!confirmed.ok) throw new Unsupported(`Confirmation answers ${confirmed.status}: ${await confirmed.text()}`);
      }
      return person('citizen', name, email, password);
    },

    async operator(name: string, email: string, password: string): Promise<Person> {
      const user = { UserPoolId: poolId, Username: name };
      const UserAttributes = [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ];
      try {
        await cognito.send(new AdminCreateUserCommand({ ...user, UserAttributes, MessageAction: 'SUPPRESS' }));
        await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }));
        await cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName: 'operators' }));
      } catch (error) {
        if (!(error instanceof UsernameExistsException)) throw error;
      }
      return person('operator', name, email, password);
    },
  };
}
