import * as z from 'zod/mini';
import type { Release } from '#shared/incentive/release.ts';
import {
  ByPartner,
  ByStanding,
  ReleaseLimits,
  type ReleaseState,
  releaseStates,
} from '#shared/incentive/release-events.ts';
import { OpenPayout } from '#shared/incentive/release-files.ts';
import { approvalsNeeded } from '#shared/incentive/release-steps.ts';

const isState = (name: string): name is ReleaseState => name in releaseStates;
const State = z.enum(Object.keys(releaseStates).filter(isState));
const Step = z.strictObject({ by: z.string(), at: z.iso.datetime() });
const Reasoned = z.strictObject({ by: z.string(), at: z.iso.datetime(), reason: z.string() });

/** A release: what is declared, how far it is, and who did what. */
export const ReleaseView = z.strictObject({
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

/** Who has an open payout in care. */
export const CaseView = z.strictObject({
  reference: z.string(),
  owner: z.string(),
  note: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
});

/** All that operators read of one release. */
export const ReleaseDetails = z.extend(ReleaseView, {
  /** The first of the open payouts, as the last round found them. */
  open: z.array(OpenPayout),
  cases: z.array(CaseView),
});

const stepView = ({ by, at }: { by: string; at: Date }) => ({ by, at: at.toISOString() });
const reasonedView = ({ by, at, reason }: { by: string; at: Date; reason: string }) => ({
  ...{ by, reason, at: at.toISOString() },
});

/** A release as operators see it. */
export function releaseView(releaseId: string, release: Release): z.input<typeof ReleaseView> {
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
export function releaseDetails(
  releaseId: string,
  release: Release,
  open: readonly OpenPayout[],
): z.input<typeof ReleaseDetails> {
  const cases = [...release.cases.values()].map(({ at, ...facts }) => ({ ...facts, at: at.toISOString() }));
  return { ...releaseView(releaseId, release), open: [...open], cases };
}
