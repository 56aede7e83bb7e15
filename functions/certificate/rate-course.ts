import { rate } from '#shared/certificate/certificate.ts';
import { rateCourse } from '#shared/certificate/certificate-api.ts';
import { nextClaims } from '#shared/incentive/entitlement.ts';
import {
  evolveParticipant,
  type ParticipantEvent,
  type Participants,
  participants,
} from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { programTable } from '#shared/table/table.ts';

/** POST /v1/ratings: rates and reviews a finished course. Where everything else is there, the incentive is claimed with it. */
export function rateFinishedCourse({ participants }: { readonly participants: Participants }) {
  return api(rateCourse, async ({ caller, body }) => {
    const participantId = caller.username;
    await participants.change(participantId, (file, at) => {
      const { events } = rate(file.certificates, body);
      const rated = events.reduce((before, event) => evolveParticipant(before, event, at), file);
      const claims = events.length > 0 ? nextClaims(participantId, rated, at) : [];
      const all: ParticipantEvent[] = [...events, ...claims];
      return { events: all };
    });
    return { rated: true };
  });
}

export const handler = rateFinishedCourse({ participants: participants(programTable()) });
