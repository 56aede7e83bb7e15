import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';

/** What a payment partner sends when something became of a payment: SNAP BI, service 52. */
export const NotificationBody = z.looseObject({
  /** The partner's own. */
  originalReferenceNo: z.string().check(z.minLength(1), z.maxLength(64)),
  /** Ours. */
  originalPartnerReferenceNo: z.string().check(z.minLength(1), z.maxLength(64)),
  latestTransactionStatus: z.string().check(z.regex(/^\d{2}$/)),
});

export const receiveNotification = endpoint({
  operation: 'receiveNotification',
  capability: 'incentive',
  method: 'POST',
  path: '/v1.0/transfer/notify',
  access: 'payment_partner',
  summary:
    'A payment partner tells that something became of a payment. It settles nothing: the partner is asked about it.',
  body: NotificationBody,
  status: 200,
  answer: z.strictObject({ responseCode: z.literal('2005200'), responseMessage: z.string() }),
  refusals: ['payment_partner_unknown', 'timestamp_stale', 'signature_wrong', 'service_unavailable'],
});

/** A refusal as SNAP BI has it: the status, the service and a case in one code. */
export type NotificationError = {
  readonly status: number;
  readonly responseCode: string;
  readonly responseMessage: string;
};

const unauthorized = (why: string): NotificationError => ({
  status: 401,
  responseCode: '4015200',
  responseMessage: `Unauthorized. [${why}]`,
});
const errors: Partial<Record<RefusalCode, NotificationError>> = {
  payment_partner_unknown: unauthorized('Unknown partner'),
  timestamp_stale: unauthorized('Timestamp'),
  signature_wrong: unauthorized('Signature'),
  body_not_json: { status: 400, responseCode: '4005200', responseMessage: 'Bad Request' },
  body_too_large: { status: 400, responseCode: '4005200', responseMessage: 'Bad Request' },
  request_invalid: { status: 400, responseCode: '4005201', responseMessage: 'Invalid Field Format' },
};
const missingField: NotificationError = {
  status: 400,
  responseCode: '4005202',
  responseMessage: 'Missing Mandatory Field',
};
const unexpected: NotificationError = { status: 500, responseCode: '5005200', responseMessage: 'General Error' };

/** What a payment partner is told of a refusal. */
export function notificationErrorOf(code: RefusalCode): NotificationError {
  return errors[code] ?? unexpected;
}

/** Every answer that a refused notification may get. */
export const notificationErrors: readonly NotificationError[] = [...Object.values(errors), missingField, unexpected];

const Fields = z.record(z.string(), z.unknown());
const mandatory = ['originalReferenceNo', 'originalPartnerReferenceNo', 'latestTransactionStatus'] as const;

/** What is wrong with a body that was signed by its sender and cannot be read. */
export function bodyErrorOf(text: string): NotificationError {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return notificationErrorOf('body_not_json');
  }
  const given = Fields.safeParse(body);
  const isMissing = given.success && mandatory.some((name) => given.data[name] === undefined);
  return isMissing ? missingField : notificationErrorOf('request_invalid');
}
