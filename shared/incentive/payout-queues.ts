import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import type { ReleasedPayout } from '#shared/incentive/release-files.ts';
import type { PayoutMessage, ReleaseMessage } from '#shared/operations/messages.ts';
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

/** Has the worker pay a listed payout of a release; `again` where the message may have been sent before. */
export function payMessage(payout: ReleasedPayout, releaseId: string, again: boolean): Outgoing {
  const { partnerCode, participantId, reference, relisted } = payout;
  const body = { step: 'pay', participantId, reference, releaseId, again, ...(relisted && { relisted }) } as const;
  return payoutMessage(partnerCode, body);
}

/** A message about a release, or about one file of its list. */
export const releaseMessage = (body: ReleaseMessage): Outgoing => ({ queue: 'releaseQueueUrl', body });
