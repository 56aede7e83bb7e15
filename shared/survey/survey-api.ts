import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { AnswerValue } from '#shared/survey/questionnaire.ts';

const capability = 'survey';
const access = 'citizen';

const surveyNumber = z.string().check(z.regex(/^[1-9]$/));
const version = z.string().check(z.minLength(1), z.maxLength(20));
const instant = z.nullable(z.iso.datetime());

export const SurveySummary = z.strictObject({
  number: z.int(),
  state: z.enum(['not_yet', 'open', 'closed', 'answered', 'paid']),
  opensAt: instant,
  closesAt: instant,
  amountRupiah: z.int(),
  answeredAt: instant,
  payByDay: z.nullable(z.iso.date()),
});

export const listSurveys = endpoint({
  operation: 'listSurveys',
  capability,
  method: 'GET',
  path: '/v1/surveys',
  access,
  summary: "The paid surveys of the caller's scheme, when each can be answered, and by when the answers are paid for.",
  status: 200,
  answer: z.strictObject({ surveys: z.array(SurveySummary) }),
  refusals: ['not_recipient', 'membership_revoked'],
});

const asked = {
  id: z.string(),
  text: z.string(),
  /** Shown only if that question was answered with one of these. */
  shownIf: z.optional(z.strictObject({ question: z.string(), oneOf: z.readonly(z.array(z.int())) })),
  optional: z.optional(z.literal(true)),
};
const options = z.readonly(z.array(z.strictObject({ code: z.int(), text: z.string() })));

const Question = z.discriminatedUnion('kind', [
  z.strictObject({ ...asked, kind: z.literal('single'), options }),
  z.strictObject({ ...asked, kind: z.literal('multiple'), options, most: z.int() }),
  z.strictObject({ ...asked, kind: z.literal('number'), minimum: z.int(), maximum: z.int(), unit: z.string() }),
  /** From `minimum` to `maximum`; the words stand at the two ends. */
  z.strictObject({
    ...asked,
    kind: z.literal('scale'),
    minimum: z.int(),
    maximum: z.int(),
    lowest: z.string(),
    highest: z.string(),
  }),
  z.strictObject({ ...asked, kind: z.literal('text') }),
]);

export const readSurvey = endpoint({
  operation: 'readSurvey',
  capability,
  method: 'GET',
  path: '/v1/surveys/{surveyNumber}',
  access,
  summary: 'The questions of a survey that is open, and the text to agree to before them.',
  pathParameters: z.strictObject({ surveyNumber }),
  status: 200,
  answer: z.strictObject({
    number: z.int(),
    title: z.string(),
    questionnaireVersion: z.string(),
    consent: z.strictObject({ version: z.string(), text: z.string() }),
    questions: z.readonly(z.array(Question)),
    closesAt: instant,
  }),
  refusals: ['not_recipient', 'membership_revoked', 'survey_unknown', 'survey_not_open'],
});

const maxAnswers = 40;

export const answerOpenSurvey = endpoint({
  operation: 'answerSurvey',
  capability,
  method: 'PUT',
  path: '/v1/surveys/{surveyNumber}/answers',
  access,
  summary: 'Answers an open survey; its incentive is claimed with it, whatever was answered. A repeat changes nothing.',
  pathParameters: z.strictObject({ surveyNumber }),
  body: z.strictObject({
    questionnaireVersion: version,
    consentVersion: version,
    /** By the questions' ids: a code, several codes, a number, a step of the scale, or a text. */
    answers: z
      .record(z.string().check(z.maxLength(20)), AnswerValue)
      .check(z.refine((answers) => Object.keys(answers).length <= maxAnswers, 'More answers than questions')),
  }),
  status: 200,
  answer: z.strictObject({
    number: z.int(),
    answered: z.literal(true),
    amountRupiah: z.int(),
    payByDay: z.nullable(z.iso.date()),
  }),
  refusals: [
    'processing_restricted',
    'person_erased',
    'not_recipient',
    'membership_revoked',
    'survey_unknown',
    'survey_not_open',
    'survey_answered',
    'survey_answers_invalid',
    'consent_missing',
    'conflict_persistent',
  ],
});
