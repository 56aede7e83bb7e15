import * as z from 'zod/mini';
import { completedYears } from '#shared/credit/schemes.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import type { Registration } from '#shared/registration/registration.ts';

/** Offices that exclude, as somebody declares them; `none` is none of these. */
export const offices = [
  'none',
  'state_official',
  'regional_parliament',
  'civil_servant',
  'armed_forces',
  'police',
  'village_head',
  'village_official',
  'state_enterprise_board',
] as const;

/** What an applicant says of themself, and a batch may have places set aside for. */
export const Declared = z.enum(['migrant_worker', 'disability']);
export type Declared = z.infer<typeof Declared>;

/** What the rules use of a declaration: nothing else of it is kept in clear. */
export const DeclaredFacts = z.strictObject({
  /** Version of the questions. */
  version: z.string().check(z.maxLength(20)),
  /** That all of it is true. */
  isTrue: z.boolean(),
  education: z.boolean(),
  office: z.enum(offices),
  /** Null where the scheme does not ask. */
  socialAid: z.nullable(z.boolean()),
});
export type DeclaredFacts = z.infer<typeof DeclaredFacts>;

/**
 * Exactly what a decision used, and so little that it says nobody's name, number or birth date. It is kept with the decision: whoever replays it years
 * later needs nothing that may have been erased or corrected since. A member that is added later is optional: older decisions did not know it.
 */
export const Facts = z.strictObject({
  identity: z.enum(['unverified', 'verified', 'refused']),
  isRevoked: z.boolean(),
  isRecipient: z.boolean(),
  appliesHere: z.boolean(),
  /** Completed years on the day of joining, in WIB; null of somebody whose application is not here. */
  ageYears: z.nullable(z.int()),
  declared: z.nullable(DeclaredFacts),
  /** Each source once, in the order of the alphabet. */
  listed: z.array(FeedSource).check(z.maxLength(FeedSource.options.length)),
  /** Recipients that the family card has already. */
  familyRecipients: z.int().check(z.gte(0)),
});
export type Facts = z.infer<typeof Facts>;

type Gathered = {
  readonly registration: Registration;
  readonly membership: { readonly decreed: object | null; readonly revoked: boolean };
  /** The application that is decided about; null of somebody who has none here any more. */
  readonly application: { readonly at: Date; readonly declared: DeclaredFacts | null } | null;
  readonly birthDate: string;
  readonly listings: readonly { readonly source: FeedSource }[];
  readonly familyRecipients: number;
};

/** The facts of a person, from their file and from what stands beside it. */
export function factsOf({ registration, membership, application, ...beside }: Gathered): Facts {
  const { registered, identity } = registration;
  const isKnown = registered !== null && (identity === 'verified' || identity === 'refused');
  return {
    identity: isKnown ? identity : 'unverified',
    isRevoked: membership.revoked,
    isRecipient: membership.decreed !== null,
    appliesHere: application !== null,
    ageYears: application && completedYears(beside.birthDate, wibDay(application.at)),
    declared: application?.declared ?? null,
    listed: [...new Set(beside.listings.map(({ source }) => source))].sort(),
    familyRecipients: beside.familyRecipients,
  };
}
