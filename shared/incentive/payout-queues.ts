import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import type { PayoutMessage } from '#shared/operations/messages.ts';
import type { Outgoing } from '#shared/platform/queues.ts';

/** Each payment partner has a queue and a worker of its own: one that is slow or down holds up nobody else. */
const queueOf = {
  'bank-induk': 'bankIndukQueueUrl',
  switching: 'switchingQueueUrl',
} as const satisfies Record<PaymentPartnerCode, Outgoing['queue']>;

/** A message about a payout, to the queue of its partner. @throws for a partner that nobody knows. */
export function payoutMessage(partnerCode: string, body: PayoutMessage): Outgoing {
  return { queue: queueOf[PaymentPartnerCode.parse(partnerCode)], body };
}
