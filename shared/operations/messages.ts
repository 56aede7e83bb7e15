import * as z from 'zod/mini';
import { ReleaseId } from '#shared/incentive/release-events.ts';
import { FeedId } from '#shared/registration/feeds/listing.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

/** The messages of our queues: parsed by the worker, made by dispatcher and sweeper. They name ids, never a person. */

const reference = z.string().check(z.maxLength(64));
const number = z.int().check(z.positive());

/** Work on a feed: its file is read, its lines are posted part by part, whom a full list no longer has is withdrawn by shard. */
export const FeedMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('read'), feedId: FeedId }),
  z.strictObject({ step: z.literal('post'), feedId: FeedId, part: z.int().check(z.gte(0)) }),
  z.strictObject({ step: z.literal('withdraw'), feedId: FeedId, shard: z.string().check(z.regex(/^[0-9a-f]$/)) }),
]);
export type FeedMessage = z.infer<typeof FeedMessage>;

/** Somebody whom a feed has named, or who was decreed: whether the two go together is looked up. */
export const ListingMessage = z.strictObject({ participantId: ParticipantId });

export const IdentityMessage = z.strictObject({
  participantId: ParticipantId,
  /** When the person registered: how long people wait is told from it. */
  registeredAt: z.optional(z.iso.datetime()),
  /** Calls of the registry about this person that failed while it answered others. */
  failures: z.optional(z.int().check(z.gte(0))),
});

/** The time of a test is over: what was saved is scored. */
export const AptitudeMessage = z.strictObject({ participantId: ParticipantId, attempt: number });
export type AptitudeMessage = z.infer<typeof AptitudeMessage>;

export const NoticeMessage = z.discriminatedUnion('notice', [
  z.strictObject({ notice: z.literal('phone_code'), participantId: ParticipantId, codeId: z.uuid() }),
  /** To the number before: whoever still has it learns that messages go elsewhere now. */
  z.strictObject({ notice: z.literal('phone_changed'), participantId: ParticipantId, codeId: z.uuid() }),
  z.strictObject({ notice: z.literal('one_time_code'), participantId: ParticipantId, purchaseId: z.string() }),
  z.strictObject({ notice: z.literal('redeem_code'), participantId: ParticipantId, purchaseId: z.string() }),
  /** A request about personal data was taken, refused, or lifted. */
  z.strictObject({
    notice: z.enum(['privacy_requested', 'privacy_refused', 'privacy_lifted']),
    participantId: ParticipantId,
    requestId: z.string().check(z.maxLength(36)),
  }),
  z.strictObject({ notice: z.literal('decreed'), participantId: ParticipantId }),
  z.strictObject({ notice: z.literal('objection_answered'), participantId: ParticipantId, batchId: z.string() }),
  z.strictObject({ notice: z.literal('certificate_issued'), participantId: ParticipantId, number: z.string() }),
  z.strictObject({ notice: z.literal('incentive_paid'), participantId: ParticipantId, reference }),
  /** Refused or returned: the citizen is asked for another account. */
  z.strictObject({ notice: z.literal('incentive_failed'), participantId: ParticipantId, reference }),
  z.strictObject({ notice: z.literal('account_refused'), participantId: ParticipantId, accountTag: z.string() }),
  z.strictObject({ notice: z.literal('survey_open'), participantId: ParticipantId, number }),
  z.strictObject({ notice: z.literal('entitlement_forfeited'), participantId: ParticipantId }),
  z.strictObject({ notice: z.literal('receivable_raised'), participantId: ParticipantId }),
  z.strictObject({ notice: z.literal('receivable_reminded'), participantId: ParticipantId, times: number }),
  z.strictObject({ notice: z.literal('receivable_handed_over'), participantId: ParticipantId }),
]);
export type NoticeMessage = z.infer<typeof NoticeMessage>;

const requestId = z.string().check(z.maxLength(36));

/**
 * `due`: an erasure can no longer be taken back; `erase`: it is decided, and key, account and files are to be destroyed; `rewrap`: something
 * was sealed with a person's key, which gets the newest of the program's keys with it.
 */
export const PrivacyMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('due'), participantId: ParticipantId, requestId }),
  z.strictObject({ step: z.literal('erase'), participantId: ParticipantId, requestId }),
  z.strictObject({ step: z.literal('rewrap'), participantId: ParticipantId }),
]);
export type PrivacyMessage = z.infer<typeof PrivacyMessage>;

export const CertificateMessage = z.strictObject({ participantId: ParticipantId, purchaseId: z.string() });

/** Work on a citizen's incentives that calls no payment: claims by the clock, a linked account that was not checked yet, a debt's dates. */
export const IncentiveMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('claim'), participantId: ParticipantId }),
  z.strictObject({ step: z.literal('check'), participantId: ParticipantId, accountTag: z.string() }),
  z.strictObject({ step: z.literal('receivable'), participantId: ParticipantId }),
]);
export type IncentiveMessage = z.infer<typeof IncentiveMessage>;

/**
 * One payout, for the worker of its payment partner. `again`: it may have been sent before, so it is asked about first; `relisted`: also in
 * a release before this one.
 */
export const PayoutMessage = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('pay'),
    participantId: ParticipantId,
    reference,
    releaseId: z.string(),
    again: z.boolean(),
    relisted: z.optional(z.boolean()),
  }),
  /** A deferred payout whose time has come. */
  z.strictObject({ step: z.literal('retry'), participantId: ParticipantId, reference }),
  z.strictObject({ step: z.literal('inquire'), participantId: ParticipantId, reference }),
]);
export type PayoutMessage = z.infer<typeof PayoutMessage>;

/** What the lists of payouts need of one: `claimed` waits for a release, `paid` for the statement. */
export const PayoutListMessage = z.discriminatedUnion('list', [
  z.strictObject({
    list: z.literal('claimed'),
    participantId: ParticipantId,
    reference,
    partnerCode: z.string(),
    amountRupiah: z.int().check(z.positive()),
  }),
  z.strictObject({
    list: z.literal('paid'),
    reference,
    partnerCode: z.string(),
    partnerReference: z.string(),
    amountRupiah: z.int().check(z.positive()),
    at: z.iso.datetime(),
  }),
  /** A hold is gone: what was claimed before it may not be in any list any more. */
  z.strictObject({ list: z.literal('reclaimed'), participantId: ParticipantId }),
]);
export type PayoutListMessage = z.infer<typeof PayoutListMessage>;

const chunk = z.int().check(z.gte(0));

export const ReleaseMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('prepare'), releaseId: ReleaseId }),
  /** Looks at the funds, then sends a message for each chunk. */
  z.strictObject({ step: z.literal('dispatch'), releaseId: ReleaseId }),
  z.strictObject({ step: z.literal('dispatch_chunk'), releaseId: ReleaseId, chunk, again: z.boolean() }),
  /** Looks how far the release is. */
  z.strictObject({ step: z.literal('check'), releaseId: ReleaseId }),
  z.strictObject({ step: z.literal('check_chunk'), releaseId: ReleaseId, chunk, round: z.int().check(z.positive()) }),
  /** Tells those whom the release paid that a survey is open. */
  z.strictObject({ step: z.literal('survey'), releaseId: ReleaseId, number }),
  z.strictObject({ step: z.literal('survey_chunk'), releaseId: ReleaseId, chunk, number }),
  /** A cancelled release gives its payouts back to the waiting list. */
  z.strictObject({ step: z.literal('give_back'), releaseId: ReleaseId }),
]);
export type ReleaseMessage = z.infer<typeof ReleaseMessage>;

const BatchId = z.string().check(z.regex(/^\d{1,6}$/));

/** A step of a batch that nobody does by hand. */
export const DrawMessage = z.strictObject({
  step: z.enum(['open', 'close', 'screen', 'commit', 'beacon', 'draw', 'deadline']),
  batchId: BatchId,
});
export type DrawMessage = z.infer<typeof DrawMessage>;

/** One shard of a batch, by the leading digits of its draw numbers. */
export const ScreeningMessage = z.strictObject({
  step: z.enum(['screen', 'publish']),
  batchId: BatchId,
  shard: z.string().check(z.regex(/^[0-9a-f]{1,2}$/)),
});

/** The decrees of one chunk of winners, or the document over all of them. */
export const DecreeMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('decree'), batchId: BatchId, chunk }),
  z.strictObject({ step: z.literal('document'), batchId: BatchId }),
]);

/** One chunk of winners, to be looked at when the purchase deadline has passed. */
export const DeadlineMessage = z.strictObject({ batchId: BatchId, chunk });
