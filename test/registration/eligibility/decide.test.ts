import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SchemeCode, schemes } from '#shared/credit/schemes.ts';
import { dayAfter, instantOfWib } from '#shared/platform/wib.ts';
import { decide, type ReasonCode, reasonCodes } from '#shared/registration/eligibility/decide.ts';
import { type Facts, factsOf as gathered, offices } from '#shared/registration/eligibility/facts.ts';
import { reasonOf, reasonWords } from '#shared/registration/eligibility/reasons.ts';
import { rulesOn } from '#shared/registration/eligibility/rules.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { fileAfter } from '#test/journal/citizen.ts';
import { anyFacts, declaredOf, factsOf } from '#test/registration/eligibility/facts-fixture.ts';

const codes = ['SEMI_BANSOS_2020', 'NORMAL_2023'] as const;
const rules = {
  SEMI_BANSOS_2020: rulesOn('SEMI_BANSOS_2020', '2021-06-01'),
  NORMAL_2023: rulesOn('NORMAL_2023', '2026-11-02'),
};
const reasonsFor = (scheme: SchemeCode, changes: Partial<Facts>) => decide(rules[scheme], factsOf(changes)).reasons;

/** What one fact comes to; in both schemes, or in the older one only. */
const cases: readonly (readonly [string, Partial<Facts>, ReasonCode, 'both' | 'older'])[] = [
  ['an identity that is not verified', { identity: 'unverified' }, 'identity_unverified', 'both'],
  ['an identity that was refused', { identity: 'refused' }, 'identity_refused', 'both'],
  ['a membership that was revoked', { isRevoked: true }, 'membership_revoked', 'both'],
  ['a decree before', { isRecipient: true }, 'already_recipient', 'both'],
  ['seventeen years', { ageYears: 17 }, 'age_outside', 'both'],
  ['no declaration', { declared: null }, 'declaration_missing', 'both'],
  ['one that is not said to be true', { declared: declaredOf({ isTrue: false }) }, 'declaration_missing', 'both'],
  ['education, declared', { declared: declaredOf({ education: true }) }, 'education_declared', 'both'],
  ['education, listed', { listed: ['education'] }, 'education_listed', 'both'],
  ...offices
    .filter((office) => office !== 'none')
    .map((office) => [`${office}, declared`, { declared: declaredOf({ office }) }, 'office_declared', 'both'] as const),
  ['civil service, listed', { listed: ['civil_service'] }, 'civil_service_listed', 'both'],
  ['army or police, listed', { listed: ['army_police'] }, 'army_police_listed', 'both'],
  ['a state enterprise, listed', { listed: ['state_enterprise'] }, 'state_enterprise_listed', 'both'],
  ['social aid, declared', { declared: declaredOf({ socialAid: true }) }, 'social_aid_declared', 'older'],
  ['social aid, listed', { listed: ['social_aid'] }, 'social_aid_listed', 'older'],
  ['two recipients of the family card', { familyRecipients: 2 }, 'family_full', 'both'],
];

/** The rules of the program in words of their own, reason by reason. */
const holds: Readonly<Record<ReasonCode, (facts: Facts, scheme: SchemeCode) => boolean>> = {
  identity_unverified: ({ identity }) => identity === 'unverified',
  identity_refused: ({ identity }) => identity === 'refused',
  membership_revoked: ({ isRevoked }) => isRevoked,
  already_recipient: ({ isRecipient }) => isRecipient,
  application_moved: ({ appliesHere }) => !appliesHere,
  age_outside: ({ ageYears }, scheme) =>
    ageYears !== null && (ageYears < 18 || (scheme === 'NORMAL_2023' && ageYears > 64)),
  declaration_missing: ({ appliesHere, declared }) => appliesHere && declared?.isTrue !== true,
  education_declared: ({ declared }) => declared?.education === true,
  education_listed: ({ listed }) => listed.includes('education'),
  office_declared: ({ declared }) => (declared?.office ?? 'none') !== 'none',
  civil_service_listed: ({ listed }) => listed.includes('civil_service'),
  army_police_listed: ({ listed }) => listed.includes('army_police'),
  state_enterprise_listed: ({ listed }) => listed.includes('state_enterprise'),
  social_aid_declared: ({ declared }, scheme) => scheme === 'SEMI_BANSOS_2020' && declared?.socialAid === true,
  social_aid_listed: ({ listed }, scheme) => scheme === 'SEMI_BANSOS_2020' && listed.includes('social_aid'),
  family_full: ({ familyRecipients }) => familyRecipients > 1,
};
describe('a decision', () => {
  it.each(codes)('lets everybody through against whom nothing stands, in %s', (scheme) => {
    expect(decide(rules[scheme], factsOf())).toEqual({ eligible: true, reasons: [] });
  });

  it.each(cases)('by %s', (_, changes, reason, schemes) => {
    expect(reasonsFor('SEMI_BANSOS_2020', changes)).toEqual([reason]);
    expect(reasonsFor('NORMAL_2023', changes)).toEqual(schemes === 'both' ? [reason] : []);
  });

  it('tells every reason that holds, in one order, and nothing else', () => {
    const check = (facts: Facts, scheme: SchemeCode) => {
      const expected = reasonCodes.filter((code) => holds[code](facts, scheme));
      expect(decide(rules[scheme], facts)).toEqual({ eligible: expected.length === 0, reasons: expected });
    };
    fc.assert(fc.property(anyFacts, fc.constantFrom(...codes), check), { numRuns: 2_000 });
  });

  it('of somebody who moved to another batch says so, and nothing of age and declaration', () => {
    const moved = { appliesHere: false, ageYears: null, declared: null };
    expect(reasonsFor('NORMAL_2023', moved)).toEqual(['application_moved']);
  });

  it('excludes by every list but that of people who are wanted', () => {
    const through = FeedSource.options.filter(
      (source) => decide(rules.SEMI_BANSOS_2020, factsOf({ listed: [source] })).eligible,
    );
    expect(through).toEqual(['laid_off']);
  });
});

describe('age', () => {
  const { registration, membership } = fileAfter('verify');
  const decidedAt = (scheme: SchemeCode, birthDate: string, clock: string) => {
    const at = instantOfWib(clock);
    if (!at) throw new Error('A clock shows an hour that there is');
    const application = { at, declared: declaredOf() };
    const beside = { birthDate, listings: [], familyRecipients: 0 };
    const { reasons } = decide(rules[scheme], gathered({ registration, membership, application, ...beside }));
    return reasons.includes('age_outside') ? 'outside' : 'inside';
  };
  /** The birthday so many years later: 1 March where there is no 29 February. */
  const birthdayAfter = (birthDate: string, years: number) => {
    const day = `${Number(birthDate.slice(0, 4)) + years}${birthDate.slice(4)}`;
    const isReal = new Date(day).toISOString().slice(0, 10) === day;
    return isReal ? day : `${day.slice(0, 4)}-03-01`;
  };
  const anyDay = fc
    .date({ min: new Date('1930-01-01'), max: new Date('2010-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const leapDay = fc.constantFrom('1948-02-29', '1960-02-29', '1972-02-29', '1988-02-29', '2004-02-29', '2008-02-29');
  const birthDates = fc.oneof(anyDay, leapDay);

  it('is 18 from the first second of the birthday in Jakarta on, in both schemes', () => {
    fc.assert(
      fc.property(birthDates, fc.constantFrom(...codes), (birthDate, scheme) => {
        const birthday = birthdayAfter(birthDate, schemes[scheme].ageYears.from);
        expect(decidedAt(scheme, birthDate, `${dayAfter(birthday, -1)}T23:59:59`)).toBe('outside');
        expect(decidedAt(scheme, birthDate, `${birthday}T00:00:00`)).toBe('inside');
        expect(decidedAt(scheme, birthDate, `${birthday}T23:59:59`)).toBe('inside');
      }),
    );
  });

  it('is too high from the first second of the 65th birthday on, where a scheme has an upper end', () => {
    fc.assert(
      fc.property(birthDates, (birthDate) => {
        const birthday = birthdayAfter(birthDate, (schemes.NORMAL_2023.ageYears.to ?? 0) + 1);
        expect(decidedAt('NORMAL_2023', birthDate, `${dayAfter(birthday, -1)}T23:59:59`)).toBe('inside');
        expect(decidedAt('NORMAL_2023', birthDate, `${birthday}T00:00:00`)).toBe('outside');
        expect(decidedAt('SEMI_BANSOS_2020', birthDate, `${birthday}T00:00:00`)).toBe('inside');
      }),
    );
  });

  it.each([
    ['on 1 March of a common year, for who is born on a 29 February', '2004-02-29', '2022-03-01'],
    ['on 28 February, also of a leap year', '2006-02-28', '2024-02-28'],
    ['on 1 March of a leap year', '2006-03-01', '2024-03-01'],
  ])('of 18 begins %s', (_, birthDate, day) => {
    expect(decidedAt('NORMAL_2023', birthDate, `${dayAfter(day, -1)}T23:59:59`)).toBe('outside');
    expect(decidedAt('NORMAL_2023', birthDate, `${day}T00:00:00`)).toBe('inside');
  });

  it.each([
    ['17', 17, 'outside', 'outside'],
    ['18', 18, 'inside', 'inside'],
    ['64', 64, 'inside', 'inside'],
    ['65', 65, 'inside', 'outside'],
  ])('of %s completed years', (_, ageYears, inOlder, inNormal) => {
    const found = codes.map((scheme) => (reasonsFor(scheme, { ageYears }).length > 0 ? 'outside' : 'inside'));
    expect(found).toEqual([inOlder, inNormal]);
  });
});

describe('a reason', () => {
  it.each(reasonCodes)('%s has its sentences in Indonesian and English, and what can be done', (code) => {
    const { id, en, remedy } = reasonWords[code];
    const sentences = [id, en, remedy.id, remedy.en];
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{14,160}\.$/);
    expect(new Set(sentences).size).toBe(4);
    expect(reasonOf(code)).toEqual({ code, ...reasonWords[code] });
  });

  it('that is not known leads to somebody who can explain it', () => {
    expect(reasonOf('unheard_of')).toMatchObject({ code: 'unheard_of', id: expect.stringContaining('Hubungi') });
  });
});
