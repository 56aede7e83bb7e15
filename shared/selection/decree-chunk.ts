import { ok } from 'node:assert/strict';
import { schemes } from '#shared/credit/schemes.ts';
import type { Participant, Participants } from '#shared/journal/participant.ts';
import { logger } from '#shared/platform/observe.ts';
import type { Applicants } from '#shared/selection/applicants.ts';
import { type Batch, isOfAdmitted, overridden } from '#shared/selection/batch.ts';
import { chunkName, chunkPart, DecreedChunk, type DrawFiles, WinnersChunk } from '#shared/selection/draw-files.ts';
import { eachOf } from '#shared/selection/each-of.ts';
import type { FamilyPlaces } from '#shared/selection/family-places.ts';
import { decree } from '#shared/selection/membership.ts';

type With = {
  readonly participants: Participants;
  readonly applicants: Applicants;
  readonly places: FamilyPlaces;
};

/**
 * Decrees one chunk of winners, and writes its mark. Each claims a family place, then has one event; a repeat finds both. Whoever may not be
 * decreed any more leaves a place that falls free.
 */
export async function decreeChunk(stores: With, batch: Batch, files: DrawFiles, chunk: number): Promise<void> {
  const part = chunkPart(chunk);
  if (await files.markOf('decreed', part, DecreedChunk)) return;
  const { created } = batch;
  ok(created, 'A batch that is decreed was created');
  const batchId = String(created.number);
  const excluded = new Set(overridden(batch, 'exclude'));
  const done: DecreedChunk = { decreed: [], vacant: [] };
  await eachOf(await winnersOf(batch, files, chunk), async (drawNumber) => {
    const participantId = await stores.applicants.participantWith(batchId, drawNumber);
    ok(participantId, 'Whose draw number it is stands in the index');
    const file = (await stores.participants.load(participantId)).state;
    const { registered } = file.registration;
    ok(registered, 'Who joined a batch is registered');
    const { provinceCode, regencyCode } = registered;
    const reason = excluded.has(drawNumber) ? 'override' : await decreeOne(stores, batch, participantId, file);
    if (reason === null) done.decreed.push({ drawNumber, provinceCode, regencyCode });
    else done.vacant.push({ drawNumber, provinceCode, reason });
  });
  await files.markDone('decreed', part, done, DecreedChunk);
  logger.info('decree.chunk_done', { batchId, chunk, decreed: done.decreed.length, vacant: done.vacant.length });
}

/** Null once the person is decreed; otherwise why the place falls free: what may have changed since the screening. */
async function decreeOne(
  { participants, places }: With,
  { created, ordered }: Batch,
  participantId: string,
  { registration: { registered, identity }, membership }: Participant,
): Promise<string | null> {
  ok(created && ordered && registered, 'A decree is ordered, and its recipient registered');
  const batchId = String(created.number);
  const { decreed: earlier } = membership;
  if (earlier) return earlier.batchId === batchId ? null : 'already_recipient';
  if (membership.revoked) return 'membership_revoked';
  if (identity !== 'verified') return 'identity_refused';
  const { maxRecipientsPerFamilyCard } = schemes[created.scheme];
  const cardNumber = await places.claim(registered.familyTag, participantId, maxRecipientsPerFamilyCard);
  if (cardNumber === null) return 'family_full';
  const announcement = { batchId, scheme: created.scheme, cardNumber, announcedAt: ordered.at };
  const after = await participants.change(participantId, (file) => decree(file.membership, announcement));
  return after.membership.decreed?.batchId === batchId ? null : 'already_recipient';
}

/** Draw numbers of one chunk: drawn ones, the ones that operators admitted, promoted ones. */
async function winnersOf(batch: Batch, files: DrawFiles, chunk: number): Promise<string[]> {
  if (isOfAdmitted(batch, chunk)) return admittedOf(batch, files);
  const winners = await files.work(chunkName(chunk), WinnersChunk);
  if (!winners) throw new Error('draw.chunk_missing');
  return winners;
}

/** Whom operators admitted, but for those who won: they have their decree from the draw. */
async function admittedOf(batch: Batch, files: DrawFiles): Promise<string[]> {
  const { screening } = batch;
  ok(screening, 'What is decreed was cut');
  const admitted: string[] = [];
  for (const drawNumber of overridden(batch, 'admit')) {
    const group = await files.resultGroup(drawNumber.slice(0, screening.groupDigits));
    if (!group) throw new Error('draw.group_missing');
    const hasWon = group.applicants.some(([record, outcome]) => outcome === 'won' && record.startsWith(drawNumber));
    if (!hasWon) admitted.push(drawNumber);
  }
  return admitted;
}
