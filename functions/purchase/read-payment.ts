import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { wholeSeconds } from '#shared/platform/partner-envelope.ts';
import { partnerApi } from '#shared/platform/partner-http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { paymentAnswer } from '#shared/purchase/payment-answer.ts';
import { readPayment } from '#shared/purchase/purchase-api.ts';
import { purchaseOfCode } from '#shared/purchase/purchase-of-code.ts';
import { type RedeemCodes, redeemCodeOf, redeemCodes } from '#shared/purchase/redeem-codes.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly partners: Partners;
  readonly redeemCodes: RedeemCodes;
  readonly participants: Participants;
  readonly keys: () => Promise<Keys>;
};

/** POST …/payment/status: a payment by the invoice code of the platform that asks. */
export function answerPayment({ partners, redeemCodes, participants, keys }: Deps) {
  return partnerApi({ endpoint: readPayment, partners, kind: 'platform' }, async ({ body, partner }) => {
    const opened = await keys();
    const code = redeemCodeOf(opened, partner.clientCode, body.invoice_code);
    const found = await purchaseOfCode({ redeemCodes, participants }, code);
    if (!found) throw new Refusal('purchase_unknown');
    const { participantId, purchase, file } = found;
    return {
      success: true,
      message: 'OK',
      data: {
        created_at: wholeSeconds(purchase.purchasedAt),
        ...paymentAnswer(opened, participantId, file, purchase),
      },
    };
  });
}

const table = programTable();
export const handler = answerPayment({
  partners: partners(table, programKeys),
  redeemCodes: redeemCodes(table),
  participants: participants(table),
  keys: programKeys,
});
