import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { envelope } from '#shared/platform/partner-envelope.ts';

const capability = 'purchase';
const text = z.string().check(z.minLength(1), z.maxLength(100));
const base = '/api/v1/integration/payment';
const call = { capability, method: 'POST', access: 'partner', status: 200 } as const;

// Partners may send fields that we do not know: a processable request is not refused for an unused field.
export const checkQuota = endpoint({
  ...call,
  operation: 'checkQuota',
  path: `${base}/quota-schedule`,
  summary: 'Places left at a schedule of a course.',
  body: z.object({ course_code: text, schedule_code: text }),
  answer: envelope(z.strictObject({ schedule_code: z.string(), course_code: z.string(), quota: z.int() })),
  refusals: ['course_unknown', 'schedule_unknown'],
});

export const sendOtp = endpoint({
  ...call,
  operation: 'sendOtp',
  path: `${base}/send-otp`,
  summary: 'Sets the price aside and sends a one-time code to the holder of the card.',
  body: z.object({
    user_platform_id: text,
    prakerja_id: text,
    course_code: text,
    schedule_code: text,
    amount: z.int().check(z.positive()),
  }),
  answer: envelope(z.strictObject({ payment_token: z.string() })),
  refusals: [
    'course_unknown',
    'schedule_unknown',
    'schedule_started',
    'quota_full',
    'participant_unknown',
    'not_recipient',
    'membership_revoked',
    'price_differs',
    'credit_insufficient',
    'purchase_deadline_passed',
    'training_unfinished',
    'course_repeated',
    'otp_resends_exceeded',
    'purchase_pending',
    'conflict_persistent',
  ],
});

const status = 'SUCCESS';

export const authorizePayment = endpoint({
  ...call,
  operation: 'authorizePayment',
  path: `${base}/authorize`,
  summary: 'Pays with one-time code and payment token (`Authorization: Payment PAYMENT_TOKEN`).',
  body: z.object({
    otp: z.string().check(z.regex(/^\d{6}$/)),
    invoice_url: z.url({ protocol: /^https?$/ }).check(z.maxLength(300)),
    // The field table says integer, the samples and the other operations say string.
    invoice_code: z.union([text, z.pipe(z.int().check(z.nonnegative()), z.transform(String))]),
  }),
  answer: envelope(
    z.strictObject({
      invoice_code: z.string(),
      transaction_code: z.string(),
      amount: z.int(),
      status: z.literal(status),
      prakerja_name: z.string(),
    }),
  ),
  refusals: [
    'otp_wrong',
    'otp_attempts_exceeded',
    'payment_token_invalid',
    'invoice_reused',
    'quota_full',
    'purchase_deadline_passed',
    'not_recipient',
    'membership_revoked',
    'conflict_persistent',
  ],
});

export const readPayment = endpoint({
  ...call,
  operation: 'readPayment',
  path: `${base}/status`,
  summary: 'A payment by the invoice of the platform that asks.',
  body: z.object({ invoice_code: text }),
  answer: envelope(
    z.strictObject({
      created_at: z.string(),
      invoice_code: z.string(),
      transaction_code: z.string(),
      amount: z.int(),
      status: z.literal(status),
      prakerja_name: z.string(),
    }),
  ),
  refusals: ['purchase_unknown'],
});
