import type { JournalRecord } from '#shared/journal/journal-record.ts';
import { ParticipantEvent } from '#shared/journal/participant.ts';
import type { IncentiveMessage, NoticeMessage } from '#shared/operations/messages.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { BatchEvent } from '#shared/selection/batch.ts';

/** What must happen because something happened. The only place that knows; a repeat sends the same messages again. */
export function messagesFor({ kind, id, events }: JournalRecord): Outgoing[] {
  if (kind === 'participant')
    return events.flatMap((event) => afterParticipantEvent(id, ParticipantEvent.parse(event)));
  if (kind === 'batch') return events.flatMap((event) => afterBatchEvent(id, BatchEvent.parse(event)));
  return [];
}

const notice = (body: NoticeMessage): Outgoing => ({ queue: 'messageQueueUrl', body });
const incentive = (body: IncentiveMessage): Outgoing => ({ queue: 'incentiveQueueUrl', body });

function afterParticipantEvent(participantId: string, event: ParticipantEvent): Outgoing[] {
  switch (event.type) {
    case 'PersonRegistered':
      return [{ queue: 'identityQueueUrl', body: { participantId } }];
    case 'RecipientDecreed':
      return [notice({ notice: 'decreed', participantId })];
    case 'PurchaseReserved':
      return [notice({ notice: 'one_time_code', participantId, purchaseId: event.purchaseId })];
    case 'CoursePurchased':
      return [notice({ notice: 'redeem_code', participantId, purchaseId: event.purchaseId })];
    case 'CourseCompleted':
      return [{ queue: 'certificateQueueUrl', body: { participantId, purchaseId: event.purchaseId } }];
    case 'CertificateIssued':
      return [notice({ notice: 'certificate_issued', participantId, number: event.number })];
    case 'IncentiveClaimed':
      return [incentive({ step: 'pay', participantId, reference: event.reference })];
    case 'IncentivePaid':
      return [notice({ notice: 'incentive_paid', participantId, number: event.number })];
    default:
      return [];
  }
}

function afterBatchEvent(batchId: string, event: BatchEvent): Outgoing[] {
  switch (event.type) {
    // The worker looks whether both shares are there.
    case 'ShareRevealed':
      return [{ queue: 'drawQueueUrl', body: { step: 'draw', batchId } }];
    case 'DrawApproved':
      return chunks('decreeQueueUrl', batchId, event.chunkCount);
    default:
      return [];
  }
}

/** One message for each file of winners. */
export function chunks(queue: 'decreeQueueUrl' | 'deadlineQueueUrl', batchId: string, count: number): Outgoing[] {
  return Array.from({ length: count }, (_, chunk) => ({ queue, body: { batchId, chunk } }));
}
