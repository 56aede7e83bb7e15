import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { Unsupported } from '#infra/local/assembly.ts';
import type { Clock } from '#infra/local/clock.ts';
import type { Declared, Physical } from '#infra/local/declared.ts';
import { arn, count, generatedName, ignored, properties } from '#infra/local/names.ts';
import { accessKeyOf } from '#infra/local/permissions.ts';
import { type Invocation, sandbox } from '#infra/local/sandbox.ts';

export interface LocalFunction {
  readonly name: string;
  readonly arn: string;
  /** How many run at once here: a small machine, so two, or fewer where the template reserves fewer. */
  readonly instances: number;
  invoke(payload: unknown): Promise<Invocation>;
}

const Code = z.union([
  z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  z.strictObject({ ZipFile: z.string() }),
]);

/** Tags, tracing and processor change nothing here, and the role is read by the permissions; networks, layers and container images would, and are refused. */
const FunctionProperties = z.strictObject({
  FunctionName: z.string().optional(),
  Code,
  Handler: z.string(),
  Runtime: z.string().startsWith('nodejs', 'only Node.js runs here'),
  Environment: z
    .strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
    .default({ Variables: {} }),
  MemorySize: count.default(128),
  Timeout: count.default(3),
  ReservedConcurrentExecutions: count.optional(),
  EphemeralStorage: ignored,
  Role: ignored,
  Architectures: ignored,
  Description: ignored,
  KmsKeyArn: ignored,
  LoggingConfig: ignored,
  TracingConfig: ignored,
  RuntimeManagementConfig: ignored,
  RecursiveLoop: ignored,
  Tags: ignored,
});

const mostInstances = 2;
/** Threads of all functions together: idle ones end first, so that memory stays small. */
const usualThreads = 16;

interface FunctionsOptions {
  readonly clock: Clock;
  /** Variables that every function gets beside its own: endpoints and credentials. */
  readonly environment: () => Record<string, string>;
  readonly onLog: (line: string, functionName: string) => void;
  readonly maxThreads?: number | undefined;
}

export type Functions = ReturnType<typeof functionHost>;

/** Runs the functions of the template, each bundle in threads of its own. */
export function functionHost({ clock, environment, onLog, maxThreads = usualThreads }: FunctionsOptions) {
  const functions = new Map<string, LocalFunction>();
  const sandboxes: ReturnType<typeof sandbox>[] = [];
  const inlineFolders: string[] = [];
  const settled: (() => void)[] = [];
  const activity = { pending: 0, invocations: 0 };

  function makeRoom(): void {
    const threads = sandboxes.flatMap(({ pool }) => [...pool]);
    const [oldest] = threads.filter(({ busy }) => !busy).sort((left, right) => left.lastUsed - right.lastUsed);
    if (threads.length < maxThreads || !oldest) return;
    oldest.busy = true; // Nobody may pick it while it ends.
    void oldest.thread.terminate();
  }

  function folder({ stack }: Declared, code: z.infer<typeof Code>, module: string): string | undefined {
    if ('S3Key' in code) return stack.assets.get(code.S3Key);
    const directory = mkdtempSync(join(tmpdir(), 'function-'));
    inlineFolders.push(directory);
    writeFileSync(join(directory, `${module}.${/^export /m.test(code.ZipFile) ? 'mjs' : 'cjs'}`), code.ZipFile);
    return directory;
  }

  function bundle(
    declared: Declared,
    code: z.infer<typeof Code>,
    handler: string,
  ): { file: string; exportName: string } {
    const dot = handler.lastIndexOf('.');
    const module = handler.slice(0, dot);
    const directory = folder(declared, code, module) ?? '';
    const file = ['mjs', 'js', 'cjs'].map((extension) => join(directory, `${module}.${extension}`)).find(existsSync);
    if (!directory || !file)
      throw new Unsupported(`${declared.stack.name}/${declared.logicalId}: no asset holds ${handler}`);
    return { file, exportName: handler.slice(dot + 1) };
  }

  function create(declared: Declared): Physical {
    const given = properties(declared, FunctionProperties);
    const name = given.FunctionName ?? generatedName(declared, 64);
    const functionArn = arn(declared, 'lambda', `function:${name}`);
    const { file, exportName } = bundle(declared, given.Code, given.Handler);
    const instances = Math.min(given.ReservedConcurrentExecutions ?? mostInstances, mostInstances);
    const logGroup = `/aws/lambda/${name}`;
    const box = sandbox({
      file,
      exportName,
      name,
      instances,
      makeRoom,
      offset: clock.offset,
      memoryMegabytes: given.MemorySize,
      timeoutSeconds: given.Timeout,
      onLine: (line) => onLog(line, name),
      context: {
        functionName: name,
        functionVersion: '$LATEST',
        invokedFunctionArn: functionArn,
        memoryLimitInMB: String(given.MemorySize),
        logGroupName: logGroup,
        logStreamName: 'local',
      },
      environment: () => ({
        ...environment(),
        AWS_REGION: declared.stack.region,
        AWS_DEFAULT_REGION: declared.stack.region,
        AWS_EXECUTION_ENV: `AWS_Lambda_${given.Runtime}`,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(given.MemorySize),
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
        AWS_LAMBDA_LOG_STREAM_NAME: 'local',
        LAMBDA_TASK_ROOT: dirname(file),
        _HANDLER: given.Handler,
        TZ: ':UTC',
        ...given.Environment.Variables,
        AWS_ACCESS_KEY_ID: accessKeyOf(declared), // Last: a function cannot choose who it is.
      }),
    });
    sandboxes.push(box);

    async function invoke(payload: unknown): Promise<Invocation> {
      activity.pending += 1;
      activity.invocations += 1;
      const invocation = await box.invoke(payload);
      activity.pending -= 1;
      if (!invocation.ok) onLog(JSON.stringify(invocation.failure), name);
      for (const listener of settled) listener();
      return invocation;
    }

    functions.set(name, { name, arn: functionArn, instances, invoke });
    return { ref: name, attributes: { Arn: functionArn } };
  }

  return {
    create,
    activity,
    /** By name or ARN; throws when the template has no such function. */
    find(nameOrArn: string): LocalFunction {
      const found = functions.get(nameOrArn) ?? functions.get(nameOrArn.split(':')[6] ?? '');
      if (!found) throw new Unsupported(`No function ${nameOrArn}`);
      return found;
    },
    names: (): string[] => [...functions.keys()],
    /** Called after each invocation: it may have written something that others wait for. */
    onSettled: (listener: () => void): void => void settled.push(listener),
    async stop(): Promise<void> {
      await Promise.all(sandboxes.map((box) => box.stop()));
      for (const directory of inlineFolders) rmSync(directory, { recursive: true, force: true });
    },
  };
}
