import * as z from 'zod/mini';
import { SchemeCode } from '#shared/credit/schemes.ts';
import { OwnAccount, OwnIncentives } from '#shared/incentive/own-incentives.ts';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Registration } from '#shared/registration/own-registration.ts';
import { SurveySummary } from '#shared/survey/survey-api.ts';

const Purchase = z.strictObject({
  purchaseId: z.string(),
  courseCode: z.string(),
  scheduleCode: z.string(),
  priceRupiah: z.int(),
  redeemCode: z.string(),
  redeemed: z.boolean(),
  completed: z.boolean(),
  rated: z.boolean(),
  certificateNumber: z.nullable(z.string()),
});

const AptitudeTest = z.strictObject({
  attempt: z.int(),
  scheme: SchemeCode,
  state: z.enum(['open', 'closing', 'scored']),
  deadline: z.iso.datetime(),
  percent: z.nullable(z.int()),
  passed: z.nullable(z.boolean()),
});

export const readFile = endpoint({
  operation: 'readFile',
  capability: 'registration',
  method: 'GET',
  path: '/v1/participants/me',
  access: 'citizen',
  summary: "The caller's own file: identity, batch, card, credit, courses, incentives, surveys.",
  status: 200,
  answer: z.strictObject({
    registration: Registration,
    person: z.strictObject({ maskedName: z.string() }),
    aptitudeTests: z.array(AptitudeTest),
    batchId: z.nullable(z.string()),
    membership: z.enum(['none', 'joined', 'recipient', 'revoked']),
    cardNumber: z.nullable(z.string()),
    purchaseUntil: z.nullable(z.iso.datetime()),
    creditRupiah: z.int(),
    purchases: z.array(Purchase),
    payoutAccount: z.nullable(OwnAccount),
    incentives: OwnIncentives,
    surveys: z.array(SurveySummary),
  }),
  refusals: ['not_registered', 'person_erased'],
});
