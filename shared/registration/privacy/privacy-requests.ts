import { openPayouts, owedRupiah } from '#shared/incentive/incentive.ts';
import type { Decision } from '#shared/journal/journal.ts';
import type { Participant } from '#shared/journal/participant.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { checkConsent } from '#shared/registration/privacy/consent.ts';
import {
  type Privacy,
  type PrivacyEvent,
  type PrivacyRequest,
  type PrivacyRequestKind,
  stands,
} from '#shared/registration/privacy/privacy.ts';
import { retentionOf } from '#shared/registration/privacy/retention.ts';
import { standing } from '#shared/registration/registration.ts';
import { dueEntry, dueKinds, lookups, shardOf } from '#shared/table/keys.ts';

const hourMilliseconds = 3_600_000;

/** Hours by which a request is carried out: 3 x 24 (UU PDP 27/2022 art. 40 and 41). */
export const limitHours = 72;
/** Hours in which an erasure can be taken back. A day is left between it and the limit, for whatever fails. */
export const reflectionHours = 48;
/** From here on a request that is still open is late enough to call somebody. */
const lateHours = 60;
/** Requests in a lifetime: a journal has an end. */
const maxRequests = 50;

/** Why a person cannot be erased just now. */
export type ErasureObstacle = 'payout_open' | 'purchase_open' | 'receivable_open' | 'hold_open' | 'draw_open';

/** Money that is on its way, a debt, a running check, or a draw that is not decided: what the program cannot finish without the person. */
function erasureObstacles(
  { incentives, purchases }: Participant,
  { drawIsOpen, now }: { readonly drawIsOpen: boolean; readonly now: Date },
): ErasureObstacle[] {
  const { receivable, holds } = incentives;
  const is: Readonly<Record<ErasureObstacle, boolean>> = {
    payout_open: openPayouts(incentives).length > 0,
    purchase_open: purchases.open !== null && now.toISOString() <= purchases.open.expiresAt,
    receivable_open: receivable !== null && owedRupiah(receivable) > 0,
    hold_open: holds.size > 0,
    draw_open: drawIsOpen,
  };
  const order: readonly ErasureObstacle[] = [
    'payout_open',
    'purchase_open',
    'receivable_open',
    'hold_open',
    'draw_open',
  ];
  return order.filter((obstacle) => is[obstacle]);
}

type Asking = {
  readonly participantId: string;
  readonly requestId: string;
  readonly kind: PrivacyRequestKind;
  /** Whether a batch that was joined is not over. */
  readonly drawIsOpen: boolean;
  readonly now: Date;
};

/**
 * Takes a request and restricts processing with it at once; an erasure waits for its time. Nothing for a repeat.
 * @throws Refusal `not_registered`, `person_erased`, `privacy_request_exists`, `attempts_exceeded`, `erasure_blocked` with its obstacles.
 */
export function ask(
  file: Participant,
  { participantId, requestId, kind, drawIsOpen, now }: Asking,
): Decision<PrivacyEvent> {
  const { registration, privacy } = file;
  const earlier = privacy.requests.get(requestId);
  if (earlier?.kind === kind) return { events: [] };
  if (earlier) throw new Refusal('privacy_request_exists');
  standing(registration);
  const isAsked = [...privacy.requests.values()].some((request) => request.kind === kind && stands(request));
  if (isAsked) throw new Refusal('privacy_request_exists');
  if (privacy.requests.size >= maxRequests) throw new Refusal('attempts_exceeded');
  const obstacles = kind === 'erasure' ? erasureObstacles(file, { drawIsOpen, now }) : [];
  if (obstacles.length > 0) throw new Refusal('erasure_blocked', undefined, obstacles);
  const dueUntil = hoursAfter(now, limitHours);
  return {
    events: [
      { type: 'PrivacyRequested', requestId, kind, dueUntil: dueUntil.toISOString() },
      { type: 'ProcessingRestricted', requestId },
    ],
    index: {
      lookup: lookups.privacyRequests(wibDay(now)),
      lookupSort: `${now.toISOString()}#${participantId}#${requestId}`,
      ...(kind === 'erasure' &&
        dueEntry(shardOf(participantId), hoursAfter(now, reflectionHours), dueKinds.privacy, requestId)),
    },
  };
}

/** One of the requests. @throws Refusal `privacy_request_unknown`. */
export function requestOf({ requests }: Privacy, requestId: string): PrivacyRequest {
  const request = requests.get(requestId);
  if (!request) throw new Refusal('privacy_request_unknown');
  return request;
}

/** The citizen takes a request back. Nothing for a repeat. @throws Refusal `privacy_request_unknown`, `privacy_request_ended`. */
export function takeBack({ privacy }: Participant, requestId: string): Decision<PrivacyEvent> {
  const request = requestOf(privacy, requestId);
  if (request.lifted) return { events: [] };
  // Consent that was withdrawn is given again by agreeing to the text in force.
  if (!stands(request) || request.kind === 'withdrawal') throw new Refusal('privacy_request_ended');
  return { events: [{ type: 'RestrictionLifted', requestId, by: 'citizen' }] };
}

/** Consent to the text in force. Nothing for a repeat. @throws Refusal `not_registered`, `person_erased`, `consent_missing`. */
export function consent({ registration, privacy }: Participant, version: string, now: Date): Decision<PrivacyEvent> {
  standing(registration);
  checkConsent(version, now);
  if (privacy.consentVersion === version) return { events: [] };
  return { events: [{ type: 'ConsentGiven', consentVersion: version }] };
}

type Lifting = { readonly requestId: string; readonly by: string; readonly note: string };

/**
 * An operator proposes to lift a restriction that its citizen cannot lift, by somebody's word at a counter; another one lifts it. A
 * withdrawal or an erasure is the citizen's alone. Nothing for a repeat.
 * @throws Refusal `privacy_request_unknown`, `privacy_request_ended`.
 */
export function lift({ privacy }: Participant, { requestId, by, note }: Lifting): Decision<PrivacyEvent> {
  const request = requestOf(privacy, requestId);
  if (request.lifted) return { events: [] };
  if (!stands(request) || request.kind !== 'restriction') throw new Refusal('privacy_request_ended');
  if (!request.proposed) return { events: [{ type: 'RestrictionLiftProposed', requestId, note, by }] };
  if (request.proposed.by === by) return { events: [] };
  return { events: [{ type: 'RestrictionLifted', requestId, by }] };
}

/**
 * Decides an erasure whose time has come: final, or refused for what has come up since it was asked for. Nothing when it was taken
 * back, decided, or is not due.
 */
export function eraseDue(file: Participant, requestId: string, now: Date): Decision<PrivacyEvent> {
  const request = file.privacy.requests.get(requestId);
  const isDue =
    request?.kind === 'erasure' && stands(request) && now >= hoursAfter(request.requestedAt, reflectionHours);
  if (!isDue) return { events: [] };
  // No draw can have begun under the restriction that came with the request.
  const reasons = erasureObstacles(file, { drawIsOpen: false, now });
  if (reasons.length > 0) return { events: [{ type: 'ErasureRefused', requestId, reasons }] };
  const { rule } = retentionOf(file.membership.decreed !== null);
  return { events: [{ type: 'PersonErased', requestId, retention: rule }] };
}

/** Records that everything is destroyed. Nothing for a repeat. */
export function completeErasure({ privacy }: Participant, requestId: string): Decision<PrivacyEvent> {
  const request = privacy.requests.get(requestId);
  if (!request?.erasedAt || request.completedAt) return { events: [] };
  return { events: [{ type: 'ErasureCompleted', requestId }] };
}

export type RequestState = 'open' | 'in_force' | 'lifted' | 'refused' | 'erased' | 'completed';

/** Where a request stands. `open`: it has to be carried out by its limit; `in_force`: processing is restricted because of it. */
export function requestState({ kind, lifted, refused, erasedAt, completedAt }: PrivacyRequest): RequestState {
  if (completedAt) return 'completed';
  if (erasedAt) return 'erased';
  if (refused) return 'refused';
  if (lifted) return 'lifted';
  return kind === 'erasure' ? 'open' : 'in_force';
}

/** Whether something is still to be done for a request. */
export const isOutstanding = (request: PrivacyRequest): boolean => ['open', 'erased'].includes(requestState(request));

/** Whether a request that is not done is so late that somebody has to look. */
export const isLate = (request: PrivacyRequest, now: Date): boolean =>
  isOutstanding(request) && now >= hoursAfter(request.requestedAt, lateHours);

export function hoursAfter(from: Date, hours: number): Date {
  return new Date(from.getTime() + hours * hourMilliseconds);
}
