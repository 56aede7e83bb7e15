import * as z from 'zod/mini';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { PayoutReference } from '#shared/incentive/payout.ts';
import { transitions } from '#shared/journal/transitions.ts';
import { Digest } from '#shared/platform/digest.ts';
import { chosenName, Note, Operator } from '#shared/platform/operator.ts';

/* What happens to a release, as its journal has it, and what may follow on what. What it makes of a release is in release.ts. */

/** What a release may be. Ours to set: nobody publishes such limits. */
export const releaseRules = {
  /** Payouts of one release. */
  maxPayouts: 200_000,
  /** Payouts of one file, and of one worker's task. */
  chunkSize: 500,
  /** From this sum on, two operators approve beside the one who asked. */
  secondApprovalFromRupiah: 1_000_000_000,
  /** Looks at the funds before operators must hold and resume the release; the first day's are a quarter of an hour apart. */
  maxFundsChecks: 200,
  /** Rounds of looking at every payout: over three months. */
  maxRounds: 100,
  /** Owners named, again and again included: each may be followed by a round, and a journal has an end. */
  maxAssignments: 400,
  /** Times that a release is held. */
  maxHolds: 50,
} as const;

export const ReleaseId = chosenName(40);
const Count = z.int().check(z.gte(0));
const Round = z.int().check(z.positive());

export const Totals = z.object({ count: Count, sumRupiah: Count });
export type Totals = z.infer<typeof Totals>;
/** What may still be drawn from a partner's account: payouts, and what the partner takes for them. */
const Drawable = z.object({ count: Count, sumRupiah: Count, feesRupiah: Count });
export const ByPartner = z.record(z.string(), Drawable);
export type ByPartner = z.infer<typeof ByPartner>;

export const ReleaseLimits = z.object({
  maxPayouts: z.int().check(z.gte(1), z.lte(releaseRules.maxPayouts)),
  /** Only payouts of these partners; absent: of all. */
  partnerCodes: z.optional(z.array(PaymentPartnerCode).check(z.minLength(1), z.maxLength(10))),
});
export type ReleaseLimits = z.infer<typeof ReleaseLimits>;

const ReleaseRequested = z.object({
  type: z.literal('ReleaseRequested'),
  by: Operator,
  note: z.optional(Note),
  limits: ReleaseLimits,
});
const ReleasePrepared = z.object({
  type: z.literal('ReleasePrepared'),
  count: Count,
  sumRupiah: Count,
  byPartner: ByPartner,
  chunkCount: Count,
  /** Payouts that are somebody's first training incentive: surveys count from those. */
  firstIncentiveCount: Count,
  /** SHA-256 of the list; the files of the release lie under it. */
  listDigest: Digest,
});
const ReleaseApproved = z.object({
  type: z.literal('ReleaseApproved'),
  by: Operator,
  /** As the approver read them: whoever approves states what. */
  count: Count,
  sumRupiah: Count,
  /** Approvals that are still needed after this one. */
  missing: Count,
});
const ReleaseHeld = z.object({ type: z.literal('ReleaseHeld'), by: Operator, reason: Note });
const ReleaseResumed = z.object({ type: z.literal('ReleaseResumed'), by: Operator });
const ReleaseCancelled = z.object({ type: z.literal('ReleaseCancelled'), by: Operator, reason: Note });
/** Partners' accounts do not cover the release. Looked at again by the clock. */
const FundsShort = z.object({
  type: z.literal('FundsShort'),
  /** What is missing, by partner; null where the partner did not say what its account holds. */
  missingRupiah: z.record(z.string(), z.nullable(z.int().check(z.positive()))),
  /** Null: looked at often enough; operators hold and resume the release. */
  nextLookAt: z.nullable(z.iso.datetime()),
});
const ReleaseDispatched = z.object({
  type: z.literal('ReleaseDispatched'),
  chunkCount: Count,
  /** It was dispatched before: every payout may have been sent already. */
  again: z.boolean(),
  nextCheckAt: z.iso.datetime(),
});
/** Every payout is being looked at. Should the answers not be there by then, those that are missing are asked for again. */
const ReleaseCheckStarted = z.object({
  type: z.literal('ReleaseCheckStarted'),
  round: Round,
  nextCheckAt: z.iso.datetime(),
});
/** How a payout of a release stands: one word for all states in which money may still be on its way. */
export const standings = ['open', 'paid', 'refused', 'returned', 'remedied', 'forfeited'] as const;
export type Standing = (typeof standings)[number];
export const ByStanding = z.object({
  open: Totals,
  paid: Totals,
  refused: Totals,
  returned: Totals,
  remedied: Totals,
  forfeited: Totals,
});
export type ByStanding = z.infer<typeof ByStanding>;
const ReleaseChecked = z.object({
  type: z.literal('ReleaseChecked'),
  round: Round,
  byStanding: ByStanding,
  openByPartner: ByPartner,
  /** Open ones that nobody had in care. */
  unassignedCount: Count,
  /** Null: looked at often enough. A release then closes when its open payouts have owners. */
  nextCheckAt: z.nullable(z.iso.datetime()),
});
const CaseAssigned = z.object({
  type: z.literal('CaseAssigned'),
  reference: PayoutReference,
  owner: Operator,
  by: Operator,
  note: Note,
});
/** Every payout is final, or somebody's case: `byStanding.open` counts those cases. */
const ReleaseClosed = z.object({ type: z.literal('ReleaseClosed'), round: Round, byStanding: ByStanding });
const SurveysPlanned = z.object({ type: z.literal('SurveysPlanned') });
/** The n-th announcement is made: see `announcementAt`. */
const SurveyAnnounced = z.object({ type: z.literal('SurveyAnnounced'), number: Round });

export const ReleaseEvent = z.discriminatedUnion('type', [
  ReleaseRequested,
  ReleasePrepared,
  ReleaseApproved,
  ReleaseHeld,
  ReleaseResumed,
  ReleaseCancelled,
  FundsShort,
  ReleaseDispatched,
  ReleaseCheckStarted,
  ReleaseChecked,
  CaseAssigned,
  ReleaseClosed,
  SurveysPlanned,
  SurveyAnnounced,
]);
export type ReleaseEvent = z.infer<typeof ReleaseEvent>;
export type ReleaseStep = ReleaseEvent['type'];

/**
 * The states of a release and what leads from one to the next. Payouts are sent only while it is `dispatched`. Cancelling is for
 * what was never dispatched, so that nothing is given back that may have been paid: `cancel` sees to that in `approved` and `held`.
 */
export const releaseStates = {
  unknown: { ReleaseRequested: 'requested' },
  requested: { ReleasePrepared: 'prepared', ReleaseCancelled: 'cancelled' },
  // An approval leads on when no other is missing.
  prepared: { ReleaseApproved: 'approved', ReleaseCancelled: 'cancelled' },
  approved: {
    FundsShort: 'approved',
    ReleaseDispatched: 'dispatched',
    ReleaseHeld: 'held',
    ReleaseCancelled: 'cancelled',
    // It was dispatched before, then held and resumed.
    ReleaseCheckStarted: 'approved',
    ReleaseChecked: 'approved',
    CaseAssigned: 'approved',
    SurveysPlanned: 'approved',
    SurveyAnnounced: 'approved',
  },
  held: {
    ReleaseResumed: 'approved',
    ReleaseCancelled: 'cancelled',
    // What was sent before goes on settling.
    ReleaseCheckStarted: 'held',
    ReleaseChecked: 'held',
    CaseAssigned: 'held',
    SurveysPlanned: 'held',
    SurveyAnnounced: 'held',
  },
  dispatched: {
    ReleaseHeld: 'held',
    ReleaseCheckStarted: 'dispatched',
    ReleaseChecked: 'dispatched',
    CaseAssigned: 'dispatched',
    ReleaseClosed: 'closed',
    SurveysPlanned: 'dispatched',
    SurveyAnnounced: 'dispatched',
  },
  closed: { SurveysPlanned: 'closed', SurveyAnnounced: 'closed' },
  cancelled: {},
} as const satisfies Record<string, Partial<Record<ReleaseStep, string>>>;
export type ReleaseState = keyof typeof releaseStates;

export const { mayFollow, nextState } = transitions<ReleaseState, ReleaseStep>(releaseStates);
