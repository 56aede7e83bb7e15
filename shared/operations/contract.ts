import * as catalogue from '#shared/catalogue/catalogue-api.ts';
import * as certificate from '#shared/certificate/certificate-api.ts';
import * as credit from '#shared/credit/credit-api.ts';
import * as incentive from '#shared/incentive/incentive-api.ts';
import { receiveNotification } from '#shared/incentive/notification-api.ts';
import { readPaymentPartners, switchPaymentPartner } from '#shared/incentive/payment-partners-api.ts';
import { readPayout } from '#shared/incentive/payout-api.ts';
import { reconciliationEndpoints } from '#shared/incentive/reconciliation/reconciliation-api.ts';
import { releaseEndpoints } from '#shared/incentive/release-api.ts';
import { sanctionEndpoints } from '#shared/incentive/sanctions-api.ts';
import * as operations from '#shared/operations/operations-api.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import * as purchase from '#shared/purchase/purchase-api.ts';
import { accountCodeEndpoints, sessionEndpoints } from '#shared/registration/account/account-api.ts';
import { phoneEndpoints } from '#shared/registration/account/phone-api.ts';
import { admissionEndpoints, waitingRoomEndpoints } from '#shared/registration/admission/admission-api.ts';
import { aptitudeEndpoints } from '#shared/registration/aptitude/aptitude-api.ts';
import { readDeclarations } from '#shared/registration/eligibility/eligibility-api.ts';
import { replayEligibility } from '#shared/registration/eligibility/replay-api.ts';
import { feedEndpoints } from '#shared/registration/feeds/feeds-api.ts';
import {
  announceDocumentPhoto,
  confirmDocumentPhoto,
  readDocumentPhoto,
} from '#shared/registration/identity/document-photo-api.ts';
import { registryEndpoints } from '#shared/registration/identity/registry-api.ts';
import { exportData, privacyDeskEndpoints, privacyEndpoints } from '#shared/registration/privacy/privacy-api.ts';
import * as registration from '#shared/registration/registration-api.ts';
import * as report from '#shared/report/report-api.ts';
import { applicationEndpoints } from '#shared/selection/application-api.ts';
import { batchEndpoints } from '#shared/selection/batch-api.ts';
import { drawEndpoints } from '#shared/selection/draw-api.ts';
import * as survey from '#shared/survey/survey-api.ts';
import * as training from '#shared/training/training-api.ts';

/** Every endpoint there is, in the order of a citizen's journey: what the API document and the tests go through. */
export const endpoints: readonly Endpoint[] = [
  ...waitingRoomEndpoints,
  ...admissionEndpoints,
  registration.signUp,
  registration.confirmAccount,
  ...accountCodeEndpoints,
  registration.signIn,
  ...sessionEndpoints,
  registration.register,
  ...phoneEndpoints,
  registration.readFile,
  ...aptitudeEndpoints,
  announceDocumentPhoto,
  confirmDocumentPhoto,
  readDocumentPhoto,
  ...registryEndpoints,
  ...privacyEndpoints,
  exportData,
  ...privacyDeskEndpoints,
  readDeclarations,
  ...feedEndpoints,
  ...batchEndpoints,
  ...drawEndpoints,
  ...applicationEndpoints,
  replayEligibility,
  credit.readStatement,
  catalogue.registerPartner,
  catalogue.publishCourse,
  catalogue.findCourses,
  catalogue.readCourse,
  purchase.checkQuota,
  purchase.sendOtp,
  purchase.authorizePayment,
  purchase.readPayment,
  training.generateUrl,
  training.checkRedeemCode,
  training.commitRedeemCode,
  training.showAttendancePage,
  training.confirmAttendance,
  training.receiveCompletion,
  certificate.rateCourse,
  certificate.downloadCertificate,
  certificate.verifyCertificate,
  certificate.showCertificate,
  incentive.linkPayoutAccount,
  incentive.unlinkPayoutAccount,
  ...releaseEndpoints,
  receiveNotification,
  readPayout,
  readPaymentPartners,
  switchPaymentPartner,
  ...sanctionEndpoints,
  ...reconciliationEndpoints,
  survey.listSurveys,
  survey.readSurvey,
  survey.answerOpenSurvey,
  report.readFigures,
  operations.readContract,
  operations.showReference,
  operations.readJournal,
];
