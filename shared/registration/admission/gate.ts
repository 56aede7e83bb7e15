import type { Keys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { WaitingRooms } from '#shared/registration/admission/admission-store.ts';
import { readPass } from '#shared/registration/admission/admission-tokens.ts';

/** Stands before what many want at once. */
export type Gate = {
  /** Lets a person through: with a pass of theirs while the waiting room is open, otherwise at once. @throws Refusal `waiting_room`. */
  enter(pass: string | null, participantId: string, now: Date): Promise<void>;
};

type Deps = { readonly room: Pick<WaitingRooms, 'current'>; readonly keys: () => Promise<Keys> };

/** A gate that asks nobody but its memory of the waiting room: a pass is checked by one keyed hash. */
export function gate({ room, keys }: Deps): Gate {
  return {
    async enter(pass, participantId, now) {
      const { isOpen, opening } = await room.current(now);
      if (!isOpen) return;
      const found = pass === null ? null : readPass(await keys(), pass, participantId);
      if (found?.opening !== opening || found.until <= now) throw new Refusal('waiting_room');
    },
  };
}
