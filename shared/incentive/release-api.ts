import * as z from 'zod/mini';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { PayoutReference } from '#shared/incentive/payout.ts';
import { ReleaseId, ReleaseLimits, releaseRules } from '#shared/incentive/release-events.ts';
import { CaseView, ReleaseDetails, ReleaseView } from '#shared/incentive/release-view.ts';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note, Operator } from '#shared/platform/operator.ts';

const capability = 'incentive';
const pathParameters = z.strictObject({ releaseId: ReleaseId });

export const requestRelease = endpoint({
  operation: 'requestRelease',
  capability,
  method: 'POST',
  path: '/v1/releases',
  access: 'operator',
  summary: 'Asks for a release of the incentives that wait. Its list is made within minutes. A repeat changes nothing.',
  body: z.strictObject({
    releaseId: ReleaseId,
    note: z.optional(Note),
    maxPayouts: z._default(ReleaseLimits.shape.maxPayouts, releaseRules.maxPayouts),
    partnerCodes: z.optional(z.array(PaymentPartnerCode).check(z.minLength(1), z.maxLength(10))),
  }),
  status: 201,
  answer: ReleaseView,
  refusals: ['release_exists', 'conflict_persistent'],
});

export const readReleases = endpoint({
  operation: 'readReleases',
  capability,
  method: 'GET',
  path: '/v1/releases',
  access: 'operator',
  summary: 'Releases in the order of their ids, paged.',
  query: z.strictObject({ cursor: z.optional(ReleaseId) }),
  status: 200,
  answer: z.strictObject({ releases: z.array(ReleaseView), nextCursor: z.nullable(z.string()) }),
  refusals: [],
});

export const readRelease = endpoint({
  operation: 'readRelease',
  capability,
  method: 'GET',
  path: '/v1/releases/{releaseId}',
  access: 'operator',
  summary: 'A release: declared totals, progress, open payouts and who has them in care.',
  pathParameters,
  status: 200,
  answer: ReleaseDetails,
  refusals: ['release_unknown'],
});

const step = { capability, method: 'POST', access: 'operator', pathParameters, status: 200 } as const;
const stepRefusals = ['release_unknown', 'release_state', 'conflict_persistent'] as const;

export const approveRelease = endpoint({
  ...step,
  operation: 'approveRelease',
  path: '/v1/releases/{releaseId}/approval',
  summary: 'Another operator approves a release, and states its count and sum. From a threshold on it takes two.',
  body: z.strictObject({ count: z.int().check(z.gte(0)), sumRupiah: z.int().check(z.gte(0)) }),
  answer: ReleaseView,
  refusals: [...stepRefusals, 'same_operator', 'release_totals_differ'],
});

export const holdRelease = endpoint({
  ...step,
  operation: 'holdRelease',
  path: '/v1/releases/{releaseId}/hold',
  summary: 'Stops an approved release: nothing more of it is sent.',
  body: z.strictObject({ reason: Note }),
  answer: ReleaseView,
  refusals: [...stepRefusals, 'attempts_exceeded'],
});

export const resumeRelease = endpoint({
  ...step,
  operation: 'resumeRelease',
  path: '/v1/releases/{releaseId}/resumption',
  summary: 'Another operator than the one who held a release lets it go on.',
  answer: ReleaseView,
  refusals: [...stepRefusals, 'same_operator'],
});

export const cancelRelease = endpoint({
  ...step,
  operation: 'cancelRelease',
  path: '/v1/releases/{releaseId}/cancellation',
  summary: 'Gives a release up that was never dispatched: its payouts wait for the next one.',
  body: z.strictObject({ reason: Note }),
  answer: ReleaseView,
  refusals: stepRefusals,
});

export const assignCase = endpoint({
  operation: 'assignCase',
  capability,
  method: 'PUT',
  path: '/v1/releases/{releaseId}/cases/{reference}',
  access: 'operator',
  summary: 'Gives a payout that is not final into the care of somebody. A release closes when no payout is without.',
  pathParameters: z.extend(pathParameters, { reference: PayoutReference }),
  body: z.strictObject({ owner: Operator, note: Note }),
  status: 200,
  answer: CaseView,
  refusals: [...stepRefusals, 'payout_unknown', 'attempts_exceeded'],
});

export const readReleaseFile = endpoint({
  operation: 'readReleaseFile',
  capability,
  method: 'GET',
  path: '/v1/releases/{releaseId}/chunks/{chunk}',
  access: 'operator',
  summary: 'One file of the list of a release: the answer leads to a short-lived address.',
  pathParameters: z.extend(pathParameters, { chunk: z.string().check(z.regex(/^\d{1,3}$/)) }),
  status: 302,
  answer: 'text/html',
  refusals: ['release_unknown', 'release_state'],
});

/** What operators do with releases. */
export const releaseEndpoints = [
  requestRelease,
  readReleases,
  readRelease,
  approveRelease,
  holdRelease,
  resumeRelease,
  cancelRelease,
  assignCase,
  readReleaseFile,
] as const;
