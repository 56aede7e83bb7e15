import * as z from 'zod/mini';
import { type Decision, type Fold, journal } from '#shared/journal/journal.ts';
import { Bytes } from '#shared/platform/bytes.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

const ClientCode = z.string().check(z.regex(/^[A-Za-z0-9_-]{3,40}$/));

const partnerFields = {
  clientCode: ClientCode,
  /** A digital platform sells; a training institution teaches. */
  kind: z.enum(['platform', 'institution']),
  name: z.string().check(z.minLength(3), z.maxLength(100)),
  /** Share of the price that a platform keeps, in hundredths of a percent: at most 15 % (Permenko 11/2020). */
  commissionBasisPoints: z.int().check(z.gte(0), z.lte(1_500)),
  /** Addresses a participant may be sent back to. */
  redirectUris: z.array(z.url({ protocol: /^https$/ }).check(z.maxLength(300))).check(z.maxLength(10)),
};

export const PartnerDescription = z.strictObject(partnerFields);
export type PartnerDescription = z.infer<typeof PartnerDescription>;

export const PartnerRegistered = z.object({
  type: z.literal('PartnerRegistered'),
  by: z.string(),
  ...partnerFields,
  /** Key of the HMAC-SHA1 signature of the partner API, sealed. */
  signKey: Bytes,
  /** Key of the Standard Webhooks signature, sealed. */
  webhookKey: Bytes,
});
export type PartnerRegistered = z.infer<typeof PartnerRegistered>;

/** A partner as functions see it, with its keys in clear. */
export type Partner = PartnerDescription & { readonly signKey: string; readonly webhookKey: string };

const partnerFold: Fold<PartnerRegistered | null, PartnerRegistered> = {
  empty: null,
  parse: (stored) => PartnerRegistered.parse(stored),
  evolve: (_before, event) => event,
};

/** Registers a partner with new keys; a second registration of the code is refused, since keys are shown once. */
export function registerPartner(
  before: PartnerRegistered | null,
  registered: Omit<PartnerRegistered, 'type'>,
): Decision<PartnerRegistered> {
  if (before) throw new Refusal('partner_exists');
  return { events: [{ type: 'PartnerRegistered', ...registered }] };
}

/** How long a function trusts what it knows of a partner: a withdrawn key works no longer than this. */
const cacheMilliseconds = 60_000;
const cacheSize = 1_000;

/** The partners' journals; keys are sealed at rest and opened here only. */
export function partners(table: Table, keys: () => Promise<Keys>) {
  const files = journal(table, journalKeys.partner, partnerFold);
  const known = new Map<string, { partner: Partner | null; until: number }>();

  async function read(clientCode: string): Promise<Partner | null> {
    const { state } = await files.load(clientCode);
    if (!state) return null;
    const { type: _type, by: _by, signKey, webhookKey, ...description } = state;
    const opened = await keys();
    const open = (sealed: Uint8Array) => Buffer.from(opened.open('partner-key', sealed, clientCode)).toString('utf8');
    return { ...description, signKey: open(signKey), webhookKey: open(webhookKey) };
  }

  return {
    ...files,

    /** The partner, from memory for up to a minute, or null. */
    async find(clientCode: string, now: Date): Promise<Partner | null> {
      if (!ClientCode.safeParse(clientCode).success) return null;
      const cached = known.get(clientCode);
      if (cached && cached.until > now.getTime()) return cached.partner;
      const partner = await read(clientCode);
      // Unknown codes are not remembered: a new partner must be able to start at once.
      if (known.size >= cacheSize) known.clear();
      if (partner) known.set(clientCode, { partner, until: now.getTime() + cacheMilliseconds });
      return partner;
    },
  };
}
export type Partners = ReturnType<typeof partners>;
