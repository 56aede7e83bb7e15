import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import type { Decision } from '#shared/journal/journal.ts';
import { Bytes } from '#shared/platform/bytes.ts';
import { afterSend, type CodeRun, codeLimits, isLocked } from '#shared/platform/code-sends.ts';
import { Refusal } from '#shared/platform/refusal.ts';

/** Beside the values of every code. Ours: the sources say only that a code is valid for some minutes. */
export const phoneLimits = {
  codeMinutes: 10,
  /** Codes sent in a lifetime: a journal has an end. */
  sendsEver: 60,
} as const;

/** A number as its owner has it: sealed, and a tag that is equal wherever the number is. */
const number = {
  /** The number, sealed with the data key. */
  phone: Bytes,
  /** Keyed hash of the number, the same in every journal: two people may share a number, but not unseen. */
  phoneTag: z.string(),
};

/** A code is on its way to a number, to prove that it is this person's. */
const PhoneCodeRequested = z.object({
  type: z.literal('PhoneCodeRequested'),
  /** What the code is derived from: the code itself stands nowhere. */
  codeId: z.uuid(),
  ...number,
  expiresAt: z.iso.datetime(),
});
type PhoneCodeRequested = z.infer<typeof PhoneCodeRequested>;

const PhoneCodeRefused = z.object({ type: z.literal('PhoneCodeRefused'), codeId: z.uuid() });

/** The number is proven, and is where messages go from now on. */
const PhoneVerified = z.object({
  type: z.literal('PhoneVerified'),
  codeId: z.uuid(),
  ...number,
  /** Another number was proven before: whoever has that one is told. */
  replaces: z.optional(z.literal(true)),
});

export const PhoneEvent = z.discriminatedUnion('type', [PhoneCodeRequested, PhoneCodeRefused, PhoneVerified]);
export type PhoneEvent = z.infer<typeof PhoneEvent>;

type ProvenPhone = Omit<z.infer<typeof PhoneVerified>, 'type' | 'replaces'> & { readonly at: Date };

export type Phone = {
  /** The code that was sent last, while it has proven nothing. */
  readonly asked: (Omit<PhoneCodeRequested, 'type'> & { readonly wrongCodes: number }) | null;
  readonly run: CodeRun | null;
  readonly sendsEver: number;
  readonly proven: ProvenPhone | null;
  /** The number that was proven before. */
  readonly former: ProvenPhone | null;
};

export const noPhone: Phone = { asked: null, run: null, sendsEver: 0, proven: null, former: null };

/** What a phone event does to the file. */
export function evolvePhone(before: Phone, event: PhoneEvent, at: Date): Phone {
  switch (event.type) {
    case 'PhoneCodeRequested': {
      const { codeId, phone, phoneTag, expiresAt } = event;
      const asked = { codeId, phone, phoneTag, expiresAt, wrongCodes: 0 };
      return { ...before, asked, run: afterSend(before.run, at), sendsEver: before.sendsEver + 1 };
    }
    case 'PhoneCodeRefused': {
      const { asked } = before;
      ok(asked?.codeId === event.codeId, 'An answer is to the code that was sent last');
      return { ...before, asked: { ...asked, wrongCodes: asked.wrongCodes + 1 } };
    }
    case 'PhoneVerified': {
      ok(before.asked?.codeId === event.codeId, 'A number is proven by the code that was sent to it');
      const { codeId, phone, phoneTag } = event;
      return { ...before, asked: null, proven: { codeId, phone, phoneTag, at }, former: before.proven };
    }
  }
}

/** The numbers of an erased person are no more; a corrected registration states its number anew, to be proven again. Sends still count. */
export function withoutNumbers({ run, sendsEver }: Phone): Phone {
  return { ...noPhone, run, sendsEver };
}

type Owner = {
  readonly phone: Phone;
  /** A payout account is linked: an e-wallet is known by its phone number, so the number stays until the account is gone. */
  readonly hasPayoutAccount: boolean;
};

type Asking = {
  readonly codeId: string;
  readonly phone: Uint8Array;
  readonly phoneTag: string;
  /** The tag of the number that messages go to now. */
  readonly currentTag: string;
  readonly now: Date;
};

/**
 * Sends a code to a number: the registered one, or another that is to take its place. The code before it ends.
 * @throws Refusal `phone_verified`, `payout_account_linked`, `otp_resends_exceeded`.
 */
export function askPhoneCode(owner: Owner, { codeId, phone, phoneTag, currentTag, now }: Asking): Decision<PhoneEvent> {
  const { proven, run, sendsEver } = owner.phone;
  if (proven?.phoneTag === phoneTag) throw new Refusal('phone_verified');
  if (phoneTag !== currentTag && owner.hasPayoutAccount) throw new Refusal('payout_account_linked');
  if (isLocked(run, now) || sendsEver >= phoneLimits.sendsEver) throw new Refusal('otp_resends_exceeded');
  const expiresAt = new Date(now.getTime() + phoneLimits.codeMinutes * 60_000).toISOString();
  return { events: [{ type: 'PhoneCodeRequested', codeId, phone, phoneTag, expiresAt }] };
}

type Confirming = {
  /** Whether the code is the one of this id. */
  readonly isRight: (codeId: string) => boolean;
  readonly currentTag: string;
  readonly now: Date;
};

/**
 * Proves a number by its code. A wrong one is an event, so that guessing ends; a repeat of the right one changes nothing.
 * @throws Refusal `confirmation_code_wrong` also for an expired code and for none, `otp_attempts_exceeded`, `payout_account_linked`.
 */
export function confirmPhone(owner: Owner, { isRight, currentTag, now }: Confirming): Decision<PhoneEvent> {
  const { asked, proven } = owner.phone;
  if (!asked) {
    if (proven && isRight(proven.codeId)) return { events: [] };
    throw new Refusal('confirmation_code_wrong');
  }
  if (now.toISOString() > asked.expiresAt) throw new Refusal('confirmation_code_wrong');
  if (asked.wrongCodes >= codeLimits.wrongCodes) throw new Refusal('otp_attempts_exceeded');
  const { codeId, phone, phoneTag } = asked;
  if (!isRight(codeId)) return { events: [{ type: 'PhoneCodeRefused', codeId }] };
  // Since the code was sent, an account may have been linked under the number before.
  if (phoneTag !== currentTag && owner.hasPayoutAccount) throw new Refusal('payout_account_linked');
  return { events: [{ type: 'PhoneVerified', codeId, phone, phoneTag, ...(proven && { replaces: true }) }] };
}
