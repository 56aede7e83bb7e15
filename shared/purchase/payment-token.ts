import * as z from 'zod/mini';
import type { Keys } from '#shared/platform/keys.ts';
import { sixDigits } from '#shared/platform/readable-code.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { openTicket, sealTicket } from '#shared/platform/ticket.ts';

const PaymentToken = z.strictObject({ participantId: z.string(), purchaseId: z.string() });
type PaymentToken = z.infer<typeof PaymentToken>;

/** The payment token of a reservation: sealed, bound to the platform that asked for it. */
export function paymentTokenOf(keys: Keys, platformCode: string, token: PaymentToken): string {
  return sealTicket(keys, `payment#${platformCode}`, token);
}

/** What `Authorization: Payment PAYMENT_TOKEN` names. @throws Refusal `payment_token_invalid`, also for a foreign token. */
export function readPaymentToken(keys: Keys, platformCode: string, authorization: string): PaymentToken {
  const token = openTicket(keys, `payment#${platformCode}`, authorization.replace(/^Payment /, ''), PaymentToken);
  if (!token) throw new Refusal('payment_token_invalid');
  return token;
}

/** The one-time code of a reservation: six digits, the same for whoever derives it, stored nowhere. */
export function oneTimeCodeOf(keys: Keys, purchaseId: string): string {
  return sixDigits(keys.tag('one-time-code', purchaseId));
}
