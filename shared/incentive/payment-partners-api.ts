import * as z from 'zod/mini';
import { type PartnerSwitch, priorityOf } from '#shared/incentive/partner-switch.ts';
import { opensAt, type PaymentPartner } from '#shared/incentive/payment-partners.ts';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note } from '#shared/platform/operator.ts';

const Rupiah = z.int();
const PartnerView = z.strictObject({
  partnerCode: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  /** The lowest goes first where several reach an account. */
  priority: z.int(),
  /** Who switched something last, and why; null where nobody has. */
  lastSwitch: z.nullable(z.strictObject({ reason: z.string(), by: z.string(), at: z.iso.datetime() })),
  /** Whose accounts it pays into, and by which service. */
  routes: z.record(z.string(), z.string()),
  limits: z.strictObject({ minimumRupiah: Rupiah, maximumRupiah: Rupiah, payoutsPerSecond: z.number() }),
  feeRupiah: z.record(z.string(), Rupiah),
  /** Parts of the day, in WIB, in which nothing is sent. */
  pauses: z.array(z.strictObject({ from: z.string(), until: z.string() })),
  /** Null: it takes payouts now. */
  opensAt: z.nullable(z.iso.datetime()),
});

/** A partner as operators see it. */
export function partnerView(partner: PaymentPartner, state: PartnerSwitch, now: Date): z.input<typeof PartnerView> {
  const { code, name, routes, limits, feeRupiah, pauses } = partner;
  const { minimumRupiah, maximumRupiah, payoutsPerSecond } = limits;
  return {
    partnerCode: code,
    name,
    enabled: state.enabled,
    priority: priorityOf(code, state),
    lastSwitch: state.last && { ...state.last, at: state.last.at.toISOString() },
    routes: { ...routes },
    limits: { minimumRupiah, maximumRupiah, payoutsPerSecond },
    feeRupiah: { ...feeRupiah },
    pauses: pauses.map(({ from, until }) => ({ from, until })),
    opensAt: opensAt(partner, now)?.toISOString() ?? null,
  };
}

export const readPaymentPartners = endpoint({
  operation: 'readPaymentPartners',
  capability: 'incentive',
  method: 'GET',
  path: '/v1/payment-partners',
  access: 'operator',
  summary: 'The payment partners: what they reach, take and cost, and what operators have switched.',
  status: 200,
  answer: z.strictObject({ partners: z.array(PartnerView) }),
  refusals: [],
});

export const switchPaymentPartner = endpoint({
  operation: 'switchPaymentPartner',
  capability: 'incentive',
  method: 'PUT',
  path: '/v1/payment-partners/{partnerCode}',
  access: 'operator',
  summary: 'Switches a payment partner on or off, and moves it among the others. A repeat changes nothing.',
  pathParameters: z.strictObject({ partnerCode: z.string().check(z.regex(/^[a-z0-9-]{1,40}$/)) }),
  body: z.strictObject({
    enabled: z.boolean(),
    /** Absent: its place stays. */
    priority: z.optional(z.int().check(z.gte(1), z.lte(99))),
    reason: Note,
  }),
  status: 200,
  answer: PartnerView,
  refusals: ['payment_partner_unknown', 'conflict_persistent'],
});
