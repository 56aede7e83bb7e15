import type { Certificates } from '#shared/certificate/certificate.ts';
import { type Balances, transfer } from '#shared/credit/ledger.ts';
import { schemes } from '#shared/credit/schemes.ts';
import { attemptsOf, firstPaidAt, type Incentives, isOpen } from '#shared/incentive/incentive.ts';
import type { AccountCheck, IncentiveClaimed } from '#shared/incentive/incentive-events.ts';
import { type IncentiveKind, payoutReference } from '#shared/incentive/payout.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { addWibMonths } from '#shared/platform/wib.ts';
import type { Purchases } from '#shared/purchase/purchase.ts';
import type { Privacy } from '#shared/registration/privacy/privacy.ts';
import { isRestricted } from '#shared/registration/privacy/processing.ts';
import type { Membership } from '#shared/selection/membership.ts';
import type { Surveys } from '#shared/survey/survey.ts';
import { courseOf, redeemedAt, type Training } from '#shared/training/training.ts';

/** What the right to an incentive depends on. */
export type Entitled = {
  readonly privacy: Privacy;
  readonly membership: Membership;
  readonly purchases: Purchases;
  readonly training: Training;
  readonly certificates: Certificates;
  readonly surveys: Surveys;
  readonly incentives: Incentives;
  readonly balances: Balances;
};

/** Attempts at one incentive: enough for every mishap of a bank, and a reference has two digits for them. */
export const maxAttempts = 50;

/** Changes when a condition below does: an auditor then knows by which rules a claim was made. */
const rulesVersion = 'incentive-2026-11';

/** All that a claim rests on, as the journal has it; the claim carries its digest. */
export type Evidence = {
  readonly rules: string;
  readonly scheme: string;
  readonly batchId: string;
  readonly kind: IncentiveKind;
  readonly number: number;
  readonly purchaseId: string;
  readonly redeemedAt: string | null;
  readonly attendance: readonly { readonly sequence: number; readonly at: string }[];
  /** The completion, with the score of the post-test where the institution reported one. */
  readonly completion: {
    readonly webhookId: string;
    readonly completedAt: string;
    readonly scorePercent: number | null;
  };
  readonly certificate: { readonly number: string; readonly fileDigest: string; readonly issuedAt: string };
  /** Of the review only the digest, hex: its words are the citizen's. */
  readonly rating: { readonly stars: number; readonly reviewDigest: string };
  readonly survey: { readonly questionnaireVersion: string; readonly answeredAt: string } | null;
  readonly account: { readonly tag: string; readonly check: AccountCheck };
};

/**
 * The evidence for one incentive; null while any of it is missing. It does not look at months, holds or earlier payments.
 * `rules` is the version to compute it by: a claim is proved by the rules of its day.
 */
export function evidenceOf(
  file: Omit<Entitled, 'balances' | 'privacy'>,
  kind: IncentiveKind,
  number: number,
  rules: string = rulesVersion,
): Evidence | null {
  const { membership, purchases, training, certificates, surveys, incentives } = file;
  const [first] = purchases.paid;
  const { account } = incentives;
  if (!membership.decreed || !first || !account?.check) return null;
  const course = courseOf(training, first.purchaseId);
  const certificate = certificates.issued.get(first.purchaseId);
  const rating = certificates.rated.get(first.purchaseId);
  if (!course.completed || !certificate || !rating || rating.review === '') return null;
  const survey = kind === 'survey' ? surveys.get(number) : null;
  if (survey === undefined) return null;
  const { webhookId, completedAt, scorePercent = null } = course.completed;
  // Named one by one: the digest depends on their order.
  const { outcome, reasons, kyc, partnerCode } = account.check;
  return {
    rules,
    scheme: membership.decreed.scheme,
    batchId: membership.decreed.batchId,
    kind,
    number,
    purchaseId: first.purchaseId,
    redeemedAt: redeemedAt(course)?.toISOString() ?? null,
    attendance: [...course.attended].map(([sequence, at]) => ({ sequence, at: at.toISOString() })),
    completion: { webhookId, completedAt, scorePercent },
    certificate: {
      number: certificate.number,
      fileDigest: certificate.fileDigest,
      issuedAt: certificate.issuedAt.toISOString(),
    },
    rating: { stars: rating.stars, reviewDigest: digestOf(rating.review) },
    survey: survey && {
      questionnaireVersion: survey.questionnaireVersion,
      answeredAt: survey.answeredAt.toISOString(),
    },
    account: { tag: account.accountTag, check: { outcome, reasons, kyc, partnerCode } },
  };
}

/** SHA-256 of the evidence as JSON with its fields in the order above, hex. */
export function evidenceDigest(evidence: Evidence): string {
  return digestOf(JSON.stringify(evidence));
}

/** Why nothing may be claimed at all just now, whatever the evidence; null when something may. */
export type Obstacle =
  | 'not_recipient'
  | 'membership_revoked'
  | 'forfeited'
  | 'held'
  | 'account_missing'
  | 'account_unchecked'
  | 'account_refused';

/** What stops every incentive of a citizen, the most final first; null where nothing does. */
export function obstacleOf({ membership, incentives }: Pick<Entitled, 'membership' | 'incentives'>): Obstacle | null {
  const { account, accountRefused, holds, forfeited } = incentives;
  if (!membership.decreed) return 'not_recipient';
  if (membership.revoked) return 'membership_revoked';
  if (forfeited || incentives.receivable) return 'forfeited';
  if (holds.size > 0) return 'held';
  if (!account) return 'account_missing';
  if (accountRefused) return 'account_refused';
  return account.check?.outcome === 'matched' ? null : 'account_unchecked';
}

/**
 * Everything that can be claimed now: the next training incentive, when the one before is paid and its month has come, and
 * every answered survey that is neither claimed nor paid. After a refusal or a return, the next attempt at the same incentive.
 * Nothing while the citizen restricts the processing: what is claimed already goes on.
 */
export function nextClaims(participantId: string, file: Entitled, now: Date): IncentiveClaimed[] {
  if (!file.membership.decreed || obstacleOf(file) || isRestricted(file.privacy)) return [];
  const { incentive, survey } = schemes[file.membership.decreed.scheme];
  const number = nextTrainingNumber(file.incentives, incentive, now);
  const training = number === null ? null : claimOf(participantId, file, 'training', number, incentive.amountRupiah);
  const surveys = [...file.surveys.keys()].flatMap((answered) => {
    const isWithin = answered <= survey.count && firstPaidAt(file.incentives) !== null;
    return isWithin ? (claimOf(participantId, file, 'survey', answered, survey.amountRupiah) ?? []) : [];
  });
  return training ? [training, ...surveys] : surveys;
}

type Schedule = { readonly count: number; readonly everyMonths: number | null };

/** The lowest number that does not stand as paid, when its month has come; null when there is none, or one is on its way. */
function nextTrainingNumber(incentives: Incentives, { count, everyMonths }: Schedule, now: Date): number | null {
  for (let number = 1; number <= count; number += 1) {
    const attempts = attemptsOf(incentives, 'training', number);
    if (attempts.some(isOpen)) return null;
    if (attempts.some(({ state }) => state === 'paid')) continue;
    const opensAt = number === 1 ? null : opensAfter(incentives, number - 1, everyMonths);
    return opensAt && now < opensAt ? null : number;
  }
  return null;
}

/** When the incentive after this one may be claimed: so many months after this one was first paid. */
export function opensAfter(incentives: Incentives, number: number, everyMonths: number | null): Date | null {
  const [first] = attemptsOf(incentives, 'training', number).flatMap(({ paid }) => (paid ? [paid.at] : []));
  return first && everyMonths !== null ? addWibMonths(first, everyMonths) : null;
}

function claimOf(
  participantId: string,
  file: Entitled,
  kind: IncentiveKind,
  number: number,
  amountRupiah: number,
): IncentiveClaimed | null {
  const attempts = attemptsOf(file.incentives, kind, number);
  const isTaken = attempts.some((payout) => isOpen(payout) || payout.state === 'paid');
  if (isTaken || attempts.length >= maxAttempts) return null;
  const evidence = evidenceOf(file, kind, number);
  if (!evidence) return null;
  const attempt = attempts.length + 1;
  const last = attempts.at(-1);
  return {
    type: 'IncentiveClaimed',
    kind,
    number,
    attempt,
    reference: payoutReference({ participantId, kind, number, attempt }),
    amountRupiah,
    partnerCode: evidence.account.check.partnerCode,
    accountTag: evidence.account.tag,
    rules: evidence.rules,
    evidenceDigest: evidenceDigest(evidence),
    ...(last && { remedialOf: last.reference }),
    legs: transfer('incentive_entitlement', { payout_in_flight: amountRupiah }),
  };
}
