import '#test/platform/environment.ts';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { movableClock } from '#infra/local/clock.ts';
import { type Storage, startStorage } from '#infra/local/storage.ts';
import { queues } from '#shared/platform/queues.ts';

const region = 'ap-southeast-3';
let storage: Storage;
let client: SQSClient;
beforeAll(async () => {
  storage = await startStorage({ region, clock: movableClock(), authorize: () => undefined });
  client = new SQSClient({
    endpoint: storage.url,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  for (const [variable, name] of [
    ['IDENTITY_QUEUE_URL', 'identity'],
    ['DECREE_QUEUE_URL', 'decree'],
  ] as const) {
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name }));
    vi.stubEnv(variable, QueueUrl);
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  await storage.stop();
});

async function received(variable: string): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for (;;) {
    const ask = { QueueUrl: process.env[variable], MaxNumberOfMessages: 10 };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(ask));
    if (Messages.length === 0) return bodies;
    for (const { Body = '' } of Messages) bodies.push(JSON.parse(Body));
  }
}

describe('sending messages', () => {
  it('brings each to its queue, ten a call, however many they are', async () => {
    const sent = vi.spyOn(client, 'send');
    const decrees = Array.from(
      { length: 25 },
      (_, chunk) => ({ queue: 'decreeQueueUrl', body: { batchId: '7', chunk } }) as const,
    );
    await queues(client).send([{ queue: 'identityQueueUrl', body: { participantId: 'p' } }, ...decrees]);
    expect(sent).toHaveBeenCalledTimes(4);
    sent.mockRestore();
    expect(await received('IDENTITY_QUEUE_URL')).toEqual([{ participantId: 'p' }]);
    expect(await received('DECREE_QUEUE_URL')).toEqual(decrees.map(({ body }) => body));
  });

  it('of none asks nobody', async () => {
    const sent = vi.spyOn(client, 'send');
    await queues(client).send([]);
    expect(sent).not.toHaveBeenCalled();
    sent.mockRestore();
  });

  it('throws when a single message was not taken, so that whoever called tries again', async () => {
    const failed = { Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError' }], Successful: [], $metadata: {} };
    const sent = vi.spyOn(client, 'send').mockImplementation(async () => failed);
    const two = [1, 2].map((chunk) => ({ queue: 'decreeQueueUrl', body: { chunk } }) as const);
    await expect(queues(client).send(two)).rejects.toThrow('queue.send_failed 1 of 2');
    sent.mockRestore();
  });
});
