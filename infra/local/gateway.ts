import type { IncomingMessage, ServerResponse } from 'node:http';
import { Unsupported } from '#infra/local/assembly.ts';
import { type Authorizer, jwtAuthorizer } from '#infra/local/authorizer.ts';
import type { Clock } from '#infra/local/clock.ts';
import type { Declared, Physical } from '#infra/local/declared.ts';
import type { Functions } from '#infra/local/functions.ts';
import {
  ApiProperties,
  type Cors,
  IntegrationProperties,
  RouteProperties,
  StageProperties,
} from '#infra/local/gateway-properties.ts';
import { httpAnswer, httpEvent, lowerHeaders } from '#infra/local/http-event.ts';
import { draw, properties, seededBytes } from '#infra/local/names.ts';
import { matchRoute, parseRoute, type Route } from '#infra/local/routes.ts';
import { type Listening, listen, readBody } from '#infra/local/wire.ts';

interface Target {
  readonly functionArn: string;
  readonly authorizer: Authorizer | undefined;
  readonly scopes: readonly string[];
}

interface Api {
  readonly id: string;
  readonly server: Listening;
  readonly cors: Cors | undefined;
  readonly routes: Route<Target>[];
}

const bodyLimitBytes = 10 * 1024 * 1024;

function reply(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ message }));
}

/** HTTP APIs: routes, authorizers and integrations of the template, served on this machine with payload format 2.0. */
export function apiGateway({
  clock,
  functions,
  port,
  seed,
}: {
  clock: Clock;
  functions: Functions;
  port: number;
  seed: string | undefined;
}) {
  const apis = new Map<string, Api>();
  const authorizers = new Map<string, Authorizer>();
  const integrations = new Map<string, string>();

  function corsHeaders({ cors }: Api, origin: string | undefined): Record<string, string> {
    if (!cors || !origin) return {};
    const any = cors.AllowOrigins.includes('*');
    if (!any && !cors.AllowOrigins.includes(origin)) return {};
    return {
      'access-control-allow-origin': any ? '*' : origin,
      ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
      ...(cors.ExposeHeaders.length > 0 && { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
    };
  }

  function preflight(api: Api, origin: string | undefined, response: ServerResponse): void {
    const allowed = corsHeaders(api, origin);
    const { AllowMethods = [], AllowHeaders = [], MaxAge } = api.cors ?? {};
    const more = {
      'access-control-allow-methods': AllowMethods.join(','),
      'access-control-allow-headers': AllowHeaders.join(','),
      ...(MaxAge !== undefined && { 'access-control-max-age': String(MaxAge) }),
    };
    response.writeHead(204, allowed['access-control-allow-origin'] ? { ...allowed, ...more } : {}).end();
  }

  async function serve(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(`${api.server.url}${request.url?.startsWith('/') ? request.url : '/'}`);
    const { origin } = request.headers;
    if (api.cors && request.method === 'OPTIONS' && origin) return preflight(api, origin, response);
    const allow = corsHeaders(api, origin);
    const match = matchRoute(api.routes, request.method ?? '', url.pathname);
    if (!match) return reply(response, 404, 'Not Found', allow);

    const { functionArn, authorizer, scopes } = match.route.target;
    const claims = authorizer?.({ headers: lowerHeaders(request), query: url.searchParams });
    if (authorizer && (!claims || claims === 'refused')) {
      const challenge = claims ? 'Bearer error="invalid_token"' : 'Bearer';
      return reply(response, 401, 'Unauthorized', { ...allow, 'www-authenticate': challenge });
    }
    const granted = claims && claims !== 'refused' ? claims : undefined;
    if (scopes.length > 0 && !scopes.some((scope) => granted?.scope.split(' ').includes(scope)))
      return reply(response, 403, 'Forbidden', allow);
    const body = await readBody(request, bodyLimitBytes);
    if (!body) return reply(response, 413, 'Request Entity Too Large', allow);

    const event = httpEvent({ apiId: api.id, request, url, body, match, claims: granted, now: clock.now() });
    const invocation = await functions.find(functionArn).invoke(event);
    if (!invocation.ok) return reply(response, 500, 'Internal Server Error', allow);
    const { statusCode, headers, cookies, body: text, isBase64Encoded } = httpAnswer(invocation.payload);
    response.writeHead(statusCode, { ...headers, ...allow, ...(cookies.length > 0 && { 'set-cookie': cookies }) });
    response.end(Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8'));
  }

  return {
    async createApi(declared: Declared): Promise<Physical> {
      const { CorsConfiguration: cors } = properties(declared, ApiProperties);
      const label = `${declared.stack.name}/${declared.logicalId}`;
      const id = draw(seededBytes(seed ?? 'api', label), 'abcdefghijklmnopqrstuvwxyz0123456789', 10);
      const routes: Route<Target>[] = [];
      const server = await listen(
        (request, response) => {
          serve({ id, server, cors, routes }, request, response).catch(() => {
            if (response.headersSent) response.end();
            else reply(response, 500, 'Internal Server Error');
          });
        },
        apis.size === 0 ? port : 0,
      );
      apis.set(id, { id, server, cors, routes });
      return { ref: id, attributes: { ApiId: id, ApiEndpoint: server.url } };
    },

    createAuthorizer(declared: Declared): Physical {
      authorizers.set(declared.logicalId, jwtAuthorizer(declared, clock.now));
      return { ref: declared.logicalId, attributes: { AuthorizerId: declared.logicalId } };
    },

    createIntegration(declared: Declared): Physical {
      integrations.set(
        declared.logicalId,
        functions.find(properties(declared, IntegrationProperties).IntegrationUri).arn,
      );
      return { ref: declared.logicalId, attributes: { IntegrationId: declared.logicalId } };
    },

    createRoute(declared: Declared): Physical {
      const { ApiId, RouteKey, Target, AuthorizationType, AuthorizerId, AuthorizationScopes } = properties(
        declared,
        RouteProperties,
      );
      const functionArn = integrations.get(Target.replace('integrations/', ''));
      const authorizer = AuthorizationType === 'JWT' ? authorizers.get(AuthorizerId ?? '') : undefined;
      if (!functionArn || (AuthorizationType === 'JWT' && !authorizer))
        throw new Unsupported(
          `${declared.stack.name}/${declared.logicalId}: route ${RouteKey} has no integration or no authorizer`,
        );
      apis.get(ApiId)?.routes.push(parseRoute(RouteKey, { functionArn, authorizer, scopes: AuthorizationScopes }));
      return { ref: declared.logicalId, attributes: {} };
    },

    createStage(declared: Declared): Physical {
      return { ref: properties(declared, StageProperties).StageName, attributes: {} };
    },

    /** Addresses of the first API, in the order of the template. */
    urls: (): string[] => [...apis.values()].map(({ server }) => server.url),
    /** Turns the address that the real API would have into the local one. */
    localize: (text: string): string =>
      [...apis.values()].reduce(
        (at, { id, server }) =>
          at.replaceAll(new RegExp(`https://${id}\\.execute-api\\.[a-z0-9-]+\\.amazonaws\\.com`, 'g'), server.url),
        text,
      ),

    async stop(): Promise<void> {
      await Promise.all([...apis.values()].map(({ server }) => server.stop()));
    },
  };
}
