import { ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { defaultRegion } from '#infra/local/assembly.ts';
import { type Deployed, deployedFunctions } from '#test/bench/deployed.ts';
import { median, misses, type Row, row } from '#test/bench/row.ts';
import type { Suite } from '#test/bench/suite.ts';

/** The median of so many says the same twice, on a machine that does other things too. */
const runs = 15;
const target = 2.8;

/** What Lambda itself sets. */
const lambdaEnvironment = {
  AWS_REGION: defaultRegion,
  AWS_ACCESS_KEY_ID: 'stand-in',
  AWS_SECRET_ACCESS_KEY: 'stand-in',
  AWS_SESSION_TOKEN: 'stand-in',
  AWS_LAMBDA_FUNCTION_NAME: 'stand-in',
};

/** Milliseconds that a fresh process takes from its start to its end. @throws when it fails. */
function runMilliseconds(what: readonly string[], env: Readonly<Record<string, string>>): number {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, what, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  ok(status === 0, `node ${what.join(' ')}: ${String(stderr).slice(-400)}`);
  return milliseconds;
}

const runBaseline = () => runMilliseconds(['-e', '0'], lambdaEnvironment);
const runFunction = ({ file, environment }: Deployed) =>
  runMilliseconds([file], { ...lambdaEnvironment, ...environment });

type Times = { readonly nothing: number; readonly bundle: number };

/**
 * Every function runs once a round, beside a run of nothing: so all of them, and the nothing, meet the same noise of the
 * machine. Answers the times of each function, in their order.
 */
function measureRounds(functions: readonly Deployed[], say: (text: string) => void): Times[][] {
  const rounds = Array.from({ length: runs }, (_, round) => {
    say(`cold.ratio: ${functions.length} functions, round ${round + 1} of ${runs}`);
    return functions.map((one) => ({ nothing: runBaseline(), bundle: runFunction(one) }));
  });
  return functions.map((_, index) => rounds.flatMap((round) => round[index] ?? []));
}

/** What loading each function costs, without calling it, against a Node that does nothing. */
export const coldStarts: Suite = {
  name: 'cold.ratio',
  async measure({ assembly, say }) {
    const functions = deployedFunctions(assembly);
    for (const one of functions) runFunction(one); // Reads the files into the cache of the system.
    const times = measureRounds(functions, say);
    const baseline = median(times.flatMap((ofOne) => ofOne.map(({ nothing }) => nothing)));
    const coldStart = ({ entry }: Deployed, ofOne: readonly Times[]): Row => {
      const value = median(ofOne.map(({ bundle }) => bundle));
      return row({ capability: entry, name: 'cold.ratio', value, unit: 'ms', baseline, target });
    };
    const rows = functions.map((one, index) => coldStart(one, times[index] ?? []));
    // A machine that does something else meanwhile does it to one function more than to another: twice as many runs decide.
    const slow = functions.filter((_, index) => rows[index] && misses(rows[index]));
    const more = new Map(measureRounds(slow, say).map((again, index) => [slow[index], again]));
    return functions.map((one, index) => coldStart(one, [...(times[index] ?? []), ...(more.get(one) ?? [])]));
  },
};
