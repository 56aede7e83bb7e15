/**
 * One instance of a function, as a thread: loads the bundle, then runs one invocation at a time. Deployed code sees Lambda: its
 * environment, its context, and a clock that may be ahead of this machine's.
 */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

interface Start {
  readonly file: string;
  readonly exportName: string;
  readonly offset: Float64Array;
}

interface Invoke {
  readonly id: string;
  readonly payload: string;
  /** Milliseconds of the machine's own clock. */
  readonly deadline: number;
  readonly context: Record<string, string>;
}

const { file, exportName, offset }: Start = workerData;
const MachineDate = Date;
const machineNow = Date.now;
const now = () => machineNow() + (offset[0] ?? 0);

// Every way to ask for the present goes through the program's clock; all else is the plain Date.
globalThis.Date = new Proxy(MachineDate, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new MachineDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
MachineDate.prototype.constructor = globalThis.Date;

const failure = (error: unknown) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

const loading: Promise<unknown> = import(pathToFileURL(file).href).then((bundle) => {
  const handler = bundle[exportName] ?? bundle.default?.[exportName];
  if (typeof handler !== 'function') throw new ReferenceError(`${exportName} is undefined or not exported`);
  return handler;
});
// A bundle that does not load is told to each invocation, as the service does.
void loading.catch(() => {}).then(() => parentPort?.postMessage({ id: 'ready' }));

parentPort?.on('message', async ({ id, payload, deadline, context }: Invoke) => {
  try {
    const handler = await loading;
    if (typeof handler !== 'function') throw new TypeError('No handler');
    const getRemainingTimeInMillis = () => Math.max(0, deadline - machineNow());
    const result: unknown = await handler(JSON.parse(payload), {
      ...context,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis,
    });
    parentPort?.postMessage({ id, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    parentPort?.postMessage({ id, failure: failure(error) });
  }
});
