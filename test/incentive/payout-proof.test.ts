import '#test/platform/environment.ts';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { showPayout } from '#functions/incentive/read-payout.ts';
import { linkAccount, recordCheck } from '#shared/incentive/account.ts';
import { nextClaims } from '#shared/incentive/entitlement.ts';
import { openPayouts } from '#shared/incentive/incentive.ts';
import { payoutReference } from '#shared/incentive/payout.ts';
import { readPayout } from '#shared/incentive/payout-api.ts';
import { payoutProof } from '#shared/incentive/payout-proof.ts';
import { type Outcome, recordOutcome } from '#shared/incentive/settlement.ts';
import type { Decision, Entry } from '#shared/journal/journal.ts';
import { journalView } from '#shared/journal/journal-view.ts';
import {
  evolveParticipant,
  type Participant,
  type ParticipantEvent,
  participants,
} from '#shared/journal/participant.ts';
import { logger } from '#shared/platform/observe.ts';
import { accesses } from '#shared/registration/privacy/accesses.ts';
import { attend } from '#shared/training/training.ts';
import { outcomes, participantId } from '#test/incentive/paying.ts';
import {
  citizen,
  courseOf,
  decided,
  type Journal,
  journeyUntil,
  linkedAccount,
  minutesAfter,
  purchaseIdOf,
  start,
  steps,
  store,
} from '#test/journal/citizen.ts';
import { httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

type Rule = (file: Participant, at: Date) => Decision<ParticipantEvent>;
const self = citizen();
const choices = { citizen: self, scheme: 'NORMAL_2023', course: courseOf(), number: 1 } as const;

/** A journal with further decisions, a minute from one to the next. */
function continued(journal: Journal, rules: readonly Rule[]): Journal {
  let { file } = journal;
  const decisions = [...journal.decisions];
  for (const rule of rules) {
    const at = minutesAfter(start, decisions.length);
    const decision = rule(file, at);
    file = decided(file, decision, at);
    decisions.push({ decision, at });
  }
  const entries = decisions.map(({ decision: { events }, at }, index) => ({ version: index + 1, at, events }));
  return { citizen: journal.citizen, file, entries, decisions };
}

const step =
  (name: keyof typeof steps): Rule =>
  (file, at) =>
    steps[name](file, at, choices);
const settle =
  (outcome: Outcome): Rule =>
  (file, at) =>
    recordOutcome(participantId, file, openPayouts(file.incentives)[0]?.reference ?? '', outcome, at);
const answer = {
  type: 'SurveyAnswered',
  number: 1,
  questionnaireVersion: '2026-11',
  consentVersion: '2026-11',
  answers: new Uint8Array([1]),
  answersTag: 'answers-1',
} as const;
/** The answer and the claim that it completes, as one decision. */
const survey: Rule = (file, at) => {
  const answered = evolveParticipant(file, answer, at);
  return { events: [answer, ...nextClaims(participantId, answered, at)] };
};
const check = { outcome: 'matched', reasons: ['nik_matches'], kyc: 'full', partnerCode: 'switching' } as const;
const tagOf = (file: Participant) => file.incentives.account?.accountTag ?? '';

/** Attendance, an account that is checked later, a refusal made good from another account, and a survey. */
const whole = continued(journeyUntil('redeem'), [
  (file) => attend(file.training, purchaseIdOf(1), 2),
  (file) => attend(file.training, purchaseIdOf(1), 999),
  ...(['complete', 'certify', 'rate'] as const).map(step),
  (file, at) => linkAccount(participantId, file, { ...linkedAccount(file, participantId, '1'), check: null }, at),
  (file, at) => recordCheck(participantId, file, tagOf(file), { ...check, reasons: [...check.reasons] }, at),
  settle(outcomes.unknown),
  settle(outcomes.refused),
  (file, at) => linkAccount(participantId, file, linkedAccount(file, participantId, '2'), at),
  settle(outcomes.paid),
  survey,
  settle(outcomes.paid),
]);
const [first, remedy, surveyed] = [
  payoutReference({ participantId, kind: 'training', number: 1, attempt: 1 }),
  payoutReference({ participantId, kind: 'training', number: 1, attempt: 2 }),
  payoutReference({ participantId, kind: 'survey', number: 1, attempt: 1 }),
];

describe('the proof of a payout', () => {
  it.each([
    ['refused', first, 'remedied', remedy],
    ['made good', remedy, 'paid', null],
    ['for a survey', surveyed, 'paid', null],
  ])('that was %s stands on the evidence it was claimed on', (_, reference, state, remediedBy) => {
    const proof = payoutProof(reference, whole.entries);
    expect(proof).toMatchObject({ evidenceMatches: true, remediedBy, payout: { reference, state } });
    expect(proof?.evidenceDigest).toBe(proof?.claim.evidenceDigest);
  });

  it('is the evidence as it was before the claim, also where the claim stands beside what completed it', () => {
    expect(payoutProof(first, whole.entries)?.evidence?.account.tag).not.toBe(
      payoutProof(remedy, whole.entries)?.evidence?.account.tag,
    );
    expect(payoutProof(surveyed, whole.entries)?.evidence).toMatchObject({
      attendance: [{ sequence: 2 }, { sequence: 999 }],
      survey: { questionnaireVersion: '2026-11' },
    });
    expect(payoutProof(first, whole.entries)?.evidence?.survey).toBeNull();
  });

  it('has the whole history of the payout, and of no other', () => {
    const history = payoutProof(first, whole.entries)?.history ?? [];
    expect(history.map(({ event }) => event.type)).toEqual([
      'IncentiveClaimed',
      'IncentiveUnknown',
      'IncentiveRefused',
    ]);
    expect(history.map(({ version }) => version)).toEqual([14, 15, 16]);
    expect(history[0]?.at).toEqual(whole.entries[13]?.at);
  });

  it('is there for what was claimed, and for nothing else', () => {
    expect(
      payoutProof(payoutReference({ participantId, kind: 'survey', number: 2, attempt: 1 }), whole.entries),
    ).toBeNull();
    expect(payoutProof('no reference', whole.entries)).toBeNull();
    expect(payoutProof(first, [])).toBeNull();
  });
});

type Changed = readonly Entry<ParticipantEvent>[];

/** The journal with one field of one kind of event changed, wherever it stands. */
function tampered(type: ParticipantEvent['type'], change: object): Changed {
  return whole.entries.map((entry) => ({
    ...entry,
    events: entry.events.map((event) => (event.type === type ? Object.assign({}, event, change) : event)),
  }));
}

/** The journal with the instant of one kind of event moved by a millisecond. */
function moved(type: ParticipantEvent['type']): Changed {
  return whole.entries.map((entry) =>
    entry.events.some((event) => event.type === type) ? { ...entry, at: new Date(entry.at.getTime() + 1) } : entry,
  );
}

function without(type: ParticipantEvent['type']): Changed {
  return whole.entries.map((entry) => ({ ...entry, events: entry.events.filter((event) => event.type !== type) }));
}

describe('a journal that somebody changed', () => {
  it.each<[ParticipantEvent['type'], object]>([
    ['RecipientDecreed', { scheme: 'SEMI_BANSOS_2020' }],
    ['RecipientDecreed', { batchId: '2' }],
    ['PurchaseReserved', { purchaseId: purchaseIdOf(2) }],
    ['CoursePurchased', { purchaseId: purchaseIdOf(2) }],
    ['AttendanceRecorded', { sequence: 3 }],
    ['CourseCompleted', { webhookId: 'webhook-2' }],
    ['CourseCompleted', { completedAt: '2026-11-02T03:00:01.000Z' }],
    ['CourseCompleted', { scorePercent: 81 }],
    ['CourseCompleted', { purchaseId: purchaseIdOf(2) }],
    ['CertificateIssued', { number: 'CERTIFICATE2' }],
    ['CertificateIssued', { fileDigest: 'another' }],
    ['CertificateIssued', { purchaseId: purchaseIdOf(2) }],
    ['CourseRated', { stars: 4 }],
    ['CourseRated', { review: '' }],
    ['PayoutAccountLinked', { accountTag: 'another' }],
    ['PayoutAccountChecked', { check: { ...check, kyc: 'basic' } }],
    ['PayoutAccountChecked', { check: { ...check, partnerCode: 'bank-induk' } }],
    ['IncentiveClaimed', { evidenceDigest: '0'.repeat(64) }],
  ])('does not prove what it proved: %s with %j', (type, change) => {
    expect(payoutProof(first, tampered(type, change))?.evidenceMatches).toBe(false);
  });

  it.each<ParticipantEvent['type']>(['AttendanceRecorded', 'CodeRedeemed', 'CertificateIssued'])(
    'does not prove what it proved: another instant of %s',
    (type) => {
      expect(payoutProof(first, moved(type))?.evidenceMatches).toBe(false);
    },
  );

  it.each<ParticipantEvent['type']>([
    ...(['RecipientDecreed', 'CoursePurchased', 'AttendanceRecorded', 'CodeRedeemed', 'CourseCompleted'] as const),
    ...(['CertificateIssued', 'CourseRated', 'PayoutAccountLinked', 'PayoutAccountChecked'] as const),
  ])('does not prove what it proved: without %s', (type) => {
    expect(payoutProof(first, without(type))?.evidenceMatches).toBe(false);
  });

  it('does not prove a survey that was answered otherwise, at another time, or never', () => {
    for (const entries of [
      tampered('SurveyAnswered', { questionnaireVersion: '2026-12' }),
      tampered('SurveyAnswered', { number: 2 }),
      moved('SurveyAnswered'),
      without('SurveyAnswered'),
    ])
      expect(payoutProof(surveyed, entries)?.evidenceMatches).toBe(false);
    expect(payoutProof(first, tampered('SurveyAnswered', { number: 2 }))?.evidenceMatches).toBe(true);
  });

  it('is shown with its history where it does not fold any more', () => {
    const broken = tampered('PurchaseReserved', { purchaseId: purchaseIdOf(2) });
    expect(payoutProof(first, broken)).toMatchObject({ payout: null, evidence: null, evidenceDigest: null });
    expect(payoutProof(first, broken)?.history).toHaveLength(3);
  });
});

describe('GET /v1/payouts/{reference}', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startTable();
    await store(engine.table, whole);
  });
  afterAll(() => engine.stop());

  async function ask(reference: string) {
    const handler = showPayout({ participants: participants(engine.table), accesses: accesses(engine.table) });
    const claims = operatorClaims('auditor-1');
    return read(
      await handler(
        httpEvent({ method: 'GET', path: readPayout.path, pathParameters: { reference }, claims }),
        lambdaContext,
      ),
    );
  }

  it.each([first, remedy, surveyed])('leads from one rupiah to its proof: %s', async (reference) => {
    const { status, body } = await ask(reference);
    expect(status).toBe(200);
    expect(body).toMatchObject({ reference, participantId, evidenceMatches: true });
    // Anybody can do the sum again from the answer alone.
    const digest = createHash('sha256').update(JSON.stringify(body.evidence)).digest('hex');
    expect([body.evidenceDigest, body.claimedDigest]).toEqual([digest, digest]);
  });

  it('shows how it went, with the references of the bank', async () => {
    expect((await ask(remedy)).body).toMatchObject({
      kind: 'training',
      number: 1,
      attempt: 2,
      amountRupiah: 600_000,
      state: 'paid',
      partnerReference: 'BANK1',
      remedialOf: first,
      remediedBy: null,
      history: [{ event: { type: 'IncentiveClaimed' } }, { event: { type: 'IncentivePaid', by: 'answer' } }],
    });
    expect((await ask(first)).body).toMatchObject({ state: 'remedied', remediedBy: remedy, partnerReference: null });
  });

  it('shows of an event what a journal shows of it, and nothing else', async () => {
    for (const reference of [first, remedy, surveyed]) {
      const { history } = (await ask(reference)).body;
      const decisions = journalView(whole.entries).flatMap(({ version, at, events }) =>
        events.map((event) => ({ version, at, event: JSON.parse(JSON.stringify(event)) })),
      );
      expect(history.length).toBeGreaterThan(1);
      for (const happened of history) expect(decisions).toContainEqual(happened);
      expect(JSON.stringify(history)).not.toContain('accountTag');
    }
  });

  it('tells nothing of the person, and logs who asked', async () => {
    const info = vi.spyOn(logger, 'info');
    const told = JSON.stringify((await ask(surveyed)).body);
    expect(info.mock.calls).toEqual([['payout.read', { by: 'auditor-1', participantId, reference: surveyed }]]);
    info.mockRestore();
    const { nik, name, phone } = self.person;
    const sealed = whole.file.incentives.account?.account ?? new Uint8Array();
    for (const secret of [nik, name, phone, '081234567890', Buffer.from(sealed).toString('base64'), 'answers'])
      expect(told).not.toContain(secret);
  });

  it.each([
    ['no reference of ours', 'T1A1', 404],
    ['what was never claimed', payoutReference({ participantId, kind: 'survey', number: 2, attempt: 1 }), 404],
    [
      'somebody nobody knows',
      payoutReference({ participantId: 'a'.repeat(64), kind: 'training', number: 1, attempt: 1 }),
      404,
    ],
    ['something else altogether', 'select *', 400],
  ])('knows nothing of %s', async (_, reference, status) => {
    expect((await ask(reference)).status).toBe(status);
  });
});
