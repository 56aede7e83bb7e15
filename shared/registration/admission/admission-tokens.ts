import { equalTexts, type Keys } from '#shared/platform/keys.ts';

/*
 * Ticket and pass are short texts with a keyed hash behind them: to check one is to compute one hash. Numbers are in base 36, and a
 * number has one spelling, since the hash is over the text.
 */

/** 128 bits of the hash: nobody guesses that, and the text stays short. */
const tagLetters = 32;
const number = '[0-9a-z]{1,11}';

export const ticketPattern = new RegExp(`^t(?:\\.${number}){3}\\.[0-9a-f]{${tagLetters}}$`);
const passPattern = new RegExp(`^p(?:\\.${number}){3}\\.[0-9a-f]{${tagLetters}}$`);

const written = (kind: 't' | 'p', numbers: readonly number[]) =>
  [kind, ...numbers.map((value) => value.toString(36))].join('.');
const tagOf = (keys: Keys, purpose: 'waiting-ticket' | 'waiting-pass', text: string) =>
  keys.tag(purpose, text).slice(0, tagLetters);

/** The text before the hash, its hash, and its three numbers. */
function parts(token: string) {
  const end = token.lastIndexOf('.');
  const [first = 0, second = 0, third = 0] = token
    .slice(0, end)
    .split('.')
    .slice(1)
    .map((digits) => Number.parseInt(digits, 36));
  return { text: token.slice(0, end), tag: token.slice(end + 1), numbers: [first, second, third] as const };
}

/** A place in the waiting room. It names nobody: whoever has it can use it, once. */
export type Ticket = { readonly opening: number; readonly slot: number; readonly takenAt: Date };

export function signTicket(keys: Keys, { opening, slot, takenAt }: Ticket): string {
  const text = written('t', [opening, slot, takenAt.getTime()]);
  return `${text}.${tagOf(keys, 'waiting-ticket', text)}`;
}

/** The place that a ticket is for; null when it was not made here. */
export function readTicket(keys: Keys, ticket: string): Ticket | null {
  if (!ticketPattern.test(ticket)) return null;
  const { text, tag, numbers } = parts(ticket);
  if (!equalTexts(tag, tagOf(keys, 'waiting-ticket', text))) return null;
  const [opening, slot, takenAt] = numbers;
  return { opening, slot, takenAt: new Date(takenAt) };
}

/** Lets one person in, as often as they come until it ends. */
export type Pass = { readonly opening: number; readonly slot: number; readonly until: Date };

export function signPass(keys: Keys, { opening, slot, until }: Pass, participantId: string): string {
  const text = written('p', [opening, slot, until.getTime()]);
  return `${text}.${tagOf(keys, 'waiting-pass', `${text}#${participantId}`)}`;
}

/** The pass of this person; null when it is another's, or was not made here. */
export function readPass(keys: Keys, pass: string, participantId: string): Pass | null {
  if (!passPattern.test(pass)) return null;
  const { text, tag, numbers } = parts(pass);
  if (!equalTexts(tag, tagOf(keys, 'waiting-pass', `${text}#${participantId}`))) return null;
  const [opening, slot, until] = numbers;
  return { opening, slot, until: new Date(until) };
}
