import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { namedEndpoint, presigned, sendSigned } from '#shared/platform/signed-request.ts';

Object.assign(process.env, {
  AWS_REGION: 'ap-southeast-3',
  AWS_ACCESS_KEY_ID: 'key-of-nobody',
  AWS_SECRET_ACCESS_KEY: 'secret-of-nobody',
  AWS_SESSION_TOKEN: 'session-of-nobody',
});

type Reply = number | 'cut' | 'ThrottlingException' | 'RequestThrottled';
type Seen = { readonly method: string; readonly authorization: string; readonly body: string };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A service that answers as told, one reply a request; the last one stays. */
async function service(...replies: readonly Reply[]): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', headers } = request;
    seen.push({ method, authorization: headers.authorization ?? '', body: Buffer.concat(chunks).toString() });
    const reply = replies[Math.min(seen.length, replies.length) - 1];
    if (reply === 'cut') return request.socket.destroy();
    if (typeof reply === 'string') return response.writeHead(400).end(JSON.stringify({ __type: reply }));
    return response.writeHead(reply ?? 200).end('text');
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A server on TCP has a port');
  return { url: `http://127.0.0.1:${address.port}`, seen };
}

describe('a signed request', () => {
  it('bears the signature of its service, region and day', async () => {
    const { url, seen } = await service(200);
    await sendSigned('s3', `${url}/bucket/a.json`, { method: 'PUT', body: 'one' });
    expect(seen[0]?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=key-of-nobody\/\d{8}\/ap-southeast-3\/s3\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
    );
    expect(seen[0]).toMatchObject({ method: 'PUT', body: 'one' });
  });

  it.each<[string, Reply[]]>([
    ['the line is cut', ['cut', 200]],
    ['the service fails twice', [503, 500, 200]],
    ['the service asks to slow down', [429, 200]],
    ['Secrets Manager throttles in its own words', ['ThrottlingException', 200]],
    ['SQS throttles in its own words', ['RequestThrottled', 200]],
  ])('is tried again when %s', async (_, replies) => {
    const { url, seen } = await service(...replies);
    expect((await sendSigned('secretsmanager', `${url}/`, { method: 'POST', body: '{}' })).status).toBe(200);
    expect(seen).toHaveLength(replies.length);
  });

  it.each<[string, Reply]>([
    ['fails', 500],
    ['cuts the line', 'cut'],
    ['throttles', 'ThrottlingException'],
  ])('is given up after three tries when the service %s each time', async (_, reply) => {
    const { url, seen } = await service(reply);
    await expect(sendSigned('s3', `${url}/bucket/a.json`, {})).rejects.toThrow('s3.failed');
    expect(seen).toHaveLength(3);
  });

  it.each([400, 404, 412, 403])('answered with %i is the caller’s to read, after one try', async (status) => {
    const { url, seen } = await service(status);
    expect((await sendSigned('s3', `${url}/bucket/a.json`, {})).status).toBe(status);
    expect(seen).toHaveLength(1);
  });
});

describe('a presigned address', () => {
  it('names its signer and its life, and nothing secret', async () => {
    const url = new URL(await presigned('s3', 'https://bucket.s3.example/certificates/a.pdf', 300));
    expect(url.pathname).toBe('/certificates/a.pdf');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
    expect(url.searchParams.get('X-Amz-Credential')).toContain('key-of-nobody/');
    expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    expect(url.href).not.toContain('secret-of-nobody');
  });
});

describe('an endpoint', () => {
  it('is the usual one unless the environment names another', () => {
    expect(namedEndpoint('secretsmanager')).toBeNull();
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = 'http://127.0.0.1:1';
    expect(namedEndpoint('secretsmanager')).toBe('http://127.0.0.1:1');
  });
});
