import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { chosenName, Note, Operator } from '#shared/platform/operator.ts';

/**
 * What a citizen asks for: an end of processing (UU PDP 27/2022 art. 9 and 40), a restriction of it (art. 11 and 41), or the erasure
 * of the person (art. 8 and 43).
 */
export const PrivacyRequestKind = z.enum(['withdrawal', 'restriction', 'erasure']);
export type PrivacyRequestKind = z.infer<typeof PrivacyRequestKind>;

/** Chosen by the citizen's client: a retry names the same request. */
export const RequestId = chosenName(36);

/** Consent given anew: to a new version of the text, or after a withdrawal. The first one stands in the registration. */
const ConsentGiven = z.object({ type: z.literal('ConsentGiven'), consentVersion: z.string() });

const PrivacyRequested = z.object({
  type: z.literal('PrivacyRequested'),
  requestId: RequestId,
  kind: PrivacyRequestKind,
  /** 3 x 24 hours after the request: the last instant that the law gives. */
  dueUntil: z.iso.datetime(),
});

/** Nothing new is begun with this person's data from here on: the request is carried out, an erasure's waits for its time. */
const ProcessingRestricted = z.object({ type: z.literal('ProcessingRestricted'), requestId: RequestId });

/** An operator proposes to lift a restriction, another one lifts it. */
const RestrictionLiftProposed = z.object({
  type: z.literal('RestrictionLiftProposed'),
  requestId: RequestId,
  note: Note,
  by: Operator,
});

/** The citizen takes a request back, or two operators lift it. */
const RestrictionLifted = z.object({
  type: z.literal('RestrictionLifted'),
  requestId: RequestId,
  /** `citizen`, or the operator who agreed to the proposal of another. */
  by: Operator,
});

/** What stood in the way of an erasure when its time came. */
const ErasureRefused = z.object({
  type: z.literal('ErasureRefused'),
  requestId: RequestId,
  reasons: z.array(z.string()).check(z.minLength(1), z.maxLength(10)),
});

/** Decided and final: nothing personal is opened from here on. Key, account and files are destroyed because of it. */
const PersonErased = z.object({
  type: z.literal('PersonErased'),
  requestId: RequestId,
  /** Which rule of `retention.ts` says what stays. */
  retention: z.enum(['recipient', 'applicant']),
});

/** The data key, the account and the certificates' files are destroyed. */
const ErasureCompleted = z.object({ type: z.literal('ErasureCompleted'), requestId: RequestId });

export const PrivacyEvent = z.discriminatedUnion('type', [
  ConsentGiven,
  PrivacyRequested,
  ProcessingRestricted,
  RestrictionLiftProposed,
  RestrictionLifted,
  ErasureRefused,
  PersonErased,
  ErasureCompleted,
]);
export type PrivacyEvent = z.infer<typeof PrivacyEvent>;

export type PrivacyRequest = {
  readonly requestId: string;
  readonly kind: PrivacyRequestKind;
  readonly requestedAt: Date;
  readonly dueUntil: Date;
  /** When processing was restricted because of it; null where it never was. */
  readonly restrictedAt: Date | null;
  readonly proposed: { readonly by: string; readonly note: string } | null;
  readonly lifted: { readonly at: Date; readonly by: string } | null;
  readonly refused: { readonly at: Date; readonly reasons: readonly string[] } | null;
  readonly erasedAt: Date | null;
  readonly completedAt: Date | null;
};

export type Privacy = {
  /** Every consent with its time, oldest first. */
  readonly consents: readonly { readonly version: string; readonly at: Date }[];
  /** The version that the person agrees to now; null before the registration and after a withdrawal. */
  readonly consentVersion: string | null;
  /** By the id that the citizen chose. */
  readonly requests: ReadonlyMap<string, PrivacyRequest>;
};

export const noPrivacy: Privacy = { consents: [], consentVersion: null, requests: new Map() };

/** Whether a request stands: it is neither lifted nor refused, and its person is there. */
export const stands = ({ lifted, refused, erasedAt }: PrivacyRequest): boolean => !lifted && !refused && !erasedAt;

/** The requests because of which nothing new is begun. */
export function restrictions({ requests }: Privacy): PrivacyRequest[] {
  return [...requests.values()].filter((request) => request.restrictedAt !== null && stands(request));
}

/** Whether the person was erased and has not registered again since. */
export const isErased = ({ requests, consentVersion }: Privacy): boolean =>
  consentVersion === null && [...requests.values()].some(({ erasedAt }) => erasedAt !== null);

/** What privacy events, and the consent of a registration, do to the file. */
export function evolvePrivacy(
  before: Privacy,
  event: PrivacyEvent | { readonly type: 'PersonRegistered'; readonly consentVersion: string },
  at: Date,
): Privacy {
  switch (event.type) {
    case 'PersonRegistered':
    case 'ConsentGiven': {
      const { consentVersion } = event;
      // Consent after a withdrawal ends the withdrawal.
      const requests = mapped(before.requests, (request) =>
        request.kind === 'withdrawal' && stands(request) ? { ...request, lifted: { at, by: 'citizen' } } : request,
      );
      return { consents: [...before.consents, { version: consentVersion, at }], consentVersion, requests };
    }
    case 'PrivacyRequested': {
      const { requestId, kind, dueUntil } = event;
      ok(!before.requests.has(requestId), 'A request is made once');
      const request = { requestId, kind, requestedAt: at, dueUntil: new Date(dueUntil), ...untouched };
      const consentVersion = kind === 'withdrawal' ? null : before.consentVersion;
      return { ...before, consentVersion, requests: new Map(before.requests).set(requestId, request) };
    }
    case 'ProcessingRestricted':
      return changed(before, event.requestId, { restrictedAt: at });
    case 'RestrictionLiftProposed':
      return changed(before, event.requestId, { proposed: { by: event.by, note: event.note } });
    case 'RestrictionLifted':
      return changed(before, event.requestId, { lifted: { at, by: event.by } });
    case 'ErasureRefused':
      return changed(before, event.requestId, { refused: { at, reasons: event.reasons } });
    case 'PersonErased':
      return { ...changed(before, event.requestId, { erasedAt: at }), consentVersion: null };
    case 'ErasureCompleted':
      return changed(before, event.requestId, { completedAt: at });
  }
}

const untouched = {
  restrictedAt: null,
  proposed: null,
  lifted: null,
  refused: null,
  erasedAt: null,
  completedAt: null,
} as const;

function changed(before: Privacy, requestId: string, change: Partial<PrivacyRequest>): Privacy {
  const request = before.requests.get(requestId);
  ok(request, 'What happens to a request happens after it was made');
  return { ...before, requests: new Map(before.requests).set(requestId, { ...request, ...change }) };
}

function mapped(requests: Privacy['requests'], change: (request: PrivacyRequest) => PrivacyRequest) {
  return new Map([...requests].map(([requestId, request]) => [requestId, change(request)]));
}
