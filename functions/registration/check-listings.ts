import { type Participants, participants } from '#shared/journal/participant.ts';
import { ListingMessage } from '#shared/operations/messages.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { worker } from '#shared/platform/worker.ts';
import { feedHoldId } from '#shared/registration/feeds/feed-names.ts';
import { holdListed } from '#shared/registration/feeds/hold-listed.ts';
import { match } from '#shared/registration/feeds/listed.ts';
import { type Listings, listings } from '#shared/registration/feeds/listings.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Pick<Participants, 'change'>; readonly listings: Pick<Listings, 'of'> };

/**
 * Queue `listing`: somebody whom a feed has named, or who was decreed. Notes it in the journal of who has registered, and holds the
 * incentives of a recipient whom the feed excludes. What is so is read anew: a message may be late, or come again.
 */
export function checkListings({ participants, listings }: Deps) {
  return worker('checkListings', ListingMessage, async ({ participantId }) => {
    for (const listing of await listings.of(participantId)) {
      const { membership } = await participants.change(participantId, (file) => match(participantId, file, listing));
      if (!membership.decreed) continue;
      const { incentives } = await participants
        .change(participantId, (file) => holdListed(participantId, file, listing))
        .catch(keepRefused);
      const { feedId, source } = listing;
      if (incentives.holds.has(feedHoldId(feedId))) logger.info('listing.holds', { participantId, feedId, source });
    }
  });
}

/** A hold that cannot be placed is not let go: somebody would be paid all the same. */
function keepRefused(error: unknown): never {
  throw error instanceof Refusal && !error.isPassing ? new Error(`listing.hold_refused ${error.code}`) : error;
}

const table = programTable();
export const handler = checkListings({ participants: participants(table), listings: listings(table) });
