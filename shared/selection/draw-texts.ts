import { ok } from 'node:assert/strict';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { addAll, sumOf } from '#shared/platform/counts.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { programProvinceOf } from '#shared/registration/regions.ts';
import type { BatchTerms } from '#shared/selection/batch-events.ts';
import type { BeaconChain } from '#shared/selection/beacon.ts';
import {
  commitmentText,
  DrawCommitment,
  DrawManifest,
  type DrawRules,
  type Randomness,
  type Reveal,
  seedOf,
} from '#shared/selection/draw/manifest.ts';
import { rootOf } from '#shared/selection/draw/merkle.ts';
import type { ScreenedShard } from '#shared/selection/draw-files.ts';
import type { Cut } from '#shared/selection/draw-shards.ts';

/** Places of a waiting list: a tenth of those that are drawn in the province, and two. */
const waitingPlaces = (places: number) => (places === 0 ? 0 : Math.ceil(places / 10) + 2);

type Committing = {
  readonly terms: BatchTerms;
  readonly cut: Cut;
  /** In the order of their digits. */
  readonly shards: readonly ScreenedShard[];
  readonly groupRoots: Uint8Array;
  readonly maxPerFamily: number;
  readonly seals: readonly { readonly by: string; readonly seal: string }[];
  /** The round of a beacon; null where two operators have sealed. */
  readonly named: { readonly chain: BeaconChain; readonly round: number; readonly roundAt: string } | null;
  readonly now: Date;
};

/** What is published before the randomness exists. */
export function commitmentOf(facts: Committing): string {
  const { terms, cut, shards, groupRoots, now } = facts;
  const sumsOf = (name: 'provinces' | 'regencies' | 'strata' | 'refused') => {
    const sums: Record<string, number> = {};
    for (const shard of shards) addAll(sums, shard[name]);
    return sums;
  };
  const provinces = sumsOf('provinces');
  return commitmentText({
    batchId: String(terms.number),
    scheme: terms.scheme,
    kind: terms.recovers.length > 0 ? 'recovery' : 'regular',
    rules: rulesOf(terms, Object.keys(provinces), facts.maxPerFamily),
    list: {
      count: sumOf(shards.map(({ count }) => count)),
      shardDigits: cut.shardDigits,
      groupDigits: cut.groupDigits,
      root: rootOf(groupRoots).toString('hex'),
      files: shards.map(({ file, sha256, count }) => ({ file, sha256, count })),
      provinces,
      regencies: sumsOf('regencies'),
      strata: sumsOf('strata'),
      refused: sumsOf('refused'),
    },
    randomness: randomnessOf(facts),
    committedAt: now.toISOString(),
  });
}

/** Every province that has applicants or places is named. */
function rulesOf(terms: BatchTerms, withApplicants: readonly string[], maxPerFamily: number): DrawRules {
  const { quotas, regencyQuotas, stratumQuotas, maxLots } = terms;
  const ofRegencies = Object.entries(regencyQuotas);
  const codes = [
    ...new Set([...Object.keys(quotas), ...withApplicants, ...ofRegencies.map(([code]) => programProvinceOf(code))]),
  ];
  const inAll = (province: string) =>
    ofRegencies.reduce((sum, [code, places]) => sum + (programProvinceOf(code) === province ? places : 0), 0);
  return {
    strata: stratumQuotas,
    regencies: Object.fromEntries(ofRegencies.map(([code, places]) => [code.replace('.', ''), places])),
    provinces: Object.fromEntries(codes.map((code) => [code, quotas[code] ?? 0])),
    waiting: Object.fromEntries(codes.map((code) => [code, waitingPlaces((quotas[code] ?? 0) + inAll(code))])),
    maxPerFamily,
    maxLots,
  };
}

function randomnessOf({ named, seals }: Committing): Randomness {
  if (named) {
    const { chain, round, roundAt } = named;
    const { chainHash, publicKey, scheme } = chain;
    return { kind: 'drand', chainHash, publicKey, scheme, round, roundAt };
  }
  const [first, second] = seals;
  ok(first && second, 'Two operators have sealed');
  const published = ({ by, seal }: typeof first) => ({ operator: by, seal });
  return { kind: 'two_operators', seals: [published(first), published(second)] };
}

type Result = Pick<DrawManifest, 'winners' | 'outcomes' | 'pools'>;

/** The seed of a committed draw, and what its manifest will say once the result is there. */
export function manifestOf(committedText: string, reveal: Reveal) {
  const commitment = DrawCommitment.parse(JSON.parse(committedText));
  const seed = seedOf(committedText, reveal);
  return {
    commitment,
    seed,
    /** Canonical JSON: its SHA-256 is the manifest's digest. */
    manifest: (result: Result, now = new Date()): string =>
      canonicalJson(
        DrawManifest.parse({
          ...commitment,
          commitmentDigest: digestOf(committedText),
          reveal,
          seed,
          ...result,
          drawnAt: now.toISOString(),
        }),
      ),
  };
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** The program's signature of a published text. */
export function signatureText(keys: Keys, text: string): string {
  const { signature, publicKey } = keys.sign('draw-signature', Buffer.from(text));
  return canonicalJson({
    algorithm: 'Ed25519',
    publicKey: base64url(publicKey),
    signature: base64url(signature),
    sha256: digestOf(text),
  });
}
