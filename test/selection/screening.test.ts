import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import { reasonCodes } from '#shared/registration/eligibility/decide.ts';
import type { DeclaredFacts } from '#shared/registration/eligibility/facts.ts';
import { rulesOn } from '#shared/registration/eligibility/rules.ts';
import type { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { unregistered } from '#shared/registration/registration.ts';
import type { BatchTerms } from '#shared/selection/batch-events.ts';
import { decodeRecord, encodeRecord } from '#shared/selection/draw/record.ts';
import { type Membership, noMembership } from '#shared/selection/membership.ts';
import { publishedRegency, screen } from '#shared/selection/screening.ts';
import { citizen, decided, fileAfter, start } from '#test/journal/citizen.ts';
import { drawNumber, termsOf } from '#test/selection/batch-fixture.ts';

const { registration, membership } = fileAfter('join');
const { provinceCode, regencyCode } = citizen();
const decree = fileAfter('decree').membership.decreed;
const { registered } = registration;
type Facts = Parameters<typeof screen>[0];

const factsOf = (changes: Partial<Facts> = {}): Facts => ({
  ...{ registration, membership, birthDate: '1990-01-01', familyRecipients: 0, listings: [] },
  ...changes,
});
const member = (changes: Partial<Membership>): Pick<Facts, 'membership'> => ({
  membership: { ...membership, ...changes },
});
const joinedAt = (at: string, scheme: SchemeCode = 'NORMAL_2023') => {
  const { version: rules } = rulesOn(scheme, at.slice(0, 10));
  return member({ joined: membership.joined && { ...membership.joined, scheme, rules, at: new Date(at) } });
};
const declaring = (...declares: readonly ('migrant_worker' | 'disability')[]) =>
  member({ joined: membership.joined && { ...membership.joined, declares: [...declares] } });
const screening = (changes: Partial<Facts> = {}, terms: Partial<BatchTerms> = {}) =>
  screen(factsOf(changes), termsOf({ number: 1, ...terms }));

/** Another answer in the declaration that was made when joining. */
const declared =
  (changes: Partial<DeclaredFacts>) =>
  ({ membership: before, ...facts }: Facts): Facts => {
    const { joined } = before;
    const { facts: made } = joined ?? {};
    if (!joined || !made?.declared) return { ...facts, membership: before };
    const answered = { ...joined, facts: { ...made, declared: { ...made.declared, ...changes } } };
    return { ...facts, membership: { ...before, joined: answered } };
  };
const listed =
  (source: FeedSource) =>
  (facts: Facts): Facts => ({ ...facts, listings: [...facts.listings, { source }] });

/** What stands against somebody, in the order in which it is looked for; each leaves the others as they are. */
const faults: readonly (readonly [string, (facts: Facts) => Facts, string])[] = [
  ['nobody registered', (facts) => ({ ...facts, registration: unregistered }), 'identity_unverified'],
  [
    'the registry has not answered',
    (facts) => ({ ...facts, registration: { ...facts.registration, identity: 'pending' } }),
    'identity_unverified',
  ],
  [
    'the registry refused',
    (facts) => ({ ...facts, registration: { ...facts.registration, identity: 'refused' } }),
    'identity_refused',
  ],
  [
    'the membership was revoked',
    (facts) => ({ ...facts, membership: { ...facts.membership, revoked: true } }),
    'membership_revoked',
  ],
  [
    'there is a decree',
    (facts) => ({ ...facts, membership: { ...facts.membership, decreed: decree } }),
    'already_recipient',
  ],
  [
    'the application moved to another batch',
    ({ membership: { joined, ...rest }, ...facts }) => ({
      ...facts,
      membership: { ...rest, joined: joined && { ...joined, batchId: '2' } },
    }),
    'application_moved',
  ],
  ['the age is outside', (facts) => ({ ...facts, birthDate: '2015-01-01' }), 'age_outside'],
  ['the declaration is not said to be true', declared({ isTrue: false }), 'declaration_missing'],
  ['formal education is declared', declared({ education: true }), 'education_declared'],
  ['formal education is listed', listed('education'), 'education_listed'],
  ['an office is declared', declared({ office: 'village_head' }), 'office_declared'],
  ['the civil service lists them', listed('civil_service'), 'civil_service_listed'],
  ['army or police list them', listed('army_police'), 'army_police_listed'],
  ['a state enterprise lists them', listed('state_enterprise'), 'state_enterprise_listed'],
  ['the family has all its places', (facts) => ({ ...facts, familyRecipients: 2 }), 'family_full'],
];

describe('the screening', () => {
  it('lets everybody through against whom nothing stands, with what the draw needs', () => {
    expect(screening({}, { regencyQuotas: { [regencyCode]: 1 } })).toMatchObject({
      decision: { rules: 'NORMAL_2023/2023-02-17', reasons: [] },
      record: { provinceCode, regencyCode, strata: [], lots: 1, familyPlaces: 2 },
    });
  });

  it.each(faults)('refuses where %s', (_, fault, reason) => {
    expect(screen(fault(factsOf()), termsOf({ number: 1 }))).toMatchObject({ refused: reason });
  });

  it('has all reasons that can be published', () => {
    const ofOtherScheme = ['social_aid_declared', 'social_aid_listed'];
    const expected = reasonCodes.filter((code) => !ofOtherScheme.includes(code));
    expect([...new Set(faults.map(([, , reason]) => reason))]).toEqual(expected);
  });

  it('says the first reason that holds', () => {
    // One state of the registry at a time.
    const registry = fc.option(fc.constantFrom(...faults.slice(0, 3)), { nil: null });
    const check = (first: (typeof faults)[number] | null, others: typeof faults) => {
      const standing = faults.filter((fault) => fault === first || others.includes(fault));
      const facts = standing.reduce((before, [, fault]) => fault(before), factsOf());
      const [expected] = standing;
      const found = screen(facts, termsOf({ number: 1 }));
      expect('refused' in found ? found.refused : null).toBe(expected?.[2] ?? null);
      // All are kept, and only those.
      if (!standing.some(([, , reason]) => reason === 'application_moved'))
        expect(found.decision.reasons).toEqual([...new Set(standing.map(([, , reason]) => reason))]);
    };
    fc.assert(fc.property(registry, fc.subarray(faults.slice(3)), check));
  });

  it('refuses who never joined', () => {
    expect(screening({ membership: noMembership })).toMatchObject({ refused: 'application_moved' });
  });

  it('of a registration that lost its person refuses as unverified, whatever the registry said', () => {
    const lost = { ...registration, registered: null };
    expect(screening({ registration: lost })).toMatchObject({ refused: 'identity_unverified' });
    expect(screening({ registration: { ...lost, identity: 'refused' } })).toMatchObject({
      refused: 'identity_unverified',
    });
  });

  it('decides the same of the same facts, and changes none of them', () => {
    const facts = factsOf(declaring('disability'));
    const terms = termsOf({ number: 1, stratumQuotas: [{ stratum: 'disability', places: 1 }] });
    const before = JSON.stringify({ facts, terms });
    const decision = screen(facts, terms);
    expect(JSON.stringify({ facts, terms })).toBe(before);
    const copy = structuredClone({ facts, terms });
    expect(screen(copy.facts, copy.terms)).toEqual(decision);
  });
});

describe('age', () => {
  // 3 November 2026 begins in Jakarta at 17:00 UTC of the day before.
  const lastSecond = '2026-11-02T16:59:59.000Z';
  const secondLater = '2026-11-02T17:00:00.000Z';

  it.each([
    ['17 in the last second of the day before the birthday', 'NORMAL_2023', '2008-11-03', lastSecond, false],
    ['18 one second later', 'NORMAL_2023', '2008-11-03', secondLater, true],
    ['64 in the last second of the day before the birthday', 'NORMAL_2023', '1961-11-03', lastSecond, true],
    ['65 one second later', 'NORMAL_2023', '1961-11-03', secondLater, false],
    ['17, in the older scheme', 'SEMI_BANSOS_2020', '2008-11-03', lastSecond, false],
    ['18, in the older scheme', 'SEMI_BANSOS_2020', '2008-11-03', secondLater, true],
    ['65, in the older scheme', 'SEMI_BANSOS_2020', '1961-11-03', secondLater, true],
  ] as const)('is that of the day of joining in WIB: %s', (_, scheme, birthDate, at, isThrough) => {
    const found = screening({ birthDate, ...joinedAt(at, scheme) }, { scheme });
    expect('refused' in found ? found.refused : 'through').toBe(isThrough ? 'through' : 'age_outside');
  });
});

describe('lots', () => {
  it.each([
    ['one for everybody', 5, 1, 1],
    ['one for the first time', 1, 8, 1],
    ['one more for each time', 3, 8, 3],
    ['as many as a batch has at most', 8, 8, 8],
    ['no more than that', 9, 8, 8],
  ])('are %s', (_, timesJoined, maxLots, lots) => {
    const joined = { type: 'BatchJoined' as const, scheme: 'NORMAL_2023' as const, declares: [], at: start };
    const ids = Array.from({ length: timesJoined }, (_member, index) => String(index));
    const applications = new Map(ids.map((batchId) => [batchId, { ...joined, batchId }]));
    expect(screening(member({ applications }), { maxLots })).toMatchObject({ record: { lots } });
  });

  it('grow with each batch that was joined', () => {
    const file = fileAfter('join');
    const second = { type: 'BatchJoined' as const, batchId: '2', scheme: 'NORMAL_2023' as const, declares: [] };
    const again = decided(file, { events: [second] }, new Date('2026-12-02T03:00:00.000Z'));
    expect(screening({ membership: again.membership }, { number: 2, maxLots: 8 })).toMatchObject({
      record: { lots: 2 },
    });
  });
});

describe('the family', () => {
  it.each([
    [0, { record: { familyPlaces: 2 } }],
    [1, { record: { familyPlaces: 1 } }],
    [2, { refused: 'family_full' }],
    [3, { refused: 'family_full' }],
  ])('with %i recipients', (familyRecipients, outcome) => {
    expect(screening({ familyRecipients })).toMatchObject(outcome);
  });
});

describe('strata', () => {
  const all = [
    { stratum: 'disability', places: 1 },
    { stratum: 'migrant_worker', places: 1 },
    { stratum: 'extreme_poverty', places: 1 },
  ] as const;
  const strataOf = (changes: Partial<Facts>, terms: Partial<BatchTerms>) => {
    const found = screening(changes, terms);
    return 'record' in found ? found.record.strata : null;
  };
  const everything = declaring('migrant_worker', 'disability');
  const priorityRegencies = [regencyCode];

  it('are those that somebody is of, in the order of the batch', () => {
    expect(strataOf(everything, { stratumQuotas: [...all], priorityRegencies })).toEqual([
      ...['disability', 'migrant_worker', 'extreme_poverty'],
    ]);
    expect(strataOf(everything, { stratumQuotas: all.toReversed(), priorityRegencies })).toEqual([
      ...['extreme_poverty', 'migrant_worker', 'disability'],
    ]);
  });

  it.each([
    ['declare themselves migrant workers', declaring('migrant_worker'), [], ['migrant_worker']],
    ['declare a disability', declaring('disability'), [], ['disability']],
    ['live in a priority regency', declaring(), [regencyCode], ['extreme_poverty']],
    ['live in another regency', declaring(), ['11.01'], []],
    ['declare nothing', declaring(), [], []],
  ])('are of those who %s', (_, changes, regencies, strata) => {
    expect(strataOf(changes, { stratumQuotas: [...all], priorityRegencies: regencies })).toEqual(strata);
  });

  it('without places in the batch are not written down of anybody', () => {
    expect(strataOf(everything, { stratumQuotas: [], priorityRegencies })).toEqual([]);
    const some = [
      { stratum: 'disability', places: 0 },
      { stratum: 'migrant_worker', places: 1 },
    ] as const;
    expect(strataOf(everything, { stratumQuotas: [...some], priorityRegencies })).toEqual(['migrant_worker']);
  });
});

describe('where somebody lives', () => {
  it('is the regency of today and the province of the program', () => {
    // South Papua was divided from Papua after the program had begun to count.
    const moved = registered && { ...registered, regencyCode: '93.01', provinceCode: '91' };
    const facts = { registration: { ...registration, registered: moved } };
    expect(screening(facts, { regencyQuotas: { '93.01': 1 } })).toMatchObject({
      record: { provinceCode: '91', regencyCode: '93.01' },
    });
    // Where the regency has no places, it is nobody's business.
    expect(screening(facts)).toMatchObject({ record: { provinceCode: '91', regencyCode: '91.00' } });
  });

  it.each<[string, Record<string, number>, boolean]>([
    ['it has a place', { [regencyCode]: 1 }, true],
    ['it has many', { [regencyCode]: 300, '11.01': 0 }, true],
    ['it has none', { [regencyCode]: 0 }, false],
    ['another regency has places', { '11.01': 5 }, false],
    ['no regency has places', {}, false],
  ])('is published as a regency only where that has places in the batch: %s', (_, regencyQuotas, isPublished) => {
    const published = isPublished ? regencyCode : `${provinceCode}.00`;
    expect(screening({}, { regencyQuotas })).toMatchObject({ record: { provinceCode, regencyCode: published } });
    expect(publishedRegency({ provinceCode, regencyCode }, termsOf({ regencyQuotas }))).toBe(published);
  });

  it('without the regency can be written into the list, and decides the strata all the same', () => {
    const stratumQuotas = [{ stratum: 'extreme_poverty' as const, places: 1 }];
    const found = screening({}, { stratumQuotas, priorityRegencies: [regencyCode] });
    const record = 'record' in found ? found.record : null;
    expect(record).toMatchObject({ regencyCode: `${provinceCode}.00`, strata: ['extreme_poverty'] });
    const bytes = encodeRecord({ drawNumber: drawNumber('a'), ...(record ?? never()) });
    expect(decodeRecord(bytes, 0)).toEqual({ drawNumber: drawNumber('a'), ...record });
  });
});

function never(): never {
  throw new Error('Everybody is let through here');
}
