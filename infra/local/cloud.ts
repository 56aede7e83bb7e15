import { setTimeout as delay } from 'node:timers/promises';
import { defaultRegion, readAssembly, Unsupported } from '#infra/local/assembly.ts';
import { movableClock } from '#infra/local/clock.ts';
import type { PoolMessage } from '#infra/local/cognito.ts';
import type { Declared, Physical } from '#infra/local/declared.ts';
import { createTable, type EngineTable } from '#infra/local/engine.ts';
import { type Delivery, eventSources } from '#infra/local/event-sources.ts';
import { functionHost } from '#infra/local/functions.ts';
import { apiGateway } from '#infra/local/gateway.ts';
import { remember } from '#infra/local/memory.ts';
import type { Consumed } from '#infra/local/meter.ts';
import { type GrantUse, permissions } from '#infra/local/permissions.ts';
import { inert } from '#infra/local/resources.ts';
import type { Invocation } from '#infra/local/sandbox.ts';
import { schedules } from '#infra/local/schedules.ts';
import { givenSecrets } from '#infra/local/secrets.ts';
import { startServices } from '#infra/local/services.ts';
import { deployment } from '#infra/local/template.ts';

export interface LocalCloudOptions {
  /** Folder of the synthesized assembly (`cdk.out`). */
  readonly assembly: string;
  /** Values of the templates' parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Values of secrets, by logical id or construct path or its end (`PaymentPartners`); the templates make all others. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Secrets and ids derive from it and the logical id; random when absent. */
  readonly seed?: string | undefined;
  /** Port of the HTTP API; 0 takes any. */
  readonly port?: number | undefined;
  /** Keeps tables, queues, objects, users, clock and seed between starts. */
  readonly dataDir?: string | undefined;
  /** Another DynamoDB engine than dynoxide. */
  readonly dynamoEndpoint?: string | undefined;
  /** Counts consumed capacity of every request of deployed code. */
  readonly meter?: boolean | undefined;
  /** Threads of all functions together; 16 unless said. */
  readonly maxThreads?: number | undefined;
  /** Told each batch that a queue or a stream gives to a function, before it does: to deliver it again, for instance. */
  readonly onDelivery?: Delivery | undefined;
  readonly onLog?: ((line: string, functionName: string) => void) | undefined;
  /** Codes and other messages of the user pool to people. */
  readonly onMessage?: ((message: PoolMessage) => Promise<void> | void) | undefined;
}

export interface LocalCloud {
  /** Address of the HTTP API, without a trailing slash. */
  readonly apiUrl: string;
  /** Address each service listens at. */
  readonly endpoints: Readonly<Record<'dynamodb' | 'sqs' | 's3' | 'cognito' | 'secrets', string>>;
  /** Variables that an SDK client needs to reach this cloud; functions get the same. */
  readonly environment: Readonly<Record<string, string>>;
  readonly region: string;
  readonly clock: { now(): Date; advance(milliseconds: number): void };
  /** Physical id (table name, queue URL, bucket, pool id …) by stack and logical id or construct path (`Data/Table`). */
  physicalId(stack: string, idOrPath: string): Promise<string>;
  /** Physical ids of all resources of a type, such as `AWS::DynamoDB::Table`. */
  idsOfType(type: string): Promise<string[]>;
  outputs(stack: string): Promise<Record<string, string>>;
  functionNames(): string[];
  /** Value of a secret by name, ARN, logical id or construct path (`Data/Keys`). */
  secret(id: string): string;
  /** Calls a function by name or ARN and waits for it. */
  invoke(functionName: string, payload: unknown): Promise<Invocation>;
  /** Resolves when nothing runs and nothing is due within five seconds. Rejects after `timeoutMilliseconds` (60,000). */
  idle(timeoutMilliseconds?: number): Promise<void>;
  /** With `meter`: capacity units by table since start or reset. */
  readonly consumed?: { totals(): Readonly<Record<string, Consumed>>; reset(): void };
  /** What the roles of functions allow, and whether anything has needed it since start. */
  grants(): GrantUse[];
  stop(): Promise<void>;
}

/** What is due within this time is waited for by `idle`; what is due later needs the clock to move. */
const soonMilliseconds = 5000;

/** Runs the templates of an assembly on this machine. Throws one line (`Unsupported`) on anything in them that it does not run. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { dataDir, onLog = () => {}, onMessage = () => {}, onDelivery = () => {} } = options;
  const stacks = readAssembly(options.assembly);
  const region = stacks[0]?.region ?? defaultRegion;
  const { remembered, save } = remember(dataDir, options.seed);
  const { seed } = remembered;
  const clock = movableClock(remembered.offsetMilliseconds);
  clock.onAdvance(() => {
    remembered.offsetMilliseconds = clock.offset[0] ?? 0;
    save();
  });

  const endings: (() => Promise<void> | void)[] = [];
  /** Ends what has been started, last first; what fails to end does not keep the rest alive. */
  async function stop(): Promise<void> {
    for (const end of endings.splice(0).reverse())
      await Promise.resolve(end()).catch((error: unknown) => onLog(String(error), 'stop'));
    save();
  }

  async function begin(): Promise<LocalCloud> {
    const { creators: ofPermissions, note, verify, authorize, grants } = permissions(onLog);
    const services = await startServices({ ...options, region, clock, seed, authorize, onMessage, endings });
    const { engine, meter, storage, identity, secrets, endpoints, environment } = services;
    secrets.give(givenSecrets(stacks, options.secrets ?? {}));
    const functions = functionHost({ clock, environment: () => environment, onLog, maxThreads: options.maxThreads });
    endings.push(() => functions.stop());
    const gateway = apiGateway({ clock, functions, port: options.port ?? 0, seed });
    endings.push(() => gateway.stop());
    const timetable = schedules({ clock, functions, storage });
    endings.push(() => timetable.stop());
    const tables: EngineTable[] = [];
    const checkpoints = {
      get: (source: string, shard: string) => remembered.checkpoints[`${source}#${shard}`],
      set: (source: string, shard: string, read: string) => {
        remembered.checkpoints[`${source}#${shard}`] = read;
      },
    };
    const sources = eventSources({ functions, storage, engine, clock, tables: () => tables, checkpoints, onDelivery });

    async function table(declared: Declared): Promise<Physical> {
      const created = await createTable(engine, declared);
      tables.push(created);
      return created;
    }

    const creators: Record<string, (declared: Declared) => Physical | Promise<Physical>> = {
      'AWS::DynamoDB::Table': table,
      'AWS::DynamoDB::GlobalTable': table,
      'AWS::SQS::Queue': storage.createQueue,
      'AWS::S3::Bucket': storage.createBucket,
      'AWS::SecretsManager::Secret': secrets.create,
      'AWS::Cognito::UserPool': identity.createPool,
      'AWS::Cognito::UserPoolClient': identity.createClient,
      'AWS::Cognito::UserPoolGroup': identity.createGroup,
      'AWS::Lambda::Function': functions.create,
      'AWS::Lambda::EventSourceMapping': sources.create,
      'AWS::ApiGatewayV2::Api': gateway.createApi,
      'AWS::ApiGatewayV2::Authorizer': gateway.createAuthorizer,
      'AWS::ApiGatewayV2::Integration': gateway.createIntegration,
      'AWS::ApiGatewayV2::Route': gateway.createRoute,
      'AWS::ApiGatewayV2::Stage': gateway.createStage,
      'AWS::Scheduler::Schedule': timetable.createSchedule,
      'AWS::Events::Rule': timetable.createRule,
      ...ofPermissions,
    };
    const deployed = deployment(stacks, options.parameters ?? {}, {
      inert,
      localize: gateway.localize,
      async create(declared) {
        const creator = creators[declared.type];
        if (!creator)
          throw new Unsupported(
            `${declared.stack.name}/${declared.logicalId}: resource type ${declared.type} is not supported`,
          );
        const physical = await creator(declared);
        note(declared, physical);
        return physical;
      },
    });
    await deployed.deploy();
    verify();
    endings.push(() => sources.stop());
    endings.push(() => functions.stop()); // Before the sources: they wait for what they have given to functions.
    await sources.start();

    const running = () =>
      functions.activity.pending > 0 ||
      timetable.busy() ||
      sources.sources.some((source) => source.busy(soonMilliseconds));
    async function idle(timeoutMilliseconds = 60_000): Promise<void> {
      const patience = Date.now() + timeoutMilliseconds;
      for (;;) {
        // Quiet before as well: what ends while the sources are asked may have written after its source had answered.
        const wasQuiet = !running();
        const before = functions.activity.invocations;
        await Promise.all(sources.sources.map((source) => source.caughtUp()));
        if (wasQuiet && !running() && functions.activity.invocations === before) return;
        if (Date.now() > patience) throw new Error(`The local cloud is not idle after ${timeoutMilliseconds} ms`);
        await delay(10);
      }
    }

    return {
      apiUrl: gateway.urls()[0] ?? '',
      endpoints,
      environment,
      region,
      clock: { now: clock.now, advance: clock.advance },
      physicalId: deployed.physicalId,
      idsOfType: deployed.idsOfType,
      outputs: deployed.outputs,
      functionNames: functions.names,
      secret(id) {
        const value = secrets.value(id) ?? secrets.value(deployed.logicalPath(id));
        if (value === undefined) throw new Unsupported(`No secret ${id}`);
        return value;
      },
      invoke: (name, payload) => functions.find(name).invoke(payload),
      idle,
      grants,
      ...(meter && { consumed: { totals: meter.consumed, reset: meter.reset } }),
      stop,
    };
  }

  try {
    return await begin();
  } catch (error) {
    await stop();
    throw error;
  }
}
