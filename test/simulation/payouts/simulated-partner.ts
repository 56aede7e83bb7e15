import { ok } from 'node:assert/strict';
import { type IncentiveKind, payoutOf } from '#shared/incentive/payout.ts';
import type { InquiryResult, PayoutResult } from '#shared/incentive/snap/answers.ts';
import type { Notification } from '#shared/incentive/snap/notification.ts';
import type { Fortune } from '#test/simulation/payouts/fortune.ts';
import type { VirtualTime } from '#test/simulation/payouts/virtual-time.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** What becomes of money sent to an account. `limited`: it takes nothing for some days. */
export type AccountHealth = 'good' | 'closed' | 'returning' | 'limited';

export type BookStatus = 'processing' | 'paid' | 'failed' | 'returned';
export type Order = { readonly reference: string; readonly amountRupiah: number; readonly healthy: AccountHealth };
type Booked = Order & { status: BookStatus; readonly at: number; readonly partnerReference: string };

/** A line of the statement: money that moved. */
export type Line = {
  readonly reference: string;
  readonly kind: 'paid' | 'returned';
  readonly partnerReference: string;
};

type Props = {
  readonly time: VirtualTime;
  readonly luck: Fortune;
  readonly memoryDays: number;
  readonly callback: (heard: Pick<Notification, 'reference' | 'status'>) => void;
  readonly stated: (line: Line) => void;
  /** What went out and did not come back, by what it was for: whichever partner sent it. */
  readonly out: Map<string, readonly Order[]>;
  /** Something that must never be. */
  readonly violated: (what: string) => void;
  /** Planted: a reference is paid as often as it comes. */
  readonly forgets: boolean;
};

const limitDays = 3;
/** How long a status may lag behind the payment. */
const staleMilliseconds = 10 * second;

/**
 * A payment partner with a book of its own, the judge of double payments: it pays a reference once for as long as it remembers
 * it, now or later, and tells what became of it when it is asked.
 */
export function simulatedPartner({ time, luck, memoryDays, callback, stated, out, violated, forgets }: Props) {
  const book = new Map<string, Booked>();
  const isFirstSeen = new Map<string, number>();

  const whatFor = (reference: string): string => {
    const payout = payoutOf(reference);
    ok(payout, 'A reference leads back to its payout');
    return nameOf(payout.kind, payout.number);
  };

  function moveOut(record: Booked): void {
    record.status = 'paid';
    const name = whatFor(record.reference);
    const standing = [...(out.get(name) ?? []), record];
    out.set(name, standing);
    if (standing.length > 1) violated(`paid twice: ${name}`);
    stated({ reference: record.reference, kind: 'paid', partnerReference: record.partnerReference });
    tell(record, 'paid');
    if (record.healthy === 'returning') time.after(luck.between(day, 9 * day), () => moveBack(record));
  }

  function moveBack(record: Booked): void {
    luck.step(`partner: ${record.reference} came back`);
    record.status = 'returned';
    const name = whatFor(record.reference);
    const standing = out.get(name) ?? [];
    out.set(
      name,
      standing.filter(({ reference }) => reference !== record.reference),
    );
    stated({ reference: record.reference, kind: 'returned', partnerReference: record.partnerReference });
    tell(record, 'returned');
  }

  function tell({ reference }: Booked, status: Notification['status']): void {
    if (luck.fault('callback_lost', 0.15)) return;
    time.after(luck.between(second, minute), () => callback({ reference, status }));
    if (luck.fault('callback_repeated', 0.05))
      time.after(luck.between(minute, 3 * hour), () => callback({ reference, status }));
  }

  const remembered = (reference: string): Booked | undefined => {
    const record = book.get(reference);
    return record && time.now() - record.at < memoryDays * day ? record : undefined;
  };

  /** An order arrives. */
  function pay(order: Order): PayoutResult {
    luck.step(`partner: ${order.reference} arrives`);
    if (luck.fault('partner_down', 0.015))
      return luck.chance(0.5) ? { kind: 'later', reason: 'partner_down' } : { kind: 'unknown', cause: 'http_503' };
    if (luck.fault('throttled', 0.02)) return { kind: 'later', reason: 'rate_limited' };
    if (luck.fault('partner_stopped', 0.001)) return { kind: 'stop', reason: 'unauthorized' };
    const known = forgets ? undefined : remembered(order.reference);
    if (known) return again(known);
    const first = isFirstSeen.get(order.reference) ?? time.now();
    isFirstSeen.set(order.reference, first);
    if (order.healthy === 'limited' && time.now() - first < limitDays * day)
      return { kind: 'later', reason: 'limit_exceeded' };
    const partnerReference = `BOOK${book.size + 1}`;
    const record: Booked = { ...order, status: 'processing', at: time.now(), partnerReference };
    book.set(order.reference, record);
    if (order.healthy === 'closed') {
      // Some keep a refused order in their book, others know nothing of it afterwards.
      if (luck.chance(0.5)) book.delete(order.reference);
      record.status = 'failed';
      return { kind: 'refused', reason: 'account_closed', fault: 'account' };
    }
    if (luck.chance(0.04)) {
      time.after(luck.between(5 * second, 30 * hour), () => finish(record));
      return { kind: 'in_progress' };
    }
    moveOut(record);
    return { kind: 'paid', partnerReference };
  }

  function finish(record: Booked): void {
    luck.step(`partner: ${record.reference} is finished`);
    if (luck.chance(0.95)) {
      moveOut(record);
    } else {
      record.status = 'failed';
      tell(record, 'refused');
    }
  }

  function again({ status, partnerReference }: Booked): PayoutResult {
    if (luck.fault('answered_duplicate', 0.4)) return { kind: 'unknown', cause: 'duplicate' };
    if (status === 'processing') return { kind: 'in_progress' };
    if (status === 'failed') return { kind: 'refused', reason: 'account_closed', fault: 'account' };
    return { kind: 'paid', partnerReference };
  }

  /** A question about an order arrives. */
  function inquire(reference: string): InquiryResult {
    luck.step(`partner: asked about ${reference}`);
    if (luck.fault('partner_down', 0.015)) return { kind: 'unknown', cause: 'http_503' };
    if (luck.fault('throttled', 0.02)) return { kind: 'unknown', cause: 'rate_limited' };
    const record = remembered(reference);
    if (!record) return { kind: 'not_found' };
    if (time.now() - record.at < staleMilliseconds && luck.fault('status_stale', 0.05)) return { kind: 'not_found' };
    const { status, partnerReference } = record;
    if (status === 'processing') return { kind: 'in_progress' };
    if (status === 'failed') return { kind: 'refused', reason: 'status_failed', fault: 'account' };
    return { kind: status, partnerReference };
  }

  return {
    pay,
    inquire,
    /** What the book says of a reference. */
    statusOf: (reference: string): BookStatus | undefined => book.get(reference)?.status,
  };
}

const nameOf = (kind: IncentiveKind, number: number) => `${kind} ${number}`;
