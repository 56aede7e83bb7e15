import { releaseChecks } from '#shared/incentive/check-release.ts';
import { paymentPartners } from '#shared/incentive/payment-partners.ts';
import { payoutLists, waitingSince } from '#shared/incentive/payout-lists.ts';
import { payoutMessage } from '#shared/incentive/payout-queues.ts';
import { isFirstIncentive, releasePreparation } from '#shared/incentive/prepare-release.ts';
import { drawableOf, isWatched, type PreparedList, type Releases, releases } from '#shared/incentive/release.ts';
import { asWaiting, releaseFiles, releaseTurns } from '#shared/incentive/release-files.ts';
import {
  announcementAt,
  dispatch,
  isDispatchDue,
  planSurveys,
  recordAnnouncement,
  surveyToAnnounce,
} from '#shared/incentive/release-progress.ts';
import { type PaymentClient, snapClient } from '#shared/incentive/snap/client.ts';
import { paymentCredentials } from '#shared/incentive/snap/credentials.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { type NoticeMessage, ReleaseMessage } from '#shared/operations/messages.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { logger } from '#shared/platform/observe.ts';
import { type Outgoing, type Queues, queues } from '#shared/platform/queues.ts';
import { slices } from '#shared/platform/slices.ts';
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

const chunksOf = (count: number): number[] => Array.from({ length: count }, (_, chunk) => chunk);
const release = (body: ReleaseMessage): Outgoing => ({ queue: 'releaseQueueUrl', body });
const notice = (body: NoticeMessage): Outgoing => ({ queue: 'messageQueueUrl', body });

/** Journals loaded at a time. */
const loadsAtOnce = 25;

/** Queue `release`: everything that a release needs done, step by step. Each step may come again, and may die anywhere. */
export function runRelease({ releases, participants, files: store, queues, balances, now }: Deps) {
  const files = releaseFiles(store);
  const lists = payoutLists(store);
  const turns = releaseTurns(store);
  const prepareRelease = releasePreparation({ releases, participants, lists, files, turns, queues, now });
  const { check, checkChunk } = releaseChecks({ releases, participants, files, queues, now });

  const load = async (releaseId: string) => (await releases.load(releaseId)).state;
  const chunkOf = (releaseId: string, { listDigest }: PreparedList, chunk: number) =>
    files.chunk({ releaseId, listDigest }, chunk);

  /** Looks at the funds, then lets the dispatcher send a message for each file, or waits for the clock to try again. */
  async function dispatchRelease(releaseId: string): Promise<void> {
    let state = await load(releaseId);
    if (isDispatchDue(state, now())) {
      const ids = (await turns.listed()).filter((other) => other !== releaseId);
      const others = (await Promise.all(ids.map(load))).filter(isWatched);
      const codes = Object.keys(drawableOf(state));
      const held = new Map(await Promise.all(codes.map(async (code) => [code, await balances(code)] as const)));
      const { fundsChecks } = state;
      state = await releases.change(releaseId, (before, at) => dispatch(before, held, others, at), now);
      if (state.fundsChecks > fundsChecks)
        for (const [partnerCode, missingRupiah] of state.fundsShort)
          logger.error('release.funds_short', { releaseId, partnerCode, missingRupiah });
      else logger.info('release.dispatched', { releaseId, state: state.state });
    }
    if (state.dispatchedAt) await releases.change(releaseId, planSurveys, now);
  }

  async function dispatchChunk(releaseId: string, chunk: number, again: boolean): Promise<void> {
    const { state, prepared } = await load(releaseId);
    // Held meanwhile: who resumes it has it dispatched again.
    if (state !== 'dispatched' || !prepared) return;
    const payouts = await chunkOf(releaseId, prepared, chunk);
    await queues.send(
      payouts.map(({ partnerCode, participantId, reference }) =>
        payoutMessage(partnerCode, { step: 'pay', participantId, reference, releaseId, again }),
      ),
    );
  }

  async function announceSurveys(releaseId: string, number: number): Promise<void> {
    const { prepared, announced } = await load(releaseId);
    if (!prepared || number !== announced + 1) return;
    const chunks = chunksOf(prepared.chunkCount);
    await queues.send(chunks.map((chunk) => release({ step: 'survey_chunk', releaseId, chunk, number })));
    await releases.change(releaseId, (before, at) => recordAnnouncement(before, number, at), now);
  }

  async function announceToChunk(releaseId: string, chunk: number, number: number): Promise<void> {
    const state = await load(releaseId);
    if (!state.prepared) return;
    const until = announcementAt(state, number);
    if (!until) return;
    const since = announcementAt(state, number - 1);
    const firsts = (await chunkOf(releaseId, state.prepared, chunk)).filter(isFirstIncentive);
    for (const group of slices(firsts, loadsAtOnce)) {
      const notices = await Promise.all(
        group.map(async ({ participantId }) => {
          const file = (await participants.load(participantId)).state;
          const survey = surveyToAnnounce(file, since, until, now());
          return survey === null ? [] : notice({ notice: 'survey_open', participantId, number: survey });
        }),
      );
      await queues.send(notices.flat());
    }
  }

  /** Lets wait again what a cancelled release did not send, and what a closed one left as a mere claim. */
  async function giveBack(releaseId: string): Promise<void> {
    const { state, prepared, closed } = await load(releaseId);
    if (!prepared || (state !== 'cancelled' && !closed)) return;
    for (const chunk of chunksOf(prepared.chunkCount)) {
      const payouts = closed
        ? (await files.outcome(releaseId, closed.round, chunk)).open.filter((payout) => payout.state === 'claimed')
        : await chunkOf(releaseId, prepared, chunk);
      await lists.leaveWaiting(waitingSince.release(releaseId), payouts.map(asWaiting));
    }
  }

  return worker('runRelease', ReleaseMessage, async (message, deliveries) => {
    const { releaseId } = message;
    switch (message.step) {
      case 'prepare':
        return prepareRelease(releaseId);
      case 'dispatch':
        return dispatchRelease(releaseId);
      case 'dispatch_chunk':
        return dispatchChunk(releaseId, message.chunk, message.again || deliveries > 1);
      case 'check':
        return check(releaseId);
      case 'check_chunk':
        return checkChunk(releaseId, message.chunk, message.round);
      case 'survey':
        return announceSurveys(releaseId, message.number);
      case 'survey_chunk':
        return announceToChunk(releaseId, message.chunk, message.number);
      case 'give_back':
        return giveBack(releaseId);
    }
  });
}

const clients = new Map<string, PaymentClient>(
  Object.values(paymentPartners).map((partner) => [
    partner.code,
    snapClient({ partner, credentials: () => paymentCredentials.of(partner.code) }),
  ]),
);

async function balanceAt(partnerCode: string): Promise<number | null> {
  const result = await clients.get(partnerCode)?.balance();
  return result?.kind === 'known' ? result.availableRupiah : null;
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
