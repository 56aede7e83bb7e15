import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { Legs } from '#shared/credit/ledger.ts';
import { IncentiveKind, nextState, openStates, PayoutReference, type PayoutState } from '#shared/incentive/payout.ts';
import { Bytes } from '#shared/platform/bytes.ts';

/*
 * What can happen to a citizen's incentives, and what it does to the file. Who decides what: entitlement.ts (claims),
 * settlement.ts (outcomes), account.ts (where to), hold.ts (stops), clawback.ts (what comes back).
 */

const Digest = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const Operator = z.string();
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

const HoldId = z.string().check(z.regex(/^[A-Za-z0-9-]{1,64}$/));

/** Nothing is claimed or sent while a hold stands. */
const PayoutHoldPlaced = z.object({
  type: z.literal('PayoutHoldPlaced'),
  holdId: HoldId,
  reason: ReasonCode,
  by: Operator,
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
  PayoutAccountChecked,
  IncentiveClaimed,
  IncentiveDeferred,
  IncentiveSent,
  IncentiveUnknown,
  IncentivePaid,
  IncentiveRefused,
  IncentiveReturned,
  PayoutHoldPlaced,
  PayoutHoldReleased,
  EntitlementForfeited,
  ReceivableRaised,
  ReceivableReminded,
  RepaymentPosted,
  ReceivableReduced,
  ReceivableHandedOver,
]);
export type IncentiveEvent = z.infer<typeof IncentiveEvent>;

/** One attempt to pay one incentive. */
export type Payout = Omit<IncentiveClaimed, 'type' | 'legs'> & {
  readonly state: PayoutState;
  readonly claimedAt: Date;
  /** Times it was deferred, and until when the last time. */
  readonly deferrals: number;
  readonly deferred: { readonly reason: string; readonly until: Date; readonly at: Date } | null;
  /** The latest instant at which the journal says that it was not with the partner: its claim, or its last deferral. */
  readonly unsentAt: Date;
  /** The release that it was last sent in; null before the first call is written down. */
  readonly releaseId: string | null;
  /** Times that the outcome was found to be open; `openSince` is the first, `openAt` the latest. */
  readonly inquiries: number;
  readonly openSince: Date | null;
  readonly openAt: Date | null;
  /** A refusal that the next inquiry makes final. */
  readonly refusal: PayoutRefusal | null;
  readonly paid: { readonly at: Date; readonly partnerReference: string; readonly by: Proof } | null;
  /** Why it failed: refused, or returned after it was paid. */
  readonly failed: { readonly at: Date; readonly reason: string } | null;
};

export type Hold = { readonly holdId: string; readonly reason: string; readonly by: string; readonly since: Date };

export type Receivable = {
  readonly holdId: string;
  readonly reason: string;
  readonly scope: ReceivableScope;
  readonly by: string;
  readonly raisedAt: Date;
  readonly amountRupiah: number;
  readonly dueUntil: Date;
  readonly reminders: number;
  /** Amounts by the bank's reference; also those that came after the hand-over. */
  readonly repayments: ReadonlyMap<string, number>;
  readonly handedOver: boolean;
};

export type Incentives = {
  readonly account: Omit<PayoutAccountLinked, 'type'> | null;
  /** A partner refused the linked account for good: nothing is claimed until one is linked that is matched. */
  readonly accountRefused: boolean;
  readonly linkedCount: number;
  /** All attempts, in the order of their claims, by reference. */
  readonly payouts: ReadonlyMap<string, Payout>;
  /** What stands now. */
  readonly holds: ReadonlyMap<string, Hold>;
  /** What stood once, and who lifted it: a late repeat of a hold does not place it again. */
  readonly liftedHolds: ReadonlyMap<string, Hold & { readonly liftedBy: string }>;
  readonly forfeited: boolean;
  readonly receivable: Receivable | null;
};

export const noIncentives: Incentives = {
  account: null,
  accountRefused: false,
  linkedCount: 0,
  payouts: new Map(),
  holds: new Map(),
  liftedHolds: new Map(),
  forfeited: false,
  receivable: null,
};

/** Attempts at one incentive, oldest first. */
export function attemptsOf({ payouts }: Incentives, kind: IncentiveKind, number: number): Payout[] {
  return [...payouts.values()].filter((payout) => payout.kind === kind && payout.number === number);
}

/** Whether money may be on its way for a payout. */
export const isOpen = ({ state }: Payout): boolean => openStates.includes(state);

/** The payouts that may be on their way. */
export function openPayouts({ payouts }: Incentives): Payout[] {
  return [...payouts.values()].filter(isOpen);
}

/** The payouts that stand as paid, in the order of their claims. */
export function paidPayouts({ payouts }: Incentives): Payout[] {
  return [...payouts.values()].filter(({ state }) => state === 'paid');
}

/** What is still owed, to us or to whoever the claim was handed over to. */
export function owedRupiah({ amountRupiah, repayments }: Receivable): number {
  return [...repayments.values()].reduce((owed, repaid) => owed - repaid, amountRupiah);
}

/** When the first incentive was first paid: surveys count from here, also where the money came back once. */
export function firstPaidAt(incentives: Incentives): Date | null {
  const instants = attemptsOf(incentives, 'training', 1).flatMap(({ paid }) => (paid ? [paid.at] : []));
  return instants[0] ?? null;
}

export function evolveIncentives(before: Incentives, event: IncentiveEvent, at: Date): Incentives {
  switch (event.type) {
    case 'PayoutAccountLinked': {
      const { type: _, ...account } = event;
      const accountRefused = account.check?.outcome === 'refused';
      return { ...before, account, accountRefused, linkedCount: before.linkedCount + 1 };
    }
    case 'PayoutAccountChecked': {
      const { account } = before;
      ok(account?.accountTag === event.accountTag, 'The account that is linked is the one that was asked about');
      const { check } = event;
      return { ...before, account: { ...account, check }, accountRefused: check.outcome === 'refused' };
    }
    case 'IncentiveClaimed':
      return { ...before, payouts: claimed(before, event, at) };
    case 'IncentiveDeferred':
      return step(before, event, ({ deferrals, releaseId }) => ({
        deferrals: deferrals + 1,
        deferred: { reason: event.reason, until: new Date(event.until), at },
        unsentAt: at,
        releaseId: event.releaseId ?? releaseId,
        refusal: null,
      }));
    case 'IncentiveSent':
    case 'IncentiveUnknown':
      return step(before, event, ({ inquiries, openSince, releaseId }) => ({
        inquiries: inquiries + 1,
        openSince: openSince ?? at,
        openAt: at,
        deferred: null,
        releaseId: event.releaseId ?? releaseId,
        refusal: event.type === 'IncentiveUnknown' ? (event.refusal ?? null) : null,
      }));
    case 'IncentivePaid': {
      const { partnerReference, by } = event;
      return step(before, event, () => ({ paid: { at, partnerReference, by }, deferred: null, refusal: null }));
    }
    case 'IncentiveRefused': {
      const after = step(before, event, () => ({
        failed: { at, reason: event.reason },
        deferred: null,
        refusal: null,
      }));
      return event.fault === 'account' ? refusing(after, event.reference) : after;
    }
    case 'IncentiveReturned':
      return refusing(
        step(before, event, () => ({ failed: { at, reason: 'returned' } })),
        event.reference,
      );
    case 'PayoutHoldPlaced': {
      const { holdId, reason, by } = event;
      ok(!before.holds.has(holdId) && !before.liftedHolds.has(holdId), 'A hold is placed once');
      return { ...before, holds: new Map(before.holds).set(holdId, { holdId, reason, by, since: at }) };
    }
    case 'PayoutHoldReleased': {
      const hold = before.holds.get(event.holdId);
      ok(hold, 'What is released was held');
      const holds = new Map(before.holds);
      holds.delete(event.holdId);
      const lifted = { ...hold, liftedBy: event.by };
      return { ...before, holds, liftedHolds: new Map(before.liftedHolds).set(event.holdId, lifted) };
    }
    case 'EntitlementForfeited':
      ok(!before.forfeited, 'An entitlement is forfeited once');
      return { ...before, forfeited: true, payouts: mapped(before.payouts, (payout) => forfeit(payout)) };
    case 'ReceivableRaised': {
      ok(!before.receivable, 'A debt is raised once');
      ok(before.forfeited, 'Who owes incentives back has no right to more of them');
      const { type: _, legs: __, dueUntil, ...facts } = event;
      const dates = { raisedAt: at, dueUntil: new Date(dueUntil) };
      const receivable = { ...facts, ...dates, reminders: 0, repayments: new Map(), handedOver: false };
      return { ...before, receivable };
    }
    case 'ReceivableReminded':
      return owing(before, ({ reminders, handedOver }) => {
        ok(!handedOver && event.times > reminders, 'Reminders are counted, and end with the hand-over');
        return { reminders: event.times };
      });
    case 'RepaymentPosted':
      return owing(before, ({ repayments }) => {
        ok(!repayments.has(event.bankReference), 'A repayment is posted once');
        return { repayments: new Map(repayments).set(event.bankReference, event.amountRupiah) };
      });
    case 'ReceivableReduced':
      return owing(before, ({ amountRupiah }) => ({ amountRupiah: amountRupiah - event.amountRupiah }));
    case 'ReceivableHandedOver':
      return owing(before, ({ handedOver }) => {
        ok(!handedOver, 'A debt is handed over once');
        return { handedOver: true };
      });
  }
}

/** A claim: never while another attempt at the same incentive is open or paid, and each attempt after the one before it. */
function claimed(before: Incentives, event: IncentiveClaimed, at: Date): ReadonlyMap<string, Payout> {
  const earlier = attemptsOf(before, event.kind, event.number);
  const last = earlier.at(-1);
  ok(event.attempt === earlier.length + 1, 'Attempts are counted');
  ok(!before.payouts.has(event.reference), 'A reference is used once');
  ok(event.remedialOf === last?.reference, 'An attempt makes good the one before it');
  const isFirst = event.kind === 'survey' || event.number === 1;
  const before1 = attemptsOf(before, 'training', event.number - 1);
  ok(isFirst || before1.some(({ paid }) => paid !== null), 'Incentives are paid in order');
  const payouts = new Map(before.payouts);
  if (last) payouts.set(last.reference, { ...last, state: nextState(last.state, 'IncentiveClaimed') });
  const { type: _, legs: __, ...facts } = event;
  return payouts.set(event.reference, {
    ...facts,
    state: nextState('due', 'IncentiveClaimed'),
    claimedAt: at,
    deferrals: 0,
    deferred: null,
    unsentAt: at,
    releaseId: null,
    inquiries: 0,
    openSince: null,
    openAt: null,
    refusal: null,
    paid: null,
    failed: null,
  });
}

type Stepped = Extract<
  IncentiveEvent,
  {
    type:
      | 'IncentiveDeferred'
      | 'IncentiveSent'
      | 'IncentiveUnknown'
      | 'IncentivePaid'
      | 'IncentiveRefused'
      | 'IncentiveReturned';
  }
>;

/** A payout's next state by the table, and what else changes in it. */
function step(before: Incentives, event: Stepped, change: (payout: Payout) => Partial<Payout>): Incentives {
  const payout = before.payouts.get(event.reference);
  ok(payout, 'What happens to a payout happens after its claim');
  const after = { ...payout, ...change(payout), state: nextState(payout.state, event.type) };
  return { ...before, payouts: new Map(before.payouts).set(event.reference, after) };
}

/** The account that a payout went to is not to be used again, unless another one is linked by now. */
function refusing(after: Incentives, reference: string): Incentives {
  const isLinked = after.payouts.get(reference)?.accountTag === after.account?.accountTag;
  return isLinked ? { ...after, accountRefused: true } : after;
}

/** What failed and was never made good is given up with the entitlement. */
function forfeit(payout: Payout): Payout {
  const isFailed = payout.state === 'refused' || payout.state === 'returned';
  return isFailed ? { ...payout, state: nextState(payout.state, 'EntitlementForfeited') } : payout;
}

function mapped(payouts: ReadonlyMap<string, Payout>, change: (payout: Payout) => Payout): ReadonlyMap<string, Payout> {
  return new Map([...payouts].map(([reference, payout]) => [reference, change(payout)]));
}

function owing(before: Incentives, change: (receivable: Receivable) => Partial<Receivable>): Incentives {
  ok(before.receivable, 'There is a debt');
  return { ...before, receivable: { ...before.receivable, ...change(before.receivable) } };
}
