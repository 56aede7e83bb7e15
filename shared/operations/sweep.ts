import { payoutMessage, releaseMessage } from '#shared/incentive/payout-queues.ts';
import type { AptitudeMessage, DrawMessage } from '#shared/operations/messages.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { dayMilliseconds, endOfWibDay, wibDay } from '#shared/platform/wib.ts';
import { allShards, dueKinds, journalKeys, participantOf } from '#shared/table/keys.ts';

/** Days of one run: after a long outage the next runs take up the rest. */
export const daysPerRun = 40;

/** A day to look at, and the instant up to which all is swept once it is done. */
export type SweptDay = { readonly day: string; readonly until: Date };

/** The days since the last run, oldest first; the last one ends now, or where this run's days end. */
export function span(sweptUntil: Date, now: Date): SweptDay[] {
  const furthest = new Date(sweptUntil.getTime() + daysPerRun * dayMilliseconds);
  const end = new Date(Math.min(furthest.getTime(), now.getTime()));
  const days: SweptDay[] = [];
  for (let at = sweptUntil; ; at = new Date(at.getTime() + 1)) {
    const endOfDay = endOfWibDay(at, 0);
    const until = new Date(Math.min(endOfDay.getTime(), end.getTime()));
    days.push({ day: wibDay(at), until });
    if (until >= end) return days;
    at = until;
  }
}

const draw = (body: DrawMessage): Outgoing => ({ queue: 'drawQueueUrl', body });
const aptitude = (body: AptitudeMessage): Outgoing => ({ queue: 'aptitudeQueueUrl', body });

/** The messages that an entry of the due index stands for: `instant#kind#…`. @throws for a kind nobody knows. */
export function messagesDue(pk: string, dueSort: string): Outgoing[] {
  const [, kind, first = '', second = '0'] = dueSort.split('#');
  const participantId = participantOf(pk);
  const releaseId = pk.slice(journalKeys.release('').length);
  switch (kind) {
    case dueKinds.open:
    case dueKinds.close:
    case dueKinds.screen:
    case dueKinds.beacon:
    case dueKinds.deadline:
      return [draw({ step: kind, batchId: first })];
    case dueKinds.claim:
      return [{ queue: 'incentiveQueueUrl', body: { step: 'claim', participantId } }];
    case dueKinds.payout:
      return [payoutMessage(first, { step: 'retry', participantId, reference: second })];
    case dueKinds.inquiry:
      return [payoutMessage(first, { step: 'inquire', participantId, reference: second })];
    case dueKinds.receivable:
      return [{ queue: 'incentiveQueueUrl', body: { step: 'receivable', participantId } }];
    case dueKinds.check:
      return [releaseMessage({ step: 'check', releaseId })];
    case dueKinds.dispatch:
      return [releaseMessage({ step: 'dispatch', releaseId })];
    case dueKinds.aptitude:
      return [aptitude({ participantId, attempt: Number(first) })];
    case dueKinds.survey:
      return [releaseMessage({ step: 'survey', releaseId, number: Number(first) })];
    case dueKinds.privacy:
      return [{ queue: 'privacyQueueUrl', body: { step: 'due', participantId, requestId: first } }];
    case dueKinds.withdraw:
      return allShards.map((shard) => ({ queue: 'feedQueueUrl', body: { step: 'withdraw', feedId: first, shard } }));
    default:
      throw new Error('due.kind_unknown');
  }
}
