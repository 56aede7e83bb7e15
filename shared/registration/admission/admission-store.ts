import { randomUUID } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { type Fold, journal } from '#shared/journal/journal.ts';
import { remembered } from '#shared/platform/remembered.ts';
import type { Block, SlotBlocks } from '#shared/registration/admission/slots.ts';
import {
  evolveWaitingRoom,
  neverOpened,
  type WaitingRoom,
  WaitingRoomEvent,
} from '#shared/registration/admission/waiting-room.ts';
import { journalKeys, letIn, slotBlock } from '#shared/table/keys.ts';
import { ifFree, putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

/** There is one waiting room. */
const theRoom = 'pendaftaran';

const roomFold: Fold<WaitingRoom, WaitingRoomEvent> = {
  empty: neverOpened,
  parse: (stored) => WaitingRoomEvent.parse(stored),
  evolve: evolveWaitingRoom,
};

/** How long a function trusts what it knows of the waiting room: what is switched works no later than this. */
export const memoryMilliseconds = 5_000;

/** The journal of the waiting room, and what it says by now. */
export function waitingRooms(table: Table) {
  const files = journal(table, journalKeys.waitingRoom, roomFold);
  const load = async (): Promise<WaitingRoom> => (await files.load(theRoom)).state;

  return {
    change: (decide: Parameters<typeof files.change>[1]) => files.change(theRoom, decide),

    /** As it is in the table. */
    load,

    /** From memory for some seconds. */
    current: remembered(load, memoryMilliseconds),
  };
}
export type WaitingRooms = ReturnType<typeof waitingRooms>;

/** Blocks and used tickets are of no use when their night is long over: the table drops them. */
const keptDays = { block: 30, letIn: 2 } as const;
const expiryAfter = (days: number) => Math.floor(Date.now() / 1_000) + days * 24 * 60 * 60;

const StoredBlock = z.object({ claimId: z.string(), number: z.int(), start: z.int(), size: z.int() });
const blockIn = ({ number, start, size }: z.infer<typeof StoredBlock>): Block => ({ number, start, size });

/** The blocks of slots in the table. No item is ever changed: a block is put once, behind the one before. */
export function slotBlocks(table: Table): SlotBlocks {
  return {
    async last(opening, lane) {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': slotBlock(opening, lane, 0).pk },
          ScanIndexForward: false,
          Limit: 1,
        }),
      );
      return Items[0] ? blockIn(StoredBlock.parse(Items[0])) : null;
    },

    async claim(opening, lane, block) {
      const claimId = randomUUID().slice(0, 8);
      const place = slotBlock(opening, lane, block.number);
      const item = { ...place, claimId, ...block, expiresAt: expiryAfter(keptDays.block) };
      const put = await putIf(table, item, ifFree);
      if (put.isStored) return null;
      const other = StoredBlock.parse(put.there);
      // Our own, where the engine's answer was lost and the client tried again.
      return other.claimId === claimId ? null : blockIn(other);
    },
  };
}

const LetIn = z.object({ participantId: z.string() });

/** Who was let in by which ticket. */
export function letInBy(table: Table) {
  return {
    /** Lets somebody in by a ticket, once. Answers whether the ticket is theirs; a repeat finds that it is. */
    async claim(opening: number, slot: number, participantId: string): Promise<boolean> {
      const item = { ...letIn(opening, slot), participantId, expiresAt: expiryAfter(keptDays.letIn) };
      const put = await putIf(table, item, ifFree);
      return put.isStored || LetIn.parse(put.there).participantId === participantId;
    },
  };
}
export type LetInBy = ReturnType<typeof letInBy>;
