import { releaseMessage } from '#shared/incentive/payout-queues.ts';
import { isFirstIncentive } from '#shared/incentive/prepare-release.ts';
import type { Releases } from '#shared/incentive/release.ts';
import type { ReleaseFiles } from '#shared/incentive/release-files.ts';
import { announcementAt, recordAnnouncement, surveyToAnnounce } from '#shared/incentive/release-progress.ts';
import type { Participants } from '#shared/journal/participant.ts';
import type { NoticeMessage } from '#shared/operations/messages.ts';
import type { Outgoing, Queues } from '#shared/platform/queues.ts';
import { slices } from '#shared/platform/slices.ts';

type Deps = {
  readonly releases: Releases;
  readonly participants: Pick<Participants, 'load'>;
  readonly files: ReleaseFiles;
  readonly queues: Queues;
  readonly now: () => Date;
};

/** Journals loaded at a time. */
const loadsAtOnce = 25;

const notice = (body: NoticeMessage): Outgoing => ({ queue: 'messageQueueUrl', body });

/** Tells those whom a release paid their first incentive that a survey is open: see `announcementAt` for when. */
export function surveyAnnouncements({ releases, participants, files, queues, now }: Deps) {
  return {
    /** Has the n-th announcement made for each file of the list. Nothing for one that was made, or is not next. */
    async announce(releaseId: string, number: number): Promise<void> {
      const { prepared, announced } = (await releases.load(releaseId)).state;
      if (!prepared || number !== announced + 1) return;
      const chunks = Array.from({ length: prepared.chunkCount }, (_, chunk) => chunk);
      await queues.send(chunks.map((chunk) => releaseMessage({ step: 'survey_chunk', releaseId, chunk, number })));
      await releases.change(releaseId, (before, at) => recordAnnouncement(before, number, at), now);
    },

    /** Makes the n-th announcement to those of one file. */
    async announceToChunk(releaseId: string, chunk: number, number: number): Promise<void> {
      const { state } = await releases.load(releaseId);
      if (!state.prepared) return;
      const until = announcementAt(state, number);
      if (!until) return;
      const since = announcementAt(state, number - 1);
      const payouts = await files.chunk({ releaseId, listDigest: state.prepared.listDigest }, chunk);
      for (const group of slices(payouts.filter(isFirstIncentive), loadsAtOnce)) {
        const notices = await Promise.all(
          group.map(async ({ participantId }) => {
            const file = (await participants.load(participantId)).state;
            const survey = surveyToAnnounce(file, since, until, now());
            return survey === null ? [] : notice({ notice: 'survey_open', participantId, number: survey });
          }),
        );
        await queues.send(notices.flat());
      }
    },
  };
}
