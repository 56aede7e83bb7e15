import type { Keys } from '#shared/platform/keys.ts';
import { type Listing, listings } from '#shared/registration/feeds/listings.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import type { Table } from '#shared/table/table.ts';

type Person = { readonly participantId: string; readonly familyTag: string };
export type FactsBeside = (
  person: Person,
  places: number,
) => Promise<{ readonly listings: readonly Listing[]; readonly familyRecipients: number }>;

/** What decides about somebody and does not stand in their file: which lists name them, and how many of its places the family holds. */
export function factsBeside(table: Table, keys: () => Promise<Keys>): FactsBeside {
  return async ({ participantId, familyTag }, places) => {
    const [listed, familyRecipients] = await Promise.all([
      listings(table).of(participantId),
      familyPlaces(table, await keys()).taken(familyTag, places),
    ]);
    return { listings: listed, familyRecipients };
  };
}
