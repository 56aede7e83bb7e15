import * as z from 'zod/mini';
import { PayoutReference } from '#shared/incentive/payout.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { type Files, json, keysUnder } from '#shared/platform/files.ts';
import { logger } from '#shared/platform/observe.ts';
import { slices } from '#shared/platform/slices.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

/** A claimed payout, as it waits for a release. */
export const WaitingPayout = z.strictObject({
  participantId: ParticipantId,
  reference: PayoutReference,
  partnerCode: z.string(),
  amountRupiah: z.int().check(z.positive()),
  /** It stood in a release that was dispatched, and nobody wrote down whether it was sent. */
  relisted: z.optional(z.literal(true)),
});
export type WaitingPayout = z.infer<typeof WaitingPayout>;

/**
 * Payouts that wait, and since what they do. The source is part of the content, and so of the key: a part that was taken and
 * will be removed is never the part of somebody who leaves the same payouts again for another reason.
 */
const WaitingPart = z.strictObject({ source: z.string(), payouts: z.array(WaitingPayout) });
type WaitingPart = z.infer<typeof WaitingPart>;

/** Why payouts wait. */
export const waitingSince = {
  claim: 'claim',
  /** The n-th hold of somebody was lifted. */
  hold: (lifted: number): string => `hold:${lifted}`,
  /** A release had no room for them, was cancelled, or closed without having sent them. */
  release: (releaseId: string): string => `release:${releaseId}`,
} as const;

/** Payouts that were paid, for the comparison with the statement of their day. A message that came twice leaves them twice. */
export const PaidPart = z.array(
  z.object({
    reference: z.string(),
    amountRupiah: z.int().check(z.positive()),
    partnerReference: z.string(),
    /** When the journal was told. */
    at: z.iso.datetime(),
  }),
);
export type PaidPayout = Readonly<z.infer<typeof PaidPart>[number]>;

const waitingPrefix = 'payouts/waiting/';
/** Where the parts of what a partner paid on a day lie. */
export const paidPrefix = (partnerCode: string, day: string): string => `payouts/paid/${day}/${partnerCode}/`;

/** Payouts of one part. */
const partSize = 500;
/** Parts that may wait: many times what a release looks at. */
const maxWaitingParts = 1_000_000;

const byReference = (left: { reference: string }, right: { reference: string }) =>
  left.reference < right.reference ? -1 : 1;

/** The same in whatever order they came, and however often. */
function inOrder<Listed extends { reference: string }>(payouts: readonly Listed[]): Listed[] {
  return [...new Map(payouts.map((payout) => [payout.reference, payout])).values()].sort(byReference);
}

/** Lists of payouts in parts. The key of a part is its content's digest: the same part twice is one file. */
export function payoutLists(files: Files) {
  return {
    /** Leaves payouts for the next release. */
    async leaveWaiting(source: string, payouts: readonly WaitingPayout[]): Promise<void> {
      for (const part of slices(inOrder(payouts), partSize)) {
        const text = JSON.stringify({ source, payouts: part } satisfies WaitingPart);
        await files.put(`${waitingPrefix}${digestOf(text)}.json`, text, json);
      }
    },

    /** Leaves what one partner paid on one day in WIB for the reconciliation. */
    async leavePaid(partnerCode: string, day: string, payouts: readonly PaidPayout[]): Promise<void> {
      const text = JSON.stringify(inOrder(payouts));
      await files.put(`${paidPrefix(partnerCode, day)}${digestOf(text)}.json`, text, json);
    },

    /**
     * Keys of all waiting parts, page by page, from one end to the other of a circle that begins somewhere else for every
     * `salt`: where more waits than a release takes, nobody waits at the end of every list.
     */
    async *waitingKeys(salt: string): AsyncGenerator<string[]> {
      const start = `${waitingPrefix}${digestOf(salt)}`;
      yield* keysUnder(files, waitingPrefix, { after: start, limit: maxWaitingParts });
      for await (const page of keysUnder(files, waitingPrefix, { limit: maxWaitingParts })) {
        const keys = page.filter((key) => key <= start);
        yield keys;
        if (keys.length < page.length) return;
      }
    },

    /** One part; nothing where it has just been removed. What does not parse stops the release rather than be left out. */
    async waiting(key: string): Promise<WaitingPart | null> {
      const file = await files.read(key);
      if (!file) return null;
      const part = WaitingPart.safeParse(JSON.parse(file.text));
      if (part.success) return part.data;
      logger.error('part.unreadable', { key });
      throw new Error('payouts.part_unreadable');
    },

    async removeWaiting(key: string): Promise<void> {
      await files.remove(key);
    },
  };
}
export type PayoutLists = ReturnType<typeof payoutLists>;

/** The day in WIB on which a payout was paid, as the lists and the statements have it. */
export const paidDay = ({ at }: { readonly at: string }): string => wibDay(new Date(at));
