import '#test/platform/environment.ts';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { logger } from '#shared/platform/observe.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { batchWorker, worker } from '#shared/platform/worker.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';

const Message = z.strictObject({ what: z.string() });
const act = (what: string): void => {
  if (what === 'refused') throw new Refusal('not_recipient');
  if (what === 'conflict') throw new Refusal('conflict_persistent');
  if (what === 'service') throw new ServiceFailed(503);
  if (what === 'broken') throw new Error('NIK 3273994501900001');
};

/** Runs a batch; what was done, and which messages come again. */
async function run(bodies: readonly (string | object)[], deliveries = 1) {
  const done: [string, number][] = [];
  const handler = worker('test', Message, async ({ what }, times) => {
    act(what);
    done.push([what, times]);
  });
  return { done, failed: failedIds(await handler(queueEvent(bodies, deliveries), lambdaContext)) };
}

describe('a worker', () => {
  it('does each message of a batch', async () => {
    expect(await run([{ what: 'a' }, { what: 'b' }])).toEqual({
      done: [
        ['a', 1],
        ['b', 1],
      ],
      failed: [],
    });
  });

  it('acknowledges what is refused: trying again changes nothing', async () => {
    expect(await run([{ what: 'refused' }, { what: 'a' }])).toEqual({ done: [['a', 1]], failed: [] });
  });

  it.each(['service', 'conflict', 'broken'])('has what failed delivered again, and nothing else: %s', async (what) => {
    expect(await run([{ what: 'a' }, { what }, { what: 'b' }])).toEqual({
      done: [
        ['a', 1],
        ['b', 1],
      ],
      failed: ['message-1'],
    });
  });

  it.each([
    ['no JSON', '{"what":'],
    ['a wrong type', { what: 1 }],
    ['an unknown field', { what: 'a', who: 'b' }],
    ['nothing', ''],
  ])('has an unreadable message fail alone: %s', async (_, body) => {
    expect(await run([body, { what: 'a' }])).toEqual({ done: [['a', 1]], failed: ['message-0'] });
  });

  it('reports every message of a batch in which all failed', async () => {
    expect((await run([{ what: 'service' }, { what: 'broken' }])).failed).toEqual(['message-0', 'message-1']);
  });

  it('knows how often a message came', async () => {
    expect((await run([{ what: 'a' }], 4)).done).toEqual([['a', 4]]);
  });

  it('logs what failed by class and place, never by its message', async () => {
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => {});
    await run([{ what: 'broken' }]);
    expect(logged).toHaveBeenCalledWith('message.failed', expect.objectContaining({ messageId: 'message-0' }));
    expect(JSON.stringify(logged.mock.calls)).not.toContain('3273994501900001');
    logged.mockRestore();
  });
});

/** Runs a batch whose messages are done together; those that share a word share their fate. */
async function runTogether(bodies: readonly (string | object)[]) {
  const batches: string[][] = [];
  const handler = batchWorker('test', Message, (messages) => {
    batches.push(messages.map(({ what }) => what));
    const words = [...new Set(messages.map(({ what }) => what))];
    const shared = new Map(words.map((what) => [what, Promise.resolve().then(() => act(what))]));
    return messages.map(async ({ what }) => shared.get(what));
  });
  return { batches, failed: failedIds(await handler(queueEvent(bodies), lambdaContext)) };
}

describe('a worker of whole batches', () => {
  it('has all messages at once, in their order', async () => {
    expect(await runTogether([{ what: 'a' }, { what: 'b' }, { what: 'a' }])).toEqual({
      batches: [['a', 'b', 'a']],
      failed: [],
    });
  });

  it.each(['service', 'conflict', 'broken'])('has what failed delivered again, and nothing else: %s', async (what) => {
    const { failed } = await runTogether([{ what: 'a' }, { what }, { what: 'b' }, { what }]);
    expect(failed).toEqual(['message-1', 'message-3']);
  });

  it('acknowledges what is refused', async () => {
    expect((await runTogether([{ what: 'refused' }, { what: 'a' }])).failed).toEqual([]);
  });

  it('keeps unreadable messages from the others, and has them come again', async () => {
    const { batches, failed } = await runTogether([{ what: 'a' }, '{"what":', { what: 'broken' }, { who: 'b' }]);
    expect(batches).toEqual([['a', 'broken']]);
    expect([...failed].sort()).toEqual(['message-1', 'message-2', 'message-3']);
  });

  it('fails as a whole when a message has no outcome', async () => {
    const handler = batchWorker('test', Message, () => []);
    await expect(handler(queueEvent([{ what: 'a' }]), lambdaContext)).rejects.toThrow(
      'Every message of a batch has its outcome',
    );
  });

  it('logs what failed by class and place, never by its message', async () => {
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => {});
    await runTogether([{ what: 'broken' }]);
    expect(logged).toHaveBeenCalledWith('message.failed', expect.objectContaining({ messageId: 'message-0' }));
    expect(JSON.stringify(logged.mock.calls)).not.toContain('3273994501900001');
    logged.mockRestore();
  });
});
