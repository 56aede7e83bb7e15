import * as z from 'zod/mini';
import {
  CertificateEvent,
  type Certificates,
  evolveCertificates,
  noCertificates,
} from '#shared/certificate/certificate.ts';
import { type Balances, noBalances, post } from '#shared/credit/ledger.ts';
import { evolveIncentives, type Incentives, noIncentives } from '#shared/incentive/incentive.ts';
import { IncentiveEvent } from '#shared/incentive/incentive-events.ts';
import { type Fold, journal } from '#shared/journal/journal.ts';
import { evolvePurchases, noPurchases, PurchaseEvent, type Purchases } from '#shared/purchase/purchase.ts';
import { evolvePhone, noPhone, type Phone, PhoneEvent, withoutNumbers } from '#shared/registration/account/phone.ts';
import { type Aptitude, AptitudeEvent, evolveAptitude, noTests } from '#shared/registration/aptitude/aptitude.ts';
import { evolveListed, type Listed, ListingMatched, notListed } from '#shared/registration/feeds/listed.ts';
import {
  type DocumentPhoto,
  DocumentPhotoEvent,
  evolveDocumentPhoto,
  noPhoto,
} from '#shared/registration/identity/document-photo.ts';
import { dataKeyOf } from '#shared/registration/privacy/person-keys.ts';
import { evolvePrivacy, noPrivacy, type Privacy, PrivacyEvent } from '#shared/registration/privacy/privacy.ts';
import { permit } from '#shared/registration/privacy/processing.ts';
import { retentionRules } from '#shared/registration/privacy/retention.ts';
import {
  evolveRegistration,
  type Registration,
  RegistrationEvent,
  unregistered,
  withDataKey,
  withErasureDone,
  withoutPerson,
} from '#shared/registration/registration.ts';
import { evolveMembership, type Membership, MembershipEvent, noMembership } from '#shared/selection/membership.ts';
import { evolveSurveys, noSurveys, SurveyEvent, type Surveys } from '#shared/survey/survey.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';
import { courseOf, evolveTraining, type Training, TrainingEvent } from '#shared/training/training.ts';

/** Everything that can happen to a citizen. */
export const ParticipantEvent = z.discriminatedUnion('type', [
  RegistrationEvent,
  PhoneEvent,
  AptitudeEvent,
  PrivacyEvent,
  DocumentPhotoEvent,
  MembershipEvent,
  PurchaseEvent,
  TrainingEvent,
  CertificateEvent,
  IncentiveEvent,
  SurveyEvent,
  ListingMatched,
]);
export type ParticipantEvent = z.infer<typeof ParticipantEvent>;

/** A citizen's file: what the journal says is so now. */
export type Participant = {
  readonly registration: Registration;
  readonly phone: Phone;
  readonly aptitude: Aptitude;
  readonly privacy: Privacy;
  readonly documentPhoto: DocumentPhoto;
  readonly membership: Membership;
  readonly balances: Balances;
  readonly purchases: Purchases;
  readonly training: Training;
  readonly certificates: Certificates;
  readonly incentives: Incentives;
  readonly surveys: Surveys;
  readonly listed: Listed;
};

const emptyFile: Participant = {
  registration: unregistered,
  phone: noPhone,
  aptitude: noTests,
  privacy: noPrivacy,
  documentPhoto: noPhoto,
  membership: noMembership,
  balances: noBalances,
  purchases: noPurchases,
  training: new Map(),
  certificates: noCertificates,
  incentives: noIncentives,
  surveys: noSurveys,
  listed: notListed,
};

/** What an event does to each part of the file. Money moves here, and only by the event's own legs. */
export function evolveParticipant(before: Participant, event: ParticipantEvent, at: Date): Participant {
  const balances = 'legs' in event && event.legs ? post(before.balances, event.legs) : before.balances;
  const file = { ...before, balances };
  switch (event.type) {
    case 'PersonRegistered': {
      const privacy = evolvePrivacy(file.privacy, event, at);
      const registration = evolveRegistration(file.registration, event);
      return { ...file, privacy, documentPhoto: noPhoto, registration, phone: withoutNumbers(file.phone) };
    }
    case 'PersonErased': {
      const registration = withoutPerson(file.registration, retentionRules[event.retention].mayReturn);
      const phone = withoutNumbers(file.phone);
      return { ...file, registration, phone, privacy: evolvePrivacy(file.privacy, event, at) };
    }
    case 'ErasureCompleted': {
      const registration = withErasureDone(file.registration);
      return { ...file, registration, privacy: evolvePrivacy(file.privacy, event, at) };
    }
    case 'ConsentGiven':
    case 'PrivacyRequested':
    case 'ProcessingRestricted':
    case 'RestrictionLiftProposed':
    case 'RestrictionLifted':
    case 'ErasureRefused':
      return { ...file, privacy: evolvePrivacy(file.privacy, event, at) };
    case 'IdentityVerified':
    case 'IdentityRefused':
      return { ...file, registration: evolveRegistration(file.registration, event) };
    case 'PhoneCodeRequested':
    case 'PhoneCodeRefused':
    case 'PhoneVerified':
      return { ...file, phone: evolvePhone(file.phone, event, at) };
    case 'AptitudeTestStarted':
    case 'AptitudeTestScored':
      return { ...file, aptitude: evolveAptitude(file.aptitude, event, at) };
    case 'DocumentPhotoAnnounced':
    case 'DocumentPhotoAccepted':
    case 'DocumentPhotoRefused':
      return { ...file, documentPhoto: evolveDocumentPhoto(file.documentPhoto, event) };
    case 'BatchJoined':
    case 'RecipientDecreed':
    case 'MembershipRevoked':
    case 'ObjectionFiled':
    case 'ObjectionAnswered':
      return { ...file, membership: evolveMembership(file.membership, event, at) };
    case 'PurchaseReserved':
    case 'ReservationReleased':
    case 'OneTimeCodeRefused':
    case 'CoursePurchased':
      return { ...file, purchases: evolvePurchases(file.purchases, event, at) };
    case 'AttendanceRecorded':
    case 'CodeRedeemed':
    case 'CourseCompleted':
      return { ...file, training: evolveTraining(file.training, event, at) };
    case 'CertificateIssued':
    case 'CourseRated':
      return { ...file, certificates: evolveCertificates(file.certificates, event, at) };
    case 'ListingMatched':
      return { ...file, listed: evolveListed(file.listed, event) };
    case 'SurveyAnswered':
      return { ...file, surveys: evolveSurveys(file.surveys, event, at) };
    case 'PayoutAccountLinked':
    case 'PayoutAccountUnlinked':
    case 'PayoutAccountChecked':
    case 'IncentiveClaimed':
    case 'IncentiveDeferred':
    case 'IncentiveSent':
    case 'IncentiveUnknown':
    case 'IncentivePaid':
    case 'IncentiveRefused':
    case 'IncentiveReturned':
    case 'PayoutHoldPlaced':
    case 'PayoutReleaseProposed':
    case 'PayoutHoldReleased':
    case 'EntitlementForfeited':
    case 'ReceivableRaised':
    case 'ReceivableReminded':
    case 'RepaymentPosted':
    case 'ReceivableReduced':
    case 'ReceivableHandedOver':
      return { ...file, incentives: evolveIncentives(file.incentives, event, at) };
  }
}

/** How a participant's journal folds. */
export const participantFold: Fold<Participant, ParticipantEvent> = {
  empty: emptyFile,
  parse: (stored) => ParticipantEvent.parse(stored),
  evolve: evolveParticipant,
  mark: ({ registration }) => ({ provinceCode: registration.registered?.provinceCode ?? '' }),
  attach: (file, beside) => {
    const { registration } = file;
    const dataKey = dataKeyOf(beside);
    if (dataKey) return { ...file, registration: withDataKey(registration, dataKey) };
    // Destroyed, and the journal does not know: a table that was restored from before the erasure.
    return registration.erased ? file : { ...file, registration: withoutPerson(registration, false) };
  },
  guard: (file, events, at) =>
    permit(
      file,
      events.map(({ type }) => type),
      at,
    ),
};

/** The citizens' files. */
export function participants(table: Table) {
  return journal(table, journalKeys.participant, participantFold);
}
export type Participants = ReturnType<typeof participants>;

/** Whether the last paid course is completed and rated, so that the next may be bought; true when there is none. */
export function lastCourseIsDone({ purchases, training, certificates }: Participant): boolean {
  const last = purchases.paid.at(-1);
  if (!last) return true;
  return courseOf(training, last.purchaseId).completed !== null && certificates.rated.has(last.purchaseId);
}
