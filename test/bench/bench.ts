import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesizeApp } from '#infra/local/synthesize.ts';
import { bundleSizes } from '#test/bench/bundle-sizes.ts';
import { coldStarts } from '#test/bench/cold-starts.ts';
import { drawCommitment, drawGrowth, drawProof, drawSelection, drawVerifier } from '#test/bench/draw.ts';
import { feedImport } from '#test/bench/feed-import.ts';
import { journeyWrites } from '#test/bench/journey-writes.ts';
import { payoutSimulation } from '#test/bench/payout-simulation.ts';
import { payoutThroughput } from '#test/bench/payout-throughput.ts';
import { gateCpu, registrationCpu, registrationWrites } from '#test/bench/registration.ts';
import { registryPace } from '#test/bench/registry-pace.ts';
import { misses, type Row, tableLines } from '#test/bench/row.ts';
import { snapClientCpu } from '#test/bench/snap-client.ts';
import { statementImport } from '#test/bench/statement-import.ts';
import type { Suite } from '#test/bench/suite.ts';

/* `npm run bench`: what the program costs, as ratios measured in one run. */

const usage = 'npm run bench -- [--json] [--only NAME]';
const suites: readonly Suite[] = [
  journeyWrites,
  registrationWrites,
  registrationCpu,
  gateCpu,
  bundleSizes,
  coldStarts,
  payoutThroughput,
  payoutSimulation,
  snapClientCpu,
  statementImport,
  feedImport,
  registryPace,
  drawSelection,
  drawGrowth,
  drawCommitment,
  drawProof,
  drawVerifier,
];

const print = (text: string) => void process.stdout.write(`${text}\n`);
const say = (text: string) => void process.stderr.write(`${text}\n`);

function options() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  const { only } = values;
  const chosen = suites.filter(({ name }) => name.startsWith(only));
  if (chosen.length === 0) throw new Error(`--only ${only} is none of ${suites.map(({ name }) => name).join(', ')}`);
  return { ...values, chosen };
}

async function measured(chosen: readonly Suite[]): Promise<Row[]> {
  const assembly = mkdtempSync(join(tmpdir(), 'bench-'));
  const remove = () => rmSync(assembly, { recursive: true, force: true });
  process.once('exit', remove);
  say('Synthesizing the app …');
  await synthesizeApp(assembly);
  const rows: Row[] = [];
  for (const { name, measure } of chosen) {
    say(`${name} …`);
    rows.push(...(await measure({ assembly, say })));
  }
  return rows;
}

async function main(): Promise<void> {
  const { json, help, chosen } = options();
  if (help) return print(usage);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const rows = await measured(chosen);
  print(json ? JSON.stringify(rows, null, 2) : tableLines(rows).join('\n'));
  const missed = rows.filter(misses);
  for (const { name, capability, ratio, target } of missed)
    say(`Missed: ${name} of ${capability} is ${ratio.toFixed(2)}, its target ${target.toFixed(2)}`);
  if (missed.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
