import { ok } from 'node:assert/strict';
import { type Courses, courses, scheduleOf } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { type Seats, seats } from '#shared/catalogue/seats.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { equalTexts, type Keys, programKeys } from '#shared/platform/keys.ts';
import { partnerApi } from '#shared/platform/partner-http.ts';
import { readableCode } from '#shared/platform/readable-code.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { paymentAnswer } from '#shared/purchase/payment-answer.ts';
import { oneTimeCodeOf, readPaymentToken } from '#shared/purchase/payment-token.ts';
import { pay } from '#shared/purchase/purchase.ts';
import { authorizePayment } from '#shared/purchase/purchase-api.ts';
import { type RedeemCodes, redeemCodeOf, redeemCodes } from '#shared/purchase/redeem-codes.ts';
import { permit } from '#shared/registration/privacy/processing.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly partners: Partners;
  readonly courses: Courses;
  readonly seats: Seats;
  readonly redeemCodes: RedeemCodes;
  readonly participants: Participants;
  readonly keys: () => Promise<Keys>;
};

/**
 * POST …/payment/authorize: pays what was reserved, once. Invoice and seat are claimed under the purchase's own id before
 * the event is written, so a repeat after a crash finds its claims and goes on.
 */
export function payReserved({ partners, courses, seats, redeemCodes, participants, keys }: Deps) {
  const options = { endpoint: authorizePayment, partners, kind: 'platform' } as const;
  return partnerApi(options, async ({ body, partner, authorization }) => {
    const opened = await keys();
    const { participantId, purchaseId } = readPaymentToken(opened, partner.clientCode, authorization);
    const redeemCode = redeemCodeOf(opened, partner.clientCode, body.invoice_code);
    const payment = {
      purchaseId,
      codeIsRight: equalTexts(body.otp, oneTimeCodeOf(opened, purchaseId)),
      invoiceCode: body.invoice_code,
      invoiceUrl: body.invoice_url,
      transactionCode: readableCode(opened.tag('transaction-code', purchaseId), 16),
      redeemCode,
    };
    const file = await participants.change(participantId, async (before, now) => {
      const decision = pay(before, { ...payment, now });
      const { open } = before.purchases;
      if (open && decision.events.some(({ type }) => type === 'CoursePurchased')) {
        // Before anything is claimed for it: a seat that nobody may take stays free.
        permit(before, ['CoursePurchased'], now);
        await redeemCodes.claim(redeemCode, { participantId, purchaseId });
        const course = await courses.course(open.courseCode);
        await seats.claim(open.courseCode, scheduleOf(course, open.scheduleCode), purchaseId);
      }
      return decision;
    });
    if (!payment.codeIsRight) throw new Refusal('otp_wrong');

    const paid = file.purchases.paid.find((purchase) => purchase.purchaseId === purchaseId);
    ok(paid, 'A right code pays');
    return {
      success: true,
      message: 'Pelatihan berhasil dibeli.',
      data: paymentAnswer(opened, participantId, file, paid),
    };
  });
}

const table = programTable();
export const handler = payReserved({
  partners: partners(table, programKeys),
  courses: courses(table),
  seats: seats(table),
  redeemCodes: redeemCodes(table),
  participants: participants(table),
  keys: programKeys,
});
