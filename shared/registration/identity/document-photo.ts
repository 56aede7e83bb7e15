import * as z from 'zod/mini';
import type { Decision } from '#shared/journal/journal.ts';
import { Digest } from '#shared/platform/digest.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type ImageFault, type PhotoType, photoTypes } from '#shared/registration/identity/image-check.ts';

/** 3 MB: a photo of a phone, and an answer that a function can give. */
export const maxPhotoBytes = 3 * 1_048_576;
/** Less than this shows no card. */
export const minPhotoBytes = 4 * 1_024;
/** Photos that one registration may announce. */
const maxPhotos = 10;

export const PhotoId = z.string().check(z.regex(/^[0-9a-f]{32}$/));
const ContentType = z.enum(photoTypes);

const photoFaults = [
  'differs',
  'type',
  'broken',
  'more_inside',
  'unsupported',
  'too_small',
  'too_many_pixels',
] as const satisfies readonly (ImageFault | 'differs')[];
/** Why a photo was refused; `differs`: it is not the file that was announced. */
export type PhotoFault = (typeof photoFaults)[number];

/** A photo was announced. Its id is a keyed hash of owner, type, size and digest: what is uploaded must give the same. */
const DocumentPhotoAnnounced = z.object({
  type: z.literal('DocumentPhotoAnnounced'),
  photoId: PhotoId,
  contentType: ContentType,
  bytes: z.int().check(z.positive()),
});

/** A photo was looked at and stored, sealed with the person's data key; `digest` is of the sealed file. */
const DocumentPhotoAccepted = z.object({
  type: z.literal('DocumentPhotoAccepted'),
  photoId: PhotoId,
  contentType: ContentType,
  width: z.int().check(z.positive()),
  height: z.int().check(z.positive()),
  digest: Digest,
});

const DocumentPhotoRefused = z.object({
  type: z.literal('DocumentPhotoRefused'),
  photoId: PhotoId,
  fault: z.enum(photoFaults),
});

export const DocumentPhotoEvent = z.discriminatedUnion('type', [
  DocumentPhotoAnnounced,
  DocumentPhotoAccepted,
  DocumentPhotoRefused,
]);
export type DocumentPhotoEvent = z.infer<typeof DocumentPhotoEvent>;

type Announced = Omit<z.infer<typeof DocumentPhotoAnnounced>, 'type'>;
export type AcceptedPhoto = Omit<z.infer<typeof DocumentPhotoAccepted>, 'type'>;

/** The photos of one registration: the last announced, the last accepted, and why others were refused. */
export type DocumentPhoto = {
  readonly announced: Announced | null;
  readonly announcedCount: number;
  readonly accepted: AcceptedPhoto | null;
  readonly refused: ReadonlyMap<string, PhotoFault>;
};

export const noPhoto: DocumentPhoto = { announced: null, announcedCount: 0, accepted: null, refused: new Map() };

/** What photo events do to the file. A corrected registration begins without one: it is another statement about a person. */
export function evolveDocumentPhoto(before: DocumentPhoto, event: DocumentPhotoEvent): DocumentPhoto {
  switch (event.type) {
    case 'DocumentPhotoAnnounced': {
      const { type: _, ...announced } = event;
      return { ...before, announced, announcedCount: before.announcedCount + 1 };
    }
    case 'DocumentPhotoAccepted': {
      const { type: _, ...accepted } = event;
      return { ...before, accepted };
    }
    case 'DocumentPhotoRefused':
      return { ...before, refused: new Map([...before.refused, [event.photoId, event.fault]]) };
  }
}

/** What the owner says of a photo before it is uploaded. */
export type Announcement = { readonly contentType: PhotoType; readonly bytes: number; readonly sha256: string };

/** The id of a photo: who does not hold the program's secret learns neither owner nor content from it. */
export function photoIdOf(keys: Keys, participantId: string, { contentType, bytes, sha256 }: Announcement): string {
  return keys.tag('document-photo', JSON.stringify([participantId, contentType, bytes, sha256])).slice(0, 32);
}

/** Whether a photo was looked at already. */
const isDecided = ({ accepted, refused }: DocumentPhoto, photoId: string): boolean =>
  accepted?.photoId === photoId || refused.has(photoId);

/** Announces a photo; nothing for the one that is announced, or decided. @throws Refusal `photos_exceeded`. */
export function announcePhoto(file: DocumentPhoto, photo: Announced): Decision<DocumentPhotoEvent> {
  if (file.announced?.photoId === photo.photoId || isDecided(file, photo.photoId)) return { events: [] };
  if (file.announcedCount >= maxPhotos) throw new Refusal('photos_exceeded');
  return { events: [{ type: 'DocumentPhotoAnnounced', ...photo }] };
}

/** The announced photo that waits to be looked at; null for one that was. @throws Refusal `photo_unknown`. */
export function photoToCheck(file: DocumentPhoto, photoId: string): Announced | null {
  if (isDecided(file, photoId)) return null;
  if (file.announced?.photoId !== photoId) throw new Refusal('photo_unknown');
  return file.announced;
}

/** Records what came of a photo; the first answer stands. @throws Refusal `photo_unknown` where another was announced since. */
export function recordPhoto(
  file: DocumentPhoto,
  result: AcceptedPhoto | { readonly photoId: string; readonly fault: PhotoFault },
): Decision<DocumentPhotoEvent> {
  if (!photoToCheck(file, result.photoId)) return { events: [] };
  return {
    events: [
      'fault' in result ? { type: 'DocumentPhotoRefused', ...result } : { type: 'DocumentPhotoAccepted', ...result },
    ],
  };
}

/** Where a photo lies: as it was uploaded, and sealed under the digest of the sealed bytes. Neither name tells whose it is. */
export const uploadedKey = (photoId: string): string => `photos/uploaded/${photoId}`;
export const sealedKey = ({ photoId, digest }: Pick<AcceptedPhoto, 'photoId' | 'digest'>): string =>
  `photos/sealed/${photoId}/${digest.slice(0, 16)}`;
