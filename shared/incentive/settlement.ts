import { ok } from 'node:assert/strict';
import { transfer } from '#shared/credit/ledger.ts';
import { schemes } from '#shared/credit/schemes.ts';
import { type Entitled, opensAfter } from '#shared/incentive/entitlement.ts';
import {
  attemptsOf,
  evolveIncentives,
  type Incentives,
  isOpen,
  owedRupiah,
  type Payout,
} from '#shared/incentive/incentive.ts';
import type { IncentiveEvent, PayoutRefusal, Proof } from '#shared/incentive/incentive-events.ts';
import { mayFollow } from '#shared/incentive/payout.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { dueEntry, dueKinds, shardOf } from '#shared/table/keys.ts';

/** What became of a payout, as far as anybody can tell. */
export type Outcome =
  | { readonly kind: 'paid'; readonly partnerReference: string; readonly by: Proof }
  /** For good: nothing was paid. */
  | ({ readonly kind: 'refused' } & PayoutRefusal)
  | { readonly kind: 'returned'; readonly partnerReference: string; readonly by: Proof }
  /** The partner has it and has not finished. */
  | ({ readonly kind: 'sent' } & InRelease)
  /** With a refusal: the next inquiry makes it final, unless it finds a payment. */
  | ({ readonly kind: 'unknown'; readonly cause: string; readonly refusal?: PayoutRefusal } & InRelease)
  /** Not sent, for certain. */
  | ({ readonly kind: 'deferred'; readonly reason: string; readonly until: Date } & InRelease);

/** The release that it was sent in, where the message named one. */
type InRelease = { readonly releaseId?: string | undefined; readonly relisted?: boolean | undefined };

const minute = 60_000;
const hour = 60 * minute;

/** Waits between inquiries about one payout; the last one repeats. */
const inquiryWaits = [2 * minute, 5 * minute, 15 * minute, hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour] as const;

/** Inquiries about one payout: some forty days. After that only the statement can tell, and a person has it on a list. */
export const maxInquiries = 45;

/** When to ask about a payout after the n-th time that its outcome was open (from 1); null when asking has ended. */
export function nextInquiryAt(inquiries: number, now: Date): Date | null {
  if (inquiries > maxInquiries) return null;
  const wait = inquiryWaits[Math.min(inquiries, inquiryWaits.length) - 1] ?? minute;
  return new Date(now.getTime() + wait);
}

/**
 * Records what became of a payout; nothing where the journal says so already, or where the outcome does not fit what it says (a
 * payment that was refused and then stands on a statement is for the reconciliation to show, never to post by itself).
 */
export function recordOutcome(
  participantId: string,
  file: Pick<Entitled, 'membership' | 'incentives' | 'balances'>,
  reference: string,
  outcome: Outcome,
  now: Date,
): Decision<IncentiveEvent> {
  const payout = file.incentives.payouts.get(reference);
  if (!payout) return { events: [] };
  switch (outcome.kind) {
    case 'paid':
      return mayFollow(payout.state, 'IncentivePaid')
        ? paid(participantId, file, payout, outcome, now)
        : { events: [] };
    case 'refused':
      return mayFollow(payout.state, 'IncentiveRefused') ? refused(file, payout, outcome) : { events: [] };
    case 'returned':
      return returned(participantId, file, payout, outcome, now);
    case 'sent':
      return isOpen(payout)
        ? pending(participantId, payout, { type: 'IncentiveSent', reference, ...sentIn(outcome) }, now)
        : { events: [] };
    case 'unknown': {
      if (!isOpen(payout)) return { events: [] };
      const { cause, refusal } = outcome;
      const facts = { reference, cause, ...sentIn(outcome), ...(refusal && { refusal }) };
      return pending(participantId, payout, { type: 'IncentiveUnknown', ...facts }, now);
    }
    case 'deferred': {
      if (!mayFollow(payout.state, 'IncentiveDeferred')) return { events: [] };
      const { reason, until } = outcome;
      const at = new Date(Math.max(until.getTime(), now.getTime() + minute));
      const facts = { reference, reason, until: at.toISOString(), ...inRelease(outcome) };
      const event = { type: 'IncentiveDeferred', ...facts } as const;
      const index = dueEntry(shardOf(participantId), at, dueKinds.payout, payout.partnerCode, reference);
      return { events: [event], index };
    }
  }
}

const inRelease = ({ releaseId }: InRelease) => (releaseId === undefined ? {} : { releaseId });
const sentIn = (outcome: InRelease) => ({
  ...inRelease(outcome),
  ...(outcome.relisted && { relisted: true as const }),
});

function paid(
  participantId: string,
  { membership, incentives }: Pick<Entitled, 'membership' | 'incentives'>,
  payout: Payout,
  { partnerReference, by }: Extract<Outcome, { kind: 'paid' }>,
  now: Date,
): Decision<IncentiveEvent> {
  const { kind, number, reference, partnerCode, amountRupiah, evidenceDigest } = payout;
  const legs = transfer('payout_in_flight', { paid_to_citizen: amountRupiah });
  const isAgain = attemptsOf(incentives, kind, number).some((earlier) => earlier.paid !== null);
  const facts = { kind, number, reference, partnerCode, partnerReference, by, evidenceDigest, legs };
  const event: IncentiveEvent = { type: 'IncentivePaid', ...facts, ...(isAgain && { again: true }) };
  const scheme = membership.decreed && schemes[membership.decreed.scheme];
  if (kind !== 'training' || !scheme || number >= scheme.incentive.count) return { events: [event] };
  const opensAt = opensAfter(evolveIncentives(incentives, event, now), number, scheme.incentive.everyMonths);
  if (!opensAt) return { events: [event] };
  // A minute later than the right to it: clocks of two functions differ, and a message that comes early is not sent again.
  const at = new Date(Math.max(opensAt.getTime(), now.getTime()) + minute);
  return { events: [event], index: dueEntry(shardOf(participantId), at, dueKinds.claim) };
}

function refused(
  { incentives }: Pick<Entitled, 'incentives' | 'balances'>,
  { kind, number, reference, amountRupiah }: Payout,
  { reason, fault }: Extract<Outcome, { kind: 'refused' }>,
): Decision<IncentiveEvent> {
  // Who has no right to incentives any more has none to this one either: it goes on to the treasury.
  const to = incentives.forfeited ? 'returned' : 'incentive_entitlement';
  const legs = transfer('payout_in_flight', { [to]: amountRupiah });
  return { events: [{ type: 'IncentiveRefused', kind, number, reference, reason, fault, legs }] };
}

/** Money that came back was paid before, whether or not the journal had heard of it. */
function returned(
  participantId: string,
  file: Pick<Entitled, 'membership' | 'incentives' | 'balances'>,
  payout: Payout,
  { partnerReference, by }: Extract<Outcome, { kind: 'returned' }>,
  now: Date,
): Decision<IncentiveEvent> {
  const { kind, number, reference, amountRupiah } = payout;
  const isPaidAlready = payout.state === 'paid';
  if (!isPaidAlready && !mayFollow(payout.state, 'IncentivePaid')) return { events: [] };
  const first = isPaidAlready
    ? []
    : paid(participantId, file, payout, { kind: 'paid', partnerReference, by }, now).events;
  const to = file.incentives.forfeited ? 'returned' : 'incentive_entitlement';
  const legs = transfer('paid_to_citizen', { [to]: amountRupiah });
  const event = { type: 'IncentiveReturned', kind, number, reference, partnerReference, by, legs } as const;
  return { events: [...first, event, ...lessOwed(file.incentives, payout)] };
}

/** What came back from the bank is not owed any more. */
function lessOwed({ receivable }: Incentives, { reference, amountRupiah: returnedRupiah }: Payout): IncentiveEvent[] {
  const amountRupiah = receivable ? Math.min(owedRupiah(receivable), returnedRupiah) : 0;
  if (amountRupiah === 0) return [];
  const from = receivable?.handedOver ? 'handed_over' : 'receivable';
  return [{ type: 'ReceivableReduced', reference, amountRupiah, legs: transfer(from, { citizen_debt: amountRupiah }) }];
}

function pending(
  participantId: string,
  { partnerCode, reference, inquiries }: Payout,
  event: Extract<IncentiveEvent, { type: 'IncentiveSent' | 'IncentiveUnknown' }>,
  now: Date,
): Decision<IncentiveEvent> {
  ok(event.reference === reference, 'An event is of its payout');
  const at = nextInquiryAt(inquiries + 1, now);
  if (!at) return { events: [event] };
  return { events: [event], index: dueEntry(shardOf(participantId), at, dueKinds.inquiry, partnerCode, reference) };
}
