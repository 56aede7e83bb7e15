import { type Evidence, evidenceDigest, evidenceOf } from '#shared/incentive/entitlement.ts';
import type { Payout } from '#shared/incentive/incentive.ts';
import type { IncentiveClaimed, IncentiveEvent } from '#shared/incentive/incentive-events.ts';
import { payoutOf } from '#shared/incentive/payout.ts';
import { type Entry, foldEntries } from '#shared/journal/journal.ts';
import { type Participant, type ParticipantEvent, participantFold } from '#shared/journal/participant.ts';

/** An event of a payout, and the decision that it stands in. */
type Happened = { readonly version: number; readonly at: Date; readonly event: IncentiveEvent };

/** From one rupiah to everything that its payment rests on. */
export type PayoutProof = {
  readonly claim: IncentiveClaimed;
  readonly claimedAt: Date;
  /** Null: the journal was changed so that it does not fold any more. */
  readonly payout: Payout | null;
  /** The attempt that made this one good, where it failed. */
  readonly remediedBy: string | null;
  readonly history: readonly Happened[];
  /** Computed now, from the journal as it was right before the claim; null where something of it is missing. */
  readonly evidence: Evidence | null;
  readonly evidenceDigest: string | null;
  /** Whether it is what the claim was made on. */
  readonly evidenceMatches: boolean;
};

/**
 * The proof of a payout from the entries of its participant's journal; null where no claim bears the reference. A claim stands
 * in the same decision as the event that completed its conditions, so what comes before it in that decision counts.
 */
export function payoutProof(reference: string, entries: readonly Entry<ParticipantEvent>[]): PayoutProof | null {
  const name = payoutOf(reference);
  const index = entries.findIndex(({ events }) => events.some((event) => isClaimOf(reference, event)));
  const decision = entries[index];
  const place = decision?.events.findIndex((event) => isClaimOf(reference, event)) ?? -1;
  const claim = decision?.events[place];
  if (!name || !decision || claim?.type !== 'IncentiveClaimed') return null;
  const before = foldOrNull([...entries.slice(0, index), { ...decision, events: decision.events.slice(0, place) }]);
  const evidence = before && evidenceOf(before, name.kind, name.number, claim.rules);
  const digest = evidence && evidenceDigest(evidence);
  const remedy = entries.flatMap(({ events }) => events).find((event) => isRemedyOf(reference, event));
  return {
    claim,
    claimedAt: decision.at,
    payout: foldOrNull(entries)?.incentives.payouts.get(reference) ?? null,
    remediedBy: remedy?.type === 'IncentiveClaimed' ? remedy.reference : null,
    history: historyOf(reference, entries),
    evidence,
    evidenceDigest: digest,
    evidenceMatches: digest === claim.evidenceDigest,
  };
}

const isClaimOf = (reference: string, event: ParticipantEvent): boolean =>
  event.type === 'IncentiveClaimed' && event.reference === reference;

const isRemedyOf = (reference: string, event: ParticipantEvent): boolean =>
  event.type === 'IncentiveClaimed' && event.remedialOf === reference;

/** What the journal says; null where it breaks a rule of the fold. Then somebody changed it: no program of ours stores that. */
function foldOrNull(entries: readonly Entry<ParticipantEvent>[]): Participant | null {
  try {
    return foldEntries(entries, participantFold).state;
  } catch {
    return null;
  }
}

/** All that happened to a payout, in order. What happened to the person besides stands in the journal. */
function historyOf(reference: string, entries: readonly Entry<ParticipantEvent>[]): Happened[] {
  return entries.flatMap(({ version, at, events }) =>
    events.flatMap((event) => (isAbout(reference, event) ? [{ version, at, event }] : [])),
  );
}

function isAbout(reference: string, event: ParticipantEvent): event is IncentiveEvent {
  switch (event.type) {
    case 'IncentiveClaimed':
    case 'IncentiveDeferred':
    case 'IncentiveSent':
    case 'IncentiveUnknown':
    case 'IncentivePaid':
    case 'IncentiveRefused':
    case 'IncentiveReturned':
      return event.reference === reference;
    default:
      return false;
  }
}
