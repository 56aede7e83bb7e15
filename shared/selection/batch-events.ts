import * as z from 'zod/mini';
import { SchemeCode } from '#shared/credit/schemes.ts';
import { Digest } from '#shared/platform/digest.ts';
import { Note, Operator } from '#shared/platform/operator.ts';
import { ProvinceCode, Reveal } from '#shared/selection/draw/manifest.ts';
import { DrawNumber, Stratum } from '#shared/selection/draw/record.ts';

const Places = z.int().check(z.gte(0), z.lte(1_000_000));
export const BatchId = z.string().check(z.regex(/^[1-9]\d{0,5}$/));
/** Kabupaten or kota, `32.73`. */
export const RegencyCode = z.string().check(z.regex(/^\d{2}\.\d{2}$/));
/** Places by program province; a province that is not named has none. */
export const Quotas = z.record(ProvinceCode, Places);
export type Quotas = z.infer<typeof Quotas>;

export const Randomness = z.enum(['drand', 'two_operators']);

export const batchStates = [
  'draft',
  'open',
  'closed',
  'screened',
  'committed',
  'drawn',
  'approved',
  'decreed',
  'announced',
  'reconciled',
] as const;

/** What a batch is made of; fixed with its draft. */
export const BatchTerms = z.object({
  number: z.int().check(z.gte(1), z.lte(999_999)),
  scheme: SchemeCode,
  /** Places of provinces, and those set aside before them for regencies and, in this order, for strata. */
  quotas: Quotas,
  regencyQuotas: z._default(z.record(RegencyCode, Places), {}),
  stratumQuotas: z._default(
    z.array(z.strictObject({ stratum: Stratum, places: Places })).check(
      z.maxLength(3),
      z.refine((quotas) => new Set(quotas.map(({ stratum }) => stratum)).size === quotas.length),
    ),
    [],
  ),
  /** Whose residents are of the stratum `extreme_poverty`. */
  priorityRegencies: z._default(z.array(RegencyCode).check(z.maxLength(514)), []),
  /** Lots of somebody who was not drawn before: one more for each time, up to so many. One: everybody has one. */
  maxLots: z._default(z.int().check(z.gte(1), z.lte(8)), 1),
  randomness: z._default(Randomness, 'drand'),
  /** When the clock opens and closes the batch; null: operators do. */
  opensAt: z._default(z.nullable(z.iso.datetime()), null),
  closesAt: z._default(z.nullable(z.iso.datetime()), null),
  /** Between the approval and the decree, for objections. */
  graceHours: z._default(z.int().check(z.gte(0), z.lte(720)), 24),
  /** Batches whose free places this one gives away. */
  recovers: z._default(z.array(BatchId).check(z.maxLength(20)), []),
});
export type BatchTerms = z.infer<typeof BatchTerms>;

/** Who did a step that the clock can do too. */
const OperatorOrClock = z.union([Operator, z.literal('clock')]);
const Count = z.int().check(z.gte(0));
const Counts = z.record(z.string(), Count);
const by = Operator;

const BatchCreated = z.extend(BatchTerms, { type: z.literal('BatchCreated'), by });
const BatchOpened = z.object({ type: z.literal('BatchOpened'), by: OperatorOrClock });
const BatchClosed = z.object({ type: z.literal('BatchClosed'), by: OperatorOrClock });
/** An operator seals a share, before the list is fixed: it cannot be chosen after the list is known. */
const ShareSealed = z.object({ type: z.literal('ShareSealed'), by, seal: Digest });
/** The work is cut by the leading hex digits of the draw numbers. */
const ScreeningBegun = z.object({
  type: z.literal('ScreeningBegun'),
  shardDigits: z.int().check(z.gte(1), z.lte(2)),
  groupDigits: z.int().check(z.gte(1), z.lte(3)),
});
const BatchScreened = z.object({
  type: z.literal('BatchScreened'),
  applicantCount: Count,
  eligibleCount: Count,
  /** By reason. */
  refused: Counts,
  /** Over the files of all decisions; batches of before they were kept have none. */
  decisionsDigest: z.optional(Digest),
});
const ListCommitted = z.object({
  type: z.literal('ListCommitted'),
  commitmentDigest: Digest,
  root: Digest,
  /** Of the beacon. */
  round: z.nullable(z.object({ round: z.int().check(z.positive()), roundAt: z.iso.datetime() })),
});
const ShareRevealed = z.object({ type: z.literal('ShareRevealed'), by, share: Digest });
/** The beacon had nothing yet, or did not answer: the clock asks again. */
const BeaconAwaited = z.object({ type: z.literal('BeaconAwaited'), tries: z.int().check(z.positive()) });
const SeedRevealed = z.object({ type: z.literal('SeedRevealed'), reveal: Reveal });
const DrawMade = z.object({
  type: z.literal('DrawMade'),
  manifestDigest: Digest,
  winnerCount: Count,
  waitingCount: Count,
  /** Of the waiting lists, which the manifest has only as outcomes. */
  waitingDigest: Digest,
  /** The winners are decreed in so many parts of so many, each one worker's task. */
  chunkCount: Count,
  chunkSize: z.int().check(z.positive()),
  /** As the screening was cut: the publication is too. */
  shardDigits: z.int().check(z.gte(1), z.lte(2)),
});
const ResultsPublished = z.object({ type: z.literal('ResultsPublished') });
const DrawApproved = z.object({ type: z.literal('DrawApproved'), by, objectionsUntil: z.iso.datetime() });

export const OverrideKind = z.enum(['exclude', 'admit']);
const Override = { overrideId: z.string(), kind: OverrideKind, drawNumber: DrawNumber, note: Note };
const OverrideProposed = z.object({ type: z.literal('OverrideProposed'), ...Override, by });
const OverrideConfirmed = z.object({ type: z.literal('OverrideConfirmed'), overrideId: z.string(), by });

/** The announcement: the winners' deadlines count from here, however late a decree is written. */
const DecreeOrdered = z.object({ type: z.literal('DecreeOrdered'), by, chunkCount: Count });
/** Places that fell free while decrees were written go to the next of the waiting lists. */
const PlacesPromoted = z.object({
  type: z.literal('PlacesPromoted'),
  round: z.int().check(z.positive()),
  count: z.int().check(z.positive()),
  /** Of the published list of this round. */
  digest: Digest,
  /** Parts of decrees so far, and with these. */
  firstChunk: Count,
  chunkCount: Count,
});
const BatchDecreed = z.object({
  type: z.literal('BatchDecreed'),
  byDraw: Count,
  byPromotion: Count,
  byOverride: Count,
  /** Places that nobody got, by province. */
  freePlaces: Counts,
});
const BatchAnnounced = z.object({
  type: z.literal('BatchAnnounced'),
  csvDigest: Digest,
  documentDigest: Digest,
  overridesDigest: Digest,
});
/** The purchase deadline has passed: the files of decrees are gone through. */
const DeadlineReached = z.object({ type: z.literal('DeadlineReached'), chunkCount: Count });
const BatchReconciled = z.object({
  type: z.literal('BatchReconciled'),
  keptCount: Count,
  revokedCount: Count,
  returnedRupiah: Count,
  /** Places that a recovery batch may give away: revoked ones and those that nobody got, by province. */
  freePlaces: Counts,
});
const PlacesRecovered = z.object({ type: z.literal('PlacesRecovered'), batchId: BatchId });

export const BatchEvent = z.discriminatedUnion('type', [
  BatchCreated,
  BatchOpened,
  BatchClosed,
  ShareSealed,
  ScreeningBegun,
  BatchScreened,
  ListCommitted,
  ShareRevealed,
  BeaconAwaited,
  SeedRevealed,
  DrawMade,
  ResultsPublished,
  DrawApproved,
  OverrideProposed,
  OverrideConfirmed,
  DecreeOrdered,
  PlacesPromoted,
  BatchDecreed,
  BatchAnnounced,
  DeadlineReached,
  BatchReconciled,
  PlacesRecovered,
]);
export type BatchEvent = z.infer<typeof BatchEvent>;
export type EventOf<Type extends BatchEvent['type']> = Extract<BatchEvent, { type: Type }>;
