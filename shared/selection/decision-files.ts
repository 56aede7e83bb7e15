import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import * as z from 'zod/mini';
import { digestOf } from '#shared/platform/digest.ts';
import { DecisionRecord } from '#shared/registration/eligibility/replay.ts';
import { type DrawFiles, ScreenedShard } from '#shared/selection/draw-files.ts';
import { type Cut, groupsOf } from '#shared/selection/draw-shards.ts';

/*
 * What the screening decided about each applicant, and from what: files that are not published, one for each group of a shard, beside the marks of the
 * draw. Applicants are named by their draw numbers; nothing is written into the table for any of them. The digest of each file is in the mark of its
 * shard, and the digest over all of these in the batch's journal.
 */

const compressed = promisify(gzip);
const expanded = promisify(gunzip);

const Kept = z.extend(DecisionRecord, { drawNumber: z.string() });
const KeptDecisions = z.array(Kept);
/** A decision about one applicant of a batch. */
export type KeptDecision = DecisionRecord & { readonly drawNumber: string };

const fileOf = (group: string, digest: string) => `work/eligibility/${group}-${digest.slice(0, 16)}.json.gz`;

/** Writes the decisions about one shard, in order; answers the digest of each group's file. */
export async function keepDecisions(
  files: DrawFiles,
  shard: string,
  cut: Cut,
  decisions: readonly KeptDecision[],
): Promise<string[]> {
  const digests: string[] = [];
  for (const group of groupsOf(shard, cut)) {
    const text = JSON.stringify(decisions.filter(({ drawNumber }) => drawNumber.startsWith(group)));
    const digest = digestOf(text);
    await files.put(fileOf(group, digest), await compressed(text), 'application/gzip');
    digests.push(digest);
  }
  return digests;
}

/** What a file of decisions holds, and whether it is the one of the mark: another one is shown to nobody, but an auditor wants to know where it differs. */
type FoundDecisions = { readonly decisions: readonly KeptDecision[]; readonly isIntact: boolean };

/** The decisions about one group; null of a batch that was screened before they were kept. */
export async function decisionsOf(files: DrawFiles, group: string, cut: Cut): Promise<FoundDecisions | null> {
  const shard = group.slice(0, cut.shardDigits);
  const digest = (await files.markOf('screened', shard, ScreenedShard))?.decisions?.[
    groupsOf(shard, cut).indexOf(group)
  ];
  if (digest === undefined) return null;
  const bytes = await files.maybeBytes(fileOf(group, digest));
  const found = bytes && (await readIn(bytes));
  return found ? { ...found, isIntact: found.digest === digest } : { decisions: [], isIntact: false };
}

/** Null for bytes that are no decisions: somebody wrote over them. */
async function readIn(bytes: Buffer): Promise<{ readonly decisions: KeptDecision[]; readonly digest: string } | null> {
  try {
    const text = (await expanded(bytes)).toString('utf8');
    return { decisions: KeptDecisions.parse(JSON.parse(text)), digest: digestOf(text) };
  } catch {
    return null;
  }
}

/** The digest over the files of all shards, for the batch's journal; undefined where a shard has kept none. */
export function decisionsDigest(shards: readonly Pick<ScreenedShard, 'decisions'>[]): string | undefined {
  const all = shards.map(({ decisions }) => decisions);
  return all.includes(undefined) ? undefined : digestOf(all.flat().join(''));
}
