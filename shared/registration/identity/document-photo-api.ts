import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note } from '#shared/platform/operator.ts';
import {
  type DocumentPhoto,
  maxPhotoBytes,
  minPhotoBytes,
  PhotoId,
} from '#shared/registration/identity/document-photo.ts';
import { photoTypes } from '#shared/registration/identity/image-check.ts';
import { PhotoExplanation, photoExplanation } from '#shared/registration/identity/photo-reasons.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

const capability = 'registration';
const ContentType = z.enum(photoTypes);

const PhotoView = z.strictObject({
  photoId: z.string(),
  /** Announced: it waits for the upload, or for its confirmation. */
  state: z.enum(['announced', 'accepted', 'refused']),
  /** Why it was refused; null otherwise. */
  refusal: z.nullable(PhotoExplanation),
});

/** A photo as its owner sees it. */
export function photoView({ accepted, refused }: DocumentPhoto, photoId: string): z.input<typeof PhotoView> {
  const fault = refused.get(photoId);
  if (fault) return { photoId, state: 'refused', refusal: photoExplanation(fault) };
  return { photoId, state: accepted?.photoId === photoId ? 'accepted' : 'announced', refusal: null };
}

export const announceDocumentPhoto = endpoint({
  operation: 'announceDocumentPhoto',
  capability,
  method: 'POST',
  path: '/v1/participants/me/document-photo',
  access: 'citizen',
  summary:
    'Announces a photo of the identity card and answers where to PUT exactly that file. A repeat gives a new address.',
  body: z.strictObject({
    contentType: ContentType,
    bytes: z.int().check(z.gte(minPhotoBytes), z.lte(maxPhotoBytes)),
    /** Of the file, hex. */
    sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  }),
  status: 201,
  answer: z.strictObject({
    ...PhotoView.shape,
    /** Null for a photo that was looked at already. The headers are signed: the file is taken with these, and with no others. */
    upload: z.nullable(
      z.strictObject({ url: z.string(), headers: z.record(z.string(), z.string()), expiresAt: z.iso.datetime() }),
    ),
  }),
  refusals: [
    'not_registered',
    'person_erased',
    'processing_restricted',
    'consent_missing',
    'photos_exceeded',
    'conflict_persistent',
  ],
});

export const confirmDocumentPhoto = endpoint({
  operation: 'confirmDocumentPhoto',
  capability,
  method: 'POST',
  path: '/v1/participants/me/document-photo/confirmation',
  access: 'citizen',
  summary: 'Says that the photo is uploaded: it is looked at, and accepted or refused. A repeat gets the first answer.',
  body: z.strictObject({ photoId: PhotoId }),
  status: 200,
  answer: PhotoView,
  refusals: ['not_registered', 'person_erased', 'photo_unknown', 'photo_not_uploaded', 'conflict_persistent'],
});

export const readDocumentPhoto = endpoint({
  operation: 'readDocumentPhoto',
  capability,
  method: 'POST',
  path: '/v1/participants/{participantId}/document-photo/reading',
  access: 'operator',
  summary: "A participant's accepted photo, for an operator with a reason. The participant sees who looked, and why.",
  pathParameters: z.strictObject({ participantId: ParticipantId }),
  body: z.strictObject({ reason: Note }),
  status: 200,
  answer: z.strictObject({
    photoId: z.string(),
    contentType: ContentType,
    width: z.int(),
    height: z.int(),
    imageBase64: z.string(),
  }),
  refusals: ['participant_unknown', 'person_erased', 'photo_missing'],
});
