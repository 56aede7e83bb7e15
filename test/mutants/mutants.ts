import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { mutants } from './all.ts';
import { type Mutant, planted } from './mutant.ts';

/*
 * `npm run mutants`: breaks the rules of money and of the draw one by one, in copies of the repository, and expects a test to notice each time. A
 * mutant that survives shows a rule that nothing holds; one whose text is gone is to be planted anew. Arguments, if any, are
 * words: only mutants whose file or sentence has one of them are planted.
 */

const root = join(import.meta.dirname, '..', '..');
/** As many at a time as there are cores for; each has a copy of its own. */
const workers = 2;
type Patience = { readonly tries: number; readonly seconds: number };
/** A mutant that ends nothing, and sends a test in circles, is for a person to look at. */
const withMutant: Patience = { tries: 2, seconds: 180 };
/** All tests once. What a busy machine makes fail now and then is tried again. */
const withoutMutant: Patience = { tries: 3, seconds: 900 };
const copied = ['shared', 'functions', 'infra', 'verifier', 'test', 'package.json', 'tsconfig.json'];

const Results = z.object({
  numPassedTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ status: z.string(), title: z.string() })),
    }),
  ),
});

type Run = { readonly passed: number; readonly caughtBy: string | null };

/** A copy of all that the tests need, with the packages of this one. */
async function copyOfRepository(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'mutants-'));
  for (const name of copied) await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Runs test files in a copy until the first failure. @throws when they do not end. */
async function run(copy: string, tests: readonly string[], { tries, seconds }: Patience): Promise<Run> {
  const outputFile = join(copy, 'results.json');
  await rm(outputFile, { force: true });
  const options = ['--config', 'test/vitest.config.ts', '--project', 'parts', '--bail', '1', '--maxWorkers', '1'];
  const retrying = ['--retry', String(tries - 1)];
  const reporting = ['--reporter', 'json', '--outputFile', outputFile];
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  await endOf(copy, [vitest, 'run', ...options, ...retrying, ...reporting, ...tests], seconds);
  const { numPassedTests, testResults } = Results.parse(JSON.parse(await readFile(outputFile, 'utf8')));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  const unread = testResults.find(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  if (unread?.message?.includes('Transform failed')) throw new Error('A mutant is a program, too');
  const [first = ''] = (unread?.message ?? '').split('\n');
  const caughtBy =
    failed?.title ?? (unread ? `what ${unread.name.slice(copy.length + 1)} begins with: ${first}` : null);
  return { passed: numPassedTests, caughtBy };
}

function endOf(cwd: string, command: readonly string[], seconds: number): Promise<void> {
  const child = spawn(process.execPath, command, { cwd, stdio: 'ignore', detached: true });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      // The whole group: engines that a test has started end with it.
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
      reject(new Error(`The tests do not end within ${seconds} s`));
    }, seconds * 1_000);
    child.on('error', reject);
    child.on('exit', () => {
      clearTimeout(late);
      resolve();
    });
  });
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Plants one mutant in a copy, runs its tests, and takes it out again. Whether a test caught it. */
async function isCaught(copy: string, mutant: Mutant): Promise<boolean> {
  const { file, says, tests } = mutant;
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  const text = planted(source, mutant);
  if (text === null) {
    say(`${file}: ${says}: NOT THERE ANY MORE, plant it anew`);
    return false;
  }
  await writeFile(path, text);
  const { caughtBy } = await run(copy, tests, withMutant);
  await writeFile(path, source);
  say(`${file}: ${says}: ${caughtBy === null ? 'SURVIVED' : `caught by "${caughtBy}"`}`);
  return caughtBy !== null;
}

async function main(words: readonly string[]): Promise<boolean> {
  const began = performance.now();
  const chosen = mutants.filter(
    ({ file, says }) => words.length === 0 || words.some((word) => `${file} ${says}`.includes(word)),
  );
  const copies = await Promise.all(Array.from({ length: workers }, copyOfRepository));
  try {
    const [first = ''] = copies;
    const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))];
    const whole = await run(first, tests, withoutMutant);
    // Otherwise the tests would fail with any mutant.
    if (whole.caughtBy !== null || whole.passed === 0) throw new Error(`Nothing is planted yet: ${whole.caughtBy}`);
    say(`${whole.passed} tests in ${tests.length} files hold ${chosen.length} rules`);
    const waiting = [...chosen];
    let caught = 0;
    await Promise.all(
      copies.map(async (copy) => {
        for (let mutant = waiting.shift(); mutant; mutant = waiting.shift())
          if (await isCaught(copy, mutant)) caught += 1;
      }),
    );
    say(`${caught} of ${chosen.length} mutants caught in ${Math.round((performance.now() - began) / 1_000)} s`);
    return chosen.length > 0 && caught === chosen.length;
  } finally {
    for (const copy of copies) await rm(copy, { recursive: true, force: true });
  }
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
