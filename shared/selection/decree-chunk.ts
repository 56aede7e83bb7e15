import { ok } from 'node:assert/strict';
import { schemes } from '#shared/credit/schemes.ts';
import type { Participant, Participants } from '#shared/journal/participant.ts';
import { logger } from '#shared/platform/observe.ts';
import type { Applicants } from '#shared/selection/applicants.ts';
import { type Batch, isOfAdmitted, overridden } from '#shared/selection/batch.ts';
import { drawNumberBytes } from '#shared/selection/draw/record.ts';
import { winnerBytes } from '#shared/selection/draw/select.ts';
import { chunkPart, DecreedChunk, type DrawFiles } from '#shared/selection/draw-files.ts';
import { eachOf } from '#shared/selection/each-of.ts';
import type { FamilyPlaces } from '#shared/selection/family-places.ts';
import { decree } from '#shared/selection/membership.ts';
import { promotedIn } from '#shared/selection/promotion.ts';
import { publishedRegency } from '#shared/selection/screening.ts';

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
    const { provinceCode } = registered;
    const regencyCode = publishedRegency(registered, created);
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
  if (identity !== 'verified') return 'identity_refused';
  const { maxRecipientsPerFamilyCard } = schemes[created.scheme];
  const cardNumber = await places.claim(registered.familyTag, participantId, maxRecipientsPerFamilyCard);
  if (cardNumber === null) return 'family_full';
  const announcement = { batchId, scheme: created.scheme, cardNumber, announcedAt: ordered.at };
  const after = await participants.change(participantId, (file) => decree(file.membership, announcement));
  return after.membership.decreed?.batchId === batchId ? null : 'already_recipient';
}

/**
 * Draw numbers of one chunk: drawn ones, the ones that operators admitted, promoted ones. Each comes from a published file whose digest stands in
 * the batch's journal, and from nothing else.
 */
async function winnersOf(batch: Batch, files: DrawFiles, chunk: number): Promise<string[]> {
  const { drawn, promoted } = batch;
  ok(drawn, 'What is decreed was drawn');
  if (chunk < drawn.chunkCount) {
    const partBytes = drawn.chunkSize * winnerBytes;
    return numbersIn((await drawnWinners(batch, files)).subarray(chunk * partBytes, (chunk + 1) * partBytes));
  }
  if (isOfAdmitted(batch, chunk)) {
    const winners = new Set(numbersIn(await drawnWinners(batch, files)));
    // Who won as well has the decree from the draw.
    return overridden(batch, 'admit').filter((drawNumber) => !winners.has(drawNumber));
  }
  const promotion = promoted.findLast(({ firstChunk }) => firstChunk <= chunk);
  ok(promotion, 'A later chunk is of a promotion');
  const from = (chunk - promotion.firstChunk) * drawn.chunkSize;
  const places = await promotedIn(files, promotion);
  return places.slice(from, from + drawn.chunkSize).map(({ drawNumber }) => drawNumber);
}

/** The published file: by rank. */
async function drawnWinners({ drawn }: Batch, files: DrawFiles): Promise<Buffer> {
  ok(drawn, 'What is decreed was drawn');
  const { winners } = await files.manifest(drawn.manifestDigest);
  return files.checked(winners);
}

/** The draw numbers of winners as their file has them. */
function numbersIn(bytes: Buffer): string[] {
  return Array.from({ length: bytes.length / winnerBytes }, (_, rank) =>
    bytes.toString('hex', rank * winnerBytes, rank * winnerBytes + drawNumberBytes),
  );
}
