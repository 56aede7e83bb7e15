import { isOutsideAge, schemes } from '#shared/credit/schemes.ts';
import { wibDay } from '#shared/platform/wib.ts';
import type { Registration } from '#shared/registration/registration.ts';
import type { BatchTerms } from '#shared/selection/batch-events.ts';
import type { DrawRecord, Stratum } from '#shared/selection/draw/record.ts';
import type { Membership } from '#shared/selection/membership.ts';

/** Why somebody who joined is not in the draw. Shown to the citizen, and counted in the commitment. */
export const screeningReasons = [
  'identity_unverified',
  'identity_refused',
  'membership_revoked',
  'already_recipient',
  'application_moved',
  'age_outside',
  'family_full',
] as const;
export type ScreeningReason = (typeof screeningReasons)[number];

export type Screened = { readonly refused: ScreeningReason } | { readonly record: Omit<DrawRecord, 'drawNumber'> };

type Facts = {
  readonly registration: Registration;
  readonly membership: Membership;
  readonly birthDate: string;
  /** Places that the family card has left. */
  readonly familyPlaces: number;
};

/**
 * Decides about one applicant after the closing: the first reason that holds, or what the draw needs. The same facts and terms give the same decision
 * years later. Age is that of the day of joining, in WIB.
 */
export function screen({ registration, membership, birthDate, familyPlaces }: Facts, terms: BatchTerms): Screened {
  const { registered, identity } = registration;
  const { joined, decreed, revoked } = membership;
  if (!registered || identity === 'pending' || identity === 'unknown') return { refused: 'identity_unverified' };
  if (identity === 'refused') return { refused: 'identity_refused' };
  if (revoked) return { refused: 'membership_revoked' };
  if (decreed) return { refused: 'already_recipient' };
  if (joined?.batchId !== String(terms.number)) return { refused: 'application_moved' };
  if (isOutsideAge(schemes[terms.scheme], birthDate, wibDay(joined.at))) return { refused: 'age_outside' };
  if (familyPlaces < 1) return { refused: 'family_full' };
  const { regencyCode, provinceCode } = registered;
  const is: Readonly<Record<Stratum, boolean>> = {
    extreme_poverty: terms.priorityRegencies.includes(regencyCode),
    migrant_worker: joined.declares.includes('migrant_worker'),
    disability: joined.declares.includes('disability'),
  };
  // Only what has places in this batch is published of anybody.
  const strata = terms.stratumQuotas.flatMap(({ stratum, places }) => (places > 0 && is[stratum] ? [stratum] : []));
  const lots = Math.min(terms.maxLots, membership.applications.size);
  return { record: { provinceCode, regencyCode: publishedRegency(registered, terms), strata, lots, familyPlaces } };
}

/** What is published of a domicile: the regency where it has places in the batch; elsewhere the province is enough, as `32.00`. */
export function publishedRegency(
  { regencyCode, provinceCode }: { readonly regencyCode: string; readonly provinceCode: string },
  { regencyQuotas }: BatchTerms,
): string {
  return (regencyQuotas[regencyCode] ?? 0) > 0 ? regencyCode : `${provinceCode}.00`;
}
