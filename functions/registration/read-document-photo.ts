import { type Participants, participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { sealedKey } from '#shared/registration/identity/document-photo.ts';
import { readDocumentPhoto } from '#shared/registration/identity/document-photo-api.ts';
import { openFile } from '#shared/registration/identity/sealed-file.ts';
import { type Accesses, accesses } from '#shared/registration/privacy/accesses.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly accesses: Pick<Accesses, 'record'>;
  readonly files: Pick<Files, 'stream'>;
  readonly keys: () => Promise<Keys>;
};

/** POST /v1/participants/{participantId}/document-photo/reading: shows a photo once the reading is written down for its owner. */
export function showDocumentPhoto({ participants, accesses, files, keys }: Deps) {
  return api(
    readDocumentPhoto,
    async ({ caller: { username: by }, now, path: { participantId }, body: { reason } }) => {
      const { registration, documentPhoto } = (await participants.load(participantId)).state;
      if (!registration.registered) throw new Refusal('participant_unknown');
      if (registration.erased) throw new Refusal('person_erased');
      const { accepted } = documentPhoto;
      if (!accepted) throw new Refusal('photo_missing');
      await accesses.record(participantId, { role: 'operator', by, kind: 'document_photo', reason }, now);
      logger.info('photo.read', { by, participantId });
      const stored = await files.stream(sealedKey(accepted));
      const sealed = stored && Buffer.concat(await Array.fromAsync(stored.pieces()));
      if (!sealed || digestOf(sealed) !== accepted.digest) throw new Error('photo.not_the_accepted_one');
      const { dataKey } = registration.registered;
      const image = openFile(await keys(), participantId, dataKey, accepted.photoId, sealed);
      const { digest: _, ...shown } = accepted;
      return { ...shown, imageBase64: Buffer.from(image).toString('base64') };
    },
  );
}

const table = programTable();

export const handler = showDocumentPhoto({
  participants: participants(table),
  accesses: accesses(table),
  files: programFiles(),
  keys: programKeys,
});
