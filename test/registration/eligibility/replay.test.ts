import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '#shared/registration/eligibility/decide.ts';
import { DecisionRecord, replay } from '#shared/registration/eligibility/replay.ts';
import { type RuleVersion, ruleVersions, versionNamed } from '#shared/registration/eligibility/rules.ts';
import { anyFacts, declaredOf, factsOf } from '#test/registration/eligibility/facts-fixture.ts';

const recordOf = (rules: RuleVersion, facts = factsOf()): DecisionRecord => ({
  rules: rules.version,
  facts,
  reasons: decide(rules, facts).reasons,
});
const [older, normal] = ruleVersions;
if (!older || !normal) throw new Error('There are two schemes');

describe('a decision that is made again', () => {
  it('comes to the same, from what was written down alone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ruleVersions), anyFacts, (rules, facts) => {
        const kept = DecisionRecord.parse(JSON.parse(JSON.stringify(recordOf(rules, facts))));
        expect(replay(kept)).toBeNull();
      }),
    );
  });

  it('comes to the same also when other versions are in force', () => {
    const stricter = { ...normal, version: 'NORMAL_2023/2030-01-01', rules: older.rules };
    const recorded = recordOf(normal, factsOf({ listed: ['social_aid'] }));
    const known = (name: string) => (name === stricter.version ? stricter : versionNamed(name));
    expect(replay(recorded, known)).toBeNull();
    expect(replay({ ...recorded, rules: stricter.version }, known)).toMatchObject({
      ...{ recorded: [], recomputed: ['social_aid_listed'] },
    });
  });

  it.each([
    ['an age', factsOf({ ageYears: 65 }), ['age_outside']],
    ['an answer', factsOf({ declared: declaredOf({ education: true }) }), ['education_declared']],
    ['a listing', factsOf({ listed: ['army_police'] }), ['army_police_listed']],
    ['the places of the family', factsOf({ familyRecipients: 2 }), ['family_full']],
  ])('says where it differs when %s was changed since', (_, facts, recomputed) => {
    const recorded = { ...recordOf(normal), facts };
    expect(replay(recorded)).toEqual({ rules: normal.version, recorded: [], recomputed });
  });

  it('says where it differs when a rule was changed or left out since', () => {
    const refused = recordOf(normal, factsOf({ ageYears: 65 }));
    const changed = normal.rules.map((rule) =>
      rule.kind === 'age_within' ? { ...rule, years: { from: 18, to: null } } : rule,
    );
    const left = normal.rules.filter(({ kind }) => kind !== 'age_within');
    for (const rules of [changed, left])
      expect(replay(refused, () => ({ ...normal, rules }))).toEqual({
        ...{ rules: normal.version, recorded: ['age_outside'], recomputed: [] },
      });
  });

  it('says where another reason is recorded, or another order', () => {
    const facts = factsOf({ ageYears: 17, isRecipient: true });
    expect(replay({ ...recordOf(normal, facts), reasons: ['age_outside', 'already_recipient'] })).toMatchObject({
      recomputed: ['already_recipient', 'age_outside'],
    });
  });

  it('cannot be made again by a version that nobody knows any more', () => {
    const recorded = { ...recordOf(normal), rules: 'NORMAL_2023/1999-01-01' };
    expect(replay(recorded)).toEqual({ rules: recorded.rules, recorded: [], recomputed: null });
  });
});
