import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Applicant,
  applicantLine,
  commitApplicants,
  type DrawInput,
  draw,
  drawSeed,
  opensSeal,
  seal,
} from '#shared/selection/draw.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const idOf = (name: string | number) => sha256(`participant ${name}`);
const applicantOf = (name: string | number, province = '31', family: string | number = name): Applicant => {
  return { participantId: idOf(name), province, familyTag: sha256(`family ${family}`) };
};
const seed = sha256('a seed');
const drawOf = (applicants: Applicant[], rules: Partial<DrawInput> = {}) => {
  return draw({ seed, applicants, quotas: { '31': 2 }, maxPerFamily: 2, ...rules });
};

const provinces = ['11', '31', '32', '73'];
const applicantLists = fc
  .uniqueArray(
    fc.record({ name: fc.nat(100_000), province: fc.constantFrom(...provinces), family: fc.nat({ max: 12 }) }),
    { selector: ({ name }) => name, maxLength: 40 },
  )
  .map((people) => people.map(({ name, province, family }) => applicantOf(name, province, family)));
const quotaTables = fc.tuple(...provinces.map(() => fc.nat({ max: 12 }))).map((places) => {
  return Object.fromEntries(provinces.map((province, index) => [province, places[index] ?? 0]));
});
const seeds = fc.nat().map((number) => sha256(String(number)));
const draws = fc.record({
  applicants: applicantLists,
  quotas: quotaTables,
  seed: seeds,
  maxPerFamily: fc.nat({ max: 3 }),
});

const countBy = (keys: string[]) => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

describe('committing the applicants', () => {
  it('digests the sorted lines, one line feed after each', () => {
    const people = [applicantOf('a'), applicantOf('b', '32'), applicantOf('c')];
    const lines = people.map((one) => `${one.participantId},${one.province},${one.familyTag}\n`).sort();

    const committed = commitApplicants(people);

    expect(committed.listDigest).toBe(sha256(lines.join('')));
    expect(committed.applicants.map((one) => `${applicantLine(one)}\n`)).toEqual(lines);
    expect(committed).toMatchObject({ applicantCount: 3, byProvince: { '31': 2, '32': 1 } });
  });

  it('gives the same list for every order, and for lines that come twice', () => {
    const repeatedInAnyOrder = applicantLists.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    );

    fc.assert(
      fc.property(repeatedInAnyOrder, ([list, shuffled]) => {
        expect(commitApplicants(shuffled)).toEqual(commitApplicants(list));
      }),
    );
  });

  it('has another digest when one character of one applicant is another', () => {
    const list = [applicantOf('a'), applicantOf('b')];
    const digests = [list, [applicantOf('a', '32'), applicantOf('b')], [applicantOf('a', '31', 'z'), applicantOf('b')]];

    expect(new Set(digests.map((people) => commitApplicants(people).listDigest)).size).toBe(3);
  });

  it('commits an empty list', () => {
    expect(commitApplicants([])).toMatchObject({ applicantCount: 0, byProvince: {}, listDigest: sha256('') });
  });

  it.each([
    ['one id in two provinces', [applicantOf('a', '31'), applicantOf('a', '32')]],
    ['one id in two families', [applicantOf('a', '31', 'x'), applicantOf('a', '31', 'y')]],
    ['an id that is too short', [{ ...applicantOf('a'), participantId: 'ab' }]],
    ['an id in capitals', [{ ...applicantOf('a'), participantId: idOf('a').toUpperCase() }]],
    ['a province without code', [applicantOf('a', 'DKI')]],
    ['a line feed smuggled into a tag', [{ ...applicantOf('a'), familyTag: 'ab\n' }]],
  ])('refuses %s', (_, list) => {
    expect(() => commitApplicants(list)).toThrow();
  });
});

describe('sealing and seeding', () => {
  const firstShare = sha256('first');
  const secondShare = sha256('second');
  const listDigest = sha256('list');

  it('seals with the stated bytes', () => {
    expect(seal(firstShare)).toBe(sha256(`prakerja-draw-seal-1\n${firstShare}\n`));
    expect(seal(firstShare)).not.toBe(sha256(firstShare));
  });

  it('opens a seal with its own share only', () => {
    expect(opensSeal(firstShare, seal(firstShare))).toBe(true);
    expect(opensSeal(secondShare, seal(firstShare))).toBe(false);
    expect(opensSeal(firstShare.slice(1), seal(firstShare))).toBe(false);
    expect(opensSeal(firstShare.toUpperCase(), seal(firstShare))).toBe(false);
  });

  it('makes the seed from the list and both shares, in their order', () => {
    const parts = { listDigest, firstShare, secondShare };

    expect(drawSeed(parts)).toBe(sha256(`prakerja-draw-seed-1\n${listDigest}\n${firstShare}\n${secondShare}\n`));
    expect(drawSeed({ ...parts, firstShare: secondShare, secondShare: firstShare })).not.toBe(drawSeed(parts));
    expect(drawSeed({ ...parts, listDigest: sha256('another list') })).not.toBe(drawSeed(parts));
  });

  it.each(['', 'ab', 'g'.repeat(64), 'a'.repeat(63), 'a'.repeat(65)])('refuses the share "%s"', (share) => {
    expect(() => seal(share)).toThrow();
    expect(() => drawSeed({ listDigest, firstShare: share, secondShare })).toThrow();
  });
});

describe('drawing', () => {
  it('scores by HMAC-SHA256 of the id under the bytes of the seed, lowest first', () => {
    const people = Array.from({ length: 20 }, (_, number) => applicantOf(number));
    const scoreOf = ({ participantId }: Applicant) => {
      return createHmac('sha256', Buffer.from(seed, 'hex')).update(participantId).digest('hex');
    };
    const inOrder = people.map((one) => ({ id: one.participantId, score: scoreOf(one) }));
    inOrder.sort((a, b) => Buffer.compare(Buffer.from(a.score, 'hex'), Buffer.from(b.score, 'hex')));

    const { winners, losers } = drawOf(people, { quotas: { '31': 7 } });

    expect([...winners, ...losers].map(({ participantId, score }) => ({ id: participantId, score }))).toEqual(inOrder);
    expect(winners.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('repeats scores that another program computed', () => {
    const { winners } = draw({
      seed: '00'.repeat(32),
      applicants: [
        { participantId: '11'.repeat(32), province: '31', familyTag: 'aa' },
        { participantId: '22'.repeat(32), province: '31', familyTag: 'bb' },
      ],
      quotas: { '31': 2 },
      maxPerFamily: 2,
    });

    expect(winners.map(({ participantId, score }) => `${participantId.slice(0, 2)} ${score}`)).toEqual([
      // As `openssl dgst -sha256 -mac HMAC -macopt hexkey:00…` gives them.
      '11 08a55ef15743f3ba349804ebaebdf8f923dbfcf66d49ae2e50851b268cec94e2',
      '22 35a66c753c29f7eb3304c53b1a0fadfacf5ce2dfdc7092168d3323e86f4f05cf',
    ]);
  });

  it('never gives more than the quota or the family limit, only to applicants, and tells every loser why', () => {
    fc.assert(
      fc.property(draws, (input) => {
        const { winners, losers, thresholds } = draw(input);
        const familyOf = new Map(Array.from(input.applicants, (one) => [one.participantId, one.familyTag]));
        const wonIn = countBy(winners.map(({ province }) => province));
        const wonBy = countBy(winners.map(({ participantId }) => familyOf.get(participantId) ?? ''));

        expect([...winners, ...losers].map(({ participantId }) => participantId).sort()).toEqual(
          [...familyOf.keys()].sort(),
        );
        for (const places of wonBy.values()) expect(places).toBeLessThanOrEqual(input.maxPerFamily);
        for (const [province, places] of Object.entries(input.quotas)) {
          const taken = wonIn.get(province) ?? 0;
          expect(taken).toBeLessThanOrEqual(places);
          expect(thresholds[province]).toMatchObject({ places, taken });
        }
        for (const { participantId, province, score, reason } of losers) {
          const before = winners.filter((winner) => winner.score < score);
          const family = before.filter((winner) => familyOf.get(winner.participantId) === familyOf.get(participantId));
          const full = before.filter((winner) => winner.province === province).length === input.quotas[province];
          expect(reason).toBe(full ? 'province_full' : 'family_full');
          if (reason === 'family_full') expect(family.length).toBe(input.maxPerFamily);
          const last = thresholds[province]?.lastScore ?? (full ? '' : 'g');
          expect(reason === 'province_full').toBe(score > last);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('fills every province with min(quota, eligible) when no family is large', () => {
    fc.assert(
      fc.property(draws, (input) => {
        const alone = Array.from(input.applicants, (one) => ({ ...one, familyTag: one.participantId }));
        const eligible = countBy(alone.map(({ province }) => province));

        const { thresholds } = draw({ ...input, applicants: alone, maxPerFamily: 2 });

        for (const [province, { places, taken }] of Object.entries(thresholds))
          expect(taken).toBe(Math.min(places, eligible.get(province) ?? 0));
      }),
    );
  });

  it('does not depend on the order of the list', () => {
    const shuffled = draws.chain((input) => {
      const list = Array.from(input.applicants);
      return fc.tuple(fc.constant(input), fc.shuffledSubarray(list, { minLength: list.length }));
    });

    fc.assert(
      fc.property(shuffled, ([input, applicants]) => {
        expect(draw({ ...input, applicants })).toEqual(draw(input));
      }),
    );
  });

  it('gives a family two places across provinces and refuses its third', () => {
    const family = [applicantOf('a', '31', 'x'), applicantOf('b', '32', 'x'), applicantOf('c', '73', 'x')];

    const { winners, losers } = drawOf(family, { quotas: { '31': 9, '32': 9, '73': 9 } });

    expect(winners).toHaveLength(2);
    expect(losers).toMatchObject([{ reason: 'family_full' }]);
  });

  it.each([
    [0, 2],
    [1, 1],
    [2, 0],
    [3, 0],
  ])('counts %i places from earlier batches, so two more members win %i', (held, wins) => {
    const family = [applicantOf('a', '31', 'x'), applicantOf('b', '31', 'x')];
    const placesAlreadyTaken = { [sha256('family x')]: held };

    expect(drawOf(family, { placesAlreadyTaken }).winners).toHaveLength(wins);
  });

  it('draws nobody from an empty list or for a quota of zero', () => {
    expect(drawOf([]).winners).toEqual([]);
    expect(drawOf([applicantOf('a')], { quotas: { '31': 0 } })).toMatchObject({
      winners: [],
      losers: [{ reason: 'province_full' }],
      thresholds: { '31': { places: 0, taken: 0, lastScore: null } },
    });
  });

  it('leaves places of a province with too few applicants, without a threshold', () => {
    const { thresholds } = drawOf([applicantOf('a')], { quotas: { '31': 2, '94': 5 } });

    expect(thresholds).toEqual({
      '31': { places: 2, taken: 1, lastScore: null },
      '94': { places: 5, taken: 0, lastScore: null },
    });
  });

  it.each([
    ['somebody twice', [applicantOf('a'), applicantOf('a')], {}],
    ['a province without quota', [applicantOf('a', '99')], {}],
    ['a negative quota', [applicantOf('a')], { quotas: { '31': -1 } }],
    ['half a place', [applicantOf('a')], { quotas: { '31': 0.5 } }],
    ['a short seed', [applicantOf('a')], { seed: 'ab' }],
  ])('refuses %s', (_, list, rules) => {
    expect(() => drawOf(list, rules)).toThrow();
  });
});

describe('the odds', () => {
  const digits = '0123456789abcdef';
  // Two people with each last digit. Position k joined k-th, so a bias by position or by digit would show in the sums.
  const people = Array.from({ length: 32 }, (_, position) => {
    return { ...applicantOf(position), participantId: `${idOf(position).slice(0, 63)}${digits[position % 16]}` };
  });
  const places = 8;
  const rounds = 1_000;

  /** Chi-square of wins against equal odds, for groups of one size, allowing for places being drawn without return. */
  const chiSquare = (wins: number[]) => {
    const size = people.length / wins.length;
    const chance = places / people.length;
    const spread = rounds * size * chance * (1 - chance) * ((people.length - size) / (people.length - 1));
    const squares = wins.reduce((sum, won) => sum + (won - rounds * size * chance) ** 2, 0);
    return (squares / spread) * ((wins.length - 1) / wins.length);
  };
  const winsBy = (groups: number, groupOf: (id: string) => number, winnersOf: (round: number) => string[]) => {
    const wins = Array.from({ length: groups }, () => 0);
    for (let round = 0; round < rounds; round += 1)
      for (const id of winnersOf(round)) wins[groupOf(id)] = (wins[groupOf(id)] ?? 0) + 1;
    return wins;
  };
  const positionOf = (id: string) => people.findIndex(({ participantId }) => participantId === id);
  const lastDigitOf = (id: string) => digits.indexOf(id.slice(-1));
  const drawn = Array.from({ length: rounds }, (_, round) => {
    const { winners } = drawOf(people, { seed: sha256(`round ${round}`), quotas: { '31': places } });
    return winners.map(({ participantId }) => participantId);
  });
  const drawnIn = (round: number) => drawn[round] ?? [];

  // Upper 0.1 % points of chi-square with 31 and with 15 degrees of freedom.
  it('are equal for every position in the list', () => {
    expect(chiSquare(winsBy(32, positionOf, drawnIn))).toBeLessThan(61.1);
  });

  it('are equal for every last digit of the id', () => {
    expect(chiSquare(winsBy(16, lastDigitOf, drawnIn))).toBeLessThan(37.7);
  });

  it('would be found unequal if one place in eight went to whoever joined first', () => {
    const favoured = (round: number) => [people[0]?.participantId ?? '', ...drawnIn(round).slice(1)];

    expect(chiSquare(winsBy(32, positionOf, favoured))).toBeGreaterThan(61.1);
  });
});
