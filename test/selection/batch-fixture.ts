import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Decision } from '#shared/journal/journal.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Files } from '#shared/platform/files.ts';
import { agreedOverrides, type Batch, batches, batchIdOf, evolveBatch } from '#shared/selection/batch.ts';
import { BatchEvent, type BatchTerms, type EventOf } from '#shared/selection/batch-events.ts';
import * as steps from '#shared/selection/batch-steps.ts';
import { sealOf } from '#shared/selection/draw/manifest.ts';
import { encodeRecord } from '#shared/selection/draw/record.ts';
import type { OutcomeKind, ResultGroup } from '#shared/selection/draw/result-group.ts';
import { allDigits, drawFile, drawFiles } from '#shared/selection/draw-files.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';

/*
 * Batches up to any moment of their lives. Each decision on the way is made by the product's own rule.
 */

/** What a batch goes through, in order. Those that are no state of their own lie between two states. */
export const moments = [
  'unknown',
  'draft',
  'open',
  'closed',
  'screening',
  'screened',
  'committed',
  'seeded',
  'made',
  'drawn',
  'approved',
  'ordered',
  'decreed',
  'announced',
  'deadline',
  'reconciled',
] as const;
export type Moment = (typeof moments)[number];

const hour = 60;
/** After the drafting, in minutes: an hour from one to the next, a day for objections, sixteen until the deadline has passed. */
const minutes: Readonly<Record<Moment, number>> = {
  ...{ unknown: 0, draft: 0, open: hour, closed: 2 * hour, screening: 3 * hour, screened: 4 * hour },
  ...{ committed: 5 * hour, seeded: 6 * hour, made: 7 * hour, drawn: 8 * hour, approved: 9 * hour },
  ...{ ordered: 33 * hour + 1, decreed: 34 * hour, announced: 35 * hour },
  ...{ deadline: 17 * 24 * hour, reconciled: 17 * 24 * hour + hour },
};

/** When a batch of these tests came to a moment. */
export const atOf = (moment: Moment): Date => minutesAfter(start, minutes[moment]);

export const termsOf = (changes: Partial<BatchTerms> = {}): BatchTerms => ({
  number: 7,
  scheme: 'NORMAL_2023',
  quotas: { '32': 10 },
  regencyQuotas: {},
  stratumQuotas: [],
  priorityRegencies: [],
  maxLots: 1,
  randomness: 'drand',
  opensAt: null,
  closesAt: null,
  graceHours: 24,
  recovers: [],
  ...changes,
});

/** Draw numbers are told apart by their first digits. */
export const drawNumber = (digits: string): string => `${digits.padEnd(30, '0')}00`;
export const digest = (digit: string): string => digit.repeat(64);
/** What an operator sealed. */
export const shareOf = (operator: string): string => digestOf(`share of ${operator}`);
export const signature = 'ab'.repeat(48);
export const round = { round: 4_242, roundAt: minutesAfter(atOf('committed'), 10).toISOString() };

type Correction = { readonly overrideId: string; readonly kind: 'exclude' | 'admit'; readonly drawNumber: string };
export const correctionOf = (changes: Partial<Correction> = {}) => ({
  overrideId: 'first',
  kind: 'exclude' as const,
  drawNumber: drawNumber('a'),
  note: 'Data keliru di Dukcapil',
  ...changes,
});

type Facts<Type extends BatchEvent['type']> = Omit<EventOf<Type>, 'type'>;

export type Changes = {
  readonly terms?: Partial<BatchTerms>;
  readonly draftedBy?: string;
  readonly openedBy?: string;
  readonly closedBy?: string;
  /** Of two operators, directly after the closing. */
  readonly sealedBy?: readonly string[];
  readonly digits?: Facts<'ScreeningBegun'>;
  readonly screened?: Partial<Facts<'BatchScreened'>>;
  readonly committed?: Partial<Facts<'ListCommitted'>>;
  readonly drawn?: Partial<Facts<'DrawMade'>>;
  /** Proposed by one and confirmed by two, together with the approval. */
  readonly overrides?: readonly ReturnType<typeof correctionOf>[];
  readonly approvedBy?: string;
  readonly orderedBy?: string;
  /** Together with the order. */
  readonly promoted?: readonly Facts<'PlacesPromoted'>[];
  readonly freePlaces?: Readonly<Record<string, number>>;
};

export const digits = { shardDigits: 1, groupDigits: 1 };
export const screenedCounts = { applicantCount: 20, eligibleCount: 18, refused: { age_outside: 2 } };
export const commitmentDigest = digest('c');
export const manifestDigest = digest('f');
export const drawnCounts = {
  ...{ manifestDigest, winnerCount: 10, waitingCount: 8, waitingDigest: digest('9') },
  ...{ chunkCount: 1, chunkSize: 500, shardDigits: 1 },
};
/** A round of promotions, as the journal has it. */
export const promotionOf = (round: number, count: number, firstChunk: number, chunkCount: number) => {
  return { round, count, digest: digest('b'), firstChunk, chunkCount };
};
export const digests = { csvDigest: digest('1'), documentDigest: digest('2'), overridesDigest: digest('3') };
export const decreedCounts = { byDraw: 9, byPromotion: 1, byOverride: 0, freePlaces: { '32': 1 } };
export const reconciledCounts = { keptCount: 8, revokedCount: 2, returnedRupiah: 8_400_000, freePlaces: { '32': 3 } };

type Step = (batch: Batch, at: Date) => Decision<BatchEvent>;

/** The steps that lead to a moment from the one before. */
function stepsTo(moment: Moment, terms: BatchTerms, changes: Changes): Step[] {
  const batchId = batchIdOf(terms.number);
  const sealers = terms.randomness === 'two_operators' ? (changes.sealedBy ?? ['one', 'two']) : [];
  // Before the instant of a calendar, only the clock may.
  const { openedBy = terms.opensAt ? 'clock' : 'one', closedBy = terms.closesAt ? 'clock' : 'one' } = changes;
  const { approvedBy = 'two', orderedBy = 'three' } = changes;
  const drawn = { ...drawnCounts, ...changes.drawn };
  switch (moment) {
    case 'unknown':
      return [];
    case 'draft':
      return [(batch, at) => steps.create(batch, changes.draftedBy ?? 'one', terms, batchId, at)];
    case 'open':
      return [(batch, at) => steps.open(batch, openedBy, batchId, at)];
    case 'closed':
      return [
        (batch, at) => steps.close(batch, closedBy, batchId, at),
        ...sealers.map(
          (by): Step =>
            (batch) =>
              steps.sealShare(batch, by, sealOf(shareOf(by))),
        ),
      ];
    case 'screening':
      return [(batch) => steps.beginScreening(batch, changes.digits ?? digits)];
    case 'screened':
      return [(batch) => steps.screened(batch, { ...screenedCounts, ...changes.screened })];
    case 'committed': {
      const list = { commitmentDigest, root: digest('d'), round: terms.randomness === 'drand' ? round : null };
      return [(batch, at) => steps.commit(batch, { ...list, ...changes.committed }, batchId, at)];
    }
    case 'seeded':
      return terms.randomness === 'drand'
        ? [(batch) => steps.revealBeacon(batch, signature)]
        : sealers.map((by) => (batch, at) => steps.reveal(batch, by, shareOf(by), at));
    case 'made':
      return [(batch) => steps.draw(batch, drawn)];
    case 'drawn':
      return [(batch) => steps.publish(batch)];
    case 'approved':
      return [
        (batch, at) => steps.approve(batch, approvedBy, at),
        ...(changes.overrides ?? []).flatMap((correction): Step[] => [
          (batch, at) => steps.proposeOverride(batch, 'one', correction, at),
          (batch, at) => steps.confirmOverride(batch, 'two', correction.overrideId, at),
        ]),
      ];
    case 'ordered':
      return [
        (batch, at) => {
          const stated = { ...drawn, overrideCount: agreedOverrides(batch).length, openObjections: 0 };
          return steps.orderDecree(batch, orderedBy, stated, batchId, at);
        },
        ...(changes.promoted ?? []).map(
          (promotion): Step =>
            (batch) =>
              steps.promote(batch, promotion),
        ),
      ];
    case 'decreed':
      return [(batch) => steps.decreed(batch, decreedCounts)];
    case 'announced':
      return [(batch) => steps.announce(batch, digests)];
    case 'deadline':
      return [(batch) => steps.reachDeadline(batch, 1, atOf('deadline'))];
    case 'reconciled': {
      const { freePlaces = reconciledCounts.freePlaces } = changes;
      return [(batch) => steps.reconcile(batch, { ...reconciledCounts, freePlaces: { ...freePlaces } })];
    }
  }
}

/** What a decision makes of a batch, read back as the journal would. */
export function decided(batch: Batch, { events }: Decision<BatchEvent>, at: Date): Batch {
  return events.reduce((before, event) => evolveBatch(before, BatchEvent.parse(event), at), batch);
}

/** A batch that nobody has heard of. */
export const noBatch: Batch = {
  ...{ state: 'unknown', created: null, opened: null, closed: null, seals: [], screening: null, screened: null },
  ...{ committed: null, revealedBy: new Map(), beaconTries: 0, seeded: null, drawn: null, published: null },
  ...{ approved: null, overrides: new Map(), ordered: null, promoted: [], decreed: null, announced: null },
  ...{ deadline: null, reconciled: null, recoveredBy: null },
};

function lifeUntil(moment: Moment, changes: Changes) {
  const terms = termsOf(changes.terms);
  const decisions: { readonly decision: Decision<BatchEvent>; readonly at: Date; readonly before: Batch }[] = [];
  let batch = noBatch;
  for (const next of moments.slice(0, moments.indexOf(moment) + 1))
    for (const step of stepsTo(next, terms, changes)) {
      const at = atOf(next);
      const decision = step(batch, at);
      decisions.push({ decision, at, before: batch });
      batch = decided(batch, decision, at);
    }
  return { terms, batch, decisions };
}

/** The batch at a moment of its life. */
export function batchIn(moment: Moment, changes: Changes = {}): Batch {
  return lifeUntil(moment, changes).batch;
}

/** Writes the journal of a batch up to a moment, as the program would have; what is there already is left. */
export async function storeBatch(table: Table, moment: Moment, changes: Changes = {}): Promise<string> {
  const { terms, decisions } = lifeUntil(moment, changes);
  const batchId = batchIdOf(terms.number);
  const journals = batches(table);
  const { version: done } = await journals.load(batchId);
  for (const [version, { decision, at, before }] of decisions.entries())
    if (version >= done) await journals.append(batchId, { state: before, version }, decision, at);
  return batchId;
}

/** What an index has of a participant: one entry, as a decision in their journal would have left it. */
export async function putIndexed(table: Table, participantId: string, lookup: string, lookupSort: string) {
  const Item = { pk: journalKeys.participant(participantId), sk: `INDEX#${lookup}`, lookup, lookupSort };
  await table.client.send(new PutCommand({ TableName: table.name, Item }));
}

type Result = readonly [number: string, outcome: OutcomeKind, place?: number];

/** Publishes what came of some applicants, in the files of groups of one digit. */
export async function putResults(
  files: Files,
  batchId: string,
  results: readonly Result[],
  refused: readonly [string, string][] = [],
) {
  for (const group of allDigits(1)) {
    const applicants = results
      .filter(([number]) => number.startsWith(group))
      .map(([number, outcome, place = 0]): ResultGroup['applicants'][number] => {
        const lives = { provinceCode: '32', regencyCode: '32.73', strata: [], lots: 1, familyPlaces: 2 };
        return [encodeRecord({ drawNumber: number, ...lives }).toString('hex'), outcome, place];
      });
    const hashes = { manifestDigest, groupRoot: digest('d'), path: [] };
    const out = refused.filter(([number]) => number.startsWith(group));
    const result: ResultGroup = { batchId, group, ...hashes, applicants, refused: [...out] };
    await drawFiles(files, batchId).put(drawFile.result(group), JSON.stringify(result), 'application/json');
  }
}
