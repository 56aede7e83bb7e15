import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Unsupported } from '#infra/local/assembly.ts';

/** A server on this machine only. */
export interface Listening {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** The whole body of a request, refused (undefined) beyond `limit` bytes. */
export async function readBody(
  request: IncomingMessage,
  limit = Number.POSITIVE_INFINITY,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  return length > limit ? undefined : Buffer.concat(chunks);
}

function address(server: Server): AddressInfo {
  const bound = server.address();
  if (!bound || typeof bound === 'string') throw new Error('The server has no port');
  return bound;
}

/** Listens on 127.0.0.1; port 0 takes any. A taken port is one clear line. */
export async function listen(handler: RequestListener, port = 0): Promise<Listening> {
  const server = createServer(handler);
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? new Unsupported(`Port ${port} is taken: choose another with --port`) : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = address(server);
  return {
    port: bound.port,
    url: `http://127.0.0.1:${bound.port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answer of one operation of the AWS JSON protocol. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Who signed a request, and for which region. */
export interface Signer {
  readonly accessKeyId: string;
  readonly region: string;
}

const credential = /^([^/]+)\/\d{8}\/([^/]+)\//;

/** Signer of a request: by its header, or by its address where it is presigned. Nothing here checks the signature itself. */
export function signerOf({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): Signer | undefined {
  const [, inHeader] = /Credential=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const inAddress = () => new URL(url, 'http://127.0.0.1').searchParams.get('X-Amz-Credential');
  const [, accessKeyId, region] = credential.exec(inHeader ?? inAddress() ?? '') ?? [];
  return accessKeyId && region ? { accessKeyId, region } : undefined;
}

/** Operation of the AWS JSON protocol that a request asks for, without the service's name. */
export function operationOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return (
    String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? ''
  );
}

/** A refusal of the AWS JSON protocol. Services disagree on the capital. */
export function accessDenied(message: string): JsonAnswer {
  return { status: 400, body: { __type: 'AccessDeniedException', message, Message: message } };
}

/** The protocol writes times as seconds since the epoch. */
function toJson(body: unknown): string {
  return JSON.stringify(body, function (this: Record<string, unknown>, key: string, value: unknown) {
    const written = this[key];
    return written instanceof Date ? Math.floor(written.getTime() / 1000) : value;
  });
}

/** Serves the AWS JSON protocol: operation from `x-amz-target`, JSON in and out. `refusal` says why somebody may not, or undefined. */
export function jsonProtocol(
  operate: (operation: string, body: unknown) => Promise<JsonAnswer>,
  refusal: (signer: Signer | undefined, operation: string, body: unknown) => string | undefined = () => undefined,
): RequestListener {
  return async (request, response) => {
    const operation = operationOf(request);
    const answer = await Promise.resolve()
      .then(async () => {
        const body: unknown = JSON.parse(String((await readBody(request)) || '{}'));
        const refused = refusal(signerOf(request), operation, body);
        return refused === undefined ? operate(operation, body) : accessDenied(refused);
      })
      .catch((error: unknown) => ({ status: 500, body: { __type: 'InternalFailure', message: String(error) } }));
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(toJson(answer.body));
  };
}
