import * as z from 'zod/mini';
import { IncentiveKind } from '#shared/incentive/payout.ts';

/* What citizens see of their own incentives: see incentive-view.ts. */

const Reason = z.strictObject({
  code: z.string(),
  /** A sentence for the citizen, in Indonesian. */
  text: z.string(),
});
const instant = z.nullable(z.iso.datetime());

export const OwnAccount = z.strictObject({
  kind: z.string(),
  provider: z.string(),
  /** The last four digits only. */
  masked: z.string(),
  check: z.enum(['pending', 'matched', 'refused']),
  reasons: z.array(Reason),
});

const OwnPayout = z.strictObject({
  kind: IncentiveKind,
  number: z.int(),
  attempt: z.int(),
  reference: z.string(),
  state: z.string(),
  amountRupiah: z.int(),
  claimedAt: z.iso.datetime(),
  paidAt: instant,
  /** The receipt: what the bank or e-wallet calls the payment. */
  bankReference: z.nullable(z.string()),
  reason: z.nullable(Reason),
  /** The failed payment that this one makes good. */
  remedialOf: z.nullable(z.string()),
});

export const OwnIncentives = z.strictObject({
  paidCount: z.int(),
  paidRupiah: z.int(),
  open: z.boolean(),
  refusals: z.array(z.strictObject({ number: z.int(), reason: z.string() })),
  payouts: z.array(OwnPayout),
  holds: z.array(Reason),
  nextOpensAt: instant,
  forfeited: z.boolean(),
  receivable: z.nullable(
    z.strictObject({
      reason: Reason,
      amountRupiah: z.int(),
      owedRupiah: z.int(),
      dueUntil: z.iso.datetime(),
      handedOver: z.boolean(),
    }),
  ),
});
