import * as z from 'zod/mini';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { StatementId } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { Day } from '#shared/platform/wib.ts';

/** Work for the reconciliation's worker: a statement to be imported, or to be gone on with; a day to be compared. */
export const ReconciliationMessage = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('import'), statementId: StatementId }),
  z.strictObject({ step: z.literal('close'), partnerCode: PaymentPartnerCode, day: Day }),
]);
export type ReconciliationMessage = z.infer<typeof ReconciliationMessage>;
