import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { json } from '#shared/platform/files.ts';
import type { Batch } from '#shared/selection/batch.ts';
import { rootOf } from '#shared/selection/draw/merkle.ts';
import {
  type DrawFiles,
  drawFile,
  groupRootsFile,
  RefusedApplicants,
  ScreenedShard,
} from '#shared/selection/draw-files.ts';
import { groupsOf, resultGroup } from '#shared/selection/draw-shards.ts';

/** A published shard: there is nothing to say of it. */
const Published = z.strictObject({});

/** Writes what one shard publishes of a draw's result, and its mark; a repeat writes the same bytes. */
export async function publishShard(
  { created, drawn, screening }: Batch,
  files: DrawFiles,
  shard: string,
): Promise<void> {
  ok(created && drawn && screening, 'What is published was drawn');
  const done = await files.markOf('screened', shard, ScreenedShard);
  const manifest = await files.manifest(drawn.manifestDigest);
  const [listEntry, outcomesEntry] = [manifest.list.files, manifest.outcomes].map(
    (all) => all[Number.parseInt(shard, 16)],
  );
  ok(done && listEntry && outcomesEntry, 'Every shard was screened and drawn');
  const [list, outcomes, groupRoots, refused] = await Promise.all([
    files.checked(listEntry),
    files.checked(outcomesEntry),
    files.bytes(groupRootsFile),
    files.work(done.refusedFile, RefusedApplicants),
  ]);
  ok(refused, 'Every shard says whom it refused');
  if (rootOf(groupRoots).toString('hex') !== manifest.list.root) throw new Error('draw.file_differs');
  const facts = { batchId: String(created.number), manifestDigest: drawn.manifestDigest };
  for (const group of groupsOf(shard, screening)) {
    const result = resultGroup(group, { ...facts, list, outcomes, groupRoots, refused });
    await files.put(drawFile.result(group), JSON.stringify(result), json);
  }
  await files.markDone('published', shard, {}, Published);
}

/** Whether every shard is published. */
export async function isPublished({ screening }: Batch, files: DrawFiles): Promise<boolean> {
  return (await files.countDone('published')) >= 16 ** (screening?.shardDigits ?? 1);
}
