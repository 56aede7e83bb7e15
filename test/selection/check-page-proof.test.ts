import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#shared/platform/digest.ts';
import { proof } from '#shared/selection/check-page-proof.ts';
import { differences } from '#shared/selection/check-page-words.ts';
import type { OutcomeKind } from '#shared/selection/draw/result-group.ts';
import {
  beacon,
  type DrawnBatch,
  drawnBatch,
  numberOf,
  published,
  refused,
  scoreOf,
} from '#test/selection/check-page-fixture.ts';

type Fact = { readonly code: string; readonly computed: unknown; readonly stated?: unknown };
type Step = { id: string; mark: string; facts: Fact[]; differs: string[]; unproved: string[] };
type Checked = { agreed: boolean; steps: Step[]; found: { kind: string; score?: string; reason?: string } };
type Files = Record<'commitment' | 'manifest' | 'signature' | 'group', Uint8Array>;

const browserParts = { crypto, TextEncoder, TextDecoder, atob };

/** What the page's own code says; `parts` may stand for another browser. */
function check(number: string, files: Files, parts: object = browserParts, batchId = '71'): Promise<Checked> {
  const checkDraw = vm.runInNewContext(`${proof}; checkDraw`, { ...parts });
  return checkDraw({ number, batchId, files });
}

function filesOf(number: string, all: ReadonlyMap<string, Uint8Array>): Files {
  const file = (name: string) => all.get(name) ?? new Uint8Array();
  return {
    commitment: file('commitment.json'),
    manifest: file('manifest.json'),
    signature: file('signature.json'),
    group: file(`result-${number[0]}.json`),
  };
}

const differs = ({ steps }: Checked) => steps.flatMap((step) => [...step.differs]);
const marks = ({ steps }: Checked) => steps.map(({ id, mark }) => `${id} ${mark}`);
const honest = drawnBatch();
const kinds: OutcomeKind[] = ['won', 'waiting', 'not_drawn', 'family_full'];

describe('the check in the browser', () => {
  it.each(kinds)('agrees with an honest draw for who is %s', async (kind) => {
    const number = numberOf(honest, kind);
    const checked = await check(number, filesOf(number, published(honest)));

    expect(differs(checked)).toEqual([]);
    expect(checked).toMatchObject({ agreed: true, found: { kind } });
    expect(marks(checked)).toEqual([
      'terms agrees',
      'record agrees',
      'seed agrees',
      'score computed',
      'outcome agrees',
      'signature agrees',
    ]);
  });

  it('agrees for every applicant, with the score that ECB gives', async () => {
    const files = published(honest);
    for (const record of honest.outcomes.keys()) {
      const checked = await check(record.drawNumber, filesOf(record.drawNumber, files));
      expect(checked).toMatchObject({ agreed: true, found: { score: scoreOf(record, honest.manifest.seed) } });
    }
  });

  it.each(refused)('tells who was refused why, and that the list without them is whole', async (number, reason) => {
    const checked = await check(number, filesOf(number, published(honest)));

    expect(checked).toMatchObject({ agreed: true, found: { kind: 'refused', reason } });
    expect(marks(checked)).toContain('record agrees');
  });

  it('does not find a number that is not there, though all files are sound', async () => {
    const number = `${'a1'.repeat(15)}00`;

    expect(await check(number, filesOf(number, published(honest)))).toMatchObject({
      agreed: true,
      found: { kind: 'absent' },
    });
  });

  it('says of a beacon that its signature is not proved here', async () => {
    const drawn = drawnBatch(beacon);
    const number = numberOf(drawn, 'won');
    const checked = await check(number, filesOf(number, published(drawn)));

    expect(checked.agreed).toBe(true);
    expect(marks(checked)).toContain('seed partly');
    expect(checked.steps.find(({ id }) => id === 'seed')?.unproved.join()).toBe('beacon_unproved');
  });

  it('says so where the browser does not know Ed25519, and checks the rest', async () => {
    const importKey = (
      format: 'raw',
      bytes: Uint8Array<ArrayBuffer>,
      name: string,
      ...rest: [boolean, ('encrypt' | 'verify')[]]
    ) => {
      if (name === 'Ed25519') throw new DOMException('Unrecognized name', 'NotSupportedError');
      return crypto.subtle.importKey(format, bytes, name, ...rest);
    };
    const subtle = {
      importKey,
      digest: crypto.subtle.digest.bind(crypto.subtle),
      encrypt: crypto.subtle.encrypt.bind(crypto.subtle),
    };
    const number = numberOf(honest, 'won');
    const checked = await check(number, filesOf(number, published(honest)), { ...browserParts, crypto: { subtle } });

    expect(checked.agreed).toBe(true);
    expect(marks(checked)).toContain('signature partly');
  });
});

const other = (digit: string | undefined) => (digit === '0' ? '1' : '0');
/** Another last digit. */
const changed = (hex: string) => hex.slice(0, -1) + other(hex.at(-1));

type Change = (drawn: DrawnBatch, own: { readonly number: string }) => void;
const groupOf = ({ results }: DrawnBatch, number: string) => {
  const group = results.find((result) => result.group === number[0]);
  if (!group) throw new Error('Every number has a group');
  return group;
};
/** The row of the one who checks, or of somebody else in the group. */
const rowOf = (drawn: DrawnBatch, number: string, whose: 'own' | 'other' = 'own') => {
  const row = groupOf(drawn, number).applicants.find(([record]) => record.startsWith(number) === (whose === 'own'));
  if (!row) throw new Error('The group has such a row');
  return row;
};
const provincePool = (drawn: DrawnBatch, number: string) => {
  const code = String(Number.parseInt(rowOf(drawn, number)[0].slice(32, 34), 16));
  const pool = drawn.manifest.pools.find(({ pool }) => pool === `province:${code}`);
  if (!pool) throw new Error('Every province has a pool');
  return pool;
};
const withRecordByte =
  (byte: number, value: string): Change =>
  (drawn, { number }) => {
    const row = rowOf(drawn, number);
    row[0] = row[0].slice(0, 2 * byte) + value + row[0].slice(2 * byte + 2);
  };

const tampered: [what: string, kind: OutcomeKind, change: Change, code: string][] = [
  ['a record lives elsewhere', 'not_drawn', withRecordByte(18, 'ff'), 'group_root'],
  ['a record has more lots', 'not_drawn', withRecordByte(20, '04'), 'record_rules'],
  ['a record has other strata', 'not_drawn', withRecordByte(19, '07'), 'group_root'],
  ['the family has another number of places', 'won', withRecordByte(21, '03'), 'record_rules'],
  [
    'somebody is removed',
    'not_drawn',
    (drawn, { number }) => groupOf(drawn, number).applicants.splice(-1),
    'group_root',
  ],
  [
    'somebody is added',
    'not_drawn',
    (drawn, { number }) =>
      groupOf(drawn, number).applicants.push([`${number[0]}${'f'.repeat(29)}00200cc9000101`, 'not_drawn', 0]),
    'group_root',
  ],
  ['two change places', 'not_drawn', (drawn, { number }) => groupOf(drawn, number).applicants.reverse(), 'group_order'],
  [
    'the path has another hash',
    'won',
    (drawn, { number }) => {
      const { path } = groupOf(drawn, number);
      path[2] = changed(path[2] ?? '');
    },
    'list_root',
  ],
  [
    'the path is longer',
    'won',
    (drawn, { number }) => groupOf(drawn, number).path.push('00'.repeat(32)),
    'path_length',
  ],
  [
    'the root of the group is another',
    'won',
    (drawn, { number }) => {
      const group = groupOf(drawn, number);
      group.groupRoot = changed(group.groupRoot);
    },
    'group_root',
  ],
  [
    'the group is of another batch',
    'won',
    (drawn, { number }) => {
      groupOf(drawn, number).batchId = '72';
    },
    'batch_other',
  ],
  [
    'the committed root is another',
    'won',
    ({ commitment }) => {
      commitment.list.root = changed(commitment.list.root);
    },
    'commitment_digest',
  ],
  [
    'the result has another root',
    'won',
    ({ manifest }) => {
      manifest.list = { ...manifest.list, root: changed(manifest.list.root) };
    },
    'terms_changed',
  ],
  [
    'the result has other rules',
    'won',
    ({ manifest }) => {
      manifest.rules = { ...manifest.rules, provinces: { ...manifest.rules.provinces, '32': 41 } };
    },
    'terms_changed',
  ],
  [
    'the seed is another',
    'won',
    ({ manifest }) => {
      manifest.seed = changed(manifest.seed);
    },
    'seed',
  ],
  [
    'a share is another',
    'won',
    ({ manifest: { reveal } }) => {
      if (reveal.kind === 'two_operators') reveal.shares[1] = changed(reveal.shares[1]);
    },
    'seal_2',
  ],
  [
    'the first share is another',
    'won',
    ({ manifest: { reveal } }) => {
      if (reveal.kind === 'two_operators') reveal.shares[0] = changed(reveal.shares[0]);
    },
    'seal_1',
  ],
  [
    'the seed is shorter',
    'won',
    ({ manifest }) => {
      manifest.seed = manifest.seed.slice(2);
    },
    'seed_form',
  ],
  [
    'a family wins more places than it has',
    'family_full',
    (drawn, { number }) => rowOf(drawn, number).splice(1, 2, 'won', 1),
    'family_exceeded',
  ],
  [
    'somebody in the draw is refused too',
    'won',
    (drawn, { number }) => groupOf(drawn, number).refused.push([number, 'age_outside']),
    'group_order',
  ],
  [
    'the randomness is from a beacon after all',
    'won',
    ({ manifest }) => {
      manifest.reveal = beacon.reveal;
    },
    'reveal_other',
  ],
  [
    'the last score lets fewer in',
    'won',
    (drawn) => {
      for (const pool of drawn.manifest.pools) pool.lastScore = '0'.repeat(32);
    },
    'won_behind',
  ],
  [
    'the last score lets more in',
    'not_drawn',
    (drawn, { number }) => {
      provincePool(drawn, number).lastScore = 'f'.repeat(32);
    },
    'passed_over',
  ],
  [
    'a full pool hides its last score',
    'not_drawn',
    (drawn, { number }) => {
      provincePool(drawn, number).lastScore = null;
    },
    'pool_unsound',
  ],
  [
    'a pool has fewer places than were committed',
    'not_drawn',
    (drawn, { number }) => {
      provincePool(drawn, number).places -= 1;
    },
    'pool_unsound',
  ],
  [
    'a pool has more members than the list',
    'not_drawn',
    (drawn, { number }) => {
      provincePool(drawn, number).members += 1;
    },
    'pool_unsound',
  ],
  [
    'a pool is left out',
    'not_drawn',
    (drawn, { number }) => {
      const { pool } = provincePool(drawn, number);
      drawn.manifest.pools = drawn.manifest.pools.filter((other) => other.pool !== pool);
    },
    'pool_unsound',
  ],
  [
    'who won is not drawn',
    'won',
    (drawn, { number }) => rowOf(drawn, number).splice(1, 2, 'not_drawn', 0),
    'passed_over',
  ],
  ['who won waits', 'won', (drawn, { number }) => rowOf(drawn, number).splice(1, 2, 'waiting', 1), 'passed_over'],
  ['who lost has won', 'not_drawn', (drawn, { number }) => rowOf(drawn, number).splice(1, 2, 'won', 1), 'won_behind'],
  [
    'who lost is told of a full family',
    'not_drawn',
    (drawn, { number }) => rowOf(drawn, number).splice(1, 1, 'family_full'),
    'family_not_full',
  ],
  [
    'a full family is not told',
    'family_full',
    (drawn, { number }) => rowOf(drawn, number).splice(1, 1, 'not_drawn'),
    'family_full_unsaid',
  ],
  [
    'who waits is left out',
    'waiting',
    (drawn, { number }) => rowOf(drawn, number).splice(1, 2, 'not_drawn', 0),
    'waiting_left_out',
  ],
  [
    'who lost waits beyond the end of the list',
    'not_drawn',
    (drawn, { number }) => rowOf(drawn, number).splice(1, 2, 'waiting', 99),
    'place_number',
  ],
  [
    'a rank is out of order',
    'won',
    (drawn, { number }) => rowOf(drawn, number).splice(2, 1, drawn.manifest.winners.count),
    'rank_order',
  ],
  ['a rank is none', 'won', (drawn, { number }) => rowOf(drawn, number).splice(2, 1, 0), 'place_number'],
  [
    'somebody else has won',
    'won',
    (drawn, { number }) => {
      const loser = groupOf(drawn, number).applicants.find(([, outcome]) => outcome === 'not_drawn');
      loser?.splice(1, 2, 'won', 1);
    },
    'group_outcomes',
  ],
];

describe('a published draw that is not honest, though its digests and signature are made anew', () => {
  /** Somebody in a group where there is enough beside them for each change to show. */
  const somebody = (kind: OutcomeKind) =>
    numberOf(honest, kind, ({ drawNumber, strata }) => {
      const [own, , place] = rowOf(honest, drawNumber);
      const rows = groupOf(honest, drawNumber).applicants;
      const isBeside: Record<OutcomeKind, boolean> = {
        won:
          rows.some(([, outcome, rank]) => outcome === 'won' && rank > place) &&
          rows.some(([, outcome]) => outcome === 'not_drawn'),
        waiting: rows.some(
          ([record, outcome, position]) =>
            outcome === 'waiting' && position > place && record.slice(32, 34) === own.slice(32, 34),
        ),
        not_drawn: true,
        family_full: true,
      };
      return strata.length === 0 && isBeside[kind];
    });

  it.each(tampered)('differs when %s (%s)', async (_, kind, change, code) => {
    const number = somebody(kind);
    const drawn = drawnBatch();
    change(drawn, { number });
    const checked = await check(number, filesOf(number, published(drawn)));

    expect(checked.agreed).toBe(false);
    expect(differs(checked)).toContain(code);
    expect(differs(checked).filter((found) => !Object.hasOwn(differences, found))).toEqual([]);
  });

  it('differs when the round of the beacon came before the list', async () => {
    const { randomness, reveal } = beacon;
    const early = drawnBatch({ randomness: { ...randomness, ...{ roundAt: '2026-11-27T17:00:59.000Z' } }, reveal });
    const number = numberOf(early, 'won');

    expect(differs(await check(number, filesOf(number, published(early))))).toEqual(['round_early']);
  });

  it('differs when both seals are of one operator', async () => {
    const { randomness, reveal } = honest.manifest;
    if (randomness.kind !== 'two_operators') throw new Error('The fixture is sealed by operators');
    const drawn = drawnBatch();
    const files = published(drawn);
    const text = Buffer.from(files.get('commitment.json') ?? [])
      .toString()
      .replace('operator-2', 'operator-1');
    const number = numberOf(drawn, 'won');
    const checked = await check(number, { ...filesOf(number, files), commitment: Buffer.from(text) });

    expect(reveal.kind).toBe('two_operators');
    expect(differs(checked)).toEqual(expect.arrayContaining(['seals_alike', 'commitment_digest', 'terms_changed']));
  });
});

describe('published bytes that were changed on the way', () => {
  // Of those whom the screening refused the list commits the number only: a group without any.
  const number = numberOf(honest, 'won', ({ drawNumber }) => !refused.some(([other]) => other[0] === drawNumber[0]));
  const files = filesOf(number, published(honest));

  it.each(['commitment', 'manifest', 'signature', 'group'] as const)(
    'any changed digit in %s is seen',
    async (name) => {
      const text = Buffer.from(files[name]).toString();
      // Every place where a value of hex or a number stands, sparsely; a document that no longer parses is refused whole.
      const places = [...text.matchAll(/[0-9a-f]/g)].map(({ index }) => index);
      const step = Math.ceil(places.length / 60);
      const sampled = places.filter((_, index) => index % step === 0);
      for (const place of sampled) {
        const bytes = text.slice(0, place) + other(text[place]) + text.slice(place + 1);
        const agreed = await check(number, { ...files, [name]: Buffer.from(bytes) }).then(
          (checked) => checked.agreed && checked.found.kind === 'won',
          () => false,
        );
        expect({ place, around: text.slice(place - 20, place + 20), agreed }).toMatchObject({ agreed: false });
      }
    },
  );

  it('another draw number is another record', async () => {
    expect(await check(`${changed(number.slice(0, 30))}00`, files)).toMatchObject({ found: { kind: 'absent' } });
  });

  it('a number is not sought in the file of another group', async () => {
    const elsewhere = `${other(number[0])}${number.slice(1)}`;

    expect(differs(await check(elsewhere, files))).toEqual(['group_other']);
  });

  it.each([
    ['a commitment with a space more', 'commitment', (text) => `${text} `, 'not_canonical'],
    ['a manifest with a line more', 'manifest', (text) => `${text}\n`, 'not_canonical'],
    [
      'a commitment of another version',
      'commitment',
      (text) => text.replace('"version":2', '"version":3'),
      'version_unknown',
    ],
    ['an outcome that nobody knows', 'group', (text) => text.replaceAll('"won"', '"constructor"'), 'outcome_unknown'],
    ['a group of another result', 'group', (text) => text.replace('"manifestDigest":"', '$&0'), 'manifest_digest'],
    ['a signature of another kind', 'signature', (text) => text.replace('Ed25519', 'none'), 'signature_wrong'],
    [
      'a signature that is no base64',
      'signature',
      (text) => text.replace('"signature":"', '"signature":"*'),
      'signature_wrong',
    ],
  ] satisfies [string, keyof Files, (text: string) => string, string][])(
    '%s differs',
    async (_, name, change, code) => {
      const changedFile = Buffer.from(change(Buffer.from(files[name]).toString()));
      const checked = await check(number, { ...files, [name]: changedFile });

      expect(checked.agreed).toBe(false);
      expect(differs(checked)).toContain(code);
    },
  );

  it('more refusals of a reason than the list says differ', async () => {
    const [[refusedNumber, reason]] = refused;
    const drawn = drawnBatch();
    groupOf(drawn, refusedNumber).refused.push([`0${'f'.repeat(29)}00`, reason]);

    expect(differs(await check(refusedNumber, filesOf(refusedNumber, published(drawn))))).toEqual(['refused_count']);
  });

  it('files of another batch are none of this one', async () => {
    expect(differs(await check(number, files, browserParts, '72'))).toEqual(['batch_other']);
  });

  it('a document that lacks a member differs, instead of being believed', async () => {
    const manifest: Record<string, unknown> = JSON.parse(Buffer.from(files.manifest).toString());
    delete manifest['pools'];
    const checked = await check(number, { ...files, manifest: Buffer.from(JSON.stringify(manifest)) });

    expect(checked.agreed).toBe(false);
    expect(differs(checked)).toContain('unreadable');
  });

  /** The last letter with a bit that means nothing: the bytes are the same. */
  const respelled = (text: string) => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return text.slice(0, -1) + letters.charAt(letters.indexOf(text.slice(-1)) + 1);
  };
  it.each<[string, (signature: Record<string, string>) => object]>([
    ['a key', (signed) => ({ ...signed, publicKey: respelled(signed['publicKey'] ?? '') })],
    ['a signature', (signed) => ({ ...signed, signature: respelled(signed['signature'] ?? '') })],
    ['a digest', (signed) => ({ ...signed, sha256: digestOf('another') })],
    ['one member more', (signed) => ({ ...signed, signedBy: 'the program' })],
    ['another order', ({ signature, ...signed }) => ({ signature, ...signed })],
  ])('%s that is spelled otherwise is no signature of this file', async (_, change) => {
    const signature = JSON.parse(Buffer.from(files.signature).toString());
    const changedFile = Buffer.from(JSON.stringify(change(signature)));

    expect(differs(await check(number, { ...files, signature: changedFile }))).toEqual(['signature_wrong']);
  });

  it('a signature of another key does not match', async () => {
    const signature = {
      ...JSON.parse(Buffer.from(files.signature).toString()),
      publicKey: Buffer.alloc(32, 9).toString('base64url'),
    };

    expect(differs(await check(number, { ...files, signature: Buffer.from(JSON.stringify(signature)) }))).toEqual([
      'signature_wrong',
    ]);
  });
});
