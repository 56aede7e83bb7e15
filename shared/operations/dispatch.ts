import * as z from 'zod/mini';
import { releaseMessage } from '#shared/incentive/payout-queues.ts';
import { ClosingEvent } from '#shared/incentive/reconciliation/closing.ts';
import type { ReconciliationMessage } from '#shared/incentive/reconciliation/reconciliation-message.ts';
import { StatementEvent } from '#shared/incentive/reconciliation/statement.ts';
import { ReleaseEvent } from '#shared/incentive/release-events.ts';
import type { JournalRecord } from '#shared/journal/journal-record.ts';
import { ParticipantEvent } from '#shared/journal/participant.ts';
import type {
  DrawMessage,
  FeedMessage,
  IncentiveMessage,
  NoticeMessage,
  PayoutListMessage,
  PrivacyMessage,
} from '#shared/operations/messages.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { FeedEvent } from '#shared/registration/feeds/feed.ts';
import { BatchEvent } from '#shared/selection/batch-events.ts';
import { allDigits } from '#shared/selection/draw-files.ts';
import { participantOf } from '#shared/table/keys.ts';

/** What must happen because something happened. The only place that knows; a repeat sends the same messages again. */
export function messagesFor({ kind, id, at, events }: JournalRecord): Outgoing[] {
  if (kind === 'participant')
    return events.flatMap((event) => afterParticipantEvent(id, ParticipantEvent.parse(event), at));
  if (kind === 'batch') return events.flatMap((event) => afterBatchEvent(id, BatchEvent.parse(event)));
  if (kind === 'release') return events.flatMap((event) => afterReleaseEvent(id, ReleaseEvent.parse(event)));
  if (kind === 'statement') return events.flatMap((event) => afterStatementEvent(id, StatementEvent.parse(event)));
  if (kind === 'feed') return events.flatMap((event) => afterFeedEvent(id, FeedEvent.parse(event)));
  if (kind === 'closing') return events.flatMap((event) => afterClosingEvent(ClosingEvent.parse(event)));
  return [];
}

/** Somebody is named by a source that did not name them before: whatever they are by now is looked up. */
export function messagesForListing(item: Record<string, unknown>): Outgoing[] {
  const place = ListingPlace.safeParse(item);
  return place.success && place.data.state === 'listed' ? [listing(participantOf(place.data.pk))] : [];
}

const ListingPlace = z.object({ pk: z.string(), sk: z.string().check(z.startsWith('X#')), state: z.string() });

const listing = (participantId: string): Outgoing => ({ queue: 'listingQueueUrl', body: { participantId } });
const notice = (body: NoticeMessage): Outgoing => ({ queue: 'messageQueueUrl', body });
const incentive = (body: IncentiveMessage): Outgoing => ({ queue: 'incentiveQueueUrl', body });
const privacy = (body: PrivacyMessage): Outgoing => ({ queue: 'privacyQueueUrl', body });
const list = (body: PayoutListMessage): Outgoing => ({ queue: 'payoutListQueueUrl', body });
const reconciliation = (body: ReconciliationMessage): Outgoing => ({ queue: 'reconciliationQueueUrl', body });

function afterParticipantEvent(participantId: string, event: ParticipantEvent, at: string): Outgoing[] {
  switch (event.type) {
    case 'PersonRegistered':
      return [{ queue: 'identityQueueUrl', body: { participantId, registeredAt: at } }];
    case 'PhoneCodeRequested':
      return [notice({ notice: 'phone_code', participantId, codeId: event.codeId })];
    case 'PhoneVerified':
      return event.replaces ? [notice({ notice: 'phone_changed', participantId, codeId: event.codeId })] : [];
    case 'PrivacyRequested':
      return [notice({ notice: 'privacy_requested', participantId, requestId: event.requestId })];
    case 'ErasureRefused':
      return [notice({ notice: 'privacy_refused', participantId, requestId: event.requestId })];
    case 'PersonErased':
      return [privacy({ step: 'erase', participantId, requestId: event.requestId })];
    // What stood still goes on.
    case 'RestrictionLifted':
      return [
        notice({ notice: 'privacy_lifted', participantId, requestId: event.requestId }),
        incentive({ step: 'claim', participantId }),
      ];
    case 'ConsentGiven':
      return [incentive({ step: 'claim', participantId })];
    case 'RecipientDecreed':
      // Who was listed between the screening and the decree is found here.
      return [notice({ notice: 'decreed', participantId }), listing(participantId)];
    case 'ObjectionAnswered':
      return [notice({ notice: 'objection_answered', participantId, batchId: event.batchId })];
    case 'PurchaseReserved':
      return [notice({ notice: 'one_time_code', participantId, purchaseId: event.purchaseId })];
    case 'CoursePurchased':
      return [notice({ notice: 'redeem_code', participantId, purchaseId: event.purchaseId })];
    case 'CourseCompleted':
      return [{ queue: 'certificateQueueUrl', body: { participantId, purchaseId: event.purchaseId } }];
    case 'CertificateIssued':
      return [notice({ notice: 'certificate_issued', participantId, number: event.number })];
    case 'PayoutAccountLinked':
      return [
        ...(event.check ? [] : [incentive({ step: 'check', participantId, accountTag: event.accountTag })]),
        privacy({ step: 'rewrap', participantId }),
      ];
    case 'SurveyAnswered':
      return [privacy({ step: 'rewrap', participantId })];
    case 'PayoutAccountChecked': {
      const { accountTag, check } = event;
      return check.outcome === 'refused' ? [notice({ notice: 'account_refused', participantId, accountTag })] : [];
    }
    case 'IncentiveClaimed': {
      const { reference, partnerCode, amountRupiah } = event;
      return [list({ list: 'claimed', participantId, reference, partnerCode, amountRupiah })];
    }
    case 'IncentivePaid':
      return [
        notice({ notice: 'incentive_paid', participantId, reference: event.reference }),
        list({ list: 'paid', ...paidFacts(event), at }),
      ];
    // Where the account is not at fault, or another one is linked by now, the next attempt can be claimed at once.
    case 'IncentiveRefused':
    case 'IncentiveReturned':
      return [
        notice({ notice: 'incentive_failed', participantId, reference: event.reference }),
        incentive({ step: 'claim', participantId }),
      ];
    // What stood still under the hold goes on: what was claimed is listed again, what could be claimed is claimed.
    case 'PayoutHoldReleased':
      return [list({ list: 'reclaimed', participantId }), incentive({ step: 'claim', participantId })];
    // What was claimed and never sent would wait for the end of a hold: the next release finds that nobody is entitled to it.
    case 'EntitlementForfeited':
      return [notice({ notice: 'entitlement_forfeited', participantId }), list({ list: 'reclaimed', participantId })];
    case 'ReceivableRaised':
      return [notice({ notice: 'receivable_raised', participantId })];
    case 'ReceivableReminded':
      return [notice({ notice: 'receivable_reminded', participantId, times: event.times })];
    case 'ReceivableHandedOver':
      return [notice({ notice: 'receivable_handed_over', participantId })];
    default:
      return [];
  }
}

function afterFeedEvent(feedId: string, event: FeedEvent): Outgoing[] {
  const work = (body: FeedMessage): Outgoing => ({ queue: 'feedQueueUrl', body });
  if (event.type === 'FeedSubmitted') return [work({ step: 'read', feedId })];
  if (event.type !== 'FeedRead') return [];
  return chunks(0, event.parts).map((part) => work({ step: 'post', feedId, part }));
}

/** A long file is imported in shares: each one that is done asks for the next. */
function afterStatementEvent(statementId: string, { type }: StatementEvent): Outgoing[] {
  const isToImport = type === 'StatementSubmitted' || type === 'StatementProgressed';
  return isToImport ? [reconciliation({ step: 'import', statementId })] : [];
}

function afterClosingEvent(event: ClosingEvent): Outgoing[] {
  if (event.type !== 'ClosingRequested') return [];
  return [reconciliation({ step: 'close', partnerCode: event.partnerCode, day: event.day })];
}

type Paid = Extract<ParticipantEvent, { type: 'IncentivePaid' }>;

function paidFacts({ reference, partnerCode, partnerReference, legs }: Paid) {
  const amountRupiah = legs.find(({ account }) => account === 'paid_to_citizen')?.rupiah ?? 0;
  return { reference, partnerCode, partnerReference, amountRupiah };
}

function afterBatchEvent(batchId: string, event: BatchEvent): Outgoing[] {
  const draw = (step: DrawMessage['step']): Outgoing => ({ queue: 'drawQueueUrl', body: { step, batchId } });
  const shards = (step: 'screen' | 'publish', digits: number): Outgoing[] =>
    allDigits(digits).map((shard) => ({ queue: 'screeningQueueUrl', body: { step, batchId, shard } }));
  const decrees = (from: number, until: number): Outgoing[] =>
    chunks(from, until).map((chunk) => ({ queue: 'decreeQueueUrl', body: { step: 'decree', batchId, chunk } }));
  switch (event.type) {
    case 'ScreeningBegun':
      return shards('screen', event.shardDigits);
    // The worker looks whether the list is there and the randomness bound.
    case 'ShareSealed':
    case 'BatchScreened':
      return [draw('commit')];
    case 'SeedRevealed':
      return [draw('draw')];
    case 'DrawMade':
      return shards('publish', event.shardDigits);
    case 'DecreeOrdered':
      return decrees(0, Math.max(event.chunkCount, 1)); // With no winner, somebody must close the decree all the same.
    case 'PlacesPromoted':
      return decrees(event.firstChunk, event.chunkCount);
    case 'BatchDecreed':
      return [{ queue: 'decreeQueueUrl', body: { step: 'document', batchId } }];
    case 'DeadlineReached':
      return chunks(0, Math.max(event.chunkCount, 1)).map((chunk) => ({
        queue: 'deadlineQueueUrl',
        body: { batchId, chunk },
      }));
    default:
      return [];
  }
}

const chunks = (from: number, until: number) => Array.from({ length: until - from }, (_, index) => from + index);

function afterReleaseEvent(releaseId: string, event: ReleaseEvent): Outgoing[] {
  switch (event.type) {
    case 'ReleaseRequested':
      return [releaseMessage({ step: 'prepare', releaseId })];
    case 'ReleaseApproved':
      return event.missing === 0 ? [releaseMessage({ step: 'dispatch', releaseId })] : [];
    case 'ReleaseResumed':
      return [releaseMessage({ step: 'dispatch', releaseId })];
    case 'ReleaseDispatched': {
      const { chunkCount, again } = event;
      return Array.from({ length: chunkCount }, (_, chunk) =>
        releaseMessage({ step: 'dispatch_chunk', releaseId, chunk, again }),
      );
    }
    // It may have been the last one without an owner.
    case 'CaseAssigned':
      return [releaseMessage({ step: 'check', releaseId })];
    case 'ReleaseCancelled':
    case 'ReleaseClosed':
      return [releaseMessage({ step: 'give_back', releaseId })];
    default:
      return [];
  }
}
