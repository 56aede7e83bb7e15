import { ok } from 'node:assert/strict';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { addTo, sumOf } from '#shared/platform/counts.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { programProvinceOf } from '#shared/registration/regions.ts';
import { type Batch, isOfAdmitted, overridden } from '#shared/selection/batch.ts';
import type { EventOf } from '#shared/selection/batch-events.ts';
import { maxPromotions } from '#shared/selection/batch-steps.ts';
import { regencyCodeOf } from '#shared/selection/draw/record.ts';
import {
  chunkParts,
  DecreedChunk,
  type DrawFiles,
  drawFile,
  Promotions,
  WaitingLists,
  waitingFile,
} from '#shared/selection/draw-files.ts';

type Place = { readonly drawNumber: string; readonly provinceCode: string };

/**
 * Who gets the places that fell free in the last round: in each province as many as there are, in the order of its waiting list, without those who were
 * offered one before and those whom operators excluded.
 */
export function nextOf(
  waiting: WaitingLists,
  vacant: readonly { readonly provinceCode: string }[],
  passedOver: ReadonlySet<string>,
): Place[] {
  const free = Map.groupBy(vacant, ({ provinceCode }) => provinceCode);
  return [...free].sort().flatMap(([provinceCode, places]) =>
    (waiting[provinceCode] ?? [])
      .filter((drawNumber) => !passedOver.has(drawNumber))
      .slice(0, places.length)
      .map((drawNumber) => ({ drawNumber, provinceCode })),
  );
}

/** Chunks that have been decreed, in order, with the round that each belongs to: 0 for the draw and what operators admitted. */
export async function decreedChunks(batch: Batch, files: DrawFiles, chunkCount: number) {
  const marks = await files.marksOf('decreed', chunkParts(chunkCount), DecreedChunk);
  return marks.map((done, chunk) => {
    const round = batch.promoted.findLast(({ firstChunk }) => firstChunk <= chunk)?.round ?? 0;
    return { ...done, round, isAdmitted: isOfAdmitted(batch, chunk) };
  });
}

/** Who is promoted in a round, as it was published and as the journal has its digest. */
export async function promotedIn(
  files: DrawFiles,
  { round, digest }: Pick<EventOf<'PlacesPromoted'>, 'round' | 'digest'>,
): Promise<Place[]> {
  const text = await files.text(drawFile.promotions(round));
  if (text === null || digestOf(text) !== digest) throw new Error('draw.file_differs');
  return Promotions.parse(JSON.parse(text)).promoted;
}

async function waitingLists({ drawn }: Batch, files: DrawFiles): Promise<WaitingLists> {
  const text = await files.text(waitingFile);
  if (text === null || digestOf(text) !== drawn?.waitingDigest) throw new Error('draw.file_differs');
  return WaitingLists.parse(JSON.parse(text));
}

type Closed = {
  /** Null when there is nobody or nothing to promote. */
  readonly promotion: Omit<EventOf<'PlacesPromoted'>, 'type'> | null;
  readonly counts: Omit<EventOf<'BatchDecreed'>, 'type'>;
};

/**
 * What follows when every chunk of a round is done. The list of a promotion is published, and written before the event: whoever comes to the same point
 * writes the same list.
 */
export async function closeRound(batch: Batch, files: DrawFiles, chunkCount: number): Promise<Closed> {
  const round = batch.promoted.length;
  const chunks = await decreedChunks(batch, files, chunkCount);
  const promotion = round < maxPromotions ? await promote() : null;
  return { promotion, counts: await counts() };

  async function promote(): Promise<Closed['promotion']> {
    // A place that operators added is nobody's when it falls free.
    const vacant = chunks
      .filter((chunk) => chunk.round === round && !chunk.isAdmitted)
      .flatMap((chunk) => chunk.vacant);
    if (vacant.length === 0) return null;
    const waiting = await waitingLists(batch, files);
    const passedOver = new Set(
      chunks.flatMap((chunk) => [...chunk.decreed, ...chunk.vacant]).map((one) => one.drawNumber),
    );
    for (const kind of ['exclude', 'admit'] as const)
      for (const drawNumber of overridden(batch, kind)) passedOver.add(drawNumber);
    const promoted = nextOf(waiting, vacant, passedOver);
    if (promoted.length === 0) return null;
    ok(batch.created, 'What is promoted was created');
    const batchId = String(batch.created.number);
    const published = Promotions.parse({ batchId, round: round + 1, promoted });
    const text = await files.once(drawFile.promotions(round + 1), canonicalJson(published));
    const ofRound = { round: round + 1, count: promoted.length, digest: digestOf(text) };
    ok(batch.drawn, 'What is promoted was drawn');
    const parts = Math.ceil(promoted.length / batch.drawn.chunkSize);
    return { ...ofRound, firstChunk: chunkCount, chunkCount: chunkCount + parts };
  }

  async function counts(): Promise<Closed['counts']> {
    const countOf = (part: typeof chunks) => sumOf(part.map(({ decreed }) => decreed.length));
    const byOverride = countOf(chunks.filter(({ isAdmitted }) => isAdmitted));
    const byPromotion = countOf(chunks.filter((chunk) => chunk.round > 0));
    const byDraw = countOf(chunks) - byOverride - byPromotion;
    return { byDraw, byPromotion, byOverride, freePlaces: await freePlaces() };
  }

  /** Places that the draw could not give, and those that fell free and that nobody took. */
  async function freePlaces(): Promise<Record<string, number>> {
    ok(batch.drawn, 'What is decreed was drawn');
    const { pools } = await files.manifest(batch.drawn.manifestDigest);
    const free: Record<string, number> = {};
    // Places set aside for a stratum belong to no province: those that nobody took are given to nobody.
    for (const { pool, places, taken } of pools) {
      const [word, code = ''] = pool.split(':');
      if (word === 'province') addTo(free, code, places - taken);
      if (word === 'regency') addTo(free, programProvinceOf(regencyCodeOf(Number(code))), places - taken);
    }
    for (const chunk of chunks) {
      if (chunk.isAdmitted) continue;
      if (chunk.round === 0) for (const { provinceCode } of chunk.vacant) addTo(free, provinceCode);
      else for (const { provinceCode } of chunk.decreed) addTo(free, provinceCode, -1);
    }
    return Object.fromEntries(Object.entries(free).filter(([, places]) => places > 0));
  }
}
