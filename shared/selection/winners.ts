import * as z from 'zod/mini';
import type { Files } from '#shared/platform/files.ts';
import { drawFile } from '#shared/selection/draw-files.ts';

const Chunk = z.array(z.string().check(z.regex(/^[0-9a-f]{64}$/)));

/** The participants of one chunk of winners. */
export async function winnersOf(files: Files, batchId: string, chunk: number): Promise<string[]> {
  const file = await files.read(drawFile.chunk(batchId, chunk));
  if (!file) throw new Error('draw.chunk_missing');
  return Chunk.parse(JSON.parse(file.text));
}
