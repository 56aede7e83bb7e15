import { schemes } from '#shared/credit/schemes.ts';
import { decide, type ReasonCode } from '#shared/registration/eligibility/decide.ts';
import { factsOf } from '#shared/registration/eligibility/facts.ts';
import type { DecisionRecord } from '#shared/registration/eligibility/replay.ts';
import { rulesOf } from '#shared/registration/eligibility/rules.ts';
import type { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import type { Registration } from '#shared/registration/registration.ts';
import type { BatchTerms } from '#shared/selection/batch-events.ts';
import type { DrawRecord, Stratum } from '#shared/selection/draw/record.ts';
import type { Application, Membership } from '#shared/selection/membership.ts';

/** The decision, as it is kept, and what it comes to: the reason that is published, or what the draw needs. */
export type Screened = { readonly decision: DecisionRecord } & (
  | { readonly refused: ReasonCode }
  | { readonly record: Omit<DrawRecord, 'drawNumber'> }
);

type File = {
  readonly registration: Registration;
  readonly membership: Membership;
  readonly birthDate: string;
  readonly listings: readonly { readonly source: FeedSource }[];
  readonly familyRecipients: number;
};

/**
 * Decides about one applicant after the closing, by the version of the rules that they joined under; who moved to another batch, by that of the
 * application here. The first reason is published; all are kept. Age is that of the day of joining, in WIB.
 */
export function screen({ registration, membership, ...beside }: File, terms: BatchTerms): Screened {
  const batchId = String(terms.number);
  const { joined, applications } = membership;
  const here = joined?.batchId === batchId ? joined : null;
  const application = here && { at: here.at, declared: here.facts?.declared ?? null };
  const rules = rulesOf(here ?? applications.get(batchId) ?? terms);
  const facts = factsOf({ registration, membership, application, ...beside });
  const { reasons } = decide(rules, facts);
  const decision = { rules: rules.version, facts, reasons };
  const [refused] = reasons;
  if (refused) return { decision, refused };
  const { registered } = registration;
  // Nobody else is let through.
  if (!registered || !here) throw new Error('screening.applicant_missing');
  return { decision, record: recordOf(registered, here, { membership, ...beside }, terms) };
}

type Place = { readonly regencyCode: string; readonly provinceCode: string };

function recordOf(
  place: Place,
  { declares }: Application,
  { membership, familyRecipients }: Pick<File, 'membership' | 'familyRecipients'>,
  terms: BatchTerms,
): Omit<DrawRecord, 'drawNumber'> {
  const { regencyCode, provinceCode } = place;
  const is: Readonly<Record<Stratum, boolean>> = {
    extreme_poverty: terms.priorityRegencies.includes(regencyCode),
    migrant_worker: declares.includes('migrant_worker'),
    disability: declares.includes('disability'),
  };
  // Only what has places in this batch is published of anybody.
  const strata = terms.stratumQuotas.flatMap(({ stratum, places }) => (places > 0 && is[stratum] ? [stratum] : []));
  const lots = Math.min(terms.maxLots, membership.applications.size);
  const familyPlaces = schemes[terms.scheme].maxRecipientsPerFamilyCard - familyRecipients;
  return { provinceCode, regencyCode: publishedRegency(place, terms), strata, lots, familyPlaces };
}

/** What is published of a domicile: the regency where it has places in the batch; elsewhere the province is enough, as `32.00`. */
export function publishedRegency({ regencyCode, provinceCode }: Place, { regencyQuotas }: BatchTerms): string {
  return (regencyQuotas[regencyCode] ?? 0) > 0 ? regencyCode : `${provinceCode}.00`;
}
