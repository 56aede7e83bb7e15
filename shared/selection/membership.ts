import * as z from 'zod/mini';
import { Legs, transfer } from '#shared/credit/ledger.ts';
import { checkAge, incentivesRupiah, SchemeCode, schemes } from '#shared/credit/schemes.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { endOfWibDay, wibDay } from '#shared/platform/wib.ts';
import { type Registration, verified } from '#shared/registration/registration.ts';
import { lookups, shardOf } from '#shared/table/keys.ts';

export const BatchJoined = z.object({ type: z.literal('BatchJoined'), batchId: z.string(), scheme: SchemeCode });

/** The lot fell on this person. Sets aside the whole benefit; once in a lifetime. */
export const RecipientDecreed = z.object({
  type: z.literal('RecipientDecreed'),
  batchId: z.string(),
  scheme: SchemeCode,
  cardNumber: z.string(),
  /** Last instant in which the first course can be bought. */
  purchaseUntil: z.iso.datetime(),
  legs: Legs,
});

/** The first course was not bought in time: everything goes back, and the person is barred for good. */
const MembershipRevoked = z.object({
  type: z.literal('MembershipRevoked'),
  reason: z.enum(['purchase_deadline']),
  legs: Legs,
});

export const MembershipEvent = z.discriminatedUnion('type', [BatchJoined, RecipientDecreed, MembershipRevoked]);
export type MembershipEvent = z.infer<typeof MembershipEvent>;

export type Membership = {
  readonly joined: z.infer<typeof BatchJoined> | null;
  readonly decreed: z.infer<typeof RecipientDecreed> | null;
  readonly revoked: boolean;
};

export const noMembership: Membership = { joined: null, decreed: null, revoked: false };

export function evolveMembership(before: Membership, event: MembershipEvent): Membership {
  switch (event.type) {
    case 'BatchJoined':
      return { ...before, joined: event };
    case 'RecipientDecreed':
      return { ...before, decreed: event };
    case 'MembershipRevoked':
      return { ...before, revoked: true };
  }
}

type Joining = {
  readonly participantId: string;
  readonly batch: { readonly batchId: string; readonly scheme: SchemeCode; readonly isOpen: boolean };
  /** Whether the batch joined before has been drawn without success; false also when there was none. */
  readonly earlierBatchIsOver: boolean;
  readonly birthDate: string;
  readonly now: Date;
};

/** Joins an open batch; nothing for a repeat. Age is counted on the day of joining, in WIB. */
export function join(
  file: { registration: Registration; membership: Membership },
  { participantId, batch, earlierBatchIsOver, birthDate, now }: Joining,
): Decision<MembershipEvent> {
  const person = verified(file.registration);
  const { joined, decreed, revoked } = file.membership;
  if (revoked) throw new Refusal('membership_revoked');
  if (decreed) throw new Refusal('already_recipient');
  if (joined?.batchId === batch.batchId) return { events: [] };
  if (joined && !earlierBatchIsOver) throw new Refusal('already_joined');
  if (!batch.isOpen) throw new Refusal('batch_not_open');
  checkAge(schemes[batch.scheme], birthDate, wibDay(now));
  return {
    events: [{ type: 'BatchJoined', batchId: batch.batchId, scheme: batch.scheme }],
    index: { lookup: lookups.applicants(batch.batchId, shardOf(participantId)), lookupSort: lookups.applicant(person) },
  };
}

type Announcement = {
  readonly batchId: string;
  readonly scheme: SchemeCode;
  readonly cardNumber: string;
  readonly announcedAt: Date;
};

/**
 * Decrees a winner; nothing for a repeat. The card number is claimed before. The list of winners decides, not the file:
 * between the approval and the decree a winner may have joined the next batch.
 */
export function decree({ decreed }: Membership, announcement: Announcement): Decision<MembershipEvent> {
  if (decreed) return { events: [] };
  const { announcedAt, ...facts } = announcement;
  const scheme = schemes[facts.scheme];
  const legs = transfer('treasury', {
    training_credit: scheme.trainingCreditRupiah,
    incentive_entitlement: incentivesRupiah(scheme),
  });
  const purchaseUntil = endOfWibDay(announcedAt, scheme.firstPurchaseDays).toISOString();
  return { events: [{ type: 'RecipientDecreed', ...facts, purchaseUntil, legs }] };
}

/** The decree of somebody who may still use it. @throws Refusal `not_recipient`, `membership_revoked`. */
export function recipient({ decreed, revoked }: Membership): z.infer<typeof RecipientDecreed> {
  if (!decreed) throw new Refusal('not_recipient');
  if (revoked) throw new Refusal('membership_revoked');
  return decreed;
}
