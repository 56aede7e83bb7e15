import { isOpen, type Payout } from '#shared/incentive/incentive.ts';
import type { Notification } from '#shared/incentive/snap/notification.ts';

/**
 * Whether a partner is to be asked about a payout because of what it says of its own accord. Not where the journal says so
 * already; nor about a claim that it tells to be paid or on its way, since the delivery that has sent it is writing that down
 * just now, or comes again and asks; nor about a claim that no release is known to have sent, which waits for its own. What was refused and is told to be paid is for the statement to prove.
 */
export function isWorthAsking(
  payout: Payout | undefined,
  { partnerCode, status }: Pick<Notification, 'partnerCode' | 'status'>,
): boolean {
  if (payout?.partnerCode !== partnerCode) return false;
  if (payout.state === 'claimed' && payout.releaseId === null) return false;
  const isGoingWell = status === 'paid' || status === 'in_progress';
  if (payout.state === 'claimed' || payout.state === 'paid') return !isGoingWell;
  return isOpen(payout);
}
