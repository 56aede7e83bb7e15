import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { vi } from 'vitest';
import type { IndexEntries } from '#shared/journal/journal.ts';
import { type ParticipantEvent, participants } from '#shared/journal/participant.ts';
import { programProvinceOf } from '#shared/registration/regions.ts';
import { type Batch, batches } from '#shared/selection/batch.ts';
import type { BatchTerms } from '#shared/selection/batch-events.ts';
import * as batchSteps from '#shared/selection/batch-steps.ts';
import { DrawManifest, sealOf } from '#shared/selection/draw/manifest.ts';
import { drawFile } from '#shared/selection/draw-files.ts';
import { drawNumberOf } from '#shared/selection/draw-number.ts';
import { join } from '#shared/selection/joining.ts';
import { lookups } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';
import {
  type Citizen,
  citizens,
  courseOf,
  joiningOf,
  journeyUntil,
  keys,
  minutesAfter,
  start,
  steps,
  store,
} from '#test/journal/citizen.ts';
import { termsOf } from '#test/selection/batch-fixture.ts';
import type { DrawPump, Moment } from '#test/selection/draw-pump.ts';
import { type Verdict, verifyDraw } from '#verifier/verify-draw.ts';

/*
 * Citizens in families, and the life of a batch that they join: what operators do by hand, at the same instants each time, and between them whatever
 * the pump delivers.
 */

/** Families of these sizes, one after the other, who live in these regencies in turn. */
export function households(seed: string, sizes: readonly number[], regencies: readonly string[]): Citizen[][] {
  const people = citizens(
    seed,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  let served = 0;
  return sizes.map((size, family) => {
    const members = people.slice(served, served + size);
    served += size;
    const regencyCode = regencies[family % regencies.length] ?? '';
    const same = { familyTag: keys.tag('family-tag', `${seed} ${family}`), regencyCode };
    return members.map((member) => ({ ...member, ...same, provinceCode: programProvinceOf(regencyCode) }));
  });
}

export const numberIn = (batchId: string, citizen: Citizen): string => drawNumberOf(keys, batchId, citizen);

const declarations = ['migrant_worker', 'disability'] as const;
type Declares = readonly (typeof declarations)[number][];

/** Registers citizens, has them verified, and lets them join a batch, as the program would. */
export async function applyAll(table: Table, batchId: string, who: readonly Citizen[], declares: Declares = []) {
  const apply = async (citizen: Citizen) => {
    await store(table, journeyUntil('verify', { citizen }));
    await applyAgain(table, batchId, citizen, declares);
  };
  await Promise.all(who.map(apply));
}

/** Lets somebody who is verified join a batch, the first or another. */
export async function applyAgain(table: Table, batchId: string, citizen: Citizen, declares: Declares = []) {
  const answers = Object.fromEntries(declares.map((name) => [name, true]));
  await participants(table).change(
    citizen.participantId,
    (file, now) => join(file, { ...joiningOf(file, citizen, { batchId, answers, now }), earlierBatchIsOver: true }),
    () => minutesAfter(start, 5),
  );
}

/** Appends to a citizen's journal what no rule would decide today. */
export async function happened(
  table: Table,
  { participantId }: Citizen,
  event: ParticipantEvent,
  index?: IndexEntries,
) {
  const journals = participants(table);
  const decision = { events: [event], ...(index && { index }) };
  await journals.append(participantId, await journals.load(participantId), decision, new Date());
}

/** Has somebody join whom the rule of joining refuses. */
export async function appliedAnyhow(table: Table, batchId: string, citizen: Citizen): Promise<void> {
  const drawNumber = numberIn(batchId, citizen);
  const index = { lookup: lookups.applicants(batchId, drawNumber.slice(0, 1)), lookupSort: drawNumber };
  await happened(table, citizen, { type: 'BatchJoined', batchId, scheme: 'NORMAL_2023', declares: [] }, index);
}

/** A first course, bought now. */
export async function buys(table: Table, citizen: Citizen): Promise<void> {
  const { participantId } = citizen;
  const journals = participants(table);
  const choices = { citizen, scheme: 'NORMAL_2023', course: courseOf(), number: 1 } as const;
  await journals.change(participantId, (file, now) => steps.reserve(file, now, choices));
  await journals.change(participantId, (file, now) => steps.pay(file, now, choices));
}

/** An operator's or the clock's step, at the clock's hour. */
async function operate(table: Table, batchId: string, step: Parameters<ReturnType<typeof batches>['change']>[1]) {
  return batches(table).change(batchId, step);
}

const shares = { two: 'a'.repeat(64), three: 'b'.repeat(64) } as const;
const day = 24 * 60;
/** When operators act, in minutes after the start. */
export const hours = {
  closed: 60,
  revealed: 90,
  approved: 120,
  ordered: 121 + day,
  announced: 180 + day,
  over: 20 * day,
};
export const at = (hour: keyof typeof hours): Date => minutesAfter(start, hours[hour]);

type Override = { readonly kind: 'exclude' | 'admit'; readonly drawNumber: string };
export type Life = {
  readonly table: Table;
  readonly pump: DrawPump;
  readonly batchId: string;
  readonly terms?: Partial<BatchTerms>;
  /** Asked when the draw is published. */
  readonly overrides?: () => Promise<readonly Override[]> | readonly Override[];
};

const batchOf = async (table: Table, batchId: string): Promise<Batch> => (await batches(table).load(batchId)).state;

/** From the draft to the published draw. */
export async function drawn({ table, pump, batchId, terms: changes = {} }: Life): Promise<Batch> {
  const change = (step: Parameters<typeof operate>[2]) => operate(table, batchId, step);
  vi.setSystemTime(start);
  const terms = termsOf({ number: Number(batchId), ...changes });
  await change((batch, now) => batchSteps.create(batch, 'one', terms, batchId, now));
  await change((batch, now) => batchSteps.open(batch, 'one', batchId, now));
  const byOperators = terms.randomness === 'two_operators';
  if (byOperators)
    for (const by of ['two', 'three'] as const)
      await change((batch) => batchSteps.sealShare(batch, by, sealOf(shares[by])));
  await pump.run(at('closed'));
  await change((batch, now) => batchSteps.close(batch, 'one', batchId, now));
  await pump.run(at('revealed'));
  if (byOperators)
    for (const by of ['two', 'three'] as const)
      await change((batch) => batchSteps.reveal(batch, by, shares[by], at('revealed')));
  await pump.run(at('approved'));
  return batchOf(table, batchId);
}

/** From the published draw to the order that decrees are written. */
export async function ordered({ table, batchId, overrides, pump }: Life): Promise<void> {
  const change = (step: Parameters<typeof operate>[2]) => operate(table, batchId, step);
  vi.setSystemTime(at('approved'));
  await change((batch, now) => batchSteps.approve(batch, 'two', now));
  for (const [index, { kind, drawNumber }] of ((await overrides?.()) ?? []).entries()) {
    const correction = { overrideId: `override-${index}`, kind, drawNumber, note: 'Data keliru di Dukcapil' };
    await change((batch, now) => batchSteps.proposeOverride(batch, 'one', correction, now));
    await change((batch, now) => batchSteps.confirmOverride(batch, 'two', correction.overrideId, now));
  }
  await pump.run(at('ordered'));
  await change((batch, now) => {
    const { drawn: made } = batch;
    const overrideCount = batch.overrides.size;
    const stated = {
      ...{ winnerCount: made?.winnerCount ?? 0, manifestDigest: made?.manifestDigest ?? '' },
      overrideCount,
    };
    return batchSteps.orderDecree(batch, 'three', { ...stated, openObjections: 0 }, batchId, now);
  });
}

/** From the published draw to the announcement. */
export async function announced(life: Life): Promise<Batch> {
  await ordered(life);
  await life.pump.run(at('announced'));
  return batchOf(life.table, life.batchId);
}

/** From the announcement until the deadline has passed. */
export async function reconciled({ table, pump, batchId }: Life): Promise<Batch> {
  await pump.run(at('over'));
  return batchOf(table, batchId);
}

/** The draw repeated by a program of its own, from the published files alone. */
export async function verified({ files }: Pick<Moment, 'files'>, batchId: string): Promise<Verdict> {
  const folder = await mkdtemp(joinPath(tmpdir(), 'draw-'));
  const prefix = `draws/${batchId}/`;
  const { commitmentDigest } = DrawManifest.parse(JSON.parse(String(files.get(`${prefix}${drawFile.manifest}`))));
  // The commitment lies under its digest, and is published under its name.
  const committed = drawFile.commitmentOf(commitmentDigest);
  for (const [key, bytes] of files) {
    if (!key.startsWith(prefix) || key.includes('/work/')) continue;
    const name = key.slice(prefix.length);
    await writeFile(joinPath(folder, name === committed ? drawFile.commitment : name), bytes);
  }
  const verdict = await verifyDraw(joinPath(folder, 'manifest.json'));
  await rm(folder, { recursive: true });
  return verdict;
}
