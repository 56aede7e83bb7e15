import type { ParticipantEvent } from '#shared/journal/participant.ts';
import type { NoticeMessage } from '#shared/operations/messages.ts';

/**
 * The notice that an event brings with it; null where there is none. The outbox sends it (`dispatch.ts`, and a test holds the two
 * together); here an export reads what a citizen was told, without the queues.
 */
export function noticeAfter(event: ParticipantEvent): NoticeMessage['notice'] | null {
  switch (event.type) {
    case 'PayoutAccountChecked':
      return event.check.outcome === 'refused' ? 'account_refused' : null;
    case 'PhoneVerified':
      return event.replaces ? 'phone_changed' : null;
    default:
      return noticeKinds[event.type] ?? null;
  }
}

const noticeKinds: Partial<Readonly<Record<ParticipantEvent['type'], NoticeMessage['notice']>>> = {
  PrivacyRequested: 'privacy_requested',
  ErasureRefused: 'privacy_refused',
  RestrictionLifted: 'privacy_lifted',
  PhoneCodeRequested: 'phone_code',
  RecipientDecreed: 'decreed',
  ObjectionAnswered: 'objection_answered',
  PurchaseReserved: 'one_time_code',
  CoursePurchased: 'redeem_code',
  CertificateIssued: 'certificate_issued',
  IncentivePaid: 'incentive_paid',
  IncentiveRefused: 'incentive_failed',
  IncentiveReturned: 'incentive_failed',
  EntitlementForfeited: 'entitlement_forfeited',
  ReceivableRaised: 'receivable_raised',
  ReceivableReminded: 'receivable_reminded',
  ReceivableHandedOver: 'receivable_handed_over',
};
