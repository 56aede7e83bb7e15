import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Keys } from '#shared/platform/keys.ts';
import { familySlot } from '#shared/table/keys.ts';
import { ifFree, putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

const Place = z.object({ familyTag: z.string(), participantId: z.string() });

const tagDigits = 15;
/** Two of fifteen million families may get the same fifteen digits (one chance in nine); then the second takes the next. */
const maxCollisions = 4;

/**
 * Places per family card. A place is an item claimed once, and its address is the card number: fifteen digits from the
 * family's keyed hash, then the place. So a card number is unique, cannot be guessed, leads to its owner by one read, and
 * a family can never have more cards than places. See docs/decisions/0004.
 */
export function familyPlaces(table: Table, keys: Keys) {
  const digitsOf = (familyTag: string, collision: number): string => {
    const tag = keys.tag('family-tag', `card#${familyTag}#${collision}`);
    return String(BigInt(`0x${tag}`) % 10n ** BigInt(tagDigits)).padStart(tagDigits, '0');
  };

  async function claimOne(digits: string, place: number, owner: z.infer<typeof Place>): Promise<z.infer<typeof Place>> {
    const put = await putIf(table, { ...familySlot(digits, place), ...owner }, ifFree);
    return put.isStored ? owner : Place.parse(put.there);
  }

  async function holderOf(digits: string, place: number): Promise<z.infer<typeof Place> | null> {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: familySlot(digits, place), ConsistentRead: true }),
    );
    return Item ? Place.parse(Item) : null;
  }

  return {
    /**
     * Claims a place for a member; a repeat finds the same place. Answers the 16-digit card number, or null when the
     * family has all its places.
     */
    async claim(familyTag: string, participantId: string, places: number): Promise<string | null> {
      const owner = { familyTag, participantId };
      for (let collision = 0; collision < maxCollisions; collision += 1) {
        const digits = digitsOf(familyTag, collision);
        for (let place = 1; place <= places; place += 1) {
          const holder = await claimOne(digits, place, owner);
          if (holder.participantId === participantId) return `${digits}${place}`;
          if (holder.familyTag !== familyTag) break;
          if (place === places) return null;
        }
      }
      throw new Error('family_place.collisions');
    },

    /** How many of its places a family holds. A consistent read for each place. */
    async taken(familyTag: string, places: number): Promise<number> {
      let held = 0;
      for (let collision = 0; collision < maxCollisions; collision += 1) {
        const holders = await Promise.all(
          Array.from({ length: places }, (_, index) => holderOf(digitsOf(familyTag, collision), index + 1)),
        );
        held += holders.filter((holder) => holder?.familyTag === familyTag).length;
        // A place under these digits is claimed only where none of another family stands before it.
        if (!holders.some((holder) => holder && holder.familyTag !== familyTag)) return held;
      }
      return held;
    },

    /** The participant with this card number, or null. One consistent read. */
    async participantOf(cardNumber: string): Promise<string | null> {
      if (!/^\d{16}$/.test(cardNumber)) return null;
      const holder = await holderOf(cardNumber.slice(0, tagDigits), Number(cardNumber.slice(tagDigits)));
      return holder?.participantId ?? null;
    },
  };
}
export type FamilyPlaces = ReturnType<typeof familyPlaces>;
