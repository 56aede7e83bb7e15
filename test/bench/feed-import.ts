import { ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { compared, row } from '#test/bench/row.ts';
import type { Suite } from '#test/bench/suite.ts';

const lines = 1_000_000;
/** On the engine of this machine, which takes some thousand puts a second where nothing else runs. */
const postedLines = 20_000;
/** By turns: a busy machine slows both. */
const runs = 3;
/** Checking, hashing and keeping a line against splitting it, in processor time: a keyed hash alone is two of four microseconds; measured: 41 to 48. */
const timeTarget = 60;
/** Posting a line against putting its item without a condition, both on the same engine, in the worker's processor time; measured: 1.2. */
const postTarget = 1.5;
/** What the worker may hold, in megabytes. */
const memoryLimit = 512;

/** Numbers that people could have, each of one: a day of birth, then serials. */
function nikAt(number: number): string {
  const serial = String(1 + (number % 9_000)).padStart(4, '0');
  const day = Math.floor(number / 9_000);
  const date = `${String(1 + (day % 28)).padStart(2, '0')}${String(1 + (Math.floor(day / 28) % 12)).padStart(2, '0')}90`;
  return `327399${date}${serial}`;
}

const linesAtOnce = 10_000;
function* pieces(count: number): Generator<string> {
  yield '\ufeffnik;until\r\n';
  for (let from = 0; from < count; from += linesAtOnce)
    yield Array.from({ length: Math.min(linesAtOnce, count - from) }, (_, at) => `${nikAt(from + at)};\r\n`).join('');
}

const Taken = z.strictObject({
  lines: z.int(),
  seconds: z.number(),
  processorSeconds: z.number(),
  megabytes: z.number(),
});
type Mode = 'plain' | 'read' | 'post' | 'puts';

/** Runs one measure in a process of its own. @throws when it did not see every line. */
function taken(mode: Mode, file: string, count: number): z.infer<typeof Taken> {
  const folder = mkdtempSync(join(tmpdir(), 'feed-parts-'));
  const script = join(import.meta.dirname, 'feed-import-run.ts');
  const args = [script, '--mode', mode, '--file', file, '--folder', folder, '--count', String(count)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  rmSync(folder, { recursive: true, force: true });
  ok(status === 0, `The measure fails: ${String(stderr).slice(-400)}`);
  const measured = Taken.parse(JSON.parse(String(stdout).trim().split('\n').at(-1) ?? ''));
  ok(measured.lines === count, `${measured.lines} of ${count} lines`);
  return measured;
}

const perLine = (seconds: number, count: number) => (seconds / count) * 1e6;

/** What importing a list of a million people costs: reading it against a plain read of the same file, memory, and posting it against bare puts. */
export const feedImport: Suite = {
  name: 'feed',
  async measure({ say }) {
    const folder = mkdtempSync(join(tmpdir(), 'feed-'));
    const write = async (count: number) => {
      const file = join(folder, `${count}.csv`);
      await pipeline(Readable.from(pieces(count)), createWriteStream(file));
      return file;
    };
    try {
      const file = await write(lines);
      const reads = Array.from({ length: runs }, () => ({
        plain: taken('plain', file, lines),
        read: taken('read', file, lines),
      }));
      const reading = compared(
        reads.map(({ read, plain }) => ({ ours: read.processorSeconds, other: plain.processorSeconds })),
      );
      const fewer = await write(postedLines);
      const [post, puts] = [taken('post', fewer, postedLines), taken('puts', fewer, postedLines)];
      const megabytes = Math.max(post.megabytes, ...reads.map(({ read }) => read.megabytes));
      say(
        `feed.read: ${Math.round(lines / reading.value)} lines a second of the processor, a plain read ${Math.round(lines / reading.baseline)}`,
      );
      say(
        `feed.post: ${Math.round(postedLines / post.seconds)} lines a second on the engine of this machine, bare puts ${Math.round(postedLines / puts.seconds)}; ${Math.round(megabytes)} MB`,
      );
      const capability = 'registration/import-feed';
      return [
        row({
          ...{ capability, name: 'feed.read_ratio', unit: 'µs a line', target: timeTarget },
          ...{ value: perLine(reading.value, lines), baseline: perLine(reading.baseline, lines) },
        }),
        row({
          ...{ capability, name: 'feed.post_ratio', unit: 'µs a line', target: postTarget },
          ...{
            value: perLine(post.processorSeconds, postedLines),
            baseline: perLine(puts.processorSeconds, postedLines),
          },
        }),
        row({
          ...{ capability, name: 'feed.memory_ratio', unit: 'MB', target: 1 },
          ...{ value: megabytes, baseline: memoryLimit },
        }),
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
