import { ok } from 'node:assert/strict';
import { type Scheme, type SchemeCode, schemes } from '#shared/credit/schemes.ts';
import type { FeedSource } from '#shared/registration/feeds/feed-source.ts';

/*
 * Who may get a place, as data. A version is never changed once somebody was decided about by it: a new rule, or another one, is a new version with
 * its own first day. What a kind of rule asks is in decide.ts; amounts, ages and family limits are those of the scheme, and stand there alone.
 */

/** One rule: what it looks at, and with which parameters. */
export type Rule =
  /** The civil registry knows NIK, name and birth date together. NIKs are of Indonesian citizens: this is the proof of nationality, too. */
  | { readonly kind: 'identity_verified' }
  /** Who lost a membership is barred for good. */
  | { readonly kind: 'never_revoked' }
  /** Once in a lifetime. */
  | { readonly kind: 'never_recipient' }
  /** The application is still to this batch. */
  | { readonly kind: 'application_here' }
  /** Completed years on the day of joining, in WIB. */
  | { readonly kind: 'age_within'; readonly years: Scheme['ageYears'] }
  /** The applicant has declared, and that it is true. */
  | { readonly kind: 'declaration_made' }
  /** The applicant says of themself that they belong to an excluded group. */
  | { readonly kind: 'not_declared'; readonly group: DeclaredGroup }
  /** The authority that knows the group has them in its list. */
  | { readonly kind: 'not_listed'; readonly source: ExcludingSource }
  /** Recipients of one family card. */
  | { readonly kind: 'family_places'; readonly atMost: number };

export type DeclaredGroup = 'education' | 'office' | 'social_aid';
/** Sources whose list excludes; being laid off includes. */
export type ExcludingSource = Exclude<FeedSource, 'laid_off'>;

export type RuleVersion = {
  /** Scheme and first day. */
  readonly version: string;
  readonly scheme: SchemeCode;
  /** Days in WIB on which a batch opens that is decided by it, both inclusive; null: until further notice. */
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
  readonly rules: readonly Rule[];
};

/** What stands against a person whatever the scheme is; the order is that in which the reasons are told. */
const standing: readonly Rule[] = [
  { kind: 'identity_verified' },
  { kind: 'never_revoked' },
  { kind: 'never_recipient' },
  { kind: 'application_here' },
];
const ageOf = (scheme: SchemeCode): Rule => ({ kind: 'age_within', years: schemes[scheme].ageYears });
const familyOf = (scheme: SchemeCode): Rule => ({
  kind: 'family_places',
  atMost: schemes[scheme].maxRecipientsPerFamilyCard,
});

/** Permenko 11/2020, article 2, of every scheme: not in formal education, and none of the excluded offices. */
const excludedGroups: readonly Rule[] = [
  { kind: 'declaration_made' },
  { kind: 'not_declared', group: 'education' },
  { kind: 'not_listed', source: 'education' },
  { kind: 'not_declared', group: 'office' },
  { kind: 'not_listed', source: 'civil_service' },
  { kind: 'not_listed', source: 'army_police' },
  { kind: 'not_listed', source: 'state_enterprise' },
];
/** Of the semi-bansos years only: who gets other social aid. */
const otherAid: readonly Rule[] = [
  { kind: 'not_declared', group: 'social_aid' },
  { kind: 'not_listed', source: 'social_aid' },
];

const inForce = (scheme: SchemeCode, rules: readonly Rule[]): RuleVersion => {
  const { effectiveFrom, effectiveTo } = schemes[scheme];
  return { version: `${scheme}/${effectiveFrom}`, scheme, effectiveFrom, effectiveTo, rules };
};

/** Every version that a batch is decided by, ascending by its first day within a scheme. */
export const ruleVersions: readonly RuleVersion[] = [
  inForce('SEMI_BANSOS_2020', [
    ...standing,
    ageOf('SEMI_BANSOS_2020'),
    ...excludedGroups,
    ...otherAid,
    familyOf('SEMI_BANSOS_2020'),
  ]),
  inForce('NORMAL_2023', [...standing, ageOf('NORMAL_2023'), ...excludedGroups, familyOf('NORMAL_2023')]),
];

/**
 * What decided about joinings that name no version: those of before there were versions. Nobody had been asked to declare, and there were no lists.
 * Never in force for a new one.
 */
const unversioned = (scheme: SchemeCode): RuleVersion => ({
  ...inForce(scheme, [...standing, ageOf(scheme), familyOf(scheme)]),
  version: `${scheme}/unversioned`,
});
const allVersions: readonly RuleVersion[] = [
  ...ruleVersions,
  unversioned('SEMI_BANSOS_2020'),
  unversioned('NORMAL_2023'),
];

/** The version by which a whole batch is decided: the one of its scheme that was in force on the day, in WIB, on which it opened. */
export function rulesOn(scheme: SchemeCode, day: string, versions = ruleVersions): RuleVersion {
  const ofScheme = versions.filter((version) => version.scheme === scheme);
  // A batch opened before dates were enforced may lie after the last version: that one goes on.
  const found = ofScheme.findLast(({ effectiveFrom }) => effectiveFrom <= day) ?? ofScheme[0];
  ok(found, 'Every scheme has rules');
  return found;
}

/** The version that a joining names. */
export function rulesOf(application: {
  readonly scheme: SchemeCode;
  readonly rules?: string | undefined;
}): RuleVersion {
  const found = versionNamed(application.rules ?? `${application.scheme}/unversioned`);
  ok(found, 'A decision names a version that there is');
  return found;
}

/** A version by its name, also one that is no longer in force; undefined where there is none. */
export function versionNamed(name: string, versions = allVersions): RuleVersion | undefined {
  return versions.find(({ version }) => version === name);
}
