import { ok } from 'node:assert/strict';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { Bytes } from '#shared/platform/bytes.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { newDataKey } from '#shared/registration/person.ts';
import { personKey } from '#shared/table/keys.ts';
import { ifFree, putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

/** What stands in a key's place: the key, sealed; or when it was destroyed. */
const Kept = z.object({ sk: z.string(), dataKey: z.optional(Bytes), destroyedAt: z.optional(z.iso.datetime()) });

/** The sealed data key of an item that stands beside a journal; null where it is destroyed. */
export function dataKeyOf(item: unknown): Uint8Array | null {
  return Kept.parse(item).dataKey ?? null;
}

/**
 * The data keys of citizens: one item each, beside the journal and read with it. A journal cannot be changed, and a key must be
 * destroyed: so no event holds it.
 */
export function personKeys(table: Table) {
  return {
    /**
     * The sealed data key of a person, made by whoever asks first. `embedded`: the key that an old registration carries, which gets its
     * own place with it. `isBack`: the person was erased and comes back, so a new key takes the place of the destroyed one.
     */
    async take(
      keys: Keys,
      participantId: string,
      { embedded, isBack, at }: { readonly embedded?: Uint8Array; readonly isBack: boolean; readonly at: Date },
    ): Promise<Uint8Array> {
      const dataKey = embedded
        ? keys.seal('data-key', keys.open('data-key', embedded, participantId), participantId)
        : newDataKey(keys, participantId);
      const item = { ...personKey(participantId), dataKey, madeAt: at.toISOString() };
      const isGone = { ConditionExpression: `${ifFree.ConditionExpression} or attribute_exists(destroyedAt)` };
      const put = await putIf(table, item, isBack ? isGone : ifFree);
      if (put.isStored) return dataKey;
      const kept = dataKeyOf(put.there);
      ok(kept, 'Who is not erased has a key');
      return kept;
    },

    /** Seals a person's key anew, with the newest of the program's keys. False where it is destroyed, or another was faster. */
    async rewrap(keys: Keys, participantId: string): Promise<boolean> {
      const { pk, sk } = personKey(participantId);
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk and sk = :sk',
          ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
        }),
      );
      const [item] = Items;
      const sealed = item && dataKeyOf(item);
      if (!sealed || keys.isNewest(sealed)) return false;
      const dataKey = keys.seal('data-key', keys.open('data-key', sealed, participantId), participantId);
      const condition = { ConditionExpression: 'dataKey = :sealed', ExpressionAttributeValues: { ':sealed': sealed } };
      return (await putIf(table, { ...item, dataKey }, condition)).isStored;
    },

    /**
     * Destroys the key of a person who was erased at an instant. A repeat changes nothing, and a key that was made later, for a person
     * who came back, stays.
     */
    async destroy(participantId: string, erasedAt: Date): Promise<void> {
      const item = { ...personKey(participantId), destroyedAt: erasedAt.toISOString() };
      await putIf(table, item, {
        ConditionExpression: 'attribute_not_exists(pk) or madeAt <= :erasedAt',
        ExpressionAttributeValues: { ':erasedAt': erasedAt.toISOString() },
      });
    },
  };
}
export type PersonKeys = ReturnType<typeof personKeys>;
