import type { Facts } from '#shared/registration/eligibility/facts.ts';
import type { Rule, RuleVersion } from '#shared/registration/eligibility/rules.ts';

/** Why somebody is not eligible, in the order in which reasons are told and published. A code never changes its meaning. */
export const reasonCodes = [
  'identity_unverified',
  'identity_refused',
  'membership_revoked',
  'already_recipient',
  'application_moved',
  'age_outside',
  'declaration_missing',
  'education_declared',
  'education_listed',
  'office_declared',
  'civil_service_listed',
  'army_police_listed',
  'state_enterprise_listed',
  'social_aid_declared',
  'social_aid_listed',
  'family_full',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** Who joins has an application here: of all reasons, this one is the screening's alone. */
export const isOfJoining = (code: ReasonCode): code is Exclude<ReasonCode, 'application_moved'> =>
  code !== 'application_moved';

export type Decision = { readonly eligible: boolean; readonly reasons: readonly ReasonCode[] };

/** Decides by a version of the rules: every reason that holds, in their order. The same version and facts give the same answer for ever. */
export function decide({ rules }: Pick<RuleVersion, 'rules'>, facts: Facts): Decision {
  const found = new Set(rules.map((rule) => reasonBy(rule, facts)));
  const reasons = reasonCodes.filter((code) => found.has(code));
  return { eligible: reasons.length === 0, reasons };
}

/** What one rule has against somebody; null for nothing. */
function reasonBy(rule: Rule, facts: Facts): ReasonCode | null {
  switch (rule.kind) {
    case 'identity_verified':
      if (facts.identity === 'verified') return null;
      return facts.identity === 'refused' ? 'identity_refused' : 'identity_unverified';
    case 'never_revoked':
      return facts.isRevoked ? 'membership_revoked' : null;
    case 'never_recipient':
      return facts.isRecipient ? 'already_recipient' : null;
    case 'application_here':
      return facts.appliesHere ? null : 'application_moved';
    case 'age_within':
      return isWithin(rule.years, facts.ageYears) ? null : 'age_outside';
    // Who has moved to another batch is not asked what they declared in this one.
    case 'declaration_made':
      return !facts.appliesHere || facts.declared?.isTrue ? null : 'declaration_missing';
    case 'not_declared':
      return isDeclared(rule.group, facts) ? `${rule.group}_declared` : null;
    case 'not_listed':
      return facts.listed.includes(rule.source) ? `${rule.source}_listed` : null;
    case 'family_places':
      return facts.familyRecipients >= rule.atMost ? 'family_full' : null;
  }
}

type Within = Extract<Rule, { kind: 'age_within' }>['years'];

/** An age that is not counted is of an application that is elsewhere. */
function isWithin({ from, to }: Within, ageYears: number | null): boolean {
  return ageYears === null || (ageYears >= from && (to === null || ageYears <= to));
}

function isDeclared(group: Extract<Rule, { kind: 'not_declared' }>['group'], { declared }: Facts): boolean {
  if (!declared) return false;
  if (group === 'office') return declared.office !== 'none';
  return group === 'education' ? declared.education : declared.socialAid === true;
}
