import { createHash } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import * as z from 'zod/mini';
import { setting } from '#shared/platform/environment.ts';
import { getJson, ServiceFailed } from '#shared/platform/outside.ts';

/*
 * Public randomness: a drand chain signs the number of each round when its time comes. One key gives one round one signature,
 * and none of those who hold a part of the key can make it alone: it is known to nobody before, and to everybody after.
 */

const hex = (bytes: number) => z.string().check(z.regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`)));

/** A chain as its operators published it. The hash names it; it is made of the key, the genesis and the period. */
export const BeaconChain = z.strictObject({
  chainHash: hex(32),
  /** A point of G2, compressed. */
  publicKey: hex(96),
  /** Signatures on G1, of the round alone: none needs the one before it. */
  scheme: z.literal('bls-unchained-g1-rfc9380'),
  genesisSeconds: z.int().check(z.positive()),
  periodSeconds: z.int().check(z.positive()),
});
export type BeaconChain = z.infer<typeof BeaconChain>;

/** The chain of the League of Entropy that signs every three seconds since August 2023. */
export const quicknet: BeaconChain = {
  chainHash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  publicKey:
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  scheme: 'bls-unchained-g1-rfc9380',
  genesisSeconds: 1_692_803_367,
  periodSeconds: 3,
};

type Rhythm = Pick<BeaconChain, 'genesisSeconds' | 'periodSeconds'>;

/** When a round is signed. Round 1 is signed at the genesis. */
export function timeOf({ genesisSeconds, periodSeconds }: Rhythm, round: number): Date {
  return new Date(1_000 * (genesisSeconds + (round - 1) * periodSeconds));
}

/** The first round that is signed at `at` or later. Who must not know it yet at `at` asks for a moment well after. */
export function roundAfter(chain: Rhythm, at: Date): { readonly round: number; readonly at: Date } {
  const sinceGenesis = at.getTime() - timeOf(chain, 1).getTime();
  const round = 1 + Math.max(0, Math.ceil(sinceGenesis / (1_000 * chain.periodSeconds)));
  return { round, at: timeOf(chain, round) };
}

/** Sets these signatures apart from whatever else the key might sign (RFC 9380, section 3.1). */
const domain = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
/** Lowercase only: a seed is made of these characters, so one signature may have one spelling. */
const signatureForm = /^[0-9a-f]{96}$/;

/** Whether this is the chain's signature of the round. False for whatever is none at all. */
export function verifiesRound(
  { publicKey }: Pick<BeaconChain, 'publicKey'>,
  round: number,
  signature: string,
): boolean {
  if (!Number.isSafeInteger(round) || round < 1 || !signatureForm.test(signature)) return false;
  const { shortSignatures: bls } = bls12_381;
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(round));
  const message = createHash('sha256').update(number).digest();
  try {
    return bls.verify(Buffer.from(signature, 'hex'), bls.hash(message, domain), Buffer.from(publicKey, 'hex'));
  } catch {
    return false; // Not a point of the curve, or none of the group.
  }
}

export type Beacon = {
  readonly chain: BeaconChain;
  /** The chain's signature of a round, verified; null where it is not there yet. */
  signatureOf(round: number): Promise<string | null>;
};

const PublishedRound = z.object({ round: z.int(), signature: z.string() });
/** 404 is what drand says of a round to come (and of a chain that it does not know); 425 what a relay may say. */
const notYet: ReadonlySet<number> = new Set([404, 425]);

/**
 * A chain as a relay publishes it over HTTP. The relay is not trusted: what the chain did not sign is never handed on.
 * @throws ServiceFailed when the relay does not answer, or answers anything but the round.
 */
export function drandBeacon(baseUrl: string, chain: BeaconChain): Beacon {
  return {
    chain,
    async signatureOf(round) {
      const { status, body } = await getJson(`${baseUrl}/${chain.chainHash}/public/${round}`);
      if (notYet.has(status)) return null;
      const { data: published } = PublishedRound.safeParse(body);
      if (published?.round !== round || !verifiesRound(chain, round, published.signature))
        throw new ServiceFailed(status);
      return published.signature;
    },
  };
}

/** The beacon of this deployment, named by the environment. */
export function programBeacon(): Beacon {
  return drandBeacon(setting('beaconUrl'), BeaconChain.parse(JSON.parse(setting('beaconChain'))));
}
