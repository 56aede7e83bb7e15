import { ok } from 'node:assert/strict';
import { createCipheriv, generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { digestOf } from '#shared/platform/digest.ts';
import {
  commitmentText,
  DrawCommitment,
  type DrawManifest,
  type DrawRules,
  type PoolResult,
  type Randomness,
  type Reveal,
  sealOf,
  seedOf,
} from '#shared/selection/draw/manifest.ts';
import { leafHashes, rootOf } from '#shared/selection/draw/merkle.ts';
import { type DrawRecord, encodeRecord, recordBytes, regencyNumber, strata } from '#shared/selection/draw/record.ts';

/*
 * Draws made the slow and plain way, to compare with: docs/draw.md, sentence by sentence, over arrays of objects.
 */

export type DrawInput = {
  readonly batchId: string;
  /** In any order. */
  readonly applicants: readonly DrawRecord[];
  readonly rules: DrawRules;
  readonly randomness: Randomness;
  readonly reveal: Reveal;
  readonly shardDigits: number;
  readonly groupDigits: number;
  readonly committedAt: string;
  readonly drawnAt: string;
};

/** The files by name, without those that `writeDraw` makes from `manifest`: itself, the commitment and the signature. */
export type PlainDraw = { readonly manifest: DrawManifest; readonly files: ReadonlyMap<string, Buffer> };

type PlainPool = { readonly name: string; readonly places: number; readonly has: (who: DrawRecord) => boolean };
type Scored = DrawRecord & { readonly score: string };

const ascending = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const familyOf = ({ drawNumber }: DrawRecord) => drawNumber.slice(0, 16);

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys.toSorted(ascending)) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** All beginnings of that many hex digits, in order. */
const beginnings = (digits: number) =>
  Array.from({ length: 16 ** digits }, (_, number) => number.toString(16).padStart(digits, '0'));

function scoreOf({ drawNumber, lots }: DrawRecord, seed: string): string {
  const all = Array.from({ length: lots }, (_, lot) => {
    const cipher = createCipheriv('aes-256-ecb', Buffer.from(seed, 'hex'), null).setAutoPadding(false);
    return cipher.update(`${drawNumber.slice(0, 30)}${lot.toString(16).padStart(2, '0')}`, 'hex', 'hex');
  });
  return all.toSorted(ascending)[0] ?? '';
}

function roundsOf({ strata: ofStrata, regencies, provinces, waiting }: DrawRules): PlainPool[][] {
  const inProvince = (kind: string, places: Readonly<Record<string, number>>) =>
    Object.entries(places).map(([code, count]) => {
      return { name: `${kind}:${code}`, places: count, has: (who: DrawRecord) => who.provinceCode === code };
    });
  const inRegency = Object.entries(regencies).map(([code, places]) => {
    const has = (who: DrawRecord) => regencyNumber(who.regencyCode) === Number(code);
    return { name: `regency:${code}`, places, has };
  });
  const inStratum = ofStrata.map(({ stratum, places }) => {
    return [{ name: `stratum:${stratum}`, places, has: (who: DrawRecord) => who.strata.includes(stratum) }];
  });
  return [...inStratum, inRegency, inProvince('province', provinces), inProvince('waiting', waiting)];
}

/** The selection: winners by rank with their rounds, waiting lists by pool, and the pools that have places. */
function selection(applicants: readonly DrawRecord[], rules: DrawRules, seed: string) {
  const scored = applicants.map((who): Scored => ({ ...who, score: scoreOf(who, seed) }));
  const order = scored.toSorted((a, b) => ascending(a.score, b.score));
  const rounds = roundsOf(rules);
  const roundOf = new Map<Scored, number>();
  const winnersOf = (who: DrawRecord) => [...roundOf.keys()].filter((other) => familyOf(other) === familyOf(who));
  const taken = new Map<PlainPool, Scored[]>(rounds.flat().map((pool) => [pool, []]));
  for (const [round, pools] of rounds.entries())
    for (const who of order) {
      const pool = pools.find((one) => one.has(who) && (taken.get(one)?.length ?? 0) < one.places);
      if (!pool || roundOf.has(who) || winnersOf(who).length >= who.familyPlaces) continue;
      taken.get(pool)?.push(who);
      if (round < rounds.length - 1) roundOf.set(who, round);
    }

  const winners = order.filter((who) => roundOf.has(who));
  const waitingLists = (rounds.at(-1) ?? []).map((pool) => taken.get(pool) ?? []);
  const outcomes = new Map<string, readonly [kind: number, number: number]>();
  for (const who of order) outcomes.set(who.drawNumber, [winnersOf(who).length >= who.familyPlaces ? 3 : 0, 0]);
  for (const [index, who] of winners.entries()) outcomes.set(who.drawNumber, [1, index + 1]);
  for (const list of waitingLists)
    for (const [index, who] of list.entries()) outcomes.set(who.drawNumber, [2, index + 1]);
  const withPlaces = rounds.slice(0, -1).flat();
  const pools = withPlaces.map((pool): PoolResult => {
    const members = applicants.filter((who) => pool.has(who));
    const took = taken.get(pool) ?? [];
    const lastScore = took.length === pool.places ? (took.at(-1)?.score ?? null) : null;
    const lots = members.reduce((sum, who) => sum + who.lots, 0);
    return { pool: pool.name, members: members.length, lots, places: pool.places, taken: took.length, lastScore };
  });
  return { winners: winners.map((who) => ({ ...who, round: roundOf.get(who) ?? -1 })), outcomes, pools };
}

/** The root over the groups of a list. */
function plainRoot(list: readonly DrawRecord[], groupDigits: number): string {
  const roots = beginnings(groupDigits).map((digits) => {
    const group = list.filter(({ drawNumber }) => drawNumber.startsWith(digits));
    return rootOf(leafHashes(Buffer.concat(group.map(encodeRecord)), recordBytes));
  });
  return rootOf(Buffer.concat(roots)).toString('hex');
}

/** Makes the whole draw. */
export function plainDraw(input: DrawInput): PlainDraw {
  const { rules, randomness, reveal, shardDigits, groupDigits, batchId, committedAt, drawnAt } = input;
  const list = input.applicants.toSorted((a, b) => ascending(a.drawNumber, b.drawNumber));
  const shards = beginnings(shardDigits).map((digits) => {
    return { digits, records: list.filter(({ drawNumber }) => drawNumber.startsWith(digits)) };
  });
  const files = new Map<string, Buffer>();
  const add = (file: string, bytes: Buffer, count: number) => {
    files.set(file, bytes);
    return { file, sha256: digestOf(bytes), count };
  };
  const listFiles = shards.map(({ digits, records }) => {
    const bytes = Buffer.concat(records.map(encodeRecord));
    return add(`list-${digits}-${digestOf(bytes).slice(0, 16)}.bin`, bytes, records.length);
  });
  const committed = commitmentText({
    ...{ batchId, scheme: 'NORMAL_2023', kind: 'regular', rules, randomness, committedAt },
    list: {
      ...{ count: list.length, shardDigits, groupDigits, root: plainRoot(list, groupDigits), files: listFiles },
      provinces: countBy(list.map(({ provinceCode }) => provinceCode)),
      regencies: countBy(list.map(({ regencyCode }) => String(regencyNumber(regencyCode)))),
      strata: countBy(list.flatMap((who) => who.strata)),
      refused: { age_outside: 3 },
    },
  });
  const seed = seedOf(committed, reveal);

  const { winners, outcomes, pools } = selection(list, rules, seed);
  const winnerRows = winners.map(({ drawNumber, round }) =>
    Buffer.concat([Buffer.from(drawNumber, 'hex'), Buffer.of(round)]),
  );
  const outcomeFiles = shards.map(({ digits, records }) => {
    const bytes = Buffer.alloc(4 * records.length);
    for (const [index, { drawNumber }] of records.entries()) {
      const [kind, number] = outcomes.get(drawNumber) ?? [0, 0];
      bytes.writeUInt32BE(kind * 2 ** 30 + number, 4 * index);
    }
    return add(`outcomes-${digits}.bin`, bytes, records.length);
  });
  const manifest: DrawManifest = {
    ...DrawCommitment.parse(JSON.parse(committed)),
    ...{ commitmentDigest: digestOf(committed), reveal, seed },
    winners: add('winners.bin', Buffer.concat(winnerRows), winners.length),
    ...{ outcomes: outcomeFiles, pools, drawnAt },
  };
  return { manifest, files };
}

/** What a manifest says beside its commitment. */
const concluding = ['commitmentDigest', 'reveal', 'seed', 'winners', 'outcomes', 'pools', 'drawnAt'];

/** The commitment of a manifest, whatever it says. */
export const committedPart = (manifest: DrawManifest) =>
  Object.fromEntries(Object.entries(manifest).filter(([member]) => !concluding.includes(member)));

/** Signs for the program in these tests. */
const signer = generateKeyPairSync('ed25519');
export const signerKey = String(signer.publicKey.export({ format: 'jwk' }).x);

/** `signature.json` of a manifest's text. */
export function signatureOf(text: string, { publicKey, privateKey }: typeof signer): string {
  const x = String(publicKey.export({ format: 'jwk' }).x);
  const signature = sign(null, Buffer.from(text), privateKey).toString('base64url');
  return canonicalJson({ algorithm: 'Ed25519', publicKey: x, sha256: digestOf(text), signature });
}

/** Every file of a draw: those of `files` in place of what is made from the manifest. */
export function filesOf({ manifest, files }: PlainDraw): ReadonlyMap<string, Buffer> {
  const text = canonicalJson(manifest);
  const made: [string, string][] = [
    ['manifest.json', text],
    ['commitment.json', canonicalJson(committedPart(manifest))],
    ['signature.json', signatureOf(text, signer)],
  ];
  return new Map([...made.map(([file, content]) => [file, Buffer.from(content)] as const), ...files]);
}

/** Writes a draw into a folder. Answers the manifest's path. */
export async function writeDraw(folder: string, draw: PlainDraw): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [file, bytes] of filesOf(draw)) await writeFile(join(folder, file), bytes);
  return join(folder, 'manifest.json');
}

/** Numbers that look random, from a name: the same name gives the same ones. */
function numbersFrom(name: string): (below: number) => number {
  let drawn = 0;
  return (below) => {
    drawn += 1;
    return Number.parseInt(digestOf(`${name} ${drawn}`).slice(0, 12), 16) % below;
  };
}

/** Two operators and their shares. */
export function operatorsOf(name: string): { readonly randomness: Randomness; readonly reveal: Reveal } {
  const shares: [string, string] = [digestOf(`${name} one`), digestOf(`${name} two`)];
  const seals: Extract<Randomness, { kind: 'two_operators' }>['seals'] = [
    { operator: 'operator-1', seal: sealOf(shares[0]) },
    { operator: 'operator-2', seal: sealOf(shares[1]) },
  ];
  return { randomness: { kind: 'two_operators', seals }, reveal: { kind: 'two_operators', shares } };
}

const provinceCodes = ['11', '32', '33', '73', '94'];

/** Rules of all kinds: pools of nobody, without places, and with more than there are applicants. */
function randomRules(name: string, size: number): DrawRules {
  const below = numbersFrom(`${name} rules`);
  const places = () => [0, below(4), below(1 + Math.ceil(size / 4)), size + 1][below(4)] ?? 0;
  const placesOf = (codes: readonly string[]) => Object.fromEntries(codes.map((code) => [code, places()]));
  const rotated = [...strata.slice(below(3)), ...strata].slice(0, 3);
  const ordered = [...new Set(rotated)].slice(0, below(4));
  const regencies = ['1101', '3201', '3202', '3273', '9401'].slice(below(6));
  return {
    strata: ordered.map((stratum) => ({ stratum, places: places() })),
    regencies: placesOf(regencies),
    provinces: placesOf(provinceCodes),
    waiting: placesOf(provinceCodes.slice(below(3))),
    maxPerFamily: 1 + below(3),
    maxLots: 1 + below(4),
  };
}

/** Applicants of these rules, in families of one to four. */
function randomApplicants(name: string, size: number, rules: DrawRules): DrawRecord[] {
  const below = numbersFrom(`${name} applicants`);
  const applicants: DrawRecord[] = [];
  while (applicants.length < size) {
    const family = digestOf(`${name} family ${applicants.length}`).slice(0, 16);
    const familyPlaces = 1 + below(rules.maxPerFamily);
    const home = provinceCodes[below(provinceCodes.length)] ?? '11';
    for (let members = 1 + below(4); members > 0 && applicants.length < size; members -= 1) {
      const provinceCode = below(8) === 0 ? '32' : home;
      applicants.push({
        drawNumber: `${family}${digestOf(`${name} person ${applicants.length}`).slice(0, 14)}00`,
        provinceCode,
        regencyCode: `${provinceCode}.${['01', '02', '73'][below(3)]}`,
        strata: rules.strata.map(({ stratum }) => stratum).filter(() => below(3) === 0),
        lots: 1 + below(rules.maxLots),
        familyPlaces,
      });
    }
  }
  return applicants;
}

/** A draw of that size, everything else by its name. */
export function randomDraw(name: string, size: number, change: Partial<DrawInput> = {}): DrawInput {
  const below = numbersFrom(name);
  const rules = change.rules ?? randomRules(name, size);
  ok(size < 10_000, 'This way is for small draws');
  return {
    batchId: String(1 + below(500)),
    applicants: randomApplicants(name, size, rules),
    rules,
    ...operatorsOf(name),
    shardDigits: 1 + Number(below(6) === 0),
    groupDigits: 1 + below(3),
    committedAt: '2026-11-27T17:01:00.000Z',
    drawnAt: '2026-11-27T17:05:00.000Z',
    ...change,
  };
}
