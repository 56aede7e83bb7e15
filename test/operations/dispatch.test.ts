import '#test/platform/environment.ts';
import { describe, expect, it } from 'vitest';
import { dispatchEvents } from '#functions/operations/dispatch-events.ts';
import { payoutReference } from '#shared/incentive/payout.ts';
import { ReleaseEvent } from '#shared/incentive/release-events.ts';
import type { JournalRecord } from '#shared/journal/journal-record.ts';
import { ParticipantEvent } from '#shared/journal/participant.ts';
import { messagesFor, messagesForListing } from '#shared/operations/dispatch.ts';
import {
  CertificateMessage,
  DeadlineMessage,
  DecreeMessage,
  DrawMessage,
  FeedMessage,
  IdentityMessage,
  IncentiveMessage,
  ListingMessage,
  NoticeMessage,
  PayoutListMessage,
  PrivacyMessage,
  ReleaseMessage,
  ScreeningMessage,
} from '#shared/operations/messages.ts';
import { noticeAfter } from '#shared/operations/notice-kinds.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { FeedEvent } from '#shared/registration/feeds/feed.ts';
import { BatchEvent, BatchTerms } from '#shared/selection/batch-events.ts';
import { citizen, journeyUntil, purchaseIdOf, start } from '#test/journal/citizen.ts';
import { lambdaContext } from '#test/platform/events.ts';
import { streamEvent } from '#test/table/stream-records.ts';

const { participantId } = citizen();
const legs = [
  { account: 'treasury', rupiah: -1 },
  { account: 'returned', rupiah: 1 },
] as const;
const purchaseId = purchaseIdOf(1);
const codeId = purchaseIdOf(9);
const digest = 'd'.repeat(64);
const feedId = 'fe'.repeat(16);
const bytes = new Uint8Array([1]);
const reference = payoutReference({ participantId, kind: 'training', number: 2, attempt: 1 });
const payout = { kind: 'training', number: 2, reference } as const;
const paidLegs = [
  { account: 'payout_in_flight', rupiah: -600_000 },
  { account: 'paid_to_citizen', rupiah: 600_000 },
] as const;
const at = start.toISOString();
const refusedAccount = {
  outcome: 'refused',
  reasons: ['name_differs'],
  kyc: 'full',
  partnerCode: 'switching',
} as const;

type Named<Event extends { type: string }> = {
  readonly [Type in Event['type']]: Omit<Extract<Event, { type: Type }>, 'type'>;
};

/** One event of every type that a citizen's journal knows: a new type does not compile until it stands here. */
const participantEvents: Named<ParticipantEvent> = {
  DocumentPhotoAnnounced: { photoId: '0'.repeat(32), contentType: 'image/jpeg', bytes: 50_000 },
  DocumentPhotoAccepted: {
    photoId: '0'.repeat(32),
    contentType: 'image/jpeg',
    width: 800,
    height: 600,
    digest: '0'.repeat(64),
  },
  DocumentPhotoRefused: { photoId: '0'.repeat(32), fault: 'broken' },
  PersonRegistered: {
    attempt: 1,
    person: bytes,
    dataKey: bytes,
    contentTag: 't',
    familyTag: 'f',
    regencyCode: '32.73',
    provinceCode: '32',
    consentVersion: '2026-11',
  },
  ConsentGiven: { consentVersion: '2026-11' },
  PrivacyRequested: { requestId: 'r', kind: 'erasure', dueUntil: at },
  ProcessingRestricted: { requestId: 'r' },
  RestrictionLiftProposed: { requestId: 'r', note: 'Atas permintaan warga', by: 'one' },
  RestrictionLifted: { requestId: 'r', by: 'two' },
  ErasureRefused: { requestId: 'r', reasons: ['payout_open'] },
  PersonErased: { requestId: 'r', retention: 'recipient' },
  ErasureCompleted: { requestId: 'r' },
  IdentityVerified: { requestId: 'r' },
  IdentityRefused: { requestId: 'r', reasons: [] },
  BatchJoined: { batchId: '1', scheme: 'NORMAL_2023', declares: ['migrant_worker'] },
  RecipientDecreed: {
    batchId: '1',
    scheme: 'NORMAL_2023',
    cardNumber: '1',
    purchaseUntil: '2026-11-17T16:59:59.999Z',
    legs: [...legs],
  },
  MembershipRevoked: { reason: 'purchase_deadline', legs: [...legs] },
  ObjectionFiled: { batchId: '1', ground: 'draw_wrong' },
  ObjectionAnswered: { batchId: '1', answer: 'dismissed', note: 'Undian cocok', by: 'one' },
  PurchaseReserved: {
    purchaseId,
    platformCode: 'P',
    platformUserId: 'u',
    institutionCode: 'I',
    courseCode: 'C',
    scheduleCode: 'S',
    priceRupiah: 1,
    commissionRupiah: 0,
    expiresAt: '2026-11-17T16:59:59.999Z',
    legs: [...legs],
  },
  ReservationReleased: { purchaseId, legs: [...legs] },
  OneTimeCodeRefused: { purchaseId },
  CoursePurchased: {
    purchaseId,
    ordinal: 1,
    invoiceCode: 'i',
    invoiceUrl: 'u',
    transactionCode: 't',
    redeemCode: 'r',
    legs: [...legs],
  },
  AttendanceRecorded: { purchaseId, sequence: 1, evidence: 'confirmed_signed_in' },
  CodeRedeemed: { purchaseId, requestSignature: 's' },
  CourseCompleted: {
    purchaseId,
    ordinal: 1,
    webhookId: 'w',
    completedAt: '2026-11-02T03:00:00.000Z',
    certificateNumber: 'N',
  },
  CertificateIssued: { purchaseId, number: 'N', fileKey: 'k', fileDigest: 'd' },
  CourseRated: { purchaseId, stars: 5, review: 'r' },
  PhoneCodeRequested: { codeId, phone: bytes, phoneTag: 't', expiresAt: at },
  PhoneCodeRefused: { codeId },
  PhoneVerified: { codeId, phone: bytes, phoneTag: 't', replaces: true },
  PayoutAccountUnlinked: { accountTag: 't' },
  PayoutAccountLinked: { kind: 'bank', provider: 'BCA', account: bytes, accountTag: 't', check: null },
  PayoutAccountChecked: { accountTag: 't', check: { ...refusedAccount, reasons: ['name_differs'] } },
  IncentiveClaimed: {
    ...payout,
    attempt: 1,
    amountRupiah: 600_000,
    partnerCode: 'switching',
    accountTag: 't',
    rules: 'rules-1',
    evidenceDigest: digest,
    legs: [...legs],
  },
  IncentiveDeferred: { reference, reason: 'partner_closed', until: at },
  IncentiveSent: { reference },
  IncentiveUnknown: { reference, cause: 'no_answer' },
  IncentivePaid: {
    ...payout,
    partnerCode: 'switching',
    partnerReference: 'p',
    by: 'answer',
    evidenceDigest: digest,
    legs: [...paidLegs],
  },
  IncentiveRefused: { ...payout, reason: 'account_closed', fault: 'account', legs: [...legs] },
  IncentiveReturned: { ...payout, partnerReference: 'p', by: 'statement', legs: [...legs] },
  PayoutHoldPlaced: { holdId: 'H', reason: 'manual', by: 'one' },
  PayoutReleaseProposed: { holdId: 'H', by: 'one', note: 'Sudah lulus' },
  PayoutHoldReleased: { holdId: 'H', by: 'two' },
  EntitlementForfeited: { holdId: 'H', reason: 'blacklisted', by: 'two' },
  ReceivableRaised: {
    holdId: 'H',
    reason: 'blacklisted',
    scope: 'incentives',
    amountRupiah: 600_000,
    dueUntil: at,
    by: 'two',
    legs: [...legs],
  },
  ReceivableReminded: { times: 2 },
  ReceivableReduced: { reference, amountRupiah: 600_000, legs: [...legs] },
  RepaymentPosted: { bankReference: 'b', amountRupiah: 600_000, by: 'two', legs: [...legs] },
  ReceivableHandedOver: { legs: [...legs] },
  AptitudeTestStarted: {
    attempt: 1,
    scheme: 'NORMAL_2023',
    bankVersion: '2026-11',
    seed: 's',
    deadline: at,
    passingPercent: null,
  },
  AptitudeTestScored: {
    attempt: 1,
    bankVersion: '2026-11',
    parts: [{ category: 'verbal', right: 1, asked: 2 }],
    percent: 50,
    passed: null,
    by: 'clock',
    answers: bytes,
  },
  SurveyAnswered: { number: 1, questionnaireVersion: '1', consentVersion: '1', answers: bytes, answersTag: 't' },
  ListingMatched: { source: 'education', feedId, listedAt: at },
};

const rows = { listed: 2, kept: 1, newer: 0 };

/** One event of every type that a feed's journal knows. */
const feedEvents: Named<FeedEvent> = {
  FeedAnnounced: { source: 'education', kind: 'full_list', day: '2026-11-01', bytes: 20, digest, by: 'one' },
  FeedSubmitted: { by: 'two' },
  FeedRefused: { code: 'feed_columns' },
  FeedRead: { rows: 4, good: 3, bad: { nik_format: 1 }, parts: 3, planDigest: digest },
  FeedRowsPosted: { ...rows },
  FeedPosted: { ...rows, withdrawn: 1 },
};

const totals = { count: 3, sumRupiah: 1_800_000 };
const none = { count: 0, sumRupiah: 0 };
const byStanding = { open: none, paid: totals, refused: none, returned: none, remedied: none, forfeited: none };

/** One event of every type that a release's journal knows. */
const releaseEvents: Named<ReleaseEvent> = {
  ReleaseRequested: { by: 'one', limits: { maxPayouts: 10 } },
  ReleasePrepared: { ...totals, byPartner: {}, chunkCount: 3, firstIncentiveCount: 3, listDigest: digest },
  ReleaseApproved: { by: 'two', ...totals, missing: 0 },
  ReleaseHeld: { by: 'two', reason: 'Salah daftar' },
  ReleaseResumed: { by: 'three' },
  ReleaseCancelled: { by: 'two', reason: 'Salah daftar' },
  FundsShort: { missingRupiah: { switching: null }, nextLookAt: at },
  ReleaseDispatched: { chunkCount: 3, again: true, nextCheckAt: at },
  ReleaseCheckStarted: { round: 1, nextCheckAt: at },
  ReleaseChecked: { round: 1, byStanding, openByPartner: {}, unassignedCount: 0, nextCheckAt: at },
  CaseAssigned: { reference, owner: 'six', by: 'five', note: 'Menunggu bank' },
  ReleaseClosed: { round: 1, byStanding },
  SurveysPlanned: {},
  SurveyAnnounced: { number: 1 },
};

const drawNumber = `${'a'.repeat(30)}00`;
const terms = BatchTerms.parse({ number: 7, scheme: 'NORMAL_2023', quotas: { '32': 2 } });
const shares: [string, string] = [digest, digest];

const batchEvents: Named<BatchEvent> = {
  BatchCreated: { ...terms, by: 'one' },
  BatchOpened: { by: 'one' },
  BatchClosed: { by: 'clock' },
  ShareSealed: { by: 'two', seal: digest },
  ScreeningBegun: { shardDigits: 1, groupDigits: 2 },
  BatchScreened: { applicantCount: 3, eligibleCount: 2, refused: { age_outside: 1 } },
  ListCommitted: { commitmentDigest: digest, root: digest, round: { round: 1, roundAt: at } },
  ShareRevealed: { by: 'one', share: digest },
  BeaconAwaited: { tries: 1 },
  SeedRevealed: { reveal: { kind: 'two_operators', shares } },
  DrawMade: {
    ...{ manifestDigest: digest, winnerCount: 1_001, waitingCount: 3, waitingDigest: digest },
    ...{ chunkCount: 3, chunkSize: 500, shardDigits: 1 },
  },
  ResultsPublished: {},
  DrawApproved: { by: 'two', objectionsUntil: at },
  OverrideProposed: { overrideId: 'o-1', kind: 'exclude', drawNumber, note: 'Terbukti palsu', by: 'one' },
  OverrideConfirmed: { overrideId: 'o-1', by: 'two' },
  DecreeOrdered: { by: 'one', chunkCount: 3 },
  PlacesPromoted: { round: 1, count: 501, digest, firstChunk: 3, chunkCount: 5 },
  BatchDecreed: { byDraw: 1_000, byPromotion: 1, byOverride: 0, freePlaces: {} },
  BatchAnnounced: { csvDigest: digest, documentDigest: digest, overridesDigest: digest },
  DeadlineReached: { chunkCount: 2 },
  BatchReconciled: { keptCount: 1_000, revokedCount: 1, returnedRupiah: 4_200_000, freePlaces: { '32': 1 } },
  PlacesRecovered: { batchId: '8' },
};

const record = (kind: JournalRecord['kind'], id: string, events: readonly object[]): JournalRecord => ({
  kind,
  id,
  version: 1,
  at,
  provinceCode: '32',
  events,
});

const shards = (step: 'screen' | 'publish'): Outgoing[] =>
  [...'0123456789abcdef'].map((shard) => ({ queue: 'screeningQueueUrl', body: { step, batchId: '7', shard } }));
const decrees = (chunks: readonly number[]): Outgoing[] =>
  chunks.map((chunk) => ({ queue: 'decreeQueueUrl', body: { step: 'decree', batchId: '7', chunk } }));

/** What follows from each event; what is not here follows from nothing, on purpose. */
const follows: Readonly<Record<string, readonly Outgoing[]>> = {
  PersonRegistered: [{ queue: 'identityQueueUrl', body: { participantId, registeredAt: at } }],
  PhoneCodeRequested: [{ queue: 'messageQueueUrl', body: { notice: 'phone_code', participantId, codeId } }],
  PhoneVerified: [{ queue: 'messageQueueUrl', body: { notice: 'phone_changed', participantId, codeId } }],
  PrivacyRequested: [
    { queue: 'messageQueueUrl', body: { notice: 'privacy_requested', participantId, requestId: 'r' } },
  ],
  ErasureRefused: [{ queue: 'messageQueueUrl', body: { notice: 'privacy_refused', participantId, requestId: 'r' } }],
  RestrictionLifted: [
    { queue: 'messageQueueUrl', body: { notice: 'privacy_lifted', participantId, requestId: 'r' } },
    { queue: 'incentiveQueueUrl', body: { step: 'claim', participantId } },
  ],
  ConsentGiven: [{ queue: 'incentiveQueueUrl', body: { step: 'claim', participantId } }],
  PersonErased: [{ queue: 'privacyQueueUrl', body: { step: 'erase', participantId, requestId: 'r' } }],
  SurveyAnswered: [{ queue: 'privacyQueueUrl', body: { step: 'rewrap', participantId } }],
  RecipientDecreed: [
    { queue: 'messageQueueUrl', body: { notice: 'decreed', participantId } },
    { queue: 'listingQueueUrl', body: { participantId } },
  ],
  FeedSubmitted: [{ queue: 'feedQueueUrl', body: { step: 'read', feedId } }],
  FeedRead: [0, 1, 2].map((part) => ({ queue: 'feedQueueUrl', body: { step: 'post', feedId, part } })),
  PurchaseReserved: [{ queue: 'messageQueueUrl', body: { notice: 'one_time_code', participantId, purchaseId } }],
  CoursePurchased: [{ queue: 'messageQueueUrl', body: { notice: 'redeem_code', participantId, purchaseId } }],
  CourseCompleted: [{ queue: 'certificateQueueUrl', body: { participantId, purchaseId } }],
  CertificateIssued: [{ queue: 'messageQueueUrl', body: { notice: 'certificate_issued', participantId, number: 'N' } }],
  PayoutAccountLinked: [
    { queue: 'incentiveQueueUrl', body: { step: 'check', participantId, accountTag: 't' } },
    { queue: 'privacyQueueUrl', body: { step: 'rewrap', participantId } },
  ],
  PayoutAccountChecked: [
    { queue: 'messageQueueUrl', body: { notice: 'account_refused', participantId, accountTag: 't' } },
  ],
  IncentiveClaimed: [
    {
      queue: 'payoutListQueueUrl',
      body: { list: 'claimed', participantId, reference, partnerCode: 'switching', amountRupiah: 600_000 },
    },
  ],
  IncentivePaid: [
    { queue: 'messageQueueUrl', body: { notice: 'incentive_paid', participantId, reference } },
    {
      queue: 'payoutListQueueUrl',
      body: {
        list: 'paid',
        reference,
        partnerCode: 'switching',
        partnerReference: 'p',
        amountRupiah: 600_000,
        at,
      },
    },
  ],
  IncentiveRefused: [
    { queue: 'messageQueueUrl', body: { notice: 'incentive_failed', participantId, reference } },
    { queue: 'incentiveQueueUrl', body: { step: 'claim', participantId } },
  ],
  IncentiveReturned: [
    { queue: 'messageQueueUrl', body: { notice: 'incentive_failed', participantId, reference } },
    { queue: 'incentiveQueueUrl', body: { step: 'claim', participantId } },
  ],
  EntitlementForfeited: [
    { queue: 'messageQueueUrl', body: { notice: 'entitlement_forfeited', participantId } },
    { queue: 'payoutListQueueUrl', body: { list: 'reclaimed', participantId } },
  ],
  PayoutHoldReleased: [
    { queue: 'payoutListQueueUrl', body: { list: 'reclaimed', participantId } },
    { queue: 'incentiveQueueUrl', body: { step: 'claim', participantId } },
  ],
  ReceivableRaised: [{ queue: 'messageQueueUrl', body: { notice: 'receivable_raised', participantId } }],
  ReceivableReminded: [{ queue: 'messageQueueUrl', body: { notice: 'receivable_reminded', participantId, times: 2 } }],
  ReceivableHandedOver: [{ queue: 'messageQueueUrl', body: { notice: 'receivable_handed_over', participantId } }],
  ObjectionAnswered: [
    { queue: 'messageQueueUrl', body: { notice: 'objection_answered', participantId, batchId: '1' } },
  ],
  ReleaseRequested: [{ queue: 'releaseQueueUrl', body: { step: 'prepare', releaseId: 'R1' } }],
  ReleaseApproved: [{ queue: 'releaseQueueUrl', body: { step: 'dispatch', releaseId: 'R1' } }],
  ReleaseResumed: [{ queue: 'releaseQueueUrl', body: { step: 'dispatch', releaseId: 'R1' } }],
  ReleaseDispatched: [0, 1, 2].map((chunk) => ({
    queue: 'releaseQueueUrl',
    body: { step: 'dispatch_chunk', releaseId: 'R1', chunk, again: true },
  })),
  CaseAssigned: [{ queue: 'releaseQueueUrl', body: { step: 'check', releaseId: 'R1' } }],
  ReleaseCancelled: [{ queue: 'releaseQueueUrl', body: { step: 'give_back', releaseId: 'R1' } }],
  ReleaseClosed: [{ queue: 'releaseQueueUrl', body: { step: 'give_back', releaseId: 'R1' } }],
  ShareSealed: [{ queue: 'drawQueueUrl', body: { step: 'commit', batchId: '7' } }],
  ScreeningBegun: shards('screen'),
  BatchScreened: [{ queue: 'drawQueueUrl', body: { step: 'commit', batchId: '7' } }],
  SeedRevealed: [{ queue: 'drawQueueUrl', body: { step: 'draw', batchId: '7' } }],
  DrawMade: shards('publish'),
  DecreeOrdered: decrees([0, 1, 2]),
  PlacesPromoted: decrees([3, 4]),
  BatchDecreed: [{ queue: 'decreeQueueUrl', body: { step: 'document', batchId: '7' } }],
  DeadlineReached: [0, 1].map((chunk) => ({ queue: 'deadlineQueueUrl', body: { batchId: '7', chunk } })),
};
const schemaOf: Readonly<Partial<Record<Outgoing['queue'], { parse(body: unknown): unknown }>>> = {
  identityQueueUrl: IdentityMessage,
  privacyQueueUrl: PrivacyMessage,
  messageQueueUrl: NoticeMessage,
  certificateQueueUrl: CertificateMessage,
  incentiveQueueUrl: IncentiveMessage,
  payoutListQueueUrl: PayoutListMessage,
  releaseQueueUrl: ReleaseMessage,
  drawQueueUrl: DrawMessage,
  screeningQueueUrl: ScreeningMessage,
  decreeQueueUrl: DecreeMessage,
  deadlineQueueUrl: DeadlineMessage,
  feedQueueUrl: FeedMessage,
  listingQueueUrl: ListingMessage,
};

describe('what follows from an event', () => {
  it.each(Object.entries(participantEvents))('of a citizen is settled: %s', (type, fields) => {
    const event = { type, ...fields };
    expect(ParticipantEvent.safeParse(event).success).toBe(true);
    expect(messagesFor(record('participant', participantId, [event]))).toEqual(follows[type] ?? []);
    const told = (follows[type] ?? []).flatMap(({ body }) => ('notice' in body ? [body.notice] : []));
    expect(noticeAfter(ParticipantEvent.parse(event))).toBe(told[0] ?? null);
  });

  it('of a decree of nobody, or a deadline of nobody, is that one worker closes it', () => {
    const none: readonly object[] = [
      { type: 'DecreeOrdered', by: 'one', chunkCount: 0 },
      { type: 'DeadlineReached', chunkCount: 0 },
    ];
    expect(messagesFor(record('batch', '7', none))).toEqual([
      ...decrees([0]),
      { queue: 'deadlineQueueUrl', body: { batchId: '7', chunk: 0 } },
    ]);
  });

  it.each(Object.entries(batchEvents))('of a batch is settled: %s', (type, fields) => {
    const event = { type, ...fields };
    expect(BatchEvent.safeParse(event).success).toBe(true);
    expect(messagesFor(record('batch', '7', [event]))).toEqual(follows[type] ?? []);
  });

  it.each(Object.entries(follows))('is a message that its worker reads: %s', (_, messages) => {
    for (const { queue, body } of messages)
      expect(schemaOf[queue]?.parse(JSON.parse(JSON.stringify(body)))).toEqual(body);
  });

  it.each(Object.entries(releaseEvents))('of a release is settled: %s', (type, fields) => {
    const event = { type, ...fields };
    expect(ReleaseEvent.safeParse(event).success).toBe(true);
    expect(messagesFor(record('release', 'R1', [event]))).toEqual(follows[type] ?? []);
  });

  it.each(Object.entries(feedEvents))('of a feed is settled: %s', (type, fields) => {
    const event = { type, ...fields };
    expect(FeedEvent.safeParse(event).success).toBe(true);
    expect(messagesFor(record('feed', feedId, [event]))).toEqual(follows[type] ?? []);
  });

  it('of a listing is a look at the person where it is new, and nothing where it is confirmed or withdrawn', () => {
    const item = (state: string) => ({ pk: `P#${participantId}`, sk: 'X#education', source: 'education', state });
    expect(messagesForListing(item('listed'))).toEqual([{ queue: 'listingQueueUrl', body: { participantId } }]);
    expect(messagesForListing(item('kept'))).toEqual([]);
    expect(messagesForListing(item('withdrawn'))).toEqual([]);
    expect(messagesForListing({ ...item('listed'), sk: 'OWNER' })).toEqual([]);
  });

  it('of an approval that is not the last one is nothing yet', () => {
    const event = { type: 'ReleaseApproved', by: 'two', ...totals, missing: 1 };
    expect(messagesFor(record('release', 'R1', [event]))).toEqual([]);
  });

  it('of a linked account that its partner has confirmed, or confirms later, is nothing of money', () => {
    const check = { ...refusedAccount, outcome: 'matched', reasons: [] };
    const linked = {
      type: 'PayoutAccountLinked',
      kind: 'bank',
      provider: 'BCA',
      account: bytes,
      accountTag: 't',
      check,
    };
    const checked = { type: 'PayoutAccountChecked', accountTag: 't', check };
    expect(messagesFor(record('participant', participantId, [linked, checked]))).toEqual(follows['SurveyAnswered']);
  });

  it('is nothing for courses and partners', () => {
    expect(messagesFor(record('other', 'COURSE-1', [{ type: 'CoursePublished' }]))).toEqual([]);
  });

  it('is each of the events of a decision, in order', () => {
    const events = journeyUntil('link').decisions.at(-1)?.decision.events ?? [];
    expect(events.map(({ type }) => type)).toEqual(['PayoutAccountLinked', 'IncentiveClaimed']);
    expect(messagesFor(record('participant', participantId, events))).toMatchObject([
      { queue: 'privacyQueueUrl' },
      { queue: 'payoutListQueueUrl' },
    ]);
  });

  it('stops the stream at an event nobody knows', () => {
    expect(() => messagesFor(record('participant', participantId, [{ type: 'Unknown' }]))).toThrow();
  });
});

describe('the dispatcher', () => {
  const { decisions } = journeyUntil('settle');
  const items = decisions.map(({ decision: { events, index }, at }, version) => ({
    pk: `P#${participantId}`,
    sk: `E#${String(version + 1).padStart(6, '0')}`,
    at: at.toISOString(),
    events: [...events],
    provinceCode: '32',
    ...index,
  }));
  const pointers = [
    { pk: 'R#CODE', sk: 'OWNER', participantId, purchaseId },
    { pk: 'K#1', sk: 'PLACE#1', participantId },
  ];

  it('sends what a whole journey causes, and nothing for items beside the journals', async () => {
    const sent: Outgoing[] = [];
    const handler = dispatchEvents({ queues: { send: async (messages) => void sent.push(...messages) } });
    await handler(streamEvent([...items, ...pointers]), lambdaContext);
    expect(sent.map(({ queue, body }) => [queue, 'notice' in body ? body.notice : ''])).toEqual([
      ['identityQueueUrl', ''],
      ['messageQueueUrl', 'decreed'],
      ['listingQueueUrl', ''],
      ['messageQueueUrl', 'one_time_code'],
      ['messageQueueUrl', 'redeem_code'],
      ['certificateQueueUrl', ''],
      ['messageQueueUrl', 'certificate_issued'],
      ['privacyQueueUrl', ''],
      ['payoutListQueueUrl', ''],
      ['messageQueueUrl', 'incentive_paid'],
      ['payoutListQueueUrl', ''],
    ]);
    // Messages name ids, never a person.
    const { person } = citizen();
    for (const secret of [person.nik, person.name, person.phone]) expect(JSON.stringify(sent)).not.toContain(secret);
  });

  it('has the batch delivered again when a queue does not take its messages', async () => {
    const handler = dispatchEvents({
      queues: {
        send: async () => {
          throw new Error('queue.send_failed');
        },
      },
    });
    await expect(handler(streamEvent(items), lambdaContext)).rejects.toThrow('dispatchEvents failed');
  });
});
