import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendMessage } from '#functions/purchase/send-message.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { raise, receivableDue, repay } from '#shared/incentive/clawback.ts';
import { placeHold } from '#shared/incentive/hold.ts';
import { rupiahText } from '#shared/incentive/reason-texts.ts';
import { type Participant, ParticipantEvent, participants } from '#shared/journal/participant.ts';
import { messageGateway } from '#shared/operations/message-gateway.ts';
import type { NoticeMessage } from '#shared/operations/messages.ts';
import { noticeText } from '#shared/operations/notices.ts';
import { oneTimeCodeOf } from '#shared/purchase/payment-token.ts';
import {
  answered,
  claimedAt,
  forfeited,
  openOne,
  outcomes,
  participantId,
  relinked,
  settled,
} from '#test/incentive/paying.ts';
import {
  citizens,
  decided,
  fileAfter,
  journeyUntil,
  keys,
  linkedAccount,
  minutesAfter,
  purchaseIdOf,
  type StepName,
  start,
  store,
} from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const purchaseId = purchaseIdOf(1);
const id = participantId;
const now = minutesAfter(start, 60);
const of = (file: Participant, changes: object = {}) => ({
  ...file,
  oneTimeCode: null,
  maskedPhone: null,
  maskedAccount: 'OVO ****7890',
  now,
  ...changes,
});
const facts = (step: StepName, oneTimeCode: string | null = null) => of(fileAfter(step), { oneTimeCode });

describe('the text of a notice', () => {
  it.each<[NoticeMessage, ReturnType<typeof facts>, string]>([
    [{ notice: 'one_time_code', participantId: id, purchaseId }, facts('reserve', '012345'), '012345'],
    [{ notice: 'redeem_code', participantId: id, purchaseId }, facts('pay'), 'REDEEM-1'],
    [{ notice: 'decreed', participantId: id }, facts('decree'), '2026-11-17 pukul 23.59 WIB'],
    [{ notice: 'certificate_issued', participantId: id, number: 'N-1' }, facts('certify'), 'N-1'],
  ])('%j says what happened', (notice, file, words) => {
    expect(noticeText(notice, file)).toContain(words);
  });

  it.each<[NoticeMessage, ReturnType<typeof facts>]>([
    [{ notice: 'one_time_code', participantId: id, purchaseId }, facts('pay')],
    [{ notice: 'redeem_code', participantId: id, purchaseId }, facts('reserve')],
    [{ notice: 'decreed', participantId: id }, facts('join')],
  ])('%j is nothing when there is nothing left to say', (notice, file) => {
    expect(noticeText(notice, file)).toBeNull();
  });
});

describe('notices of incentives', () => {
  const linked = fileAfter('link');
  const { reference } = openOne(linked);
  const notice = (kind: 'incentive_paid' | 'incentive_failed', of = reference) =>
    ({ notice: kind, participantId: id, reference: of }) as const;
  const paid = settled(linked, outcomes.paid, now);
  const refused = settled(linked, outcomes.refused, now);

  it('are a receipt, with amount, masked account and the bank’s reference', () => {
    expect(noticeText(notice('incentive_paid'), of(paid))).toBe(
      'Insentif pelatihan ke-1 sebesar Rp600.000 sudah dikirim ke OVO ****7890. Nomor referensi bank: BANK1.',
    );
  });

  it('name no account once another one is linked', () => {
    const text = noticeText(notice('incentive_paid'), of(relinked(paid, 'another', now)));
    expect(text).toContain('sudah dikirim ke rekening atau e-wallet Anda.');
  });

  it('tell of the survey’s incentive as such', () => {
    const surveyed = claimedAt(answered(paid, 1, now), now);
    const payout = openOne(surveyed);
    const text = noticeText(notice('incentive_paid', payout.reference), of(settled(surveyed, outcomes.paid, now)));
    expect(text).toContain('Insentif survei ke-1 sebesar Rp50.000 sudah dikirim');
  });

  it.each([
    ['refused', settled(linked, outcomes.refused, now), 'Rekening atau e-wallet sudah ditutup.'],
    ['returned', settled(paid, outcomes.returned, now, reference), 'dikembalikan oleh bank'],
  ])('say why money was %s and that another account is needed', (_, file, why) => {
    const text = noticeText(notice('incentive_failed'), of(file));
    expect(text).toContain('Insentif pelatihan ke-1 sebesar Rp600.000 belum dapat dibayarkan.');
    expect(text).toContain(why);
    expect(text).toContain('Hubungkan rekening bank atau e-wallet lain');
  });

  it('ask for nothing where the fault is ours', () => {
    const file = settled(linked, outcomes['refused, not because of the account'], now);
    const text = noticeText(notice('incentive_failed'), of(file));
    expect(text).toContain('Anda tidak perlu melakukan apa pun.');
    expect(text).not.toContain('Hubungkan');
  });

  it.each<[string, NoticeMessage, Participant]>([
    ['paid, while it is not', notice('incentive_paid'), linked],
    ['paid, once it came back', notice('incentive_paid'), settled(paid, outcomes.returned, now, reference)],
    ['paid, of no payout', notice('incentive_paid', `T9A1${reference.slice(4)}`), paid],
    ['failed, while it is paid', notice('incentive_failed'), paid],
    ['failed, once it is made good', notice('incentive_failed'), relinked(refused, 'another', now)],
    ['failed, once nothing is paid any more', notice('incentive_failed'), forfeited(refused, now)],
  ])('say nothing: %s', (_, said, file) => {
    expect(noticeText(said, of(file))).toBeNull();
  });
});

describe('the notice of a refused account', () => {
  const check = { outcome: 'refused', reasons: ['nik_differs', 'kyc_missing'], kyc: 'basic', partnerCode: 'switching' };
  const file = fileAfter('certify');
  const unchecked = decided(file, { events: [{ ...linkedAccount(file, id, '1'), check: null }] }, now);
  const accountTag = unchecked.incentives.account?.accountTag ?? '';
  const refused = decided(
    unchecked,
    { events: [ParticipantEvent.parse({ type: 'PayoutAccountChecked', accountTag, check })] },
    now,
  );
  const notice = { notice: 'account_refused', participantId: id, accountTag } as const;

  it('says why, and what to do', () => {
    expect(noticeText(notice, of(refused))).toBe(
      'OVO ****7890 tidak dapat dipakai. NIK pemilik rekening atau e-wallet berbeda dengan NIK Anda. ' +
        'E-wallet belum ditingkatkan dengan verifikasi identitas. ' +
        'Hubungkan rekening bank atau e-wallet lain atas nama dan NIK Anda sendiri.',
    );
  });

  it('is nothing for an account that is not refused, or not linked any more', () => {
    expect(noticeText(notice, of(unchecked))).toBeNull();
    const next = decided(refused, { events: [linkedAccount(file, id, '2')] }, now);
    expect(noticeText(notice, of(next))).toBeNull();
  });
});

describe('the notice of a survey', () => {
  const file = fileAfter('settle', { scheme: 'NORMAL_2023' });
  const notice = { notice: 'survey_open', participantId: id, number: 1 } as const;
  const open = new Date('2026-12-02T00:00:00.000+07:00');

  it('names its last day', () => {
    expect(noticeText(notice, of(file, { now: open }))).toContain('2026-12-31 pukul 23.59 WIB');
  });

  it('is nothing before and after it is open, and once it is answered', () => {
    expect(noticeText(notice, of(file, { now: new Date(open.getTime() - 1) }))).toBeNull();
    expect(noticeText(notice, of(file, { now: new Date('2027-01-01T00:00:00.000+07:00') }))).toBeNull();
    expect(noticeText(notice, of(answered(file, 1, open), { now: open }))).toBeNull();
    expect(noticeText({ ...notice, number: 3 }, of(file, { now: open }))).toBeNull();
  });
});

describe('notices of a debt', () => {
  const holdId = 'hold-1';
  const paid = fileAfter('settle');
  const suspected = decided(paid, placeHold(paid, { holdId, reason: 'fraud_suspected', by: 'one' }), now);
  const debt = { holdId, reason: 'not_entitled', scope: 'incentives', by: 'two' } as const;
  const owing = decided(suspected, raise(id, suspected, debt, now), now);
  const repaid = (file: Participant, amountRupiah: number) =>
    decided(file, repay(file.incentives, { bankReference: `B${amountRupiah}`, amountRupiah, by: 'one' }), now);
  const late = new Date('2027-01-02T00:00:00.000+07:00');
  const handedOver = decided(owing, receivableDue(id, owing, late), late);
  const said = (notice: `receivable_${'raised' | 'handed_over'}`) => ({ notice, participantId: id }) as const;
  const reminder = { notice: 'receivable_reminded', participantId: id, times: 1 } as const;

  it('say how much is owed, until when, and why', () => {
    const text = noticeText(said('receivable_raised'), of(owing));
    expect(text).toContain('Rp600.000 harus Anda kembalikan paling lambat 2027-01-01 pukul 23.59 WIB.');
    expect(text).toContain('Anda tidak memenuhi syarat');
  });

  it('remind of what is left', () => {
    expect(noticeText(reminder, of(repaid(owing, 150_000)))).toContain('sebesar Rp450.000 paling lambat 2027-01-01');
  });

  it('tell that the rest is handed over', () => {
    expect(noticeText(said('receivable_handed_over'), of(handedOver))).toContain('Sisa Rp600.000');
  });

  it('are nothing when nothing is owed, and no reminder comes after the hand-over', () => {
    for (const notice of [said('receivable_raised'), reminder, said('receivable_handed_over')]) {
      expect(noticeText(notice, of(paid))).toBeNull();
      expect(noticeText(notice, of(repaid(owing, 600_000)))).toBeNull();
    }
    expect(noticeText(reminder, of(handedOver))).toBeNull();
  });
});

describe('amounts', () => {
  it.each([
    [0, 'Rp0'],
    [999, 'Rp999'],
    [1_000, 'Rp1.000'],
    [3_550_000, 'Rp3.550.000'],
  ])('%i: %s', (rupiah, text) => {
    expect(rupiahText(rupiah)).toBe(text);
  });
});

describe('sending a notice', () => {
  let engine: Engine;
  let simulators: Simulators;
  const [waiting, served, unserved, receiving] = citizens('notices', 4);
  if (!waiting || !served || !unserved || !receiving) throw new Error('Four citizens were asked for');
  beforeAll(async () => {
    engine = await startTable();
    simulators = await startSimulators();
    await store(engine.table, journeyUntil('reserve', { citizen: waiting }));
    await store(engine.table, journeyUntil('pay', { citizen: served }));
    await store(engine.table, journeyUntil('reserve', { citizen: unserved }));
  });
  afterAll(async () => {
    await simulators.stop();
    await engine.stop();
  });

  async function send(notice: NoticeMessage) {
    const gateway = messageGateway(simulators.messageGatewayUrl, async () => 'key');
    const worker = sendMessage({ participants: participants(engine.table), gateway, keys: async () => keys });
    return failedIds(await worker(queueEvent([notice]), lambdaContext));
  }
  const inboxOf = (phone: string) => simulators.messages.inbox({ to: phone }).map(({ text }) => text);

  it('reaches the phone of the person, once however often it is delivered', async () => {
    const notice = { notice: 'one_time_code', participantId: waiting.participantId, purchaseId } as const;
    for (let delivery = 0; delivery < 3; delivery += 1) expect(await send(notice)).toEqual([]);
    expect(inboxOf(waiting.person.phone)).toEqual([expect.stringContaining(oneTimeCodeOf(keys, purchaseId))]);
  });

  it('sends no code of a reservation that is over', async () => {
    await send({ notice: 'one_time_code', participantId: served.participantId, purchaseId });
    await send({ notice: 'one_time_code', participantId: waiting.participantId, purchaseId: purchaseIdOf(2) });
    expect(inboxOf(served.person.phone)).toEqual([]);
    expect(inboxOf(waiting.person.phone)).toHaveLength(1);
  });

  it('of a payment shows the last four digits of the account, and stays one message when its text changes', async () => {
    const { participantId, person } = receiving;
    const file = journeyUntil('settle', { citizen: receiving });
    await store(engine.table, file);
    const [reference = ''] = file.file.incentives.payouts.keys();
    const notice = { notice: 'incentive_paid', participantId, reference } as const;
    expect(await send(notice)).toEqual([]);
    await participants(engine.table).change(participantId, (state) => ({
      events: [linkedAccount(state, participantId, '089999990000')],
    }));
    expect(await send(notice)).toEqual([]);
    expect(inboxOf(person.phone)).toEqual([expect.stringContaining('sudah dikirim ke OVO ****7890.')]);
    expect(inboxOf(person.phone)[0]).not.toContain('081234567890');
  });

  it.each(['unavailable', 'cut'] as const)(
    'comes again when the gateway is %s, and is one message then',
    async (fault) => {
      const notice = { notice: 'one_time_code', participantId: unserved.participantId, purchaseId } as const;
      simulators.messages.faults.next(fault);
      expect(await send(notice)).toEqual(['message-0']);
      expect(await send(notice)).toEqual([]);
      expect(inboxOf(unserved.person.phone)).toHaveLength(1);
    },
  );
});
