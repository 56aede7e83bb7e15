import type { Permit } from '#shared/incentive/pay-payout.ts';
import type { Releases } from '#shared/incentive/release.ts';

/** How long payouts still go out after operators have held their release. */
const memoryMilliseconds = 10_000;
const memorySize = 100;

/**
 * Whether payouts of a release may be sent. What stays open when a release is closed has an owner, and is paid when it can be. A
 * "yes" is remembered for some seconds; a "no" never, since what is not sent is not asked about again before a person resumes it.
 */
export function releasePermits(releases: Pick<Releases, 'load'>, now: () => Date) {
  const known = new Map<string, { readonly permit: Permit; readonly until: number }>();

  return async (releaseId: string): Promise<Permit> => {
    const remembered = known.get(releaseId);
    if (remembered && remembered.until > now().getTime()) return remembered.permit;
    const { state, approvedAt } = (await releases.load(releaseId)).state;
    const permit = { allowed: state === 'dispatched' || state === 'closed', approvedAt };
    if (known.size >= memorySize) known.clear();
    if (permit.allowed) known.set(releaseId, { permit, until: now().getTime() + memoryMilliseconds });
    else known.delete(releaseId);
    return permit;
  };
}
