import { type Reason, reasonOf } from '#shared/registration/eligibility/reasons.ts';
import type { Batch } from '#shared/selection/batch.ts';
import type { OutcomeKind } from '#shared/selection/draw/result-group.ts';
import type { DrawFiles } from '#shared/selection/draw-files.ts';

type Outcome = {
  readonly outcome: OutcomeKind | 'pending' | 'refused' | 'absent';
  readonly number: number | null;
  readonly reason: Reason | null;
};

const pending: Outcome = { outcome: 'pending', number: null, reason: null };

/** What came of a draw number, from the published file of its group: nothing is written down for those who lose. */
export async function outcomeIn(batch: Batch, files: DrawFiles, drawNumber: string): Promise<Outcome> {
  const { screening, published } = batch;
  if (!screening || !published) return pending;
  const group = await files.resultGroup(drawNumber.slice(0, screening.groupDigits));
  const refused = group.refused.find(([number]) => number === drawNumber);
  if (refused) return { outcome: 'refused', number: null, reason: reasonOf(refused[1]) };
  const found = group.applicants.find(([record]) => record.startsWith(drawNumber));
  // Joined, and in no list: that is what the ground `not_in_list` of an objection is for.
  if (!found) return { outcome: 'absent', number: null, reason: null };
  const [, outcome, number] = found;
  return { outcome, number: number > 0 ? number : null, reason: null };
}
