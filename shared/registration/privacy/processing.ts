import type { ParticipantEvent } from '#shared/journal/participant.ts';
import type { NoticeMessage } from '#shared/operations/messages.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { checkConsent } from '#shared/registration/privacy/consent.ts';
import { isErased, type Privacy, restrictions } from '#shared/registration/privacy/privacy.ts';

/**
 * What every event is in the eyes of the law. `begins`: new processing that the citizen starts and must agree to; refused under a
 * restriction and without consent to the text in force. `follows`: new processing that the program starts; refused under a
 * restriction. `settles`: what is owed to either side, what the law demands, and the citizen's own rights; it always goes on.
 */
type Processing = 'begins' | 'follows' | 'settles';

/** The one place that says what a restriction stops. Whoever adds an event says here what it is. */
const processing: Readonly<Record<ParticipantEvent['type'], Processing>> = {
  PersonRegistered: 'settles',
  IdentityVerified: 'settles',
  IdentityRefused: 'settles',
  ConsentGiven: 'settles',
  PrivacyRequested: 'settles',
  ProcessingRestricted: 'settles',
  RestrictionLiftProposed: 'settles',
  RestrictionLifted: 'settles',
  ErasureRefused: 'settles',
  PersonErased: 'settles',
  ErasureCompleted: 'settles',
  PhoneCodeRequested: 'begins',
  PhoneCodeRefused: 'settles',
  PhoneVerified: 'settles',
  AptitudeTestStarted: 'begins',
  // A test that was begun is scored, also by the clock.
  AptitudeTestScored: 'settles',
  // What another authority says of a person is the law's, and stops what would be paid in error.
  ListingMatched: 'settles',
  DocumentPhotoAnnounced: 'begins',
  DocumentPhotoAccepted: 'settles',
  DocumentPhotoRefused: 'settles',
  BatchJoined: 'begins',
  // A draw that is published decides about everybody in its list.
  RecipientDecreed: 'settles',
  MembershipRevoked: 'settles',
  ObjectionFiled: 'settles',
  ObjectionAnswered: 'settles',
  PurchaseReserved: 'begins',
  ReservationReleased: 'settles',
  OneTimeCodeRefused: 'settles',
  CoursePurchased: 'begins',
  // A course that is paid for is owed by its institution.
  AttendanceRecorded: 'settles',
  CodeRedeemed: 'settles',
  CourseCompleted: 'settles',
  CertificateIssued: 'settles',
  CourseRated: 'settles',
  SurveyAnswered: 'begins',
  PayoutAccountLinked: 'begins',
  PayoutAccountUnlinked: 'settles',
  PayoutAccountChecked: 'settles',
  IncentiveClaimed: 'follows',
  // Money that is on its way arrives, and is written down when it does.
  IncentiveDeferred: 'settles',
  IncentiveSent: 'settles',
  IncentiveUnknown: 'settles',
  IncentivePaid: 'settles',
  IncentiveRefused: 'settles',
  IncentiveReturned: 'settles',
  PayoutHoldPlaced: 'settles',
  PayoutReleaseProposed: 'settles',
  PayoutHoldReleased: 'settles',
  EntitlementForfeited: 'settles',
  ReceivableRaised: 'settles',
  ReceivableReminded: 'settles',
  RepaymentPosted: 'settles',
  ReceivableReduced: 'settles',
  ReceivableHandedOver: 'settles',
};

/**
 * Whether events of these types may be appended to a file now. @throws Refusal `processing_restricted`, `person_erased`, or
 * `consent_missing`, which names the version to agree to.
 */
export function permit(
  { privacy, registration }: { readonly privacy: Privacy; readonly registration: { readonly erased: object | null } },
  types: readonly ParticipantEvent['type'][],
  at: Date,
): void {
  const kinds = types.map((type) => processing[type]);
  if (kinds.every((kind) => kind === 'settles')) return;
  if (registration.erased) throw new Refusal('person_erased');
  if (isRestricted(privacy)) throw new Refusal('processing_restricted');
  if (kinds.includes('begins')) checkConsent(privacy.consentVersion, at);
}

/** Whether nothing new may be begun with the data of this person, who asked for it or was erased and did not come back. */
export function isRestricted(privacy: Privacy): boolean {
  return restrictions(privacy).length > 0 || isErased(privacy);
}

/** Said also under a restriction: what the law demands, and what somebody must know about their money. */
const necessaryNotices: ReadonlySet<NoticeMessage['notice']> = new Set([
  ...(['privacy_requested', 'privacy_refused', 'privacy_lifted'] as const),
  ...(['incentive_paid', 'entitlement_forfeited'] as const),
  // Somebody else may be behind it.
  'phone_changed',
  ...(['receivable_raised', 'receivable_reminded', 'receivable_handed_over'] as const),
]);

/** Whether a notice is sent also to somebody who restricts the processing. */
export const mayBeTold = (notice: NoticeMessage['notice']): boolean => necessaryNotices.has(notice);
