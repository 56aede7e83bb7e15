import type { Person } from '#test/simulation/people.ts';

/** What a text is, so that a finding can be told without repeating the text. */
export type Kind =
  | 'nik'
  | 'family card'
  | 'name'
  | 'birth date'
  | 'phone'
  | 'e-mail'
  | 'account number'
  | 'password'
  | 'one-time code'
  | 'redeem code'
  | 'token'
  | 'key';

export type Finding = { readonly kind: Kind; readonly where: string };

/** Digits that are short enough to turn up by accident inside a longer number or digest. */
const isShort = (word: string) => /^\d{4,8}$/.test(word);

const occursIn = (word: string, text: string) =>
  isShort(word) ? new RegExp(`(?<![0-9a-z])${word}(?![0-9a-z])`).test(text) : text.includes(word);

/** Texts that must stay where they belong: collected while journeys run, then looked for in logs, messages, keys and refusals. */
export function privateWords() {
  const kinds = new Map<string, Kind>();

  function add(kind: Kind, ...texts: readonly string[]): void {
    for (const text of texts) if (text.length >= 4) kinds.set(text.toLowerCase(), kind);
  }

  return {
    add,

    person({ nik, familyCardNumber, name, birthDate, phone, email, payout }: Person): void {
      add('nik', nik);
      add('family card', familyCardNumber);
      add('name', name, ...name.split(' '));
      add('birth date', birthDate);
      add('phone', phone.replace('+62', '')); // In +62, 62 and 0 form alike.
      add('e-mail', email);
      add('account number', payout.number);
    },

    count: (kind: Kind): number => [...kinds.values()].filter((known) => known === kind).length,

    /** Every word that occurs in one of the texts, with the text around it cut short. */
    foundIn(texts: readonly string[], { except = [] }: { except?: readonly Kind[] } = {}): Finding[] {
      const lines = texts.map((text) => text.toLowerCase());
      const all = lines.join('\n');
      return [...kinds]
        .filter(([word, kind]) => !except.includes(kind) && occursIn(word, all))
        .map(([word, kind]) => ({
          kind,
          where: (lines.find((line) => occursIn(word, line)) ?? '').replaceAll(word, `<${kind}>`).slice(0, 400),
        }));
    },
  };
}
