import {
  type Break,
  BreaksFile,
  type Closing,
  type Closings,
  closeDay as close,
  closings,
  explain,
  requestClosing,
} from '#shared/incentive/reconciliation/closing.ts';
import { closingView } from '#shared/incentive/reconciliation/closing-view.ts';
import * as endpoints from '#shared/incentive/reconciliation/closings-api.ts';
import { daysBeside } from '#shared/incentive/reconciliation/days-beside.ts';
import { closingIdOf, reconciliationFile } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { statementsOfDay } from '#shared/incentive/reconciliation/statements-of-day.ts';
import { type Files, programFiles, readJson } from '#shared/platform/files.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly closings: Closings;
  readonly files: Files;
  /** Ids of the statements received for a partner's day. */
  readonly statementsOfDay: (partnerCode: string, day: string) => Promise<string[]>;
};

/** What operators do with a partner's day: have it compared, read and explain its breaks, close it. */
export function closeDays({ closings, files, statementsOfDay }: Deps) {
  async function breaksOf({ run, requested }: Closing): Promise<Break[]> {
    if (!run || !requested) return [];
    const key = reconciliationFile.breaks(requested.partnerCode, requested.day, run.digest);
    const breaks = await readJson(files, key, BreaksFile);
    if (!breaks) throw new Error('closing.file_missing');
    return breaks;
  }

  async function statementsBeside(partnerCode: string, day: string): Promise<string[]> {
    const found = await Promise.all(daysBeside(day).map((each) => statementsOfDay(partnerCode, each)));
    return found.flat();
  }

  const running = api(endpoints.runClosing, async ({ caller: { username: by }, body: { partnerCode, day }, now }) => {
    const statementIds = await statementsBeside(partnerCode, day);
    const closing = await closings.change(closingIdOf(partnerCode, day), (before, at) =>
      requestClosing(before, { partnerCode, day, statementIds, by }, at),
    );
    return closingView(closing, await breaksOf(closing), undefined, now);
  });

  const reading = api(endpoints.readClosing, async ({ path: { partnerCode, day }, query: { cursor }, now }) => {
    const { state: closing } = await closings.load(closingIdOf(partnerCode, day));
    return closingView(closing, await breaksOf(closing), cursor, now);
  });

  const explaining = api(endpoints.explainBreak, async ({ caller: { username: by }, path, body: { note } }) => {
    const { partnerCode, day, breakKey: key } = path;
    await closings.change(closingIdOf(partnerCode, day), async (before) =>
      explain(before, await breaksOf(before), { key, note }, by),
    );
    return { key, note, by };
  });

  const closing = api(endpoints.closeDay, async ({ caller: { username: by }, path: { partnerCode, day }, now }) => {
    const statementIds = await statementsBeside(partnerCode, day);
    const closed = await closings.change(closingIdOf(partnerCode, day), async (before) =>
      close(before, await breaksOf(before), statementIds, by),
    );
    return closingView(closed, await breaksOf(closed), undefined, now);
  });
  return apiGroup([
    [endpoints.runClosing, running],
    [endpoints.readClosing, reading],
    [endpoints.explainBreak, explaining],
    [endpoints.closeDay, closing],
  ]);
}

const table = programTable();
export const handler = closeDays({
  closings: closings(table),
  files: programFiles(),
  statementsOfDay: (partnerCode, day) => statementsOfDay(table, partnerCode, day),
});
