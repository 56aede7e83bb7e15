import { surveyAnnouncements } from '#shared/incentive/announce-surveys.ts';
import { releaseChecks } from '#shared/incentive/check-release.ts';
import { releaseDispatch } from '#shared/incentive/dispatch-release.ts';
import { payoutsGivenBack } from '#shared/incentive/give-back-payouts.ts';
import { payoutLists } from '#shared/incentive/payout-lists.ts';
import { releasePreparation } from '#shared/incentive/prepare-release.ts';
import { type Releases, releases } from '#shared/incentive/release.ts';
import { releaseFiles } from '#shared/incentive/release-files.ts';
import { releaseTurns } from '#shared/incentive/release-turns.ts';
import { balanceAt } from '#shared/incentive/snap/clients.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { ReleaseMessage } from '#shared/operations/messages.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { type Queues, queues } from '#shared/platform/queues.ts';
import { worker } from '#shared/platform/worker.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly releases: Releases;
  readonly participants: Pick<Participants, 'load'>;
  readonly files: Files;
  readonly queues: Queues;
  /** What the program's account at a partner holds, in rupiah; null where the partner does not say. */
  readonly balances: (partnerCode: string) => Promise<number | null>;
  readonly now: () => Date;
};

/** Queue `release`: everything that a release needs done, step by step. Each step may come again, and may die anywhere. */
export function runRelease({ files: store, ...deps }: Deps) {
  const ports = { ...deps, files: releaseFiles(store), lists: payoutLists(store), turns: releaseTurns(store) };
  const prepareRelease = releasePreparation(ports);
  const { dispatch, dispatchChunk } = releaseDispatch(ports);
  const { check, checkChunk } = releaseChecks(ports);
  const { announce, announceToChunk } = surveyAnnouncements(ports);
  const giveBack = payoutsGivenBack(ports);

  return worker('runRelease', ReleaseMessage, async (message, deliveries) => {
    const { releaseId } = message;
    switch (message.step) {
      case 'prepare':
        return prepareRelease(releaseId);
      case 'dispatch':
        return dispatch(releaseId);
      case 'dispatch_chunk':
        return dispatchChunk(releaseId, message.chunk, message.again || deliveries > 1);
      case 'check':
        return check(releaseId);
      case 'check_chunk':
        return checkChunk(releaseId, message.chunk, message.round);
      case 'survey':
        return announce(releaseId, message.number);
      case 'survey_chunk':
        return announceToChunk(releaseId, message.chunk, message.number);
      case 'give_back':
        return giveBack(releaseId);
    }
  });
}

const table = programTable();
export const handler = runRelease({
  releases: releases(table),
  participants: participants(table),
  files: programFiles(),
  queues: queues(),
  balances: balanceAt,
  now: () => new Date(),
});
