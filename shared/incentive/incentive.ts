import { ok } from 'node:assert/strict';
import type {
  HoldingFeed,
  IncentiveClaimed,
  IncentiveEvent,
  PayoutAccountLinked,
  PayoutRefusal,
  Proof,
  ReceivableScope,
} from '#shared/incentive/incentive-events.ts';
import { type IncentiveKind, nextState, openStates, type PayoutState } from '#shared/incentive/payout.ts';

/* A citizen's incentives: what the events of incentive-events.ts do to the file. */

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
  /** It may have been sent in a release before that one, and nobody knows when. */
  readonly relisted: boolean;
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

export type Hold = {
  readonly holdId: string;
  readonly reason: string;
  readonly by: string;
  readonly since: Date;
  /** The feed that placed it, where no operator did. */
  readonly feed?: HoldingFeed;
  /** Of a feed's: who proposed its release, and why. */
  readonly release?: { readonly by: string; readonly note: string; readonly at: Date };
};

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

/**
 * The file after an event. @throws AssertionError for an event that breaks a rule: a second attempt while one may be paid, a
 * reference or a hold used twice, an incentive out of order.
 */
export function evolveIncentives(before: Incentives, event: IncentiveEvent, at: Date): Incentives {
  switch (event.type) {
    case 'PayoutAccountLinked': {
      const { type: _, ...account } = event;
      const accountRefused = account.check?.outcome === 'refused';
      return { ...before, account, accountRefused, linkedCount: before.linkedCount + 1 };
    }
    case 'PayoutAccountUnlinked':
      ok(before.account?.accountTag === event.accountTag, 'What is disconnected was linked');
      ok(openPayouts(before).length === 0, 'No payment is on its way to an account that is disconnected');
      return { ...before, account: null, accountRefused: false };
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
        relisted: false,
        refusal: null,
      }));
    case 'IncentiveSent':
    case 'IncentiveUnknown':
      return step(before, event, ({ inquiries, openSince, releaseId, relisted }) => ({
        inquiries: inquiries + 1,
        openSince: openSince ?? at,
        openAt: at,
        deferred: null,
        releaseId: event.releaseId ?? releaseId,
        relisted: relisted || event.relisted === true,
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
      const { holdId, reason, by, feed } = event;
      ok(!before.holds.has(holdId) && !before.liftedHolds.has(holdId), 'A hold is placed once');
      const hold: Hold = { holdId, reason, by, since: at, ...(feed && { feed }) };
      return { ...before, holds: new Map(before.holds).set(holdId, hold) };
    }
    case 'PayoutReleaseProposed': {
      const hold = before.holds.get(event.holdId);
      ok(hold?.feed && !hold.release, 'A release is proposed once, of a hold that a feed has placed');
      const release = { by: event.by, note: event.note, at };
      return { ...before, holds: new Map(before.holds).set(event.holdId, { ...hold, release }) };
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
  const previous = attemptsOf(before, 'training', event.number - 1);
  ok(isFirst || previous.some(({ paid }) => paid !== null), 'Incentives are paid in order');
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
    relisted: false,
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
