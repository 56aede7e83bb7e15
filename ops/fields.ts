import type * as z from 'zod/mini';
import { UsageError } from '#ops/command.ts';
import { Note } from '#shared/platform/operator.ts';
import { instantOfWib } from '#shared/platform/wib.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

/** A value that has to fit a schema of the API. @throws UsageError that says what is expected. */
export function fitting<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  expected: string,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (!read.success) throw new UsageError(expected);
  return read.data;
}

/** Why an operator does something, as they say it. @throws UsageError */
export function noteIn(name: string, text: string): string {
  const expected =
    'has 3 to 300 characters in one line, without a run of eight digits: no numbers of people or accounts';
  return fitting(Note, text, `--${name} ${expected}`);
}

/** @throws UsageError unless the text is the id of a participant. */
export function participantIn(text: string | undefined): string {
  return fitting(ParticipantId, text, `'${text}' is not the id of a participant: 64 hex digits`);
}

/** @throws UsageError unless the text is a whole number, without a sign. */
export function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new UsageError(`--${name} '${text}' is not a whole number`);
  return number;
}

/** `32=100` and so on: places by what they are for, in their order. @throws UsageError */
export function places(name: string, texts: readonly string[], example: string): [string, number][] {
  const given = texts.map((text): [string, number] => {
    const [code = '', count = '', ...others] = text.split('=');
    if (code === '' || others.length > 0 || !/^\d{1,7}$/.test(count))
      throw new UsageError(`--${name} '${text}' is not of the form ${example}`);
    return [code, Number(count)];
  });
  const twice = given.find(([code], index) => given.findIndex(([other]) => other === code) !== index);
  if (twice) throw new UsageError(`--${name} ${twice[0]} is given twice`);
  return given;
}

/**
 * The instant of a wall-clock time in Western Indonesian time: `2026-11-27T12:00`.
 * @throws UsageError for another form, and for a day or an hour that there is not.
 */
export function wibInstant(name: string, text: string): string {
  const [, day, hour, seconds = ':00'] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?$/.exec(text) ?? [];
  const at = instantOfWib(`${day}T${hour}${seconds}`);
  if (!at) throw new UsageError(`--${name} '${text}' is not a time in WIB of the form 2026-11-27T12:00`);
  return at.toISOString();
}

/** Which of some options was given. @throws UsageError unless it is exactly one. */
export function oneOf<Name extends string>(names: readonly Name[], has: (name: Name) => boolean): Name {
  const [chosen, ...others] = names.filter(has);
  if (chosen === undefined || others.length > 0)
    throw new UsageError(`Exactly one of ${names.map((name) => `--${name}`).join(' and ')} is expected`);
  return chosen;
}
