import { createHash } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { type Answer, json, type Service } from '#infra/local/simulators/exchange.ts';
import { type Faults, faultQueue } from '#infra/local/simulators/faults.ts';
import type { BeaconChain } from '#shared/selection/beacon.ts';

/*
 * Stands for a relay of drand, version 1 of its HTTP API, with a chain of its own. The private key of this chain is PUBLIC: it follows
 * from a text in this file, so whoever reads it knows every round beforehand. Nothing but tests and demonstrations may believe it.
 *
 *   GET /chains                        the hash of the chain
 *   GET /{chainHash}/info              the chain
 *   GET /{chainHash}/public/{round}    the round; 404 without a word until its time has come
 *   GET /{chainHash}/public/latest     the last round whose time has come
 */

/**
 * unavailable: 503. cut: the connection ends without an answer. wrong_signature: by another key. other_round: the round after the one
 * asked for, well signed. late: 404 although its time has come.
 */
export type BeaconFault = 'unavailable' | 'cut' | 'wrong_signature' | 'other_round' | 'late';
export type BeaconControl = { readonly faults: Faults<BeaconFault> };

const bls = bls12_381.shortSignatures;
const domain = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

const keysFrom = (text: string) => bls.keygen(createHash('sha384').update(text).digest());
const publicTestKeys = keysFrom('prakerja local beacon, a public test key');
const otherKeys = keysFrom('prakerja local beacon, a key of no chain');

const beaconId = 'prakerja-local';
const periodSeconds = 3;
const genesisSeconds = Date.UTC(2020, 0, 1) / 1_000;
const genesisSeed = createHash('sha256').update('prakerja local beacon, its genesis').digest();

/** The name of a chain, as drand makes it. */
function chainHash(publicKey: Uint8Array): string {
  const rhythm = Buffer.alloc(12);
  rhythm.writeUInt32BE(periodSeconds);
  rhythm.writeBigInt64BE(BigInt(genesisSeconds), 4);
  return createHash('sha256').update(rhythm).update(publicKey).update(genesisSeed).update(beaconId).digest('hex');
}

const chain: BeaconChain = {
  chainHash: chainHash(publicTestKeys.publicKey.toBytes()),
  publicKey: publicTestKeys.publicKey.toHex(),
  scheme: 'bls-unchained-g1-rfc9380',
  genesisSeconds,
  periodSeconds,
};

const info = {
  public_key: chain.publicKey,
  period: periodSeconds,
  genesis_time: genesisSeconds,
  hash: chain.chainHash,
  groupHash: genesisSeed.toString('hex'),
  schemeID: chain.scheme,
  metadata: { beaconID: beaconId },
};

function signed(round: number, { secretKey } = publicTestKeys): Answer {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(round));
  const message = createHash('sha256').update(number).digest();
  const signature = bls.Signature.toBytes(bls.sign(bls.hash(message, domain), secretKey));
  const randomness = createHash('sha256').update(signature).digest('hex');
  return json(200, { round, randomness, signature: Buffer.from(signature).toString('hex') });
}

/** As drand refuses: a status and nothing else. */
const silent = (status: number): Answer => ({ status, type: 'application/json', content: '' });

/** By the clock `now`: when the local clock is moved on, so is the chain. */
export function beacon(now: () => Date): { service: Service; chain: BeaconChain; control: BeaconControl } {
  const faults = faultQueue<BeaconFault>();
  const latest = () => Math.floor((now().getTime() / 1_000 - genesisSeconds) / periodSeconds) + 1;

  async function publicRound(asked: string): Promise<Answer> {
    if (!/^(latest|[1-9]\d{0,14})$/.test(asked)) return silent(400);
    const fault = faults.take();
    await faults.wait();
    if (fault === 'cut') return 'cut';
    if (fault === 'unavailable') return json(503, { error: 'unavailable' });

    const round = asked === 'latest' ? latest() : Number(asked);
    if (fault === 'late' || round < 1 || round > latest()) return silent(404);
    if (fault === 'other_round') return signed(round + 1);
    return signed(round, fault === 'wrong_signature' ? otherKeys : publicTestKeys);
  }

  const service: Service = async ({ method, path }) => {
    if (method !== 'GET') return silent(405);
    if (path === '/chains') return json(200, [chain.chainHash]);
    const [, hash, ...rest] = path.split('/');
    if (hash !== chain.chainHash) return silent(404);
    const [kind, asked = '', ...more] = rest;
    if (kind === 'info' && rest.length === 1) return json(200, info);
    return kind === 'public' && more.length === 0 ? publicRound(asked) : silent(404);
  };

  return { service, chain, control: { faults } };
}
