import { AssertionError } from 'node:assert';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '#shared/platform/canonical-json.ts';
import { digestOf } from '#shared/platform/digest.ts';
import {
  commitmentText,
  DrawCommitment,
  DrawManifest,
  PoolResult,
  type Randomness,
  Reveal,
  sealOf,
  seedOf,
} from '#shared/selection/draw/manifest.ts';
import { operatorsOf, plainDraw, randomDraw } from '#test/selection/draw-fixture.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const shares: [string, string] = [sha256('first share'), sha256('second share')];
const [firstSeal, secondSeal] = [
  { operator: 'operator-1', seal: sealOf(shares[0]) },
  { operator: 'operator-2', seal: sealOf(shares[1]) },
];
const operators: Randomness = { kind: 'two_operators', seals: [firstSeal, secondSeal] };
const beacon: Randomness = {
  kind: 'drand',
  chainHash: sha256('chain'),
  publicKey: 'ab'.repeat(96),
  scheme: 'bls-unchained-g1-rfc9380',
  round: 4_000_000,
  roundAt: '2026-11-27T17:03:00.000Z',
};
const signature = 'cd'.repeat(48);

type Terms = Parameters<typeof commitmentText>[0];
const terms: Terms = {
  batchId: '7',
  scheme: 'NORMAL_2023',
  kind: 'regular',
  rules: {
    strata: [
      { stratum: 'migrant_worker', places: 5 },
      { stratum: 'disability', places: 1 },
    ],
    regencies: { '3273': 10 },
    provinces: { '32': 100, '33': 0 },
    waiting: { '32': 12, '33': 0 },
    maxPerFamily: 2,
    maxLots: 3,
  },
  list: {
    count: 900,
    shardDigits: 1,
    groupDigits: 2,
    root: sha256('root'),
    files: [
      { file: 'list-0.bin', sha256: sha256('0'), count: 55 },
      { file: 'list-1.bin', sha256: sha256('1'), count: 57 },
    ],
    provinces: { '32': 600, '33': 300 },
    regencies: { '3273': 80 },
    strata: { migrant_worker: 70 },
    refused: { age_outside: 3 },
  },
  randomness: operators,
  committedAt: '2026-11-27T17:01:00.000Z',
};
const committed = commitmentText(terms);
const committedTo = (randomness: Randomness) => commitmentText({ ...terms, randomness });
const byShares = (one: string, other: string): Reveal => ({ kind: 'two_operators', shares: [one, other] });
const bySignature = (text = signature): Reveal => ({ kind: 'drand', signature: text });

/** The value with one thing in it changed, for each thing in it: numbers, words, members left out, and the order of lists. */
function changesOf(value: Json): Json[] {
  if (typeof value === 'number') return [value + 1, ...(value > 0 ? [value - 1] : [])];
  if (typeof value === 'string') return [changedText(value)];
  if (typeof value !== 'object' || value === null) return [];
  if ('map' in value && typeof value.map === 'function') {
    const list: readonly Json[] = value.map((member: Json) => member);
    const inside = list.flatMap((member, index) => changesOf(member).map((changed) => list.with(index, changed)));
    return [...inside, ...(list.length > 1 ? [list.toReversed(), list.slice(1)] : [])];
  }
  return Object.entries(value).flatMap(([key, member]) => [
    ...changesOf(member).map((changed) => ({ ...value, [key]: changed })),
    // A record without one of its keys, or with another one.
    ...(/^\d+$/.test(key) ? [renamed(value, key, `${key.slice(0, -1)}9`)] : []),
  ]);
}

const renamed = (value: object, key: string, name: string): Json =>
  Object.fromEntries(Object.entries(value).map(([old, member]) => [old === key ? name : old, member]));

/** Another text that is allowed in the same place. */
function changedText(text: string): string {
  const others: Record<string, string> = {
    regular: 'recovery',
    migrant_worker: 'extreme_poverty',
    disability: 'extreme_poverty',
    '2026-11-27T17:01:00.000Z': '2026-11-27T17:01:00.001Z',
    '2026-11-27T17:03:00.000Z': '2026-11-27T17:03:03.000Z',
    'list-0.bin': 'list-00.bin',
    'list-1.bin': 'list-01.bin',
  };
  return others[text] ?? `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
}

describe('a commitment', () => {
  it('is canonical JSON, and says how the draw is made', () => {
    const read: unknown = JSON.parse(committed);

    expect(committed).toBe(canonicalJson(DrawCommitment.parse(read)));
    expect(read).toMatchObject({ ...terms, version: 2, algorithm: { list: expect.stringContaining('RFC 6962') } });
  });

  it('is the same text, in whatever order its members were added', () => {
    const reversed = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, member]) => [key, reversed(member)]),
      );
    };
    const { version: _, algorithm: __, ...backwards } = DrawCommitment.parse(reversed(JSON.parse(committed)));

    expect(commitmentText(backwards)).toBe(committed);
  });

  it.each([
    ['two operators', operators],
    ['a beacon', beacon],
  ])('of %s has another digest when anything in it is another', (_, randomness) => {
    const text = committedTo(randomness);
    const changed = changesOf(DrawCommitment.parse(JSON.parse(text))).filter(
      (other) => DrawCommitment.safeParse(other).success,
    );
    const digests = new Set([text, ...changed.map((other) => canonicalJson(other))].map((other) => digestOf(other)));

    // Every number, every text and every key was changed once, or there were fewer.
    expect(changed.length).toBeGreaterThan(60);
    expect(digests.size).toBe(changed.length + 1);
  });

  it.each<[string, object]>([
    [
      'one operator holds both seals',
      { randomness: { ...operators, seals: [firstSeal, { ...secondSeal, operator: 'operator-1' }] } },
    ],
    [
      'the second seal is a copy of the first',
      { randomness: { ...operators, seals: [firstSeal, { ...firstSeal, operator: 'operator-2' }] } },
    ],
    ['there is one seal', { randomness: { ...operators, seals: [firstSeal] } }],
    [
      'there are three seals',
      { randomness: { ...operators, seals: [firstSeal, secondSeal, { operator: 'operator-3', seal: sha256('x') }] } },
    ],
    ['there is no randomness', { randomness: undefined }],
    ['randomness is of a third kind', { randomness: { kind: 'dice' } }],
    ['the beacon’s scheme is another', { randomness: { ...beacon, scheme: 'pedersen-bls-chained' } }],
    ['the beacon’s round is before the first', { randomness: { ...beacon, round: 0 } }],
    ['a quota is below zero', { rules: { ...terms.rules, provinces: { '32': -1 } } }],
    ['a quota is half a place', { rules: { ...terms.rules, provinces: { '32': 0.5 } } }],
    ['a quota is above a million', { rules: { ...terms.rules, provinces: { '32': 1_000_001 } } }],
    ['a province has no code', { rules: { ...terms.rules, provinces: { JABAR: 1 } } }],
    ['a regency is written with its dot', { rules: { ...terms.rules, regencies: { '32.73': 1 } } }],
    ['a stratum is unknown', { rules: { ...terms.rules, strata: [{ stratum: 'minister', places: 1 }] } }],
    ['a family has no place', { rules: { ...terms.rules, maxPerFamily: 0 } }],
    ['a family has ten places', { rules: { ...terms.rules, maxPerFamily: 10 } }],
    ['nobody may have a lot', { rules: { ...terms.rules, maxLots: 0 } }],
    ['somebody may have 17 lots', { rules: { ...terms.rules, maxLots: 17 } }],
    ['a digest is in capitals', { list: { ...terms.list, root: terms.list.root.toUpperCase() } }],
    [
      'a file lies elsewhere',
      { list: { ...terms.list, files: [{ file: '../list-0.bin', sha256: sha256('0'), count: 1 }] } },
    ],
    ['a member is added', { remark: 'nobody reads this' }],
  ])('is not made when %s', (_, change) => {
    expect(() => commitmentText({ ...terms, ...change })).toThrow();
  });

  it.each([
    ['a million places', { rules: { ...terms.rules, provinces: { '32': 1_000_000 } } }],
    ['nine places of a family and sixteen lots', { rules: { ...terms.rules, maxPerFamily: 9, maxLots: 16 } }],
    ['one place of a family and one lot', { rules: { ...terms.rules, maxPerFamily: 1, maxLots: 1 } }],
  ])('is made with %s', (_, change) => {
    expect(() => commitmentText({ ...terms, ...change })).not.toThrow();
  });
});

describe('a seal', () => {
  it('has the stated bytes', () => {
    expect(sealOf(shares[0])).toBe(sha256(`prakerja-draw-seal-1\n${shares[0]}\n`));
    expect(sealOf(shares[0])).not.toBe(sealOf(shares[1]));
  });
});

describe('a seed', () => {
  it('is made of the commitment and both shares, in their order', () => {
    const text = `prakerja-draw-seed-2\n${sha256(committed)}\n${shares[0]}\n${shares[1]}\n`;

    expect(seedOf(committed, byShares(...shares))).toBe(sha256(text));
  });

  it('is made of the commitment and the signature of the beacon', () => {
    const text = committedTo(beacon);

    expect(seedOf(text, bySignature())).toBe(sha256(`prakerja-draw-seed-2\n${sha256(text)}\n${signature}\n`));
    expect(seedOf(text, bySignature('ef'.repeat(48)))).not.toBe(seedOf(text, bySignature()));
  });

  it('is another one for every commitment, though the same is revealed', () => {
    const others = [
      committed,
      commitmentText({ ...terms, batchId: '8' }),
      commitmentText({ ...terms, rules: { ...terms.rules, maxPerFamily: 1 } }),
      commitmentText({ ...terms, list: { ...terms.list, root: sha256('another list') } }),
      commitmentText({ ...terms, committedAt: '2026-11-27T17:01:00.001Z' }),
    ];

    expect(new Set(others.map((text) => seedOf(text, byShares(...shares)))).size).toBe(others.length);
  });

  it.each<[string, Randomness, Reveal, string]>([
    ['the first share is another', operators, byShares(sha256('x'), shares[1]), 'Each share opens its seal'],
    ['the second share is another', operators, byShares(shares[0], sha256('x')), 'Each share opens its seal'],
    ['the shares are swapped', operators, byShares(shares[1], shares[0]), 'Each share opens its seal'],
    ['one share is shown twice', operators, byShares(shares[0], shares[0]), 'Each share opens its seal'],
    ['the seals are shown instead', operators, byShares(firstSeal.seal, secondSeal.seal), 'Each share opens its seal'],
    ['a share is in capitals', operators, byShares(shares[0].toUpperCase(), shares[1]), 'Each share opens its seal'],
    ['a beacon speaks where operators have sealed', operators, bySignature(), 'A draw is revealed as it was committed'],
    ['operators speak where a beacon was named', beacon, byShares(...shares), 'A draw is revealed as it was committed'],
  ])('is not made when %s', (_, randomness, reveal, promise) => {
    const making = () => seedOf(committedTo(randomness), reveal);

    expect(making).toThrow(AssertionError);
    expect(making).toThrow(promise);
  });

  it.each(['', '{}', '[]', 'null', committed.slice(1), committed.replace('"version":2', '"version":1')])(
    'is not made of what is no commitment: case %#',
    (text) => {
      expect(() => seedOf(text, byShares(...shares))).toThrow();
    },
  );
});

describe('what is revealed', () => {
  it.each<[boolean, string, unknown]>([
    [true, 'two shares', byShares(...shares)],
    [true, 'a signature', bySignature()],
    [false, 'one share', { kind: 'two_operators', shares: [shares[0]] }],
    [false, 'three shares', { kind: 'two_operators', shares: [...shares, shares[0]] }],
    [false, 'a share that is too short', byShares(shares[0].slice(1), shares[1])],
    [false, 'a share in capitals', byShares(shares[0].toUpperCase(), shares[1])],
    [false, 'half a signature', bySignature('cd'.repeat(47))],
    [false, 'a signature and more', { ...bySignature(), round: 1 }],
    [false, 'nothing', { kind: 'two_operators' }],
  ])('is read or not (%s): %s', (known, _, reveal) => {
    expect(Reveal.safeParse(reveal).success).toBe(known);
  });
});

describe('a manifest', () => {
  const { manifest } = plainDraw(randomDraw('one', 100, { ...operatorsOf('one'), shardDigits: 1, groupDigits: 1 }));

  it('is the commitment and what came of it', () => {
    const { commitmentDigest, reveal, seed, winners, outcomes, pools, drawnAt, ...commitment } =
      DrawManifest.parse(manifest);

    expect(digestOf(canonicalJson(DrawCommitment.parse(commitment)))).toBe(commitmentDigest);
    expect(seedOf(canonicalJson(commitment), reveal)).toBe(seed);
    expect([winners, ...outcomes].every(({ sha256: digest }) => digest.length === 64)).toBe(true);
    expect(pools.length).toBeGreaterThan(0);
    expect(drawnAt > commitment.committedAt).toBe(true);
    expect(DrawManifest.safeParse({ ...manifest, remark: '' }).success).toBe(false);
  });

  it.each([
    [true, 'stratum:migrant_worker'],
    [true, 'regency:3273'],
    [true, 'province:32'],
    [false, 'regency:32.73'],
    [false, 'province:3273'],
    [false, 'waiting:32'],
    [false, 'province:32\n'],
  ])('names pools as docs/draw.md does (%s): %j', (known, pool) => {
    const result = { pool, members: 1, lots: 1, places: 1, taken: 1, lastScore: null };

    expect(PoolResult.safeParse(result).success).toBe(known);
  });
});
