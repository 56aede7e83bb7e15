import { type Keys, openBytes, sealBytes } from '#shared/platform/keys.ts';

/** A file belongs to one participant and one photo: elsewhere it does not open. */
const contextOf = (participantId: string, photoId: string) => `${participantId}#photo#${photoId}`;

/** Seals a file with the person's own data key: erased together with the person. */
export function sealFile(
  keys: Keys,
  participantId: string,
  dataKey: Uint8Array,
  photoId: string,
  bytes: Uint8Array,
): Uint8Array {
  return sealBytes(keys.open('data-key', dataKey, participantId), bytes, contextOf(participantId, photoId));
}

/** Opens what `sealFile` made. @throws when the key was destroyed, or the file is another's. */
export function openFile(
  keys: Keys,
  participantId: string,
  dataKey: Uint8Array,
  photoId: string,
  sealed: Uint8Array,
): Uint8Array {
  return openBytes(keys.open('data-key', dataKey, participantId), sealed, contextOf(participantId, photoId));
}
