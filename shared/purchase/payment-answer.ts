import type { Participant } from '#shared/journal/participant.ts';
import type { Keys } from '#shared/platform/keys.ts';
import type { Purchase } from '#shared/purchase/purchase.ts';
import { openPerson } from '#shared/registration/person.ts';
import { verified } from '#shared/registration/registration.ts';

/** A payment in the words of the partner contract. */
export function paymentAnswer(keys: Keys, participantId: string, file: Participant, purchase: Purchase) {
  return {
    invoice_code: purchase.invoiceCode,
    transaction_code: purchase.transactionCode,
    amount: purchase.priceRupiah,
    status: 'SUCCESS',
    prakerja_name: openPerson(keys, participantId, verified(file.registration)).name,
  } as const;
}
