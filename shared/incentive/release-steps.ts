import { isInvolved, type Release } from '#shared/incentive/release.ts';
import {
  mayFollow,
  type ReleaseEvent,
  type ReleaseLimits,
  type ReleaseStep,
  releaseRules,
  type Totals,
} from '#shared/incentive/release-events.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { lookups } from '#shared/table/keys.ts';

/* What operators decide about a release. A repeat of a step by the same operator changes nothing. */

function expectStep(release: Release, step: ReleaseStep): void {
  if (release.state === 'unknown') throw new Refusal('release_unknown');
  if (!mayFollow(release.state, step)) throw new Refusal('release_state', `The release is ${release.state}`);
}

type Request = { readonly note?: string | undefined; readonly limits: ReleaseLimits };

/** An operator asks for a release; a worker then lists what waits. @throws Refusal `release_exists` for other facts under the same id. */
export function request(
  release: Release,
  releaseId: string,
  by: string,
  { note, limits }: Request,
): Decision<ReleaseEvent> {
  const asked = { by, ...(note !== undefined && { note }), limits };
  if (!release.requested)
    return {
      events: [{ type: 'ReleaseRequested', ...asked }],
      index: { lookup: lookups.releases, lookupSort: releaseId },
    };
  const { at: _, ...before } = release.requested;
  if (!sameRequest(before, asked)) throw new Refusal('release_exists');
  return { events: [] };
}

function sameRequest(left: Omit<Request, 'type'> & { by: string }, right: Request & { by: string }): boolean {
  const codes = ({ limits }: Request) => (limits.partnerCodes ?? []).toSorted().join();
  return (
    left.by === right.by &&
    left.note === right.note &&
    left.limits.maxPayouts === right.limits.maxPayouts &&
    codes(left) === codes(right)
  );
}

/** Approvals that a sum needs, beside the operator who asked. */
export function approvalsNeeded(sumRupiah: number): number {
  return sumRupiah >= releaseRules.secondApprovalFromRupiah ? 2 : 1;
}

/**
 * Another operator agrees, and repeats count and sum. From a threshold on it takes a third one too.
 * @throws Refusal `release_state`, also where there is nothing to pay; `same_operator`; `release_totals_differ`.
 */
export function approve(release: Release, by: string, declared: Totals): Decision<ReleaseEvent> {
  const { prepared, approvals } = release;
  const isSame = prepared?.count === declared.count && prepared.sumRupiah === declared.sumRupiah;
  if (isSame && approvals.some((approval) => approval.by === by)) return { events: [] };
  expectStep(release, 'ReleaseApproved');
  if (isInvolved(release, by)) throw new Refusal('same_operator');
  if (!isSame) throw new Refusal('release_totals_differ');
  if (declared.count === 0) throw new Refusal('release_state', 'There is nothing to pay: the release can be cancelled');
  const missing = approvalsNeeded(prepared.sumRupiah) - approvals.length - 1;
  return { events: [{ type: 'ReleaseApproved', by, count: declared.count, sumRupiah: declared.sumRupiah, missing }] };
}

/** Stops a release before or amid its dispatch; what a partner has already been sent settles. */
export function hold(release: Release, by: string, reason: string): Decision<ReleaseEvent> {
  const { state, held, holds } = release;
  if (state === 'held' && held?.by === by && held.reason === reason) return { events: [] };
  expectStep(release, 'ReleaseHeld');
  if (holds >= releaseRules.maxHolds) throw new Refusal('attempts_exceeded', 'The release was held too often');
  return { events: [{ type: 'ReleaseHeld', by, reason }] };
}

/** Ends a hold; the release is dispatched again. @throws Refusal `same_operator` for the one who held it. */
export function resume(release: Release, by: string): Decision<ReleaseEvent> {
  if (release.state !== 'held' && release.resumed?.by === by) return { events: [] };
  expectStep(release, 'ReleaseResumed');
  if (release.held?.by === by) throw new Refusal('same_operator');
  return { events: [{ type: 'ReleaseResumed', by }] };
}

/** Gives a release up before its dispatch: its payouts wait again. @throws Refusal `release_state` once it was dispatched. */
export function cancel(release: Release, by: string, reason: string): Decision<ReleaseEvent> {
  const { cancelled, dispatchedAt } = release;
  if (cancelled?.by === by && cancelled.reason === reason) return { events: [] };
  expectStep(release, 'ReleaseCancelled');
  if (dispatchedAt) throw new Refusal('release_state', 'The release was dispatched: its payouts may have been sent');
  return { events: [{ type: 'ReleaseCancelled', by, reason }] };
}

type Assignment = { readonly reference: string; readonly owner: string; readonly note: string };

/**
 * Gives a payout of a dispatched release into somebody's care. Whether it is one of the release's, who calls knows.
 * @throws Refusal `release_state`, `attempts_exceeded`.
 */
export function assignCase(release: Release, by: string, assignment: Assignment): Decision<ReleaseEvent> {
  const { owner, note, reference } = assignment;
  const before = release.cases.get(reference);
  if (before?.owner === owner && before.note === note && before.by === by) return { events: [] };
  expectStep(release, 'CaseAssigned');
  if (!release.dispatchedAt) throw new Refusal('release_state', 'The release was not dispatched yet');
  if (release.assignments >= releaseRules.maxAssignments) throw new Refusal('attempts_exceeded');
  return { events: [{ type: 'CaseAssigned', by, ...assignment }] };
}
