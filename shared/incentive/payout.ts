import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { transitions } from '#shared/journal/transitions.ts';

/** What a payout is for: the training incentive, or the answers to a survey. */
export const IncentiveKind = z.enum(['training', 'survey']);
export type IncentiveKind = z.infer<typeof IncentiveKind>;

/** What a payout is: to whom, for what, the n-th, and which attempt. */
export type PayoutName = {
  readonly participantId: string;
  readonly kind: IncentiveKind;
  /** n-th incentive of its kind, from 1. */
  readonly number: number;
  /** From 1; another one exists only after a definite refusal or a return of the one before. */
  readonly attempt: number;
};

const letters = { training: 'T', survey: 'S' } as const;
const idCharacters = 52;

/** As a payment partner and a bank statement carry it: 56 or 57 capital letters and digits. */
export const PayoutReference = z.string().check(z.regex(/^[TS][1-9]A[1-9]\d?[0-9A-V]{52}$/));

/**
 * Permanent and unique: one person, one incentive, one attempt. It leads back to the participant, so that a line of a bank
 * statement finds its journal without an index. SNAP BI allows 64 characters.
 */
export function payoutReference({ participantId, kind, number, attempt }: PayoutName): string {
  ok(participantId.length === 64, 'A participant is known by 64 digits');
  const id = BigInt(`0x${participantId}`).toString(32).toUpperCase().padStart(idCharacters, '0');
  return PayoutReference.parse(`${letters[kind]}${number}A${attempt}${id}`);
}

/** The payout of a reference; null for what is not a reference of ours. */
export function payoutOf(reference: string): PayoutName | null {
  if (!PayoutReference.safeParse(reference).success) return null;
  const id = reference.slice(-idCharacters);
  let value = 0n;
  for (const digit of id) value = value * 32n + BigInt(Number.parseInt(digit, 32));
  const participantId = value.toString(16).padStart(64, '0');
  if (participantId.length !== 64) return null;
  const kind = reference.startsWith(letters.training) ? 'training' : 'survey';
  const attempt = Number(reference.slice(3, -idCharacters));
  return { participantId, kind, number: Number(reference.slice(1, 2)), attempt };
}

/** What happens to a payout: the events of a journal, by their types. */
export type PayoutStep =
  | 'IncentiveClaimed'
  | 'PayoutHoldPlaced'
  | 'PayoutHoldReleased'
  | 'IncentiveDeferred'
  | 'IncentiveSent'
  | 'IncentiveUnknown'
  | 'IncentivePaid'
  | 'IncentiveRefused'
  | 'IncentiveReturned'
  | 'EntitlementForfeited';

/**
 * The states of a payout and what leads from one to the next. `due` and `held` are before the claim, and so without an event of
 * their own in the journal; a claim that is held keeps its state and is not sent. Nothing leads out of `unknown` but an answer
 * to an inquiry or a statement: a new attempt needs `refused` or `returned`.
 */
export const payoutStates = {
  due: { IncentiveClaimed: 'claimed', PayoutHoldPlaced: 'held', EntitlementForfeited: 'forfeited' },
  held: { PayoutHoldReleased: 'due', EntitlementForfeited: 'forfeited' },
  claimed: {
    IncentiveDeferred: 'claimed',
    IncentiveSent: 'sent',
    IncentiveUnknown: 'unknown',
    IncentivePaid: 'paid',
    IncentiveRefused: 'refused',
  },
  sent: {
    IncentiveSent: 'sent',
    IncentiveUnknown: 'unknown',
    IncentivePaid: 'paid',
    IncentiveRefused: 'refused',
  },
  unknown: {
    // The partner answered that it never had the reference, and then that it cannot take it now.
    IncentiveDeferred: 'claimed',
    IncentiveSent: 'sent',
    IncentiveUnknown: 'unknown',
    IncentivePaid: 'paid',
    IncentiveRefused: 'refused',
  },
  paid: { IncentiveReturned: 'returned' },
  refused: { IncentiveClaimed: 'remedied', EntitlementForfeited: 'forfeited' },
  returned: { IncentiveClaimed: 'remedied', EntitlementForfeited: 'forfeited' },
  remedied: {},
  forfeited: {},
} as const satisfies Record<string, Partial<Record<PayoutStep, string>>>;

export type PayoutState = keyof typeof payoutStates;

/** States in which money may be on its way: nothing may be sent under another reference. */
export const openStates: readonly PayoutState[] = ['claimed', 'sent', 'unknown'];

export const { mayFollow, nextState } = transitions<PayoutState, PayoutStep>(payoutStates);
