import '#test/platform/environment.ts';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { movableClock } from '#infra/local/clock.ts';
import { type Storage, startStorage } from '#infra/local/storage.ts';
import { queues } from '#shared/platform/queues.ts';

const region = 'ap-southeast-3';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const decree = (chunk: number) => ({ queue: 'decreeQueueUrl', body: { batchId: '7', chunk } }) as const;

describe('sending messages', () => {
  let storage: Storage;
  let client: SQSClient;
  beforeAll(async () => {
    storage = await startStorage({ region, clock: movableClock(), authorize: () => undefined });
    client = new SQSClient({ endpoint: storage.url, region, credentials });
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', storage.url);
    for (const [variable, name] of [
      ['IDENTITY_QUEUE_URL', 'identity'],
      ['DECREE_QUEUE_URL', 'decree'],
    ] as const) {
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name }));
      vi.stubEnv(variable, QueueUrl);
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
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

  it('brings each to its queue, ten a call, however many they are', async () => {
    const sent = vi.spyOn(globalThis, 'fetch');
    const decrees = Array.from({ length: 25 }, (_, chunk) => decree(chunk));
    await queues().send([{ queue: 'identityQueueUrl', body: { participantId: 'p' } }, ...decrees]);
    expect(sent).toHaveBeenCalledTimes(4);
    expect(await received('IDENTITY_QUEUE_URL')).toEqual([{ participantId: 'p' }]);
    expect(await received('DECREE_QUEUE_URL')).toEqual(decrees.map(({ body }) => body));
  });

  it('of none asks nobody', async () => {
    const sent = vi.spyOn(globalThis, 'fetch');
    await queues().send([]);
    expect(sent).not.toHaveBeenCalled();
  });
});

type Reply = number | 'cut' | object;
type Seen = { readonly headers: IncomingHttpHeaders; readonly path: string; readonly body: string };

describe('a call to SQS', () => {
  const seen: Seen[] = [];
  let replies: Reply[] = [];
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { headers, url: path = '' } = request;
      seen.push({ headers, path, body: Buffer.concat(chunks).toString() });
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      if (reply === 'cut') return request.socket.destroy();
      if (typeof reply === 'number') return response.writeHead(reply).end('{"__type":"Told"}');
      return response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(reply));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('A server on TCP has a port');
    url = `http://127.0.0.1:${address.port}`;
    vi.stubEnv('DECREE_QUEUE_URL', `https://sqs.${region}.amazonaws.com/000000000000/decree`);
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  });
  afterEach(() => {
    seen.length = 0;
    vi.restoreAllMocks();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  const taken = { Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: 'not looked at' }] };

  it('is the one that the SDK makes', async () => {
    replies = [taken];
    await queues().send([decree(1), decree(2)]);
    const client = new SQSClient({ endpoint: url, region, credentials, md5: false });
    const Entries = [1, 2].map((chunk, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(decree(chunk).body),
    }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: process.env['DECREE_QUEUE_URL'], Entries }));
    client.destroy();
    const [ours, theirs] = seen.map(({ path, body, headers }) => ({
      path,
      body: JSON.parse(body),
      target: headers['x-amz-target'],
      type: headers['content-type'],
      scope: headers.authorization?.match(/Credential=[^,]*/)?.[0],
    }));
    expect(seen).toHaveLength(2);
    expect(ours).toEqual(theirs);
  });

  it('goes to the host of the queue unless the environment names another', async () => {
    const sent = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(taken));
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', undefined);
    await queues().send([decree(1)]);
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', url);
    expect(sent.mock.calls.map(([address]) => address)).toEqual([`https://sqs.${region}.amazonaws.com/`]);
  });

  it.each<[string, Reply[]]>([
    ['the line is cut', ['cut', taken]],
    ['the service fails twice', [503, 500, taken]],
    ['the service asks to slow down', [429, taken]],
  ])('is repeated when %s', async (_, answers) => {
    replies = [...answers];
    await queues().send([decree(1)]);
    expect(seen).toHaveLength(answers.length);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
  });

  it('is given up after three tries', async () => {
    replies = [503];
    await expect(queues().send([decree(1)])).rejects.toThrow('sqs.failed 503');
    expect(seen).toHaveLength(3);
  });

  it('that is not allowed is not repeated', async () => {
    replies = [403];
    await expect(queues().send([decree(1)])).rejects.toThrow('queue.send_refused 403');
    expect(seen).toHaveLength(1);
  });

  it('throws when a single message was not taken, so that whoever called tries again', async () => {
    replies = [{ ...taken, Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError' }] }];
    await expect(queues().send([decree(1), decree(2)])).rejects.toThrow('queue.send_failed 1 of 2');
    expect(seen).toHaveLength(1);
  });
});
