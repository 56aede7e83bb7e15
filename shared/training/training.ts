import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import type { Decision } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { Purchase } from '#shared/purchase/purchase.ts';

/** Attendance that the contract knows: 1 is the redeem itself, 2 to 10 the later sessions, 999 the post-test. */
export const Sequence = z.int().check(z.refine((value) => (value >= 1 && value <= 10) || value === 999));

/** The participant was present; how that was found out stands beside it. */
const AttendanceRecorded = z.object({
  type: z.literal('AttendanceRecorded'),
  purchaseId: z.string(),
  sequence: Sequence,
  /** `confirmed_signed_in`: the participant, signed in, confirmed it on our page. */
  evidence: z.enum(['confirmed_signed_in']),
});

/** The institution declared the code used. */
const CodeRedeemed = z.object({
  type: z.literal('CodeRedeemed'),
  purchaseId: z.string(),
  /** Signature of the request: the same request again is a repeat, another one a second use. */
  requestSignature: z.string(),
});

export const CourseCompleted = z.object({
  type: z.literal('CourseCompleted'),
  purchaseId: z.string(),
  ordinal: z.int().check(z.positive()),
  /** The webhook's id: the same message again is a repeat. */
  webhookId: z.string(),
  completedAt: z.iso.datetime(),
  scorePercent: z.optional(z.int().check(z.gte(0), z.lte(100))),
  certificateNumber: z.string(),
});
export type CourseCompleted = z.infer<typeof CourseCompleted>;

export const TrainingEvent = z.discriminatedUnion('type', [AttendanceRecorded, CodeRedeemed, CourseCompleted]);
export type TrainingEvent = z.infer<typeof TrainingEvent>;

/** Training on one paid course. */
export type Course = {
  readonly attended: ReadonlyMap<number, Date>;
  readonly redeemed: { readonly requestSignature: string; readonly at: Date } | null;
  readonly completed: CourseCompleted | null;
};

/** By purchase. */
export type Training = ReadonlyMap<string, Course>;

const untouched: Course = { attended: new Map(), redeemed: null, completed: null };

/** Training on a purchase; nothing has happened where nothing is recorded. */
export function courseOf(training: Training, purchaseId: string): Course {
  return training.get(purchaseId) ?? untouched;
}

export function evolveTraining(before: Training, event: TrainingEvent, at: Date): Training {
  const course = courseOf(before, event.purchaseId);
  const after = (change: Partial<Course>) => new Map(before).set(event.purchaseId, { ...course, ...change });
  switch (event.type) {
    case 'AttendanceRecorded':
      return after({ attended: new Map(course.attended).set(event.sequence, at) });
    case 'CodeRedeemed':
      return after({ redeemed: { requestSignature: event.requestSignature, at } });
    case 'CourseCompleted':
      ok(!course.completed, 'A course is completed once');
      return after({ completed: event });
  }
}

/** When the code was used: by the institution's commit, or by the participant's first attendance. */
export function redeemedAt({ redeemed, attended }: Course): Date | null {
  return redeemed?.at ?? attended.get(1) ?? null;
}

/**
 * Declares the code used. A second, different request is refused: one code lets one person in, once.
 * @throws Refusal `redeem_code_used`.
 */
export function redeem(training: Training, purchaseId: string, requestSignature: string): Decision<TrainingEvent> {
  const { redeemed } = courseOf(training, purchaseId);
  if (redeemed && redeemed.requestSignature !== requestSignature) throw new Refusal('redeem_code_used');
  return redeemed ? { events: [] } : { events: [{ type: 'CodeRedeemed', purchaseId, requestSignature }] };
}

/** Records attendance of a session, once. @throws Refusal `redeem_code_unused` where the code must be used first. */
export function attend(training: Training, purchaseId: string, sequence: number): Decision<TrainingEvent> {
  const course = courseOf(training, purchaseId);
  if (course.attended.has(sequence)) return { events: [] };
  if (sequence !== 1 && !redeemedAt(course)) throw new Refusal('redeem_code_unused');
  return { events: [{ type: 'AttendanceRecorded', purchaseId, sequence, evidence: 'confirmed_signed_in' }] };
}

/** A class ends for everybody at once; a course at one's own pace can be finished from its start on. */
export function checkCompletionTime(
  schedule: { readonly startsAt: string; readonly endsAt: string },
  isSelfPaced: boolean,
  completedAt: string,
): void {
  const earliest = Date.parse(isSelfPaced ? schedule.startsAt : schedule.endsAt) - clockSkewMilliseconds;
  if (Date.parse(completedAt) < earliest) throw new Refusal('completion_implausible');
}

type Completion = Pick<CourseCompleted, 'webhookId' | 'completedAt' | 'scorePercent' | 'certificateNumber'>;

/** Clocks of institutions may run a little ahead of ours. */
const clockSkewMilliseconds = 300_000;

/**
 * Records a completion, once. The same message again is answered as before; other facts under the same id, or a second
 * completion that says something else, are refused; so is a completion before the code was used, or in the future.
 */
export function complete(
  training: Training,
  purchase: Purchase,
  completion: Completion,
  now: Date,
): Decision<TrainingEvent> {
  const course = courseOf(training, purchase.purchaseId);
  const earlier = course.completed;
  if (earlier) {
    const same = earlier.completedAt === completion.completedAt && earlier.scorePercent === completion.scorePercent;
    if (!same)
      throw new Refusal(earlier.webhookId === completion.webhookId ? 'webhook_id_reused' : 'completion_differs');
    return { events: [] };
  }
  const used = redeemedAt(course);
  if (!used) throw new Refusal('redeem_code_unused');
  const completedAt = Date.parse(completion.completedAt);
  const latest = now.getTime() + clockSkewMilliseconds;
  const earliest = used.getTime() - clockSkewMilliseconds;
  if (completedAt < earliest || completedAt > latest) throw new Refusal('completion_implausible');
  const { purchaseId, ordinal } = purchase;
  return { events: [{ type: 'CourseCompleted', purchaseId, ordinal, ...completion }] };
}
