import type * as z from 'zod/mini';
import { consentInForce } from '#shared/registration/privacy/consent.ts';
import type { Privacy, PrivacyRequest } from '#shared/registration/privacy/privacy.ts';
import type { PrivacyRequestView } from '#shared/registration/privacy/privacy-api.ts';
import { hoursAfter, reflectionHours, requestState } from '#shared/registration/privacy/privacy-requests.ts';
import { isRestricted } from '#shared/registration/privacy/processing.ts';

/** A request as its citizen and operators see it. */
export function requestView(request: PrivacyRequest): z.input<typeof PrivacyRequestView> {
  const { requestId, kind, requestedAt, dueUntil, restrictedAt, lifted, refused, completedAt, proposed } = request;
  const revocableUntil = kind === 'erasure' ? hoursAfter(requestedAt, reflectionHours) : null;
  return {
    requestId,
    kind,
    state: requestState(request),
    requestedAt: requestedAt.toISOString(),
    dueUntil: dueUntil.toISOString(),
    revocableUntil: revocableUntil?.toISOString() ?? null,
    restrictedAt: restrictedAt?.toISOString() ?? null,
    endedAt: (lifted?.at ?? refused?.at ?? completedAt)?.toISOString() ?? null,
    reasons: [...(refused?.reasons ?? [])],
    isLiftProposed: proposed !== null && lifted === null,
  };
}

/** What its citizen sees of consents and requests. */
export function ownPrivacy(privacy: Privacy, now: Date) {
  return {
    consentVersion: privacy.consentVersion,
    versionInForce: consentInForce(now).version,
    consents: consentsOf(privacy),
    isRestricted: isRestricted(privacy),
    requests: [...privacy.requests.values()].map(requestView),
  };
}

export const consentsOf = ({ consents }: Privacy) =>
  consents.map(({ version, at }) => ({ version, at: at.toISOString() }));
