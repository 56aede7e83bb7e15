import { type Aptitude, type AptitudeTest, retryFrom, stateOf } from '#shared/registration/aptitude/aptitude.ts';
import { paperOf, shownQuestions } from '#shared/registration/aptitude/paper.ts';
import type { Answers } from '#shared/registration/aptitude/sheet.ts';

/** Whole seconds until answers are refused; 0 when they are. */
export function secondsLeft({ deadline }: Pick<AptitudeTest, 'deadline'>, now: Date): number {
  return Math.max(0, Math.ceil((deadline.getTime() - now.getTime()) / 1_000));
}

/** A result as its owner sees it; null while there is none. */
export function resultView(aptitude: Aptitude, { scheme, scored }: AptitudeTest) {
  if (!scored) return null;
  const { percent, passed, by, at } = scored;
  return {
    ...{ percent, passed },
    parts: scored.parts,
    submittedBy: by,
    scoredAt: at.toISOString(),
    retryFrom: retryFrom(aptitude, scheme)?.toISOString() ?? null,
  };
}

/** A test as its owner sees it. The questions are shown while it is open, and never again. */
export function testView(aptitude: Aptitude, test: AptitudeTest, saved: Answers, now: Date) {
  const { attempt, scheme, startedAt, deadline } = test;
  const state = stateOf(test, now);
  const isOpen = state === 'open';
  return {
    ...{ attempt, scheme, state },
    startedAt: startedAt.toISOString(),
    deadline: deadline.toISOString(),
    secondsLeft: isOpen ? secondsLeft(test, now) : 0,
    questions: isOpen ? shownQuestions(paperOf(test)) : [],
    answers: isOpen ? saved : {},
    result: resultView(aptitude, test),
  };
}
