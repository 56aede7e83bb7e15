import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Applicant, commitApplicants, seal } from '#shared/selection/draw.ts';
import {
  canonicalJson,
  commitDraw,
  commitmentDigest,
  concludeDraw,
  DrawManifest,
  manifestDigest,
  parseApplicants,
  parseWinners,
  writeApplicants,
  writeManifest,
  writeWinners,
} from '#shared/selection/manifest.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const applicantOf = (name: number, province = '31', family = name): Applicant => {
  return { participantId: sha256(`participant ${name}`), province, familyTag: sha256(`family ${family}`) };
};
const people = Array.from({ length: 30 }, (_, number) => applicantOf(number, number % 3 ? '31' : '73', number >> 1));
const shares = { first: sha256('first share'), second: sha256('second share') };
const seals = {
  first: { operator: 'operator-1', seal: seal(shares.first) },
  second: { operator: 'operator-2', seal: seal(shares.second) },
};
const batch = {
  batchId: '01JBATCH',
  batchNumber: 7,
  scheme: 'NORMAL_2023',
  quotas: { '31': 6, '73': 4 },
  maxPerFamily: 2,
};
const list = commitApplicants(people);
const terms = { ...batch, seals, list, committedAt: '2026-03-02T05:00:00.000Z' };
const files = { applicants: 'draws/7/applicants.csv', winners: 'draws/7/winners.csv' };
const reveal = { list, shares, files, drawnAt: '2026-03-02T06:00:00.000Z' };
const concluded = () => concludeDraw({ commitment: commitDraw(terms), ...reveal });

describe('the files of a draw', () => {
  it('are the bytes that their digests are of', () => {
    const { manifest, winnersFile } = concluded();

    expect(sha256(writeApplicants(list))).toBe(manifest.listDigest);
    expect(sha256(winnersFile)).toBe(manifest.winnersDigest);
    expect(sha256(writeManifest(manifest))).toBe(manifestDigest(manifest));
  });

  it('read back as they were written', () => {
    const { outcome } = concluded();

    expect(parseApplicants(writeApplicants(list))).toEqual(list.applicants);
    expect(parseWinners(writeWinners(outcome.winners))).toEqual(outcome.winners);
    expect(DrawManifest.parse(JSON.parse(writeManifest(concluded().manifest)))).toEqual(concluded().manifest);
    expect(parseApplicants(writeApplicants({ applicants: [] }))).toEqual([]);
  });

  it.each([
    ['is cut', (file: string) => file.slice(0, -1)],
    ['has a fourth column', (file: string) => file.replace('\n', ',1\n')],
    ['lost a column', (file: string) => file.replace(/,[^,]*\n/, '\n')],
    ['has an empty line', (file: string) => `\n${file}`],
    ['has Windows line ends', (file: string) => file.replaceAll('\n', '\r\n')],
  ])('are refused when one %s', (_, spoil) => {
    const { winnersFile } = concluded();

    expect(() => parseApplicants(spoil(writeApplicants(list)))).toThrow();
    expect(() => parseWinners(spoil(spoil(winnersFile)))).toThrow();
  });

  it('are refused when a rank is left out', () => {
    const { winnersFile } = concluded();

    expect(() => parseWinners(winnersFile.replace(/^1,.*\n/, ''))).toThrow('Ranks count from 1');
  });
});

describe('canonical JSON', () => {
  it('sorts keys, also those that look like numbers, and writes no spaces', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'ü"' }], a: true, '10': 1, '9': 2 })).toBe(
      '{"10":1,"9":2,"a":true,"b":[1,{"c":"ü\\"","d":null}]}',
    );
  });

  it('does not depend on the order in which members were added', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (members) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());

        expect(canonicalJson(reversed)).toBe(canonicalJson(members));
        expect(JSON.parse(canonicalJson(members))).toEqual(members);
      }),
    );
  });

  it('refuses a fraction', () => {
    expect(() => canonicalJson({ places: 0.5 })).toThrow('whole');
  });
});

describe('committing a draw', () => {
  it('binds the quotas, the limit, the list, the seals and the time in one digest', () => {
    const others = [
      terms,
      { ...terms, quotas: { '31': 7, '73': 4 } },
      { ...terms, maxPerFamily: 1 },
      { ...terms, list: commitApplicants(people.slice(1)) },
      { ...terms, seals: { ...seals, second: { ...seals.second, seal: seal(sha256('another')) } } },
      { ...terms, committedAt: '2026-03-02T05:00:00.001Z' },
      { ...terms, placesAlreadyTaken: { [applicantOf(0).familyTag]: 1 } },
    ];

    expect(new Set(others.map((other) => commitmentDigest(commitDraw(other)))).size).toBe(others.length);
  });

  it('has the same digest in the manifest as before the draw', () => {
    const { manifest } = concluded();

    expect(manifest.commitmentDigest).toBe(commitmentDigest(commitDraw(terms)));
    expect(commitmentDigest(manifest)).toBe(manifest.commitmentDigest);
  });

  it('keeps earlier places only of families in the list', () => {
    const inList = applicantOf(0).familyTag;
    const placesAlreadyTaken = { [inList]: 1, [sha256('a family elsewhere')]: 2, [applicantOf(2).familyTag]: 0 };

    expect(commitDraw({ ...terms, placesAlreadyTaken }).placesAlreadyTaken).toEqual({ [inList]: 1 });
  });

  it.each([
    ['a province of the list has no quota', { quotas: { '31': 6 } }],
    ['a quota is negative', { quotas: { '31': 6, '73': -1 } }],
    ['one operator holds both seals', { seals: { ...seals, second: { ...seals.second, operator: 'operator-1' } } }],
    [
      'the second seal is a copy of the first',
      { seals: { ...seals, second: { ...seals.first, operator: 'operator-2' } } },
    ],
  ])('is refused when %s', (_, change) => {
    expect(() => commitDraw({ ...terms, ...change })).toThrow();
  });
});

describe('concluding a draw', () => {
  it('gives the same bytes however often and in whatever order of the list', () => {
    const again = commitApplicants(people.toReversed());
    const repeated = concludeDraw({ commitment: commitDraw({ ...terms, list: again }), ...reveal, list: again });

    expect(repeated).toEqual(concluded());
    expect(manifestDigest(repeated.manifest)).toBe(manifestDigest(concluded().manifest));
  });

  it('keeps to the quotas it committed to', () => {
    const { manifest, outcome } = concluded();

    expect(manifest.winnerCount).toBe(10);
    expect(outcome.thresholds).toMatchObject({ '31': { places: 6, taken: 6 }, '73': { places: 4, taken: 4 } });
  });

  it.each([
    ['the list is another', { list: commitApplicants(people.slice(1)) }],
    ['the first share is not the sealed one', { shares: { ...shares, first: sha256('x') } }],
    ['the second share is not the sealed one', { shares: { ...shares, second: sha256('x') } }],
    ['the shares are swapped', { shares: { first: shares.second, second: shares.first } }],
    ['it is dated a millisecond before the commitment', { drawnAt: '2026-03-02T04:59:59.999Z' }],
  ])('is refused when %s', (_, change) => {
    expect(() => concludeDraw({ commitment: commitDraw(terms), ...reveal, ...change })).toThrow();
  });
});
