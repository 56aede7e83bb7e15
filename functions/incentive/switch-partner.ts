import { type PartnerSwitches, partnerSwitches, switchPartner } from '#shared/incentive/partner-switch.ts';
import { PaymentPartnerCode, paymentPartners } from '#shared/incentive/payment-partners.ts';
import { partnerView, readPaymentPartners, switchPaymentPartner } from '#shared/incentive/payment-partners-api.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly switches: Pick<PartnerSwitches, 'load' | 'change'> };

/** What operators see of the payment partners, and what they switch. */
export function paymentPartnerSwitches({ switches }: Deps) {
  const reading = api(readPaymentPartners, async ({ now }) => {
    const view = async (code: PaymentPartnerCode) =>
      partnerView(paymentPartners[code], (await switches.load(code)).state, now);
    return { partners: await Promise.all(PaymentPartnerCode.options.map(view)) };
  });
  const switching = api(
    switchPaymentPartner,
    async ({ caller: { username: by }, path: { partnerCode }, body, now }) => {
      const code = PaymentPartnerCode.safeParse(partnerCode);
      if (!code.success) throw new Refusal('payment_partner_unknown');
      const after = await switches.change(code.data, (before) => switchPartner(code.data, before, { ...body, by }));
      const { enabled, priority } = after;
      logger.info('partner.switched', { by, partnerCode, enabled, priority });
      return partnerView(paymentPartners[code.data], after, now);
    },
  );
  return apiGroup([
    [readPaymentPartners, reading],
    [switchPaymentPartner, switching],
  ]);
}

export const handler = paymentPartnerSwitches({ switches: partnerSwitches(programTable(), () => new Date()) });
