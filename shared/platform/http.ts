import type { MiddlewareObj } from '@middy/core';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { type Endpoint, passHeader } from '#shared/platform/endpoint.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type RefusalCode, refusals } from '#shared/platform/refusal-codes.ts';

export const maxBodyBytes = 256 * 1024;

/** Who sent the request, as the authorizer vouches for it; never from the path or the body. */
export type Caller = {
  /** User name of the account; for a citizen it is the participant id. */
  readonly username: string;
};

/** A request that passed its endpoint's schemas. */
export type ApiRequest<Body extends z.ZodMiniType, Path extends z.ZodMiniObject, Query extends z.ZodMiniObject> = {
  readonly body: z.infer<Body>;
  readonly path: z.infer<Path>;
  readonly query: z.infer<Query>;
  readonly caller: Caller;
  /** What lets in while the waiting room is open, as it was sent; null where nothing was. */
  readonly pass: string | null;
  readonly now: Date;
};

type Reply = APIGatewayProxyStructuredResultV2;

const Claims = z.object({ username: z.string().check(z.minLength(1)), 'cognito:groups': z.optional(z.string()) });
const AuthorizedEvent = z.object({
  requestContext: z.object({ authorizer: z.object({ jwt: z.object({ claims: Claims }) }) }),
});

/** API Gateway renders a list claim as `[a b]`. */
const groupsOf = (rendered = ''): string[] =>
  rendered
    .replace(/^\[|\]$/g, '')
    .split(/[ ,]+/)
    .filter(Boolean);

const anonymous: Caller = { username: '' };

/**
 * The one way an endpoint becomes a Lambda handler: who calls, what is asked, what is answered, how a refusal looks.
 * `answer` gets the parsed request and returns what the endpoint's answer schema takes.
 */
export function api<
  B extends z.ZodMiniType,
  P extends z.ZodMiniObject,
  Q extends z.ZodMiniObject,
  A,
  const V extends A,
>(endpoint: Endpoint<B, P, Q, z.ZodMiniType<unknown, A>>, answer: (request: ApiRequest<B, P, Q>) => Promise<V>) {
  return served(endpoint, async (event) => {
    return answerOf(endpoint, await answer(requestOf(endpoint, event)));
  });
}

type Answering = (event: APIGatewayProxyEventV2, context: Context) => Promise<Reply>;

/** Endpoints that one function serves: what operators do with one kind of thing. Each is made by `api` or `apiPage`. */
export function apiGroup(members: readonly (readonly [Endpoint, Answering])[]): Answering {
  const byRoute = new Map(members.map(([{ method, path }, answering]) => [`${method} ${path}`, answering]));
  return async (event, context) => {
    const answering = byRoute.get(event.routeKey);
    // The template sends each function its own routes, and no others.
    if (!answering) throw new Error('route.not_served');
    return answering(event, context);
  };
}

/** A value in the form the endpoint promises: what the schema does not know does not leave the house. */
export function answerOf({ answer, status }: Pick<Endpoint, 'answer' | 'status'>, value: unknown): Reply {
  if (typeof answer === 'string') throw new Error('endpoint.answers_page');
  return json(status, answer.parse(value));
}

/** As `api`, for endpoints that answer a page or a redirect. */
export function apiPage<B extends z.ZodMiniType, P extends z.ZodMiniObject, Q extends z.ZodMiniObject>(
  endpoint: Endpoint<B, P, Q>,
  answer: (request: ApiRequest<B, P, Q>) => Promise<Reply>,
) {
  return served(endpoint, (event) => answer(requestOf(endpoint, event)));
}

/** The frame of every endpoint of ours: logs, and refusals as problems. */
export function served(endpoint: Endpoint, reply: (event: APIGatewayProxyEventV2) => Promise<Reply>) {
  return middy<APIGatewayProxyEventV2, Reply>()
    .use(observed(endpoint))
    .use(refusalsAsProblems())
    .handler((event) => reply(event));
}

/** The request, checked in the order a reader would: who, how large, which form, which fields. */
export function requestOf<B extends z.ZodMiniType, P extends z.ZodMiniObject, Q extends z.ZodMiniObject>(
  endpoint: Endpoint<B, P, Q>,
  event: APIGatewayProxyEventV2,
): ApiRequest<B, P, Q> {
  const caller = callerOf(endpoint, event);
  const parsed = {
    caller,
    pass: event.headers[passHeader] ?? null,
    now: new Date(),
    path: fields(endpoint.pathParameters, event.pathParameters ?? {}),
    query: fields(endpoint.query, event.queryStringParameters ?? {}),
    body: bodyOf(endpoint, event),
  };
  // Each part was parsed by the schema that its type comes from.
  return parsed as ApiRequest<B, P, Q>;
}

const NoFields = z.strictObject({});

/** A step that takes no fields refuses them, as all others refuse what they do not know: it was meant for something. */
function bodyOf({ method, body }: Endpoint, event: APIGatewayProxyEventV2): unknown {
  if (body) return fields(body, parseJson(rawBody(event)));
  const text = method === 'GET' ? '' : rawBody(event);
  if (text !== '') fields(NoFields, parseJson(text));
  return undefined;
}

/** The citizen or operator behind the token. @throws Refusal `credentials_missing`, `role_missing`. */
function callerOf({ access }: Endpoint, event: unknown): Caller {
  if (access !== 'citizen' && access !== 'operator') return anonymous;
  const authorized = AuthorizedEvent.safeParse(event);
  if (!authorized.success) throw new Refusal('credentials_missing');
  const { username, 'cognito:groups': groups } = authorized.data.requestContext.authorizer.jwt.claims;
  const isOperator = groupsOf(groups).includes('operators');
  if (isOperator !== (access === 'operator')) throw new Refusal('role_missing');
  return { username };
}

/** The body as it came over the wire. @throws Refusal `body_too_large`. */
export function rawBody({ body, isBase64Encoded }: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>): string {
  const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');
  if (Buffer.byteLength(text) > maxBodyBytes) throw new Refusal('body_too_large');
  return text;
}

/** @throws Refusal `body_not_json`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('body_not_json');
  }
}

function fields(schema: z.ZodMiniType | undefined, value: unknown): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refusal('request_invalid', undefined, faultyFields(parsed.error));
}

/** Names of the fields at fault, never their values. Bounded, since a hostile body can have thousands. */
export function faultyFields(error: z.core.$ZodError): string[] {
  const names = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => [...issue.path, key].join('.'))
      : [issue.path.join('.')],
  );
  return [...new Set(names)].slice(0, 20).map((name) => name.slice(0, 100));
}

export function json(statusCode: number, value: unknown): Reply {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** RFC 9457: a problem with our stable code. */
export function problem({ code, sentence, fields, reasons }: Refusal): Reply {
  const known = refusals[code];
  const { status, title } = known;
  const body = {
    type: `urn:prakerja:refusal:${code}`,
    title: sentence ?? title,
    status,
    code,
    ...(fields.length > 0 && { fields }),
    ...(reasons.length > 0 && { reasons }),
  };
  const headers = {
    'content-type': 'application/problem+json',
    ...('retryAfterSeconds' in known && { 'retry-after': String(known.retryAfterSeconds) }),
  };
  return { statusCode: status, headers, body: JSON.stringify(body) };
}

/** Names the operation and the request in every log line; nothing of its content. */
export function observed({ operation }: Pick<Endpoint, 'operation'>): MiddlewareObj<unknown, unknown, Error, Context> {
  return {
    before: ({ context }) => {
      logger.resetKeys();
      logger.appendKeys({ operation, requestId: context.awsRequestId });
    },
  };
}

function refusalsAsProblems(): MiddlewareObj<unknown, Reply> {
  return {
    onError: (request) => {
      request.response = problem(refusalOf(request.error));
    },
  };
}

/** The refusal behind an error. What nobody expected is logged for us and answered without detail. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) {
    logger.info('request.refused', { code: error.code });
    return error;
  }
  logger.error('request.failed', { reason: faultOf(error) });
  return new Refusal('internal');
}

/** Class and place of an error: its message may quote what a citizen sent, so it is not logged. */
export function faultOf(error: unknown): { name: string; at: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const at = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 5);
  return { name: error.name, at: at.map((line) => line.trim()) };
}

/** Codes that every endpoint with this access may answer, beside its own. */
export function commonRefusals({
  access,
  method,
  needsPass,
}: Pick<Endpoint, 'access' | 'method' | 'needsPass'>): RefusalCode[] {
  const codes: RefusalCode[] = ['internal', 'request_invalid'];
  if (method !== 'GET') codes.push('body_not_json', 'body_too_large');
  if (access === 'citizen' || access === 'operator') codes.push('credentials_missing', 'role_missing');
  if (needsPass) codes.push('waiting_room');
  return codes;
}
