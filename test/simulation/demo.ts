import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type Program, startProgram } from '#infra/local/program.ts';
import { progressOn } from '#test/simulation/demo-progress.ts';
import { type Report, report } from '#test/simulation/demo-report.ts';
import { type Deliveries, type Demonstration, demonstrate } from '#test/simulation/demo-run.ts';

/* `npm run demo`: the whole program once, from sign-up to paid incentive, and the evidence for it. */

const usage = 'npm run demo -- [--seed S] [--applicants N] [--places N] [--out DIR]';
// Every function of the journey stays loaded; with fewer threads they push each other out all the time.
const maxThreads = 32;
/** Signals that end everything, with the exit codes that shells expect. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const say = (text: string) => void process.stdout.write(`${text}\n`);

function options(): Demonstration & { help: boolean } {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: 'gelombang-2' },
      applicants: { type: 'string', default: '100' },
      places: { type: 'string', default: '20' },
      out: { type: 'string', default: '.demo' },
      help: { type: 'boolean', default: false },
    },
  });
  const { seed, applicants, places, out, help } = values;
  return {
    seed,
    applicantCount: wholeNumber('applicants', applicants),
    placeCount: wholeNumber('places', places),
    directory: out,
    help,
  };
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!(Number.isInteger(number) && number >= 1 && number <= 10_000))
    throw new Error(`--${option} ${text} is not a number from 1 to 10000`);
  return number;
}

const Queued = z.looseObject({ eventSource: z.literal('aws:sqs'), body: z.string() });

/** The bodies of a batch, where it comes from a queue. */
function queueMessages(functionName: string, records: readonly unknown[]): Deliveries {
  return records.flatMap((record) => {
    const queued = Queued.safeParse(record);
    return queued.success ? [{ functionName, body: queued.data.body }] : [];
  });
}

function complain(error: unknown): void {
  const [line] = String(error instanceof Error ? error.message : error).split('\n');
  process.stderr.write(`${line}\n`);
}

/** Shows the report and keeps it; answers the exit code. */
async function conclude(
  { seed, applicantCount, placeCount, directory }: Demonstration,
  { lines, wrong }: Report,
  seconds: number,
): Promise<number> {
  const closing = [
    `Repeat      npm run demo -- --seed ${seed} --applicants ${applicantCount} --places ${placeCount}`,
    '            gives the same people, places and list. The time of the commitment goes into the seed:',
    '            others win, and what follows is theirs, with other times, ports and purchase ids.',
    `            The program's log: ${join(directory, 'program.log')}`,
  ];
  const text = [...lines, '', ...closing].join('\n');
  await writeFile(join(directory, 'report.txt'), `${text}\n`);
  say(text);
  for (const difference of wrong) process.stderr.write(`DIFFERS  ${difference}\n`);
  if (wrong.length === 0) say(`Everything agrees, after ${seconds} s.`);
  return wrong.length === 0 ? 0 : 1;
}

async function main(): Promise<void> {
  const { help, ...demonstration } = options();
  if (help) return say(usage);
  const { seed, directory } = demonstration;
  const startedAt = Date.now();
  const progress = progressOn(process.stdout);
  const running: Program[] = [];
  let isEnding = false;
  const end = async (code: number) => {
    if (isEnding) return; // What fails because it is being ended is no news.
    isEnding = true;
    progress.close();
    for (const program of running) await program.stop();
    process.exit(code); // Before anything runs, the exit itself ends what was being started.
  };
  for (const [signal, code] of Object.entries(signals)) process.once(signal, () => void end(code));
  process.stdout.once('error', () => void end(1)); // Nobody reads any more.

  await mkdir(directory, { recursive: true });
  const log = createWriteStream(join(directory, 'program.log'));
  const deliveries: Deliveries = [];
  try {
    progress.stage('The app is synthesized and started on this machine');
    const program = await startProgram({
      seed,
      maxThreads,
      onLog: (line, functionName) => void log.write(`${functionName}  ${line}\n`),
      onDelivery: (functionName, records) => deliveries.push(...queueMessages(functionName, records)),
    });
    running.push(program);
    progress.tick();
    const evidence = await demonstrate(demonstration, program, deliveries, progress);
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    await end(await conclude(demonstration, report(evidence), seconds));
  } catch (error) {
    progress.close();
    if (!isEnding) complain(error);
    await end(1);
  }
}

main().catch((error: unknown) => {
  complain(error);
  process.exit(1);
});
