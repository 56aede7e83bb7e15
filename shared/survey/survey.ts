import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { Bytes } from '#shared/platform/bytes.ts';

/** A survey was answered. What was answered has no effect on anything: it is sealed with the person's own key. */
const SurveyAnswered = z.object({
  type: z.literal('SurveyAnswered'),
  number: z.int().check(z.positive()),
  questionnaireVersion: z.string(),
  /** The text that the citizen agreed to before the first question. */
  consentVersion: z.string(),
  answers: Bytes,
  /** Keyed hash of the answers: tells a repeat from other answers without opening either. */
  answersTag: z.string(),
});

export const SurveyEvent = z.discriminatedUnion('type', [SurveyAnswered]);
export type SurveyEvent = z.infer<typeof SurveyEvent>;

/** Answered surveys by number. */
export type Surveys = ReadonlyMap<number, Omit<SurveyEvent, 'type'> & { readonly answeredAt: Date }>;

export const noSurveys: Surveys = new Map();

/** The surveys after an event. @throws AssertionError for one that is answered a second time. */
export function evolveSurveys(before: Surveys, event: SurveyEvent, at: Date): Surveys {
  ok(!before.has(event.number), 'A survey is answered once');
  const { type: _, ...facts } = event;
  return new Map(before).set(event.number, { ...facts, answeredAt: at });
}
