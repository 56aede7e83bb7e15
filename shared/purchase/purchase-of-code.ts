import type { Participant, Participants } from '#shared/journal/participant.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { Purchase } from '#shared/purchase/purchase.ts';
import type { RedeemCodes } from '#shared/purchase/redeem-codes.ts';

type Stores = { readonly redeemCodes: RedeemCodes; readonly participants: Participants };
export type Found = { readonly participantId: string; readonly purchase: Purchase; readonly file: Participant };

/** The purchase behind a redeem code, or null: also while a claimed code has no purchase yet. */
export async function purchaseOfCode({ redeemCodes, participants }: Stores, redeemCode: string): Promise<Found | null> {
  const owner = await redeemCodes.ownerOf(redeemCode);
  if (!owner) return null;
  const { state: file } = await participants.load(owner.participantId);
  const purchase = file.purchases.paid.find((paid) => paid.redeemCode === redeemCode);
  return purchase ? { participantId: owner.participantId, purchase, file } : null;
}

/**
 * The purchase behind a redeem code for the institution that teaches it.
 * @throws Refusal `redeem_code_unknown`, `redeem_code_foreign`.
 */
export async function purchaseForInstitution(
  stores: Stores,
  redeemCode: string,
  institutionCode: string,
): Promise<Found> {
  const found = await purchaseOfCode(stores, redeemCode);
  if (!found) throw new Refusal('redeem_code_unknown');
  if (found.purchase.institutionCode !== institutionCode) throw new Refusal('redeem_code_foreign');
  return found;
}
