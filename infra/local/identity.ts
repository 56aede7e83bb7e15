import { CognitoError } from 'cognito-local/lib/errors.js';
import { USER_POOL_AWS_DEFAULTS } from 'cognito-local/lib/services/cognitoService.js';
import { z } from 'zod';
import type { Clock } from '#infra/local/clock.ts';
import { context, type PoolMessage, startCognito } from '#infra/local/cognito.ts';
import type { Declared, Physical } from '#infra/local/declared.ts';
import { arn, count, draw, flag, generatedName, ignored, properties, seededBytes } from '#infra/local/names.ts';
import { poolRules } from '#infra/local/pool-rules.ts';
import type { JsonAnswer } from '#infra/local/wire.ts';

const PasswordPolicy = z
  .strictObject({
    MinimumLength: count.default(8),
    RequireLowercase: flag.default(false),
    RequireUppercase: flag.default(false),
    RequireNumbers: flag.default(false),
    RequireSymbols: flag.default(false),
    PasswordHistorySize: ignored,
    TemporaryPasswordValidityDays: ignored,
  })
  .transform(({ MinimumLength, RequireLowercase, RequireUppercase, RequireNumbers, RequireSymbols }) => ({
    MinimumLength,
    RequireLowercase,
    RequireUppercase,
    RequireNumbers,
    RequireSymbols,
  }));

/** Recovery, tags and advanced security change nothing here. Triggers, second factors and domains would, and are refused. */
const PoolProperties = z.strictObject({
  UserPoolName: z.string().optional(),
  UsernameAttributes: z.array(z.string()).optional(),
  AliasAttributes: z.array(z.string()).optional(),
  AutoVerifiedAttributes: z.array(z.enum(['email', 'phone_number'])).optional(),
  MfaConfiguration: z.literal('OFF').optional(),
  Policies: z.strictObject({ PasswordPolicy: PasswordPolicy.optional(), SignInPolicy: ignored }).optional(),
  Schema: z.array(z.looseObject({ Name: z.string() })).default([]),
  AdminCreateUserConfig: ignored,
  AccountRecoverySetting: ignored,
  UsernameConfiguration: ignored,
  VerificationMessageTemplate: ignored,
  EmailVerificationMessage: z.string().optional(),
  EmailVerificationSubject: ignored,
  SmsVerificationMessage: ignored,
  EmailConfiguration: ignored,
  SmsConfiguration: ignored,
  UserAttributeUpdateSettings: ignored,
  UserPoolAddOns: ignored,
  UserPoolTags: ignored,
  UserPoolTier: ignored,
  DeletionProtection: ignored,
});

const Units = z.strictObject({
  AccessToken: z.string().default('hours'),
  IdToken: z.string().default('hours'),
  RefreshToken: z.string().default('days'),
});

const ClientProperties = z.strictObject({
  UserPoolId: z.string(),
  ClientName: z.string().optional(),
  GenerateSecret: z.literal(false).optional(),
  ExplicitAuthFlows: z.array(z.string()).optional(),
  AccessTokenValidity: count.default(1),
  IdTokenValidity: count.default(1),
  RefreshTokenValidity: count.default(30),
  TokenValidityUnits: Units.prefault({}),
  PreventUserExistenceErrors: ignored,
  EnableTokenRevocation: ignored,
  AllowedOAuthFlows: ignored,
  AllowedOAuthFlowsUserPoolClient: ignored,
  AllowedOAuthScopes: ignored,
  CallbackURLs: ignored,
  LogoutURLs: ignored,
  SupportedIdentityProviders: ignored,
  ReadAttributes: ignored,
  WriteAttributes: ignored,
});

const GroupProperties = z.strictObject({
  UserPoolId: z.string(),
  GroupName: z.string(),
  Description: ignored,
  Precedence: ignored,
  RoleArn: ignored,
});

const letters = 'abcdefghijklmnopqrstuvwxyz';

interface IdentityOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly seed: string;
  readonly dataDir: string | undefined;
  readonly onMessage: (message: PoolMessage) => Promise<void> | void;
}

/** User pools of the template. Their ids come from the seed, so that kept users find their pool again. */
export async function startIdentity({ region, clock, seed, dataDir, onMessage }: IdentityOptions) {
  const cognito = await startCognito({ region, now: clock.now, dataDir, onMessage });
  const { pools } = cognito;
  const operate = poolRules(cognito);
  const bytes = ({ stack, logicalId }: Declared) => seededBytes(seed, `${stack.name}/${logicalId}`);
  const dates = () => ({ CreationDate: clock.now(), LastModifiedDate: clock.now() });

  return {
    async createPool(declared: Declared): Promise<Physical> {
      const {
        UserPoolName,
        Schema,
        UsernameAttributes = [],
        AliasAttributes,
        AutoVerifiedAttributes,
        Policies,
        EmailVerificationMessage,
      } = properties(declared, PoolProperties);
      if (EmailVerificationMessage) cognito.useMail(EmailVerificationMessage);
      const Id = `${region}_${draw(bytes(declared), `${letters}${letters.toUpperCase()}0123456789`, 9)}`;
      const Arn = arn(declared, 'cognito-idp', `userpool/${Id}`);
      const standard = USER_POOL_AWS_DEFAULTS.SchemaAttributes ?? [];
      const custom = Schema.filter(({ Name }) => !standard.some((known) => known.Name === Name));
      const kept = (await pools.listUserPools(context)).some((pool) => pool.Id === Id);
      if (!kept)
        await pools.createUserPool(context, {
          Id,
          Arn,
          Name: UserPoolName ?? generatedName(declared, 128),
          UsernameAttributes,
          ...(AliasAttributes && { AliasAttributes }),
          ...(AutoVerifiedAttributes && { AutoVerifiedAttributes }),
          ...(Policies?.PasswordPolicy && { Policies: { PasswordPolicy: Policies.PasswordPolicy } }),
          SchemaAttributes: [
            ...standard,
            ...custom.map(({ Name }) => ({ Name: `custom:${Name}`, AttributeDataType: 'String', Mutable: true })),
          ],
          ...dates(),
        });
      const provider = `cognito-idp.${region}.amazonaws.com/${Id}`;
      return {
        ref: Id,
        attributes: { Arn, UserPoolId: Id, ProviderName: provider, ProviderURL: `https://${provider}` },
      };
    },

    async createClient(declared: Declared): Promise<Physical> {
      const {
        UserPoolId,
        ClientName = declared.logicalId,
        ExplicitAuthFlows,
        AccessTokenValidity,
        IdTokenValidity,
        RefreshTokenValidity,
        TokenValidityUnits,
      } = properties(declared, ClientProperties);
      const ClientId = draw(bytes(declared), `${letters}0123456789`, 26);
      const pool = await pools.getUserPool(context, UserPoolId);
      const validity = { AccessTokenValidity, IdTokenValidity, RefreshTokenValidity, TokenValidityUnits };
      await pool.saveAppClient(context, {
        ClientId,
        ClientName,
        UserPoolId,
        ...(ExplicitAuthFlows && { ExplicitAuthFlows }),
        ...validity,
        ...dates(),
      });
      return { ref: ClientId, attributes: { ClientId } };
    },

    async createGroup(declared: Declared): Promise<Physical> {
      const { UserPoolId, GroupName } = properties(declared, GroupProperties);
      const pool = await pools.getUserPool(context, UserPoolId);
      const kept = await pool.getGroupByGroupName(context, GroupName);
      if (!kept) await pool.saveGroup(context, { GroupName, members: [], ...dates() });
      return { ref: GroupName, attributes: {} };
    },

    /** One operation of the service, errors as the service words them. */
    async operate(operation: string, body: unknown): Promise<JsonAnswer> {
      try {
        return { status: 200, body: await operate(operation, body) };
      } catch (error) {
        if (error instanceof CognitoError) return { status: 400, body: { __type: error.code, message: error.message } };
        return { status: 400, body: { __type: 'UnknownOperationException', message: String(error) } };
      }
    },
    stop: cognito.stop,
  };
}
