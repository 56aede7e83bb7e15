import { ok } from 'node:assert/strict';
import type { Participants } from '#shared/journal/participant.ts';
import { slices } from '#shared/platform/slices.ts';
import { type DecisionRecord, replay } from '#shared/registration/eligibility/replay.ts';
import type { ReplayedGroup } from '#shared/registration/eligibility/replay-api.ts';
import type { Applicants } from '#shared/selection/applicants.ts';
import type { Batch } from '#shared/selection/batch.ts';
import { decisionsDigest, decisionsOf } from '#shared/selection/decision-files.ts';
import { allDigits, type DrawFiles, ScreenedShard } from '#shared/selection/draw-files.ts';
import { joiningOf } from '#shared/selection/own-decisions.ts';

type With = { readonly participants: Participants; readonly applicants: Applicants };

/** Journals that are loaded at a time. */
const atOnce = 32;
/** Differences that one answer tells; whoever has more has another question. */
const maxTold = 100;

/** Makes every recorded decision about a group of a screened batch again: those that joinings bear, and those that the screening kept. */
export async function replayGroup(
  { participants, applicants }: With,
  batch: Batch,
  files: DrawFiles,
  group: string,
): Promise<ReplayedGroup> {
  const { created, screening } = batch;
  ok(created && screening, 'A screened batch was cut');
  const batchId = String(created.number);
  const differences: ReplayedGroup['differences'] = [];
  const tallyOf = (stage: 'joining' | 'screening') => {
    const tally = { count: 0, differingCount: 0 };
    const again = (drawNumber: string, record: DecisionRecord) => {
      tally.count += 1;
      const found = replay(record);
      if (!found) return;
      tally.differingCount += 1;
      const { rules, recorded, recomputed } = found;
      if (differences.length < maxTold)
        differences.push({
          drawNumber,
          stage,
          rules,
          recorded: [...recorded],
          recomputed: recomputed && [...recomputed],
        });
    };
    return { tally, again };
  };

  const [joinings, screenings] = [tallyOf('joining'), tallyOf('screening')];
  const kept = await decisionsOf(files, group, screening);
  const decided = new Set(kept?.decisions.map(({ drawNumber }) => drawNumber));
  let [unrecordedCount, undecidedCount] = [0, 0];
  for await (const page of applicants.under(batchId, group))
    for (const some of slices(page, atOnce)) {
      const loaded = await Promise.all(some.map(({ participantId }) => participants.load(participantId)));
      for (const [index, { drawNumber }] of some.entries()) {
        const application = loaded[index]?.state.membership.applications.get(batchId);
        const joining = application ? joiningOf(application) : null;
        if (joining) joinings.again(drawNumber, joining);
        else unrecordedCount += 1;
        if (kept && !decided.has(drawNumber)) undecidedCount += 1;
      }
    }
  for (const { drawNumber, ...record } of kept?.decisions ?? []) screenings.again(drawNumber, record);
  const all = allDigits(screening.groupDigits);
  return {
    group,
    joinings: joinings.tally,
    screenings: screenings.tally,
    unrecordedCount,
    undecidedCount,
    isIntact: kept?.isIntact ?? null,
    isAnchored: group === all[0] ? await isAnchored(batch, files) : null,
    differences,
    next: all[all.indexOf(group) + 1] ?? null,
  };
}

/** Whether the marks are those that the journal knows; null of a batch of before decisions were kept. */
async function isAnchored({ screening, screened }: Batch, files: DrawFiles): Promise<boolean | null> {
  const digest = screened?.decisionsDigest;
  if (!screening || digest === undefined) return null;
  const marks = await files.marksOf('screened', allDigits(screening.shardDigits), ScreenedShard);
  return decisionsDigest(marks) === digest;
}
