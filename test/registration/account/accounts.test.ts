import '#test/platform/environment.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import { accounts } from '#shared/registration/account/accounts.ts';
import { expectRefused } from '#test/platform/refused.ts';

/** Answers as Cognito does on the wire: the next one as told, and what it was asked. */
let next: { status: number; body: object } = { status: 200, body: {} };
const asked: { operation: string; body: unknown }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    asked.push({
      operation: String(request.headers['x-amz-target']),
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    response.writeHead(next.status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(next.body));
  });
});
let client: CognitoIdentityProviderClient;
const Address = z.object({ port: z.number() });
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port }: Pick<AddressInfo, 'port'> = Address.parse(server.address());
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new CognitoIdentityProviderClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'ap-southeast-3',
    credentials,
    maxAttempts: 1,
  });
});
afterAll(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const answer = (body: object) => {
  next = { status: 200, body };
};
const fail = (__type: string, status = 400) => {
  next = { status, body: { __type, message: 'in their words' } };
};

describe('an account', () => {
  it('is opened under the participant id, with nothing but the address', async () => {
    answer({ UserConfirmed: false, UserSub: 's' });
    await accounts('client', client).signUp('p'.repeat(64), 'a@b.id', 'Rahasia-1234');
    expect(asked.at(-1)).toEqual({
      operation: 'AWSCognitoIdentityProviderService.SignUp',
      body: {
        ClientId: 'client',
        Username: 'p'.repeat(64),
        Password: 'Rahasia-1234',
        UserAttributes: [{ Name: 'email', Value: 'a@b.id' }],
      },
    });
  });

  it.each<[string, RefusalCode]>([
    ['UsernameExistsException', 'account_exists'],
    ['InvalidPasswordException', 'password_weak'],
    ['LimitExceededException', 'attempts_exceeded'],
    ['TooManyRequestsException', 'attempts_exceeded'],
  ])('is not opened where Cognito says %s', async (type, code) => {
    fail(type);
    await expectRefused(accounts('client', client).signUp('p', 'a@b.id', 'x'), code);
  });

  it.each<[string, RefusalCode]>([
    ['CodeMismatchException', 'confirmation_code_wrong'],
    ['ExpiredCodeException', 'confirmation_code_wrong'],
    ['TooManyFailedAttemptsException', 'attempts_exceeded'],
  ])('is not confirmed where Cognito says %s', async (type, code) => {
    fail(type);
    await expectRefused(accounts('client', client).confirm('p', '123456'), code);
  });

  it('says the same of a wrong address and a wrong password: nobody learns who has an account', async () => {
    for (const type of ['UserNotFoundException', 'NotAuthorizedException']) {
      fail(type);
      await expectRefused(accounts('client', client).signIn('a@b.id', 'x'), 'credentials_wrong');
    }
    fail('UserNotConfirmedException');
    await expectRefused(accounts('client', client).signIn('a@b.id', 'x'), 'account_unconfirmed');
  });

  it.each([
    'UserNotFoundException',
    'InvalidParameterException',
    'NotAuthorizedException',
    'LimitExceededException',
    'TooManyFailedAttemptsException',
  ])('gets no code where Cognito says %s, and nobody is told', async (type) => {
    fail(type);
    await expect(accounts('client', client).resend('p')).resolves.toBeUndefined();
    await expect(accounts('client', client).forgetPassword('a@b.id')).resolves.toBeUndefined();
    expect(asked.slice(-2).map(({ operation }) => operation.split('.')[1])).toEqual([
      'ResendConfirmationCode',
      'ForgotPassword',
    ]);
  });

  it('gets no code while Cognito is overrun or out of order, and that is told', async () => {
    fail('TooManyRequestsException');
    await expectRefused(accounts('client', client).resend('p'), 'attempts_exceeded');
    fail('InternalErrorException', 500);
    await expect(accounts('client', client).forgetPassword('a@b.id')).rejects.toMatchObject({
      name: 'InternalErrorException',
    });
  });

  it.each([
    'CodeMismatchException',
    'ExpiredCodeException',
    'UserNotFoundException',
    'NotAuthorizedException',
    'InvalidParameterException',
    'UserNotConfirmedException',
    'LimitExceededException',
    'TooManyFailedAttemptsException',
  ])('tells whoever resets a password the same where Cognito says %s', async (type) => {
    fail(type);
    await expectRefused(accounts('client', client).resetPassword('a@b.id', '123456', 'x'), 'confirmation_code_wrong');
  });

  it('is confirmed or not, by what Cognito says of its password', async () => {
    for (const [type, awaits] of [
      ['UserNotConfirmedException', true],
      ['NotAuthorizedException', false],
    ] as const) {
      fail(type);
      expect(await accounts('client', client).awaitsConfirmation('p', 'x')).toBe(awaits);
    }
    answer({ AuthenticationResult: { AccessToken: 'a' } });
    expect(await accounts('client', client).awaitsConfirmation('p', 'x')).toBe(false);
  });

  it('gives its tokens to who signs in', async () => {
    answer({ AuthenticationResult: { AccessToken: 'a', RefreshToken: 'r', ExpiresIn: 900 } });
    expect(await accounts('client', client).signIn('a@b.id', 'x')).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      expiresInSeconds: 900,
    });
  });

  it('passes on what nobody expected, and what is no session', async () => {
    fail('InternalErrorException', 500);
    await expect(accounts('client', client).signIn('a@b.id', 'x')).rejects.toMatchObject({
      name: 'InternalErrorException',
    });
    answer({ ChallengeName: 'NEW_PASSWORD_REQUIRED' });
    await expect(accounts('client', client).signIn('a@b.id', 'x')).rejects.toThrow('A session has its tokens');
  });
});
