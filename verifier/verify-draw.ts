// Repeats a draw from its published files, and shares no code with the program that drew. What stands in quotes is a section of docs/draw.md, which says what each byte is.
// npm run verify-draw -- <manifest file or URL> [--base <folder or URL of the files>] [--commitment <digest published before>] [--key <public key of the program>]
import { AssertionError, ok } from 'node:assert/strict';
import { createCipheriv, createPublicKey, hash, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bls12_381 } from '@noble/curves/bls12-381.js';

type Json = ReturnType<typeof JSON.parse>;
type Given = { base?: string | undefined; commitment?: string | undefined; key?: string | undefined };
/** What agrees, the first thing that differs, and what of all that stays to be believed. */
export type Verdict = { agreed: string[]; difference?: string; unproved?: string };
/** What goes into the seed, where that is from, and what of it nobody has proved. */
type Revealed = { lines: string[]; source: string; unproved?: string };
/** The chain of drand that signs every three seconds: https://api.drand.sh/v2/beacons/quicknet/info */
const quicknet = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971';
const quicknetKey =
  '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a';
const bitOf: Json = { extreme_poverty: 1, migrant_worker: 2, disability: 4 };
const sha256 = (bytes: string | Uint8Array) => hash('sha256', bytes);
const bytesOf = (hex: string) => Buffer.from(hex, 'hex');
const urlOf = (place: string) => (/^https?:/.test(place) ? new URL(place) : pathToFileURL(place));

async function read(url: URL) {
  if (url.protocol === 'file:') return readFile(url);
  const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  if (!answer.ok) throw new Error(`${url.href} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  const member = (key: string) => `${JSON.stringify(key)}:${canonical(value[key])}`;
  return Object(value) === value ? `{${Object.keys(value).sort().map(member)}}` : JSON.stringify(value);
}

/** "Seed": what goes into it, once it is proved to be what was committed, and where that is from. */
async function revealed({ randomness, reveal, committedAt }: Json): Promise<Revealed> {
  const { kind, scheme, seals, round, roundAt, chainHash, publicKey } = randomness;
  ok(reveal.kind === kind, `The randomness revealed is ${reveal.kind}, the committed one ${kind}.`);
  if (kind === 'two_operators') {
    ok(seals.length === 2 && reveal.shares.length === 2, 'There are not two seals and two shares.');
    for (const [index, { operator, seal }] of seals.entries()) {
      const opens = sha256(`prakerja-draw-seal-1\n${reveal.shares[index]}\n`) === seal;
      ok(opens, `The share of operator ${operator} does not open the seal given before the draw.`);
    }
    ok(new Set(seals.flatMap(Object.values)).size === 4, 'The seals are not of two operators.');
    return { lines: reveal.shares, source: 'two shares, which open the seals given before the draw' };
  }
  ok(`${kind} ${scheme}` === 'drand bls-unchained-g1-rfc9380', `This program does not know ${kind} ${scheme}.`);
  const isKnown = publicKey === quicknetKey && Date.parse(roundAt) === 1_000 * (1_692_803_367 + 3 * (round - 1));
  ok(isKnown || chainHash !== quicknet, 'The key or the time of the round is not that of the chain.');
  ok(Date.parse(committedAt) < Date.parse(roundAt), 'The time of the round was not later than the commitment.');
  ok(/^[0-9a-f]{96}$/.test(reveal.signature), 'The signature of the beacon is badly formed.');
  const { shortSignatures: bls } = bls12_381;
  const digest = bytesOf(sha256(bytesOf(round.toString(16).padStart(16, '0'))));
  const message = bls.hash(digest, 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_');
  const signed = Promise.try(() => bls.verify(bytesOf(reveal.signature), message, bytesOf(publicKey)));
  ok(await signed.catch(() => false), `The signature is not that of round ${round} under the committed key.`);
  const chain = isKnown ? 'drand quicknet' : `chain ${chainHash}, which this program does not know`;
  const source = `the signature of round ${round} (${roundAt}) of ${chain}`;
  const unproved = 'who holds the key of that chain may have known the seed before the list was committed.';
  return { lines: [reveal.signature], source, ...(!isKnown && { unproved }) };
}

/** "Commitment to the list": the root over these hashes, RFC 6962, section 2.1. */
function treeOf(hashes: string[]): string {
  if (hashes.length < 2) return hashes[0] ?? sha256('');
  const half = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return sha256(bytesOf(`01${treeOf(hashes.slice(0, half))}${treeOf(hashes.slice(half))}`));
}

/** "Record": each is in its place, within the rules and counted. Answers for each where its family begins. */
function familiesOf(list: Buffer, { rules, list: stated }: Json) {
  const allBits = rules.strata.reduce((bits: number, { stratum }: Json) => bits | bitOf[stratum], 0);
  const [counts, homes]: Json[] = [{ provinces: {}, regencies: {}, strata: {} }, {}];
  const [leaves, groups]: [string[], string[]] = [[], []];
  const families = new Uint32Array(list.length / 22);
  let at = 0;
  for (const [shard, { file, count }] of stated.files.entries())
    for (let number = 1; number <= count; number += 1, at += 22) {
      const [digits, province, regency] = [list.readUInt16BE(at), list.readUInt8(at + 16), list.readUInt16BE(at + 17)];
      const [strata, lots, places] = [list.readUInt8(at + 19), list.readUInt8(at + 20), list.readUInt8(at + 21)];
      homes[regency] ??= province;
      const isLater = at === 0 || list.compare(list, at - 22, at - 6, at, at + 16) > 0;
      const isSibling = at > 0 && list.compare(list, at - 22, at - 14, at, at + 8) === 0;
      const isPlaced = isLater && digits >> (16 - 4 * stated.shardDigits) === shard && list[at + 15] === 0;
      const isHome = homes[regency] === province && regency > 999 && regency < 10_000;
      const isKnown = rules.provinces[province] !== undefined && province > 10 && province < 95 && !(strata & ~allBits);
      const isAllowed = lots > 0 && lots <= rules.maxLots && places > 0 && places <= rules.maxPerFamily;
      if (!isPlaced || !isHome || !isKnown || !isAllowed || (isSibling && list[at - 1] !== places))
        ok(false, `Record ${number} of ${file} is out of order, a repetition, or outside the rules.`);
      families[at / 22] = isSibling ? (families[at / 22 - 1] ?? 0) : at / 22;
      counts.provinces[province] = 1 + (counts.provinces[province] ?? 0);
      counts.regencies[regency] = 1 + (counts.regencies[regency] ?? 0);
      for (const name in bitOf) if (strata & bitOf[name]) counts.strata[name] = 1 + (counts.strata[name] ?? 0);
      while (groups.length < digits >> (16 - 4 * stated.groupDigits)) groups.push(treeOf(leaves.splice(0)));
      leaves.push(sha256(Buffer.concat([Buffer.of(0), list.subarray(at, at + 22)])));
    }
  ok(at === stated.count * 22, `The list has ${at / 22} records, list.count says ${stated.count}.`);
  for (const kind in counts)
    for (const code in { ...counts[kind], ...stated[kind] }) {
      const [found, said] = [counts[kind][code] ?? 0, stated[kind][code] ?? 0];
      ok(found === said, `The list has ${found} applicants of ${code}, list.${kind} says ${said}.`);
    }
  while (groups.length < 16 ** stated.groupDigits) groups.push(treeOf(leaves.splice(0)));
  ok(treeOf(groups) === stated.root, 'The root of the list differs from the committed one.');
  return families;
}

/** "Score", "Selection" and "Result": the winners and the outcomes as their files have them, and the pools. */
function repeatedDraw(list: Buffer, families: Uint32Array, { rules, seed }: Json) {
  const cipher = createCipheriv('aes-256-ecb', bytesOf(seed), null).setAutoPadding(false);
  const order = families.map((_, index) => index);
  const scores = Buffer.alloc(16 * order.length, 255);
  const block = (blocks: Buffer, index: number) => blocks.subarray(16 * index, 16 * index + 16);
  for (let lot = 0; lot < rules.maxLots; lot += 1) {
    const numbers = Buffer.alloc(scores.length, lot);
    for (const index of order) list.copy(numbers, 16 * index, 22 * index, 22 * index + 15);
    const lots = cipher.update(numbers);
    for (const index of order)
      if (list.readUInt8(22 * index + 20) > lot && block(lots, index).compare(block(scores, index)) < 0)
        block(lots, index).copy(scores, 16 * index);
  }
  const head = (index: number) => scores.readUInt32BE(16 * index);
  order.sort((a, b) => head(a) - head(b) || block(scores, a).compare(block(scores, b)));

  const left: Json = families.map((_, index) => list.readUInt8(22 * index + 21));
  const [outcomes, won]: [Buffer, number] = [Buffer.alloc(4 * order.length), 2 ** 30];
  const pools: Json[] = [];
  const play = (kind: string, round: number, quotas: Json, codeAt: (at: number) => Json) => {
    const open: Json = {};
    for (const code in quotas)
      open[code] = { pool: `${kind}:${code}`, members: 0, lots: 0, places: quotas[code], taken: 0, lastScore: null };
    for (const index of order) {
      const pool = open[codeAt(22 * index)];
      if (pool === undefined) continue;
      pool.members += 1;
      pool.lots += list[22 * index + 20];
      if (pool.taken >= pool.places || outcomes[4 * index] !== 0 || left[families[index] ?? 0] === 0) continue;
      pool.taken += 1;
      if (pool.taken === pool.places) pool.lastScore = block(scores, index).toString('hex');
      outcomes.writeUInt32BE(kind === 'waiting' ? 2 * won + pool.taken : won + round, 4 * index);
      if (kind !== 'waiting') left[families[index] ?? 0] -= 1;
    }
    if (kind !== 'waiting') pools.push(...Object.values(open));
  };
  for (const [round, { stratum, places }] of rules.strata.entries())
    play('stratum', round, { [stratum]: places }, (at) => list.readUInt8(at + 19) & bitOf[stratum] && stratum);
  play('regency', rules.strata.length, rules.regencies, (at) => list.readUInt16BE(at + 17));
  play('province', rules.strata.length + 1, rules.provinces, (at) => list.readUInt8(at + 16));
  play('waiting', 0, rules.waiting, (at) => list.readUInt8(at + 16));

  const winners = order.filter((index) => outcomes.readUInt8(4 * index) >> 6 === 1);
  const winnerBytes = Buffer.alloc(17 * winners.length);
  for (const [rank, index] of winners.entries()) {
    list.copy(winnerBytes, 17 * rank, 22 * index, 22 * index + 16);
    winnerBytes[17 * rank + 16] = outcomes.readUInt8(4 * index + 3);
    outcomes.writeUInt32BE(won + rank + 1, 4 * index);
  }
  for (const index of order)
    if (outcomes[4 * index] === 0 && left[families[index] ?? 0] === 0) outcomes.writeUInt32BE(3 * won, 4 * index);
  return { winners: winnerBytes, outcomes, pools };
}

/** A winner or an outcome, as its file has it, in words. */
function inWords(entry: Buffer) {
  if (entry.length === 17) return `${entry.toString('hex', 0, 16)} in round ${entry[16]}`;
  const kinds = ['not drawn', 'won', 'waiting', 'family full'];
  return entry.length === 4 ? `${kinds[entry.readUInt8() >> 6]} ${entry.readUInt32BE() % 2 ** 30}` : 'nothing';
}

/** "Result": the key that signed the manifest. Key and signature have one spelling: the bits to spare in their last letters are zero. */
function signerOf(manifest: Buffer, file: string) {
  const fields = `"sha256":"${sha256(manifest)}","signature":"([^"]*)"`;
  const match = new RegExp(`^{"algorithm":"Ed25519","publicKey":"([^"]*)",${fields}}$`).exec(file);
  ok(match, 'The file signature.json is not the signature of this manifest.');
  const [, x = '', signature = ''] = match;
  const isPlain = /^[\w-]{42}[AEIMQUYcgkosw048]$/.test(x) && /^[\w-]{85}[AQgw]$/.test(signature);
  const key = () => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const isSigned = isPlain && verify(null, manifest, key(), Buffer.from(signature, 'base64url'));
  ok(isSigned, 'The signature is not one of this manifest by its key.');
  return x;
}

/** Repeats the draw of a manifest (path or http URL). A difference is an answer; files that cannot be read throw. */
export async function verifyDraw(place: string, { base, commitment, key }: Given = {}): Promise<Verdict> {
  const agreed: string[] = [];
  try {
    const folder = urlOf(base ? `${base.replace(/\/+$/, '')}/` : place);
    const text = await read(urlOf(place));
    const manifest: Json = JSON.parse(String(text));
    const { commitmentDigest, reveal: _, seed, winners, outcomes, pools, drawnAt, ...terms } = manifest;
    ok(manifest.version === 2, `The manifest has version ${manifest.version}; this program knows version 2.`);
    ok(
      canonical(manifest) === String(text),
      'The manifest is not canonical JSON: other programs may read it otherwise.',
    );
    const termsAgree = sha256(canonical(terms)) === commitmentDigest;
    ok(termsAgree, 'The terms (rules, list, time and others) are not those of commitmentDigest.');
    const committed = sha256(await read(new URL('commitment.json', folder)));
    ok(committed === commitmentDigest, 'The file commitment.json does not hold the terms of the manifest.');
    const isGiven = (commitment ?? commitmentDigest) === commitmentDigest;
    ok(isGiven, 'The terms were changed: commitmentDigest is not the commitment you gave.');
    ok(Date.parse(terms.committedAt) <= Date.parse(drawnAt), 'The draw is dated before its commitment.');
    for (const { stratum } of terms.rules.strata)
      ok(Object.hasOwn(bitOf, stratum), `The rules name ${stratum}, which is no stratum.`);
    const from = commitment ? 'the commitment you gave' : 'commitmentDigest';
    agreed.push(`terms: rules, list and randomness agree with ${from}`);
    const { lines, source, unproved } = await revealed(manifest);
    const seedText = ['prakerja-draw-seed-2', commitmentDigest, ...lines, ''].join('\n');
    ok(sha256(seedText) === seed, 'The seed does not come from the commitment and what was revealed.');
    agreed.push(`seed: made of the commitment and ${source}`);

    /** The file that may have this name, unchanged and whole; where it is known what it should be, entry by entry. */
    const published = async (name: string, entry: Json, width: number, drawn?: Buffer) => {
      ok(entry?.file === name, `The manifest names ${entry?.file} where ${name} belongs.`);
      const bytes = await read(new URL(name, folder));
      const isStated = sha256(bytes) === entry.sha256 && bytes.length === entry.count * width;
      ok(isStated, `The file ${name} is not the stated one: its SHA-256 or its length differs.`);
      const differs = drawn?.equals(bytes) === false;
      for (let at = 0; differs; at += width) {
        const [found, said] = [drawn, bytes].map((all) => inWords(all.subarray(at, at + width)));
        const place = `${width === 17 ? 'The winner at rank' : 'Record'} ${at / width + 1} of ${name}`;
        ok(found === said, `${place}: the draw gives ${found}, the file says ${said}.`);
      }
      return bytes;
    };
    const { files, shardDigits } = terms.list;
    const nameOf = (kind: string, shard: number) => `${kind}-${shard.toString(16).padStart(shardDigits, '0')}`;
    const isWhole = files.length === 16 ** shardDigits;
    ok(isWhole, `The manifest names ${files.length} files of the list, not ${16 ** shardDigits}.`);
    const parts: Buffer[] = [];
    for (const [shard, entry] of files.entries())
      parts.push(await published(`${nameOf('list', shard)}-${String(entry?.sha256).slice(0, 16)}.bin`, entry, 22));
    const list = Buffer.concat(parts);
    const families = familiesOf(list, manifest);
    agreed.push(`list: ${families.length} applicants, each once, with SHA-256 and counts as committed`);
    agreed.push('root: the tree over the list has the committed root');

    const drawn = repeatedDraw(list, families, manifest);
    await published('winners.bin', winners, 17, drawn.winners);
    agreed.push(`winners: the repeated draw gives the same ${winners.count}, in the same order`);
    let first = 0;
    for (const [shard, { count }] of files.entries()) {
      const part = drawn.outcomes.subarray(first, first + 4 * count);
      await published(`${nameOf('outcomes', shard)}.bin`, outcomes[shard], 4, part);
      first += 4 * count;
    }
    ok(outcomes.length === parts.length, 'The manifest names more files of outcomes than of the list.');
    agreed.push('outcomes: the repeated draw gives every applicant the same');
    for (const [index, pool] of drawn.pools.entries())
      for (const member in pool) {
        const [found, said] = [pool[member], pools[index]?.[member]];
        ok(found === said, `${pool.pool}: ${member} is ${found}, not ${said} as stated.`);
      }
    ok(pools.length === drawn.pools.length, 'The manifest has more pools than the rules.');
    agreed.push(`pools: members, lots, places and last scores of all ${pools.length} are as stated`);
    const signer = signerOf(text, String(await read(new URL('signature.json', folder))));
    ok((key ?? signer) === signer, 'The manifest is signed by another key than the one you gave.');
    agreed.push(`signature: by ${key ? 'the key you gave' : `the key ${signer}; compare it with the program's`}`);
    return { agreed, ...(unproved && { unproved }) };
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    return { agreed, difference: error.message };
  }
}

if (import.meta.main) {
  process.exitCode = 1; // Until all agrees.
  const options = { base: { type: 'string' }, commitment: { type: 'string' }, key: { type: 'string' } } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (!positionals[0]) throw new Error('Name the manifest: a file or an http URL.');
    const { agreed, difference, unproved } = await verifyDraw(positionals[0], values);
    const proved = unproved
      ? `UNPROVED The draw follows from its seed; ${unproved}`
      : 'The draw is what its manifest says.';
    const end = difference ? `DIFFERS  ${difference}` : proved;
    process.stdout.write([...agreed.map((line) => `agrees   ${line}`), end, ''].join('\n'));
    process.exitCode = difference ? 1 : unproved ? 2 : 0;
  } catch (error) {
    process.stderr.write(`Not verified: ${String(error)}\n`);
  }
}
