import { ok } from 'node:assert/strict';
import { isInForce, schemes } from '#shared/credit/schemes.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { type Counts, sumOf, totalOf } from '#shared/platform/counts.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { endOfWibDay, wibDay, wibTime } from '#shared/platform/wib.ts';
import {
  agreedOverrides,
  type Batch,
  type BatchState,
  isGivenUp,
  type Override,
  overridden,
} from '#shared/selection/batch.ts';
import { type BatchEvent, BatchTerms, type EventOf } from '#shared/selection/batch-events.ts';
import { sealOf } from '#shared/selection/draw/manifest.ts';
import { dueEntry, dueKinds, sharedDueShard } from '#shared/table/keys.ts';

/*
 * What is decided about a batch: by operators, by the clock, by the workers of the draw. A repeat of a step changes nothing. An entry of the due
 * index is always ahead of the clock by a minute at least, so that the sweeper cannot have passed it.
 */

type Step = Decision<BatchEvent>;
const nothing: Step = { events: [] };

const minute = 60_000;
/** Between closing and the list: a joining that began before the closing is in the index by then. */
const settlingMilliseconds = minute;
/** Places of one batch: more than twice the largest one there was. */
const maxPlaces = 2_000_000;
/** Proposals that nobody need agree to. */
const maxProposals = 500;
/** Corrections that one draw may have: beyond them it is not a draw any more. */
const maxOverrides = 100;
/** Rounds in which places that fall free are offered to the waiting lists. */
export const maxPromotions = 5;
/** The clock asks a beacon so many times, then an alarm calls somebody. */
export const maxBeaconTries = 60;

function expect(batch: Batch, states: BatchState | readonly BatchState[]): void {
  if (batch.state === 'unknown') throw new Refusal('batch_unknown');
  if (!([states].flat() as readonly BatchState[]).includes(batch.state))
    throw new Refusal('batch_state', `The batch is ${batch.state}; this step needs ${[states].flat().join(' or ')}`);
}

const ahead = (at: Date, due: Date) => new Date(Math.max(due.getTime(), at.getTime() + minute));
const dueAt = (due: Date, kind: 'open' | 'close' | 'screen' | 'beacon' | 'deadline', batchId: string) =>
  dueEntry(sharedDueShard, due, dueKinds[kind], batchId);

/** Drafts a batch. @throws Refusal `batch_exists` for other terms under the number, `calendar_past`, `scheme_not_in_force`, `quotas_empty`. */
export function create(batch: Batch, by: string, terms: BatchTerms, batchId: string, at: Date): Step {
  if (batch.created) {
    if (batch.created.by !== by || !sameTerms(batch.created, terms)) throw new Refusal('batch_exists');
    return nothing;
  }
  checkCalendar(terms, at);
  checkScheme(terms, [terms.opensAt ?? at.toISOString(), ...(terms.closesAt ? [terms.closesAt] : [])]);
  if (placesOf(terms) === 0) throw new Refusal('quotas_empty');
  if (placesOf(terms) > maxPlaces) throw new Refusal('quotas_exceeded');
  const { opensAt } = terms;
  return {
    events: [{ type: 'BatchCreated', by, ...terms }],
    ...(opensAt !== null && { index: dueAt(new Date(opensAt), 'open', batchId) }),
  };
}

/** @throws Refusal `calendar_past` where a batch would open or close before a minute has passed, or close before it opens. */
function checkCalendar({ opensAt, closesAt }: BatchTerms, at: Date): void {
  const soon = at.getTime() + minute;
  for (const instant of [opensAt, closesAt])
    if (instant !== null && Date.parse(instant) < soon) throw new Refusal('calendar_past');
  if (opensAt !== null && closesAt !== null && Date.parse(closesAt) <= Date.parse(opensAt))
    throw new Refusal('calendar_past');
}

/** @throws Refusal `scheme_not_in_force` where one of these instants lies outside of the dates of the scheme. */
function checkScheme({ scheme }: BatchTerms, instants: readonly string[]): void {
  const isWithin = instants.every((instant) => isInForce(schemes[scheme], wibDay(new Date(instant))));
  if (!isWithin) throw new Refusal('scheme_not_in_force');
}

/** All places of a batch. */
export function placesOf({ quotas, regencyQuotas, stratumQuotas }: BatchTerms): number {
  return totalOf(quotas) + totalOf(regencyQuotas) + sumOf(stratumQuotas.map(({ places }) => places));
}

/** Terms with nothing in them that means nothing: a province with no places, or the order of its names. */
function sameTerms(left: BatchTerms, right: BatchTerms): boolean {
  const some = (places: Counts) => Object.fromEntries(Object.entries(places).filter(([, count]) => count > 0));
  const plain = (given: BatchTerms) => {
    const terms = BatchTerms.parse(given); // Without who drafted it, and when.
    return canonicalJson({
      ...terms,
      quotas: some(terms.quotas),
      regencyQuotas: some(terms.regencyQuotas),
      priorityRegencies: terms.priorityRegencies.toSorted(),
      recovers: terms.recovers.toSorted(),
    });
  };
  return plain(left) === plain(right);
}

/**
 * Opens a draft, by an operator or by the clock; the closing goes on the clock where the batch has one. The day decides by which version of the rules
 * its applicants are decided about. @throws Refusal `scheme_not_in_force`.
 */
export function open(batch: Batch, by: string, batchId: string, at: Date): Step {
  if (batch.state === 'open') return nothing;
  expect(batch, 'draft');
  ok(batch.created, 'A draft was drafted');
  keepCalendar(batch.created.opensAt, by, at);
  checkScheme(batch.created, [at.toISOString()]);
  const { closesAt } = batch.created;
  return {
    events: [{ type: 'BatchOpened', by }],
    ...(closesAt !== null && { index: dueAt(ahead(at, new Date(closesAt)), 'close', batchId) }),
  };
}

/** What was published is kept: an operator takes a step of the calendar only when the clock should have. @throws Refusal `calendar_kept`. */
function keepCalendar(instant: string | null | undefined, by: string, at: Date): void {
  if (instant && by !== 'clock' && at < new Date(instant)) throw new Refusal('calendar_kept');
}

/** Closes a batch, by an operator or by the clock; the screening goes on the clock. */
export function close(batch: Batch, by: string, batchId: string, at: Date): Step {
  if (batch.closed && (batch.closed.by === by || by === 'clock')) return nothing;
  expect(batch, 'open');
  keepCalendar(batch.created?.closesAt, by, at);
  return { events: [{ type: 'BatchClosed', by }], index: dueAt(screeningFrom({ at }), 'screen', batchId) };
}

/**
 * An operator seals a share, any time before the list is committed; two do.
 * @throws Refusal `randomness_differs` where a beacon is used, `same_operator`, `share_mismatch` for a copied seal.
 */
export function sealShare(batch: Batch, by: string, seal: string): Step {
  if (batch.seals.some((given) => given.by === by && given.seal === seal)) return nothing;
  expect(batch, ['draft', 'open', 'closed']);
  if (batch.screening) throw new Refusal('batch_state', 'The list is being made');
  if (batch.created?.randomness !== 'two_operators') throw new Refusal('randomness_differs');
  if (batch.seals.some((given) => given.by === by)) throw new Refusal('same_operator');
  if (batch.seals.some((given) => given.seal === seal))
    throw new Refusal('share_mismatch', 'Each operator seals a share of their own');
  if (batch.seals.length === 2) throw new Refusal('batch_state', 'Two operators have sealed their shares');
  return { events: [{ type: 'ShareSealed', by, seal }] };
}

/** When the screening of a closed batch may begin. */
export function screeningFrom({ at }: { readonly at: Date }): Date {
  return new Date(at.getTime() + settlingMilliseconds);
}

/** Whether the screening may begin: closed, and long enough ago. */
export function maySettle({ closed }: Batch, now: Date): boolean {
  return closed !== null && now >= screeningFrom(closed);
}

/** Cuts the work of a closed batch. */
export function beginScreening(batch: Batch, digits: Omit<EventOf<'ScreeningBegun'>, 'type'>): Step {
  if (batch.screening) return nothing;
  expect(batch, 'closed');
  return { events: [{ type: 'ScreeningBegun', ...digits }] };
}

export function screened(batch: Batch, counts: Omit<EventOf<'BatchScreened'>, 'type'>): Step {
  if (batch.screened) return nothing;
  expect(batch, 'closed');
  ok(batch.screening, 'A screening that ends has begun');
  return { events: [{ type: 'BatchScreened', ...counts }] };
}

/** Whether nobody can choose the randomness any more: before that the list is not made. */
export function isBound({ created, seals }: Batch): boolean {
  return created?.randomness === 'drand' || seals.length === 2;
}

/** Fixes the list, before any randomness is known to anybody. With a beacon, its round goes on the clock. */
export function commit(batch: Batch, list: Omit<EventOf<'ListCommitted'>, 'type'>, batchId: string, at: Date): Step {
  if (batch.committed) return nothing;
  expect(batch, 'screened');
  ok(isBound(batch), 'The randomness is bound before the list is fixed');
  const { round } = list;
  // A commitment that was made long ago, by a worker that died over it, is none: its round may be known by now.
  if (round && Date.parse(round.roundAt) < at.getTime() + 5 * minute) throw new Error('draw.round_too_near');
  return {
    events: [{ type: 'ListCommitted', ...list }],
    ...(round && { index: dueAt(new Date(round.roundAt), 'beacon', batchId) }),
  };
}

/**
 * An operator reveals the share that they sealed; with the second one the seed is fixed.
 * @throws Refusal `same_operator` for anybody else, `share_mismatch` for another share.
 */
export function reveal(batch: Batch, by: string, share: string, at: Date): Step {
  if (batch.revealedBy.get(by) === share) return nothing;
  expect(batch, 'committed');
  expectAlive(batch, at);
  const own = batch.seals.find((given) => given.by === by);
  if (!own) throw new Refusal('same_operator', 'A share is revealed by the operator who sealed it');
  if (sealOf(share) !== own.seal) throw new Refusal('share_mismatch');
  const shares = batch.seals.map((given) => (given.by === by ? share : batch.revealedBy.get(given.by)));
  const [first, second] = shares;
  const revealed: BatchEvent = { type: 'ShareRevealed', by, share };
  if (!first || !second) return { events: [revealed] };
  return { events: [revealed, { type: 'SeedRevealed', reveal: { kind: 'two_operators', shares: [first, second] } }] };
}

/** The round of the beacon is there. Its signature was verified. */
export function revealBeacon(batch: Batch, signature: string): Step {
  if (batch.seeded) return nothing;
  expect(batch, 'committed');
  ok(batch.committed?.round, 'A round was named in the commitment');
  return { events: [{ type: 'SeedRevealed', reveal: { kind: 'drand', signature } }] };
}

/** The beacon has nothing yet: it is asked again, later each time. */
export function awaitBeacon(batch: Batch, batchId: string, at: Date): Step {
  if (batch.seeded) return nothing;
  expect(batch, 'committed');
  const tries = batch.beaconTries + 1;
  const due = new Date(at.getTime() + Math.min(tries, 10) * minute);
  return {
    events: [{ type: 'BeaconAwaited', tries }],
    ...(tries < maxBeaconTries && { index: dueAt(due, 'beacon', batchId) }),
  };
}

export function draw(batch: Batch, made: Omit<EventOf<'DrawMade'>, 'type'>): Step {
  if (batch.drawn) return nothing;
  ok(batch.seeded, 'A draw has a seed');
  return { events: [{ type: 'DrawMade', ...made }] };
}

export function publish(batch: Batch): Step {
  if (batch.published) return nothing;
  ok(batch.drawn, 'What is published was drawn');
  return { events: [{ type: 'ResultsPublished' }] };
}

/** Who prepared a batch: who drafted and who closed it. */
export function isMaker({ created, closed }: Batch, by: string): boolean {
  return created?.by === by || closed?.by === by;
}

/** @throws Refusal `batch_given_up`: its applicants may have joined another batch. */
function expectAlive(batch: Batch, at: Date): void {
  if (isGivenUp(batch, at)) throw new Refusal('batch_given_up');
}

/** Another operator than the makers approves the draw. Until the grace period is over, citizens can object. @throws Refusal `same_operator`. */
export function approve(batch: Batch, by: string, at: Date): Step {
  if (batch.approved?.by === by) return nothing;
  expect(batch, 'drawn');
  expectAlive(batch, at);
  if (isMaker(batch, by)) throw new Refusal('same_operator');
  ok(batch.created, 'What is drawn was drafted');
  const graceMilliseconds = batch.created.graceHours * 60 * minute;
  const objectionsUntil = new Date(at.getTime() + graceMilliseconds).toISOString();
  return { events: [{ type: 'DrawApproved', by, objectionsUntil }] };
}

/** Whether a citizen may still object to what a batch came to: not where it comes to nothing. */
export function mayObject(batch: Batch, now: Date): boolean {
  const { state, approved } = batch;
  if (isGivenUp(batch, now)) return false;
  return state === 'drawn' || (approved !== null && state === 'approved' && now <= new Date(approved.objectionsUntil));
}

/** When a decree can be ordered: a minute later than objections can be filed, when the last ones are in the index. */
export function decreeFrom({ objectionsUntil }: Pick<EventOf<'DrawApproved'>, 'objectionsUntil'>): Date {
  return new Date(Date.parse(objectionsUntil) + settlingMilliseconds);
}

/** Why a decree waits, and until when: to the next full second, so that nobody who comes then is sent away again. */
function waitOf(approved: Pick<EventOf<'DrawApproved'>, 'objectionsUntil'>): string {
  const until = wibTime(new Date(approved.objectionsUntil));
  const from = wibTime(new Date(Math.ceil(decreeFrom(approved).getTime() / 1_000) * 1_000));
  return `Objections are taken until ${until}, and the last ones need a minute to be counted: the decree can be ordered from ${from} on`;
}

type Correction = Pick<Override, 'overrideId' | 'kind' | 'drawNumber' | 'note'>;

/** An operator proposes a correction; it is public from then on. @throws Refusal `override_exists`, `overrides_exceeded`. */
export function proposeOverride(batch: Batch, by: string, correction: Correction, at: Date): Step {
  const earlier = batch.overrides.get(correction.overrideId);
  if (earlier) {
    const { kind, drawNumber, note } = earlier;
    const isSame = earlier.by === by && kind === correction.kind && drawNumber === correction.drawNumber;
    if (!isSame || note !== correction.note) throw new Refusal('override_exists');
    return nothing;
  }
  expectBeforeDecree(batch, at);
  expectRoom(batch, correction.drawNumber);
  if (batch.overrides.size >= maxProposals) throw new Refusal('overrides_exceeded');
  return { events: [{ type: 'OverrideProposed', by, ...correction }] };
}

/** Whether a correction changes something: who has or may get a place is excluded, who has none is admitted. */
export function mayCorrect(kind: Override['kind'], outcome: string): boolean {
  return kind === 'admit' ? outcome !== 'won' : outcome === 'won' || outcome === 'waiting';
}

/** A second operator agrees. @throws Refusal `override_unknown`, `same_operator`. */
export function confirmOverride(batch: Batch, by: string, overrideId: string, at: Date): Step {
  const proposed = batch.overrides.get(overrideId);
  if (batch.state === 'unknown') throw new Refusal('batch_unknown');
  if (!proposed) throw new Refusal('override_unknown');
  if (proposed.confirmed?.by === by) return nothing;
  if (proposed.confirmed) throw new Refusal('batch_state', 'Another operator has agreed');
  expectBeforeDecree(batch, at);
  if (proposed.by === by) throw new Refusal('same_operator');
  expectRoom(batch, proposed.drawNumber);
  return { events: [{ type: 'OverrideConfirmed', overrideId, by }] };
}

/** One correction that is agreed on for a draw number; a proposal that nobody agreed to stands in nobody's way. */
function expectRoom(batch: Batch, drawNumber: string): void {
  const agreed = agreedOverrides(batch);
  if (agreed.some((override) => override.drawNumber === drawNumber))
    throw new Refusal('override_exists', 'There is a correction for this draw number');
  if (agreed.length >= maxOverrides) throw new Refusal('overrides_exceeded');
}

function expectBeforeDecree(batch: Batch, at: Date): void {
  expect(batch, ['drawn', 'approved']);
  expectAlive(batch, at);
  if (batch.ordered) throw new Refusal('batch_state', 'The decree is ordered');
}

type Ordered = {
  readonly winnerCount: number;
  readonly manifestDigest: string;
  /** Corrections that two operators agree on. */
  readonly overrideCount: number;
  readonly openObjections: number;
};

/**
 * Another operator than the one who approved lets the decrees be written, and states what they decree; the purchase deadline goes on the clock.
 * @throws Refusal `same_operator`, `grace_period`, `objections_open`, `draw_differs`.
 */
export function orderDecree(batch: Batch, by: string, stated: Ordered, batchId: string, at: Date): Step {
  const { approved, drawn, created } = batch;
  const differing = differingFacts(batch, stated);
  // No correction is agreed on after the order: the facts are still those that were ordered.
  if (batch.ordered?.by === by && differing.length === 0) return nothing;
  expect(batch, 'approved');
  expectAlive(batch, at);
  ok(approved && drawn && created, 'An approved batch was created and drawn');
  if (batch.ordered) throw new Refusal('batch_state', 'The decree is ordered');
  if (approved.by === by) throw new Refusal('same_operator');
  if (at < decreeFrom(approved)) throw new Refusal('grace_period', waitOf(approved));
  if (stated.openObjections > 0) throw new Refusal('objections_open');
  if (differing.length > 0) throw drawDiffers(differing);
  const chunkCount = drawn.chunkCount + (overridden(batch, 'admit').length > 0 ? 1 : 0);
  const due = deadlineOf(created, at);
  return { events: [{ type: 'DecreeOrdered', by, chunkCount }], index: dueAt(due, 'deadline', batchId) };
}

const statedFacts = {
  winnerCount: 'number of winners',
  manifestDigest: 'digest of the manifest',
  overrideCount: 'number of agreed corrections',
} as const;
type Fact = keyof typeof statedFacts;

/** Which of the stated facts are not those of the draw. */
function differingFacts(batch: Batch, stated: Ordered): Fact[] {
  const { winnerCount, manifestDigest } = batch.drawn ?? {};
  const drawn = { winnerCount, manifestDigest, overrideCount: agreedOverrides(batch).length };
  return (['winnerCount', 'manifestDigest', 'overrideCount'] as const).filter((fact) => stated[fact] !== drawn[fact]);
}

/** Says which facts differ, and not what they should have been: who orders looks at the draw, not at the refusal. */
function drawDiffers(differing: readonly Fact[]): Refusal {
  const others = differing.map((fact) => `another ${statedFacts[fact]}`).join(' and ');
  return new Refusal('draw_differs', `The order states ${others} than the draw has`, differing);
}

/** A minute after the last instant to buy: clocks of two functions differ, and who is looked at too early is not looked at again. */
export function deadlineOf({ scheme }: Pick<BatchTerms, 'scheme'>, orderedAt: Date): Date {
  return new Date(endOfWibDay(orderedAt, schemes[scheme].firstPurchaseDays).getTime() + minute);
}

/** Gives places that fell free to the next of the waiting lists. */
export function promote(batch: Batch, promotion: Omit<EventOf<'PlacesPromoted'>, 'type'>): Step {
  if (batch.promoted.length >= promotion.round) return nothing;
  expect(batch, 'approved');
  return { events: [{ type: 'PlacesPromoted', ...promotion }] };
}

export function decreed(batch: Batch, counts: Omit<EventOf<'BatchDecreed'>, 'type'>): Step {
  if (batch.decreed) return nothing;
  expect(batch, 'approved');
  return { events: [{ type: 'BatchDecreed', ...counts }] };
}

export function announce(batch: Batch, digests: Omit<EventOf<'BatchAnnounced'>, 'type'>): Step {
  if (batch.announced) return nothing;
  expect(batch, 'decreed');
  return { events: [{ type: 'BatchAnnounced', ...digests }] };
}

/** The purchase deadline has passed. @throws Error before it: who is looked at too early would keep what they have. */
export function reachDeadline(batch: Batch, chunkCount: number, at: Date): Step {
  if (batch.deadline) return nothing;
  expect(batch, 'announced');
  const { created, ordered } = batch;
  ok(created && ordered, 'An announced batch has an ordered decree');
  if (at < deadlineOf(created, ordered.at)) throw new Error('draw.deadline_ahead');
  return { events: [{ type: 'DeadlineReached', chunkCount }] };
}

export function reconcile(batch: Batch, counts: Omit<EventOf<'BatchReconciled'>, 'type'>): Step {
  if (batch.reconciled) return nothing;
  expect(batch, 'announced');
  return { events: [{ type: 'BatchReconciled', ...counts }] };
}

/**
 * Another batch takes over the free places of this one, once; `voidClaim` is a batch that claimed them and was then drafted without them.
 * @throws Refusal `places_recovered`.
 */
export function recover(batch: Batch, by: string, voidClaim: string | null = null): Step {
  if (batch.recoveredBy === by) return nothing;
  expect(batch, 'reconciled');
  if (batch.recoveredBy !== null && batch.recoveredBy !== voidClaim) throw new Refusal('places_recovered');
  return { events: [{ type: 'PlacesRecovered', batchId: by }] };
}
