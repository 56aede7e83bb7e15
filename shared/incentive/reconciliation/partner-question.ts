import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { Provider } from '#shared/incentive/payout-account.ts';
import type { PartnerStatus } from '#shared/incentive/reconciliation/match.ts';
import type { PartnerQuestion } from '#shared/incentive/reconciliation/statement-import.ts';
import type { PaymentClient } from '#shared/incentive/snap/client.ts';
import { faultOf } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';

type Result = Awaited<ReturnType<PaymentClient['inquire']>>['kind'];

const statuses: Readonly<Record<Result, PartnerStatus>> = {
  paid: 'paid',
  returned: 'returned',
  refused: 'failed',
  in_progress: 'unknown',
  not_found: 'not_found',
  unknown: 'unknown',
};

/** Asks the partners themselves. Without their credentials nobody is asked: the statement is compared with the journal alone. */
export function partnerQuestion(
  clients: Readonly<Record<PaymentPartnerCode, Pick<PaymentClient, 'inquire'>>>,
): PartnerQuestion {
  return async ({ partnerCode, provider, reference, amountRupiah }) => {
    const known = Provider.safeParse(provider);
    const code = PaymentPartnerCode.safeParse(partnerCode);
    if (!known.success || !code.success) return null;
    try {
      const answer = await clients[code.data].inquire({ reference, amountRupiah, account: { provider: known.data } });
      return statuses[answer.kind];
    } catch (error) {
      logger.warn('partner.not_asked', { partnerCode, reason: faultOf(error) });
      return null;
    }
  };
}
