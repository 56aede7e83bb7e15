import { type Entitled, nextClaims } from '#shared/incentive/entitlement.ts';
import type { IncentiveEvent } from '#shared/incentive/incentive-events.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { recipient } from '#shared/selection/membership.ts';
import { type Answers, checkAnswers, encodeAnswers } from '#shared/survey/questionnaire.ts';
import { questionnaireOf, surveyConsent } from '#shared/survey/questionnaires.ts';
import { evolveSurveys, type SurveyEvent } from '#shared/survey/survey.ts';
import { surveyState, surveysOf } from '#shared/survey/survey-window.ts';

/** What a citizen sends. */
export type GivenAnswers = {
  readonly number: number;
  readonly questionnaireVersion: string;
  readonly consentVersion: string;
  readonly answers: Answers;
  /** Keyed hash of version and answers. */
  readonly answersTag: string;
};

/**
 * Records the answers to an open survey and claims what they entitle to, in one decision; nothing for a repeat. What was
 * answered plays no part in the claim.
 * @throws Refusal `not_recipient`, `membership_revoked`, `survey_unknown`, `survey_answered`, `survey_not_open`,
 * `consent_missing`, `survey_answers_invalid`.
 */
export function answerSurvey(
  participantId: string,
  file: Entitled,
  given: GivenAnswers,
  seal: (answers: string) => Uint8Array,
  now: Date,
): Decision<SurveyEvent | IncentiveEvent> {
  const { number, questionnaireVersion, consentVersion, answers, answersTag } = given;
  recipient(file.membership);
  if (!surveysOf(file, now).some((survey) => survey.number === number)) throw new Refusal('survey_unknown');
  const earlier = file.surveys.get(number);
  if (earlier?.answersTag === answersTag) return { events: [] };
  if (earlier) throw new Refusal('survey_answered');
  if (surveyState(file, number, now) !== 'open') throw new Refusal('survey_not_open');
  if (consentVersion !== surveyConsent.version) throw new Refusal('consent_missing');
  const questionnaire = questionnaireOf(number, questionnaireVersion);
  if (!questionnaire) throw new Refusal('survey_answers_invalid', undefined, ['questionnaireVersion']);
  checkAnswers(questionnaire, answers);
  const sealed = seal(encodeAnswers(questionnaire, answers));
  const facts = { number, questionnaireVersion, consentVersion, answers: sealed, answersTag };
  const answered = { type: 'SurveyAnswered', ...facts } as const;
  const surveys = evolveSurveys(file.surveys, answered, now);
  return { events: [answered, ...nextClaims(participantId, { ...file, surveys }, now)] };
}
