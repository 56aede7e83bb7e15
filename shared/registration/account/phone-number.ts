import type { Keys } from '#shared/platform/keys.ts';
import { sixDigits } from '#shared/platform/readable-code.ts';
import type { Phone } from '#shared/registration/account/phone.ts';
import { openPerson, openWithDataKey, sealWithDataKey } from '#shared/registration/person.ts';
import { type Registration, standing } from '#shared/registration/registration.ts';

/** What a number's place in a citizen's file is read from. */
type File = { readonly registration: Registration; readonly phone: Phone };

/** The keyed hash of a number, the same whoever has it. */
export function phoneTagOf(keys: Keys, phone: string): string {
  return keys.tag('phone-tag', phone).slice(0, 32);
}

/** The six digits that prove a number: the same for whoever derives them, stored nowhere. */
export function phoneCodeOf(keys: Keys, codeId: string): string {
  return sixDigits(keys.tag('phone-code', codeId));
}

/** A number as the journal has it. @throws Refusal as `standing`. */
export function sealPhone(keys: Keys, participantId: string, { registration }: File, phone: string) {
  const sealed = sealWithDataKey(keys, participantId, standing(registration).dataKey, phone);
  return { phone: sealed, phoneTag: phoneTagOf(keys, phone) };
}

/** Opens what `sealPhone` made. @throws when the key was destroyed or the bytes belong to somebody else. */
export function openPhone(
  keys: Keys,
  participantId: string,
  { registration }: File,
  { phone }: { readonly phone: Uint8Array },
): string {
  return openWithDataKey(keys, participantId, standing(registration).dataKey, phone);
}

/** The number that messages go to: the one that was proven, or until then the one of the registration. */
export function currentPhone(keys: Keys, participantId: string, file: File): string {
  const registered = standing(file.registration);
  if (file.phone.proven) return openPhone(keys, participantId, file, file.phone.proven);
  return openPerson(keys, participantId, registered).phone;
}

/** A number that its owner recognises and that tells a stranger little: `+62812*****890`. */
export function maskedPhone(phone: string): string {
  return `${phone.slice(0, 6)}${'*'.repeat(Math.max(phone.length - 9, 0))}${phone.slice(-3)}`;
}
