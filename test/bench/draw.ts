import { ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Measure } from '#test/bench/draw-run.ts';
import { compared, median, type Row, row } from '#test/bench/row.ts';
import type { Bench, Suite } from '#test/bench/suite.ts';

/** Of the largest batch there was. */
const applicants = 16_400_000;
/** Of the largest batches there were. */
const places = 800_000;
/** As many places as batches have had in a year, for information. */
const manyPlaces = 3_200_000;
const fewerApplicants = [1_000_000, 4_000_000] as const;
/** The middle of so many runs, once warm. */
const runs = 3;

/** What the worker that draws may hold, in megabytes. */
const memoryLimit = 600;
/** The root over a list against SHA-256 of its bytes at once; measured: 69 to 73. */
const commitmentTarget = 95;
/** A proof in JSON: 1.2 KB. */
const proofBytesLimit = 1_228;
const proofMicroseconds = 50;
const proofs = 2_000;
/** The verifier, which is plain to read and not fast, against the selection; measured: 49 to 53. */
const verifierTarget = 80;

const Time = z.strictObject({ wall: z.number().positive(), processor: z.number().positive() });
const Selected = z.strictObject({
  ...{ applicants: z.int(), winners: z.int(), waiting: z.int() },
  ...{ ...Time.shape, megabytes: z.number().positive() },
});
const Beside = z.strictObject({ times: z.array(z.strictObject({ selection: Time, sort: Time })).length(runs) });
const Growth = z.strictObject({ rounds: z.array(z.array(z.number().positive()).length(3)).length(runs) });
const Committed = z.strictObject({ times: z.array(z.strictObject({ root: Time, digest: Time })).length(runs) });
const Proved = z.strictObject({
  ...{ size: z.int(), bytes: z.int() },
  microseconds: z.array(z.number().positive()).length(proofs),
});
const Nothing = z.strictObject({});

type Options = {
  readonly folders?: readonly string[];
  readonly applicants?: number;
  readonly places?: number;
  readonly runs?: number;
};

function output(args: readonly string[]): { readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  ok(status === 0, `The measure fails: ${`${stdout}${stderr}`.slice(-600)}`);
  return { stdout, stderr };
}

/** Runs one measure in a process of its own. @throws when it fails. */
function taken<Schema extends z.ZodType>(measure: Measure, schema: Schema, options: Options): z.infer<Schema> {
  const { folders = [], ...numbers } = options;
  const script = join(import.meta.dirname, 'draw-run.ts');
  const named = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const args = [script, '--measure', measure, ...folders.flatMap((folder) => ['--folder', folder]), ...named];
  return schema.parse(JSON.parse(output(args).stdout));
}

/** Works in a folder of its own, which is gone afterwards, whatever happens. */
function inFolder<Done>(work: (folder: string) => Done): Done {
  const folder = mkdtempSync(join(tmpdir(), 'draw-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return work(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

/** A suite whose measures need a folder. */
const inFolderOfItsOwn = (name: string, measure: (folder: string, say: Bench['say']) => Row[]): Suite => ({
  name,
  measure: async ({ say }) => inFolder((folder) => measure(folder, say)),
});

const capability = 'selection/run-draw';
const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(2)} s`;

function saySelected(
  say: Bench['say'],
  { winners, waiting, wall, processor, megabytes }: z.infer<typeof Selected>,
): void {
  say(
    `draw.selection: ${winners} winners and ${waiting} who wait in a cold process: ${seconds(wall)}, ${seconds(processor)} of the processor, ${Math.round(winners / (wall / 1_000))} winners a second; ${Math.round(megabytes)} MB`,
  );
}

/** From the committed list to the winners: time beside a sort of as many numbers, and memory. */
export const drawSelection = inFolderOfItsOwn('draw.selection', (folder, say) => {
  taken('list', Nothing, { folders: [folder], applicants });
  const once = taken('select', Selected, { folders: [folder], places });
  ok(once.applicants === applicants && once.winners === places, 'Every place is given');
  saySelected(say, once);
  const { times } = taken('select-and-sort', Beside, { folders: [folder], places, runs });
  const wall = median(times.map(({ selection }) => selection.wall));
  say(
    `draw.selection: ${seconds(wall)} from ${applicants} applicants to ${places} winners once warm, ${Math.round(places / (wall / 1_000))} winners a second; a sort of as many numbers ${seconds(median(times.map(({ sort }) => sort.wall)))}`,
  );
  saySelected(say, taken('select', Selected, { folders: [folder], places: manyPlaces }));
  const time = compared(times.map(({ selection, sort }) => ({ ours: selection.processor, other: sort.processor })));
  return [
    row({ capability, name: 'draw.selection', ...time, unit: 'ms', target: 1 }),
    row({ capability, name: 'draw.memory', value: once.megabytes, unit: 'MB', baseline: memoryLimit, target: 1 }),
  ];
});

/** Time for each applicant of a large batch beside that of a small one: no more than linear. */
export const drawGrowth = inFolderOfItsOwn('draw.growth', (folder, say) => {
  const sizes = [...fewerApplicants, applicants];
  const folders = sizes.map((size) => {
    const ofSize = join(folder, String(size));
    mkdirSync(ofSize);
    taken('list', Nothing, { folders: [ofSize], applicants: size });
    return ofSize;
  });
  const { rounds } = taken('growth', Growth, { folders, places, runs });
  const each = sizes.map((size, index) => `${Math.round(median(rounds.map((round) => round[index] ?? 0)))} of ${size}`);
  say(`draw.growth: nanoseconds an applicant ${each.join(', ')}`);
  const time = compared(rounds.map((round) => ({ ours: round.at(-1) ?? 0, other: round[0] ?? 0 })));
  return [row({ capability, name: 'draw.growth', ...time, unit: 'ns an applicant', target: 1 })];
});

/** The root over a list of a million, beside SHA-256 of its bytes at once. */
export const drawCommitment: Suite = {
  name: 'draw.commitment',
  async measure({ say }) {
    const count = fewerApplicants[0];
    const { times } = taken('commit', Committed, { applicants: count, runs });
    const time = compared(times.map(({ root, digest }) => ({ ours: root.processor, other: digest.processor })));
    const leaves = count / time.value / 1_000;
    say(
      `draw.commitment: ${leaves.toFixed(2)} million leaves a second, ${seconds((time.value * applicants) / count)} for ${applicants} in one process`,
    );
    const name = 'draw.commitment';
    return [row({ capability: 'selection/screen-applicants', name, ...time, unit: 'ms', target: commitmentTarget })];
  },
};

/** A proof that somebody is in the list: its size, and the time to verify it. */
export const drawProof: Suite = {
  name: 'draw.proof',
  async measure({ say }) {
    const { size, bytes, microseconds } = taken('prove', Proved, { applicants, runs: proofs });
    say(
      `draw.proof: ${bytes} bytes at most, in a group of ${size}; the slowest of ${proofs} took ${Math.round(Math.max(...microseconds))} µs`,
    );
    const of = { capability: 'selection/show-draw', target: 1 };
    const value = median(microseconds);
    return [
      row({ ...of, name: 'draw.proof_bytes', value: bytes, unit: 'bytes', baseline: proofBytesLimit }),
      row({ ...of, name: 'draw.proof_time', value, unit: 'µs', baseline: proofMicroseconds }),
    ];
  },
};

/** Says at the end what the process has held, in megabytes. */
const tellMemory = 'process.once("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS / 1024)))';

/** The independent program repeats a whole draw from its files. @throws where it finds a difference. */
export const drawVerifier = inFolderOfItsOwn('draw.verifier', (folder, say) => {
  taken('list-with-roots', Nothing, { folders: [folder], applicants });
  const selection = taken('publish', Time, { folders: [folder], places });
  const verifier = join(import.meta.dirname, '..', '..', 'verifier', 'verify-draw.ts');
  const started = performance.now();
  const args = [
    '--import',
    `data:text/javascript,${encodeURIComponent(tellMemory)}`,
    verifier,
    join(folder, 'manifest.json'),
  ];
  const { stdout, stderr } = output(args);
  const wall = performance.now() - started;
  ok(stdout.includes('The draw is what its manifest says.') && !stdout.includes('DIFFERS'), stdout);
  say(`draw.verifier: all agrees after ${seconds(wall)}; ${Math.round(Number(stderr))} MB`);
  return [
    row({
      ...{ capability: 'selection', name: 'draw.verifier_seconds', value: wall / 1_000, unit: 's' },
      ...{ baseline: selection.wall / 1_000, target: verifierTarget },
    }),
  ];
});
