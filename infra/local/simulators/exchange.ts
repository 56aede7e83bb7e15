import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/**
 * A request as the simulated services see it. `path` is below the service's own address; `raw` is the text that came, and
 * `body` the JSON in it, or undefined where there was none: each service refuses that in its own words.
 */
export type Call = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly raw: string;
  readonly body: unknown;
};

/** Cut: the connection ends without an answer. */
export type Answer = { readonly status: number; readonly type: string; readonly content: string } | 'cut';

export type Service = (call: Call) => Promise<Answer>;

const maximumBodyBytes = 64 * 1024;

export function json(status: number, body: object): Answer {
  return { status, type: 'application/json', content: JSON.stringify(body) };
}

export function html(content: string): Answer {
  return { status: 200, type: 'text/html; charset=utf-8', content };
}

/** The key of `Authorization: Bearer <key>`; undefined without one. Any key will do. */
export function bearerKey({ headers }: Call): string | undefined {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
}

class TooLarge extends Error {}

async function rawOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maximumBodyBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/** The first service whose prefix begins the path, and the rest of the path. */
function routed(
  services: ReadonlyMap<string, Service>,
  pathname: string,
): { service: Service; path: string } | undefined {
  for (const [prefix, service] of services)
    if (pathname.startsWith(`${prefix}/`)) return { service, path: pathname.slice(prefix.length) };
  return undefined;
}

async function answerTo(services: ReadonlyMap<string, Service>, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://simulators');
  const route = routed(services, pathname);
  if (!route) return json(404, { error: 'no_such_service' });
  try {
    const { method = 'GET', headers } = request;
    const raw = await rawOf(request);
    return await route.service({ method, path: route.path, query, headers, raw, body: parsed(raw) });
  } catch (error) {
    if (error instanceof TooLarge) return json(413, { error: 'body_too_large', maximumBytes: maximumBodyBytes });
    throw error;
  }
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'cut') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { 'content-type': answer.type, 'cache-control': 'no-store' });
  response.end(answer.content);
}

/**
 * Serves each service below its prefix ("/payment-partner"; the one at "" gets what no other took, so it stands last).
 * Resolves when it listens on 127.0.0.1; a taken port rejects with EADDRINUSE.
 */
export async function serve(services: ReadonlyMap<string, Service>, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answerTo(services, request).then(
      (answer) => send(response, answer),
      () => send(response, json(500, { error: 'simulator_failed' })),
    );
  });
  // Longer than clients keep an idle connection, so that no call meets one that is just being closed.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
