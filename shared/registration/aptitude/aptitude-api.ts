import * as z from 'zod/mini';
import { SchemeCode } from '#shared/credit/schemes.ts';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note } from '#shared/platform/operator.ts';
import { Category } from '#shared/registration/aptitude/aptitude.ts';
import { Answers, Letter } from '#shared/registration/aptitude/sheet.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

const capability = 'registration';
const access = 'citizen';

const Attempt = z.string().check(z.regex(/^[1-9]\d?$/));
const pathParameters = z.strictObject({ attempt: Attempt });
const both = z.strictObject({ id: z.string(), en: z.string() });

/** Nothing here says what is right: the schema is strict, so nothing else can be answered. */
const Question = z.strictObject({
  number: z.int(),
  category: Category,
  passage: z.nullable(both),
  text: both,
  options: z.array(z.strictObject({ letter: Letter, text: both })),
});

const Parts = z.readonly(z.array(z.strictObject({ category: Category, right: z.int(), asked: z.int() })));

const Result = z.strictObject({
  percent: z.int(),
  passed: z.nullable(z.boolean()),
  parts: Parts,
  submittedBy: z.enum(['citizen', 'clock']),
  scoredAt: z.iso.datetime(),
  /** From when a test that was not passed can be taken again; null where it cannot. */
  retryFrom: z.nullable(z.iso.datetime()),
});

const Test = z.strictObject({
  attempt: z.int(),
  scheme: SchemeCode,
  /** `closing`: the time is over, and what was saved is being scored. */
  state: z.enum(['open', 'closing', 'scored']),
  startedAt: z.iso.datetime(),
  deadline: z.iso.datetime(),
  secondsLeft: z.int(),
  /** While the test is open. */
  questions: z.array(Question),
  /** What is saved, so that a test can go on on another device. */
  answers: Answers,
  result: z.nullable(Result),
});

export const startAptitudeTest = endpoint({
  operation: 'startAptitudeTest',
  capability,
  method: 'POST',
  path: '/v1/aptitude-tests',
  access,
  summary:
    'Begins the aptitude test of a scheme. The time is the server’s. A repeat gives the same test with the same deadline, or its result.',
  body: z.strictObject({ scheme: SchemeCode }),
  status: 201,
  answer: Test,
  refusals: [
    'not_registered',
    'identity_unverified',
    'identity_refused',
    'person_erased',
    'processing_restricted',
    'consent_missing',
    'aptitude_test_open',
    'aptitude_attempts_exceeded',
    'aptitude_wait',
    'conflict_persistent',
  ],
});

export const readAptitudeTest = endpoint({
  operation: 'readAptitudeTest',
  capability,
  method: 'GET',
  path: '/v1/aptitude-tests/current',
  access,
  summary: "The caller's last test: questions, saved answers and seconds left while it is open, the result afterwards.",
  status: 200,
  answer: Test,
  refusals: ['not_registered', 'person_erased', 'aptitude_test_unknown'],
});

export const saveAptitudeAnswers = endpoint({
  operation: 'saveAptitudeAnswers',
  capability,
  method: 'PUT',
  path: '/v1/aptitude-tests/{attempt}/answers',
  access,
  summary:
    'Saves all answers given so far, in place of those saved before. What is saved at the deadline is what counts.',
  pathParameters,
  body: z.strictObject({ answers: Answers }),
  status: 200,
  answer: z.strictObject({ attempt: z.int(), answered: z.int(), secondsLeft: z.int() }),
  refusals: [
    'not_registered',
    'person_erased',
    'aptitude_test_unknown',
    'aptitude_time_over',
    'aptitude_test_submitted',
  ],
});

export const submitAptitudeTest = endpoint({
  operation: 'submitAptitudeTest',
  capability,
  method: 'POST',
  path: '/v1/aptitude-tests/{attempt}/submission',
  access,
  summary: 'Ends a test before its deadline with these answers, whatever was saved. A repeat gives the same result.',
  pathParameters,
  body: z.strictObject({ answers: Answers }),
  status: 200,
  answer: Result,
  refusals: [
    'not_registered',
    'person_erased',
    'aptitude_test_unknown',
    'aptitude_time_over',
    'aptitude_test_submitted',
    'conflict_persistent',
  ],
});

export const rescoreAptitudeTest = endpoint({
  operation: 'rescoreAptitudeTest',
  capability,
  method: 'GET',
  path: '/v1/participants/{participantId}/aptitude-tests/{attempt}/score',
  access: 'operator',
  summary:
    'Scores a test anew from its bank version, its seed and the sealed answers. The participant sees who asked, and the reason.',
  pathParameters: z.strictObject({ participantId: ParticipantId, attempt: Attempt }),
  query: z.strictObject({ reason: Note }),
  status: 200,
  answer: z.strictObject({
    participantId: z.string(),
    attempt: z.int(),
    scheme: SchemeCode,
    bankVersion: z.string(),
    agrees: z.boolean(),
    recorded: z.strictObject({ percent: z.int(), parts: Parts }),
    recomputed: z.strictObject({ percent: z.int(), parts: Parts }),
  }),
  refusals: ['participant_unknown', 'person_erased', 'aptitude_test_unknown'],
});

/** In the order in which a citizen meets them. */
export const aptitudeEndpoints = [
  startAptitudeTest,
  readAptitudeTest,
  saveAptitudeAnswers,
  submitAptitudeTest,
  rescoreAptitudeTest,
];
