import { type Answer, json } from '#infra/local/simulators/exchange.ts';

/*
 * The answers of SNAP BI as this partner gives them. A response code is HTTP status, service, case: "4043601". One table,
 * so that a case can be corrected without touching logic.
 */

const messages = {
  '200:00': 'Successful',
  '200:99': 'Successful with remarks', // No such case exists: what a client meets that its table does not have.
  '202:00': 'Request In Progress',
  '400:00': 'Bad Request',
  '400:01': 'Invalid Field Format',
  '400:02': 'Invalid Mandatory Field',
  '401:00': 'Unauthorized',
  '401:01': 'Invalid Token (B2B)',
  '403:02': 'Exceeds Transaction Amount Limit',
  '403:09': 'Dormant Account',
  '403:14': 'Insufficient Funds',
  '403:18': 'Inactive Account',
  '404:01': 'Transaction Not Found',
  '404:11': 'Invalid Account',
  '405:00': 'Requested Function Is Not Supported',
  '405:01': 'Requested Operation Is Not Allowed',
  '409:00': 'Conflict',
  '409:01': 'Duplicate partnerReferenceNo',
  '429:00': 'Too Many Requests',
  '500:00': 'General Error',
  '504:00': 'Timeout',
} as const;

/** HTTP status and case of an answer, without the service between them. */
export type Case = keyof typeof messages;

/** The answer of a service, with its fields; `detail` is added to the message and never holds a value of the request. */
export function snap(serviceCode: string, which: Case, fields: object = {}, detail = ''): Answer {
  const [status = '', suffix = ''] = which.split(':');
  const responseMessage = messages[which] + (detail && ` ${detail}`);
  return json(Number(status), { responseCode: status + serviceCode + suffix, responseMessage, ...fields });
}

/** What a proxy in between answers in the name of the partner. */
export function unreadable(): Answer {
  return { status: 200, type: 'text/html', content: '<html><body>{"responseCode":"200' };
}

/** Rupiah have no cents, but the standard writes two decimals. */
export function amountOf(amountRupiah: number): { value: string; currency: 'IDR' } {
  return { value: `${amountRupiah}.00`, currency: 'IDR' };
}
