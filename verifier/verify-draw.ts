// Repeats a draw from its published files alone, and shares no code with the program that drew: docs/draw.md says what each byte is.
// npm run verify-draw -- <manifest file or URL> [--base <folder or URL of the files>] [--commitment <digest published before>] [--key <public key of the program>]
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { check, checkedList, Difference, type Json } from './check-list.ts';
import { revealed } from './check-reveal.ts';
import { signedBy } from './check-signature.ts';
import { repeatedDraw, stratumBits } from './repeat-draw.ts';

/** What was repeated with the same result, the first thing that was not, and what of all that stays to be believed. */
export type Verdict = { agreed: string[]; difference?: string; unproved?: string };
const sha256 = (bytes: string | Uint8Array) => hash('sha256', bytes);
const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
const urlOf = (place: string) => (/^https?:/.test(place) ? new URL(place) : pathToFileURL(place));

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

async function read(url: URL): Promise<Buffer> {
  if (url.protocol === 'file:') return readFile(url);
  const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  if (!answer.ok) throw new Error(`${url.href} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** A winner or an outcome, as its file has it, in words. */
function inWords(entry: Buffer): string {
  if (entry.length === 17) return `${entry.toString('hex', 0, 16)} in round ${entry[16]}`;
  const kinds = ['not drawn', 'won', 'waiting', 'family full'];
  return entry.length === 4 ? `${kinds[entry.readUInt8() >> 6]} ${entry.readUInt32BE() % 2 ** 30}` : 'nothing';
}

type Options = { base?: string | undefined; commitment?: string | undefined; key?: string | undefined };

/** Puts what agrees into the verdict, one after the other; throws the first Difference. */
async function checkAll(verdict: Verdict, text: Buffer, folder: URL, { commitment, key }: Options): Promise<void> {
  const agree = (line: string) => verdict.agreed.push(line);
  const manifest: Json = JSON.parse(String(text));
  check(manifest.version === 2, `The manifest has version ${manifest.version}; this program knows version 2.`);
  const isCanonical = canonical(manifest) === String(text);
  check(isCanonical, 'The manifest is not canonical JSON: other programs may read it otherwise.');
  const { commitmentDigest, reveal: _, seed, winners, outcomes, pools, drawnAt, ...terms } = manifest;
  const { rules, list: stated } = terms;
  const termsDigest = sha256(canonical(terms));
  check(
    termsDigest === commitmentDigest,
    'The terms (rules, list, time and others) are not those of commitmentDigest.',
  );
  const committed = String(await read(new URL('commitment.json', folder)));
  check(committed === canonical(terms), 'The file commitment.json does not hold the terms of the manifest.');
  const isGiven = (commitment ?? commitmentDigest) === commitmentDigest;
  check(isGiven, 'The terms were changed: commitmentDigest is not the commitment you gave.');
  check(Date.parse(terms.committedAt) <= Date.parse(drawnAt), 'The draw is dated before its commitment.');
  for (const { stratum } of rules.strata)
    check(Object.hasOwn(stratumBits, stratum), `The rules name ${stratum}, which is no stratum.`);
  agree(`terms: rules, list and randomness agree with ${commitment ? 'the commitment you gave' : 'commitmentDigest'}`);
  const { lines, words, unproved } = await revealed(manifest);
  if (unproved) verdict.unproved = unproved;
  const seedText = ['prakerja-draw-seed-2', commitmentDigest, ...lines, ''].join('\n');
  check(sha256(seedText) === seed, 'The seed does not come from the commitment and what was revealed.');
  agree(`seed: made of the commitment and ${words}`);

  /** The file that may have this name, unchanged and whole; where it is known what it should be, entry by entry. */
  const published = async (name: string, entry: Json, width: number, drawn?: Buffer) => {
    check(entry?.file === name, `The manifest names ${entry?.file} where ${name} belongs.`);
    const bytes = await read(new URL(name, folder));
    const isStated = sha256(bytes) === entry.sha256 && bytes.length === entry.count * width;
    check(isStated, `The file ${name} is not the stated one: its SHA-256 or its length differs.`);
    const differs = drawn !== undefined && !drawn.equals(bytes);
    for (let at = 0; differs; at += width) {
      const [found, said] = [drawn, bytes].map((all) => inWords(all.subarray(at, at + width)));
      const place = `${width === 17 ? 'The winner at rank' : 'Record'} ${at / width + 1} of ${name}`;
      check(found === said, `${place}: the draw gives ${found}, the file says ${said}.`);
    }
    return bytes;
  };
  const [named, fileCount] = [stated.files.length, 16 ** stated.shardDigits];
  check(named === fileCount, `The manifest names ${named} files of the list, not ${fileCount}.`);
  const parts: Buffer[] = [];
  const nameOf = (kind: string, shard: number) => `${kind}-${hex(shard, stated.shardDigits)}`;
  for (const [shard, entry] of stated.files.entries())
    parts.push(await published(`${nameOf('list', shard)}-${String(entry?.sha256).slice(0, 16)}.bin`, entry, 22));
  const list = Buffer.concat(parts);
  const families = checkedList(list, manifest);
  agree(`list: ${stated.count} applicants, each once, with SHA-256 and counts as committed`);
  agree('root: the tree over the list has the committed root');

  const drawn = repeatedDraw(list, families, manifest);
  await published('winners.bin', winners, 17, drawn.winners);
  agree(`winners: the repeated draw gives the same ${winners.count}, in the same order`);
  let from = 0;
  for (const [shard, { count }] of stated.files.entries()) {
    const ofShard = drawn.outcomes.subarray(from, from + 4 * count);
    await published(`${nameOf('outcomes', shard)}.bin`, outcomes[shard], 4, ofShard);
    from += 4 * count;
  }
  check(outcomes.length === parts.length, 'The manifest names more files of outcomes than of the list.');
  agree('outcomes: the repeated draw gives every applicant the same');
  for (const [index, pool] of drawn.pools.entries())
    for (const member in pool)
      check(
        pool[member] === pools[index]?.[member],
        `${pool.pool}: ${member} is ${pool[member]}, not ${pools[index]?.[member]} as stated.`,
      );
  check(pools.length === drawn.pools.length, 'The manifest has more pools than the rules.');
  agree(`pools: members, lots, places and last scores of all ${drawn.pools.length} are as stated`);
  const publicKey = signedBy(text, await read(new URL('signature.json', folder)));
  check((key ?? publicKey) === publicKey, 'The manifest is signed by another key than the one you gave.');
  agree(`signature: by ${key ? 'the key you gave' : `the key ${publicKey}; compare it with the program's`}`);
}

/** Repeats the draw of a manifest (path or http URL). A difference is an answer; files that cannot be read throw. */
export async function verifyDraw(place: string, options: Options = {}): Promise<Verdict> {
  const at = urlOf(place);
  const folder = options.base ? urlOf(`${options.base.replace(/\/+$/, '')}/`) : at;
  const verdict: Verdict = { agreed: [] };
  try {
    await checkAll(verdict, await read(at), folder, options);
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    verdict.difference = error.message;
  }
  return verdict;
}

async function main(): Promise<void> {
  const options = { base: { type: 'string' }, commitment: { type: 'string' }, key: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (positionals[0] === undefined) throw new Error('Name the manifest: a file or an http URL.');
  const { agreed, difference, unproved } = await verifyDraw(positionals[0], values);
  for (const agreement of agreed) process.stdout.write(`agrees   ${agreement}\n`);
  const end = unproved ? `UNPROVED The draw follows from its seed; ${unproved}` : 'The draw is what its manifest says.';
  process.stdout.write(`${difference ? `DIFFERS  ${difference}` : end}\n`);
  process.exitCode = difference ? 1 : unproved ? 2 : 0;
}

if (import.meta.main) {
  process.exitCode = 1; // Until all agrees.
  await main().catch((error: unknown) => process.stderr.write(`Not verified: ${String(error)}\n`));
}
