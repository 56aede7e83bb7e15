import type { Entry } from '#shared/journal/journal.ts';
import type { ParticipantEvent } from '#shared/journal/participant.ts';

/** A journal for operators and auditors: what happened, without the sealed person, keys, accounts and codes. */
const hidden: ReadonlySet<string> = new Set([
  'person',
  'dataKey',
  'account',
  'accountTag',
  'contentTag',
  'redeemCode',
  'requestSignature',
  'review',
]);

export function journalView(entries: readonly Entry<ParticipantEvent>[]) {
  return entries.map(({ version, at, events }) => ({
    version,
    at: at.toISOString(),
    events: events.map(({ type, ...facts }) => ({
      type,
      ...Object.fromEntries(Object.entries(facts).filter(([name]) => !hidden.has(name))),
    })),
  }));
}
