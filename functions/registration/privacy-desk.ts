import { type Participants, participants } from '#shared/journal/participant.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { sealingKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { newestAt, type SealingKeys } from '#shared/platform/sealing-keys.ts';
import { dayMilliseconds, wibDay } from '#shared/platform/wib.ts';
import { type Accesses, accesses } from '#shared/registration/privacy/accesses.ts';
import { breachReport, maxBreachDays, minutesUntil } from '#shared/registration/privacy/breach.ts';
import {
  liftRestriction,
  listPrivacyRequests,
  readSealingKeys,
  reportBreach,
} from '#shared/registration/privacy/privacy-api.ts';
import { isLate, isOutstanding, lift, requestOf } from '#shared/registration/privacy/privacy-requests.ts';
import { requestView } from '#shared/registration/privacy/privacy-view.ts';
import { type RequestLists, requestLists } from '#shared/registration/privacy/request-lists.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly lists: RequestLists;
  readonly accesses: Accesses;
  readonly sealing: () => Promise<SealingKeys>;
};

/** What operators do about citizens' data: what is asked for and how much time is left, lifting, and what a breach reached. */
export function servePrivacyDesk({ participants, lists, accesses, sealing }: Deps) {
  const listing = api(listPrivacyRequests, async ({ now, query: { day = wibDay(now), after } }) => {
    const page = await lists.of(day, after);
    const requests = await Promise.all(
      page.entries.map(async ({ participantId, requestId }) => {
        const { privacy } = (await participants.load(participantId)).state;
        const request = requestOf(privacy, requestId);
        const minutesLeft = isOutstanding(request) ? minutesUntil(request.dueUntil, now) : null;
        return { participantId, ...requestView(request), minutesLeft, isLate: isLate(request, now) };
      }),
    );
    return { day, requests, after: page.after };
  });

  const lifting = api(liftRestriction, async ({ caller, path: { participantId, requestId }, body: { note } }) => {
    const by = caller.username;
    const { privacy } = await participants.change(participantId, (file) => lift(file, { requestId, by, note }));
    return requestView(requestOf(privacy, requestId));
  });

  const reporting = api(reportBreach, async ({ now, query }) => {
    const [from, until, knownAt] = [new Date(query.from), new Date(query.until), new Date(query.knownAt)];
    const isTooLong = until.getTime() - from.getTime() > (maxBreachDays - 1) * dayMilliseconds;
    if (until < from || isTooLong) throw new Refusal('request_invalid', undefined, ['until']);
    return breachReport(accesses, { from, until, knownAt, now, operator: query.operator });
  });

  const keys = api(readSealingKeys, async ({ now }) => {
    const versions = await sealing();
    return {
      sealsWith: newestAt(versions, now).version,
      versions: versions.map(({ version, from }) => ({ version, from })),
    };
  });

  return apiGroup([
    [listPrivacyRequests, listing],
    [liftRestriction, lifting],
    [reportBreach, reporting],
    [readSealingKeys, keys],
  ]);
}

const table = programTable();
export const handler = servePrivacyDesk({
  participants: participants(table),
  lists: requestLists(table),
  accesses: accesses(table),
  sealing: sealingKeys,
});
