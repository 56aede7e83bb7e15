import type { Keys } from '#shared/platform/keys.ts';
import type { Answers } from '#shared/survey/questionnaire.ts';

/** What a citizen answered, before it is sealed. */
type Given = { readonly number: number; readonly questionnaireVersion: string; readonly answers: Answers };

/** The keyed hash of a participant's answers, whatever their order: tells a repeat from other answers. */
export function answersTagOf(
  keys: Keys,
  participantId: string,
  { number, questionnaireVersion, answers }: Given,
): string {
  const entries = [...answers].sort(([left], [right]) => (left < right ? -1 : 1));
  const text = JSON.stringify([number, questionnaireVersion, entries]);
  return keys.tag('answers-tag', `${participantId}#${text}`).slice(0, 32);
}
