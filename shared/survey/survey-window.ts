import { schemes } from '#shared/credit/schemes.ts';
import { attemptsOf, firstPaidAt, type Incentives } from '#shared/incentive/incentive.ts';
import { endOfWibDay, wibDay } from '#shared/platform/wib.ts';
import type { Membership } from '#shared/selection/membership.ts';
import type { Surveys } from '#shared/survey/survey.ts';

/** What a survey's time and state depend on. */
export type Surveyed = {
  readonly membership: Membership;
  readonly incentives: Incentives;
  readonly surveys: Surveys;
};

/** First and last instant in which a survey can be answered. */
export type SurveyWindow = { readonly opensAt: Date; readonly closesAt: Date };

/** Days in which a survey can be answered, whole ones in WIB; null before the first incentive is paid, or where the scheme has no such survey. */
export function windowOf({ membership, incentives }: Surveyed, number: number): SurveyWindow | null {
  const paidAt = firstPaidAt(incentives);
  const terms = termsOf(membership);
  const opensAfterDays = terms?.opensAfterDays[number - 1];
  if (!paidAt || !terms || number > terms.count || opensAfterDays === undefined) return null;
  return {
    opensAt: new Date(endOfWibDay(paidAt, opensAfterDays - 1).getTime() + 1),
    closesAt: endOfWibDay(paidAt, opensAfterDays + terms.openDays - 1),
  };
}

export type SurveyState = 'not_yet' | 'open' | 'closed' | 'answered' | 'paid';

/** Where a survey stands. Who has no right to incentives any more is asked nothing. */
export function surveyState(file: Surveyed, number: number, now: Date): SurveyState {
  const { incentives, surveys } = file;
  if (attemptsOf(incentives, 'survey', number).some(({ state }) => state === 'paid')) return 'paid';
  if (surveys.has(number)) return 'answered';
  if (incentives.forfeited || incentives.receivable) return 'closed';
  const window = windowOf(file, number);
  if (!window || now < window.opensAt) return 'not_yet';
  return now > window.closesAt ? 'closed' : 'open';
}

/** A survey as its citizen sees it. */
export type SurveyView = {
  readonly number: number;
  readonly state: SurveyState;
  readonly opensAt: string | null;
  readonly closesAt: string | null;
  readonly amountRupiah: number;
  readonly answeredAt: string | null;
  /** Last day, in WIB, by which the answers are paid for. */
  readonly payByDay: string | null;
};

/** All surveys of the recipient's scheme; none for who is no recipient. */
export function surveysOf(file: Surveyed, now: Date): SurveyView[] {
  const terms = termsOf(file.membership);
  return Array.from({ length: terms?.count ?? 0 }, (_, index) => {
    const number = index + 1;
    const window = windowOf(file, number);
    const answeredAt = file.surveys.get(number)?.answeredAt ?? null;
    return {
      number,
      state: surveyState(file, number, now),
      opensAt: window?.opensAt.toISOString() ?? null,
      closesAt: window?.closesAt.toISOString() ?? null,
      amountRupiah: terms?.amountRupiah ?? 0,
      answeredAt: answeredAt?.toISOString() ?? null,
      payByDay: answeredAt && terms ? wibDay(endOfWibDay(answeredAt, terms.paidWithinDays)) : null,
    };
  });
}

/** The survey that can be answered now; null where there is none. */
export function openSurvey(file: Surveyed, now: Date): number | null {
  return surveysOf(file, now).find(({ state }) => state === 'open')?.number ?? null;
}

function termsOf({ decreed, revoked }: Membership) {
  return decreed && !revoked ? schemes[decreed.scheme].survey : null;
}
