import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note } from '#shared/platform/operator.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';
import { PrivacyRequestKind, RequestId } from '#shared/registration/privacy/privacy.ts';

const capability = 'registration';
const own = '/v1/participants/me';
const instant = z.nullable(z.iso.datetime());

const Consent = z.strictObject({ version: z.string(), at: z.iso.datetime() });

export const PrivacyRequestView = z.strictObject({
  requestId: z.string(),
  kind: PrivacyRequestKind,
  state: z.enum(['open', 'in_force', 'lifted', 'refused', 'erased', 'completed']),
  requestedAt: z.iso.datetime(),
  /** 3 x 24 hours after the request. */
  dueUntil: z.iso.datetime(),
  /** Until then an erasure can be taken back; null for other requests. */
  revocableUntil: instant,
  restrictedAt: instant,
  endedAt: instant,
  /** What stood in the way of an erasure. */
  reasons: z.array(z.string()),
  /** Whether an operator proposes to lift it. */
  isLiftProposed: z.boolean(),
});

const OwnPrivacy = z.strictObject({
  consentVersion: z.nullable(z.string()),
  /** The version to agree to; the same as `consentVersion` where nothing is missing. */
  versionInForce: z.string(),
  consents: z.array(Consent),
  isRestricted: z.boolean(),
  requests: z.array(PrivacyRequestView),
});

export const readConsentText = endpoint({
  operation: 'readConsentText',
  capability,
  method: 'GET',
  path: '/v1/consent-text',
  access: 'public',
  summary: 'The text about personal data that is in force: what a citizen agrees to by its version.',
  status: 200,
  answer: z.strictObject({
    version: z.string(),
    from: z.iso.datetime(),
    purposes: z.array(z.string()),
    id: z.string(),
    en: z.string(),
  }),
  refusals: [],
});

export const readPrivacy = endpoint({
  operation: 'readPrivacy',
  capability,
  method: 'GET',
  path: `${own}/privacy`,
  access: 'citizen',
  summary: "The caller's consents, and requests about personal data.",
  status: 200,
  answer: OwnPrivacy,
  refusals: ['not_registered'],
});

export const giveConsent = endpoint({
  operation: 'giveConsent',
  capability,
  method: 'POST',
  path: `${own}/consents`,
  access: 'citizen',
  summary: 'Agrees to the text in force: to a new version, or again after a withdrawal. A repeat changes nothing.',
  body: z.strictObject({ consentVersion: z.string().check(z.minLength(1), z.maxLength(20)) }),
  status: 201,
  answer: OwnPrivacy,
  refusals: ['not_registered', 'person_erased', 'consent_missing', 'conflict_persistent'],
});

export const requestPrivacy = endpoint({
  operation: 'requestPrivacy',
  capability,
  method: 'POST',
  path: `${own}/privacy-requests`,
  access: 'citizen',
  summary:
    'Withdraws the consent, restricts the processing, or asks for erasure. The first two hold at once; an erasure is carried out after two days, within 3 x 24 hours. A repeat changes nothing.',
  body: z.strictObject({ requestId: RequestId, kind: PrivacyRequestKind }),
  status: 202,
  answer: PrivacyRequestView,
  refusals: [
    'not_registered',
    'person_erased',
    'privacy_request_exists',
    'erasure_blocked',
    'attempts_exceeded',
    'conflict_persistent',
  ],
});

export const takeBackRequest = endpoint({
  operation: 'takeBackRequest',
  capability,
  method: 'POST',
  path: `${own}/privacy-requests/{requestId}/cancellation`,
  access: 'citizen',
  summary: 'Lifts a restriction, or takes an erasure back before it is carried out. A repeat changes nothing.',
  pathParameters: z.strictObject({ requestId: RequestId }),
  status: 200,
  answer: PrivacyRequestView,
  refusals: ['privacy_request_unknown', 'privacy_request_ended', 'conflict_persistent'],
});

const Access = z.strictObject({
  accessId: z.string(),
  at: z.iso.datetime(),
  role: z.enum(['operator', 'citizen']),
  by: z.string(),
  kind: z.string(),
  reason: z.string(),
});

const pageSize = 50;

export const readAccesses = endpoint({
  operation: 'readAccesses',
  capability,
  method: 'GET',
  path: `${own}/accesses`,
  access: 'citizen',
  summary: `Who read the caller's data, when and why, the latest first; ${pageSize} at a time.`,
  query: z.strictObject({ before: z.optional(z.string().check(z.regex(/^[\w:.#-]{1,80}$/))) }),
  status: 200,
  answer: z.strictObject({ accesses: z.array(Access), before: z.nullable(z.string()) }),
  refusals: [],
});

export const exportData = endpoint({
  operation: 'exportData',
  capability,
  method: 'GET',
  path: `${own}/export`,
  access: 'citizen',
  summary: 'Everything that is held about the caller, opened for them, as JSON; docs/privacy.md describes its schema.',
  status: 200,
  answer: z.strictObject({
    schema: z.literal('prakerja-export-1'),
    exportedAt: z.iso.datetime(),
    participantId: z.string(),
    person: z.nullable(z.looseObject({ nik: z.string() })),
    payoutAccounts: z.array(z.looseObject({ linkedAt: z.iso.datetime() })),
    consents: z.array(Consent),
    requests: z.array(PrivacyRequestView),
    decisions: z.array(
      z.strictObject({ version: z.int(), at: z.iso.datetime(), events: z.array(z.looseObject({ type: z.string() })) }),
    ),
    notices: z.array(z.strictObject({ at: z.iso.datetime(), notice: z.string() })),
    files: z.array(z.strictObject({ file: z.string(), digest: z.string() })),
    listings: z.array(z.looseObject({})),
    accesses: z.array(Access),
    /** Whether there are accesses before these. */
    hasMoreAccesses: z.boolean(),
  }),
  refusals: ['not_registered', 'person_erased'],
});

export const listPrivacyRequests = endpoint({
  operation: 'listPrivacyRequests',
  capability,
  method: 'GET',
  path: '/v1/privacy-requests',
  access: 'operator',
  summary:
    'Requests about personal data that were made on a day (WIB), today unless it says another, and how much time is left.',
  query: z.strictObject({ day: z.optional(z.iso.date()), after: z.optional(z.string().check(z.maxLength(200))) }),
  status: 200,
  answer: z.strictObject({
    day: z.iso.date(),
    requests: z.array(
      z.strictObject({
        participantId: z.string(),
        ...PrivacyRequestView.shape,
        /** Whole minutes until the limit of what is still to be done, below zero when it is passed; null where nothing is. */
        minutesLeft: z.nullable(z.int()),
        isLate: z.boolean(),
      }),
    ),
    after: z.nullable(z.string()),
  }),
  refusals: [],
});

export const liftRestriction = endpoint({
  operation: 'liftRestriction',
  capability,
  method: 'POST',
  path: '/v1/participants/{participantId}/privacy-requests/{requestId}/lifting',
  access: 'operator',
  summary:
    'Proposes to lift a restriction; lifts it when another operator proposed it before. A repeat changes nothing.',
  pathParameters: z.strictObject({ participantId: ParticipantId, requestId: RequestId }),
  body: z.strictObject({ note: Note }),
  status: 200,
  answer: PrivacyRequestView,
  refusals: ['privacy_request_unknown', 'privacy_request_ended', 'conflict_persistent'],
});

export const reportBreach = endpoint({
  operation: 'reportBreach',
  capability,
  method: 'GET',
  path: '/v1/privacy-breaches',
  access: 'operator',
  summary:
    'Whose data was read in a time, by whom and of which kind, for the report that UU PDP 27/2022 art. 46 asks for within 3 x 24 hours of knowing.',
  query: z.strictObject({
    from: z.iso.datetime(),
    until: z.iso.datetime(),
    operator: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
    /** When the breach became known: the clock runs from then. */
    knownAt: z.iso.datetime(),
  }),
  status: 200,
  answer: z.strictObject({
    from: z.iso.datetime(),
    until: z.iso.datetime(),
    reportUntil: z.iso.datetime(),
    minutesLeft: z.int(),
    readCount: z.int(),
    participantCount: z.int(),
    byKind: z.record(z.string(), z.int()),
    byOperator: z.record(z.string(), z.int()),
    participantIds: z.array(z.string()),
    /** False where there are more reads than one answer counts: ask for shorter times. */
    isComplete: z.boolean(),
  }),
  refusals: [],
});

export const readSealingKeys = endpoint({
  operation: 'readSealingKeys',
  capability,
  method: 'GET',
  path: '/v1/sealing-keys',
  access: 'operator',
  summary: 'The versions of the key that personal data is sealed with, without the keys themselves.',
  status: 200,
  answer: z.strictObject({
    sealsWith: z.int(),
    versions: z.array(z.strictObject({ version: z.int(), from: z.iso.datetime() })),
  }),
  refusals: ['service_unavailable'],
});

export const privacyEndpoints = [
  readConsentText,
  readPrivacy,
  giveConsent,
  requestPrivacy,
  takeBackRequest,
  readAccesses,
];
export const privacyDeskEndpoints = [listPrivacyRequests, liftRestriction, reportBreach, readSealingKeys];
