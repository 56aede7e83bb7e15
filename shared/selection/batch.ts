import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { SchemeCode, schemes } from '#shared/credit/schemes.ts';
import { type Decision, type Fold, journal } from '#shared/journal/journal.ts';
import { Operator } from '#shared/platform/operator.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import { dayMilliseconds, endOfWibDay } from '#shared/platform/wib.ts';
import { opensSeal, Sha256Hex } from '#shared/selection/draw.ts';
import { dueEntry, dueKinds, journalKeys, sharedDueShard } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/** Places by program province; a province that is not named has none. */
export const Quotas = z.record(z.string().check(z.regex(/^\d{2}$/)), z.int().check(z.gte(0), z.lte(1_000_000)));
export type Quotas = z.infer<typeof Quotas>;

const BatchCreated = z.object({
  type: z.literal('BatchCreated'),
  number: z.int().check(z.positive()),
  scheme: SchemeCode,
  quotas: Quotas,
  by: Operator,
});
const BatchOpened = z.object({ type: z.literal('BatchOpened'), by: Operator });
/** Closing names the sealed share of the operator who closes: it cannot be chosen after the list is known. */
const BatchClosed = z.object({ type: z.literal('BatchClosed'), by: Operator, seal: Sha256Hex });
/** A second operator seals a share too, before the list is fixed. */
const BatchSealed = z.object({ type: z.literal('BatchSealed'), by: Operator, seal: Sha256Hex });
const ListCommitted = z.object({
  type: z.literal('ListCommitted'),
  listDigest: Sha256Hex,
  commitmentDigest: Sha256Hex,
  applicantCount: z.int().check(z.gte(0)),
});
const ShareRevealed = z.object({
  type: z.literal('ShareRevealed'),
  by: Operator,
  whose: z.enum(['first', 'second']),
  share: Sha256Hex,
});
const DrawPrepared = z.object({
  type: z.literal('DrawPrepared'),
  manifestDigest: Sha256Hex,
  winnerCount: z.int().check(z.gte(0)),
  /** The winners lie in this many files, each one worker's task. */
  chunkCount: z.int().check(z.gte(0)),
});
/** Approval is the announcement: the winners' deadlines count from here. */
const DrawApproved = z.object({ type: z.literal('DrawApproved'), by: Operator, chunkCount: z.int().check(z.gte(0)) });

export const BatchEvent = z.discriminatedUnion('type', [
  BatchCreated,
  BatchOpened,
  BatchClosed,
  BatchSealed,
  ListCommitted,
  ShareRevealed,
  DrawPrepared,
  DrawApproved,
]);
export type BatchEvent = z.infer<typeof BatchEvent>;

export const batchStates = ['draft', 'open', 'closed', 'sealed', 'committed', 'drawing', 'drawn', 'approved'] as const;
export type BatchState = (typeof batchStates)[number] | 'unknown';

type Step = { readonly by: string; readonly at: Date };
type Sealing = Step & { readonly seal: string };

export type Batch = {
  readonly state: BatchState;
  readonly created: z.infer<typeof BatchCreated> | null;
  readonly closed: Sealing | null;
  readonly sealed: Sealing | null;
  readonly committed: (Omit<z.infer<typeof ListCommitted>, 'type'> & { readonly at: Date }) | null;
  readonly shares: { readonly first: string | null; readonly second: string | null };
  readonly prepared: Omit<z.infer<typeof DrawPrepared>, 'type'> | null;
  readonly approved: Step | null;
};

const noBatch: Batch = {
  state: 'unknown',
  created: null,
  closed: null,
  sealed: null,
  committed: null,
  shares: { first: null, second: null },
  prepared: null,
  approved: null,
};

export function evolveBatch(before: Batch, event: BatchEvent, at: Date): Batch {
  switch (event.type) {
    case 'BatchCreated':
      return { ...before, state: 'draft', created: event };
    case 'BatchOpened':
      return { ...before, state: 'open' };
    case 'BatchClosed':
      return { ...before, state: 'closed', closed: { by: event.by, seal: event.seal, at } };
    case 'BatchSealed':
      return { ...before, state: 'sealed', sealed: { by: event.by, seal: event.seal, at } };
    case 'ListCommitted':
      return { ...before, state: 'committed', committed: { ...event, at } };
    case 'ShareRevealed': {
      const shares = { ...before.shares, [event.whose]: event.share };
      return { ...before, shares, state: shares.first && shares.second ? 'drawing' : before.state };
    }
    case 'DrawPrepared':
      return { ...before, state: 'drawn', prepared: event };
    case 'DrawApproved':
      return { ...before, state: 'approved', approved: { by: event.by, at } };
  }
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

/** The id of a batch is its number: two batches with one number cannot be. */
export const batchIdOf = (number: number): string => String(number);

/** Seconds between closing and the commitment: a joining that began before the closing is in the index by then. */
const settlingSeconds = 60;

function expect(batch: Batch, state: BatchState, otherwise: RefusalCode = 'batch_state'): void {
  if (batch.state === 'unknown') throw new Refusal('batch_unknown');
  if (batch.state !== state) throw new Refusal(otherwise, `The batch is ${batch.state}; this step needs ${state}`);
}

type Creation = { readonly number: number; readonly scheme: SchemeCode; readonly quotas: Quotas };

/** @throws Refusal `batch_exists` when the number is taken by a batch with other facts. */
export function create(batch: Batch, by: string, creation: Creation): Decision<BatchEvent> {
  if (!batch.created) return { events: [{ type: 'BatchCreated', by, ...creation }] };
  const same =
    batch.created.scheme === creation.scheme &&
    sameQuotas(batch.created.quotas, creation.quotas) &&
    batch.created.by === by;
  if (!same) throw new Refusal('batch_exists');
  return { events: [] };
}

function sameQuotas(left: Quotas, right: Quotas): boolean {
  const codes = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...codes].every((code) => (left[code] ?? 0) === (right[code] ?? 0));
}

export function open(batch: Batch, by: string): Decision<BatchEvent> {
  if (batch.state === 'open') return { events: [] };
  expect(batch, 'draft');
  return { events: [{ type: 'BatchOpened', by }] };
}

/** Closes the batch under the sealed share of the operator who closes. */
export function close(batch: Batch, by: string, seal: string): Decision<BatchEvent> {
  if (batch.closed?.by === by && batch.closed.seal === seal) return { events: [] };
  expect(batch, 'open');
  return { events: [{ type: 'BatchClosed', by, seal }] };
}

/**
 * A second operator seals a share of their own, and the commitment of the list is put on the clock.
 * @throws Refusal `same_operator`, `share_mismatch` for a copied seal.
 */
export function sealBatch(batch: Batch, by: string, seal: string, batchId: string, at: Date): Decision<BatchEvent> {
  if (batch.sealed?.by === by && batch.sealed.seal === seal) return { events: [] };
  expect(batch, 'closed');
  if (batch.closed?.by === by) throw new Refusal('same_operator');
  if (batch.closed?.seal === seal) throw new Refusal('share_mismatch', 'Each operator seals a share of their own');
  // Always ahead of the clock, so that the sweeper cannot have passed it.
  const due = new Date(at.getTime() + settlingSeconds * 1_000);
  const index = dueEntry(sharedDueShard, due, dueKinds.commit, batchId);
  return { events: [{ type: 'BatchSealed', by, seal }], index };
}

const settledAt = ({ closed }: Batch): number => (closed ? closed.at.getTime() + settlingSeconds * 1_000 : Infinity);

/** Whether the list may be fixed now: both shares sealed, and closed long enough ago. */
export function mayCommit(batch: Batch, now: Date): boolean {
  return batch.state === 'sealed' && now.getTime() >= settledAt(batch);
}

type Commitment = { readonly listDigest: string; readonly commitmentDigest: string; readonly applicantCount: number };

/** Fixes the list of applicants, before any randomness is known to anybody. */
export function commit(batch: Batch, commitment: Commitment): Decision<BatchEvent> {
  if (batch.committed) return { events: [] };
  expect(batch, 'sealed');
  return { events: [{ type: 'ListCommitted', ...commitment }] };
}

/**
 * An operator reveals the share that they sealed; with the second one the draw begins.
 * @throws Refusal `same_operator` for anybody else, `share_mismatch` for another share.
 */
export function reveal(batch: Batch, by: string, share: string): Decision<BatchEvent> {
  const whose = batch.closed?.by === by ? 'first' : 'second';
  if (batch.shares[whose] === share) return { events: [] };
  expect(batch, 'committed');
  const sealing = whose === 'first' ? batch.closed : batch.sealed;
  if (sealing?.by !== by) throw new Refusal('same_operator', 'A share is revealed by the operator who sealed it');
  if (!opensSeal(share, sealing.seal)) throw new Refusal('share_mismatch');
  return { events: [{ type: 'ShareRevealed', by, whose, share }] };
}

/** After so long without an approval a closed batch is given up: an operator who lost a share must not hold its applicants. */
export const abandonedAfterDays = 14;

/** Whether who joined may join another: the winners are known, or there will be none. */
export function isOver({ state, closed }: Batch, now: Date): boolean {
  if (state === 'approved') return true;
  return closed !== null && now.getTime() - closed.at.getTime() > abandonedAfterDays * dayMilliseconds;
}

type Preparation = { readonly manifestDigest: string; readonly winnerCount: number; readonly chunkCount: number };

/** Records the drawn result. */
export function prepare(batch: Batch, preparation: Preparation): Decision<BatchEvent> {
  if (batch.prepared) return { events: [] };
  expect(batch, 'drawing');
  return { events: [{ type: 'DrawPrepared', ...preparation }] };
}

/**
 * Another operator than the one who closed lets the decrees begin, and the winners' purchase deadline goes on the clock:
 * one entry for the whole batch. @throws Refusal `same_operator`.
 */
export function approve(batch: Batch, by: string, batchId: string, at: Date): Decision<BatchEvent> {
  if (batch.approved?.by === by) return { events: [] };
  expect(batch, 'drawn');
  if (batch.closed?.by === by) throw new Refusal('same_operator');
  ok(batch.created && batch.prepared, 'A drawn batch was created and prepared');
  const { chunkCount } = batch.prepared;
  const lastInstant = endOfWibDay(at, schemes[batch.created.scheme].firstPurchaseDays);
  // A minute after it: clocks of two functions differ, and who is looked at too early is not looked at again.
  const due = new Date(lastInstant.getTime() + 60_000);
  const index = dueEntry(sharedDueShard, due, dueKinds.deadline, batchId, chunkCount);
  return { events: [{ type: 'DrawApproved', by, chunkCount }], index };
}
