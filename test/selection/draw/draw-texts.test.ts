import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { keysFrom } from '#shared/platform/keys.ts';
import { BatchTerms } from '#shared/selection/batch-events.ts';
import { quicknet } from '#shared/selection/beacon.ts';
import { DrawCommitment, DrawManifest, type Reveal, sealOf, seedOf } from '#shared/selection/draw/manifest.ts';
import { rootOf } from '#shared/selection/draw/merkle.ts';
import type { ScreenedShard } from '#shared/selection/draw-files.ts';
import { commitmentOf, manifestOf, signatureText } from '#shared/selection/draw-texts.ts';

const shares: [string, string] = [digestOf('one'), digestOf('two')];
const seals = [
  { by: 'operator-1', seal: sealOf(shares[0]) },
  { by: 'operator-2', seal: sealOf(shares[1]) },
];
const termsOf = (change: object = {}) =>
  BatchTerms.parse({ number: 7, scheme: 'NORMAL_2023', quotas: { '32': 100, '33': 0 }, maxLots: 3, ...change });
const shardOf = (digits: string, change: Partial<ScreenedShard> = {}): ScreenedShard => {
  return {
    ...{ file: `list-${digits}.bin`, sha256: digestOf(digits), count: 2, groupRoots: [], refusedFile: '' },
    ...{ provinces: { '32': 2 }, regencies: { '3273': 2 }, strata: { disability: 1 }, refused: { age_outside: 1 } },
    ...change,
  };
};
const groupRoots = Buffer.concat(['a', 'b'].map((name) => Buffer.from(digestOf(name), 'hex')));

type Facts = Parameters<typeof commitmentOf>[0];
const facts: Facts = {
  terms: termsOf(),
  cut: { shardDigits: 1, groupDigits: 2 },
  shards: [
    shardOf('0'),
    shardOf('1', { provinces: { '32': 1, '34': 1 }, refused: { age_outside: 2, not_a_citizen: 1 } }),
  ],
  groupRoots,
  maxPerFamily: 2,
  seals,
  named: null,
  now: new Date('2026-11-27T17:01:00.000Z'),
};
const committed = (change: Partial<Facts> = {}) =>
  DrawCommitment.parse(JSON.parse(commitmentOf({ ...facts, ...change })));

describe('the commitment of a batch', () => {
  it('sums up its shards', () => {
    expect(committed()).toMatchObject({
      ...{ batchId: '7', scheme: 'NORMAL_2023', kind: 'regular', committedAt: '2026-11-27T17:01:00.000Z' },
      list: {
        ...{ count: 4, shardDigits: 1, groupDigits: 2, root: rootOf(groupRoots).toString('hex') },
        files: [
          { file: 'list-0.bin', sha256: digestOf('0'), count: 2 },
          { file: 'list-1.bin', sha256: digestOf('1'), count: 2 },
        ],
        provinces: { '32': 3, '34': 1 },
        regencies: { '3273': 4 },
        strata: { disability: 2 },
        refused: { age_outside: 3, not_a_citizen: 1 },
      },
    });
  });

  it('names every province that has applicants, places or a regency with places', () => {
    const regencyQuotas = { '93.01': 5, '32.73': 11 };
    const { rules } = committed({
      terms: termsOf({ regencyQuotas, stratumQuotas: [{ stratum: 'disability', places: 4 }] }),
    });

    expect(rules).toEqual({
      strata: [{ stratum: 'disability', places: 4 }],
      regencies: { '3273': 11, '9301': 5 },
      // Papua Selatan is Papua in the program: its places make a waiting list there.
      provinces: { '32': 100, '33': 0, '34': 0, '91': 0 },
      waiting: { '32': 14, '33': 0, '34': 0, '91': 3 },
      maxPerFamily: 2,
      maxLots: 3,
    });
  });

  it.each([
    [0, 0],
    [1, 3],
    [10, 3],
    [11, 4],
    [100, 12],
    [101, 13],
  ])('of %i places lets %i wait', (places, waiting) => {
    expect(committed({ terms: termsOf({ quotas: { '32': places } }) }).rules.waiting['32']).toBe(waiting);
  });

  it('says whether it gives away the free places of others', () => {
    expect(committed({ terms: termsOf({ recovers: ['3'] }) }).kind).toBe('recovery');
    expect(committed({ terms: termsOf({ recovers: [] }) }).kind).toBe('regular');
  });

  it('names the operators with their seals, or the round of a beacon', () => {
    const named = { chain: quicknet, round: 30_000_000, roundAt: '2026-11-27T17:03:00.000Z' };
    const { chainHash, publicKey, scheme } = quicknet;

    expect(committed().randomness).toEqual({
      kind: 'two_operators',
      seals: seals.map(({ by, seal }) => ({ operator: by, seal })),
    });
    expect(committed({ seals: [], named }).randomness).toEqual({
      ...{ kind: 'drand', chainHash, publicKey, scheme },
      ...{ round: 30_000_000, roundAt: named.roundAt },
    });
  });

  it.each([0, 1])('is not made with %i seals and no beacon', (count) => {
    expect(() => commitmentOf({ ...facts, seals: seals.slice(0, count) })).toThrow('Two operators have sealed');
  });
});

describe('the manifest of a batch', () => {
  const text = commitmentOf(facts);
  const reveal: Reveal = { kind: 'two_operators', shares };
  const file = (name: string) => ({ file: name, sha256: digestOf(name), count: 1 });
  const result = { winners: file('winners.bin'), outcomes: [file('outcomes-0.bin')], pools: [] };

  it('is the commitment, what was revealed, the seed and the result, as canonical JSON', () => {
    const made = manifestOf(text, reveal);
    const manifest = made.manifest(result, new Date('2026-11-27T17:05:00.000Z'));

    expect(made.seed).toBe(seedOf(text, reveal));
    expect(canonicalJson(made.commitment)).toBe(text);
    expect(manifest).toBe(canonicalJson(DrawManifest.parse(JSON.parse(manifest))));
    expect(JSON.parse(manifest)).toEqual({
      ...JSON.parse(text),
      ...{ commitmentDigest: digestOf(text), reveal, seed: made.seed, ...result, drawnAt: '2026-11-27T17:05:00.000Z' },
    });
  });

  it('is not made with a share that was not sealed', () => {
    expect(() => manifestOf(text, { ...reveal, shares: [shares[1], shares[0]] })).toThrow('Each share opens its seal');
  });
});

describe('the signature of a text', () => {
  const keys = keysFrom('secret');
  const text = commitmentOf(facts);
  const read = (signed: string) => {
    const { algorithm, publicKey, signature, sha256 } = JSON.parse(signed);
    return { algorithm, publicKey: String(publicKey), signature: Buffer.from(String(signature), 'base64url'), sha256 };
  };
  const verified = (body: string, { publicKey, signature }: ReturnType<typeof read>) =>
    verify(
      null,
      Buffer.from(body),
      createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: publicKey } }),
      signature,
    );

  it('is Ed25519 over its bytes, with the key that verifies it', () => {
    const signed = read(signatureText(keys, text));

    expect(signed).toMatchObject({ algorithm: 'Ed25519', sha256: digestOf(text) });
    expect(verified(text, signed)).toBe(true);
    expect(verified(`${text} `, signed)).toBe(false);
    expect(verified(text, { ...signed, ...{ publicKey: read(signatureText(keysFrom('x'), text)).publicKey } })).toBe(
      false,
    );
  });

  it('is by the same key for every text', () => {
    expect(read(signatureText(keys, 'a')).publicKey).toBe(read(signatureText(keys, text)).publicKey);
  });
});
