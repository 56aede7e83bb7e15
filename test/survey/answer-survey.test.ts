import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemes } from '#shared/credit/schemes.ts';
import type { Participant } from '#shared/journal/participant.ts';
import { answerSurvey, type GivenAnswers } from '#shared/survey/answer-survey.ts';
import { surveyConsent } from '#shared/survey/questionnaires.ts';
import { windowOf } from '#shared/survey/survey-window.ts';
import { forfeited, held, openOne, outcomes, participantId, relinked, settled } from '#test/incentive/paying.ts';
import { decided, fileAfter } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';
import { completeAnswers, firstQuestionnaire, someAnswers } from '#test/survey/answers.ts';

const questionnaire = firstQuestionnaire();
const paid = fileAfter('settle', { scheme: 'NORMAL_2023' });
const opensAt = windowOf(paid, 1)?.opensAt ?? new Date(0);
const closesAt = windowOf(paid, 1)?.closesAt ?? new Date(0);
const millisecond = (date: Date, by: number) => new Date(date.getTime() + by);

const given = (changes: Partial<GivenAnswers> = {}): GivenAnswers => ({
  number: 1,
  questionnaireVersion: questionnaire.version,
  consentVersion: surveyConsent.version,
  answers: someAnswers(questionnaire),
  answersTag: 'first',
  ...changes,
});
const seal = (text: string) => new TextEncoder().encode(text);
const answer = (file: Participant, changes: Partial<GivenAnswers> = {}, now = opensAt) =>
  answerSurvey(participantId, file, given(changes), seal, now);
const typesOf = (file: Participant, now = opensAt) => answer(file, {}, now).events.map(({ type }) => type);

describe('answering a survey', () => {
  it('claims its incentive in the same decision, of the amount that the scheme has for it', () => {
    const [answered, claim] = answer(paid).events;
    expect(answered).toMatchObject({ type: 'SurveyAnswered', number: 1, consentVersion: surveyConsent.version });
    expect(claim).toMatchObject({
      type: 'IncentiveClaimed',
      kind: 'survey',
      number: 1,
      attempt: 1,
      amountRupiah: schemes.NORMAL_2023.survey.amountRupiah,
    });
  });

  it('is possible from the first to the last instant of its window', () => {
    expect(typesOf(paid, opensAt)).toContain('SurveyAnswered');
    expect(typesOf(paid, closesAt)).toContain('SurveyAnswered');
    expectRefusal(() => typesOf(paid, millisecond(opensAt, -1)), 'survey_not_open');
    expectRefusal(() => typesOf(paid, millisecond(closesAt, 1)), 'survey_not_open');
  });

  it('changes nothing when it is repeated, also after the window, and is refused with other answers', () => {
    const after = decided(paid, answer(paid), opensAt);
    for (const now of [opensAt, millisecond(closesAt, 1)]) {
      expect(answer(after, {}, now).events).toEqual([]);
      expectRefusal(() => answer(after, { answersTag: 'other' }, now), 'survey_answered');
    }
  });

  it.each<[string, Partial<GivenAnswers>, Parameters<typeof expectRefusal>[1]]>([
    ['of a survey that the scheme does not have', { number: 3 }, 'survey_unknown'],
    ['of one that opens later', { number: 2 }, 'survey_not_open'],
    ['without the consent of this version', { consentVersion: '2025-01' }, 'consent_missing'],
    ['to a version that was never asked', { questionnaireVersion: '2025-01' }, 'survey_answers_invalid'],
    ['with no answer', { answers: new Map() }, 'survey_answers_invalid'],
    ['with an answer to nothing', { answers: new Map([...given().answers, ['lain', 1]]) }, 'survey_answers_invalid'],
  ])('%s is refused', (_, changes, code) => {
    expectRefusal(() => answer(paid, changes), code);
  });

  it('is for recipients who may still be paid', () => {
    expectRefusal(() => answer(fileAfter('join')), 'not_recipient');
    expectRefusal(() => answer(forfeited(paid, opensAt)), 'survey_not_open');
    expectRefusal(() => answer(fileAfter('link')), 'survey_not_open');
  });

  it('is recorded under a hold, and claimed when nothing stands in the way any more', () => {
    expect(typesOf(held(paid, 'hold', opensAt))).toEqual(['SurveyAnswered']);
  });

  it('is recorded while the account is refused, and claimed with the next account', () => {
    const first = decided(paid, answer(paid), opensAt);
    const refused = settled(first, outcomes.refused, opensAt);
    const again = openOne(relinked(refused, 'another', opensAt));
    expect(again).toMatchObject({ kind: 'survey', number: 1, attempt: 2, remedialOf: openOne(first).reference });
  });

  it('gives the same claim to the last letter, whatever was answered', () => {
    const [, expected] = answer(paid).events;
    const check = (answers: GivenAnswers['answers'], answersTag: string) => {
      const [answered, claim, ...more] = answer(paid, { answers, answersTag }).events;
      expect(answered?.type).toBe('SurveyAnswered');
      expect(claim).toEqual(expected);
      expect(more).toEqual([]);
    };
    fc.assert(fc.property(completeAnswers(questionnaire), fc.string(), check), { numRuns: 300 });
  });

  it('gives claims that differ by the time of the answers in their evidence alone', () => {
    const claimAt = (now: Date) => {
      const claim = answer(paid, {}, now).events.find(({ type }) => type === 'IncentiveClaimed');
      return claim?.type === 'IncentiveClaimed' ? claim : undefined;
    };
    const [early, late] = [claimAt(opensAt), claimAt(closesAt)];
    expect(early?.evidenceDigest).not.toBe(late?.evidenceDigest);
    expect({ ...early, evidenceDigest: '' }).toEqual({ ...late, evidenceDigest: '' });
  });
});
