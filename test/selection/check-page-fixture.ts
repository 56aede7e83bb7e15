import { createCipheriv, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { digestOf } from '#shared/platform/digest.ts';
import {
  commitmentText,
  DrawCommitment,
  DrawManifest,
  type DrawRules,
  type Randomness,
  type Reveal,
  sealOf,
  seedOf,
} from '#shared/selection/draw/manifest.ts';
import { leafHashes, pathOf, rootOf } from '#shared/selection/draw/merkle.ts';
import { type DrawRecord, encodeRecord, recordBytes, regencyNumber, strata } from '#shared/selection/draw/record.ts';
import { type OutcomeKind, ResultGroup } from '#shared/selection/draw/result-group.ts';

/** A small draw, made the plainest way there is, from docs/draw.md. */

const digits = 1;
const groups = Array.from({ length: 16 ** digits }, (_, index) => index.toString(16).padStart(digits, '0'));
const shares = [digestOf('first share'), digestOf('second share')] as const;

const operators: Source = {
  randomness: {
    kind: 'two_operators',
    seals: [
      { operator: 'operator-1', seal: sealOf(shares[0]) },
      { operator: 'operator-2', seal: sealOf(shares[1]) },
    ],
  },
  reveal: { kind: 'two_operators', shares: [...shares] },
};
export const beacon: Source = {
  randomness: {
    kind: 'drand',
    chainHash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
    publicKey: digestOf('key').repeat(3),
    scheme: 'bls-unchained-g1-rfc9380',
    round: 44_812_345,
    roundAt: '2026-11-27T17:05:00.000Z',
  },
  reveal: { kind: 'drand', signature: (digestOf('signature') + digestOf('more')).slice(0, 96) },
};
type Source = { readonly randomness: Randomness; readonly reveal: Reveal };

const rules: DrawRules = {
  strata: [{ stratum: 'migrant_worker', places: 3 }],
  regencies: { '3273': 4 },
  provinces: { '32': 40, '33': 9, '73': 30 },
  waiting: { '32': 12, '33': 4, '73': 5 },
  maxPerFamily: 2,
  maxLots: 3,
};

const numberFrom = (text: string, below: number) => Number.parseInt(digestOf(text).slice(0, 8), 16) % below;
const regionList = ['32.73', '32.04', '33.74', '33.74', '73.71'];

function people(): DrawRecord[] {
  const records = Array.from({ length: 320 }, (_, person): DrawRecord => {
    const family = numberFrom(`family of ${person}`, 240);
    const regencyCode = regionList[numberFrom(`region ${family}`, regionList.length)] ?? '';
    return {
      drawNumber: `${digestOf(`family ${family}`).slice(0, 16)}${digestOf(`person ${person}`).slice(0, 14)}00`,
      provinceCode: regencyCode.slice(0, 2),
      regencyCode,
      strata: numberFrom(`migrant ${person}`, 8) === 0 ? ['migrant_worker'] : [],
      lots: 1 + numberFrom(`lots ${person}`, 3),
      familyPlaces: 1 + numberFrom(`places ${family}`, 2),
    };
  });
  return records.sort((one, other) => (one.drawNumber < other.drawNumber ? -1 : 1));
}

export const refused = [
  [`0${digestOf('refused 1').slice(1, 30)}00`, 'age_outside'],
  [`7${digestOf('refused 2').slice(1, 30)}00`, 'identity_refused'],
] as const;

const counted = (codes: readonly string[]) =>
  Object.fromEntries([...new Set(codes)].map((code) => [code, codes.filter((other) => other === code).length]));

const familyOf = ({ drawNumber }: DrawRecord) => drawNumber.slice(0, 16);
const regencyOf = ({ regencyCode }: DrawRecord) => String(regencyNumber(regencyCode));

export function scoreOf({ drawNumber, lots }: DrawRecord, seed: string): string {
  const cipher = createCipheriv('aes-256-ecb', Buffer.from(seed, 'hex'), null).setAutoPadding(false);
  const blocks = Array.from({ length: lots }, (_, lot) => `${drawNumber.slice(0, 30)}0${lot}`);
  return blocks.map((block) => cipher.update(block, 'hex', 'hex')).sort()[0] ?? '';
}

export type Outcome = { readonly kind: OutcomeKind; readonly place: number };

function select(records: readonly DrawRecord[], seed: string) {
  const scores = new Map(records.map((record) => [record, scoreOf(record, seed)]));
  const inOrder = [...records].sort((one, other) => ((scores.get(one) ?? '') < (scores.get(other) ?? '') ? -1 : 1));
  const winners = new Set<DrawRecord>();
  const held = new Map<string, number>();
  const isFull = (record: DrawRecord) => (held.get(familyOf(record)) ?? 0) >= record.familyPlaces;
  const pool = (name: string, places: number, belongs: (record: DrawRecord) => boolean) => {
    const members = records.filter(belongs);
    const taken: DrawRecord[] = [];
    for (const record of inOrder)
      if (taken.length < places && belongs(record) && !winners.has(record) && !isFull(record)) {
        taken.push(record);
        winners.add(record);
        held.set(familyOf(record), (held.get(familyOf(record)) ?? 0) + 1);
      }
    const last = taken.at(-1);
    const lastScore = last && taken.length === places ? (scores.get(last) ?? null) : null;
    const lots = members.reduce((sum, record) => sum + record.lots, 0);
    return { pool: name, members: members.length, lots, places, taken: taken.length, lastScore };
  };
  const pools = [
    ...rules.strata.map(({ stratum, places }) =>
      pool(`stratum:${stratum}`, places, (record) => record.strata.includes(stratum)),
    ),
    ...Object.entries(rules.regencies).map(([code, places]) =>
      pool(`regency:${code}`, places, (record) => regencyOf(record) === code),
    ),
    ...Object.entries(rules.provinces).map(([code, places]) =>
      pool(`province:${code}`, places, (record) => record.provinceCode === code),
    ),
  ];
  const outcomes = new Map<DrawRecord, Outcome>();
  const waiting = new Map<string, number>();
  for (const record of inOrder) {
    const ahead = waiting.get(record.provinceCode) ?? 0;
    if (winners.has(record)) {
      const rank = [...outcomes.values()].filter(({ kind }) => kind === 'won').length + 1;
      outcomes.set(record, { kind: 'won', place: rank });
    } else if (isFull(record)) outcomes.set(record, { kind: 'family_full', place: 0 });
    else if (ahead < (rules.waiting[record.provinceCode] ?? 0)) {
      waiting.set(record.provinceCode, ahead + 1);
      outcomes.set(record, { kind: 'waiting', place: ahead + 1 });
    } else outcomes.set(record, { kind: 'not_drawn', place: 0 });
  }
  return { pools, outcomes, winners: winners.size };
}

/** A drawn batch as documents that a test may still change, before they are published. */
export function drawnBatch({ randomness, reveal }: Source = operators) {
  const records = people();
  const bytesOf = (some: readonly DrawRecord[]) => Buffer.concat(some.map(encodeRecord));
  const inGroup = (group: string) => records.filter(({ drawNumber }) => drawNumber.startsWith(group));
  const roots = groups.map((group) => rootOf(leafHashes(bytesOf(inGroup(group)), recordBytes)));
  const file = (name: string, bytes: Uint8Array, count: number) => ({ file: name, sha256: digestOf(bytes), count });
  const list = {
    count: records.length,
    shardDigits: 1,
    groupDigits: digits,
    root: rootOf(Buffer.concat(roots)).toString('hex'),
    files: groups.map((group) => file(`list-${group}.bin`, bytesOf(inGroup(group)), inGroup(group).length)),
    provinces: counted(records.map(({ provinceCode }) => provinceCode)),
    regencies: counted(records.map(regencyOf)),
    strata: Object.fromEntries(
      strata.map((stratum) => [stratum, records.filter((record) => record.strata.includes(stratum)).length]),
    ),
    refused: counted(refused.map(([, reason]) => reason)),
  };
  const terms = { batchId: '71', scheme: 'NORMAL_2023', kind: 'regular' as const, rules, list, randomness };
  const text = commitmentText({ ...terms, committedAt: '2026-11-27T17:01:00.000Z' });
  const commitment = DrawCommitment.parse(JSON.parse(text));
  const seed = seedOf(text, reveal);
  const { pools, outcomes, winners } = select(records, seed);
  const manifest = DrawManifest.parse({
    ...commitment,
    commitmentDigest: digestOf(text),
    reveal,
    seed,
    winners: { file: 'winners.bin', sha256: digestOf('winners'), count: winners },
    outcomes: [],
    pools,
    drawnAt: '2026-11-27T17:06:00.000Z',
  });
  const results = groups.map(
    (group, index): ResultGroup => ({
      batchId: '71',
      group,
      manifestDigest: '',
      groupRoot: roots[index]?.toString('hex') ?? '',
      path: pathOf(Buffer.concat(roots), index).toString('hex').match(/.{64}/g) ?? [],
      applicants: inGroup(group).map((record) => {
        const { kind, place } = outcomes.get(record) ?? { kind: 'not_drawn', place: 0 };
        return [encodeRecord(record).toString('hex'), kind, place];
      }),
      refused: refused.filter(([drawNumber]) => drawNumber.startsWith(group)).map((row) => [...row]),
    }),
  );
  return { commitment, manifest, results, outcomes };
}
export type DrawnBatch = ReturnType<typeof drawnBatch>;

const program = generateKeyPairSync('ed25519');

const publicBytes = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }).subarray(-32);

/** The files as they are published: digests of what follows from what, and the program's signature, are made anew. */
export function published({ commitment, manifest, results }: Omit<DrawnBatch, 'outcomes'>): Map<string, Uint8Array> {
  const manifestBytes = Buffer.from(canonicalJson(manifest));
  const signature = {
    algorithm: 'Ed25519',
    publicKey: publicBytes(program.publicKey).toString('base64url'),
    sha256: digestOf(manifestBytes),
    signature: sign(null, manifestBytes, program.privateKey).toString('base64url'),
  };
  const bytes = (document: object) => Buffer.from(JSON.stringify(document));
  return new Map<string, Uint8Array>([
    ['commitment.json', Buffer.from(canonicalJson(commitment))],
    ['manifest.json', manifestBytes],
    ['signature.json', Buffer.from(canonicalJson(signature))],
    ...results.map((result): [string, Uint8Array] => {
      const manifestDigest = digestOf(manifestBytes);
      return [`result-${result.group}.json`, bytes(ResultGroup.parse({ ...result, manifestDigest }))];
    }),
  ]);
}

/** The draw number of the first applicant of that outcome for whom `suits` holds. */
export function numberOf({ outcomes }: DrawnBatch, kind: OutcomeKind, suits = (_: DrawRecord) => true): string {
  const found = [...outcomes].find(([record, outcome]) => outcome.kind === kind && suits(record));
  if (!found) throw new Error(`The fixture has nobody who is ${kind}`);
  return found[0].drawNumber;
}
