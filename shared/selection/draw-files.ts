import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { Digest, digestOf } from '#shared/platform/digest.ts';
import { type Files, json, keysUnder, readJson, writeOnce } from '#shared/platform/files.ts';
import { type DrawCommitment, DrawManifest, type PublishedFile } from '#shared/selection/draw/manifest.ts';
import { ResultGroup } from '#shared/selection/draw/result-group.ts';

/** What is done in parts: a mark for each part that is done. */
export type Stage = 'screened' | 'published' | 'decreed' | 'revoked';

const Count = z.int().check(z.gte(0));
const Counts = z.record(z.string(), Count);

/** What the screening of one shard came to. */
export const ScreenedShard = z.strictObject({
  file: z.string(),
  sha256: Digest,
  count: Count,
  groupRoots: z.array(Digest),
  provinces: Counts,
  regencies: Counts,
  strata: Counts,
  refused: Counts,
  refusedFile: z.string(),
  /** Digests of the files of decisions, by group in order; shards of before they were kept have none. */
  decisions: z.optional(z.array(Digest)),
});
export type ScreenedShard = z.infer<typeof ScreenedShard>;

/** Whom the screening refused, and why, ascending by draw number. */
export const RefusedApplicants = z.array(z.tuple([z.string(), z.string()]));

/** What the decree of one chunk came to. */
export const DecreedChunk = z.strictObject({
  decreed: z.array(z.strictObject({ drawNumber: z.string(), provinceCode: z.string(), regencyCode: z.string() })),
  /** Places that fell free, in the province of who would have had them. */
  vacant: z.array(z.strictObject({ drawNumber: z.string(), provinceCode: z.string(), reason: z.string() })),
});
export type DecreedChunk = z.infer<typeof DecreedChunk>;

/** What the purchase deadline did to one chunk. */
export const RevokedChunk = z.strictObject({ kept: Count, revoked: Count, returnedRupiah: Count, freePlaces: Counts });

/** Draw numbers by province, in the order in which places are offered. */
export const WaitingLists = z.record(z.string(), z.array(z.string()));
export type WaitingLists = z.infer<typeof WaitingLists>;

/** One round of promotions, as it is published. */
export const Promotions = z.strictObject({
  batchId: z.string(),
  round: z.int(),
  promoted: z.array(z.strictObject({ drawNumber: z.string(), provinceCode: z.string() })),
});

export const drawFile = {
  commitment: 'commitment.json',
  /** Where it lies: the journal says which one it is. */
  commitmentOf: (digest: string): string => `commitment-${digest.slice(0, 16)}.json`,
  manifest: 'manifest.json',
  signature: 'signature.json',
  winners: 'winners.bin',
  outcomes: (digits: string): string => `outcomes-${digits}.bin`,
  /** Named by its content: two runs of one screening never write over each other's list. */
  list: (digits: string, digest: string): string => `list-${digits}-${digest.slice(0, 16)}.bin`,
  result: (digits: string): string => `result-${digits}.json`,
  promotions: (round: number): string => `promotions-${round}.json`,
  overrides: 'overrides.json',
  overridesSignature: 'overrides-signature.json',
  decreeList: 'decree.csv',
  decree: 'decree.pdf',
} as const;

/** More parts than any stage has. */
const maxParts = 100_000;

/** The digits of all parts that begin a hex number: `0` to `f`, or `00` to `ff`. */
export function allDigits(length: number): string[] {
  return Array.from({ length: 16 ** length }, (_, index) => index.toString(16).padStart(length, '0'));
}

/**
 * The files of one batch's draw, under `draws/<batch>/`. What stands there is published, by the names in docs/draw.md; what the workers keep for
 * each other lies below `work/`.
 */
export function drawFiles(files: Files, batchId: string) {
  const key = (name: string) => `draws/${batchId}/${name}`;
  const mark = (stage: Stage, part: string) => key(`work/${stage}/${part}.json`);

  return {
    put: (name: string, body: string | Uint8Array, type: string): Promise<void> => files.put(key(name), body, type),

    /** Writes a published text unless it is there; answers what is there then. */
    once: (name: string, text: string): Promise<string> => writeOnce(files, key(name), text, json),

    text: async (name: string): Promise<string | null> => (await files.read(key(name)))?.text ?? null,

    /** A whole file; null where there is none. */
    async maybeBytes(name: string): Promise<Buffer | null> {
      const stored = await files.stream(key(name));
      if (!stored) return null;
      const pieces: Uint8Array[] = [];
      for await (const piece of stored.pieces()) pieces.push(piece);
      return Buffer.concat(pieces);
    },

    async bytes(name: string): Promise<Buffer> {
      const bytes = await this.maybeBytes(name);
      if (!bytes) throw new Error('draw.file_missing');
      return bytes;
    },

    /** The bytes of several files, one after the other. @throws Error `draw.file_differs` behind one that is not what its entry says. */
    async *pieces(entries: readonly PublishedFile[]): AsyncGenerator<Uint8Array> {
      for (const { file, sha256 } of entries) {
        const stored = await files.stream(key(file));
        if (!stored) throw new Error('draw.file_missing');
        const digest = createHash('sha256');
        for await (const piece of stored.pieces()) {
          digest.update(piece);
          yield piece;
        }
        if (digest.digest('hex') !== sha256) throw new Error('draw.file_differs');
      }
    },

    /** A published file that is what its entry says. @throws Error `draw.file_differs`. */
    async checked(entry: PublishedFile): Promise<Buffer> {
      const bytes = await this.bytes(entry.file);
      if (digestOf(bytes) !== entry.sha256) throw new Error('draw.file_differs');
      return bytes;
    },

    /** The mark of a part that is done; the first one stands. */
    async markDone<Schema extends z.ZodMiniType>(stage: Stage, part: string, value: z.infer<Schema>, schema: Schema) {
      const text = await writeOnce(files, mark(stage, part), JSON.stringify(value), json);
      return schema.parse(JSON.parse(text));
    },

    /** The marks of all these parts, in their order. Asserts that each is done. */
    async marksOf<Schema extends z.ZodMiniType>(stage: Stage, parts: readonly string[], schema: Schema) {
      const marks: z.infer<Schema>[] = [];
      for (const part of parts) {
        const done = await readJson(files, mark(stage, part), schema);
        ok(done, 'Every part has its mark');
        marks.push(done);
      }
      return marks;
    },

    markOf: <Schema extends z.ZodMiniType>(stage: Stage, part: string, schema: Schema) =>
      readJson(files, mark(stage, part), schema),

    /** How many parts of a stage are done. */
    async countDone(stage: Stage): Promise<number> {
      let count = 0;
      for await (const keys of keysUnder(files, key(`work/${stage}/`), { limit: maxParts })) count += keys.length;
      return count;
    },

    work: <Schema extends z.ZodMiniType>(name: string, schema: Schema) => readJson(files, key(`work/${name}`), schema),

    /** Everybody's commitment, manifest and result, as they were published. @throws Error where a file is not there. */
    async commitmentText(digest: string): Promise<string> {
      const text = (await files.read(key(drawFile.commitmentOf(digest))))?.text;
      if (!text || digestOf(text) !== digest) throw new Error('draw.commitment_differs');
      return text;
    },
    async manifest(digest: string): Promise<DrawManifest> {
      const text = (await files.read(key(drawFile.manifest)))?.text;
      if (!text || digestOf(text) !== digest) throw new Error('draw.manifest_differs');
      return DrawManifest.parse(JSON.parse(text));
    },
    async resultGroup(digits: string): Promise<ResultGroup> {
      const group = await readJson(files, key(drawFile.result(digits)), ResultGroup);
      if (!group) throw new Error('draw.group_missing');
      return group;
    },

    address: (name: string, seconds: number): Promise<string> => files.address(key(name), seconds),
  };
}
export type DrawFiles = ReturnType<typeof drawFiles>;

/** The part of a chunk of decrees. */
export const chunkPart = (chunk: number): string => String(chunk).padStart(5, '0');
/** Parts of the first so many chunks. */
export const chunkParts = (count: number): string[] => Array.from({ length: count }, (_, chunk) => chunkPart(chunk));
/** Roots of all groups of a list, for the parts of the result to prove themselves. */
export const groupRootsFile = 'work/group-roots.bin';
/** Draw numbers by province, in the order in which places are offered. */
export const waitingFile = 'work/waiting.json';

/** The committed list as the draw reads it. */
export function committedList(files: DrawFiles, { list }: Pick<DrawCommitment, 'list'>) {
  return { ...list, pieces: () => files.pieces(list.files) };
}

/** Winners of one worker's run: a few writes each, well inside a worker's life. */
export const winnersPerChunk = 500;
