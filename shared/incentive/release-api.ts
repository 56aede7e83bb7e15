import * as z from 'zod/mini';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { PayoutReference } from '#shared/incentive/payout.ts';
import { Note, Operator } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import {
  ByPartner,
  ByStanding,
  type Release,
  ReleaseId,
  ReleaseLimits,
  type ReleaseState,
  releaseRules,
  releaseStates,
} from '#shared/incentive/release.ts';
import { OpenPayout } from '#shared/incentive/release-files.ts';
import { approvalsNeeded } from '#shared/incentive/release-steps.ts';
import { endpoint } from '#shared/platform/endpoint.ts';

const capability = 'incentive';
const pathParameters = z.strictObject({ releaseId: ReleaseId });

const isState = (name: string): name is ReleaseState => name in releaseStates;
const State = z.enum(Object.keys(releaseStates).filter(isState));
const Step = z.strictObject({ by: z.string(), at: z.iso.datetime() });
const Reasoned = z.strictObject({ by: z.string(), at: z.iso.datetime(), reason: z.string() });

/** A release: what is declared, how far it is, and who did what. */
const ReleaseView = z.strictObject({
  releaseId: z.string(),
  state: State,
  requested: Step,
  note: z.nullable(z.string()),
  limits: ReleaseLimits,
  /** Null while the list is being made. */
  declared: z.nullable(
    z.strictObject({
      count: z.int(),
      sumRupiah: z.int(),
      byPartner: ByPartner,
      listDigest: z.string(),
      chunkCount: z.int(),
      approvalsNeeded: z.int(),
      at: z.iso.datetime(),
    }),
  ),
  approvals: z.array(Step),
  held: z.nullable(Reasoned),
  resumed: z.nullable(Step),
  cancelled: z.nullable(Reasoned),
  /** What is missing at a payment partner; null where the partner did not say what it holds. */
  fundsShort: z.array(z.strictObject({ partnerCode: z.string(), missingRupiah: z.nullable(z.int()) })),
  dispatchedAt: z.nullable(z.iso.datetime()),
  /** As the last round found it; 100 percent is every single payout. */
  progress: z.nullable(
    z.strictObject({ round: z.int(), at: z.iso.datetime(), percent: z.int(), byStanding: ByStanding }),
  ),
  nextCheckAt: z.nullable(z.iso.datetime()),
  caseCount: z.int(),
  closedAt: z.nullable(z.iso.datetime()),
});

const Case = z.strictObject({
  reference: z.string(),
  owner: z.string(),
  note: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
});

const ReleaseDetails = z.extend(ReleaseView, {
  /** The first of the open payouts, as the last round found them. */
  open: z.array(OpenPayout),
  cases: z.array(Case),
});

const stepView = ({ by, at }: { by: string; at: Date }) => ({ by, at: at.toISOString() });
const reasonedView = ({ by, at, reason }: { by: string; at: Date; reason: string }) => ({
  ...{ by, reason, at: at.toISOString() },
});

/** A release as operators see it. */
export function viewOf(releaseId: string, release: Release): z.input<typeof ReleaseView> {
  const { requested, prepared, held, resumed, cancelled, closed, checked } = release;
  if (!requested) throw new Error('release.view_of_nothing');
  const found = closed ?? checked;
  return {
    releaseId,
    state: release.state,
    requested: stepView(requested),
    note: requested.note ?? null,
    limits: requested.limits,
    declared: prepared && {
      count: prepared.count,
      sumRupiah: prepared.sumRupiah,
      byPartner: prepared.byPartner,
      listDigest: prepared.listDigest,
      chunkCount: prepared.chunkCount,
      approvalsNeeded: approvalsNeeded(prepared.sumRupiah),
      at: prepared.at.toISOString(),
    },
    approvals: release.approvals.map(stepView),
    held: held && reasonedView(held),
    resumed: resumed && stepView(resumed),
    cancelled: cancelled && reasonedView(cancelled),
    fundsShort: [...release.fundsShort].map(([partnerCode, missingRupiah]) => ({ partnerCode, missingRupiah })),
    dispatchedAt: release.dispatchedAt?.toISOString() ?? null,
    progress: found && {
      round: found.round,
      at: found.at.toISOString(),
      percent: percentOf(found.byStanding, prepared?.count ?? 0),
      byStanding: found.byStanding,
    },
    nextCheckAt: release.nextCheckAt?.toISOString() ?? null,
    caseCount: release.cases.size,
    closedAt: closed?.at.toISOString() ?? null,
  };
}

/** Whole percents that are final, rounded down: what is not done is never shown as done. */
function percentOf({ open }: ByStanding, count: number): number {
  return count === 0 ? 0 : Math.floor(((count - open.count) * 100) / count);
}

/** A release with its open payouts and who has them in care. */
export function detailsOf(
  releaseId: string,
  release: Release,
  open: readonly OpenPayout[],
): z.input<typeof ReleaseDetails> {
  const cases = [...release.cases.values()].map(({ at, ...facts }) => ({ ...facts, at: at.toISOString() }));
  return { ...viewOf(releaseId, release), open: [...open], cases };
}

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
  answer: Case,
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
