import { type Participants, participants } from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { openPerson } from '#shared/registration/person.ts';
import { verified } from '#shared/registration/registration.ts';
import { type Batches, batches, isOver } from '#shared/selection/batch.ts';
import { join } from '#shared/selection/membership.ts';
import { joinBatch } from '#shared/selection/selection-api.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly batches: Batches; readonly keys: () => Promise<Keys> };

/** POST /v1/applications: joins an open batch. A repeat changes nothing. */
export function joinOpenBatch({ participants, batches, keys }: Deps) {
  return api(joinBatch, async ({ caller, body: { batchId } }) => {
    const participantId = caller.username;
    const { created, state } = (await batches.load(batchId)).state;
    if (!created) throw new Refusal('batch_unknown');
    const batch = { batchId, scheme: created.scheme, isOpen: state === 'open' };
    const opened = await keys();
    await participants.change(participantId, async (file, now) => {
      const { birthDate } = openPerson(opened, participantId, verified(file.registration));
      const earlierBatchIsOver = await isOverIn(batches, file.membership.joined?.batchId, now);
      return join(file, { participantId, batch, earlierBatchIsOver, birthDate, now });
    });
    return { batchId, joined: true };
  });
}

async function isOverIn(batches: Batches, batchId: string | undefined, now: Date): Promise<boolean> {
  return batchId !== undefined && isOver((await batches.load(batchId)).state, now);
}

const table = programTable();
export const handler = joinOpenBatch({ participants: participants(table), batches: batches(table), keys: programKeys });
