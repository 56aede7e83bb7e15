import { describe, expect, it } from 'vitest';
import { offerOf } from '#shared/catalogue/course.ts';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { lastCourseIsDone, type Participant } from '#shared/journal/participant.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import { pay, purchaseLimits, reserve } from '#shared/purchase/purchase.ts';
import {
  courseOf,
  decided,
  fileAfter,
  minutesAfter,
  paymentOf,
  platform,
  purchaseIdOf,
  start,
} from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

type Asked = {
  readonly priceRupiah?: number;
  readonly amountRupiah?: number;
  readonly now?: Date;
  readonly number?: number;
  readonly courseCode?: string;
  readonly canBuyAfterStart?: boolean;
  readonly startsAt?: Date;
  readonly commissionBasisPoints?: number;
  readonly from?: string;
};

/** Asks for a one-time code: another course than the first, the one interesting value as argument. */
function ask(file: Participant, asked: Asked = {}) {
  const { priceRupiah = 1_000_000, amountRupiah = priceRupiah, now = minutesAfter(start, 60), number = 2 } = asked;
  const { courseCode = 'COURSE-2', canBuyAfterStart, startsAt, commissionBasisPoints = 1_000 } = asked;
  const offer = {
    ...offerOf(courseOf({ courseCode, priceRupiah }), 'SCHEDULE-1'),
    ...(canBuyAfterStart !== undefined && { canBuyAfterStart }),
    ...(startsAt && { startsAt }),
  };
  const buyer = { ...file, lastCourseIsDone: lastCourseIsDone(file) };
  const from = { clientCode: asked.from ?? platform.clientCode, commissionBasisPoints };
  return reserve(buyer, {
    purchaseId: purchaseIdOf(number),
    platform: from,
    platformUserId: 'u',
    amountRupiah,
    offer,
    now,
  });
}

// Decreed on 2 November 2026 by the normal scheme.
const lastInstant = new Date('2026-11-17T16:59:59.999Z');
const tooLate = new Date('2026-11-17T17:00:00.000Z');
const revoked = (file: Participant) => decided(file, revokeOverdue(file, tooLate), tooLate);

describe('asking for a one-time code', () => {
  it('sets the price aside for ten minutes', () => {
    const { balances, purchases } = fileAfter('reserve');
    expect(balances).toMatchObject({ training_credit: 2_500_000, reserved: 1_000_000 });
    expect(purchases.open?.expiresAt).toBe(minutesAfter(start, 4 + 10).toISOString());
  });

  it('covers a price of exactly the credit, and refuses one rupiah more', () => {
    const file = decided(fileAfter('decree'), ask(fileAfter('decree'), { priceRupiah: 3_500_000 }), start);
    expect(file.balances).toMatchObject({ training_credit: 0, reserved: 3_500_000 });
    expectRefusal(() => ask(fileAfter('decree'), { priceRupiah: 3_500_001 }), 'credit_insufficient');
  });

  it('counts what an open reservation gives back, and not a rupiah more', () => {
    const file = fileAfter('reserve');
    expect(ask(file, { priceRupiah: 3_500_000 }).events.map(({ type }) => type)).toEqual([
      'ReservationReleased',
      'PurchaseReserved',
    ]);
    expectRefusal(() => ask(file, { priceRupiah: 3_500_001 }), 'credit_insufficient');
  });

  it('gives an open reservation up for the new one', () => {
    const file = fileAfter('reserve');
    const { balances, purchases } = decided(file, ask(file, { priceRupiah: 2_000_000 }), start);
    expect(balances).toMatchObject({ training_credit: 1_500_000, reserved: 2_000_000 });
    expect(purchases.open?.purchaseId).toBe(purchaseIdOf(2));
  });

  it('has time until the last instant for the first course, and not a millisecond longer', () => {
    const file = fileAfter('decree');
    expect(ask(file, { now: lastInstant }).events).toHaveLength(1);
    expectRefusal(() => ask(file, { now: tooLate }), 'purchase_deadline_passed');
  });

  it('has no deadline for the courses after the first', () => {
    expect(ask(fileAfter('rate'), { now: new Date('2027-06-01T00:00:00.000Z') }).events).toHaveLength(1);
  });

  it.each<[RefusalCode, string, () => unknown]>([
    ['not_recipient', 'somebody without a decree', () => ask(fileAfter('join'))],
    ['membership_revoked', 'a revoked recipient', () => ask(revoked(fileAfter('decree')))],
    ['price_differs', 'a rupiah below the price', () => ask(fileAfter('decree'), { amountRupiah: 999_999 })],
    ['price_differs', 'a rupiah above the price', () => ask(fileAfter('decree'), { amountRupiah: 1_000_001 })],
    ['course_repeated', 'a course bought before', () => ask(fileAfter('rate'), { courseCode: 'COURSE-1' })],
    ['training_unfinished', 'a course not completed', () => ask(fileAfter('redeem'))],
    ['training_unfinished', 'a course completed but not rated', () => ask(fileAfter('certify'))],
  ])('is refused as %s: %s', (code, _, act) => {
    expectRefusal(act, code);
  });

  it.each([
    ['one that starts in a millisecond', false, 1, true],
    ['one that starts now', false, 0, false],
    ['a self-paced one that has started', true, -1, true],
  ])('of a course: %s', (_, canBuyAfterStart, milliseconds, isTaken) => {
    const now = minutesAfter(start, 60);
    const startsAt = new Date(now.getTime() + milliseconds);
    const act = () => ask(fileAfter('decree'), { now, startsAt, canBuyAfterStart });
    if (isTaken) expect(act().events).toHaveLength(1);
    else expectRefusal(act, 'schedule_started');
  });

  it.each([
    [1_500, 999_999, 149_999],
    [1_000, 1_000_009, 100_000],
    [0, 1_000_000, 0],
  ])(
    'books a commission of %i basis points of Rp %i as Rp %i: rounded down',
    (commissionBasisPoints, priceRupiah, commission) => {
      const asked = decided(
        fileAfter('decree'),
        ask(fileAfter('decree'), { priceRupiah, commissionBasisPoints }),
        start,
      );
      const { balances } = decided(asked, pay(asked, paymentOf(2, start)), start);
      expect(balances).toMatchObject({
        platform_commission: commission,
        institution_payable: priceRupiah - commission,
        reserved: 0,
      });
    },
  );
});

describe('sending codes', () => {
  /** A file for which codes were sent at these minutes. */
  const sentAt = (minutes: readonly number[]) =>
    minutes.reduce((file, minute) => {
      const now = minutesAfter(start, minute);
      return decided(file, ask(file, { now }), now);
    }, fileAfter('decree'));

  it('is locked after five more than the first, for two hours from the last', () => {
    const file = sentAt([10, 11, 12, 13, 14, 95]);
    const free = minutesAfter(start, 95 + 120);
    expectRefusal(() => ask(file, { now: new Date(free.getTime() - 1) }), 'otp_resends_exceeded');
    expect(ask(file, { now: free }).events).not.toHaveLength(0);
  });

  it('is not locked after five', () => {
    expect(ask(sentAt([10, 11, 12, 13, 14]), { now: minutesAfter(start, 15) }).events).not.toHaveLength(0);
  });

  it('ends after two hundred in a lifetime', () => {
    const now = minutesAfter(start, 60);
    const file = fileAfter('decree');
    const havingSent = (...sent: readonly (readonly [string, number])[]) => ({
      ...file,
      purchases: { ...file.purchases, sent: new Map(sent.map(([code, count]) => [code, { run: null, count }])) },
    });
    const { sendsEver, sendsEverOfAll } = purchaseLimits;
    expect(ask(havingSent([platform.clientCode, sendsEver - 1]), { now }).events).toHaveLength(1);
    expectRefusal(() => ask(havingSent([platform.clientCode, sendsEver]), { now }), 'otp_resends_exceeded');
    expect(ask(havingSent(['OTHER', sendsEver]), { now }).events).toHaveLength(1);
    expectRefusal(() => ask(havingSent(['OTHER', sendsEverOfAll]), { now }), 'otp_resends_exceeded');
  });

  it('by one platform locks no other out', () => {
    const file = sentAt([10, 11, 12, 13, 14, 15]);
    const later = minutesAfter(start, 26);
    expectRefusal(() => ask(file, { now: later }), 'otp_resends_exceeded');
    expect(ask(file, { now: later, from: 'OTHER' }).events).toHaveLength(2);
  });

  it('waits while a purchase on another platform is open', () => {
    const file = sentAt([10]);
    expectRefusal(() => ask(file, { now: minutesAfter(start, 20), from: 'OTHER' }), 'purchase_pending');
    const lapsed = new Date(minutesAfter(start, 20).getTime() + 1);
    expect(ask(file, { now: lapsed, from: 'OTHER' }).events).toHaveLength(2);
  });
});

describe('paying', () => {
  const file = fileAfter('reserve');
  const reservedAt = minutesAfter(start, 4);
  const payment = (changes: Partial<ReturnType<typeof paymentOf>> = {}) => ({
    ...paymentOf(1, minutesAfter(start, 5)),
    ...changes,
  });

  it('divides the price between institution and platform', () => {
    const { balances, purchases } = fileAfter('pay');
    expect(balances).toMatchObject({ reserved: 0, institution_payable: 900_000, platform_commission: 100_000 });
    expect(purchases).toMatchObject({
      open: null,
      paid: [{ ordinal: 1, redeemCode: 'REDEEM-1', priceRupiah: 1_000_000 }],
    });
  });

  it('again with the same invoice and code is the purchase that is there', () => {
    expect(pay(fileAfter('pay'), payment()).events).toEqual([]);
  });

  it('again after the reservation, the deadline or the membership ended is still that purchase', () => {
    expect(pay(fileAfter('pay'), payment({ now: new Date('2027-01-01T00:00:00.000Z') })).events).toEqual([]);
  });

  it.each<[RefusalCode, string, () => unknown]>([
    [
      'payment_token_invalid',
      'again with another invoice',
      () => pay(fileAfter('pay'), payment({ invoiceCode: 'OTHER' })),
    ],
    ['payment_token_invalid', 'again with a wrong code', () => pay(fileAfter('pay'), payment({ codeIsRight: false }))],
    ['payment_token_invalid', 'what was never reserved', () => pay(fileAfter('decree'), payment())],
    ['payment_token_invalid', 'another reservation', () => pay(file, payment({ purchaseId: purchaseIdOf(9) }))],
    ['not_recipient', 'without a decree', () => pay(fileAfter('join'), payment())],
    ['membership_revoked', 'after the revocation', () => pay(revoked(file), payment())],
  ])('is refused as %s: %s', (code, _, act) => {
    expectRefusal(act, code);
  });

  it('has ten minutes, to the millisecond', () => {
    const end = minutesAfter(reservedAt, 10);
    expect(pay(file, payment({ now: end })).events).toMatchObject([{ type: 'CoursePurchased' }]);
    expectRefusal(() => pay(file, payment({ now: new Date(end.getTime() + 1) })), 'payment_token_invalid');
  });

  it('ends with the deadline of the first course, also for what was reserved before', () => {
    const now = new Date(lastInstant.getTime() - 60_000);
    const reserved = decided(fileAfter('decree'), ask(fileAfter('decree'), { number: 1, now }), now);
    expect(pay(reserved, payment({ now: lastInstant })).events).toMatchObject([{ type: 'CoursePurchased' }]);
    expectRefusal(() => pay(reserved, payment({ now: tooLate })), 'purchase_deadline_passed');
  });

  it('takes a right code after four wrong ones, and none after five', () => {
    let guessed = file;
    for (let wrong = 1; wrong <= 5; wrong += 1) {
      const decision = pay(guessed, payment({ codeIsRight: false }));
      expect(decision.events).toEqual([{ type: 'OneTimeCodeRefused', purchaseId: purchaseIdOf(1) }]);
      if (wrong === 5) expect(pay(guessed, payment()).events).toMatchObject([{ type: 'CoursePurchased' }]);
      guessed = decided(guessed, decision, start);
    }
    expectRefusal(() => pay(guessed, payment()), 'otp_attempts_exceeded');
    expectRefusal(() => pay(guessed, payment({ codeIsRight: false })), 'otp_attempts_exceeded');
  });

  it('counts wrong codes anew for a new reservation', () => {
    const guessed = decided(file, pay(file, payment({ codeIsRight: false })), start);
    expect(guessed.purchases.open?.wrongCodes).toBe(1);
    expect(decided(guessed, ask(guessed), start).purchases.open?.wrongCodes).toBe(0);
  });

  it('numbers the courses of a person: only the first brings an incentive', () => {
    const first = fileAfter('rate');
    const now = minutesAfter(start, 60);
    const again = decided(first, ask(first, { now }), now);
    expect(pay(again, paymentOf(2, now)).events).toMatchObject([{ type: 'CoursePurchased', ordinal: 2 }]);
  });
});
