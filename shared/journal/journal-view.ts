import type { Entry } from '#shared/journal/journal.ts';
import type { ParticipantEvent } from '#shared/journal/participant.ts';

/**
 * What operators and auditors see of an event. A new field is hidden until somebody decides here that it tells neither who
 * the person is, nor who the relatives are, nor anything that opens a door (codes, keys, accounts).
 */
const shown: ReadonlySet<string> = new Set([
  'attempt',
  'retention',
  ...['requestId', 'reasons', 'regencyCode', 'provinceCode', 'consentVersion'],
  ...['batchId', 'scheme', 'purchaseUntil', 'reason', 'legs'],
  ...['purchaseId', 'ordinal', 'platformCode', 'institutionCode', 'courseCode', 'scheduleCode'],
  ...['priceRupiah', 'commissionRupiah', 'expiresAt', 'invoiceCode'],
  ...['sequence', 'evidence', 'completedAt', 'scorePercent', 'certificateNumber', 'webhookId'],
  ...['number', 'fileDigest', 'stars', 'kind', 'provider', 'reference', 'amountRupiah', 'partnerReference'],
  // Who pays, by which proof, and on what it rests.
  ...[
    'check',
    'partnerCode',
    'rules',
    'evidenceDigest',
    'remedialOf',
    'releaseId',
    'relisted',
    'until',
    'cause',
    'refusal',
    'by',
    'fault',
    'again',
  ],
  // Operators are answerable to each other: who held, forfeited or claimed back is for all of them to see.
  // So is the list by which somebody was held: it names no person.
  ...['feed', 'holdId', 'scope', 'dueUntil', 'times', 'bankReference'],
  // An objection and its answer; what somebody declares of themself, a disability or social aid among it, is not for everybody to read.
  ...['ground', 'answer', 'note'],
  // Which list of another authority names somebody, and held them: operators import these lists, and decide about releases by them.
  ...['source', 'feedId', 'listedAt'],
  // A photo of a document: that there is one, never the photo.
  ...['photoId', 'contentType', 'bytes', 'width', 'height', 'digest'],
  'questionnaireVersion',
  // Which code proved a number, and whether another one was proven before; never the number, nor who shares it.
  ...['codeId', 'replaces'],
  // How a test went; neither the seed of its paper nor the answers.
  ...['bankVersion', 'deadline', 'passingPercent', 'parts', 'percent', 'passed'],
]);

/** An event with its type and those of its fields that are shown. */
export function shownEvent({ type, ...facts }: ParticipantEvent): {
  readonly type: string;
  readonly [name: string]: unknown;
} {
  return { type, ...Object.fromEntries(Object.entries(facts).filter(([name]) => shown.has(name))) };
}

/** A journal as operators and auditors see it: every decision, and of its events what is shown. */
export function journalView(entries: readonly Entry<ParticipantEvent>[]) {
  return entries.map(({ version, at, events }) => ({
    version,
    at: at.toISOString(),
    events: events.map(shownEvent),
  }));
}
