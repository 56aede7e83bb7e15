import type { Clock } from '#infra/local/clock.ts';
import type { PoolMessage } from '#infra/local/cognito.ts';
import { otherEngine, startEngine } from '#infra/local/engine.ts';
import { startIdentity } from '#infra/local/identity.ts';
import { startMeter } from '#infra/local/meter.ts';
import { secretStore } from '#infra/local/secrets.ts';
import { startStorage } from '#infra/local/storage.ts';
import { jsonProtocol, listen } from '#infra/local/wire.ts';

interface ServicesOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly seed: string;
  readonly dataDir?: string | undefined;
  readonly dynamoEndpoint?: string | undefined;
  readonly meter?: boolean | undefined;
  readonly onMessage: (message: PoolMessage) => Promise<void> | void;
  /** What ends each service, in the order they started: complete also when a later one fails to start. */
  readonly endings: (() => Promise<void> | void)[];
}

/** Starts the engines behind the services of AWS that functions call, and says how an SDK client finds them. */
export async function startServices({
  region,
  clock,
  seed,
  dataDir,
  dynamoEndpoint,
  meter: metered,
  onMessage,
  endings,
}: ServicesOptions) {
  const engine = dynamoEndpoint ? otherEngine(dynamoEndpoint, region) : await startEngine({ region, dataDir });
  endings.push(() => engine.stop());
  const meter = metered ? await startMeter(engine.endpoint) : undefined;
  if (meter) endings.push(() => meter.stop());
  const storage = await startStorage({ region, clock, dataDir });
  endings.push(() => storage.stop());
  const identity = await startIdentity({ region, clock, seed, dataDir, onMessage });
  endings.push(() => identity.stop());
  const pools = await listen(jsonProtocol(identity.operate));
  endings.push(() => pools.stop());
  const secrets = secretStore(seed, clock.now);
  const secretsServer = await listen(jsonProtocol(secrets.operate));
  endings.push(() => secretsServer.stop());

  const endpoints = {
    dynamodb: meter?.url ?? engine.endpoint,
    sqs: storage.url,
    s3: storage.url,
    cognito: pools.url,
    secrets: secretsServer.url,
  };
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL: endpoints.secrets, // Any other service is told that it does not exist here; nothing leaves the machine.
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: engine.endpoint,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoints.cognito,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secrets,
  };
  return { engine, meter, storage, identity, secrets, endpoints, environment };
}
