import { chunks } from '#shared/operations/dispatch.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { wibDay } from '#shared/platform/wib.ts';

const dayMilliseconds = 86_400_000;

/** Days of one run: after a long outage the next runs take up the rest. */
export const daysPerRun = 40;

/** The days to look at, oldest first, and the instant up to which they are then swept. */
export function span(sweptUntil: Date, now: Date): { days: string[]; until: Date } {
  const furthest = new Date(sweptUntil.getTime() + daysPerRun * dayMilliseconds);
  const until = furthest < now ? furthest : now;
  const days: string[] = [];
  for (let at = sweptUntil.getTime(); ; at += dayMilliseconds) {
    const day = wibDay(new Date(Math.min(at, until.getTime())));
    if (day !== days.at(-1)) days.push(day);
    if (at >= until.getTime()) return { days, until };
  }
}

/** The messages that an entry of the due index stands for: `instant#kind#…`. @throws for a kind nobody knows. */
export function messagesDue(pk: string, dueSort: string): Outgoing[] {
  const [, kind, batchId = '', count = '0'] = dueSort.split('#');
  switch (kind) {
    case 'commit':
      return [{ queue: 'drawQueueUrl', body: { step: 'commit', batchId } }];
    case 'deadline':
      return chunks('deadlineQueueUrl', batchId, Number(count));
    case 'incentive':
      return [{ queue: 'incentiveQueueUrl', body: { step: 'claim', participantId: pk.slice('P#'.length) } }];
    default:
      throw new Error('due.kind_unknown');
  }
}
