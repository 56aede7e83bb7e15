import * as z from 'zod/mini';

/** One decision as the table's stream brings it. */
const JournalRecord = z.object({
  pk: z.string(),
  sk: z.string().check(z.regex(/^E#\d{6}$/)),
  at: z.iso.datetime(),
  events: z.array(z.unknown()).check(z.minLength(1)),
  provinceCode: z.optional(z.string()),
});

export type JournalRecord = {
  readonly kind: 'participant' | 'batch' | 'release' | 'statement' | 'closing' | 'feed' | 'other';
  /** What stands behind the prefix of the key. */
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly provinceCode: string;
  readonly events: readonly unknown[];
};

const kinds: Readonly<Record<string, JournalRecord['kind']>> = {
  P: 'participant',
  B: 'batch',
  L: 'release',
  T: 'statement',
  Q: 'closing',
  F: 'feed',
};

/** Reads an item of the stream as a decision; null for items that are not part of a journal. */
export function journalRecord(item: Record<string, unknown>): JournalRecord | null {
  const { sk } = item;
  if (typeof sk !== 'string' || !sk.startsWith('E#')) return null;
  const record = JournalRecord.parse(item);
  const [prefix = '', ...rest] = record.pk.split('#');
  return {
    kind: kinds[prefix] ?? 'other',
    id: rest.join('#'),
    version: Number(record.sk.slice(2)),
    at: record.at,
    provinceCode: record.provinceCode ?? '',
    events: record.events,
  };
}
