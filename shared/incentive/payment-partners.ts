import * as z from 'zod/mini';
import { type PayoutAccount, Provider } from '#shared/incentive/payout-account.ts';
import { dayMilliseconds, startOfWibDay } from '#shared/platform/wib.ts';

/** Who pays incentives out: the program's own bank, and a switch that reaches other banks and the e-wallets. */
export const PaymentPartnerCode = z.enum(['bank-induk', 'switching']);
export type PaymentPartnerCode = z.infer<typeof PaymentPartnerCode>;

/** How money moves: inside one bank, between banks, or onto an e-wallet. */
export type PaymentService = 'intrabank' | 'interbank' | 'e_money';

export type Bank = Extract<PayoutAccount, { kind: 'bank' }>['provider'];

/** A part of every day in WIB, `HH:MM`: from its first minute up to the minute of its end. It may go over midnight. */
type DailyPause = { readonly from: string; readonly until: string };

export type PaymentPartner = {
  readonly code: PaymentPartnerCode;
  readonly name: string;
  /** The lowest goes first where several reach an account. */
  readonly priority: number;
  /**
   * Whose accounts it pays into, and by which service. A route keeps its service while payouts over it are open: an inquiry
   * names the service, and the partner would not find the payout under another.
   */
  readonly routes: Partial<Readonly<Record<Provider, PaymentService>>>;
  readonly limits: {
    /** Of one payout, both inclusive. */
    readonly minimumRupiah: number;
    readonly maximumRupiah: number;
    readonly payoutsPerSecond: number;
  };
  /** What the partner takes for one payout, from the program and never from the citizen. */
  readonly feeRupiah: Readonly<Record<PaymentService, number>>;
  /** When nothing is sent: its end-of-day run, or the hours that it is closed. */
  readonly pauses: readonly DailyPause[];
  /** Days that it knows a reference. Later, "not found" says nothing, and the same reference could be paid again. */
  readonly memoryDays: number;
  readonly maxWorkers: number;
  /** Banks as the partner writes them. */
  readonly bankCodes: Readonly<Record<Bank, string>>;
};

/** Clearing codes of Bank Indonesia, from general knowledge: none of them was seen on a partner's page. */
const bankCodes = { BNI: '009', BCA: '014', BRI: '002', MANDIRI: '008' } as const;
/** Two months, as one provider publishes it; the shorter, the safer. */
const memoryDays = 60;

/** Names, rates, fees and hours are ours until the contracts with the partners say otherwise; the limits of amounts are Bank Indonesia's. */
export const paymentPartners: Readonly<Record<PaymentPartnerCode, PaymentPartner>> = {
  'bank-induk': {
    code: 'bank-induk',
    name: 'Bank Induk',
    priority: 1,
    routes: { BNI: 'intrabank', BCA: 'interbank', BRI: 'interbank', MANDIRI: 'interbank' },
    limits: { minimumRupiah: 10_000, maximumRupiah: 250_000_000, payoutsPerSecond: 50 },
    feeRupiah: { intrabank: 0, interbank: 2_500, e_money: 0 },
    pauses: [{ from: '23:30', until: '00:30' }],
    memoryDays,
    maxWorkers: 20,
    bankCodes,
  },
  switching: {
    code: 'switching',
    name: 'Switching Nusantara',
    priority: 2,
    routes: {
      BNI: 'interbank',
      BCA: 'interbank',
      BRI: 'interbank',
      MANDIRI: 'interbank',
      OVO: 'e_money',
      DANA: 'e_money',
      GOPAY: 'e_money',
      LINKAJA: 'e_money',
    },
    limits: { minimumRupiah: 10_000, maximumRupiah: 250_000_000, payoutsPerSecond: 50 },
    feeRupiah: { intrabank: 0, interbank: 2_500, e_money: 1_000 },
    pauses: [],
    memoryDays,
    maxWorkers: 20,
    bankCodes,
  },
};

/** The service by which a partner pays into an account of a provider; null where it does not reach it, or nobody knows it. */
export function serviceOf({ routes }: Pick<PaymentPartner, 'routes'>, provider: string): PaymentService | null {
  const known = Provider.safeParse(provider);
  return (known.success && routes[known.data]) || null;
}

export type Route = { readonly partnerCode: PaymentPartnerCode; readonly service: PaymentService };

/**
 * By whom and how to pay into an account of a provider: the preferred partner where it can, otherwise the first by priority.
 * Null when none that is switched on reaches it.
 */
export function routeOf(
  provider: Provider,
  enabled: (code: PaymentPartnerCode) => boolean,
  preferred?: PaymentPartnerCode,
): Route | null {
  const able = Object.values(paymentPartners)
    .filter(({ code, routes }) => routes[provider] !== undefined && enabled(code))
    .toSorted((left, right) => left.priority - right.priority);
  const chosen = able.find(({ code }) => code === preferred) ?? able[0];
  const service = chosen?.routes[provider];
  return chosen && service ? { partnerCode: chosen.code, service } : null;
}

const minuteMilliseconds = 60_000;
const dayMinutes = 1_440;

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Minutes from `minute` of the day to the end of the pause; 0 outside it. */
function minutesLeft({ from, until }: DailyPause, minute: number): number {
  const since = (minute - minuteOf(from) + dayMinutes) % dayMinutes;
  const length = (minuteOf(until) - minuteOf(from) + dayMinutes) % dayMinutes;
  return Math.max(0, length - since);
}

/** Null while the partner takes payouts, otherwise the instant from which on it does. */
export function opensAt({ pauses }: Pick<PaymentPartner, 'pauses'>, now: Date): Date | null {
  const midnight = startOfWibDay(now).getTime();
  const started = Math.floor((now.getTime() - midnight) / minuteMilliseconds);
  let waits = 0;
  // The end of one pause may lie in another: there are no more steps than pauses, since none covers the day.
  for (const _ of pauses) {
    const minute = (started + waits) % dayMinutes;
    waits += Math.max(...pauses.map((pause) => minutesLeft(pause, minute)));
  }
  return waits === 0 ? null : new Date(midnight + (started + waits) * minuteMilliseconds);
}

/** Whether the partner still knows a payout that was claimed then. Only while it does, "not found" means that it was not paid. */
export function remembers({ memoryDays }: Pick<PaymentPartner, 'memoryDays'>, claimedAt: Date, now: Date): boolean {
  return now.getTime() - claimedAt.getTime() < memoryDays * dayMilliseconds;
}
