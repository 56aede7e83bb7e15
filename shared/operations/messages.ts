import * as z from 'zod/mini';

/** The messages of our queues: parsed by the worker, made by dispatcher and sweeper. They name ids, never a person. */

const participantId = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const reference = z.string().check(z.maxLength(64));
const number = z.int().check(z.positive());

export const IdentityMessage = z.strictObject({ participantId });

export const NoticeMessage = z.discriminatedUnion('notice', [
  z.strictObject({ notice: z.literal('one_time_code'), participantId, purchaseId: z.string() }),
  z.strictObject({ notice: z.literal('redeem_code'), participantId, purchaseId: z.string() }),
  z.strictObject({ notice: z.literal('decreed'), participantId }),
  z.strictObject({ notice: z.literal('certificate_issued'), participantId, number: z.string() }),
  z.strictObject({ notice: z.literal('incentive_paid'), participantId, reference }),
  /** Refused or returned: the citizen is asked for another account. */
  z.strictObject({ notice: z.literal('incentive_failed'), participantId, reference }),
  z.strictObject({ notice: z.literal('account_refused'), participantId, accountTag: z.string() }),
  z.strictObject({ notice: z.literal('survey_open'), participantId, number }),
  z.strictObject({ notice: z.literal('receivable_raised'), participantId }),
  z.strictObject({ notice: z.literal('receivable_reminded'), participantId, times: number }),
  z.strictObject({ notice: z.literal('receivable_handed_over'), participantId }),
]);
export type NoticeMessage = z.infer<typeof NoticeMessage>;

export const CertificateMessage = z.strictObject({ participantId, purchaseId: z.string() });

/** Work on a citizen's incentives that calls no payment: claims by the clock, a linked account that was not checked yet, a debt's dates. */
export const IncentiveMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('claim'), participantId }),
  z.strictObject({ step: z.literal('check'), participantId, accountTag: z.string() }),
  z.strictObject({ step: z.literal('receivable'), participantId }),
]);
export type IncentiveMessage = z.infer<typeof IncentiveMessage>;

/** One payout, for the worker of its payment partner. `again`: it may have been sent before, so it is asked about first. */
export const PayoutMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('pay'), participantId, reference, releaseId: z.string(), again: z.boolean() }),
  /** A deferred payout whose time has come. */
  z.strictObject({ step: z.literal('retry'), participantId, reference }),
  z.strictObject({ step: z.literal('inquire'), participantId, reference }),
]);
export type PayoutMessage = z.infer<typeof PayoutMessage>;

/** What the lists of payouts need of one: `claimed` waits for a release, `paid` for the statement. */
export const PayoutListMessage = z.discriminatedUnion('list', [
  z.strictObject({
    list: z.literal('claimed'),
    participantId,
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
  z.strictObject({ list: z.literal('reclaimed'), participantId }),
]);
export type PayoutListMessage = z.infer<typeof PayoutListMessage>;

const releaseId = z.string().check(z.regex(/^[A-Za-z0-9-]{1,40}$/));
const chunk = z.int().check(z.gte(0));

export const ReleaseMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('prepare'), releaseId }),
  /** Looks at the funds, then sends a message for each chunk. */
  z.strictObject({ step: z.literal('dispatch'), releaseId }),
  z.strictObject({ step: z.literal('dispatch_chunk'), releaseId, chunk, again: z.boolean() }),
  /** Looks how far the release is. */
  z.strictObject({ step: z.literal('check'), releaseId }),
  z.strictObject({ step: z.literal('check_chunk'), releaseId, chunk, round: z.int().check(z.positive()) }),
  /** Tells those whom the release paid that a survey is open. */
  z.strictObject({ step: z.literal('survey'), releaseId, number }),
  z.strictObject({ step: z.literal('survey_chunk'), releaseId, chunk, number }),
  /** A cancelled release gives its payouts back to the waiting list. */
  z.strictObject({ step: z.literal('give_back'), releaseId }),
]);
export type ReleaseMessage = z.infer<typeof ReleaseMessage>;

export const DrawMessage = z.strictObject({ step: z.enum(['commit', 'draw']), batchId: z.string() });

/** One file of winners: to be decreed, or to be looked at when the purchase deadline has passed. */
export const WinnersMessage = z.strictObject({ batchId: z.string(), chunk });
