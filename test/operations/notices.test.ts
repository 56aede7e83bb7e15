import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendMessage } from '#functions/purchase/send-message.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { participants } from '#shared/journal/participant.ts';
import { messageGateway } from '#shared/operations/message-gateway.ts';
import type { NoticeMessage } from '#shared/operations/messages.ts';
import { noticeText } from '#shared/operations/notices.ts';
import { oneTimeCodeOf } from '#shared/purchase/payment-token.ts';
import { citizens, fileAfter, journeyUntil, keys, purchaseIdOf, type StepName, store } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const purchaseId = purchaseIdOf(1);
const id = 'a'.repeat(64);
const facts = (step: StepName, oneTimeCode: string | null = null) => ({ ...fileAfter(step), oneTimeCode });

describe('the text of a notice', () => {
  it.each<[NoticeMessage, ReturnType<typeof facts>, string]>([
    [{ notice: 'one_time_code', participantId: id, purchaseId }, facts('reserve', '012345'), '012345'],
    [{ notice: 'redeem_code', participantId: id, purchaseId }, facts('pay'), 'REDEEM-1'],
    [{ notice: 'decreed', participantId: id }, facts('decree'), '2026-11-17 pukul 23.59 WIB'],
    [{ notice: 'certificate_issued', participantId: id, number: 'N-1' }, facts('certify'), 'N-1'],
    [{ notice: 'incentive_paid', participantId: id, number: 2 }, facts('settle'), 'ke-2'],
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

describe('sending a notice', () => {
  let engine: Engine;
  let simulators: Simulators;
  const [waiting, served, unserved] = citizens('notices', 3);
  if (!waiting || !served || !unserved) throw new Error('Three citizens were asked for');
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
