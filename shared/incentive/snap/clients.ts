import { PaymentPartnerCode, paymentPartners } from '#shared/incentive/payment-partners.ts';
import { type PaymentClient, snapClient } from '#shared/incentive/snap/client.ts';
import { paymentCredentials } from '#shared/incentive/snap/credentials.ts';

const clientOf = (code: PaymentPartnerCode): PaymentClient =>
  snapClient({ partner: paymentPartners[code], credentials: () => paymentCredentials.of(code) });

/** The payment partners of this deployment. Credentials are read, and tokens asked for, when the first call needs them. */
export const paymentClients: Readonly<Record<PaymentPartnerCode, PaymentClient>> = {
  'bank-induk': clientOf('bank-induk'),
  switching: clientOf('switching'),
};

/** What the program's account at a partner holds, in rupiah; null where the partner does not say, or is none of ours. */
export async function balanceAt(partnerCode: string): Promise<number | null> {
  const code = PaymentPartnerCode.safeParse(partnerCode);
  if (!code.success) return null;
  const result = await paymentClients[code.data].balance();
  return result.kind === 'known' ? result.availableRupiah : null;
}
