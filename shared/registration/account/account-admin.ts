import {
  AdminDeleteUserCommand,
  CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { clientDefaults } from '#shared/platform/client-defaults.ts';

/** What the program does with accounts without their owners. */
export function accountAdmin(userPoolId: string, client = new CognitoIdentityProviderClient(clientDefaults)) {
  return {
    /** Removes an account; nothing where there is none. */
    async remove(participantId: string): Promise<void> {
      try {
        await client.send(new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: participantId }));
      } catch (error) {
        if (!(error instanceof UserNotFoundException)) throw error;
      }
    },
  };
}
export type AccountAdmin = ReturnType<typeof accountAdmin>;
