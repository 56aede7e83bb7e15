import { type Fold, journal } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { dayMilliseconds } from '#shared/platform/wib.ts';
import { BatchEvent, type batchStates, type EventOf } from '#shared/selection/batch-events.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

export type BatchState = (typeof batchStates)[number] | 'unknown';

/** An event, and when it happened. */
export type Happened<Type extends BatchEvent['type']> = EventOf<Type> & { readonly at: Date };

/** A correction of the draw that two operators agree on. */
export type Override = Happened<'OverrideProposed'> & {
  readonly confirmed: { readonly by: string; readonly at: Date } | null;
};

/** A batch as its journal tells it: null for what has not happened yet. */
export type Batch = {
  readonly state: BatchState;
  readonly created: Happened<'BatchCreated'> | null;
  readonly opened: Happened<'BatchOpened'> | null;
  readonly closed: Happened<'BatchClosed'> | null;
  /** Two at most, in the order in which they were given. */
  readonly seals: readonly Happened<'ShareSealed'>[];
  readonly screening: Happened<'ScreeningBegun'> | null;
  readonly screened: Happened<'BatchScreened'> | null;
  readonly committed: Happened<'ListCommitted'> | null;
  readonly revealedBy: ReadonlyMap<string, string>;
  readonly beaconTries: number;
  readonly seeded: Happened<'SeedRevealed'> | null;
  readonly drawn: Happened<'DrawMade'> | null;
  readonly published: Happened<'ResultsPublished'> | null;
  readonly approved: Happened<'DrawApproved'> | null;
  readonly overrides: ReadonlyMap<string, Override>;
  readonly ordered: Happened<'DecreeOrdered'> | null;
  readonly promoted: readonly Happened<'PlacesPromoted'>[];
  readonly decreed: Happened<'BatchDecreed'> | null;
  readonly announced: Happened<'BatchAnnounced'> | null;
  readonly deadline: Happened<'DeadlineReached'> | null;
  readonly reconciled: Happened<'BatchReconciled'> | null;
  readonly recoveredBy: string | null;
};

const noBatch: Batch = {
  state: 'unknown',
  created: null,
  opened: null,
  closed: null,
  seals: [],
  screening: null,
  screened: null,
  committed: null,
  revealedBy: new Map(),
  beaconTries: 0,
  seeded: null,
  drawn: null,
  published: null,
  approved: null,
  overrides: new Map(),
  ordered: null,
  promoted: [],
  decreed: null,
  announced: null,
  deadline: null,
  reconciled: null,
  recoveredBy: null,
};

/** What an event does to a batch. */
export function evolveBatch(before: Batch, event: BatchEvent, at: Date): Batch {
  switch (event.type) {
    case 'BatchCreated':
      return { ...before, state: 'draft', created: { ...event, at } };
    case 'BatchOpened':
      return { ...before, state: 'open', opened: { ...event, at } };
    case 'BatchClosed':
      return { ...before, state: 'closed', closed: { ...event, at } };
    case 'ShareSealed':
      return { ...before, seals: [...before.seals, { ...event, at }] };
    case 'ScreeningBegun':
      return { ...before, screening: { ...event, at } };
    case 'BatchScreened':
      return { ...before, state: 'screened', screened: { ...event, at } };
    case 'ListCommitted':
      return { ...before, state: 'committed', committed: { ...event, at } };
    case 'ShareRevealed':
      return { ...before, revealedBy: new Map(before.revealedBy).set(event.by, event.share) };
    case 'BeaconAwaited':
      return { ...before, beaconTries: event.tries };
    case 'SeedRevealed':
      return { ...before, seeded: { ...event, at } };
    case 'DrawMade':
      return { ...before, drawn: { ...event, at } };
    // Drawn is what everybody can look up.
    case 'ResultsPublished':
      return { ...before, state: 'drawn', published: { ...event, at } };
    case 'DrawApproved':
      return { ...before, state: 'approved', approved: { ...event, at } };
    case 'OverrideProposed':
      return {
        ...before,
        overrides: new Map(before.overrides).set(event.overrideId, { ...event, at, confirmed: null }),
      };
    case 'OverrideConfirmed':
      return { ...before, overrides: confirmed(before.overrides, event, at) };
    case 'DecreeOrdered':
      return { ...before, ordered: { ...event, at } };
    case 'PlacesPromoted':
      return { ...before, promoted: [...before.promoted, { ...event, at }] };
    case 'BatchDecreed':
      return { ...before, state: 'decreed', decreed: { ...event, at } };
    case 'BatchAnnounced':
      return { ...before, state: 'announced', announced: { ...event, at } };
    case 'DeadlineReached':
      return { ...before, deadline: { ...event, at } };
    case 'BatchReconciled':
      return { ...before, state: 'reconciled', reconciled: { ...event, at } };
    case 'PlacesRecovered':
      return { ...before, recoveredBy: event.batchId };
  }
}

function confirmed(before: Batch['overrides'], { overrideId, by }: EventOf<'OverrideConfirmed'>, at: Date) {
  const proposed = before.get(overrideId);
  return proposed ? new Map(before).set(overrideId, { ...proposed, confirmed: { by, at } }) : before;
}

const batchFold: Fold<Batch, BatchEvent> = {
  empty: noBatch,
  parse: (stored) => BatchEvent.parse(stored),
  evolve: evolveBatch,
};

/** The batches' journals. */
export function batches(table: Table) {
  return journal(table, journalKeys.batch, batchFold);
}
export type Batches = ReturnType<typeof batches>;

/** A batch that there is. @throws Refusal `batch_unknown`. */
export async function knownBatch(batches: Batches, batchId: string) {
  const { state } = await batches.load(batchId);
  const { created } = state;
  if (!created) throw new Refusal('batch_unknown');
  return { ...state, created };
}

/** The id of a batch is its number: two batches with one number cannot be. */
export const batchIdOf = (number: number): string => String(number);

/** Files of decrees so far: those of the draw, of what operators admitted, and of promotions. */
export function decreeChunks({ ordered, promoted }: Batch): number {
  return promoted.at(-1)?.chunkCount ?? ordered?.chunkCount ?? 0;
}

/** Whether a file of decrees is that of those whom operators admitted: it follows those of the draw. */
export function isOfAdmitted({ drawn, ordered }: Batch, chunk: number): boolean {
  return drawn !== null && ordered !== null && chunk === drawn.chunkCount && chunk < ordered.chunkCount;
}

/** What operators agreed to correct. */
export function agreedOverrides({ overrides }: Batch): Override[] {
  return [...overrides.values()].filter((override) => override.confirmed !== null);
}

/** Draw numbers of one kind of correction. */
export function overridden(batch: Batch, kind: Override['kind']): string[] {
  return agreedOverrides(batch).flatMap((override) => (override.kind === kind ? [override.drawNumber] : []));
}

/** After so long a batch that stands still is given up: an operator who lost a share must not hold its applicants. */
const givenUpAfterDays = 14;

/**
 * Whether a batch will never be decreed: not approved two weeks after its closing, or not ordered two weeks after the objections. Nothing may bring
 * it back, since its applicants may join another one from then on.
 */
export function isGivenUp({ closed, approved, ordered }: Batch, now: Date): boolean {
  if (!closed || ordered) return false;
  const since = approved ? new Date(approved.objectionsUntil) : closed.at;
  return now.getTime() - since.getTime() > givenUpAfterDays * dayMilliseconds;
}

/** Whether who joined may join another: everybody knows whether they have a place, or nobody will get one. */
export function isOver(batch: Batch, now: Date): boolean {
  return batch.state === 'announced' || batch.state === 'reconciled' || isGivenUp(batch, now);
}
