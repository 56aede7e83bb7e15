import { type Balances, transfer } from '#shared/credit/ledger.ts';
import type { Entitled } from '#shared/incentive/entitlement.ts';
import { forfeit } from '#shared/incentive/hold.ts';
import { type Incentives, openPayouts, owedRupiah, type Receivable } from '#shared/incentive/incentive.ts';
import type { IncentiveEvent, ReceivableScope } from '#shared/incentive/incentive-events.ts';
import type { Decision, IndexEntries } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { dayMilliseconds, endOfWibDay } from '#shared/platform/wib.ts';
import { dueEntry, dueKinds, shardOf } from '#shared/table/keys.ts';

/** Sixty days are the law's (article 31C of Perpres 76/2020); when to remind is ours. Days after the debt was raised. */
export const receivableTerms = { dueDays: 60, reminderDays: [30, 50, 57] } as const;

/** Why something is owed back. */
export const receivableReasons = ['not_entitled', 'identity_forged', 'audit_finding'] as const;
type ReceivableReason = (typeof receivableReasons)[number];

/** Repayments of one debt: enough for small weekly ones over the years of a claim. */
export const maxRepayments = 500;

const minute = 60_000;

/** What was received, as far as the scope asks for it back. */
function receivedRupiah(balances: Balances, scope: ReceivableScope): number {
  const training = balances.institution_payable + balances.platform_commission;
  return balances.paid_to_citizen + (scope === 'incentives_and_training' ? training : 0);
}

type Raise = {
  readonly holdId: string;
  readonly reason: ReceivableReason;
  readonly scope: ReceivableScope;
  readonly by: string;
};

/**
 * Asks back what somebody received who was not entitled, as the hold of another operator proposed; nothing for a repeat. What
 * was not received yet is forfeited in the same decision, where it is not already. One debt in a lifetime.
 * @throws Refusal as `forfeit`; `receivable_exists`, `nothing_received`; `payout_state` while a payment is on its way, since
 * nobody knows yet what is owed.
 */
export function raise(
  participantId: string,
  file: Pick<Entitled, 'membership' | 'incentives' | 'balances'>,
  { holdId, reason, scope, by }: Raise,
  now: Date,
): Decision<IncentiveEvent> {
  const { incentives, balances } = file;
  const earlier = incentives.receivable;
  const isRepeat = earlier?.holdId === holdId && earlier.reason === reason && earlier.scope === scope;
  if (earlier && !isRepeat) throw new Refusal('receivable_exists');
  if (earlier) return { events: [] };
  const forfeited = forfeit(file, { holdId, by }).events;
  if (openPayouts(incentives).length > 0) throw new Refusal('payout_state', 'A payment is still on its way');
  const amountRupiah = receivedRupiah(balances, scope);
  if (amountRupiah === 0) throw new Refusal('nothing_received');
  const dueUntil = endOfWibDay(now, receivableTerms.dueDays);
  const facts = { holdId, reason, scope, amountRupiah, dueUntil: dueUntil.toISOString(), by };
  const legs = transfer('citizen_debt', { receivable: amountRupiah });
  return {
    events: [...forfeited, { type: 'ReceivableRaised', ...facts, legs }],
    index: nextDate(participantId, { raisedAt: now, dueUntil }, 0),
  };
}

/** When a debt is next looked at: at the next reminder, otherwise when its time is over. */
function nextDate(
  participantId: string,
  debt: Pick<Receivable, 'raisedAt' | 'dueUntil'>,
  reminders: number,
): IndexEntries {
  const at = reminderDates(debt)[reminders] ?? debt.dueUntil;
  // A minute later: clocks of two functions differ, and a message that comes early is not sent again.
  return dueEntry(shardOf(participantId), new Date(at.getTime() + minute), dueKinds.receivable);
}

function reminderDates({ raisedAt }: Pick<Receivable, 'raisedAt'>): Date[] {
  return receivableTerms.reminderDays.map((days) => new Date(raisedAt.getTime() + days * dayMilliseconds));
}

/**
 * What the clock owes a debtor: a reminder, with the entry of the next date, or after the last instant the hand-over of the
 * rest for a claim. Nothing before a date or the second time, and nothing once all is paid back. Reminders that an outage has
 * swallowed are not made up for one by one.
 */
export function receivableDue(
  participantId: string,
  { incentives: { receivable } }: { readonly incentives: Incentives },
  now: Date,
): Decision<IncentiveEvent> {
  if (!receivable || receivable.handedOver) return { events: [] };
  const owed = owedRupiah(receivable);
  if (owed === 0) return { events: [] };
  if (now > receivable.dueUntil)
    return { events: [{ type: 'ReceivableHandedOver', legs: transfer('receivable', { handed_over: owed }) }] };
  const times = reminderDates(receivable).filter((date) => date <= now).length;
  if (times <= receivable.reminders) return { events: [] };
  return { events: [{ type: 'ReceivableReminded', times }], index: nextDate(participantId, receivable, times) };
}

type Repayment = { readonly bankReference: string; readonly amountRupiah: number; readonly by: string };

/**
 * Posts money that came back; nothing for a repeat. Also after the hand-over: the claim is then smaller.
 * @throws Refusal `receivable_unknown`, `repayment_reused`, `receivable_exceeded`, `attempts_exceeded`.
 */
export function repay(
  { receivable }: Incentives,
  { bankReference, amountRupiah, by }: Repayment,
): Decision<IncentiveEvent> {
  if (!receivable) throw new Refusal('receivable_unknown');
  const earlier = receivable.repayments.get(bankReference);
  if (earlier !== undefined && earlier !== amountRupiah) throw new Refusal('repayment_reused');
  if (earlier !== undefined) return { events: [] };
  if (amountRupiah > owedRupiah(receivable)) throw new Refusal('receivable_exceeded');
  if (receivable.repayments.size >= maxRepayments) throw new Refusal('attempts_exceeded');
  const from = receivable.handedOver ? 'handed_over' : 'receivable';
  const legs = transfer(from, { recovered: amountRupiah });
  return { events: [{ type: 'RepaymentPosted', bankReference, amountRupiah, by, legs }] };
}
