import * as z from 'zod/mini';
import { freshBytes, type Keys, openBytes, sealBytes } from '#shared/platform/keys.ts';

/** What identifies a person. Exists in clear only in memory, and sealed in the journal. */
export const Person = z.object({
  nik: z.string(),
  familyCardNumber: z.string(),
  name: z.string(),
  birthDate: z.iso.date(),
  sex: z.enum(['female', 'male']),
  phone: z.string(),
  /** The mother's maiden name, where the stage asks for it. */
  motherName: z.optional(z.string()),
});
export type Person = z.infer<typeof Person>;

/** A data key that only the program's key opens, and a value sealed with it. */
export type Sealed = { readonly person: Uint8Array; readonly dataKey: Uint8Array };

/** A new data key, sealed with the program's key and bound to the participant. */
export function newDataKey(keys: Keys, participantId: string): Uint8Array {
  return keys.seal('data-key', freshBytes(32), participantId);
}

/** Seals a person with a key of their own; both are bound to the participant and open nowhere else. */
export function sealPerson(keys: Keys, participantId: string, person: Person): Sealed {
  const dataKey = newDataKey(keys, participantId);
  return { person: sealPersonWith(keys, participantId, dataKey, person), dataKey };
}

/** Seals a person with the key that the person has. */
export function sealPersonWith(keys: Keys, participantId: string, dataKey: Uint8Array, person: Person): Uint8Array {
  return sealWithDataKey(keys, participantId, dataKey, JSON.stringify(Person.parse(person)));
}

/** Opens a sealed person. @throws when the key was destroyed or the bytes belong to somebody else. */
export function openPerson(keys: Keys, participantId: string, sealed: Sealed): Person {
  const text = openWithDataKey(keys, participantId, sealed.dataKey, sealed.person);
  return Person.parse(JSON.parse(text));
}

/** Seals another text of the same person, with the person's own key: erased together with the person. */
export function sealWithDataKey(keys: Keys, participantId: string, dataKey: Uint8Array, text: string): Uint8Array {
  return sealBytes(keys.open('data-key', dataKey, participantId), Buffer.from(text), participantId);
}

/** Opens what `sealWithDataKey` made. */
export function openWithDataKey(keys: Keys, participantId: string, dataKey: Uint8Array, sealed: Uint8Array): string {
  return Buffer.from(openBytes(keys.open('data-key', dataKey, participantId), sealed, participantId)).toString('utf8');
}

/** The participant's id: whoever knows the NIK and the program's secret finds the file, and nobody else. */
export function participantIdOf(keys: Keys, nik: string): string {
  return keys.tag('participant-id', nik);
}

/** A name that lets its owner recognise it and tells a stranger little: `Sri Wahyuni` becomes `S** W******`. */
export function maskedName(name: string): string {
  return name
    .split(' ')
    .filter(Boolean)
    .map((word) => `${word.slice(0, 1)}${'*'.repeat(Math.min(word.length - 1, 6))}`)
    .join(' ');
}
