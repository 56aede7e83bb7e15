import fc from 'fast-check';
import { type DeclaredFacts, type Facts, offices } from '#shared/registration/eligibility/facts.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';

/** Somebody against whom nothing stands in either scheme. */
export const declaredOf = (changes: Partial<DeclaredFacts> = {}): DeclaredFacts => ({
  ...{ version: '2026-11', isTrue: true, education: false, office: 'none', socialAid: false },
  ...changes,
});
export const factsOf = (changes: Partial<Facts> = {}): Facts => ({
  ...{ identity: 'verified', isRevoked: false, isRecipient: false, appliesHere: true, ageYears: 30 },
  ...{ declared: declaredOf(), listed: [], familyRecipients: 0 },
  ...changes,
});

/** Facts of any kind, also such as nobody has. */
export const anyFacts: fc.Arbitrary<Facts> = fc.record({
  identity: fc.constantFrom('unverified', 'verified', 'refused'),
  isRevoked: fc.boolean(),
  isRecipient: fc.boolean(),
  appliesHere: fc.boolean(),
  ageYears: fc.option(fc.constantFrom(0, 17, 18, 40, 64, 65, 99)),
  declared: fc.option(
    fc.record({
      version: fc.constant('2026-11'),
      isTrue: fc.boolean(),
      education: fc.boolean(),
      office: fc.constantFrom(...offices),
      socialAid: fc.option(fc.boolean()),
    }),
  ),
  listed: fc.subarray([...FeedSource.options]),
  familyRecipients: fc.nat(3),
});
