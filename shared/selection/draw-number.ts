import type { Keys } from '#shared/platform/keys.ts';

/**
 * The draw number of an applicant in one batch: sixteen bytes as hex. The first eight are those of the family card, the next seven the person's, the
 * last is zero. Keyed for the batch: nobody without the program's secret can tell whose it is, or that two batches had the same person.
 */
export function drawNumberOf(
  keys: Keys,
  batchId: string,
  { familyTag, participantId }: { readonly familyTag: string; readonly participantId: string },
): string {
  const family = keys.tag('draw-number', `family#${batchId}#${familyTag}`).slice(0, 16);
  const person = keys.tag('draw-number', `person#${batchId}#${participantId}`).slice(0, 14);
  return `${family}${person}00`;
}
