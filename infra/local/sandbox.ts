import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';

/** The error a caller of the service sees: what the function threw, or why the sandbox ended. */
interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[] | undefined;
}

/** Exactly one of both: the parsed JSON payload, or the failure. */
export type Invocation =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly failure: FunctionFailure };

export interface SandboxOptions {
  readonly file: string;
  readonly exportName: string;
  readonly name: string;
  readonly environment: () => Record<string, string>;
  /** Fields of the context object that do not change between invocations. */
  readonly context: Record<string, string>;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly instances: number;
  readonly offset: Float64Array;
  readonly onLine: (line: string) => void;
  /** Called before a thread starts: room for the threads of all functions. */
  readonly makeRoom: () => void;
}

export interface Instance {
  readonly thread: Worker;
  busy: boolean;
  loaded: boolean;
  lastUsed: number;
}

const Message = z.union([
  z.object({ id: z.literal('ready') }),
  z.object({ id: z.string(), payload: z.string() }),
  z.object({
    id: z.string(),
    failure: z.object({ errorType: z.string(), errorMessage: z.string(), trace: z.array(z.string()) }),
  }),
]);

const threadFile = new URL('./worker-thread.ts', import.meta.url);

/** Loading a bundle does not count towards the first invocation's timeout. */
const loadingSeconds = 10;

const shutDown: Invocation = {
  ok: false,
  failure: { errorType: 'Sandbox.ShutDown', errorMessage: 'The local cloud has stopped' },
};

/** Instances of one function, each a thread that runs one invocation at a time. A thread that fails to answer in time is ended. */
export function sandbox(options: SandboxOptions) {
  const { name, timeoutSeconds } = options;
  const pool = new Set<Instance>();
  let stopped = false;
  const waiting: { payload: string; resolve: (invocation: Invocation) => void }[] = [];

  function start(): Instance {
    options.makeRoom();
    const thread = new Worker(threadFile, {
      workerData: { file: options.file, exportName: options.exportName, offset: options.offset },
      env: options.environment(),
      stdout: true,
      stderr: true,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMegabytes },
      name,
    });
    for (const stream of [thread.stdout, thread.stderr]) createInterface(stream).on('line', options.onLine);
    const instance: Instance = { thread, busy: false, loaded: false, lastUsed: 0 };
    thread.on('error', () => {}); // Told to the invocation it hits; without one there is nobody to tell.
    thread.once('exit', () => {
      pool.delete(instance);
      next();
    });
    pool.add(instance);
    return instance;
  }

  function run(instance: Instance, payload: string): Promise<Invocation> {
    const { thread } = instance;
    const id = randomUUID();
    return new Promise((resolve) => {
      const finish = (invocation: Invocation) => {
        clearTimeout(timer);
        thread.off('message', hear).off('error', broken).off('exit', ended);
        resolve(invocation);
      };
      const fail = (errorType: string, errorMessage: string) => {
        pool.delete(instance);
        finish({ ok: false, failure: { errorType, errorMessage: `RequestId: ${id} Error: ${errorMessage}` } });
        void thread.terminate();
      };
      const limit = (seconds: number) =>
        setTimeout(
          () => fail('Sandbox.Timedout', `Task timed out after ${seconds.toFixed(2)} seconds`),
          seconds * 1000,
        );
      const broken = (error: Error & { code?: string }) =>
        fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime.OutOfMemory' : error.name, error.message);
      const ended = () => fail('Runtime.ExitError', 'Runtime exited');
      const begin = () => {
        clearTimeout(timer);
        timer = limit(timeoutSeconds);
        thread.postMessage({
          id,
          payload,
          deadline: Date.now() + timeoutSeconds * 1000,
          context: { ...options.context, awsRequestId: id },
        });
      };
      const hear = (received: unknown) => {
        const message = Message.parse(received);
        if ('payload' in message) return finish({ ok: true, payload: JSON.parse(message.payload) });
        if ('failure' in message) return finish({ ok: false, failure: message.failure });
        instance.loaded = true;
        begin();
      };
      let timer = limit(loadingSeconds);
      thread.on('message', hear).on('error', broken).on('exit', ended);
      if (instance.loaded) begin();
    });
  }

  function next(): void {
    if (waiting.length === 0) return;
    const free = [...pool].find(({ busy }) => !busy) ?? (pool.size < options.instances ? start() : undefined);
    const job = free && waiting.shift();
    if (!free || !job) return;
    free.busy = true;
    void run(free, job.payload).then((invocation) => {
      free.busy = false;
      free.lastUsed = Date.now();
      job.resolve(invocation);
      next();
    });
  }

  return {
    pool,
    invoke(payload: unknown): Promise<Invocation> {
      if (stopped) return Promise.resolve(shutDown);
      return new Promise((resolve) => {
        waiting.push({ payload: JSON.stringify(payload) ?? 'null', resolve });
        next();
      });
    },
    async stop(): Promise<void> {
      stopped = true;
      for (const { resolve } of waiting.splice(0)) resolve(shutDown);
      await Promise.all([...pool].map(({ thread }) => thread.terminate()));
    },
  };
}
