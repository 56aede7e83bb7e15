import { ok } from 'node:assert/strict';
import { createReadStream, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { digestOf } from '#shared/platform/digest.ts';
import type { Files } from '#shared/platform/files.ts';
import { keysFrom } from '#shared/platform/keys.ts';
import { slices } from '#shared/platform/slices.ts';
import { announce, feeds, submit } from '#shared/registration/feeds/feed.ts';
import { feedFiles } from '#shared/registration/feeds/feed-files.ts';
import { feedImport } from '#shared/registration/feeds/feed-import.ts';
import { feedFile, feedIdOf } from '#shared/registration/feeds/feed-names.ts';
import { feedTurns } from '#shared/registration/feeds/feed-turn.ts';
import { listings } from '#shared/registration/feeds/listings.ts';
import { readFeed } from '#shared/registration/feeds/read-feed.ts';
import { participantIdOf } from '#shared/registration/person.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { startTable } from '#test/table/engine.ts';

/*
 * One process for one measure, so that its memory is its own: prints what it took, as JSON. `plain` reads a feed's file and splits
 * it into lines; `read` is what the worker does before it posts; `post` is the whole import on an engine; `puts` are as many bare puts of items of
 * that size, as many at a time.
 */

const modes = ['plain', 'read', 'post', 'puts'] as const;
const keys = keysFrom('the secret of the bench');
const day = '2026-11-01';
const atOnce = 48;

async function plain(file: string): Promise<number> {
  let [rest, lines] = ['', 0];
  for await (const piece of createReadStream(file, 'utf8')) {
    const parts = `${rest}${piece}`.split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line.length > 0) lines += 1;
  }
  return lines - 1; // Without the column names.
}

/** Files that are written, as a bucket would take them, and not held. */
const sink = (folder: string): Files => ({
  ...memoryFiles(),
  put: async (key, body) => writeFile(join(folder, digestOf(key).slice(0, 16)), body),
});

async function reading(file: string, folder: string): Promise<number> {
  const { size: bytes } = statSync(file);
  const digest = digestOf(await readFile(file));
  const source = { bytes, pieces: () => createReadStream(file, { highWaterMark: 4 * 1_048_576 }) };
  const found = await readFeed(
    source,
    { bytes, digest, day, kind: 'addition' },
    feedFiles(sink(folder), '0'.repeat(32)),
    keys,
  );
  return found.good;
}

async function posting(file: string): Promise<number> {
  const engine = await startTable();
  const { table } = engine;
  const [journals, files, text] = [feeds(table), memoryFiles(), await readFile(file)];
  const facts = { source: 'education', kind: 'addition', day, bytes: text.length, digest: digestOf(text) } as const;
  const feedId = feedIdOf(facts);
  const now = () => new Date();
  await journals.change(feedId, (before, at) => announce(before, feedId, facts, 'one', at));
  await files.put(feedFile.source(feedId), text, 'text/csv');
  await journals.change(feedId, (before) => submit(before, 'two'));
  const turns = feedTurns(table, journals);
  const step = feedImport({ feeds: journals, turns, listings: listings(table), files, keys: async () => keys, now });
  begin();
  await step({ step: 'read', feedId });
  const { read } = (await journals.load(feedId)).state;
  ok(read, 'The file is read');
  for (let part = 0; part < read.parts; part += 1) await step({ step: 'post', feedId, part });
  const { state, rows } = (await journals.load(feedId)).state;
  end();
  ok(state === 'posted' && rows, 'The feed is posted');
  await engine.stop();
  return rows.listed;
}

async function puts(count: number): Promise<number> {
  const engine = await startTable();
  const { client, name } = engine.table;
  const ids = Array.from({ length: count }, (_, at) => participantIdOf(keys, String(at)));
  const asOf = `${day}#${new Date(0).toISOString()}#${'0'.repeat(32)}`;
  begin();
  for (const group of slices(ids, atOnce))
    await Promise.all(
      group.map((id, row) => {
        const index = { lookup: `X#education#${id.slice(0, 1)}`, lookupSort: asOf };
        const facts = { source: 'education', state: 'listed', feedId: '0'.repeat(32), listedAt: asOf, asOf, row };
        const Item = { pk: `P#${id}`, sk: 'X#education', ...facts, ...index };
        return client.send(new PutCommand({ TableName: name, Item }));
      }),
    );
  end();
  await engine.stop();
  return count;
}

const { values } = parseArgs({
  options: {
    file: { type: 'string' },
    folder: { type: 'string' },
    mode: { type: 'string' },
    count: { type: 'string' },
  },
});
const given = z
  .object({ file: z.string(), folder: z.string(), mode: z.enum(modes), count: z.coerce.number() })
  .parse(values);

let [began, ended] = [performance.now(), 0];
let cpu = process.cpuUsage();
function begin(): void {
  [began, cpu] = [performance.now(), process.cpuUsage()];
}
function end(): void {
  ended = performance.now();
}

const measures = {
  plain: () => plain(given.file),
  read: () => reading(given.file, given.folder),
  post: () => posting(given.file),
  puts: () => puts(given.count),
} as const;
const lines = await measures[given.mode]();
const { user, system } = process.cpuUsage(cpu);
const processorSeconds = (user + system) / 1e6;
const seconds = ((ended || performance.now()) - began) / 1_000;
const megabytes = process.resourceUsage().maxRSS / 1_024;
process.stdout.write(JSON.stringify({ lines, seconds, processorSeconds, megabytes }));
