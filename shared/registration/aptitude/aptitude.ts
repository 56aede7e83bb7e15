import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { SchemeCode, schemes } from '#shared/credit/schemes.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { Bytes } from '#shared/platform/bytes.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { dayMilliseconds, startOfWibDay } from '#shared/platform/wib.ts';
import { type Registration, verified } from '#shared/registration/registration.ts';
import { dueEntry, dueKinds, shardOf } from '#shared/table/keys.ts';

/** What is tested. */
export const Category = z.enum(['maths', 'ordering', 'reading', 'verbal', 'quantitative']);
export type Category = z.infer<typeof Category>;

const count = z.int().check(z.gte(0), z.lte(99));
const percent = z.int().check(z.gte(0), z.lte(100));

/**
 * A citizen has begun a test. Its paper follows from bank version, scheme and seed, so nothing else of it is stored; the time is the server's.
 * What it takes to pass is that of this day, whatever the scheme says later.
 */
const AptitudeTestStarted = z.object({
  type: z.literal('AptitudeTestStarted'),
  attempt: z.int().check(z.positive()),
  scheme: SchemeCode,
  bankVersion: z.string(),
  /** Who has it can make the paper with its right answers: shown to nobody. */
  seed: z.string(),
  /** Last instant in which answers are taken. */
  deadline: z.iso.datetime(),
  passingPercent: z.nullable(percent),
});

/** A test is over: ended by the citizen, or by the clock with the answers that were saved. */
const AptitudeTestScored = z.object({
  type: z.literal('AptitudeTestScored'),
  attempt: z.int().check(z.positive()),
  bankVersion: z.string(),
  parts: z.array(z.object({ category: Category, right: count, asked: count })).check(z.maxLength(5)),
  /** Of right answers, rounded down. */
  percent,
  /** Null where the scheme has no passing score: then it is enough to have finished. */
  passed: z.nullable(z.boolean()),
  by: z.enum(['citizen', 'clock']),
  /** The answer sheet, sealed with the person's data key. */
  answers: Bytes,
});

export const AptitudeEvent = z.discriminatedUnion('type', [AptitudeTestStarted, AptitudeTestScored]);
export type AptitudeEvent = z.infer<typeof AptitudeEvent>;

export type Scored = Omit<z.infer<typeof AptitudeTestScored>, 'type' | 'attempt' | 'bankVersion'> & {
  readonly at: Date;
};

/** One test of a citizen, from its start on. */
export type AptitudeTest = {
  readonly attempt: number;
  readonly scheme: SchemeCode;
  readonly bankVersion: string;
  readonly seed: string;
  readonly startedAt: Date;
  readonly deadline: Date;
  readonly passingPercent: number | null;
  readonly scored: Scored | null;
};

/** A citizen's tests in their order; the n-th is attempt n. At most the last one is not scored. */
export type Aptitude = readonly AptitudeTest[];

export const noTests: Aptitude = [];

/** What happens to the tests. @throws AssertionError for a second open test, or a second score of one. */
export function evolveAptitude(before: Aptitude, event: AptitudeEvent, at: Date): Aptitude {
  const last = before.at(-1);
  switch (event.type) {
    case 'AptitudeTestStarted': {
      const { type: _, deadline, ...facts } = event;
      ok(facts.attempt === before.length + 1 && last?.scored !== null, 'One test after another');
      return [...before, { ...facts, startedAt: at, deadline: new Date(deadline), scored: null }];
    }
    case 'AptitudeTestScored': {
      const { type: _, attempt, bankVersion, ...scored } = event;
      ok(last?.attempt === attempt && !last.scored && last.bankVersion === bankVersion, 'A test is scored once');
      return [...before.slice(0, -1), { ...last, scored: { ...scored, at } }];
    }
  }
}

/**
 * Until the clock scores a test, answers that were accepted in its last instant must be stored. Whoever accepted them ends after ten seconds,
 * whatever happens.
 */
const settleMilliseconds = 15_000;
const minuteMilliseconds = 60_000;

/** What the starting of a test needs from outside. */
export type Starting = {
  readonly participantId: string;
  readonly scheme: SchemeCode;
  readonly bankVersion: string;
  /** Keyed, so that nobody without the program's secret knows the paper before it is handed out. */
  readonly seedOf: (attempt: number) => string;
};

/**
 * Begins a test. Nothing for a repeat: while a test is open, it keeps its paper and its deadline; one that is finished is not taken again.
 * @throws Refusal `not_registered`, `identity_unverified`, `identity_refused`, `aptitude_test_open` for another scheme,
 * `aptitude_attempts_exceeded`, `aptitude_wait`.
 */
export function startTest(
  { registration, aptitude }: { readonly registration: Registration; readonly aptitude: Aptitude },
  { participantId, scheme, bankVersion, seedOf }: Starting,
  now: Date,
): Decision<AptitudeEvent> {
  verified(registration);
  const last = aptitude.at(-1);
  if (last && !last.scored) {
    if (last.scheme !== scheme) throw new Refusal('aptitude_test_open');
    return { events: [] };
  }
  const { minutes, attempts, waitDays, passingPercent } = schemes[scheme].aptitude;
  const earlier = aptitude.filter((test) => test.scheme === scheme);
  if (earlier.some(isFinished)) return { events: [] };
  if (earlier.length >= attempts) throw new Refusal('aptitude_attempts_exceeded');
  const before = earlier.at(-1)?.scored;
  if (before && now < mayRetryFrom(before.at, waitDays)) throw new Refusal('aptitude_wait');

  const attempt = aptitude.length + 1;
  const deadline = new Date(now.getTime() + minutes * minuteMilliseconds);
  const facts = { attempt, scheme, bankVersion, seed: seedOf(attempt), passingPercent };
  return {
    events: [{ type: 'AptitudeTestStarted', ...facts, deadline: deadline.toISOString() }],
    index: dueEntry(shardOf(participantId), settledAt(deadline), dueKinds.aptitude, attempt),
  };
}

const settledAt = (deadline: Date): Date => new Date(deadline.getTime() + settleMilliseconds);

/** The first instant of the day, in WIB, from which a test that was not passed can be taken again. */
function mayRetryFrom(scoredAt: Date, waitDays: number): Date {
  return new Date(startOfWibDay(scoredAt).getTime() + waitDays * dayMilliseconds);
}

/** Whether a test counts: passed, or finished where no passing score was set. */
const isFinished = ({ scored }: AptitudeTest): boolean => scored !== null && scored.passed !== false;

/** The test of a scheme that counts: one that is finished, otherwise the last one; null where there is none. */
export function testFor(aptitude: Aptitude, scheme: SchemeCode): AptitudeTest | null {
  const tests = aptitude.filter((test) => test.scheme === scheme);
  return tests.find(isFinished) ?? tests.at(-1) ?? null;
}

/** From when a test of a scheme can be taken again; null where none was failed, or none is left. */
export function retryFrom(aptitude: Aptitude, scheme: SchemeCode): Date | null {
  const { attempts, waitDays } = schemes[scheme].aptitude;
  const earlier = aptitude.filter((test) => test.scheme === scheme);
  const scored = earlier.at(-1)?.scored;
  const mayNot = !scored || earlier.some(isFinished) || earlier.length >= attempts;
  return mayNot ? null : mayRetryFrom(scored.at, waitDays);
}

/** `closing`: the time is over, and the clock has not scored it yet. */
export type TestState = 'open' | 'closing' | 'scored';

export function stateOf({ deadline, scored }: AptitudeTest, now: Date): TestState {
  if (scored) return 'scored';
  return now > deadline ? 'closing' : 'open';
}

/**
 * A test whose answers can be saved now.
 * @throws Refusal `aptitude_test_unknown`, `aptitude_time_over`, `aptitude_test_submitted`.
 */
export function openTest(aptitude: Aptitude, attempt: number, now: Date): AptitudeTest {
  const test = aptitude[attempt - 1];
  if (!test) throw new Refusal('aptitude_test_unknown');
  if (test.scored?.by === 'citizen') throw new Refusal('aptitude_test_submitted');
  if (stateOf(test, now) !== 'open') throw new Refusal('aptitude_time_over');
  return test;
}

/** What an answer sheet is worth, and the sheet as it is stored. */
export type Scoring = Pick<Scored, 'parts' | 'percent' | 'answers'>;

/** The citizen's last answers: what they are worth in a test, and whether they are those that were scored. */
type Submission = {
  readonly score: (test: AptitudeTest) => Scoring;
  readonly isSame: (test: AptitudeTest, sealed: Uint8Array) => boolean;
};

/**
 * Ends a test with the citizen's own last answers; nothing for a repeat of the same. The first end stands, whoever made it.
 * @throws Refusal `aptitude_test_unknown`, `aptitude_time_over`, `aptitude_test_submitted` with other answers than before.
 */
export function submitTest(
  aptitude: Aptitude,
  attempt: number,
  { score, isSame }: Submission,
  now: Date,
): Decision<AptitudeEvent> {
  const ended = aptitude[attempt - 1];
  if (ended?.scored?.by === 'citizen' && isSame(ended, ended.scored.answers)) return { events: [] };
  const test = openTest(aptitude, attempt, now);
  return { events: [scoredBy('citizen', test, score(test))] };
}

/**
 * Ends a test whose time is over, with the answers that were saved; nothing where it has ended.
 * @throws Error `aptitude.too_early` while answers may still be on their way: the message comes again.
 */
export function closeTest(
  aptitude: Aptitude,
  attempt: number,
  score: (test: AptitudeTest) => Scoring,
  now: Date,
): Decision<AptitudeEvent> {
  const test = aptitude[attempt - 1];
  if (!test || test.scored) return { events: [] };
  if (now < settledAt(test.deadline)) throw new Error('aptitude.too_early');
  return { events: [scoredBy('clock', test, score(test))] };
}

function scoredBy(by: Scored['by'], test: AptitudeTest, { parts, percent, answers }: Scoring): AptitudeEvent {
  const { attempt, bankVersion, passingPercent } = test;
  const passed = passingPercent === null ? null : percent >= passingPercent;
  return { type: 'AptitudeTestScored', attempt, bankVersion, parts, percent, passed, by, answers };
}
