import { ok } from 'node:assert/strict';
import {
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { clientDefaults } from '#shared/platform/client-defaults.ts';

/** What is known of an account without its password. */
export type Standing = { readonly isConfirmed: boolean; readonly openedAt: Date; readonly email: string };

/** What may be done with an account without its owner's password: each call needs a permission of its own. */
export function accountAdmin(userPoolId: string, client = new CognitoIdentityProviderClient(clientDefaults)) {
  return {
    /** How an account stands; null where there is none. */
    async standingOf(participantId: string): Promise<Standing | null> {
      try {
        const user = await client.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: participantId }));
        ok(user.UserCreateDate, 'An account has an age');
        // Whatever is not plainly unconfirmed is somebody's.
        const isConfirmed = user.UserStatus !== 'UNCONFIRMED';
        const email = user.UserAttributes?.find(({ Name }) => Name === 'email')?.Value ?? '';
        return { isConfirmed, openedAt: user.UserCreateDate, email };
      } catch (error) {
        if (error instanceof UserNotFoundException) return null;
        throw error;
      }
    },

    /** Removes an account; nothing where there is none. */
    async remove(participantId: string): Promise<void> {
      try {
        await client.send(new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: participantId }));
      } catch (error) {
        if (!(error instanceof UserNotFoundException)) throw error;
      }
    },

    /** Ends every session of an account, by its user name or its address: no refresh token works any more. */
    async endSessions(name: string): Promise<void> {
      await client.send(new AdminUserGlobalSignOutCommand({ UserPoolId: userPoolId, Username: name }));
    },
  };
}
export type AccountAdmin = ReturnType<typeof accountAdmin>;
