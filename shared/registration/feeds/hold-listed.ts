import type { Balances } from '#shared/credit/ledger.ts';
import { liftHold, placeHold } from '#shared/incentive/hold.ts';
import { type Incentives, openPayouts } from '#shared/incentive/incentive.ts';
import type { HoldingFeed, IncentiveEvent } from '#shared/incentive/incentive-events.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { sumOf } from '#shared/platform/counts.ts';
import { excludes } from '#shared/registration/feeds/exclusion.ts';
import { feedHoldId } from '#shared/registration/feeds/feed-names.ts';
import type { Listing } from '#shared/registration/feeds/listings.ts';
import type { Registration } from '#shared/registration/registration.ts';
import type { Membership } from '#shared/selection/membership.ts';
import { lookups, shardOf } from '#shared/table/keys.ts';

type File = {
  readonly registration: Registration;
  readonly membership: Membership;
  readonly incentives: Incentives;
  readonly balances: Balances;
};

/** Incentives that are not on their way yet: what a hold stops. What is with a payment partner it does not. */
function stoppableRupiah({ balances, incentives }: Pick<File, 'balances' | 'incentives'>): number {
  const claimed = openPayouts(incentives).filter(({ state }) => state === 'claimed');
  return balances.incentive_entitlement + sumOf(claimed.map(({ amountRupiah }) => amountRupiah));
}

/** A hold of a feed in the index of all of them: whose, by which, and what is at stake. */
const sortOf = (participantId: string, { feedId, source, heldRupiah, paidRupiah }: HoldingFeed) =>
  [feedId, participantId, source, heldRupiah, paidRupiah].join('#');

/**
 * Holds the incentives of a recipient whom a feed excludes by the scheme of their decree. Nothing for everybody else, and nothing for a
 * repeat: a feed holds once, also after its hold was released.
 * @throws Refusal as `placeHold`.
 */
export function holdListed(participantId: string, file: File, listing: Listing): Decision<IncentiveEvent> {
  const { decreed, revoked, applications } = file.membership;
  if (!decreed || revoked) return { events: [] };
  const rules = applications.get(decreed.batchId)?.rules;
  if (!excludes({ scheme: decreed.scheme, rules }, listing.source)) return { events: [] };
  const { feedId, source } = listing;
  const feed = {
    ...{ feedId, source },
    ...{ heldRupiah: stoppableRupiah(file), paidRupiah: file.balances.paid_to_citizen },
  };
  const hold = { holdId: feedHoldId(feedId), reason: 'blacklisted', by: `feed:${source}`, feed } as const;
  const index = { lookup: lookups.feedHolds(shardOf(participantId)), lookupSort: sortOf(participantId, feed) };
  return { ...placeHold(file, hold), index };
}

/** As `liftHold`; of a hold that a feed has placed, the report counts it. */
export function liftCounted(
  participantId: string,
  incentives: Incentives,
  decision: { readonly holdId: string; readonly by: string },
): Decision<IncentiveEvent> {
  const lifted = liftHold(incentives, decision);
  const feed = incentives.holds.get(decision.holdId)?.feed;
  if (!feed) return lifted;
  const lookup = lookups.releasedFeedHolds(shardOf(participantId));
  return { ...lifted, index: { lookup, lookupSort: sortOf(participantId, feed) } };
}
