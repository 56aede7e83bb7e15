import * as z from 'zod/mini';
import { AccountCheck } from '#shared/incentive/incentive-events.ts';
import { IncentiveKind, type PayoutState, payoutStates } from '#shared/incentive/payout.ts';
import type { PayoutProof } from '#shared/incentive/payout-proof.ts';
import { shownEvent } from '#shared/journal/journal-view.ts';
import { Digest } from '#shared/platform/digest.ts';
import { endpoint } from '#shared/platform/endpoint.ts';

const isPayoutState = (name: string): name is PayoutState => name in payoutStates;
const State = z.enum(Object.keys(payoutStates).filter(isPayoutState));

/** The fields in the order of `Evidence`: whoever writes it as compact JSON and hashes that finds the digest. */
const EvidenceView = z.strictObject({
  rules: z.string(),
  scheme: z.string(),
  batchId: z.string(),
  kind: IncentiveKind,
  number: z.int(),
  purchaseId: z.string(),
  redeemedAt: z.nullable(z.iso.datetime()),
  attendance: z.array(z.strictObject({ sequence: z.int(), at: z.iso.datetime() })),
  completion: z.strictObject({
    webhookId: z.string(),
    completedAt: z.iso.datetime(),
    scorePercent: z.nullable(z.int()),
  }),
  certificate: z.strictObject({ number: z.string(), fileDigest: z.string(), issuedAt: z.iso.datetime() }),
  rating: z.strictObject({ stars: z.int(), reviewDigest: Digest }),
  survey: z.nullable(z.strictObject({ questionnaireVersion: z.string(), answeredAt: z.iso.datetime() })),
  account: z.strictObject({ tag: z.string(), check: AccountCheck }),
});

/** No field of it tells who the person is: the account is a keyed hash, the rest are codes, numbers and instants. */
const PayoutView = z.strictObject({
  reference: z.string(),
  participantId: z.string(),
  kind: IncentiveKind,
  number: z.int(),
  attempt: z.int(),
  amountRupiah: z.int(),
  partnerCode: z.string(),
  claimedAt: z.iso.datetime(),
  /** Null: the journal does not fold any more. */
  state: z.nullable(State),
  partnerReference: z.nullable(z.string()),
  remedialOf: z.nullable(z.string()),
  remediedBy: z.nullable(z.string()),
  history: z.array(
    z.strictObject({ version: z.int(), at: z.iso.datetime(), event: z.looseObject({ type: z.string() }) }),
  ),
  evidence: z.nullable(EvidenceView),
  /** SHA-256 of `evidence` as compact JSON, its fields in this order, hex. */
  evidenceDigest: z.nullable(Digest),
  /** The digest that the claim bears. */
  claimedDigest: Digest,
  evidenceMatches: z.boolean(),
});

/** A payout and its proof, for operators and auditors. */
export function payoutView(participantId: string, proof: PayoutProof): z.input<typeof PayoutView> {
  const { claim, claimedAt, payout, history, evidence } = proof;
  const { reference, kind, number, attempt, amountRupiah, partnerCode, remedialOf = null } = claim;
  return {
    ...{ reference, participantId, kind, number, attempt, amountRupiah, partnerCode, remedialOf },
    claimedAt: claimedAt.toISOString(),
    state: payout?.state ?? null,
    partnerReference: payout?.paid?.partnerReference ?? null,
    remediedBy: proof.remediedBy,
    history: history.map(({ version, at, event }) => ({ version, at: at.toISOString(), event: shownEvent(event) })),
    evidence: evidence && { ...evidence, attendance: [...evidence.attendance] },
    evidenceDigest: proof.evidenceDigest,
    claimedDigest: claim.evidenceDigest,
    evidenceMatches: proof.evidenceMatches,
  };
}

export const readPayout = endpoint({
  operation: 'readPayout',
  capability: 'incentive',
  method: 'GET',
  path: '/v1/payouts/{reference}',
  access: 'operator',
  summary: 'One payout with its history and the evidence that it rests on, computed again from the journal.',
  pathParameters: z.strictObject({ reference: z.string().check(z.regex(/^[A-Z0-9]{1,64}$/)) }),
  status: 200,
  answer: PayoutView,
  refusals: ['payout_unknown'],
});
