// Repeats a draw from its published files alone: `npm run verify-draw -- <manifest file or URL> [--base <folder or URL>]
// [--commitment <digest published before the draw>]`. Its own code on purpose: it shares nothing with the program that drew.
// The two files lie beside the manifest under the last part of their keys; with --base, under their whole keys there.
import { createHmac, hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

type Counts = Record<string, number>;
type Manifest = Record<'version' | 'maxPerFamily' | 'applicantCount' | 'winnerCount', number> &
  Record<'quotas' | 'placesAlreadyTaken' | 'byProvince', Counts> &
  Record<'listDigest' | 'seed' | 'winnersDigest' | 'commitmentDigest' | 'committedAt' | 'drawnAt', string> &
  Record<'seals', Record<'first' | 'second', { operator: string; seal: string }>> &
  Record<'shares', Record<'first' | 'second', string>> &
  Record<'files', Record<'applicants' | 'winners', string>>;
type Options = { base?: string | undefined; commitment?: string | undefined };
/** `agreed`: what was repeated with the same result. `difference`: the first thing that was not; absent when all agrees. */
export type Verdict = { agreed: string[]; difference?: string };

class Difference extends Error {}
function same(agrees: boolean, otherwise: string): void {
  if (!agrees) throw new Difference(otherwise);
}
const sha256 = (bytes: string | Buffer) => hash('sha256', bytes);
const byteOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const addedByTheDraw = ['commitmentDigest', 'shares', 'seed', 'winnersDigest', 'winnerCount', 'files', 'drawnAt'];
const urlOf = (place: string) => (/^https?:\/\//.test(place) ? new URL(place) : pathToFileURL(place));

async function read(url: URL): Promise<Buffer> {
  if (url.protocol === 'file:') return readFile(url);
  const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  if (!answer.ok) throw new Error(`${url.href} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

function linesOf(bytes: Buffer, form: RegExp, name: string): string[] {
  const lines = bytes.toString('latin1').split('\n');
  same(lines.pop() === '', `${name} is cut: its last line does not end.`);
  for (const [at, line] of lines.entries()) same(form.test(line), `${name}, line ${at + 1}, is badly formed.`);
  return lines;
}

function countBy(keys: Iterable<string>): Counts {
  const counts: Counts = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => byteOrder(a, b));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

function repeatedDraw(lines: string[], { seed, quotas, maxPerFamily, placesAlreadyTaken }: Manifest): string[] {
  const key = Buffer.from(seed, 'hex');
  const left = new Map(Object.entries(quotas));
  const families = new Map(Object.entries(placesAlreadyTaken));
  const scored = lines.map((line) => `${createHmac('sha256', key).update(line.slice(0, 64)).digest('hex')},${line}`);
  const winners: string[] = [];
  for (const line of scored.sort(byteOrder)) {
    const [score = '', id = '', province = '', family = ''] = line.split(',');
    const places = left.get(province);
    if (places === undefined) throw new Difference(`Province ${province} has applicants but no quota.`);
    const held = families.get(family) ?? 0;
    if (places <= 0 || held >= maxPerFamily) continue;
    left.set(province, places - 1);
    families.set(family, held + 1);
    winners.push(`${winners.length + 1},${id},${province},${score}`);
  }
  return winners;
}

function* checks(manifest: Manifest, list: Buffer, result: Buffer, { commitment }: Options): Generator<string> {
  same(manifest.version === 1, `The manifest has version ${manifest.version}; this program knows version 1.`);
  same(sha256(list) === manifest.listDigest, 'The list of applicants is not the committed one: listDigest differs.');
  const applicants = linesOf(list, /^[0-9a-f]{64},\d\d,[0-9a-f]{1,64}$/, 'The list of applicants');
  const early = applicants.findIndex((line, index) => line.slice(0, 64) <= (applicants[index - 1] ?? '').slice(0, 64));
  same(early < 0, `The list of applicants repeats an id or is out of order at line ${early + 1}.`);
  same(applicants.length === manifest.applicantCount, `The list has ${applicants.length} applicants, not as counted.`);
  const counted = countBy(applicants.map((line) => line.slice(65, 67)));
  same(canonical(counted) === canonical(manifest.byProvince), 'The list by province is not as counted in byProvince.');
  yield `list: ${applicants.length} applicants, each once, SHA-256 and counts by province as committed`;

  for (const who of ['first', 'second'] as const) {
    const sealed = sha256(`prakerja-draw-seal-1\n${manifest.shares[who]}\n`);
    same(sealed === manifest.seals[who].seal, `The share of the ${who} operator does not open its seal.`);
  }
  const { first, second } = manifest.seals;
  same(first.operator !== second.operator && first.seal !== second.seal, 'The seals are not of two operators.');
  yield 'seals: both shares open the seals given before the draw';

  const seedText = `prakerja-draw-seed-1\n${manifest.listDigest}\n${manifest.shares.first}\n${manifest.shares.second}\n`;
  same(sha256(seedText) === manifest.seed, 'The seed does not come from the list and the two shares.');
  yield 'seed: made of the list and both shares';

  const terms = Object.fromEntries(Object.entries(manifest).filter(([key]) => !addedByTheDraw.includes(key)));
  const agree = sha256(canonical(terms)) === manifest.commitmentDigest;
  same(agree, 'The terms (quotas, family limits, batch, operators, time) are not those of commitmentDigest.');
  const given = (commitment ?? manifest.commitmentDigest) === manifest.commitmentDigest;
  same(given, 'The terms were changed: commitmentDigest is not the commitment you gave.');
  same(Date.parse(manifest.committedAt) <= Date.parse(manifest.drawnAt), 'The draw is dated before its commitment.');
  yield `terms: quotas and limits agree with ${commitment ? 'the commitment you gave' : 'commitmentDigest'}`;

  same(sha256(result) === manifest.winnersDigest, 'The list of winners is not the one drawn: winnersDigest differs.');
  const claimed = linesOf(result, /^[1-9]\d*,[0-9a-f]{64},\d\d,[0-9a-f]{64}$/, 'The list of winners');
  same(claimed.length === manifest.winnerCount, `There are ${claimed.length} winners, not as in winnerCount.`);
  const repeated = repeatedDraw(applicants, manifest);
  const [expected, stated] = [repeated, claimed].map((of) => countBy(of.map((line) => line.split(',')[2] ?? '')));
  for (const province of Object.keys(manifest.quotas)) {
    const [drawn = 0, listed = 0] = [expected?.[province], stated?.[province]];
    same(drawn === listed, `The quota of province ${province} gives ${drawn} winners, the result has ${listed}.`);
  }
  const at = claimed.findIndex((line, index) => line !== repeated[index]);
  same(at < 0, `The result differs at rank ${at + 1}: the draw gives ${repeated[at]}, the list says ${claimed[at]}.`);
  yield `winners: the repeated draw gives the same ${repeated.length}, in the same order`;
}

/** Repeats the draw of a manifest (path or http URL). A difference is an answer; files that cannot be read throw. */
export async function verifyDraw(place: string, options: Options = {}): Promise<Verdict> {
  const at = urlOf(place);
  const manifest: Manifest = JSON.parse((await read(at)).toString('utf8'));
  const base = options.base && urlOf(`${options.base.replace(/\/+$/, '')}/`);
  const fileOf = (key: string) => read(base ? new URL(key, base) : new URL(`${key.split('/').at(-1)}`, at));
  const [list, result] = [await fileOf(manifest.files.applicants), await fileOf(manifest.files.winners)];
  const agreed: string[] = [];
  try {
    for (const agreement of checks(manifest, list, result, options)) agreed.push(agreement);
    return { agreed };
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    return { agreed, difference: error.message };
  }
}

async function main(): Promise<void> {
  const options = { base: { type: 'string' }, commitment: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (positionals[0] === undefined) throw new Error('Name the manifest: a file or an http URL.');
  const { agreed, difference } = await verifyDraw(positionals[0], values);
  for (const agreement of agreed) process.stdout.write(`agrees   ${agreement}\n`);
  process.stdout.write(difference ? `DIFFERS  ${difference}\n` : 'The draw is what its manifest says.\n');
  process.exitCode = difference ? 1 : 0;
}

if (import.meta.main) {
  process.exitCode = 1; // Until all agrees.
  await main().catch((error: unknown) => process.stderr.write(`Not verified: ${String(error)}\n`));
}
