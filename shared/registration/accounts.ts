import { ok } from 'node:assert/strict';
import {
  AliasExistsException,
  CodeMismatchException,
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  ExpiredCodeException,
  InitiateAuthCommand,
  InvalidPasswordException,
  LimitExceededException,
  NotAuthorizedException,
  SignUpCommand,
  TooManyFailedAttemptsException,
  TooManyRequestsException,
  UserNotConfirmedException,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { clientDefaults } from '#shared/platform/client-defaults.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';

type Meanings = readonly (readonly [new (...parameters: never[]) => Error, RefusalCode])[];

/** What Cognito's answers mean to a citizen. Wrong address and wrong password look alike: nobody learns who has an account. */
const meanings: Meanings = [
  [UsernameExistsException, 'account_exists'],
  [InvalidPasswordException, 'password_weak'],
  [CodeMismatchException, 'confirmation_code_wrong'],
  [ExpiredCodeException, 'confirmation_code_wrong'],
  [UserNotConfirmedException, 'account_unconfirmed'],
  [UserNotFoundException, 'credentials_wrong'],
  [NotAuthorizedException, 'credentials_wrong'],
  [LimitExceededException, 'attempts_exceeded'],
  [TooManyFailedAttemptsException, 'attempts_exceeded'],
  [TooManyRequestsException, 'attempts_exceeded'],
];

/** The same while an account is being confirmed, when another account can already hold the address. */
const confirming: Meanings = [
  [AliasExistsException, 'account_exists'],
  [UserNotFoundException, 'confirmation_code_wrong'],
  ...meanings,
];

async function translated<Output>(call: Promise<Output>, meanings: Meanings): Promise<Output> {
  try {
    return await call;
  } catch (error) {
    const meaning = meanings.find(([kind]) => error instanceof kind);
    throw meaning ? new Refusal(meaning[1]) : error;
  }
}

/** Cognito is not authorized to confirm what is confirmed. */
function unlessConfirmed(error: unknown): void {
  if (!(error instanceof NotAuthorizedException)) throw error;
}

/** The citizens' accounts, kept by a Cognito user pool. The user name is the participant id: one NIK has one account. */
export function accounts(clientId: string, client = new CognitoIdentityProviderClient(clientDefaults)) {
  return {
    async signUp(participantId: string, email: string, password: string): Promise<void> {
      const UserAttributes = [{ Name: 'email', Value: email }];
      const command = { ClientId: clientId, Username: participantId, Password: password, UserAttributes };
      await translated(client.send(new SignUpCommand(command)), meanings);
    },

    /** A repeat changes nothing: of a confirmed account no code is looked at any more. */
    async confirm(participantId: string, code: string): Promise<void> {
      const command = { ClientId: clientId, Username: participantId, ConfirmationCode: code };
      const confirmed = client.send(new ConfirmSignUpCommand(command)).catch(unlessConfirmed);
      await translated(confirmed, confirming);
    },

    async signIn(email: string, password: string) {
      const AuthParameters = { USERNAME: email, PASSWORD: password };
      const command = { ClientId: clientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters } as const;
      const { AuthenticationResult: tokens } = await translated(
        client.send(new InitiateAuthCommand(command)),
        meanings,
      );
      ok(tokens?.AccessToken && tokens.RefreshToken, 'A session has its tokens');
      return {
        accessToken: tokens.AccessToken,
        refreshToken: tokens.RefreshToken,
        expiresInSeconds: tokens.ExpiresIn ?? 3_600,
      };
    },
  };
}
export type Accounts = ReturnType<typeof accounts>;
