import '#test/platform/environment.ts';
import { describe, expect, it } from 'vitest';
import { dispatchEvents } from '#functions/operations/dispatch-events.ts';
import { ParticipantEvent } from '#shared/journal/participant.ts';
import { messagesFor } from '#shared/operations/dispatch.ts';
import {
  CertificateMessage,
  DrawMessage,
  IdentityMessage,
  IncentiveMessage,
  NoticeMessage,
  WinnersMessage,
} from '#shared/operations/messages.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { BatchEvent } from '#shared/selection/batch.ts';
import { citizen, journeyUntil, purchaseIdOf } from '#test/journal/citizen.ts';
import { lambdaContext } from '#test/platform/events.ts';
import { streamEvent } from '#test/table/stream-records.ts';

const { participantId } = citizen();
const legs = [
  { account: 'treasury', rupiah: -1 },
  { account: 'returned', rupiah: 1 },
] as const;
const purchaseId = purchaseIdOf(1);
const digest = 'd'.repeat(64);
const bytes = new Uint8Array([1]);

type Named<Event extends { type: string }> = {
  readonly [Type in Event['type']]: Omit<Extract<Event, { type: Type }>, 'type'>;
};

/** One event of every type that a citizen's journal knows: a new type does not compile until it stands here. */
const participantEvents: Named<ParticipantEvent> = {
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
  IdentityVerified: { requestId: 'r' },
  IdentityRefused: { requestId: 'r', reasons: [] },
  BatchJoined: { batchId: '1', scheme: 'NORMAL_2023' },
  RecipientDecreed: {
    batchId: '1',
    scheme: 'NORMAL_2023',
    cardNumber: '1',
    purchaseUntil: '2026-11-17T16:59:59.999Z',
    legs: [...legs],
  },
  MembershipRevoked: { reason: 'purchase_deadline', legs: [...legs] },
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
  PayoutAccountLinked: { kind: 'bank', provider: 'BCA', account: bytes, accountTag: 't' },
  IncentiveClaimed: { number: 2, reference: 'REF', amountRupiah: 1, legs: [...legs] },
  IncentivePaid: { number: 2, reference: 'REF', partnerReference: 'p', legs: [...legs] },
  IncentiveRefused: { number: 2, reference: 'REF', reason: 'r', legs: [...legs] },
};

const batchEvents: Named<BatchEvent> = {
  BatchCreated: { number: 7, scheme: 'NORMAL_2023', quotas: {}, by: 'one' },
  BatchOpened: { by: 'one' },
  BatchClosed: { by: 'one', seal: digest },
  BatchSealed: { by: 'two', seal: digest },
  ListCommitted: { listDigest: digest, commitmentDigest: digest, applicantCount: 1 },
  ShareRevealed: { by: 'one', whose: 'first', share: digest },
  DrawPrepared: { manifestDigest: digest, winnerCount: 1_001, chunkCount: 3 },
  DrawApproved: { by: 'two', chunkCount: 3 },
};

const record = (kind: 'participant' | 'batch' | 'other', id: string, events: readonly object[]) => ({
  kind,
  id,
  version: 1,
  provinceCode: '32',
  events,
});

/** What follows from each event; what is not here follows from nothing, on purpose. */
const follows: Readonly<Record<string, readonly Outgoing[]>> = {
  PersonRegistered: [{ queue: 'identityQueueUrl', body: { participantId } }],
  RecipientDecreed: [{ queue: 'messageQueueUrl', body: { notice: 'decreed', participantId } }],
  PurchaseReserved: [{ queue: 'messageQueueUrl', body: { notice: 'one_time_code', participantId, purchaseId } }],
  CoursePurchased: [{ queue: 'messageQueueUrl', body: { notice: 'redeem_code', participantId, purchaseId } }],
  CourseCompleted: [{ queue: 'certificateQueueUrl', body: { participantId, purchaseId } }],
  CertificateIssued: [{ queue: 'messageQueueUrl', body: { notice: 'certificate_issued', participantId, number: 'N' } }],
  IncentiveClaimed: [{ queue: 'incentiveQueueUrl', body: { step: 'pay', participantId, reference: 'REF' } }],
  IncentivePaid: [{ queue: 'messageQueueUrl', body: { notice: 'incentive_paid', participantId, number: 2 } }],
  ShareRevealed: [{ queue: 'drawQueueUrl', body: { step: 'draw', batchId: '7' } }],
  DrawApproved: [0, 1, 2].map((chunk) => ({ queue: 'decreeQueueUrl', body: { batchId: '7', chunk } })),
};
const schemaOf = {
  identityQueueUrl: IdentityMessage,
  messageQueueUrl: NoticeMessage,
  certificateQueueUrl: CertificateMessage,
  incentiveQueueUrl: IncentiveMessage,
  drawQueueUrl: DrawMessage,
  decreeQueueUrl: WinnersMessage,
  deadlineQueueUrl: WinnersMessage,
} as const;

describe('what follows from an event', () => {
  it.each(Object.entries(participantEvents))('of a citizen is settled: %s', (type, fields) => {
    const event = { type, ...fields };
    expect(ParticipantEvent.safeParse(event).success).toBe(true);
    expect(messagesFor(record('participant', participantId, [event]))).toEqual(follows[type] ?? []);
  });

  it.each(Object.entries(batchEvents))('of a batch is settled: %s', (type, fields) => {
    const event = { type, ...fields };
    expect(BatchEvent.safeParse(event).success).toBe(true);
    expect(messagesFor(record('batch', '7', [event]))).toEqual(follows[type] ?? []);
  });

  it.each(Object.entries(follows))('is a message that its worker reads: %s', (_, messages) => {
    for (const { queue, body } of messages)
      expect(schemaOf[queue].parse(JSON.parse(JSON.stringify(body)))).toEqual(body);
  });

  it('is nothing for courses and partners', () => {
    expect(messagesFor(record('other', 'COURSE-1', [{ type: 'CoursePublished' }]))).toEqual([]);
  });

  it('is each of the events of a decision, in order', () => {
    const events = journeyUntil('link').decisions.at(-1)?.decision.events ?? [];
    expect(events.map(({ type }) => type)).toEqual(['PayoutAccountLinked', 'IncentiveClaimed']);
    expect(messagesFor(record('participant', participantId, events))).toHaveLength(1);
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
      ['messageQueueUrl', 'one_time_code'],
      ['messageQueueUrl', 'redeem_code'],
      ['certificateQueueUrl', ''],
      ['messageQueueUrl', 'certificate_issued'],
      ['incentiveQueueUrl', ''],
      ['messageQueueUrl', 'incentive_paid'],
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
