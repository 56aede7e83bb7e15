import * as z from 'zod/mini';
import { PaymentPartnerCode, paymentPartners } from '#shared/incentive/payment-partners.ts';
import { type Decision, type Fold, journal } from '#shared/journal/journal.ts';
import { Note, Operator } from '#shared/platform/operator.ts';
import { remembered } from '#shared/platform/remembered.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/** Off: nothing is sent to the partner, no account is checked by it; what was sent is still asked about. */
const PartnerSwitched = z.object({
  type: z.literal('PartnerSwitched'),
  enabled: z.boolean(),
  reason: Note,
  by: Operator,
});
/** Another place among the partners than the one it has by its configuration. */
const PartnerPreferred = z.object({
  type: z.literal('PartnerPreferred'),
  priority: z.int().check(z.positive()),
  reason: Note,
  by: Operator,
});
const PartnerSwitchEvent = z.discriminatedUnion('type', [PartnerSwitched, PartnerPreferred]);
type PartnerSwitchEvent = z.infer<typeof PartnerSwitchEvent>;

/** What operators have switched of a payment partner. */
export type PartnerSwitch = {
  readonly enabled: boolean;
  /** Null: as configured. */
  readonly priority: number | null;
  /** The last step; null where nobody has switched anything. */
  readonly last: { readonly reason: string; readonly by: string; readonly at: Date } | null;
};

const asConfigured: PartnerSwitch = { enabled: true, priority: null, last: null };

const switchFold: Fold<PartnerSwitch, PartnerSwitchEvent> = {
  empty: asConfigured,
  parse: (stored) => PartnerSwitchEvent.parse(stored),
  evolve: (before, event, at) => {
    const { reason, by } = event;
    const last = { reason, by, at };
    return event.type === 'PartnerSwitched'
      ? { ...before, enabled: event.enabled, last }
      : { ...before, priority: event.priority, last };
  },
};

type Switching = {
  readonly enabled: boolean;
  readonly priority?: number | undefined;
  readonly reason: string;
  readonly by: string;
};

/** Switches a partner on or off, and moves it among the others; nothing for what is so already. */
export function switchPartner(
  code: PaymentPartnerCode,
  before: PartnerSwitch,
  { enabled, priority, reason, by }: Switching,
): Decision<PartnerSwitchEvent> {
  const isMoved = priority !== undefined && priority !== priorityOf(code, before);
  return {
    events: [
      ...(enabled === before.enabled ? [] : [{ type: 'PartnerSwitched', enabled, reason, by } as const]),
      ...(isMoved ? [{ type: 'PartnerPreferred', priority, reason, by } as const] : []),
    ],
  };
}

/** The lowest goes first. */
export const priorityOf = (code: PaymentPartnerCode, { priority }: PartnerSwitch): number =>
  priority ?? paymentPartners[code].priority;

/** How long a function trusts what it knows of the switches: one that is thrown works no later than this. */
const memoryMilliseconds = 30_000;

/** What routing needs to know of the partners: the arguments of `routeOf`. */
export type Routing = {
  readonly enabled: (code: PaymentPartnerCode) => boolean;
  /** The first of those that are switched on. */
  readonly preferred: PaymentPartnerCode | undefined;
};

/** The journals of the payment partners, and what they say by now. */
export function partnerSwitches(table: Table, now: () => Date) {
  const files = journal(table, journalKeys.paymentPartner, switchFold);

  async function read(): Promise<Routing> {
    const all = await Promise.all(
      PaymentPartnerCode.options.map(async (code) => ({ code, state: (await files.load(code)).state })),
    );
    const ordered = all
      .filter(({ state }) => state.enabled)
      .toSorted((left, right) => priorityOf(left.code, left.state) - priorityOf(right.code, right.state))
      .map(({ code }) => code);
    return { enabled: (code) => ordered.includes(code), preferred: ordered[0] };
  }

  const routing = remembered(read, memoryMilliseconds);

  return {
    ...files,

    /** From memory for up to half a minute. */
    routing: (): Promise<Routing> => routing(now()),
  };
}
export type PartnerSwitches = ReturnType<typeof partnerSwitches>;
