import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { variables } from '#shared/platform/environment.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import {
  BeaconChain,
  drandBeacon,
  programBeacon,
  quicknet,
  roundAfter,
  timeOf,
  verifiesRound,
} from '#shared/selection/beacon.ts';

/** Rounds of quicknet as its relays published them; the randomness where they said it. */
const published = [
  {
    round: 1,
    signature: 'b55e7cb2d5c613ee0b2e28d6750aabbb78c39dcc96bd9d38c2c2e12198df95571de8e8e402a0cc48871c7089a2b3af4b',
    randomness: '1466a6cd24e327188770752f6134001c64d6efcc590ccc26b721611ad96f165a',
  },
  {
    round: 42,
    signature: '95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a',
  },
  {
    round: 1_000,
    signature: 'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
    randomness: 'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd',
  },
  {
    round: 1_001,
    signature: 'b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d10337fb8fa41',
  },
  {
    round: 9_367_912,
    signature: '845091b99635a8a5f93a15cd8622fae0c7ee5307fb5b888dc67ee4fe997b5b326dbd637bd7ab39e3188fd507ea94b314',
    randomness: 'a646d1f17493408fdd89ee2ff71a0d1eab6087f23fdef7f60a2baec60436a496',
  },
];
const round = 1_000;
const signature = published.find((vector) => vector.round === round)?.signature ?? '';

const flipped = (hex: string, bit: number) => {
  const bytes = Buffer.from(hex, 'hex');
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
  return bytes.toString('hex');
};

describe('quicknet', () => {
  it('is named by its key, genesis and period', () => {
    const rhythm = Buffer.alloc(12);
    rhythm.writeUInt32BE(quicknet.periodSeconds);
    rhythm.writeBigInt64BE(BigInt(quicknet.genesisSeconds), 4);
    // The hash of its first group, and its name among the chains of drand.
    const group = Buffer.from('f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e', 'hex');
    const parts = [rhythm, Buffer.from(quicknet.publicKey, 'hex'), group, Buffer.from('quicknet')];
    expect(createHash('sha256').update(Buffer.concat(parts)).digest('hex')).toBe(quicknet.chainHash);
    expect(BeaconChain.parse(quicknet)).toEqual(quicknet);
  });

  it.each(published)('signed round $round', (vector) => {
    expect(verifiesRound(quicknet, vector.round, vector.signature)).toBe(true);
    const randomness = createHash('sha256').update(vector.signature, 'hex').digest('hex');
    expect(vector.randomness ?? randomness).toBe(randomness);
  });
});

describe('a signature', () => {
  it('is of one round only', () => {
    for (const other of [1, 999, 1_001, 1_000 + 2 ** 32, 256_000])
      expect(verifiesRound(quicknet, other, signature)).toBe(false);
  });

  it('is of one chain only', () => {
    const { publicKey } = quicknet;
    const negated = flipped(publicKey, 2); // The other of the two points with this coordinate.
    for (const key of [negated, flipped(publicKey, 700), `c0${'0'.repeat(190)}`, '', publicKey.slice(2)])
      expect(verifiesRound({ publicKey: key }, round, signature)).toBe(false);
  });

  it('has no bit that does not count', () => {
    for (let bit = 0; bit < 8 * 48; bit += 1)
      expect([bit, verifiesRound(quicknet, round, flipped(signature, bit))]).toEqual([bit, false]);
  });

  it.each([
    ['nothing', ''],
    ['in capitals', signature.toUpperCase()],
    ['with a prefix', `0x${signature}`],
    ['a byte short', signature.slice(2)],
    ['a byte long', `${signature}00`],
    ['with a line end', `${signature}\n`],
    ['no hex', 'z'.repeat(96)],
    ['the point at infinity', `c0${'0'.repeat(94)}`],
    ['zeros', '0'.repeat(96)],
    ['outside of the field', 'f'.repeat(96)],
    // On the curve, but not in the group that keys sign in: x = 4.
    ['of another group', `80${'0'.repeat(93)}4`],
  ])('is none when it is %s', (_, text) => {
    expect(verifiesRound(quicknet, round, text)).toBe(false);
  });

  it.each([0, -1, 1_000.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('is of no round %d', (number) => {
    expect(verifiesRound(quicknet, number, signature)).toBe(false);
  });

  it('is never found in anything else, and nothing makes the question fail', () => {
    const hex = (length: number) =>
      fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'));
    const text = fc.oneof(fc.string(), hex(48), hex(47), hex(96));
    fc.assert(
      fc.property(text, hex(96), fc.double(), (anything, publicKey, number) => {
        expect(verifiesRound(quicknet, round, anything)).toBe(false);
        expect(verifiesRound({ publicKey }, number, signature)).toBe(false);
      }),
    );
  });
});

describe('the round after a moment', () => {
  const genesis = 1_000 * quicknet.genesisSeconds;

  it.each([
    ['long before the genesis', -1e11, 1],
    ['just before the genesis', -1, 1],
    ['at the genesis', 0, 1],
    ['just after the genesis', 1, 2],
    ['just before a round', 2_999, 2],
    ['at a round', 3_000, 2],
    ['just after a round', 3_001, 3],
  ])('%s is the next whose time has not passed', (_, milliseconds, expected) => {
    expect(roundAfter(quicknet, new Date(genesis + milliseconds))).toEqual({
      round: expected,
      at: new Date(genesis + 3_000 * (expected - 1)),
    });
  });

  it('knows the time of a round that was signed', () => {
    expect(timeOf(quicknet, 1_000)).toEqual(new Date('2023-08-23T15:59:24.000Z'));
    expect(roundAfter(quicknet, new Date('2023-08-23T15:59:24.000Z')).round).toBe(1_000);
  });

  it('is never past, and the one before it always is', () => {
    const chains = fc.record({
      genesisSeconds: fc.integer({ min: 1, max: 2_000_000_000 }),
      periodSeconds: fc.integer({ min: 1, max: 86_400 }),
    });
    const moments = fc.date({ min: new Date(0), max: new Date('2100-01-01T00:00:00.000Z'), noInvalidDate: true });
    fc.assert(
      fc.property(chains, moments, (chain, moment) => {
        const after = roundAfter(chain, moment);
        expect(after.at).toEqual(timeOf(chain, after.round));
        expect(after.at.getTime()).toBeGreaterThanOrEqual(moment.getTime());
        if (after.round > 1) expect(timeOf(chain, after.round - 1).getTime()).toBeLessThan(moment.getTime());
        else expect(after.round).toBe(1);
      }),
    );
  });
});

describe('a beacon over HTTP', () => {
  let simulators: Simulators;
  let clock = new Date('2026-11-27T17:01:00.000Z');
  beforeAll(async () => {
    simulators = await startSimulators({ now: () => clock });
  });
  afterAll(() => simulators.stop());
  afterEach(() => {
    simulators.beacon.faults.clear();
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });
  const beacon = () => drandBeacon(simulators.beaconUrl, simulators.beaconChain);

  it('has a round from its time on', async () => {
    const { round: next, at } = roundAfter(simulators.beaconChain, new Date(clock.getTime() + 60_000));
    expect(await beacon().signatureOf(next)).toBeNull();
    clock = new Date(at.getTime() - 1);
    expect(await beacon().signatureOf(next)).toBeNull();

    clock = at;
    const signed = await beacon().signatureOf(next);
    expect(verifiesRound(simulators.beaconChain, next, signed ?? '')).toBe(true);
    expect(await beacon().signatureOf(next)).toBe(signed);
  });

  it.each(['unavailable', 'cut', 'wrong_signature', 'other_round'] as const)(
    'has failed and hands nothing on when it is told: %s',
    async (fault) => {
      simulators.beacon.faults.next(fault);
      await expect(beacon().signatureOf(1)).rejects.toBeInstanceOf(ServiceFailed);
      expect(await beacon().signatureOf(1)).toMatch(/^[0-9a-f]{96}$/);
    },
  );

  it('is asked again when the round is late', async () => {
    simulators.beacon.faults.next('late');
    expect(await beacon().signatureOf(1)).toBeNull();
    expect(await beacon().signatureOf(1)).not.toBeNull();
  });

  it.each([404, 425])('has not yet what it answers with %i', async (status) => {
    vi.stubGlobal('fetch', async () => new Response('', { status }));
    expect(await beacon().signatureOf(1)).toBeNull();
  });

  it.each([
    ['says nothing of the round', 200, {}],
    ['says it of another round', 200, { round: round + 1, signature }],
    ['refuses', 429, { round, signature }],
  ])('has failed when it %s', async (_, status, body) => {
    vi.stubGlobal('fetch', async () => Response.json(body, { status }));
    const failure = drandBeacon('https://relay.example', quicknet).signatureOf(round);
    await expect(failure).rejects.toMatchObject({ code: 'service_unavailable', answered: status });
  });

  it('is not believed when its chain has another key', async () => {
    const { publicKey } = quicknet;
    const other = drandBeacon(simulators.beaconUrl, { ...simulators.beaconChain, publicKey });
    await expect(other.signatureOf(1)).rejects.toMatchObject({ answered: 200 });
  });

  it('has failed when nobody runs it', async () => {
    const nowhere = drandBeacon('http://127.0.0.1:1', simulators.beaconChain);
    await expect(nowhere.signatureOf(1)).rejects.toMatchObject({ code: 'service_unavailable', answered: 0 });
  });

  it('is the one that the environment names', async () => {
    vi.stubEnv(variables.beaconUrl, simulators.beaconUrl);
    vi.stubEnv(variables.beaconChain, JSON.stringify(simulators.beaconChain));
    expect(programBeacon().chain).toEqual(simulators.beaconChain);
    expect(await programBeacon().signatureOf(1)).toBe(await beacon().signatureOf(1));
  });

  it.each([
    ['no JSON', 'quicknet'],
    ['a chain without its key', JSON.stringify({ ...quicknet, publicKey: undefined })],
    ['a chain of another scheme', JSON.stringify({ ...quicknet, scheme: 'pedersen-bls-chained' })],
    ['a chain that stands still', JSON.stringify({ ...quicknet, periodSeconds: 0 })],
  ])('does not start when the environment names %s', (_, chain) => {
    vi.stubEnv(variables.beaconUrl, simulators.beaconUrl);
    vi.stubEnv(variables.beaconChain, chain);
    expect(programBeacon).toThrow();
  });
});
