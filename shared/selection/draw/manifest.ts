import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { Digest, digestOf } from '#shared/platform/digest.ts';
import { Operator } from '#shared/platform/operator.ts';
import { Stratum } from '#shared/selection/draw/record.ts';

/** Commitment and manifest of a draw: docs/draw.md says what every field means. */

/** How the draw was made, in words, inside every manifest: another method is another version. */
const algorithm = {
  record:
    'draw number (16 bytes, of which the first 8 are the family card), province (1), regency (2, big-endian), strata (1, a bit each: 1 extreme_poverty, 2 migrant_worker, 4 disability), lots (1), places left to the family card (1)',
  list: 'records ascending by draw number, split into files by its first shardDigits hex digits; root: RFC 6962 trees with SHA-256, one over each group of groupDigits hex digits, and one over the roots of all groups',
  seal: 'SHA-256("prakerja-draw-seal-1" LF share LF), share as 64 lowercase hex characters',
  seed: 'SHA-256("prakerja-draw-seed-2" LF commitmentDigest LF then each revealed value and LF): both shares, or the signature of the drand round as hex',
  score:
    'smallest of the lots 0 to lots - 1; lot j = AES-256-ECB(key = seed, block = draw number with its last byte j), compared as bytes',
  selection:
    'in rounds (each stratum in order, all regencies, all provinces, waiting lists by province), ascending by score: a place for who has none, belongs to a pool of the round with a place left, and whose family card has fewer winners than places',
  digests: 'commitmentDigest and manifestDigest = SHA-256 of the canonical JSON (RFC 8785)',
} as const;

const Count = z.int().check(z.nonnegative());
const Places = Count.check(z.lte(1_000_000));
/** One of the program's 34 provinces, two digits. */
export const ProvinceCode = z.string().check(z.regex(/^\d{2}$/));
/** Of a record: `3273`. */
const RegencyDigits = z.string().check(z.regex(/^\d{4}$/));
export const PublishedFile = z.strictObject({
  file: z.string().check(z.regex(/^[a-z0-9.-]{1,64}$/)),
  sha256: Digest,
  count: Count,
});

export type PublishedFile = z.infer<typeof PublishedFile>;

export const DrawRules = z.strictObject({
  /** In order of precedence. */
  strata: z.array(z.strictObject({ stratum: Stratum, places: Places })).check(z.maxLength(8)),
  regencies: z.record(RegencyDigits, Places),
  provinces: z.record(ProvinceCode, Places),
  /** Length of each province's waiting list. */
  waiting: z.record(ProvinceCode, Places),
  maxPerFamily: z.int().check(z.gte(1), z.lte(9)),
  maxLots: z.int().check(z.gte(1), z.lte(16)),
});
export type DrawRules = z.infer<typeof DrawRules>;

const Seal = z.strictObject({ operator: Operator, seal: Digest });

/** Where the seed will come from; said before it exists. */
export const Randomness = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('two_operators'),
    // A copied seal would let its owner choose both shares.
    seals: z
      .tuple([Seal, Seal])
      .check(z.refine(([one, two]) => one.operator !== two.operator && one.seal !== two.seal)),
  }),
  z.strictObject({
    kind: z.literal('drand'),
    chainHash: Digest,
    /** Of the chain, compressed, as hex. */
    publicKey: z.string().check(z.regex(/^[0-9a-f]{192}$/)),
    scheme: z.literal('bls-unchained-g1-rfc9380'),
    round: z.int().check(z.positive()),
    roundAt: z.iso.datetime(),
  }),
]);
export type Randomness = z.infer<typeof Randomness>;

/** What the randomness turned out to be. */
export const Reveal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('two_operators'), shares: z.tuple([Digest, Digest]) }),
  z.strictObject({ kind: z.literal('drand'), signature: z.string().check(z.regex(/^[0-9a-f]{96}$/)) }),
]);
export type Reveal = z.infer<typeof Reveal>;

const committed = {
  version: z.literal(2),
  batchId: z.string().check(z.regex(/^\d{1,6}$/)),
  scheme: z.string().check(z.minLength(1), z.maxLength(64)),
  kind: z.enum(['regular', 'recovery']),
  algorithm: z.record(z.string(), z.string()),
  rules: DrawRules,
  list: z.strictObject({
    count: Count,
    shardDigits: z.int().check(z.gte(1), z.lte(3)),
    groupDigits: z.int().check(z.gte(1), z.lte(4)),
    root: Digest,
    files: z.array(PublishedFile).check(z.maxLength(4_096)),
    /** Applicants by province, by regency, by stratum. */
    provinces: z.record(ProvinceCode, Count),
    regencies: z.record(RegencyDigits, Count),
    strata: z.partialRecord(Stratum, Count),
    /** Applicants whom the screening refused, by reason. */
    refused: z.record(z.string(), Count),
  }),
  randomness: Randomness,
  committedAt: z.iso.datetime(),
};

/** What is published before the randomness exists: everything that decides the draw but the seed. */
export const DrawCommitment = z.strictObject(committed);
export type DrawCommitment = z.infer<typeof DrawCommitment>;

const Score = z.string().check(z.regex(/^[0-9a-f]{32}$/));

/** `pool`: `stratum:…`, `regency:3273` or `province:32`, in order of the rounds. */
export const PoolResult = z.strictObject({
  pool: z.string().check(z.regex(/^(stratum:[a-z_]+|regency:\d{4}|province:\d{2})$/)),
  members: Count,
  /** Of all members together: places by lots are the odds of one lot, before families and earlier rounds. */
  lots: Count,
  places: Count,
  taken: Count,
  /** Null unless all places were given. */
  lastScore: z.nullable(Score),
});
export type PoolResult = z.infer<typeof PoolResult>;

export const DrawManifest = z.strictObject({
  ...committed,
  commitmentDigest: Digest,
  reveal: Reveal,
  seed: Digest,
  winners: PublishedFile,
  outcomes: z.array(PublishedFile).check(z.maxLength(4_096)),
  pools: z.array(PoolResult).check(z.maxLength(1_000)),
  drawnAt: z.iso.datetime(),
});
export type DrawManifest = z.infer<typeof DrawManifest>;

/** The commitment's file; `digestOf` it is the commitment's digest. */
export function commitmentText(commitment: Omit<DrawCommitment, 'version' | 'algorithm'>): string {
  return canonicalJson(DrawCommitment.parse({ version: 2, algorithm, ...commitment }));
}

/** `SHA-256("prakerja-draw-seal-1" LF share LF)`. */
export function sealOf(share: string): string {
  return digestOf(`prakerja-draw-seal-1\n${share}\n`);
}

/** The seed of a committed draw. Asserts that what is revealed is of the committed kind, and opens its seals. */
export function seedOf(commitmentText: string, reveal: Reveal): string {
  const { randomness } = DrawCommitment.parse(JSON.parse(commitmentText));
  if (reveal.kind === 'two_operators') {
    ok(randomness.kind === 'two_operators', 'A draw is revealed as it was committed');
    for (const [index, { seal }] of randomness.seals.entries())
      ok(sealOf(reveal.shares[index] ?? '') === seal, 'Each share opens its seal');
  } else ok(randomness.kind === 'drand', 'A draw is revealed as it was committed');
  const revealed = reveal.kind === 'drand' ? [reveal.signature] : reveal.shares;
  return digestOf(
    `prakerja-draw-seed-2\n${[digestOf(commitmentText), ...revealed].map((line) => `${line}\n`).join('')}`,
  );
}
