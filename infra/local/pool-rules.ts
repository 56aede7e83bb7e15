import {
  CognitoError,
  ExpiredCodeError,
  InvalidParameterError,
  InvalidPasswordError,
  NotAuthorizedError,
  UserNotFoundError,
} from 'cognito-local/lib/errors.js';
import {
  attributesAppend,
  attributesIncludeMatch,
  attributeValue,
  type User,
  type UserPoolService,
} from 'cognito-local/lib/services/userPoolService.js';
import { z } from 'zod';
import { type Cognito, context } from '#infra/local/cognito.ts';

const AuthParameters = z.looseObject({ USERNAME: z.string().optional(), REFRESH_TOKEN: z.string().optional() });
const Request = z.looseObject({
  ClientId: z.string().default(''),
  Username: z.string().default(''),
  Password: z.string().default(''),
  UserPoolId: z.string().optional(),
  AuthFlow: z.string().optional(),
  AuthParameters: AuthParameters.optional(),
});
type Request = z.infer<typeof Request>;

const Tokens = z.looseObject({ AuthenticationResult: z.looseObject({ AccessToken: z.string() }).optional() });
const Times = z.object({ exp: z.number(), iat: z.number() });

/** What a token says, or nothing where it is none. */
function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}

function checkPassword({ options }: UserPoolService, password: string): void {
  const {
    MinimumLength = 8,
    RequireLowercase,
    RequireUppercase,
    RequireNumbers,
    RequireSymbols,
  } = options.Policies?.PasswordPolicy ?? {};
  const complete =
    password.length >= MinimumLength &&
    (!RequireLowercase || /[a-z]/.test(password)) &&
    (!RequireUppercase || /[A-Z]/.test(password)) &&
    (!RequireNumbers || /[0-9]/.test(password)) &&
    (!RequireSymbols || /[^A-Za-z0-9]/.test(password));
  if (!complete) throw new CognitoError('InvalidPasswordException', 'Password did not conform with policy');
}

const hours = 3_600_000;
/** How long a code of the service works, from its sending. */
const codeLives = { confirmation: 24 * hours, reset: hours } as const;

/**
 * What the service does and the library does not: aliases, password policy, flows, verified addresses, lifetimes, sending codes again,
 * resets by a verified address alone, the end of sessions.
 */
export function poolRules({ pools, now, tell, newCode, operate }: Cognito) {
  /** The user who signs in by this name: by user name, else by a verified alias. */
  async function byAlias(pool: UserPoolService, name: string): Promise<User | undefined> {
    const aliases = pool.options.AliasAttributes ?? [];
    const users = aliases.length > 0 ? await pool.listUsers(context) : [];
    return users.find(({ Attributes }) =>
      aliases.some(
        (alias) =>
          attributesIncludeMatch(alias, name, Attributes) &&
          attributesIncludeMatch(`${alias}_verified`, 'true', Attributes),
      ),
    );
  }

  async function known(pool: UserPoolService, name: string): Promise<User> {
    const user = (await pool.getUserByUsername(context, name)) ?? (await byAlias(pool, name));
    if (!user) throw new UserNotFoundError();
    return user;
  }

  const toVerify = ({ options }: UserPoolService, { Attributes }: User) =>
    (options.AutoVerifiedAttributes ?? []).flatMap((name) => {
      const value = attributeValue(name, Attributes);
      return value ? [{ name, value }] : [];
    });

  /** The library keeps one code of a user, and with it when the user was last changed. */
  function checkAge({ UserLastModifiedDate }: User, life: number): void {
    if (now().getTime() - new Date(UserLastModifiedDate).getTime() > life) throw new ExpiredCodeError();
  }

  async function confirm(pool: UserPoolService, request: Request): Promise<unknown> {
    const user = await known(pool, request.Username);
    if (user.UserStatus === 'CONFIRMED')
      throw new NotAuthorizedError('User cannot be confirmed. Current status is CONFIRMED');
    checkAge(user, codeLives.confirmation);
    const addresses = toVerify(pool, user);
    for (const { value } of addresses)
      if (await byAlias(pool, value))
        throw new CognitoError('AliasExistsException', 'An account with the given alias already exists.');
    const answer = await operate('ConfirmSignUp', request);
    const confirmed = await known(pool, request.Username);
    const marks = addresses.map(({ name }) => ({ Name: `${name}_verified`, Value: 'true' }));
    await pool.saveUser(context, { ...confirmed, Attributes: attributesAppend(confirmed.Attributes, ...marks) });
    return answer;
  }

  async function resend(pool: UserPoolService, { Username }: Request): Promise<unknown> {
    const user = await known(pool, Username);
    if (user.UserStatus === 'CONFIRMED') throw new InvalidParameterError('User is already confirmed.');
    const [address] = toVerify(pool, user);
    if (!address) throw new InvalidParameterError('Cannot resend codes. Auto verification not turned on.');
    const code = newCode();
    await pool.saveUser(context, { ...user, ConfirmationCode: code, UserLastModifiedDate: now() });
    const channel = address.name === 'email' ? 'email' : 'sms';
    await tell(channel, address.value, code);
    return {
      CodeDeliveryDetails: {
        AttributeName: address.name,
        DeliveryMedium: channel.toUpperCase(),
        Destination: address.value,
      },
    };
  }

  /** A code goes to a verified address only: otherwise whoever typed an address could take the account. */
  async function forget(pool: UserPoolService, request: Request): Promise<unknown> {
    const user = await known(pool, request.Username);
    if (!attributesIncludeMatch('email_verified', 'true', user.Attributes))
      throw new InvalidParameterError('Cannot reset password for the user as there is no registered/verified email');
    return operate('ForgotPassword', { ...request, Username: user.Username });
  }

  async function reset(pool: UserPoolService, request: Request): Promise<unknown> {
    const user = await known(pool, request.Username);
    // The code of an unconfirmed user confirms an address, and resets nothing.
    if (user.UserStatus === 'UNCONFIRMED' || !user.ConfirmationCode) throw new ExpiredCodeError();
    checkAge(user, codeLives.reset);
    checkPassword(pool, request.Password);
    return operate('ConfirmForgotPassword', { ...request, Username: user.Username });
  }

  async function signOutEverywhere(poolId: string, { Username }: Request): Promise<unknown> {
    const pool = await pools.getUserPool(context, poolId);
    await pool.saveUser(context, { ...(await known(pool, Username)), RefreshTokens: [] });
    return {};
  }

  /** The library keeps refresh tokens for ever. */
  function checkRefresh(token: string): void {
    const { success, data } = Times.safeParse(claimsOf(token));
    if (!success || data.exp * 1_000 <= now().getTime()) throw new NotAuthorizedError('Refresh Token has expired');
  }

  async function signIn(pool: UserPoolService, operation: string, request: Request): Promise<unknown> {
    const flow = request.AuthFlow ?? '';
    const allowed = (await pools.getAppClient(context, request.ClientId))?.ExplicitAuthFlows;
    if (allowed && !flow.startsWith('REFRESH_TOKEN') && !allowed.includes(`ALLOW_${flow}`))
      throw new InvalidParameterError(`${flow} flow not enabled for this client`);
    if (flow.startsWith('REFRESH_TOKEN')) checkRefresh(request.AuthParameters?.REFRESH_TOKEN ?? '');
    const named = request.AuthParameters?.USERNAME;
    const user = named ? await known(pool, named).catch(() => undefined) : undefined;
    const parameters = { ...request.AuthParameters, ...(user && { USERNAME: user.Username }) };
    const answer = await operate(operation, { ...request, AuthParameters: parameters }).catch((error: unknown) => {
      const wrong = error instanceof InvalidPasswordError || error instanceof UserNotFoundError;
      throw wrong ? new NotAuthorizedError('Incorrect username or password.') : error;
    });
    const { AuthenticationResult: tokens, ...rest } = Tokens.parse(answer);
    if (!tokens) return answer;
    const { exp, iat } = Times.parse(claimsOf(tokens.AccessToken));
    return { ...rest, AuthenticationResult: { ...tokens, ExpiresIn: exp - iat, TokenType: 'Bearer' } };
  }

  return async (operation: string, body: unknown): Promise<unknown> => {
    const request = Request.parse(body);
    if (operation === 'AdminUserGlobalSignOut') return signOutEverywhere(request.UserPoolId ?? '', request);
    if (!request.ClientId) return operate(operation, body);
    const pool = await pools.getUserPoolForClientId(context, request.ClientId);
    if (operation === 'SignUp') checkPassword(pool, request.Password);
    if (operation === 'ConfirmSignUp') return confirm(pool, request);
    if (operation === 'ResendConfirmationCode') return resend(pool, request);
    if (operation === 'ForgotPassword') return forget(pool, request);
    if (operation === 'ConfirmForgotPassword') return reset(pool, request);
    if (operation === 'InitiateAuth' || operation === 'AdminInitiateAuth') return signIn(pool, operation, request);
    return operate(operation, body);
  };
}
