import * as z from 'zod/mini';

/** User name of an operator. */
export const Operator = z.string().check(z.minLength(1), z.maxLength(128));

/** Ten digits and more, however they are spaced or drawn: longer than a date, as long as a phone number. */
function holdsNumber(text: string): boolean {
  return /\d{10}/.test(text.normalize('NFKC').replaceAll(/(?<=\d)[^\p{L}\d]+(?=\d)/gu, ''));
}

/** What an operator writes down. Runs of digits are refused: numbers of accounts and of people do not belong into a journal. */
export const Note = z.string().check(
  z.minLength(3),
  z.maxLength(300),
  z.regex(/^(?!.*\d{8})[^\n\r]*$/),
  z.refine((text) => !holdsNumber(text)),
);

/**
 * A name that an operator chooses for what is done once under it: a UUID, or at most `maxLength` letters, digits and hyphens. It
 * goes into keys, so runs of digits are refused in it as in a note.
 */
export const chosenName = (maxLength: number) =>
  z
    .string()
    .check(
      z.maxLength(maxLength),
      z.regex(/^(?:[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}|(?!.*\d{8})[A-Za-z0-9-]+)$/),
    );
