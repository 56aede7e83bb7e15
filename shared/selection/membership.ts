import * as z from 'zod/mini';
import { Legs, transfer } from '#shared/credit/ledger.ts';
import { incentivesRupiah, SchemeCode, schemes } from '#shared/credit/schemes.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { Bytes } from '#shared/platform/bytes.ts';
import { Note, Operator } from '#shared/platform/operator.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { endOfWibDay } from '#shared/platform/wib.ts';
import { Declared, Facts } from '#shared/registration/eligibility/facts.ts';

export const BatchJoined = z.object({
  type: z.literal('BatchJoined'),
  batchId: z.string(),
  scheme: SchemeCode,
  declares: z._default(z.array(Declared).check(z.maxLength(2)), []),
  /** The decision to let somebody join: by which version of the rules, from which facts. Joinings of before there were versions have neither. */
  rules: z.optional(z.string().check(z.maxLength(40))),
  facts: z.optional(Facts),
  /** All answers of the declaration, sealed with the person's data key. */
  answers: z.optional(Bytes),
});

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

export const ObjectionGround = z.enum(['not_in_list', 'wrong_data', 'refused_wrongly', 'draw_wrong']);
/** The applicant says that something is wrong, before the decree. What exactly is in the file: no words of theirs are needed. */
const ObjectionFiled = z.object({ type: z.literal('ObjectionFiled'), batchId: z.string(), ground: ObjectionGround });
const ObjectionAnswered = z.object({
  type: z.literal('ObjectionAnswered'),
  batchId: z.string(),
  answer: z.enum(['upheld', 'dismissed']),
  note: Note,
  by: Operator,
});

export const MembershipEvent = z.discriminatedUnion('type', [
  BatchJoined,
  RecipientDecreed,
  MembershipRevoked,
  ObjectionFiled,
  ObjectionAnswered,
]);
export type MembershipEvent = z.infer<typeof MembershipEvent>;

export type Membership = {
  /** The last batch that was joined, and every one of them by its id. */
  readonly joined: Application | null;
  readonly applications: ReadonlyMap<string, Application>;
  readonly decreed: z.infer<typeof RecipientDecreed> | null;
  readonly revoked: boolean;
  /** By batch. */
  readonly objections: ReadonlyMap<string, Objection>;
};

export type Application = z.infer<typeof BatchJoined> & { readonly at: Date };

export type Objection = z.infer<typeof ObjectionFiled> & {
  readonly at: Date;
  readonly answered: (z.infer<typeof ObjectionAnswered> & { readonly at: Date }) | null;
};

export const noMembership: Membership = {
  joined: null,
  applications: new Map(),
  decreed: null,
  revoked: false,
  objections: new Map(),
};

export function evolveMembership(before: Membership, event: MembershipEvent, at: Date): Membership {
  switch (event.type) {
    case 'BatchJoined':
      return {
        ...before,
        joined: { ...event, at },
        applications: new Map(before.applications).set(event.batchId, { ...event, at }),
      };
    case 'RecipientDecreed':
      return { ...before, decreed: event };
    case 'MembershipRevoked':
      return { ...before, revoked: true };
    case 'ObjectionFiled':
      return { ...before, objections: new Map(before.objections).set(event.batchId, { ...event, at, answered: null }) };
    case 'ObjectionAnswered':
      return { ...before, objections: answered(before.objections, { ...event, at }) };
  }
}

function answered(
  before: Membership['objections'],
  answer: NonNullable<Objection['answered']>,
): Membership['objections'] {
  const objection = before.get(answer.batchId);
  return objection ? new Map(before).set(answer.batchId, { ...objection, answered: answer }) : before;
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
