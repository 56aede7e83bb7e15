import * as z from 'zod/mini';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { Break, ClosingTotals } from '#shared/incentive/reconciliation/closing.ts';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note, Operator } from '#shared/platform/operator.ts';
import { Day } from '#shared/platform/wib.ts';

const capability = 'incentive';
const access = 'operator';

const closingPath = z.strictObject({ partnerCode: PaymentPartnerCode, day: Day });
const breakPath = z.extend(closingPath, { breakKey: Break.shape.key });

const count = z.int().check(z.gte(0));

export const ClosingView = z.strictObject({
  ...closingPath.shape,
  state: z.enum(['comparing', 'compared', 'closed']),
  comparedAt: z.nullable(z.iso.datetime()),
  closedBy: z.nullable(Operator),
  totals: z.nullable(ClosingTotals),
  breaks: z.array(
    z.strictObject({
      ...Break.shape,
      ageDays: count,
      explanation: z.nullable(z.strictObject({ note: z.string(), by: Operator })),
    }),
  ),
  nextCursor: z.nullable(z.string()),
});

export const runClosing = endpoint({
  operation: 'runClosing',
  capability,
  method: 'POST',
  path: '/v1/closings',
  access,
  summary: 'Compares what was paid through a partner on a day that is over with what its statements say.',
  body: closingPath,
  status: 202,
  answer: ClosingView,
  refusals: ['closing_state', 'attempts_exceeded', 'conflict_persistent'],
});

export const readClosing = endpoint({
  operation: 'readClosing',
  capability,
  method: 'GET',
  path: '/v1/closings/{partnerCode}/{day}',
  access,
  summary:
    'The last comparison of a day, with a page of its breaks: how old each is, who looks after it, and why it is there.',
  pathParameters: closingPath,
  query: z.strictObject({ cursor: z.optional(z.string().check(z.regex(/^\d{1,5}$/))) }),
  status: 200,
  answer: ClosingView,
  refusals: ['closing_unknown'],
});

export const explainBreak = endpoint({
  operation: 'explainBreak',
  capability,
  method: 'PUT',
  path: '/v1/closings/{partnerCode}/{day}/breaks/{breakKey}',
  access,
  summary: 'Writes down why a break is there.',
  pathParameters: breakPath,
  body: z.strictObject({ note: Note }),
  status: 200,
  answer: z.strictObject({ key: Break.shape.key, note: z.string(), by: Operator }),
  refusals: ['closing_unknown', 'closing_state', 'break_unknown', 'attempts_exceeded', 'conflict_persistent'],
});

export const closeDay = endpoint({
  operation: 'closeDay',
  capability,
  method: 'POST',
  path: '/v1/closings/{partnerCode}/{day}/closing',
  access,
  summary: 'Closes a day that has no break, or none that other operators have not resolved or explained.',
  pathParameters: closingPath,
  status: 200,
  answer: ClosingView,
  refusals: ['closing_unknown', 'closing_state', 'breaks_unexplained', 'same_operator', 'conflict_persistent'],
});

/** What one function serves of partners' days. */
export const closingEndpoints = [runClosing, readClosing, explainBreak, closeDay] as const;
