import { ok } from 'node:assert/strict';
import type { PartnerProfile, PaymentService } from '#infra/local/simulators/payments/partners.ts';
import { wibDay } from '#shared/platform/wib.ts';

/** One payment really made. `at` is an ISO time, `accountNo` a bank account or a wallet's number. */
export type BookedPayment = {
  readonly referenceNo: string;
  readonly partnerReferenceNo: string;
  readonly partnerCode: string;
  readonly serviceCode: PaymentService;
  readonly accountNo: string;
  /** Only of a transfer between banks. */
  readonly bankCode?: string;
  readonly amountRupiah: number;
  readonly at: string;
  /** ISO time; only of funds that came back. */
  readonly returnedAt?: string;
};

/** A payment as it is asked for. `remark` stands in the statement. */
export type PaymentOrder = Omit<BookedPayment, 'referenceNo' | 'partnerCode' | 'at' | 'returnedAt'> & {
  readonly remark: string;
};

/** 00 success, 03 pending, 04 refunded, 06 failed: `latestTransactionStatus` of SNAP BI. */
export type TransactionStatus = '00' | '03' | '04' | '06';

/** An order that was accepted, whatever became of it. */
export type AcceptedOrder = PaymentOrder & {
  readonly referenceNo: string;
  readonly acceptedAt: Date;
  readonly status: TransactionStatus;
};

/** One line of the program's account at the partner. Rupiah are negative where money leaves it. */
export type Posting = {
  readonly kind: 'payment' | 'fee' | 'return' | 'funding';
  readonly at: Date;
  readonly changeRupiah: number;
  readonly bankReference: string;
  /** The program's own reference; none on a fee and on funding. */
  readonly partnerReferenceNo?: string;
  readonly description: string;
};

/** When an order in progress ends: after this time, or when it was inquired about so often. Whichever comes first. */
export type ProgressTerms = { readonly seconds: number; readonly inquiries: number };
type Pending = { readonly end: '00' | '06'; readonly dueAt: Date; inquiriesLeft: number };

const dayMilliseconds = 86_400_000;
/** A statement in MT940 has room for twelve digits before the comma. */
export const maximumBalanceRupiah = 999_999_999_999;
const openingRupiah = 900_000_000_000;

/** The partner's book: what was accepted, what was paid, and what the program's account holds. Never shortened: it is the evidence. */
export function paymentBook(profile: PartnerProfile, now: () => Date, onChange: (order: AcceptedOrder) => void) {
  const orders: AcceptedOrder[] = [];
  const latest = new Map<string, number>(); // Place in `orders` by the program's reference.
  const pending = new Map<number, Pending>();
  const paid = new Map<number, BookedPayment>();
  const postings: Posting[] = [];
  let baseRupiah = openingRupiah;
  let changesRupiah = 0;
  let heldRupiah = 0;
  let sequence = 0;
  let memoryDays = Number.POSITIVE_INFINITY;

  function nextReference(at: Date): string {
    sequence += 1;
    return `${profile.referencePrefix}${wibDay(at).slice(2).replaceAll('-', '')}${String(sequence).padStart(8, '0')}`;
  }

  function post(posting: Posting): void {
    postings.push(posting);
    changesRupiah += posting.changeRupiah;
  }

  const costRupiah = ({ amountRupiah, serviceCode }: PaymentOrder) => amountRupiah + profile.feesRupiah[serviceCode];

  function place(order: PaymentOrder, status: TransactionStatus): number {
    const at = now();
    orders.push({ ...order, referenceNo: nextReference(at), acceptedAt: at, status });
    latest.set(order.partnerReferenceNo, orders.length - 1);
    return orders.length - 1;
  }

  function orderAt(index: number): AcceptedOrder {
    const order = orders[index];
    ok(order, 'An order is never removed');
    return order;
  }

  function change(index: number, status: TransactionStatus): void {
    orders[index] = { ...orderAt(index), status };
    onChange(orderAt(index));
  }

  function enter(index: number, at: Date): void {
    const { acceptedAt: _, status: __, remark, ...order } = orderAt(index);
    const { referenceNo, partnerReferenceNo, amountRupiah, serviceCode } = order;
    paid.set(index, { ...order, partnerCode: profile.code, at: at.toISOString() });
    const of = { at, bankReference: referenceNo };
    post({ ...of, kind: 'payment', changeRupiah: -amountRupiah, partnerReferenceNo, description: remark });
    const fee = profile.feesRupiah[serviceCode];
    if (fee > 0) post({ ...of, kind: 'fee', changeRupiah: -fee, description: `BIAYA ${referenceNo}` });
    change(index, '00');
  }

  function settle(index: number, { end }: Pending, at: Date): void {
    pending.delete(index);
    heldRupiah -= costRupiah(orderAt(index));
    if (end === '00') enter(index, at);
    else change(index, '06');
  }

  /** Ends what is due by now. Called before the book is looked at, so that nobody sees a time that has passed. */
  function settleDue(): void {
    for (const [index, waiting] of pending) if (waiting.dueAt <= now()) settle(index, waiting, waiting.dueAt);
  }

  function find(partnerReferenceNo: string): number | undefined {
    const index = latest.get(partnerReferenceNo);
    if (index === undefined) return undefined;
    const age = now().getTime() - orderAt(index).acceptedAt.getTime();
    return age < memoryDays * dayMilliseconds ? index : undefined;
  }

  return {
    settleDue,
    setMemoryDays: (days: number) => {
      memoryDays = days;
    },
    /** Whether a reference is taken: whatever became of its order. */
    knows: (partnerReferenceNo: string): boolean => find(partnerReferenceNo) !== undefined,
    covers: (order: PaymentOrder): boolean => costRupiah(order) <= baseRupiah + changesRupiah - heldRupiah,

    pay(order: PaymentOrder): AcceptedOrder {
      const index = place(order, '00');
      enter(index, now());
      return orderAt(index);
    },

    /** Accepts an order that ends later: as paid (00) or failed (06). Until then its amount is set aside. */
    begin(order: PaymentOrder, end: '00' | '06', { seconds, inquiries }: ProgressTerms): AcceptedOrder {
      const index = place(order, '03');
      heldRupiah += costRupiah(order);
      const dueAt = new Date(now().getTime() + seconds * 1000);
      pending.set(index, { end, dueAt, inquiriesLeft: inquiries });
      return orderAt(index);
    },

    /** What became of an order, for an inquiry; undefined for one that is not remembered. */
    inquire(partnerReferenceNo: string): AcceptedOrder | undefined {
      settleDue();
      const index = find(partnerReferenceNo);
      if (index === undefined) return undefined;
      const waiting = pending.get(index);
      if (waiting && waiting.inquiriesLeft === 0) settle(index, waiting, now());
      else if (waiting) waiting.inquiriesLeft -= 1;
      return orderAt(index);
    },

    /** Sends the money of the last payment under a reference back. False when there is none to send back. */
    returnFunds(partnerReferenceNo: string): boolean {
      settleDue();
      const index = latest.get(partnerReferenceNo);
      const payment = index === undefined ? undefined : paid.get(index);
      if (index === undefined || !payment || payment.returnedAt !== undefined) return false;
      const at = now();
      paid.set(index, { ...payment, returnedAt: at.toISOString() });
      const description = `RETUR ${payment.referenceNo}`;
      const changeRupiah = payment.amountRupiah;
      post({ kind: 'return', at, changeRupiah, bankReference: nextReference(at), partnerReferenceNo, description });
      change(index, '04');
      return true;
    },

    /** Funds the program's account, or takes from it, until it holds this much. Before the first posting that is how it starts. */
    setBalance(rupiah: number): void {
      ok(
        Number.isInteger(rupiah) && rupiah >= 0 && rupiah <= maximumBalanceRupiah,
        'A balance of at most twelve digits',
      );
      const at = now();
      const changeRupiah = rupiah - baseRupiah - changesRupiah;
      if (postings.length === 0) baseRupiah = rupiah;
      else if (changeRupiah !== 0)
        post({
          kind: 'funding',
          at,
          changeRupiah,
          bankReference: nextReference(at),
          description: 'PEMINDAHAN DANA PROGRAM',
        });
    },

    balanceRupiah: (): number => baseRupiah + changesRupiah,
    /** The balance without what is set aside for orders in progress. */
    availableRupiah: (): number => baseRupiah + changesRupiah - heldRupiah,
    openingRupiah: (): number => baseRupiah,
    /** In the order of their times. */
    postings(): Posting[] {
      settleDue();
      return postings.toSorted((one, other) => one.at.getTime() - other.at.getTime());
    },
    /** What was paid, oldest first. */
    payments(): BookedPayment[] {
      settleDue();
      return [...paid.values()];
    },
  };
}

export type PaymentBook = ReturnType<typeof paymentBook>;
