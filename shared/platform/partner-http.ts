import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Partner, PartnerDescription, Partners } from '#shared/catalogue/partner.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { setting } from '#shared/platform/environment.ts';
import { answerOf, json, observed, parseJson, rawBody, refusalOf } from '#shared/platform/http.ts';
import { type PartnerError, partnerErrorOf } from '#shared/platform/partner-errors.ts';
import { isFresh, signatureMatches } from '#shared/platform/partner-signature.ts';
import { Refusal } from '#shared/platform/refusal.ts';

type Reply = APIGatewayProxyStructuredResultV2;

/** A partner's request: signed by a partner of the right kind, parsed by the endpoint's schema. */
export type PartnerRequest<Body extends z.ZodMiniType> = {
  readonly body: z.infer<Body>;
  readonly partner: PartnerDescription;
  /** The request's signature: equal for a repetition of the very same request, and for nothing else. */
  readonly signature: string;
  readonly authorization: string;
  readonly now: Date;
};

type Options<Body extends z.ZodMiniType, Path extends z.ZodMiniObject, Query extends z.ZodMiniObject, Answer> = {
  readonly endpoint: Endpoint<Body, Path, Query, z.ZodMiniType<unknown, Answer>>;
  readonly partners: Partners;
  readonly kind: PartnerDescription['kind'];
  /** The documented answer to a body that does not parse, where there is one. */
  readonly invalid?: PartnerError;
};

/** The one way a partner endpoint becomes a handler: signature on the raw body first, then form, then the answer's envelope. */
export function partnerApi<
  B extends z.ZodMiniType,
  P extends z.ZodMiniObject,
  Q extends z.ZodMiniObject,
  A,
  const V extends A,
>({ endpoint, partners, kind, invalid }: Options<B, P, Q, A>, answer: (request: PartnerRequest<B>) => Promise<V>) {
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

type Authenticated = { partner: Partner; signature: string; authorization: string; body: string };

/** @throws Refusal `credentials_missing`, `timestamp_stale`, `signature_wrong` — the same for unknown clients. */
async function authenticated(event: APIGatewayProxyEventV2, partners: Partners, now: Date): Promise<Authenticated> {
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
