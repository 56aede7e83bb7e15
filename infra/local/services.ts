import type { Clock } from '#infra/local/clock.ts';
import type { PoolMessage } from '#infra/local/cognito.ts';
import { otherEngine, startEngine } from '#infra/local/engine.ts';
import { startIdentity } from '#infra/local/identity.ts';
import { capacityMeter } from '#infra/local/meter.ts';
import { poolActions, secretActions } from '#infra/local/needed-actions.ts';
import { type Authorize, administrator } from '#infra/local/permissions.ts';
import { secretStore } from '#infra/local/secrets.ts';
import { startStorage } from '#infra/local/storage.ts';
import { startTableProxy } from '#infra/local/table-proxy.ts';
import { jsonProtocol, listen } from '#infra/local/wire.ts';

interface ServicesOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly seed: string;
  readonly dataDir?: string | undefined;
  readonly dynamoEndpoint?: string | undefined;
  readonly meter?: boolean | undefined;
  /** Asked about each request before a service sees it. */
  readonly authorize: Authorize;
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
  authorize,
  onMessage,
  endings,
}: ServicesOptions) {
  const engine = dynamoEndpoint ? otherEngine(dynamoEndpoint, region) : await startEngine({ region, dataDir });
  endings.push(() => engine.stop());
  const meter = metered ? capacityMeter() : undefined;
  const tables = await startTableProxy({ engineEndpoint: engine.endpoint, authorize, meter });
  endings.push(() => tables.stop());
  const storage = await startStorage({ region, clock, dataDir, authorize });
  endings.push(() => storage.stop());
  const identity = await startIdentity({ region, clock, seed, dataDir, onMessage });
  endings.push(() => identity.stop());
  const pools = await listen(
    jsonProtocol(identity.operate, (signer, operation, body) =>
      authorize(signer, operation, poolActions(operation, body, signer?.region ?? region)),
    ),
  );
  endings.push(() => pools.stop());
  const secrets = secretStore(seed, clock.now);
  const secretsServer = await listen(
    jsonProtocol(secrets.operate, (signer, operation, body) =>
      authorize(signer, operation, secretActions(operation, body, secrets.arnOf)),
    ),
  );
  endings.push(() => secretsServer.stop());

  const endpoints = {
    dynamodb: tables.url,
    sqs: storage.url,
    s3: storage.url,
    cognito: pools.url,
    secrets: secretsServer.url,
  };
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: administrator,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL: endpoints.secrets, // Any other service is told that it does not exist here; nothing leaves the machine.
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoints.cognito,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secrets,
  };
  return { engine, meter, storage, identity, secrets, endpoints, environment };
}
