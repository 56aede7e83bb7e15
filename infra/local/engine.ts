import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { Unsupported } from '#infra/local/assembly.ts';
import type { Declared, Physical } from '#infra/local/declared.ts';
import { arn, flag, generatedName, ignored, properties } from '#infra/local/names.ts';
import { listen } from '#infra/local/wire.ts';

const binary = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url));

/** A DynamoDB engine: dynoxide as a child process, or whatever listens at a given endpoint. */
export interface Engine {
  readonly endpoint: string;
  /** One call of the JSON protocol: `DynamoDB_20120810.DescribeTable` and so on. Throws with the engine's own words. */
  call(target: string, body: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

class EngineError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(`${type}: ${message}`);
    this.type = type;
  }
}

const Failure = z.looseObject({
  __type: z.string().default('Unknown'),
  message: z.string().optional(),
  Message: z.string().optional(),
});

function caller(endpoint: string, region: string): Engine['call'] {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z', // The engine wants one, and checks neither it nor the signature.
    authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=local`,
  };
  return async (target, body) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { ...headers, 'x-amz-target': target },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const { __type, message, Message } = Failure.parse(answer);
    throw new EngineError(__type.split('#').at(-1) ?? __type, message ?? Message ?? `HTTP ${response.status}`);
  };
}

/** A port nobody listens at. The engine cannot choose one itself: it prints port 0. */
async function freePort(): Promise<number> {
  const { port, stop } = await listen(() => {});
  await stop();
  return port;
}

/** Starts dynoxide on a free port, in memory or in a file of `dataDir`. Throws one line when the binary is missing or does not start. */
export async function startEngine({
  region,
  dataDir,
}: {
  region: string;
  dataDir?: string | undefined;
}): Promise<Engine> {
  if (!existsSync(binary))
    throw new Unsupported(`The engine is missing: ${binary}. Run \`npm ci\` on Linux x64, or give another endpoint`);
  const storage = dataDir ? ['--db-path', join(dataDir, 'tables.sqlite')] : [];
  const child = spawn(binary, ['--host', '127.0.0.1', '--port', String(await freePort()), ...storage], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const kill = () => child.kill('SIGTERM');
  process.once('exit', kill);

  const heard: string[] = [];
  const endpoint = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (line) => {
        heard.push(line);
        const [url] = /http:\/\/\S+/.exec(line) ?? [];
        if (url) resolve(url);
      });
    child.once('error', reject);
    void exited.then(() => reject(new Unsupported(`The engine did not start: ${heard.join(' ')}`)));
  });
  return {
    endpoint,
    call: caller(endpoint, region),
    async stop() {
      process.off('exit', kill);
      kill();
      await exited;
    },
  };
}

/** An engine that somebody else runs, such as DynamoDB Local. */
export function otherEngine(endpoint: string, region: string): Engine {
  return { endpoint, call: caller(endpoint, region), stop: async () => {} };
}

const Index = z.strictObject({
  IndexName: z.string(),
  KeySchema: z.array(z.unknown()),
  Projection: z.unknown(),
  ProvisionedThroughput: ignored,
  OnDemandThroughput: ignored,
  WriteProvisionedThroughputSettings: ignored,
  ContributorInsightsSpecification: ignored,
  WarmThroughput: ignored,
});

/** Backups, encryption at rest, protection, throughput and tags change nothing on one machine. */
const TableProperties = z.strictObject({
  TableName: z.string().optional(),
  KeySchema: z.array(z.unknown()),
  AttributeDefinitions: z.array(z.unknown()),
  GlobalSecondaryIndexes: z.array(Index).default([]),
  LocalSecondaryIndexes: z.array(Index).default([]),
  StreamSpecification: z.looseObject({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().optional(), Enabled: flag }).optional(),
  BillingMode: ignored,
  ProvisionedThroughput: ignored,
  OnDemandThroughput: ignored,
  WriteProvisionedThroughputSettings: ignored,
  WriteOnDemandThroughputSettings: ignored,
  WarmThroughput: ignored,
  PointInTimeRecoverySpecification: ignored,
  DeletionProtectionEnabled: ignored,
  SSESpecification: ignored,
  ContributorInsightsSpecification: ignored,
  TableClass: ignored,
  ResourcePolicy: ignored,
  Tags: ignored,
  Replicas: z.array(z.looseObject({ Region: z.string(), GlobalSecondaryIndexes: ignored })).optional(),
});

const Described = z.looseObject({ Table: z.looseObject({ LatestStreamArn: z.string().optional() }) });
const bare = ({ IndexName, KeySchema, Projection }: z.infer<typeof Index>) => ({ IndexName, KeySchema, Projection });

/** A table and the stream the engine keeps of it. */
export interface EngineTable extends Physical {
  readonly streamArn: string | undefined;
  /** The stream's name inside the engine. */
  readonly engineStreamArn: string | undefined;
}

/** Creates a table with its indexes, stream and time to live; keeps it when a data folder already holds it. */
export async function createTable(engine: Engine, declared: Declared): Promise<EngineTable> {
  const table = properties(declared, TableProperties);
  const TableName = table.TableName ?? generatedName(declared, 255);
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes, StreamSpecification, TimeToLiveSpecification } = table;
  const request = {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: table.KeySchema,
    AttributeDefinitions: table.AttributeDefinitions,
    ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(bare) }),
    ...(LocalSecondaryIndexes.length > 0 && { LocalSecondaryIndexes: LocalSecondaryIndexes.map(bare) }),
    ...(StreamSpecification && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: StreamSpecification.StreamViewType },
    }),
  };
  try {
    await engine.call('DynamoDB_20120810.CreateTable', request);
    if (TimeToLiveSpecification?.Enabled)
      await engine.call('DynamoDB_20120810.UpdateTimeToLive', { TableName, TimeToLiveSpecification });
  } catch (error) {
    if (!(error instanceof EngineError && error.type === 'ResourceInUseException')) throw error;
  }
  const { Table } = Described.parse(await engine.call('DynamoDB_20120810.DescribeTable', { TableName }));
  const Arn = arn(declared, 'dynamodb', `table/${TableName}`);
  const streamArn = StreamSpecification && `${Arn}/stream/local`;
  return {
    ref: TableName,
    attributes: { Arn, TableId: TableName, ...(streamArn && { StreamArn: streamArn }) },
    streamArn,
    engineStreamArn: Table.LatestStreamArn,
  };
}
