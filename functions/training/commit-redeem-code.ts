import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { programKeys } from '#shared/platform/keys.ts';
import { partnerApi } from '#shared/platform/partner-http.ts';
import { purchaseForInstitution } from '#shared/purchase/purchase-of-code.ts';
import { type RedeemCodes, redeemCodes } from '#shared/purchase/redeem-codes.ts';
import { programTable } from '#shared/table/table.ts';
import { redeem } from '#shared/training/training.ts';
import { commitRedeemCode } from '#shared/training/training-api.ts';

type Deps = {
  readonly partners: Partners;
  readonly redeemCodes: RedeemCodes;
  readonly participants: Participants;
};

/** POST …/redeem-code/commit: declares a code used. The same signed request again is a repeat; another one is refused. */
export function useRedeemCode({ partners, redeemCodes, participants }: Deps) {
  const options = { endpoint: commitRedeemCode, partners, kind: 'institution' } as const;
  return partnerApi(options, async ({ body: { redeem_code }, partner, signature }) => {
    const found = await purchaseForInstitution({ redeemCodes, participants }, redeem_code, partner.clientCode);
    const { participantId, purchase } = found;
    await participants.change(participantId, ({ training }) => redeem(training, purchase.purchaseId, signature));
    return { success: true, message: 'OK', data: { redeem_code, course_code: purchase.courseCode, status: 1 } };
  });
}

const table = programTable();
export const handler = useRedeemCode({
  partners: partners(table, programKeys),
  redeemCodes: redeemCodes(table),
  participants: participants(table),
});
