import type * as z from 'zod/mini';
import { NotificationBody } from '#shared/incentive/notification-api.ts';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import type { PaymentCredentials } from '#shared/incentive/snap/credentials.ts';
import { type StatusOutcome, statusOutcome } from '#shared/incentive/snap/response-codes.ts';
import { notificationSignatureMatches } from '#shared/incentive/snap/signature.ts';
import { Refusal } from '#shared/platform/refusal.ts';

/** A call as it came. */
export type NotificationRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body before any parsing. */
  readonly body: string;
};

/** What a partner says of its own accord. It may come twice, late or never. */
export type Notification = {
  readonly partnerCode: PaymentPartnerCode;
  /** Ours, of the payout. */
  readonly reference: string;
  readonly partnerReference: string;
  readonly status: StatusOutcome['outcome'];
};

const toleranceMilliseconds = 300_000;

/**
 * Verifies a notification: who sent it, when, and that nothing in it was changed; only then is its body read.
 * @throws Refusal `payment_partner_unknown`, `timestamp_stale`, `signature_wrong`, `request_invalid`.
 */
export function verifyNotification(
  { method, path, headers: given, body }: NotificationRequest,
  credentials: PaymentCredentials,
  now: Date,
): Notification {
  const headers = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value ?? '']));
  const header = (name: string): string => headers.get(name) ?? '';
  const timestamp = header('x-timestamp');
  const senders = PaymentPartnerCode.options.flatMap((code) => {
    const known = credentials[code];
    return known && known.partnerId === header('x-partner-id') ? [{ code, key: known.partnerPublicKey }] : [];
  });
  if (senders.length === 0) throw new Refusal('payment_partner_unknown');
  if (!isFresh(timestamp, now)) throw new Refusal('timestamp_stale');
  const message = { method, path, body, timestamp };
  // Two partners may know us by the same id: the key tells which of them it is.
  const sender = senders.find(({ key }) => notificationSignatureMatches(key, message, header('x-signature')));
  if (!sender) throw new Refusal('signature_wrong');
  const { originalPartnerReferenceNo, originalReferenceNo, latestTransactionStatus } = parsedBody(body);
  return {
    partnerCode: sender.code,
    reference: originalPartnerReferenceNo,
    partnerReference: originalReferenceNo,
    status: statusOutcome(latestTransactionStatus).outcome,
  };
}

/** Whether a timestamp names an instant, with its offset, that is not far from now. */
function isFresh(timestamp: string, now: Date): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/.test(timestamp)) return false;
  return Math.abs(now.getTime() - Date.parse(timestamp)) <= toleranceMilliseconds;
}

function parsedBody(body: string): z.infer<typeof NotificationBody> {
  try {
    return NotificationBody.parse(JSON.parse(body));
  } catch {
    throw new Refusal('request_invalid');
  }
}
