import { ok } from 'node:assert/strict';
import {
  AliasExistsException,
  CodeMismatchException,
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ExpiredCodeException,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  InvalidParameterException,
  InvalidPasswordException,
  LimitExceededException,
  NotAuthorizedException,
  ResendConfirmationCodeCommand,
  RevokeTokenCommand,
  SignUpCommand,
  TooManyFailedAttemptsException,
  TooManyRequestsException,
  UserNotConfirmedException,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { clientDefaults } from '#shared/platform/client-defaults.ts';
import { logger } from '#shared/platform/observe.ts';
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

/** While a password is reset: whoever has no account is told what whoever types a wrong code is told. */
const resetting: Meanings = [
  [UserNotFoundException, 'confirmation_code_wrong'],
  [NotAuthorizedException, 'confirmation_code_wrong'],
  [InvalidParameterException, 'confirmation_code_wrong'],
  [UserNotConfirmedException, 'confirmation_code_wrong'],
  // Cognito's own limits are of accounts that there are: ours, which come before them, are of any address.
  [LimitExceededException, 'confirmation_code_wrong'],
  [TooManyFailedAttemptsException, 'confirmation_code_wrong'],
  ...meanings,
];

const renewing: Meanings = [
  [NotAuthorizedException, 'session_over'],
  [UserNotFoundException, 'session_over'],
  ...meanings,
];

/** Why Cognito sends no code: there is no such account, it needs none, or it has had enough. Whoever asked is not told. */
const unsendable = [
  UserNotFoundException,
  InvalidParameterException,
  NotAuthorizedException,
  UserNotConfirmedException,
  LimitExceededException,
  TooManyFailedAttemptsException,
];

/** Has a code sent where one can be sent. The class of an error is logged; it names nobody. */
async function sentIfPossible(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const kind = unsendable.find((one) => error instanceof one);
    if (!kind) return translated(Promise.reject(error), meanings);
    logger.info('account.code_unsent', { reason: kind.name });
  }
}

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

    /** Has the code to confirm an address sent again. */
    async resend(participantId: string): Promise<void> {
      await sentIfPossible(
        client.send(new ResendConfirmationCodeCommand({ ClientId: clientId, Username: participantId })),
      );
    },

    /** Has a code to reset the password sent to a confirmed address; to any other, nothing, and nobody is told. */
    async forgetPassword(email: string): Promise<void> {
      await sentIfPossible(client.send(new ForgotPasswordCommand({ ClientId: clientId, Username: email })));
    },

    /** Sets another password by the code that was sent. The password follows the rules: it is checked before. */
    async resetPassword(email: string, code: string, password: string): Promise<void> {
      const command = { ClientId: clientId, Username: email, ConfirmationCode: code, Password: password };
      await translated(client.send(new ConfirmForgotPasswordCommand(command)), resetting);
    },

    /** Whether this is the password of an account that is not confirmed yet: only then does Cognito say so. */
    async awaitsConfirmation(participantId: string, password: string): Promise<boolean> {
      const AuthParameters = { USERNAME: participantId, PASSWORD: password };
      const command = { ClientId: clientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters } as const;
      try {
        await client.send(new InitiateAuthCommand(command));
        return false;
      } catch (error) {
        if (error instanceof UserNotConfirmedException) return true;
        if (error instanceof NotAuthorizedException) return false;
        return translated(Promise.reject(error), meanings);
      }
    },

    /** Another access token. The refresh token stays, and ends when it would have ended. */
    async renew(refreshToken: string) {
      const AuthParameters = { REFRESH_TOKEN: refreshToken };
      const command = { ClientId: clientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters } as const;
      const { AuthenticationResult: tokens } = await translated(
        client.send(new InitiateAuthCommand(command)),
        renewing,
      );
      ok(tokens?.AccessToken, 'A session has its token');
      return { accessToken: tokens.AccessToken, expiresInSeconds: tokens.ExpiresIn ?? 3_600 };
    },

    /** Ends one session. What is no session, or no more one, has ended. */
    async end(refreshToken: string): Promise<void> {
      try {
        await client.send(new RevokeTokenCommand({ ClientId: clientId, Token: refreshToken }));
      } catch (error) {
        const isOver = error instanceof NotAuthorizedException || error instanceof InvalidParameterException;
        if (!isOver) await translated(Promise.reject(error), meanings);
      }
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
