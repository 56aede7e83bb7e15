import * as z from 'zod/mini';
import { openStates } from '#shared/incentive/payout.ts';
import { type WaitingPayout as Waiting, WaitingPayout } from '#shared/incentive/payout-lists.ts';
import type { PreparedList } from '#shared/incentive/release.ts';
import { type ByPartner, ByStanding, Totals } from '#shared/incentive/release-events.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { type Files, json, putJson, readJson } from '#shared/platform/files.ts';

/** A payout of a release, with what its partner takes for it. */
export const ReleasedPayout = z.extend(WaitingPayout, { feeRupiah: z.int().check(z.gte(0)) });
export type ReleasedPayout = z.infer<typeof ReleasedPayout>;
const Chunk = z.array(ReleasedPayout);

/** What a list is made of: one entry for each of its files, in the order of the references. */
const Manifest = z.strictObject({
  releaseId: z.string(),
  chunks: z.array(z.extend(Totals, { firstReference: z.string(), digest: z.string() })),
});
type Manifest = z.infer<typeof Manifest>;

/** What a list was taken from: parts to remove once it stands, and payouts that it leaves to the next release. */
const Taken = z.strictObject({ parts: z.array(z.string()), left: z.array(WaitingPayout) });
type Taken = z.infer<typeof Taken>;

/** An open payout of a release. */
export const OpenPayout = z.strictObject({
  participantId: z.string(),
  reference: z.string(),
  partnerCode: z.string(),
  amountRupiah: z.int(),
  feeRupiah: z.int(),
  relisted: z.optional(z.literal(true)),
  state: z.enum(openStates),
});
export type OpenPayout = z.infer<typeof OpenPayout>;

/** What one round found of the payouts of one file. */
const ChunkOutcome = z.strictObject({ byStanding: ByStanding, open: z.array(OpenPayout) });
export type ChunkOutcome = z.infer<typeof ChunkOutcome>;

const OpenList = z.array(OpenPayout);

/** Open payouts that operators are shown of one release. */
const maxOpenShown = 500;

const padded = (number: number): string => String(number).padStart(5, '0');

/** Lists lie under their digest: two runs that prepare one release never write over each other's files. */
const releaseFile = {
  folder: (releaseId: string, listDigest: string): string => `payouts/releases/${releaseId}/${listDigest}`,
  chunk: (releaseId: string, listDigest: string, chunk: number): string =>
    `${releaseFile.folder(releaseId, listDigest)}/chunk-${padded(chunk)}.json`,
  manifest: (releaseId: string, listDigest: string): string =>
    `${releaseFile.folder(releaseId, listDigest)}/manifest.json`,
  taken: (releaseId: string, listDigest: string): string => `${releaseFile.folder(releaseId, listDigest)}/taken.json`,
  outcomes: (releaseId: string, round: number): string => `payouts/releases/${releaseId}/rounds/${round}/`,
  outcome: (releaseId: string, round: number, chunk: number): string =>
    `${releaseFile.outcomes(releaseId, round)}outcome-${padded(chunk)}.json`,
  open: (releaseId: string, round: number): string => `payouts/releases/${releaseId}/open-${round}.json`,
} as const;

type OfList = { readonly releaseId: string } & Pick<PreparedList, 'listDigest'>;

/** SHA-256 of the digests of all files, one a line: who approves a list approves each byte of it. */
function listDigestOf(chunkTexts: readonly string[]): string {
  return digestOf(chunkTexts.map(digestOf).join('\n'));
}

/** A release's files: what it pays, what it was taken from, and what each round found. */
export function releaseFiles(files: Files) {
  async function read<Schema extends z.ZodMiniType>(key: string, schema: Schema): Promise<z.infer<Schema>> {
    const found = await readJson(files, key, schema);
    if (found === null) throw new Error('release.file_missing');
    return found;
  }

  /** @throws when it is not what was approved. */
  async function manifest({ releaseId, listDigest }: OfList): Promise<Manifest> {
    const found = await read(releaseFile.manifest(releaseId, listDigest), Manifest);
    const isApproved = digestOf(found.chunks.map(({ digest }) => digest).join('\n')) === listDigest;
    if (!isApproved) throw new Error('release.manifest_differs');
    return found;
  }

  async function chunk(list: OfList, number: number): Promise<ReleasedPayout[]> {
    const expected = (await manifest(list)).chunks[number];
    const file = await files.read(releaseFile.chunk(list.releaseId, list.listDigest, number));
    if (!file || !expected) throw new Error('release.file_missing');
    if (digestOf(file.text) !== expected.digest) throw new Error('release.chunk_differs');
    return Chunk.parse(JSON.parse(file.text));
  }

  return {
    /** Writes a list, each file before whatever names it; answers its digest. */
    async writeList(releaseId: string, chunks: readonly (readonly ReleasedPayout[])[], taken: Taken): Promise<string> {
      const texts = chunks.map((payouts) => JSON.stringify(payouts));
      const listDigest = listDigestOf(texts);
      for (const [number, text] of texts.entries())
        await files.put(releaseFile.chunk(releaseId, listDigest, number), text, json);
      const entries = chunks.map((payouts, number) => ({
        firstReference: payouts[0]?.reference ?? '',
        count: payouts.length,
        sumRupiah: payouts.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0),
        digest: digestOf(texts[number] ?? ''),
      }));
      const stated: Manifest = { releaseId, chunks: entries };
      await putJson(files, releaseFile.manifest(releaseId, listDigest), stated);
      await putJson(files, releaseFile.taken(releaseId, listDigest), taken);
      return listDigest;
    },

    async taken({ releaseId, listDigest }: OfList): Promise<Taken> {
      return read(releaseFile.taken(releaseId, listDigest), Taken);
    },

    /** The payouts of one file. @throws when they are not those that were approved. */
    chunk,

    /** An address at which one file of the list is read for a while. */
    async chunkAddress({ releaseId, listDigest }: OfList, number: number, seconds: number): Promise<string> {
      return files.address(releaseFile.chunk(releaseId, listDigest, number), seconds);
    },

    /** One payout of the list, found by its place in the order; null for one that is not in it. */
    async find(list: OfList, reference: string): Promise<ReleasedPayout | null> {
      const { chunks } = await manifest(list);
      const number = chunks.findLastIndex(({ firstReference }) => firstReference <= reference);
      if (number < 0) return null;
      return (await chunk(list, number)).find((payout) => payout.reference === reference) ?? null;
    },

    async leaveOutcome(releaseId: string, round: number, number: number, outcome: ChunkOutcome): Promise<void> {
      await putJson(files, releaseFile.outcome(releaseId, round, number), outcome);
    },

    /** Numbers of the files that a round has found something of so far. A release has fewer of them than S3 lists at once. */
    async foundIn(releaseId: string, round: number): Promise<ReadonlySet<number>> {
      const keys = await files.list(releaseFile.outcomes(releaseId, round), 1_000);
      return new Set(keys.map((key) => Number(/(\d+)\.json$/.exec(key)?.[1])));
    },

    async outcome(releaseId: string, round: number, number: number): Promise<ChunkOutcome> {
      return read(releaseFile.outcome(releaseId, round, number), ChunkOutcome);
    },

    /** Leaves what operators are shown of the open payouts. */
    async leaveOpen(releaseId: string, round: number, open: readonly OpenPayout[]): Promise<void> {
      const shown = open.slice(0, maxOpenShown);
      await putJson(files, releaseFile.open(releaseId, round), shown);
    },

    async open(releaseId: string, round: number): Promise<OpenPayout[]> {
      return read(releaseFile.open(releaseId, round), OpenList);
    },
  };
}
export type ReleaseFiles = ReturnType<typeof releaseFiles>;

/** Payouts and fees by partner. */
export function byPartner(
  payouts: readonly Pick<ReleasedPayout, 'partnerCode' | 'amountRupiah' | 'feeRupiah'>[],
): ByPartner {
  const sums: Record<string, ByPartner[string]> = {};
  for (const { partnerCode, amountRupiah, feeRupiah } of payouts) {
    const { count, sumRupiah, feesRupiah } = sums[partnerCode] ?? { count: 0, sumRupiah: 0, feesRupiah: 0 };
    sums[partnerCode] = { count: count + 1, sumRupiah: sumRupiah + amountRupiah, feesRupiah: feesRupiah + feeRupiah };
  }
  return sums;
}

/** A payout as it waits: what a release gives back. */
export function asWaiting({ participantId, reference, partnerCode, amountRupiah, relisted }: Waiting): Waiting {
  return { participantId, reference, partnerCode, amountRupiah, ...(relisted && { relisted }) };
}
