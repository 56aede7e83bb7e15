// The randomness of a draw, checked against what was committed before it existed: docs/draw.md, for `npm run verify-draw`.
import { hash } from 'node:crypto';
import { check, type Json } from './check-list.ts';

/** The chain of drand that signs every three seconds: https://api.drand.sh/v2/beacons/quicknet/info */
const quicknet = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971';
const quicknetKey =
  '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a';

const sha256 = (text: string) => hash('sha256', text);

/** What goes into the seed, where it is from in words, and what of that nobody has proved. */
type Revealed = { lines: string[]; words: string; unproved?: string };

/** What was revealed, once it is proved to be what was committed: two shares that were sealed, or the signature of a round. */
export async function revealed({ randomness, reveal, committedAt }: Json): Promise<Revealed> {
  const { kind, scheme, seals, round, roundAt, chainHash, publicKey } = randomness;
  check(reveal.kind === kind, `The randomness revealed is ${reveal.kind}, the committed one ${kind}.`);
  if (kind === 'two_operators') {
    check(seals.length === 2 && reveal.shares.length === 2, 'There are not two seals and two shares.');
    for (const [index, { operator, seal }] of seals.entries()) {
      const opens = sha256(`prakerja-draw-seal-1\n${reveal.shares[index]}\n`) === seal;
      check(opens, `The share of operator ${operator} does not open the seal given before the draw.`);
    }
    const [one, other] = seals;
    check(one.operator !== other.operator && one.seal !== other.seal, 'The seals are not of two operators.');
    return { lines: reveal.shares, words: 'two shares, which open the seals given before the draw' };
  }
  check(`${kind} ${scheme}` === 'drand bls-unchained-g1-rfc9380', `This program does not know ${kind} ${scheme}.`);
  const isKnown = publicKey === quicknetKey && Date.parse(roundAt) === 1_000 * (1_692_803_367 + 3 * (round - 1));
  check(isKnown || chainHash !== quicknet, 'The key or the time of the round is not that of the chain.');
  check(Date.parse(committedAt) < Date.parse(roundAt), 'The time of the round was not later than the commitment.');
  check(/^[0-9a-f]{96}$/.test(reveal.signature), 'The signature of the beacon is badly formed.');
  const { shortSignatures: bls } = (await import('@noble/curves/bls12-381.js')).bls12_381;
  const digest = hash('sha256', Buffer.from(round.toString(16).padStart(16, '0'), 'hex'), 'buffer');
  const message = bls.hash(digest, 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_');
  const verify = async () => bls.verify(Buffer.from(reveal.signature, 'hex'), message, Buffer.from(publicKey, 'hex'));
  check(await verify().catch(() => false), `The signature is not that of round ${round} under the committed key.`);
  const chain = isKnown ? 'drand quicknet' : `chain ${chainHash}, which this program does not know`;
  const unproved = 'who holds the key of that chain may have known the seed before the list was committed.';
  const words = `the signature of round ${round} (${roundAt}) of ${chain}`;
  return { lines: [reveal.signature], words, ...(!isKnown && { unproved }) };
}
