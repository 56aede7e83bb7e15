import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listPayouts } from '#functions/incentive/list-payouts.ts';
import { liftHold, placeHold } from '#shared/incentive/hold.ts';
import { openPayouts } from '#shared/incentive/incentive.ts';
import { payoutLists } from '#shared/incentive/payout-lists.ts';
import { participants } from '#shared/journal/participant.ts';
import { messagesFor } from '#shared/operations/dispatch.ts';
import type { Files } from '#shared/platform/files.ts';
import { type Citizen, citizens, journeyUntil, minutesAfter, start, store } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
const people = citizens('list payouts', 20);
let served = 0;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

function someone(): Citizen {
  const citizen = people[served];
  served += 1;
  if (!citizen) throw new Error('More people are needed');
  return citizen;
}

/** A citizen with a claim that is not paid yet. */
async function claimant() {
  const citizen = someone();
  const journey = journeyUntil('link', { citizen });
  await store(engine.table, journey);
  const [payout] = openPayouts(journey.file.incentives);
  if (!payout) throw new Error('Who links an account claims');
  const { reference, partnerCode, amountRupiah } = payout;
  return { citizen, waiting: { participantId: citizen.participantId, reference, partnerCode, amountRupiah } };
}

async function deliver(files: Files, messages: readonly (object | string)[]) {
  const worker = listPayouts({ participants: participants(engine.table), lists: payoutLists(files) });
  return failedIds(await worker(queueEvent(messages), lambdaContext));
}

const partsIn = ({ contents }: { contents: ReadonlyMap<string, string> }, prefix: string) =>
  [...contents].filter(([key]) => key.startsWith(prefix)).map(([, text]) => JSON.parse(text));

const paid = (index: number, at: string, partnerCode = 'switching') => ({
  ...{
    list: 'paid',
    reference: `T1A1REFERENCE${index}`,
    partnerCode,
    partnerReference: `P${index}`,
    amountRupiah: 50_000,
    at,
  },
});

describe('listing payouts', () => {
  it('makes one part of all claims of a batch, and the same one of the same batch in another order', async () => {
    const claims = [await claimant(), await claimant()].map(({ waiting }) => ({ list: 'claimed', ...waiting }));
    const files = memoryFiles();
    expect(await deliver(files, claims)).toEqual([]);
    expect(await deliver(files, claims.toReversed())).toEqual([]);
    const [part, ...others] = partsIn(files, 'payouts/waiting/');
    expect(others).toEqual([]);
    expect(part.source).toBe('claim');
    expect(part.payouts).toHaveLength(2);
  });

  it('makes one part for each partner and day of what was paid', async () => {
    const files = memoryFiles();
    const evening = '2026-11-02T16:59:59.999Z';
    const midnight = '2026-11-02T17:00:00.000Z';
    const messages = [paid(1, evening), paid(2, midnight), paid(3, evening), paid(4, evening, 'bank-induk')];
    expect(await deliver(files, messages)).toEqual([]);
    const folders = [...files.contents.keys()].map((key) => key.split('/').slice(2, 4).join('/')).sort();
    expect(folders).toEqual(['2026-11-02/bank-induk', '2026-11-02/switching', '2026-11-03/switching']);
    expect(partsIn(files, 'payouts/paid/2026-11-02/switching/')).toEqual([
      [1, 3].map((index) => ({
        reference: `T1A1REFERENCE${index}`,
        partnerReference: `P${index}`,
        amountRupiah: 50_000,
        at: evening,
      })),
    ]);
  });

  it('lists again what was claimed before a hold, when the last hold is gone', async () => {
    const { citizen, waiting } = await claimant();
    const { participantId } = citizen;
    const files = memoryFiles();
    const reclaimed = [{ list: 'reclaimed', participantId }];
    await hold(citizen, 'H1');
    await hold(citizen, 'H2');
    expect(await deliver(files, reclaimed)).toEqual([]);
    await lift(citizen, 'H1');
    expect(await deliver(files, reclaimed)).toEqual([]);
    expect(files.contents.size).toBe(0);
    await lift(citizen, 'H2');
    expect(await deliver(files, reclaimed)).toEqual([]);
    expect(await deliver(files, reclaimed)).toEqual([]);
    expect(partsIn(files, 'payouts/waiting/')).toEqual([{ source: 'hold:2', payouts: [waiting] }]);
  });

  it('lists nothing again for who has been paid meanwhile', async () => {
    const citizen = someone();
    await store(engine.table, journeyUntil('settle', { citizen }));
    const files = memoryFiles();
    expect(await deliver(files, [{ list: 'reclaimed', participantId: citizen.participantId }])).toEqual([]);
    expect(files.contents.size).toBe(0);
  });

  it('has only those messages come again whose part was not written', async () => {
    const { waiting } = await claimant();
    const memory = memoryFiles();
    const files: Files = {
      ...memory,
      put: async (key, body, type) => {
        if (key.startsWith('payouts/paid/')) throw new Error('file.not_written 503');
        await memory.put(key, body, type);
      },
    };
    const messages = [{ list: 'claimed', ...waiting }, paid(1, '2026-11-02T03:00:00.000Z'), '{"list":'];
    expect((await deliver(files, messages)).sort()).toEqual(['message-1', 'message-2']);
    expect(partsIn(memory, 'payouts/waiting/')).toHaveLength(1);
  });

  it('takes what the dispatcher makes of a claim and of a payment', async () => {
    const citizen = someone();
    const { decisions } = journeyUntil('settle', { citizen });
    const messages = decisions.flatMap(({ decision: { events }, at }, index) =>
      messagesFor({
        ...{ kind: 'participant', id: citizen.participantId, version: index + 1, provinceCode: '32' },
        ...{ at: at.toISOString(), events },
      }),
    );
    const bodies = messages.flatMap(({ queue, body }) => (queue === 'payoutListQueueUrl' ? [body] : []));
    const files = memoryFiles();
    expect(bodies).toHaveLength(2);
    expect(await deliver(files, bodies)).toEqual([]);
    expect(partsIn(files, 'payouts/waiting/')).toHaveLength(1);
    expect(partsIn(files, 'payouts/paid/')).toHaveLength(1);
  });
});

const later = minutesAfter(start, 60);
const hold = ({ participantId }: Citizen, holdId: string) =>
  participants(engine.table).change(
    participantId,
    (file) => placeHold(file, { holdId, reason: 'manual', by: 'one' }),
    () => later,
  );
const lift = ({ participantId }: Citizen, holdId: string) =>
  participants(engine.table).change(
    participantId,
    ({ incentives }) => liftHold(incentives, { holdId, by: 'two' }),
    () => later,
  );
