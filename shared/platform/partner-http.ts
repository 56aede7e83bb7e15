import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { setting } from '#shared/platform/environment.ts';
import { answerOf, json, observed, parseJson, rawBody, refusalOf } from '#shared/platform/http.ts';
import { type PartnerError, partnerErrorOf } from '#shared/platform/partner-errors.ts';
import { isFresh, signatureMatches } from '#shared/platform/partner-signature.ts';
import { Refusal } from '#shared/platform/refusal.ts';

type Reply = APIGatewayProxyStructuredResultV2;

/** Who may sign: a known client of one kind, with its key. Whatever else is known of it goes through to the handler. */
type Sender = { readonly kind: 'platform' | 'institution'; readonly signKey: string };
type Senders<S extends Sender> = { find(clientCode: string, now: Date): Promise<S | null> };

/** A partner's request: signed by a partner of the right kind, parsed by the endpoint's schema. */
export type PartnerRequest<Body extends z.ZodMiniType, S extends Sender> = {
  readonly body: z.infer<Body>;
  readonly partner: S;
  /** The request's signature: equal for a repetition of the very same request, and for nothing else. */
  readonly signature: string;
  readonly authorization: string;
  readonly now: Date;
};

type Options<B extends z.ZodMiniType, P extends z.ZodMiniObject, Q extends z.ZodMiniObject, A, S extends Sender> = {
  readonly endpoint: Endpoint<B, P, Q, z.ZodMiniType<unknown, A>>;
  readonly partners: Senders<S>;
  readonly kind: Sender['kind'];
  /** The documented answer to a body that does not parse, where there is one. */
  readonly invalid?: PartnerError;
};

/** The one way a partner endpoint becomes a handler: signature on the raw body first, then form, then the answer's envelope. */
export function partnerApi<
  B extends z.ZodMiniType,
  P extends z.ZodMiniObject,
  Q extends z.ZodMiniObject,
  A,
  S extends Sender,
  const V extends A,
>(
  { endpoint, partners, kind, invalid }: Options<B, P, Q, A, S>,
  answer: (request: PartnerRequest<B, S>) => Promise<V>,
) {
  return middy<APIGatewayProxyEventV2, Reply>()
    .use(observed(endpoint))
    .use({
      onError: (request) => {
        const refusal = refusalOf(request.error);
        const error = refusal.code === 'request_invalid' && invalid ? invalid : partnerErrorOf(refusal.code);
        request.response = json(error.status, { code: error.code, message: error.message, success: false });
      },
    })
    .handler(async (event) => {
      const now = new Date();
      const signed = await authenticated(event, partners, now);
      if (signed.partner.kind !== kind) throw new Refusal('role_missing');
      const parsed = endpoint.body?.safeParse(parseJson(signed.body));
      if (!parsed?.success) throw new Refusal('request_invalid');
      const { partner, signature, authorization } = signed;
      const value = await answer({ partner, signature, authorization, body: parsed.data, now });
      return answerOf(endpoint, value);
    });
}

type Authenticated<S> = { partner: S; signature: string; authorization: string; body: string };

/** @throws Refusal `credentials_missing`, `timestamp_stale`, `signature_wrong` — the same for unknown clients. */
async function authenticated<S extends Sender>(
  event: APIGatewayProxyEventV2,
  partners: Senders<S>,
  now: Date,
): Promise<Authenticated<S>> {
  const headers = new Map(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value ?? '']));
  const header = (name: string): string => headers.get(name) ?? '';
  const [clientCode, timestamp, signature] = [header('client_code'), header('timestamp'), header('signature')];
  if (!clientCode || !timestamp || !signature) throw new Refusal('credentials_missing');
  if (!isFresh(timestamp, now, Number(setting('timestampToleranceSeconds')))) throw new Refusal('timestamp_stale');
  const body = rawBody(event);
  const partner = await partners.find(clientCode, now);
  const authorization = header('authorization');
  const { method } = event.requestContext.http;
  const request = { clientCode, timestamp, method, path: event.rawPath, body, authorization };
  // An unknown client costs the same work and gets the same answer as a wrong signature.
  const matches = signatureMatches(partner?.signKey ?? 'unknown', request, signature);
  if (!partner || !matches) throw new Refusal('signature_wrong');
  return { partner, signature, authorization, body };
}
