import type { SchemeCode } from '#shared/credit/schemes.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { decide, isOfJoining } from '#shared/registration/eligibility/decide.ts';
import type { Declaration } from '#shared/registration/eligibility/declarations.ts';
import { factsOf } from '#shared/registration/eligibility/facts.ts';
import { reasonOf } from '#shared/registration/eligibility/reasons.ts';
import type { RuleVersion } from '#shared/registration/eligibility/rules.ts';
import type { FeedSource } from '#shared/registration/feeds/feed-source.ts';
import { type Registration, standing } from '#shared/registration/registration.ts';
import type { Membership, MembershipEvent } from '#shared/selection/membership.ts';
import { lookups } from '#shared/table/keys.ts';

type Joining = {
  /** Of this person in this batch. */
  readonly drawNumber: string;
  /** What the applicant declares, its answers sealed; null where nothing was sent. */
  readonly declaration: (Omit<Declaration, 'answers'> & { readonly answers: Uint8Array }) | null;
  readonly batch: {
    readonly batchId: string;
    readonly scheme: SchemeCode;
    readonly isOpen: boolean;
    /** By which everybody in this batch is decided. */
    readonly rules: RuleVersion;
  };
  /** Whether the batch joined before has been drawn without success; false also when there was none. */
  readonly earlierBatchIsOver: boolean;
  readonly birthDate: string;
  readonly listings: readonly { readonly source: FeedSource }[];
  readonly familyRecipients: number;
  readonly now: Date;
};

/** Whether a joining is a repeat. A recipient, or who was revoked, is told that first. */
export function hasJoined({ joined, decreed, revoked }: Membership, batchId: string): boolean {
  return joined?.batchId === batchId && !decreed && !revoked;
}

/**
 * Joins an open batch; nothing for a repeat. Age is counted on the day of joining, in WIB. The event bears the decision: the version of the rules, and
 * the facts.
 * @throws Refusal with the first reason as its code, and all of them, for somebody who is not eligible; `already_joined`, `batch_not_open`.
 */
export function join(
  { registration, membership }: { readonly registration: Registration; readonly membership: Membership },
  { drawNumber, declaration, batch, earlierBatchIsOver, now, ...beside }: Joining,
): Decision<MembershipEvent> {
  standing(registration);
  const { batchId, scheme, rules } = batch;
  if (hasJoined(membership, batchId)) return { events: [] };
  const application = { at: now, declared: declaration?.declared ?? null };
  const facts = factsOf({ registration, membership, application, ...beside });
  const reasons = decide(rules, facts).reasons.filter(isOfJoining);
  const [first] = reasons;
  if (first) throw new Refusal(first, undefined, [], reasons.map(reasonOf));
  if (membership.joined && !earlierBatchIsOver) throw new Refusal('already_joined');
  if (!batch.isOpen) throw new Refusal('batch_not_open');
  const declared = declaration && { declares: [...declaration.declares], answers: declaration.answers };
  return {
    events: [{ type: 'BatchJoined', batchId, scheme, declares: [], ...declared, rules: rules.version, facts }],
    index: { lookup: lookups.applicants(batchId, drawNumber.slice(0, 1)), lookupSort: drawNumber },
  };
}
