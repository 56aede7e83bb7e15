import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from '#infra/local/simulators/faults.ts';

/*
 * What the next calls of a kind meet.
 *
 *   fault                                    paid   answer
 *   cut                                      no     none: the call never arrived
 *   timeout, unavailable                     no     504XX00, 500XX00
 *   garbage, unknown_code                    no     half a page of HTML; a case that no table has
 *   rate_limited, external_id_conflict       no     429XX00, 409XX00
 *   token_expired                            no     401XX01, and the token is indeed of no more use
 *   slow                                     yes    after `setSlowness` (5 s unless told)
 *   pay_then_cut, pay_then_timeout,
 *   pay_then_garbage, pay_then_unknown_code  yes    none, 504XX00, HTML, an unknown case
 *   in_progress_then_paid                    later  202XX00, then 03 pending, then 00
 *   in_progress_then_failed                  no     202XX00, then 03 pending, then 06
 *   account_refused, account_dormant,
 *   account_closed                           no     404XX11, 403XX09, 403XX18
 *   limit_exceeded, funds_insufficient       no     403XX02, 403XX14
 *   name_refused (account inquiries)         –      another holder's name
 */

const anyCall = [
  'cut',
  'timeout',
  'unavailable',
  'garbage',
  'unknown_code',
  'rate_limited',
  'external_id_conflict',
  'token_expired',
  'slow',
] as const;

export const paymentFaults = [
  ...anyCall,
  'pay_then_cut',
  'pay_then_timeout',
  'pay_then_garbage',
  'pay_then_unknown_code',
  'in_progress_then_paid',
  'in_progress_then_failed',
  'account_refused',
  'account_dormant',
  'account_closed',
  'limit_exceeded',
  'funds_insufficient',
] as const;
export const inquiryFaults = [...anyCall, 'name_refused'] as const;

/** Of transfers and top-ups. */
export type PaymentFault = (typeof paymentFaults)[number];
/** Of inquiries of accounts, status and balance. */
export type InquiryFault = (typeof inquiryFaults)[number];
export type PartnerFault = PaymentFault | InquiryFault;

/** Faults of two partners: without a code, of whichever is called next. */
export type PartnerFaults<Kind extends string> = Omit<Faults<Kind>, 'next'> & {
  /** As in `Faults`; with a partner's code, only of that partner. */
  next(kind: Kind, times?: number, partnerCode?: string): void;
  /** How many ordered faults were not met yet. */
  waiting(): number;
};

export type PartnerFaultQueue<Kind extends string> = PartnerFaults<Kind> & {
  /** The first ordered fault that this partner's call can meet, given out once. */
  take(partnerCode: string, canMeet: (kind: Kind) => boolean): Kind | undefined;
  wait(): Promise<void>;
};

/** Faults in the order they were told. */
export function partnerFaultQueue<Kind extends string>(): PartnerFaultQueue<Kind> {
  let ordered: { readonly kind: Kind; readonly partnerCode: string | undefined }[] = [];
  let latency = 0;
  return {
    next: (kind, times = 1, partnerCode) => {
      ordered.push(...Array.from({ length: times }, () => ({ kind, partnerCode })));
    },
    setLatency: (milliseconds) => {
      latency = milliseconds;
    },
    clear: () => {
      ordered = [];
      latency = 0;
    },
    waiting: () => ordered.length,
    take: (asked, canMeet) => {
      const index = ordered.findIndex(({ kind, partnerCode }) => (partnerCode ?? asked) === asked && canMeet(kind));
      return index < 0 ? undefined : ordered.splice(index, 1)[0]?.kind;
    },
    wait: async () => {
      if (latency > 0) await delay(latency, undefined, { ref: false });
    },
  };
}
