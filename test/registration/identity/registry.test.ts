import '#test/platform/environment.ts';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registryDesk } from '#functions/registration/registry.ts';
import { movableClock } from '#infra/local/clock.ts';
import { startStorage } from '#infra/local/storage.ts';
import { queueDepth } from '#shared/platform/queue-depth.ts';
import { queues } from '#shared/platform/queues.ts';
import { takeTurns } from '#shared/registration/identity/registry-gate.ts';
import { registryGates } from '#shared/registration/identity/registry-gate-store.ts';
import { civilRegistryId, registrySwitches } from '#shared/registration/identity/registry-switch.ts';
import { httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

async function ask(method: string, path: string, body?: object, table = engine.table) {
  const desk = registryDesk({
    gates: registryGates(table),
    switches: registrySwitches(table),
    checksPerSecond: 50,
    pending: async () => ({ waiting: 7, delayed: 2, withWorker: 1 }),
  });
  const event = httpEvent({ method, path, claims: operatorClaims('operator-satu'), ...(body && { body }) });
  return read(await desk(event, lambdaContext));
}
const reason = { reason: 'Dukcapil announced maintenance' };
const steps = async () => (await registrySwitches(engine.table).entries(civilRegistryId)).length;

describe('the desk of the civil registry', () => {
  it('shows the breaker, the bound, the backlog, and who has waited longest', async () => {
    const fresh = await ask('GET', '/v1/registry');
    expect(fresh).toMatchObject({
      status: 200,
      body: {
        breaker: { state: 'closed', openedAt: null, retryAt: null, failuresInRow: 0 },
        checksPerSecond: 50,
        pending: { waiting: 7, delayed: 2, withWorker: 1 },
        oldest: null,
        lastSwitch: null,
      },
    });
    const oldestRegisteredAt = new Date('2026-11-02T03:00:00.000Z');
    const asked = { wanted: 1, checksPerSecond: 50, oldestRegisteredAt };
    await registryGates(engine.table).change((gate) => takeTurns(gate, asked, new Date()));
    expect((await ask('GET', '/v1/registry')).body.oldest.registeredAt).toBe(oldestRegisteredAt.toISOString());
  });

  it('opens and closes the breaker by hand, once each, and says who did it and why', async () => {
    for (let times = 0; times < 2; times += 1) {
      const held = await ask('POST', '/v1/registry/opening', reason);
      expect(held).toMatchObject({
        status: 200,
        body: {
          breaker: { state: 'held_open', retryAt: null },
          lastSwitch: { position: 'open', by: 'operator-satu', ...reason },
        },
      });
    }
    expect(await steps()).toBe(1);
    for (let times = 0; times < 2; times += 1) {
      const closed = await ask('POST', '/v1/registry/closing', reason);
      expect(closed).toMatchObject({ body: { breaker: { state: 'closed' }, lastSwitch: { position: 'closed' } } });
    }
    expect(await steps()).toBe(2);
  });

  it.each([1, 2] as const)('that dies at its write %i is finished by the same request again', async (write) => {
    for (const [path, state] of [
      ['/v1/registry/opening', 'held_open'],
      ['/v1/registry/closing', 'closed'],
    ] as const) {
      for (const when of ['before', 'after'] as const)
        expect((await ask('POST', path, reason, engine.dying({ write, when }))).status).toBeGreaterThanOrEqual(200);
      expect((await ask('POST', path, reason)).body.breaker.state).toBe(state);
    }
  });
});

describe('the depth of a queue', () => {
  it('counts what waits, and what was put back for later', async () => {
    const region = 'ap-southeast-3';
    const storage = await startStorage({ region, clock: movableClock(), authorize: () => undefined });
    const client = new SQSClient({
      endpoint: storage.url,
      region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    try {
      vi.stubEnv('AWS_ENDPOINT_URL_SQS', storage.url);
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: 'identity' }));
      vi.stubEnv('IDENTITY_QUEUE_URL', QueueUrl);
      const message = { queue: 'identityQueueUrl', body: { participantId: 'p' } } as const;
      await queues().send([message, message, { ...message, delaySeconds: 600 }]);
      expect(await queueDepth('identityQueueUrl')).toEqual({ waiting: 2, delayed: 1, withWorker: 0 });
    } finally {
      vi.unstubAllEnvs();
      client.destroy();
      await storage.stop();
    }
  });
});
