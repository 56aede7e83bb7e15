import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { type Claims, renderClaims } from '#infra/local/authorizer.ts';
import { accountId } from '#infra/local/declared.ts';
import type { Match } from '#infra/local/routes.ts';

const Answer = z.looseObject({
  statusCode: z.number().int(),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
  cookies: z.array(z.string()).default([]),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});

export type Answer = z.infer<typeof Answer>;

const textual = /^(text\/|application\/(json|xml|javascript|vnd\.api\+json))/;

/** Headers with lower-case names, repeated ones joined by commas; cookies stand apart. */
export function lowerHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values = []] of Object.entries(request.headersDistinct))
    if (name !== 'cookie') headers[name] = values.join(',');
  return headers;
}

interface Call {
  readonly apiId: string;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  readonly match: Match<unknown>;
  readonly claims: Claims | undefined;
  readonly now: Date;
}

/** The event of an HTTP API, payload format 2.0. */
export function httpEvent({ apiId, request, url, body, match: { route, pathParameters }, claims, now }: Call) {
  const headers = lowerHeaders(request);
  const { host = '', 'user-agent': userAgent = '', 'content-type': contentType = 'text/plain' } = headers;
  const names = [...new Set(url.searchParams.keys())];
  const isBase64Encoded = body.length > 0 && !textual.test(contentType);
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(request.headers.cookie && { cookies: request.headers.cookie.split(/;\s*/) }),
    headers,
    ...(names.length > 0 && {
      queryStringParameters: Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name).join(',')])),
    }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId,
      apiId,
      ...(claims && { authorizer: { jwt: { claims: renderClaims(claims), scopes: null } } }),
      domainName: host,
      domainPrefix: apiId,
      http: {
        method: request.method,
        path: url.pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent,
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** What a function's result means: an answer with a status, or anything else as the JSON body of a 200. */
export function httpAnswer(payload: unknown): Answer {
  const { data: answer } = Answer.safeParse(payload);
  if (answer) return answer;
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return { ...Answer.parse({ statusCode: 200, headers: { 'content-type': 'application/json' } }), body };
}
