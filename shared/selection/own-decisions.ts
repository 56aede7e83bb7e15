import { reasonOf } from '#shared/registration/eligibility/reasons.ts';
import type { DecisionRecord } from '#shared/registration/eligibility/replay.ts';
import type { OwnDecision } from '#shared/selection/application-api.ts';
import type { Batch } from '#shared/selection/batch.ts';
import { decisionsOf } from '#shared/selection/decision-files.ts';
import type { DrawFiles } from '#shared/selection/draw-files.ts';
import type { Application } from '#shared/selection/membership.ts';

/** The decision that a joining bears: eligible, or there would be no joining. Null of one of before decisions were kept. */
export function joiningOf({ rules, facts }: Application): DecisionRecord | null {
  return rules !== undefined && facts ? { rules, facts, reasons: [] } : null;
}

/** What was decided about one applicant in a batch. The screening's is told with the result: before that it would say who is in the draw. */
export async function decisionsAbout(
  { application, drawNumber }: { readonly application: Application; readonly drawNumber: string },
  { screening, screened, published }: Batch,
  files: DrawFiles,
): Promise<OwnDecision[]> {
  const joining = joiningOf(application);
  const own = joining ? [viewOf('joining', application.at, joining)] : [];
  if (!screening || !screened || !published) return own;
  const kept = await decisionsOf(files, drawNumber.slice(0, screening.groupDigits), screening);
  // Written over by somebody: nothing of it is the citizen's.
  if (kept && !kept.isIntact) throw new Error('eligibility.file_differs');
  const found = kept?.decisions.find((decision) => decision.drawNumber === drawNumber);
  return found ? [...own, viewOf('screening', screened.at, found)] : own;
}

function viewOf(stage: OwnDecision['stage'], at: Date, { rules, facts, reasons }: DecisionRecord): OwnDecision {
  const eligible = reasons.length === 0;
  return { stage, decidedAt: at.toISOString(), rules, eligible, facts, reasons: reasons.map(reasonOf) };
}
