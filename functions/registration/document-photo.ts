import { type Participants, participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import {
  announcePhoto,
  type DocumentPhoto,
  maxPhotoBytes,
  photoIdOf,
  photoToCheck,
  recordPhoto,
  sealedKey,
  uploadedKey,
} from '#shared/registration/identity/document-photo.ts';
import {
  announceDocumentPhoto,
  confirmDocumentPhoto,
  photoView,
} from '#shared/registration/identity/document-photo-api.ts';
import { checkImage } from '#shared/registration/identity/image-check.ts';
import { sealFile } from '#shared/registration/identity/sealed-file.ts';
import { standing } from '#shared/registration/registration.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly files: Pick<Files, 'stream' | 'put' | 'remove' | 'uploadAddress'>;
  readonly keys: () => Promise<Keys>;
};

/** As long as an upload over a slow line takes. */
const uploadSeconds = 600;

/** Photos of identity cards: announced, uploaded past us, looked at when their owner says so. */
export function documentPhotos({ participants, files, keys }: Deps) {
  async function fileOf(participantId: string) {
    const { registration, documentPhoto } = (await participants.load(participantId)).state;
    return { registered: standing(registration), documentPhoto };
  }

  const announcing = api(announceDocumentPhoto, async ({ caller: { username }, body, now }) => {
    const { contentType, bytes, sha256 } = body;
    const photoId = photoIdOf(await keys(), username, body);
    const { documentPhoto } = await participants.change(username, (file) => {
      standing(file.registration);
      return announcePhoto(file.documentPhoto, { photoId, contentType, bytes });
    });
    const view = photoView(documentPhoto, photoId);
    if (view.state !== 'announced') return { ...view, upload: null };
    const headers = {
      'content-type': contentType,
      'content-length': String(bytes),
      'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
    };
    const url = await files.uploadAddress(uploadedKey(photoId), uploadSeconds, headers);
    return {
      ...view,
      upload: { url, headers, expiresAt: new Date(now.getTime() + uploadSeconds * 1_000).toISOString() },
    };
  });

  /** What was uploaded, or null where it is longer than anybody may announce. @throws Refusal `photo_not_uploaded`. */
  async function uploaded(photoId: string): Promise<Uint8Array | null> {
    const stored = await files.stream(uploadedKey(photoId));
    if (!stored) throw new Refusal('photo_not_uploaded');
    return stored.bytes > maxPhotoBytes ? null : Buffer.concat(await Array.fromAsync(stored.pieces()));
  }

  /** Looks at a file, and keeps it sealed where it is the photo that was announced. */
  async function checked(participantId: string, dataKey: Uint8Array, { photoId, contentType, bytes }: Announced) {
    const file = await uploaded(photoId);
    const opened = await keys();
    const announced = { contentType, bytes, sha256: file ? digestOf(file) : '' };
    const isThatFile = file?.length === bytes && photoIdOf(opened, participantId, announced) === photoId;
    if (!file || !isThatFile) return { photoId, fault: 'differs' } as const;
    const image = checkImage(file, contentType);
    if ('fault' in image) return { photoId, fault: image.fault };
    const sealed = sealFile(opened, participantId, dataKey, photoId, image.bytes);
    const { width, height } = image;
    const accepted = { photoId, contentType, width, height, digest: digestOf(sealed) };
    await files.put(sealedKey(accepted), sealed, 'application/octet-stream');
    return accepted;
  }

  const confirming = api(confirmDocumentPhoto, async ({ caller: { username }, body: { photoId } }) => {
    const { registered, documentPhoto } = await fileOf(username);
    const announced = photoToCheck(documentPhoto, photoId);
    let after = documentPhoto;
    if (announced) {
      const result = await checked(username, registered.dataKey, announced);
      ({ documentPhoto: after } = await participants.change(username, (file) =>
        recordPhoto(file.documentPhoto, result),
      ));
    }
    // Also by a repeat: who died before this left the photo in the clear.
    await files.remove(uploadedKey(photoId));
    return photoView(after, photoId);
  });

  return apiGroup([
    [announceDocumentPhoto, announcing],
    [confirmDocumentPhoto, confirming],
  ]);
}

type Announced = NonNullable<DocumentPhoto['announced']>;

export const handler = documentPhotos({
  participants: participants(programTable()),
  files: programFiles(),
  keys: programKeys,
});
