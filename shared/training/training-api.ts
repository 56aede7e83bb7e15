import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { envelope } from '#shared/platform/partner-envelope.ts';

const capability = 'training';
const redeemCode = z.string().check(z.minLength(1), z.maxLength(40));
const integration = '/api/v1/integration';
const call = { capability, method: 'POST', access: 'partner', status: 200 } as const;
const codeRefusals = ['redeem_code_unknown', 'redeem_code_foreign'] as const;

export const generateUrl = endpoint({
  ...call,
  operation: 'generateUrl',
  path: `${integration}/oauth/url-generate`,
  summary: 'An address to which the institution sends the participant, who confirms presence there and comes back.',
  body: z.object({
    redeem_code: redeemCode,
    redirect_uri: z.string().check(z.minLength(1), z.maxLength(300)),
    email: z.email().check(z.maxLength(254)),
    sequence: z._default(z.int(), 1),
  }),
  answer: envelope(
    z.strictObject({
      url: z.string(),
      state: z.string(),
      course: z.strictObject({ type: z.int(), learning_method: z.string() }),
    }),
  ),
  refusals: [...codeRefusals, 'redirect_unregistered', 'sequence_invalid'],
});

export const checkRedeemCode = endpoint({
  ...call,
  operation: 'checkRedeemCode',
  path: `${integration}/payment/redeem-code/status`,
  summary: 'Whether a redeem code is used, and whether its owner attended a session.',
  // The 2022 samples send the code alone.
  body: z.object({ redeem_code: redeemCode, sequence: z._default(z.int(), 1) }),
  answer: envelope(
    z.strictObject({
      redeem_code: z.string(),
      course_code: z.string(),
      invoice_code: z.string(),
      schedule_code: z.string(),
      status: z.int(),
      attendance_status: z.int(),
      redeem_at: z.string(),
      dp_platform: z.string(),
      schedule_start_end: z.string(),
      course_type: z.int(),
      course_type_label: z.string(),
      course_learning_method: z.string(),
      is_online_attendance: z.boolean(),
      sequence: z.int(),
    }),
  ),
  refusals: [...codeRefusals, 'sequence_invalid'],
});

export const commitRedeemCode = endpoint({
  ...call,
  operation: 'commitRedeemCode',
  path: `${integration}/payment/redeem-code/commit`,
  summary: 'Declares a redeem code used, once.',
  body: z.object({ redeem_code: redeemCode }),
  answer: envelope(z.strictObject({ redeem_code: z.string(), course_code: z.string(), status: z.int() })),
  refusals: [...codeRefusals, 'redeem_code_used', 'conflict_persistent'],
});

const ticket = z.string().check(z.minLength(1), z.maxLength(1_500));

export const showAttendancePage = endpoint({
  operation: 'showAttendancePage',
  capability,
  method: 'GET',
  path: '/attendance',
  access: 'public',
  summary: 'The page on which a participant signs in and confirms presence.',
  query: z.strictObject({ ticket }),
  status: 200,
  answer: 'text/html',
  refusals: ['ticket_invalid'],
});

export const confirmAttendance = endpoint({
  operation: 'confirmAttendance',
  capability,
  method: 'POST',
  path: '/v1/attendances',
  access: 'citizen',
  summary: "Records the caller's presence for the ticket, and says where to go back to.",
  body: z.strictObject({ ticket }),
  status: 201,
  answer: z.strictObject({ redirectUrl: z.url() }),
  refusals: ['ticket_invalid', 'redeem_code_unused', 'not_recipient', 'conflict_persistent'],
});

// A fraction of a second can have any number of digits.
const Instant = z.iso.datetime().check(z.maxLength(40));

/** The message of the webhook `course.completed`. */
const CompletionMessage = z.strictObject({
  type: z.literal('course.completed'),
  timestamp: Instant,
  data: z.strictObject({
    redeem_code: redeemCode,
    completed_at: Instant,
    score_percent: z.optional(z.int().check(z.gte(0), z.lte(100))),
  }),
});

export const receiveCompletion = endpoint({
  operation: 'receiveCompletion',
  capability,
  method: 'POST',
  path: '/v1/webhooks/{clientCode}',
  access: 'webhook',
  summary: 'Completion of a course, as a signed webhook (Standard Webhooks). A repeat gets the first answer.',
  pathParameters: z.strictObject({ clientCode: z.string().check(z.maxLength(40)) }),
  body: CompletionMessage,
  status: 202,
  answer: z.strictObject({ accepted: z.literal(true), certificateNumber: z.string() }),
  refusals: [
    'credentials_missing',
    'signature_wrong',
    'timestamp_stale',
    'redeem_code_unknown',
    'redeem_code_foreign',
    'redeem_code_unused',
    'webhook_id_reused',
    'completion_differs',
    'completion_implausible',
    'conflict_persistent',
  ],
});
