import { type Participants, participants } from '#shared/journal/participant.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { sealWithDataKey } from '#shared/registration/person.ts';
import { verified } from '#shared/registration/registration.ts';
import { recipient } from '#shared/selection/membership.ts';
import { answerSurvey } from '#shared/survey/answer-survey.ts';
import { answersTagOf } from '#shared/survey/answers-tag.ts';
import { scaleSteps } from '#shared/survey/questionnaire.ts';
import { currentQuestionnaire, surveyConsent } from '#shared/survey/questionnaires.ts';
import { answerOpenSurvey, listSurveys, readSurvey } from '#shared/survey/survey-api.ts';
import { surveysOf } from '#shared/survey/survey-window.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly keys: () => Promise<Keys> };

/** GET /v1/surveys: the caller's surveys. */
function listOwnSurveys({ participants }: Pick<Deps, 'participants'>) {
  return api(listSurveys, async ({ caller, now }) => {
    const { state } = await participants.load(caller.username);
    recipient(state.membership);
    return { surveys: surveysOf(state, now) };
  });
}

/** GET /v1/surveys/{surveyNumber}: what is asked in a survey that the caller can answer now. */
function readOpenSurvey({ participants }: Pick<Deps, 'participants'>) {
  return api(readSurvey, async ({ caller, path, now }) => {
    const { state } = await participants.load(caller.username);
    recipient(state.membership);
    const number = Number(path.surveyNumber);
    const survey = surveysOf(state, now).find((one) => one.number === number);
    const questionnaire = currentQuestionnaire(number);
    if (!survey || !questionnaire) throw new Refusal('survey_unknown');
    if (survey.state !== 'open') throw new Refusal('survey_not_open');
    const { title, version: questionnaireVersion } = questionnaire;
    const questions = questionnaire.questions.map((one) => (one.kind === 'scale' ? { ...one, ...scaleSteps } : one));
    return { number, title, questionnaireVersion, consent: surveyConsent, questions, closesAt: survey.closesAt };
  });
}

/** PUT /v1/surveys/{surveyNumber}/answers: records answers, sealed with the person's key, and claims what they entitle to. */
function answerOwnSurvey({ participants, keys }: Deps) {
  return api(answerOpenSurvey, async ({ caller, path, body, now }) => {
    const participantId = caller.username;
    const number = Number(path.surveyNumber);
    const opened = await keys();
    const answered = { ...body, number, answers: new Map(Object.entries(body.answers)) };
    const given = { ...answered, answersTag: answersTagOf(opened, participantId, answered) };
    const file = await participants.change(participantId, (before, at) => {
      const seal = (answers: string) =>
        sealWithDataKey(opened, participantId, verified(before.registration).dataKey, answers);
      return answerSurvey(participantId, before, given, seal, at);
    });
    const { amountRupiah = 0, payByDay = null } = surveysOf(file, now).find((one) => one.number === number) ?? {};
    return { number, answered: true, amountRupiah, payByDay };
  });
}

/** Everything that a citizen does with surveys. */
export function surveys(deps: Deps) {
  return apiGroup([
    [listSurveys, listOwnSurveys(deps)],
    [readSurvey, readOpenSurvey(deps)],
    [answerOpenSurvey, answerOwnSurvey(deps)],
  ]);
}

export const handler = surveys({ participants: participants(programTable()), keys: programKeys });
