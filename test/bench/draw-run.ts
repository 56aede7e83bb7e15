import { ok } from 'node:assert/strict';
import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { digestOf } from '#shared/platform/digest.ts';
import { keysFrom } from '#shared/platform/keys.ts';
import { DrawCommitment, seedOf } from '#shared/selection/draw/manifest.ts';
import { leafHashes, rootOf } from '#shared/selection/draw/merkle.ts';
import { drawNumberBytes, recordBytes } from '#shared/selection/draw/record.ts';
import { type Selection, select, winnerBytes } from '#shared/selection/draw/select.ts';
import { allDigits, drawFile } from '#shared/selection/draw-files.ts';
import { outcomeBytes, recordsUnder, resultGroup } from '#shared/selection/draw-shards.ts';
import { manifestOf, signatureText } from '#shared/selection/draw-texts.ts';
import { proofOf, verifiesProof } from '#shared/selection/proof.ts';
import {
  commitmentIn,
  cut,
  drawnAt,
  groupRootsOf,
  listIn,
  reveal,
  shardRecords,
  writeList,
} from '#test/bench/draw-list.ts';

/*
 * One process for one measure of the draw, so that its memory is its own and who makes a list has no part in it; prints what it took, as JSON.
 */

const { values } = parseArgs({
  options: {
    measure: { type: 'string' },
    folder: { type: 'string', multiple: true, default: [] },
    applicants: { type: 'string', default: '0' },
    places: { type: 'string', default: '0' },
    runs: { type: 'string', default: '1' },
  },
});
const Options = z.object({
  folder: z.array(z.string()),
  ...{ applicants: z.coerce.number(), places: z.coerce.number(), runs: z.coerce.number() },
});
const { folder: folders, applicants, places, runs } = Options.parse(values);
const [folder = ''] = folders;

type Time = { readonly wall: number; readonly processor: number };

/** Milliseconds by the clock, and of the processor: there, what else the machine does meanwhile is not counted. */
async function timed<Done>(work: () => Promise<Done> | Done): Promise<Time & { readonly done: Done }> {
  const [started, used] = [performance.now(), process.cpuUsage()];
  const done = await work();
  const { user, system } = process.cpuUsage(used);
  return { wall: performance.now() - started, processor: (user + system) / 1_000, done };
}

const timeOf = ({ wall, processor }: Time): Time => ({ wall, processor });

/** The selection from the list of a folder, ready to be made again and again. */
async function selecting(from: string, placeCount: number): Promise<() => Promise<Selection>> {
  const text = await commitmentIn(from, placeCount);
  const commitment = DrawCommitment.parse(JSON.parse(text));
  const seed = seedOf(text, reveal);
  return () => select(listIn(from, commitment), commitment.rules, seed);
}

async function selectOnce() {
  const { done, ...time } = await timed(await selecting(folder, places));
  const waiting = Object.values(done.waiting).reduce((sum, { length }) => sum + length, 0);
  const megabytes = process.resourceUsage().maxRSS / 1_024;
  return { applicants: done.outcomes.length, winners: done.winners.length / winnerBytes, waiting, ...time, megabytes };
}

/** Selections and sorts of as many random numbers by turns, once warm. */
async function selectAndSort() {
  const make = await selecting(folder, places);
  const { outcomes } = await make();
  const times: { readonly selection: Time; readonly sort: Time }[] = [];
  for (let run = 0; run < runs; run += 1) {
    const selection = timeOf(await timed(make));
    const numbers = Float64Array.from({ length: outcomes.length }, Math.random);
    times.push({ selection, sort: timeOf(await timed(() => numbers.sort())) });
  }
  return { times };
}

/** Nanoseconds of the processor for each applicant of each list, by turns, once warm. The part who win is the same in all. */
async function growth() {
  const largest = folders.length - 1;
  const sizes = await Promise.all(
    folders.map(async (from) => {
      const { list } = DrawCommitment.parse(JSON.parse(await commitmentIn(from, 0)));
      return { from, count: list.count };
    }),
  );
  const most = sizes[largest]?.count ?? 1;
  const lists = await Promise.all(
    sizes.map(async ({ from, count }) => ({ count, make: await selecting(from, Math.round((places * count) / most)) })),
  );
  for (const { make } of lists) await make();
  const rounds: number[][] = [];
  for (let run = 0; run < runs; run += 1) {
    const round: number[] = [];
    for (const { count, make } of lists) round.push(((await timed(make)).processor * 1e6) / count);
    rounds.push(round);
  }
  return { rounds };
}

/** The root over a list, and SHA-256 of its bytes at once, by turns. */
async function commit() {
  const digits = allDigits(cut.shardDigits);
  const shards = Array.from(shardRecords(applicants), (records) => Buffer.from(records));
  const whole = Buffer.concat(shards);
  const times: { readonly root: Time; readonly digest: Time }[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const root = timeOf(
      await timed(() =>
        rootOf(Buffer.concat(shards.flatMap((records, shard) => groupRootsOf(records, digits[shard] ?? '')))),
      ),
    );
    const digest = timeOf(await timed(() => hash('sha256', whole)));
    if (run > 0) times.push({ root, digest });
  }
  return { times };
}

/** Proofs of applicants of the first group of a large list; of the other groups only the roots matter. */
async function prove() {
  const [shard] = shardRecords(applicants);
  const group = '0'.repeat(cut.groupDigits);
  ok(shard, 'A list has a first shard');
  const list = Buffer.from(shard);
  const own = rootOf(leafHashes(recordsUnder(list, group), recordBytes));
  const others = Array.from({ length: 16 ** cut.groupDigits - 1 }, (_, index) =>
    hash('sha256', String(index), 'buffer'),
  );
  const groupRoots = Buffer.concat([own, ...others]);
  const root = rootOf(groupRoots).toString('hex');
  const outcomes = outcomeBytes(new Uint32Array(list.length / recordBytes));
  const manifestDigest = digestOf('manifest');
  const result = resultGroup(group, { batchId: '20', manifestDigest, list, outcomes, groupRoots, refused: [] });
  // A prime number of steps, round and round: all over the group.
  const size = result.applicants.length;
  const proofs = Array.from({ length: runs }, (_, run) => {
    const [record = ''] = result.applicants[(run * 1_009) % size] ?? [];
    return proofOf(result, record.slice(0, 2 * drawNumberBytes));
  });
  const verify = (proof: (typeof proofs)[number]) => verifiesProof(proof, root, cut.groupDigits);
  for (const proof of proofs)
    ok(verify(proof) && !verify({ ...proof, index: (proof.index + 1) % size }), 'Proofs prove');
  const microseconds = proofs.map((proof) => {
    const started = process.hrtime.bigint();
    verify(proof);
    return Number(process.hrtime.bigint() - started) / 1_000;
  });
  return { size, bytes: Math.max(...proofs.map((proof) => JSON.stringify(proof).length)), microseconds };
}

/** Draws from the list of a folder, and puts the files of the result beside it. */
async function publish() {
  const text = await commitmentIn(folder, places);
  const { commitment, seed, manifest } = manifestOf(text, reveal);
  const { done, ...time } = await timed(() => select(listIn(folder, commitment), commitment.rules, seed));
  const put = async (file: string, bytes: Buffer, count: number) => {
    await writeFile(join(folder, file), bytes);
    return { file, sha256: digestOf(bytes), count };
  };
  await writeFile(join(folder, drawFile.commitment), text);
  const outcomes = [];
  let first = 0;
  for (const [index, shard] of allDigits(cut.shardDigits).entries()) {
    const count = commitment.list.files[index]?.count ?? 0;
    outcomes.push(
      await put(drawFile.outcomes(shard), outcomeBytes(done.outcomes.subarray(first, first + count)), count),
    );
    first += count;
  }
  const winners = await put(drawFile.winners, done.winners, done.winners.length / winnerBytes);
  const drawn = manifest({ winners, outcomes, pools: [...done.pools] }, drawnAt);
  await writeFile(join(folder, drawFile.manifest), drawn);
  await writeFile(join(folder, drawFile.signature), signatureText(keysFrom('a public test key'), drawn));
  return { ...time };
}

const measures = {
  list: () => writeList(folder, applicants),
  'list-with-roots': () => writeList(folder, applicants, true),
  select: selectOnce,
  'select-and-sort': selectAndSort,
  growth,
  commit,
  prove,
  publish,
} as const;
export type Measure = keyof typeof measures;

const measure = z.enum(Object.keys(measures) as [Measure, ...Measure[]]).parse(values.measure);
process.stdout.write(JSON.stringify((await measures[measure]()) ?? {}));
