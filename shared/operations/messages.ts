import * as z from 'zod/mini';

/** The messages of our queues: parsed by the worker, made by dispatcher and sweeper. They name ids, never a person. */

const participantId = z.string().check(z.regex(/^[0-9a-f]{64}$/));

export const IdentityMessage = z.strictObject({ participantId });

export const NoticeMessage = z.discriminatedUnion('notice', [
  z.strictObject({ notice: z.literal('one_time_code'), participantId, purchaseId: z.string() }),
  z.strictObject({ notice: z.literal('redeem_code'), participantId, purchaseId: z.string() }),
  z.strictObject({ notice: z.literal('decreed'), participantId }),
  z.strictObject({ notice: z.literal('certificate_issued'), participantId, number: z.string() }),
  z.strictObject({ notice: z.literal('incentive_paid'), participantId, number: z.int() }),
]);
export type NoticeMessage = z.infer<typeof NoticeMessage>;

export const CertificateMessage = z.strictObject({ participantId, purchaseId: z.string() });

export const IncentiveMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('pay'), participantId, reference: z.string() }),
  z.strictObject({ step: z.literal('claim'), participantId }),
]);
export type IncentiveMessage = z.infer<typeof IncentiveMessage>;

export const DrawMessage = z.strictObject({ step: z.enum(['commit', 'draw']), batchId: z.string() });

/** One file of winners: to be decreed, or to be looked at when the purchase deadline has passed. */
export const WinnersMessage = z.strictObject({ batchId: z.string(), chunk: z.int().check(z.gte(0)) });
