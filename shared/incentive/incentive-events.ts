import * as z from 'zod/mini';
import { Legs } from '#shared/credit/ledger.ts';
import { IncentiveKind, PayoutReference } from '#shared/incentive/payout.ts';
import { Bytes } from '#shared/platform/bytes.ts';
import { Digest } from '#shared/platform/digest.ts';
import { chosenName, Note, Operator } from '#shared/platform/operator.ts';
import { FeedHoldId } from '#shared/registration/feeds/feed-names.ts';
import { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { FeedId } from '#shared/registration/feeds/listing.ts';

/*
 * What can happen to a citizen's incentives, as the journal has it. What each does to the file: incentive.ts. Who decides what:
 * entitlement.ts (claims), settlement.ts (outcomes), account.ts (where to), hold.ts (stops), clawback.ts (what comes back).
 */

const ReasonCode = z.string().check(z.regex(/^[a-z0-9_]{1,60}$/));

/** What the payment partner said of an account before anything was paid into it. */
export const AccountCheck = z.strictObject({
  outcome: z.enum(['matched', 'refused']),
  /** Why it is refused, or what matched: codes, never a name. */
  reasons: z.array(ReasonCode).check(z.maxLength(6)),
  kyc: z.enum(['full', 'basic', 'unknown']),
  partnerCode: z.string(),
});
export type AccountCheck = z.infer<typeof AccountCheck>;

const PayoutAccountLinked = z.object({
  type: z.literal('PayoutAccountLinked'),
  kind: z.enum(['bank', 'e_wallet']),
  provider: z.string(),
  /** The account, sealed with the person's key. */
  account: Bytes,
  /** Keyed hash of the account: tells a repeat from a change without opening either. */
  accountTag: z.string(),
  /** Null: the partner could not be asked just then, and is asked before anything is claimed. */
  check: z.nullable(AccountCheck),
});
export type PayoutAccountLinked = z.infer<typeof PayoutAccountLinked>;

/** Its owner disconnected the account: nothing is claimed until another one is linked. */
const PayoutAccountUnlinked = z.object({ type: z.literal('PayoutAccountUnlinked'), accountTag: z.string() });

const PayoutAccountChecked = z.object({
  type: z.literal('PayoutAccountChecked'),
  accountTag: z.string(),
  check: AccountCheck,
});

/** The intent to pay, under a reference that is never used for anything else. Written before any call. */
const IncentiveClaimed = z.object({
  type: z.literal('IncentiveClaimed'),
  kind: IncentiveKind,
  number: z.int().check(z.positive()),
  attempt: z.int().check(z.positive()),
  reference: PayoutReference,
  amountRupiah: z.int().check(z.positive()),
  /** Whose rail it takes. It stays so: a payout that may be with one partner is never given to another. */
  partnerCode: z.string(),
  accountTag: z.string(),
  /** Version of the rules by which it was made: the evidence is computed again by them. */
  rules: z.string().check(z.maxLength(40)),
  /** Digest of everything that the right to it rests on: see `evidenceOf`. */
  evidenceDigest: Digest,
  /** The failed attempt that this one makes good. */
  remedialOf: z.optional(PayoutReference),
  legs: Legs,
});
export type IncentiveClaimed = z.infer<typeof IncentiveClaimed>;

/** The release that a payout was last sent in: while it stands still, nothing of it is sent again. */
const ReleaseId = z.optional(z.string());

/** It had stood in an earlier release: when this one was approved does not tell when it was first sent. */
const Relisted = z.optional(z.literal(true));

/** Not sent, for certain: the partner refuses for now, is closed, or somebody stopped it. Tried again later, under the same reference. */
const IncentiveDeferred = z.object({
  type: z.literal('IncentiveDeferred'),
  reference: PayoutReference,
  reason: ReasonCode,
  until: z.iso.datetime(),
  releaseId: ReleaseId,
});

/** The partner has it and has not finished. */
const IncentiveSent = z.object({
  type: z.literal('IncentiveSent'),
  reference: PayoutReference,
  releaseId: ReleaseId,
  relisted: Relisted,
});

/** Why nothing is paid under a reference, and who can mend it. */
const PayoutRefusal = z.object({ reason: ReasonCode, fault: z.enum(['account', 'ours']) });
export type PayoutRefusal = z.infer<typeof PayoutRefusal>;

/** Nobody can tell whether it was paid. */
const IncentiveUnknown = z.object({
  type: z.literal('IncentiveUnknown'),
  reference: PayoutReference,
  cause: ReasonCode,
  releaseId: ReleaseId,
  relisted: Relisted,
  /**
   * A refusal that is not final yet: another delivery of the same message may have been sending just then. Whoever loads the
   * file from now on sends nothing, and when the next inquiry finds nothing either, the refusal stands.
   */
  refusal: z.optional(PayoutRefusal),
});

/** How we know: the answer to our own call, to an inquiry, or the partner's statement. */
const Proof = z.enum(['answer', 'inquiry', 'statement']);
export type Proof = z.infer<typeof Proof>;

const IncentivePaid = z.object({
  type: z.literal('IncentivePaid'),
  kind: IncentiveKind,
  number: z.int().check(z.positive()),
  reference: PayoutReference,
  partnerCode: z.string(),
  /** The payment partner's own reference, for the citizen's receipt and the reconciliation. */
  partnerReference: z.string().check(z.minLength(1), z.maxLength(64)),
  by: Proof,
  /** The claim's, so that whoever holds a paid rupiah holds its proof. */
  evidenceDigest: Digest,
  /** It was paid before and came back: one more payment, of nobody new. */
  again: z.optional(z.literal(true)),
  legs: Legs,
});

/** Refused for good: nothing was paid. Where the account is at fault, the citizen links another one. */
const IncentiveRefused = z.object({
  type: z.literal('IncentiveRefused'),
  kind: IncentiveKind,
  number: z.int().check(z.positive()),
  reference: PayoutReference,
  reason: ReasonCode,
  fault: z.enum(['account', 'ours']),
  legs: Legs,
});

/** Paid, and sent back: the money is ours again. */
const IncentiveReturned = z.object({
  type: z.literal('IncentiveReturned'),
  kind: IncentiveKind,
  number: z.int().check(z.positive()),
  reference: PayoutReference,
  partnerReference: z.string().check(z.maxLength(64)),
  by: Proof,
  legs: Legs,
});

/** Chosen by the operator who places it: a list of holds bears one for all of its participants. */
export const ChosenHoldId = chosenName(64);
export const HoldId = z.union([ChosenHoldId, FeedHoldId]);

/** The list of people that a hold follows from, and what of the incentives it stopped, and came too late for. */
const HoldingFeed = z.strictObject({
  feedId: FeedId,
  source: FeedSource,
  heldRupiah: z.int().check(z.gte(0)),
  paidRupiah: z.int().check(z.gte(0)),
});
export type HoldingFeed = z.infer<typeof HoldingFeed>;

/** Nothing is claimed or sent while a hold stands. */
const PayoutHoldPlaced = z.object({
  type: z.literal('PayoutHoldPlaced'),
  holdId: HoldId,
  reason: ReasonCode,
  by: Operator,
  /** Where no operator placed it. */
  feed: z.optional(HoldingFeed),
});
/** Whoever a feed holds is released by two operators: one says why, another agrees. */
const PayoutReleaseProposed = z.object({
  type: z.literal('PayoutReleaseProposed'),
  holdId: HoldId,
  by: Operator,
  note: Note,
});
const PayoutHoldReleased = z.object({ type: z.literal('PayoutHoldReleased'), holdId: HoldId, by: Operator });

/** No further incentive: what is not paid goes back to the treasury. Proposed by one operator, decided by another. */
const EntitlementForfeited = z.object({
  type: z.literal('EntitlementForfeited'),
  /** The hold that proposed it. */
  holdId: HoldId,
  reason: ReasonCode,
  by: Operator,
  legs: z.optional(Legs),
});

/** What is owed back: the incentives alone, or the price of the courses with them. */
export const ReceivableScope = z.enum(['incentives', 'incentives_and_training']);
export type ReceivableScope = z.infer<typeof ReceivableScope>;

/** Not entitled after all: what was received is owed back. */
const ReceivableRaised = z.object({
  type: z.literal('ReceivableRaised'),
  /** The hold that proposed it. */
  holdId: HoldId,
  reason: ReasonCode,
  scope: ReceivableScope,
  amountRupiah: z.int().check(z.positive()),
  /** Last instant to pay it back of one's own accord. */
  dueUntil: z.iso.datetime(),
  by: Operator,
  legs: Legs,
});
const ReceivableReminded = z.object({ type: z.literal('ReceivableReminded'), times: z.int().check(z.positive()) });
const RepaymentPosted = z.object({
  type: z.literal('RepaymentPosted'),
  /** The bank's reference of the incoming money: the same one is posted once. */
  bankReference: z.string().check(z.minLength(1), z.maxLength(64)),
  amountRupiah: z.int().check(z.positive()),
  by: Operator,
  legs: Legs,
});
/** A payment that the debt asked back came back from the bank by itself. */
const ReceivableReduced = z.object({
  type: z.literal('ReceivableReduced'),
  reference: PayoutReference,
  amountRupiah: z.int().check(z.positive()),
  legs: Legs,
});
/** Sixty days are over: the rest is for a civil claim. */
const ReceivableHandedOver = z.object({ type: z.literal('ReceivableHandedOver'), legs: Legs });

export const IncentiveEvent = z.discriminatedUnion('type', [
  PayoutAccountLinked,
  PayoutAccountUnlinked,
  PayoutAccountChecked,
  IncentiveClaimed,
  IncentiveDeferred,
  IncentiveSent,
  IncentiveUnknown,
  IncentivePaid,
  IncentiveRefused,
  IncentiveReturned,
  PayoutHoldPlaced,
  PayoutReleaseProposed,
  PayoutHoldReleased,
  EntitlementForfeited,
  ReceivableRaised,
  ReceivableReminded,
  RepaymentPosted,
  ReceivableReduced,
  ReceivableHandedOver,
]);
export type IncentiveEvent = z.infer<typeof IncentiveEvent>;
