import { type Release, type Releases, releases as releasesOf } from '#shared/incentive/release.ts';
import {
  approveRelease,
  assignCase as assignCaseRoute,
  cancelRelease,
  holdRelease,
  readRelease,
  readReleaseFile,
  readReleases,
  requestRelease,
  resumeRelease,
} from '#shared/incentive/release-api.ts';
import { type ReleaseFiles, releaseFiles } from '#shared/incentive/release-files.ts';
import { releasesPage } from '#shared/incentive/release-page.ts';
import { approve, assignCase, cancel, hold, request, resume } from '#shared/incentive/release-steps.ts';
import { releaseDetails, releaseView } from '#shared/incentive/release-view.ts';
import { programFiles } from '#shared/platform/files.ts';
import { api, apiGroup, apiPage } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programTable, type Table } from '#shared/table/table.ts';

type Deps = { readonly table: Table; readonly releases: Releases; readonly files: ReleaseFiles };

const addressSeconds = 300;

/** What operators do with releases. Each step is one decision in the release's journal; work follows from there. */
export function manageReleases({ table, releases, files }: Deps) {
  async function known(releaseId: string): Promise<Release> {
    const { state } = await releases.load(releaseId);
    if (!state.requested) throw new Refusal('release_unknown');
    return state;
  }

  const requesting = api(requestRelease, async ({ caller, body: { releaseId, note, ...limits } }) => {
    const by = caller.username;
    const release = await releases.change(releaseId, (before) => request(before, releaseId, by, { note, limits }));
    return releaseView(releaseId, release);
  });
  const approving = api(approveRelease, async ({ caller, path: { releaseId }, body }) =>
    releaseView(releaseId, await releases.change(releaseId, (before) => approve(before, caller.username, body))),
  );
  const holding = api(holdRelease, async ({ caller, path: { releaseId }, body: { reason } }) =>
    releaseView(releaseId, await releases.change(releaseId, (before) => hold(before, caller.username, reason))),
  );
  const resuming = api(resumeRelease, async ({ caller, path: { releaseId } }) =>
    releaseView(releaseId, await releases.change(releaseId, (before) => resume(before, caller.username))),
  );
  const cancelling = api(cancelRelease, async ({ caller, path: { releaseId }, body: { reason } }) =>
    releaseView(releaseId, await releases.change(releaseId, (before) => cancel(before, caller.username, reason))),
  );
  const listing = api(readReleases, ({ query: { cursor } }) => releasesPage(table, releases, cursor));
  const reading = api(readRelease, async ({ path: { releaseId } }) => {
    const release = await known(releaseId);
    const found = release.closed ?? release.checked;
    return releaseDetails(releaseId, release, found ? await files.open(releaseId, found.round) : []);
  });
  const assigning = api(assignCaseRoute, async ({ caller, path: { releaseId, reference }, body }) => {
    const { prepared } = await known(releaseId);
    if (!prepared) throw new Refusal('release_state', 'The list of the release is not there yet');
    if (!(await files.find({ releaseId, listDigest: prepared.listDigest }, reference)))
      throw new Refusal('payout_unknown');
    const { cases } = await releases.change(releaseId, (before) =>
      assignCase(before, caller.username, { reference, ...body }),
    );
    const assigned = cases.get(reference);
    if (!assigned) throw new Error('release.case_missing');
    return { ...assigned, at: assigned.at.toISOString() };
  });
  const leading = apiPage(readReleaseFile, async ({ caller, path: { releaseId, chunk } }) => {
    const { prepared } = await known(releaseId);
    if (!prepared || Number(chunk) >= prepared.chunkCount)
      throw new Refusal('release_state', 'The release has no such file');
    logger.info('release.file_read', { by: caller.username, releaseId, chunk });
    const list = { releaseId, listDigest: prepared.listDigest };
    const location = await files.chunkAddress(list, Number(chunk), addressSeconds);
    return { statusCode: readReleaseFile.status, headers: { location, 'cache-control': 'no-store' } };
  });

  return apiGroup([
    [requestRelease, requesting],
    [readReleases, listing],
    [readRelease, reading],
    [approveRelease, approving],
    [holdRelease, holding],
    [resumeRelease, resuming],
    [cancelRelease, cancelling],
    [assignCaseRoute, assigning],
    [readReleaseFile, leading],
  ]);
}

const table = programTable();
export const handler = manageReleases({ table, releases: releasesOf(table), files: releaseFiles(programFiles()) });
