import { type Participants, participants } from '#shared/journal/participant.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type Accesses, accesses } from '#shared/registration/privacy/accesses.ts';
import { consentInForce } from '#shared/registration/privacy/consent.ts';
import {
  giveConsent,
  readAccesses,
  readConsentText,
  readPrivacy,
  requestPrivacy,
  takeBackRequest,
} from '#shared/registration/privacy/privacy-api.ts';
import { ask, consent, requestOf, takeBack } from '#shared/registration/privacy/privacy-requests.ts';
import { ownPrivacy, requestView } from '#shared/registration/privacy/privacy-view.ts';
import { type Batches, batches as batchesIn, isOver } from '#shared/selection/batch.ts';
import type { Membership } from '#shared/selection/membership.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly batches: Batches; readonly accesses: Accesses };

const accessesPerPage = 50;

/** What citizens do about their own data: consent, withdrawal, restriction, erasure, and who read it. */
export function servePrivacy({ participants, batches, accesses }: Deps) {
  /** Whether a batch that was joined is not over: somebody in its list cannot be erased. */
  async function drawIsOpen({ joined, decreed }: Membership, now: Date): Promise<boolean> {
    if (!joined || decreed?.batchId === joined.batchId) return false;
    return !isOver((await batches.load(joined.batchId)).state, now);
  }

  const reading = api(readPrivacy, async ({ caller, now }) => {
    const { registration, privacy } = (await participants.load(caller.username)).state;
    if (!registration.registered) throw new Refusal('not_registered');
    return ownPrivacy(privacy, now);
  });

  const consenting = api(giveConsent, async ({ caller, now, body: { consentVersion } }) => {
    const file = await participants.change(caller.username, (before, at) => consent(before, consentVersion, at));
    return ownPrivacy(file.privacy, now);
  });

  const asking = api(requestPrivacy, async ({ caller, body: { requestId, kind } }) => {
    const participantId = caller.username;
    const file = await participants.change(participantId, async (before, now) => {
      const isOpen = await drawIsOpen(before.membership, now);
      return ask(before, { participantId, requestId, kind, drawIsOpen: isOpen, now });
    });
    return requestView(requestOf(file.privacy, requestId));
  });

  const takingBack = api(takeBackRequest, async ({ caller, path: { requestId } }) => {
    const file = await participants.change(caller.username, (before) => takeBack(before, requestId));
    return requestView(requestOf(file.privacy, requestId));
  });

  const listing = api(readAccesses, ({ caller, query: { before } }) =>
    accesses.page(caller.username, accessesPerPage, before),
  );

  return apiGroup([
    [readConsentText, api(readConsentText, async ({ now }) => textOf(now))],
    [readPrivacy, reading],
    [giveConsent, consenting],
    [requestPrivacy, asking],
    [takeBackRequest, takingBack],
    [readAccesses, listing],
  ]);
}

function textOf(now: Date) {
  const { version, from, purposes, id, en } = consentInForce(now);
  return { version, from, purposes: [...purposes], id, en };
}

const table = programTable();
export const handler = servePrivacy({
  participants: participants(table),
  batches: batchesIn(table),
  accesses: accesses(table),
});
