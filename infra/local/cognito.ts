import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidParameterError } from 'cognito-local/lib/errors.js';
import { DefaultConfig } from 'cognito-local/lib/server/config.js';
import { Router } from 'cognito-local/lib/server/Router.js';
import { CognitoServiceImpl } from 'cognito-local/lib/services/cognitoService.js';
import type { Context } from 'cognito-local/lib/services/context.js';
import { MessageDeliveryService } from 'cognito-local/lib/services/messageDelivery/messageDelivery.js';
import { MessagesService } from 'cognito-local/lib/services/messages.js';
import { otp } from 'cognito-local/lib/services/otp.js';
import { JwtTokenGenerator } from 'cognito-local/lib/services/tokenGenerator.js';
import type { Triggers } from 'cognito-local/lib/services/triggers/triggers.js';
import { UserPoolServiceFactoryImpl } from 'cognito-local/lib/services/userPoolService.js';
import { poolStores } from '#infra/local/pool-store.ts';

/** A message of the pool to a person, such as a confirmation code. */
export interface PoolMessage {
  readonly channel: 'email' | 'sms';
  readonly to: string;
  readonly code: string | undefined;
  readonly text: string;
}

const quiet = () => {};
const logger: Context['logger'] = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger };
/** What the library wants with every call: here a logger that says nothing, since it would say passwords. */
export const context: Context = { logger };

const refuseTrigger = () => Promise.reject(new InvalidParameterError('The local cloud runs no triggers'));
const noTriggers: Triggers = {
  enabled: () => false,
  customMessage: refuseTrigger,
  customEmailSender: refuseTrigger,
  postAuthentication: refuseTrigger,
  postConfirmation: refuseTrigger,
  preSignUp: refuseTrigger,
  preTokenGeneration: refuseTrigger,
  userMigration: refuseTrigger,
};

/** A text of HTML as a reader sees it. */
const plain = (html: string) => html.replaceAll('<br>', '\n').replaceAll(/<[^>]*>/g, '');

interface CognitoOptions {
  readonly region: string;
  readonly now: () => Date;
  readonly dataDir: string | undefined;
  readonly onMessage: (message: PoolMessage) => Promise<void> | void;
}

export type Cognito = Awaited<ReturnType<typeof startCognito>>;

/** cognito-local in process: on our clock, in memory or in a folder, with tokens from the issuer the deployed pool would be. */
export async function startCognito({ region, now, dataDir, onMessage }: CognitoOptions) {
  const folder = dataDir ? join(dataDir, 'pools') : mkdtempSync(join(tmpdir(), 'pools-'));
  mkdirSync(folder, { recursive: true });
  const clock = { get: now };
  const { stores, save } = poolStores(dataDir && folder);
  const clients = await stores.create(context, 'clients', { Clients: {} });
  const factory = new UserPoolServiceFactoryImpl(clock, stores);
  const pools = new CognitoServiceImpl(folder, clients, { UsernameAttributes: [] }, factory);
  await pools.init(context);
  if (!dataDir) rmSync(folder, { recursive: true }); // Only looked at for kept pools.

  let mail = 'Kode verifikasi Anda: {####}';
  const tell = async (channel: PoolMessage['channel'], to: string, code: string | undefined): Promise<void> =>
    onMessage({ channel, to, code, text: code ? plain(mail).replaceAll('{####}', code) : 'Pesan akun Anda' });
  const delivery = new MessageDeliveryService({
    sendEmail: (_context, _user, to, { __code }) => tell('email', to, __code),
    sendSms: (_context, _user, to, { __code }) => tell('sms', to, __code),
  });
  const config = { ...DefaultConfig, TokenConfig: { IssuerDomain: `https://cognito-idp.${region}.amazonaws.com` } };
  const operations = Router({
    clock,
    config,
    otp,
    cognito: pools,
    triggers: noTriggers,
    messages: new MessagesService(noTriggers, delivery),
    tokenGenerator: new JwtTokenGenerator(clock, noTriggers, config.TokenConfig),
  });
  return {
    pools,
    now,
    tell,
    /** How the pool words a code, with `{####}` for its digits. */
    useMail: (text: string) => {
      mail = text;
    },
    newCode: otp,
    operate: (operation: string, body: unknown): Promise<unknown> => operations(operation)(context, body),
    stop: save,
  };
}
