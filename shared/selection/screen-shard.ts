import { ok } from 'node:assert/strict';
import { schemes } from '#shared/credit/schemes.ts';
import type { Participants } from '#shared/journal/participant.ts';
import { addAll, addTo, sumOf, totalOf } from '#shared/platform/counts.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { json } from '#shared/platform/files.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import { slices } from '#shared/platform/slices.ts';
import type { Listings } from '#shared/registration/feeds/listings.ts';
import { openPerson } from '#shared/registration/person.ts';
import type { Applicant, Applicants } from '#shared/selection/applicants.ts';
import type { Batch } from '#shared/selection/batch.ts';
import type { EventOf } from '#shared/selection/batch-events.ts';
import { decisionsDigest, type KeptDecision, keepDecisions } from '#shared/selection/decision-files.ts';
import type { DrawRecord } from '#shared/selection/draw/record.ts';
import { allDigits, type DrawFiles, drawFile, ScreenedShard } from '#shared/selection/draw-files.ts';
import { shardList } from '#shared/selection/draw-shards.ts';
import type { FamilyPlaces } from '#shared/selection/family-places.ts';
import { type Screened, screen } from '#shared/selection/screening.ts';

type With = {
  readonly participants: Participants;
  readonly applicants: Applicants;
  readonly places: FamilyPlaces;
  readonly listings: Pick<Listings, 'of'>;
  readonly keys: Keys;
};

/** Journals that are loaded at a time. */
const atOnce = 32;

/** Decides about everybody of one shard, and writes its part of the list and its mark. A shard that has its mark is not screened again. */
export async function screenShard(stores: With, batch: Batch, files: DrawFiles, shard: string): Promise<void> {
  const { created: terms, screening } = batch;
  ok(terms && screening, 'What is screened was created, and cut');
  if (await files.markOf('screened', shard, ScreenedShard)) return;
  const screenOne = screener(stores, batch);
  const records: DrawRecord[] = [];
  const refused: [string, string][] = [];
  const decisions: KeptDecision[] = [];
  for await (const page of stores.applicants.under(String(terms.number), shard))
    for (const group of slices(page, atOnce)) {
      const decided = await Promise.all(group.map(screenOne));
      for (const [index, { drawNumber }] of group.entries()) {
        const outcome = decided[index];
        ok(outcome, 'Everybody is decided about');
        decisions.push({ drawNumber, ...outcome.decision });
        if ('refused' in outcome) refused.push([drawNumber, outcome.refused]);
        else records.push({ drawNumber, ...outcome.record });
      }
    }
  const { bytes, groupRoots, ...counts } = shardList(records, shard, screening, terms);
  const sha256 = digestOf(bytes);
  const file = drawFile.list(shard, sha256);
  const refusedText = JSON.stringify(refused);
  const refusedFile = `refused/${shard}-${digestOf(refusedText).slice(0, 16)}.json`;
  await files.put(file, bytes, 'application/octet-stream');
  await files.put(`work/${refusedFile}`, refusedText, json);
  const digests = await keepDecisions(files, shard, screening, decisions);
  const reasons: Record<string, number> = {};
  for (const [, reason] of refused) addTo(reasons, reason);
  const roots = groupRoots.map((root) => root.toString('hex'));
  const kept = { refused: reasons, refusedFile, decisions: digests };
  const done = { file, sha256, count: records.length, groupRoots: roots, ...counts, ...kept };
  await files.markDone('screened', shard, done, ScreenedShard);
  logger.info('screening.shard_done', { batchId: String(terms.number), shard, eligible: records.length, ...reasons });
}

/** Screens one applicant by the own journal and the places of the family. */
function screener({ participants, places, listings, keys }: With, { created: terms }: Batch) {
  ok(terms, 'What is screened was created');
  const limit = schemes[terms.scheme].maxRecipientsPerFamilyCard;
  const takenByFamily = new Map<string, Promise<number>>();

  /** Asked once: another batch may be decreed meanwhile, and all members of a family have the same number in the list. */
  function takenPlaces(familyTag: string): Promise<number> {
    const taken = takenByFamily.get(familyTag) ?? places.taken(familyTag, limit);
    takenByFamily.set(familyTag, taken);
    return taken;
  }

  return async ({ participantId }: Applicant): Promise<Screened> => {
    const { registration, membership } = (await participants.load(participantId)).state;
    const { registered } = registration;
    ok(registered, 'Who joined a batch is registered');
    const { birthDate } = openPerson(keys, participantId, registered);
    const [familyRecipients, listed] = await Promise.all([
      takenPlaces(registered.familyTag),
      listings.of(participantId),
    ]);
    return screen({ registration, membership, birthDate, familyRecipients, listings: listed }, terms);
  };
}

/** What the screening came to, once every shard has its mark; null before. */
export async function screeningCounts(
  { screening }: Batch,
  files: DrawFiles,
): Promise<Omit<EventOf<'BatchScreened'>, 'type'> | null> {
  ok(screening, 'What is screened was cut');
  const shards = allDigits(screening.shardDigits);
  if ((await files.countDone('screened')) < shards.length) return null;
  const marks = await files.marksOf('screened', shards, ScreenedShard);
  const refused: Record<string, number> = {};
  for (const done of marks) addAll(refused, done.refused);
  const eligibleCount = sumOf(marks.map(({ count }) => count));
  const kept = decisionsDigest(marks);
  const applicantCount = eligibleCount + totalOf(refused);
  return { applicantCount, eligibleCount, refused, ...(kept !== undefined && { decisionsDigest: kept }) };
}
