import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import type { Certificates } from '#shared/certificate/certificate.ts';
import { Legs, transfer } from '#shared/credit/ledger.ts';
import { schemes } from '#shared/credit/schemes.ts';
import type { Decision, IndexEntries } from '#shared/journal/journal.ts';
import { Bytes } from '#shared/platform/bytes.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { addWibMonths, wibDay } from '#shared/platform/wib.ts';
import type { Purchases } from '#shared/purchase/purchase.ts';
import { type Membership, recipient } from '#shared/selection/membership.ts';
import { dues, shardOf } from '#shared/table/keys.ts';

const banks = ['BNI', 'BCA', 'BRI', 'MANDIRI'] as const;
const wallets = ['OVO', 'DANA', 'GOPAY', 'LINKAJA'] as const;

/** Where incentives go: a bank account, or an e-wallet known by its phone number. */
export const PayoutAccount = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bank'), provider: z.enum(banks), number: z.string().check(z.regex(/^\d{8,20}$/)) }),
  z.strictObject({
    kind: z.literal('e_wallet'),
    provider: z.enum(wallets),
    number: z.string().check(z.regex(/^08\d{8,11}$/)),
  }),
]);
export type PayoutAccount = z.infer<typeof PayoutAccount>;

export const PayoutAccountLinked = z.object({
  type: z.literal('PayoutAccountLinked'),
  kind: z.enum(['bank', 'e_wallet']),
  provider: z.string(),
  /** The account, sealed with the person's key. */
  account: Bytes,
  /** Keyed hash of the account: tells a repeat from a change without opening either. */
  accountTag: z.string(),
});
export type PayoutAccountLinked = z.infer<typeof PayoutAccountLinked>;

/** The intent to pay, under a reference that is never used for anything else. Written before any call. */
export const IncentiveClaimed = z.object({
  type: z.literal('IncentiveClaimed'),
  /** n-th payment of the training incentive, from 1. */
  number: z.int().check(z.positive()),
  reference: z.string(),
  amountRupiah: z.int().check(z.positive()),
  legs: Legs,
});
export type IncentiveClaimed = z.infer<typeof IncentiveClaimed>;

const IncentivePaid = z.object({
  type: z.literal('IncentivePaid'),
  number: z.int().check(z.positive()),
  reference: z.string(),
  /** The payment partner's own reference, for the citizen's receipt and the reconciliation. */
  partnerReference: z.string(),
  legs: Legs,
});

/** The partner refused for good: nothing was paid, and the citizen may change the account. */
const IncentiveRefused = z.object({
  type: z.literal('IncentiveRefused'),
  number: z.int().check(z.positive()),
  reference: z.string(),
  reason: z.string(),
  legs: Legs,
});

export const IncentiveEvent = z.discriminatedUnion('type', [
  PayoutAccountLinked,
  IncentiveClaimed,
  IncentivePaid,
  IncentiveRefused,
]);
export type IncentiveEvent = z.infer<typeof IncentiveEvent>;

export type Incentives = {
  readonly account: PayoutAccountLinked | null;
  /** The partner refused the linked account for good: nothing is claimed until another one is linked. */
  readonly accountRefused: boolean;
  readonly linkedCount: number;
  /** A claim whose outcome is not recorded yet. At most one: the next waits for it. */
  readonly open: (IncentiveClaimed & { readonly claimedAt: Date }) | null;
  readonly paid: readonly {
    readonly number: number;
    readonly reference: string;
    readonly at: Date;
    readonly partnerReference: string;
  }[];
  /** Refused attempts, by number of the incentive. */
  readonly refusals: readonly { readonly number: number; readonly reason: string }[];
};

export const noIncentives: Incentives = {
  account: null,
  accountRefused: false,
  linkedCount: 0,
  open: null,
  paid: [],
  refusals: [],
};

/** Accounts linked in a lifetime: enough for every mishap, and a journal has an end. */
export const maxLinkedAccounts = 50;

export function evolveIncentives(before: Incentives, event: IncentiveEvent, at: Date): Incentives {
  const { open, paid, refusals } = before;
  switch (event.type) {
    case 'PayoutAccountLinked':
      return { ...before, account: event, accountRefused: false, linkedCount: before.linkedCount + 1 };
    case 'IncentiveClaimed':
      ok(!open, 'One claim at a time');
      ok(paid.length === event.number - 1, 'Incentives are paid in order, each once');
      return { ...before, open: { ...event, claimedAt: at } };
    case 'IncentivePaid': {
      ok(open?.reference === event.reference, 'What is paid was claimed');
      const { number, reference, partnerReference } = event;
      return { ...before, open: null, paid: [...paid, { number, reference, at, partnerReference }] };
    }
    case 'IncentiveRefused':
      ok(open?.reference === event.reference, 'What is refused was claimed');
      return {
        ...before,
        open: null,
        accountRefused: true,
        refusals: [...refusals, { number: event.number, reason: event.reason }],
      };
  }
}

/** What the right to an incentive depends on. */
export type Entitled = {
  readonly membership: Membership;
  readonly purchases: Purchases;
  readonly certificates: Certificates;
  readonly incentives: Incentives;
};

/**
 * The next incentive as a claim, when everything it needs is there: recipient, first course certified, rated and
 * reviewed, account linked, no claim open, the last attempt not refused with this account, and its month reached.
 */
export function nextClaim(participantId: string, file: Entitled, now: Date): IncentiveClaimed | null {
  const { membership, purchases, certificates, incentives } = file;
  const [first] = purchases.paid;
  if (!membership.decreed || membership.revoked || !first || !incentives.account || incentives.open) return null;
  if (incentives.accountRefused) return null;
  if (!certificates.issued.has(first.purchaseId) || !certificates.rated.has(first.purchaseId)) return null;
  const { incentive } = schemes[membership.decreed.scheme];
  const number = incentives.paid.length + 1;
  if (number > incentive.count) return null;
  const opensAt = nextOpensAt(incentives, incentive.everyMonths);
  if (opensAt && now < opensAt) return null;
  const attempt = incentives.refusals.filter((refused) => refused.number === number).length + 1;
  return {
    type: 'IncentiveClaimed',
    number,
    reference: payoutReference(participantId, number, attempt),
    amountRupiah: incentive.amountRupiah,
    legs: transfer('incentive_entitlement', { payout_in_flight: incentive.amountRupiah }),
  };
}

function nextOpensAt({ paid }: Incentives, everyMonths: number | null): Date | null {
  const last = paid.at(-1);
  return last && everyMonths !== null ? addWibMonths(last.at, everyMonths) : null;
}

/** Permanent and unique: one person, one incentive, one attempt after a definite refusal. At most 64 characters. */
export function payoutReference(participantId: string, number: number, attempt: number): string {
  return `T${number}A${attempt}${participantId.slice(0, 48).toUpperCase()}`;
}

/** Links an account, or replaces it: after a refusal, or before the next payment. Nothing for a repeat. */
export function linkAccount(
  participantId: string,
  file: Entitled,
  account: PayoutAccountLinked,
  now: Date,
): Decision<IncentiveEvent> {
  recipient(file.membership);
  const { incentives } = file;
  // The same account again after a refusal: its owner had it reopened.
  const isRepeat = incentives.account?.accountTag === account.accountTag && !incentives.accountRefused;
  if (isRepeat) return { events: [] };
  if (incentives.open) throw new Refusal('payout_account_differs', 'A payment to the linked account is on its way');
  if (incentives.linkedCount >= maxLinkedAccounts) throw new Refusal('attempts_exceeded');
  const linked = { ...file, incentives: evolveIncentives(incentives, account, now) };
  const claim = nextClaim(participantId, linked, now);
  return { events: claim ? [account, claim] : [account] };
}

/** What the partner said of a claim. Unknown outcomes never get here: they are asked about again. */
export type Outcome =
  | { readonly kind: 'paid'; readonly partnerReference: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Records the outcome of a claim, once; the next monthly incentive then stands in the due index. */
export function settle(
  participantId: string,
  { membership, incentives }: Pick<Entitled, 'membership' | 'incentives'>,
  reference: string,
  outcome: Outcome,
  now: Date,
): Decision<IncentiveEvent> {
  const { open } = incentives;
  if (open?.reference !== reference) return { events: [] };
  const { number, amountRupiah } = open;
  if (outcome.kind === 'refused') {
    const legs = transfer('payout_in_flight', { incentive_entitlement: amountRupiah });
    return { events: [{ type: 'IncentiveRefused', number, reference, reason: outcome.reason, legs }] };
  }
  const legs = transfer('payout_in_flight', { paid_to_citizen: amountRupiah });
  const { partnerReference } = outcome;
  const index =
    membership.decreed && dueEntry(participantId, schemes[membership.decreed.scheme].incentive, number, now);
  return { events: [{ type: 'IncentivePaid', number, reference, partnerReference, legs }], ...(index && { index }) };
}

function dueEntry(
  participantId: string,
  { count, everyMonths }: { count: number; everyMonths: number | null },
  paidNumber: number,
  now: Date,
): IndexEntries | null {
  if (everyMonths === null || paidNumber >= count) return null;
  // A minute later than the right to it: clocks of two functions differ, and a message that comes early is not sent again.
  const at = new Date(addWibMonths(now, everyMonths).getTime() + 60_000);
  return { due: dues.day(wibDay(at), shardOf(participantId)), dueSort: dues.instant(at.toISOString(), 'incentive') };
}
