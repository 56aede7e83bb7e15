import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { type Balances, Legs, transfer } from '#shared/credit/ledger.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { afterSend, type CodeRun, codeLimits, isLocked } from '#shared/platform/code-sends.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type Membership, recipient } from '#shared/selection/membership.ts';

/** Values of the two-phase purchase, beside those of every code. They are ours: the partner contract is silent on them. */
export const purchaseLimits = {
  reservationMinutes: 10,
  /** Codes sent in a lifetime, for one platform and for all: a journal has an end, also where a platform misbehaves. */
  sendsEver: 200,
  sendsEverOfAll: 1_000,
} as const;

/** Credit is set aside while the buyer types the one-time code. */
export const PurchaseReserved = z.object({
  type: z.literal('PurchaseReserved'),
  purchaseId: z.string(),
  platformCode: z.string(),
  platformUserId: z.string(),
  institutionCode: z.string(),
  courseCode: z.string(),
  scheduleCode: z.string(),
  priceRupiah: z.int().check(z.positive()),
  commissionRupiah: z.int().check(z.nonnegative()),
  expiresAt: z.iso.datetime(),
  legs: Legs,
});
export type PurchaseReserved = z.infer<typeof PurchaseReserved>;

/** The reservation lapsed or another took its place. */
const ReservationReleased = z.object({
  type: z.literal('ReservationReleased'),
  purchaseId: z.string(),
  legs: Legs,
});

const OneTimeCodeRefused = z.object({ type: z.literal('OneTimeCodeRefused'), purchaseId: z.string() });

export const CoursePurchased = z.object({
  type: z.literal('CoursePurchased'),
  purchaseId: z.string(),
  /** 1 for the first course of a person: only that one brings an incentive. */
  ordinal: z.int().check(z.positive()),
  invoiceCode: z.string(),
  invoiceUrl: z.string(),
  transactionCode: z.string(),
  redeemCode: z.string(),
  legs: Legs,
});
export type CoursePurchased = z.infer<typeof CoursePurchased>;

export const PurchaseEvent = z.discriminatedUnion('type', [
  PurchaseReserved,
  ReservationReleased,
  OneTimeCodeRefused,
  CoursePurchased,
]);
export type PurchaseEvent = z.infer<typeof PurchaseEvent>;

/** A paid course: what was reserved, and how it was paid. */
export type Purchase = Omit<PurchaseReserved, 'type' | 'legs'> &
  Omit<CoursePurchased, 'type' | 'legs'> & { readonly purchasedAt: Date };

export type Purchases = {
  readonly open: (PurchaseReserved & { readonly wrongCodes: number }) | null;
  /** Codes sent, by the platform that asked: one that asks without end locks itself out, and nobody else. */
  readonly sent: ReadonlyMap<string, { readonly run: CodeRun | null; readonly count: number }>;
  readonly paid: readonly Purchase[];
};

export const noPurchases: Purchases = { open: null, sent: new Map(), paid: [] };

/** What a purchase event does to the file. The only place that knows it. */
export function evolvePurchases(before: Purchases, event: PurchaseEvent, at: Date): Purchases {
  const { open, paid, sent } = before;
  switch (event.type) {
    case 'PurchaseReserved':
      return {
        paid,
        open: { ...event, wrongCodes: 0 },
        sent: new Map(sent).set(event.platformCode, {
          run: afterSend(sent.get(event.platformCode)?.run ?? null, at),
          count: (sent.get(event.platformCode)?.count ?? 0) + 1,
        }),
      };
    case 'ReservationReleased':
      return { ...before, open: null };
    case 'OneTimeCodeRefused':
      return { ...before, open: open && { ...open, wrongCodes: open.wrongCodes + 1 } };
    case 'CoursePurchased':
      ok(open?.purchaseId === event.purchaseId, 'A purchase was reserved before');
      return { ...before, open: null, paid: [...paid, { ...open, ...event, purchasedAt: at }] };
  }
}

type Buyer = {
  readonly membership: Membership;
  readonly purchases: Purchases;
  readonly balances: Balances;
  /** Whether the last paid course is completed and rated; true when there is none. */
  readonly lastCourseIsDone: boolean;
};

/** A course at a schedule as the catalogue offers it now. */
export type Offer = {
  readonly courseCode: string;
  readonly scheduleCode: string;
  readonly institutionCode: string;
  readonly priceRupiah: number;
  readonly startsAt: Date;
  /** Self-paced courses can be bought after their start. */
  readonly canBuyAfterStart: boolean;
};

type Reserve = {
  readonly purchaseId: string;
  readonly platform: { readonly clientCode: string; readonly commissionBasisPoints: number };
  readonly platformUserId: string;
  readonly amountRupiah: number;
  readonly offer: Offer;
  readonly now: Date;
};

/**
 * Sets the price aside for a purchase that waits for its one-time code. An open reservation gives way to a later one of
 * the same platform: who asks twice means the later one. Another platform waits until it lapses.
 */
export function reserve(
  buyer: Buyer,
  { purchaseId, platform, platformUserId, amountRupiah, offer, now }: Reserve,
): Decision<PurchaseEvent> {
  const { purchaseUntil } = recipient(buyer.membership);
  const { open, paid, sent } = buyer.purchases;
  if (paid.length === 0 && now.toISOString() > purchaseUntil) throw new Refusal('purchase_deadline_passed');
  if (amountRupiah !== offer.priceRupiah) throw new Refusal('price_differs');
  if (!offer.canBuyAfterStart && now >= offer.startsAt) throw new Refusal('schedule_started');
  if (paid.some(({ courseCode }) => courseCode === offer.courseCode)) throw new Refusal('course_repeated');
  if (!buyer.lastCourseIsDone) throw new Refusal('training_unfinished');
  if (amountRupiah > buyer.balances.training_credit + (open?.priceRupiah ?? 0))
    throw new Refusal('credit_insufficient');
  if (mayNotSend(sent, platform.clientCode, now)) throw new Refusal('otp_resends_exceeded');
  const isElsewhere = open !== null && open.platformCode !== platform.clientCode && now.toISOString() <= open.expiresAt;
  if (isElsewhere) throw new Refusal('purchase_pending');

  const reserved: PurchaseReserved = {
    type: 'PurchaseReserved',
    purchaseId,
    platformCode: platform.clientCode,
    platformUserId,
    institutionCode: offer.institutionCode,
    courseCode: offer.courseCode,
    scheduleCode: offer.scheduleCode,
    priceRupiah: amountRupiah,
    // Rounded down: a fraction of a rupiah is the institution's.
    commissionRupiah: Math.floor((amountRupiah * platform.commissionBasisPoints) / 10_000),
    expiresAt: new Date(now.getTime() + purchaseLimits.reservationMinutes * 60_000).toISOString(),
    legs: transfer('training_credit', { reserved: amountRupiah }),
  };
  return { events: open ? [released(open), reserved] : [reserved] };
}

function mayNotSend(sent: Purchases['sent'], platformCode: string, now: Date): boolean {
  const { run = null, count = 0 } = sent.get(platformCode) ?? {};
  const ofAll = [...sent.values()].reduce((sum, one) => sum + one.count, 0);
  if (count >= purchaseLimits.sendsEver || ofAll >= purchaseLimits.sendsEverOfAll) return true;
  return isLocked(run, now);
}

/** Gives a reservation's money back to the credit. */
function released({ purchaseId, priceRupiah }: PurchaseReserved): PurchaseEvent {
  return { type: 'ReservationReleased', purchaseId, legs: transfer('reserved', { training_credit: priceRupiah }) };
}

type Pay = {
  readonly purchaseId: string;
  readonly codeIsRight: boolean;
  readonly invoiceCode: string;
  readonly invoiceUrl: string;
  readonly transactionCode: string;
  readonly redeemCode: string;
  readonly now: Date;
};

/**
 * Pays what was reserved, once. A wrong code is an event, so that guessing ends; a repeat with the same invoice is the
 * purchase that is there already.
 */
export function pay(buyer: Pick<Buyer, 'membership' | 'purchases'>, payment: Pay): Decision<PurchaseEvent> {
  const { purchaseId, codeIsRight, now, ...facts } = payment;
  const { open, paid } = buyer.purchases;
  const earlier = paid.find((purchase) => purchase.purchaseId === purchaseId);
  if (earlier) {
    if (earlier.invoiceCode !== facts.invoiceCode || !codeIsRight) throw new Refusal('payment_token_invalid');
    return { events: [] };
  }
  const { purchaseUntil } = recipient(buyer.membership);
  if (paid.length === 0 && now.toISOString() > purchaseUntil) throw new Refusal('purchase_deadline_passed');
  if (open?.purchaseId !== purchaseId || now.toISOString() > open.expiresAt) throw new Refusal('payment_token_invalid');
  if (open.wrongCodes >= codeLimits.wrongCodes) throw new Refusal('otp_attempts_exceeded');
  if (!codeIsRight) return { events: [{ type: 'OneTimeCodeRefused', purchaseId }] };
  const institutionRupiah = open.priceRupiah - open.commissionRupiah;
  const legs = transfer('reserved', {
    institution_payable: institutionRupiah,
    platform_commission: open.commissionRupiah,
  });
  return { events: [{ type: 'CoursePurchased', purchaseId, ordinal: paid.length + 1, ...facts, legs }] };
}
