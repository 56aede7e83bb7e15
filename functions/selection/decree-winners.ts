import { ok } from 'node:assert/strict';
import { schemes } from '#shared/credit/schemes.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { WinnersMessage } from '#shared/operations/messages.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import { worker } from '#shared/platform/worker.ts';
import { verified } from '#shared/registration/registration.ts';
import { type Batches, batches } from '#shared/selection/batch.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import { decree } from '#shared/selection/membership.ts';
import { eachWinner, winnersOf } from '#shared/selection/winners.ts';
import { programTable, type Table } from '#shared/table/table.ts';

type Deps = {
  readonly table: Table;
  readonly participants: Participants;
  readonly batches: Batches;
  readonly files: Files;
  readonly keys: () => Promise<Keys>;
};

/** Queue `decree`: decrees one chunk of winners. Each claims a family place, then has one event; a repeat finds both. */
export function decreeWinners({ table, participants, batches, files, keys }: Deps) {
  return worker('decreeWinners', WinnersMessage, async ({ batchId, chunk }) => {
    const { approved, created } = (await batches.load(batchId)).state;
    ok(approved && created, 'Winners are decreed after the approval');
    const places = familyPlaces(table, await keys());
    const { maxRecipientsPerFamilyCard } = schemes[created.scheme];

    const decreeOne = async (participantId: string): Promise<'decreed' | 'family_full'> => {
      const { registration, membership } = (await participants.load(participantId)).state;
      if (membership.decreed) return 'decreed';
      const { familyTag } = verified(registration);
      const cardNumber = await places.claim(familyTag, participantId, maxRecipientsPerFamilyCard);
      if (cardNumber === null) return 'family_full';
      const announcement = { batchId, scheme: created.scheme, cardNumber, announcedAt: approved.at };
      await participants.change(participantId, (file) => decree(file.membership, announcement));
      return 'decreed';
    };

    const counts = await eachWinner(await winnersOf(files, batchId, chunk), decreeOne);
    logger.info('decree.chunk_done', { batchId, chunk, ...counts });
  });
}

const table = programTable();
export const handler = decreeWinners({
  table,
  participants: participants(table),
  batches: batches(table),
  files: programFiles(),
  keys: programKeys,
});
