import { createPublicKey, verify } from 'node:crypto';
import keys from 'cognito-local/lib/keys/cognitoLocal.public.json' with { type: 'json' };
import * as z from 'zod';
import type { Declared } from '#infra/local/declared.ts';
import { ignored, properties } from '#infra/local/names.ts';

const AuthorizerProperties = z.strictObject({
  ApiId: z.string(),
  Name: ignored,
  AuthorizerType: z.literal('JWT'),
  IdentitySource: z.array(z.string()).default(['$request.header.Authorization']),
  JwtConfiguration: z.strictObject({ Audience: z.array(z.string()), Issuer: z.string() }),
});

const Claims = z.looseObject({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
  exp: z.number(),
  iat: z.number().optional(),
  nbf: z.number().optional(),
  token_use: z.enum(['id', 'access']),
  scope: z.string().default(''),
});

export type Claims = z.infer<typeof Claims>;

const publicKey = createPublicKey(keys.pem);

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** What a request shows: its headers and query, lower-cased names and decoded values. */
interface Shown {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

function token(source: string, { headers, query }: Shown): string | undefined {
  const [, , place, name = ''] = /^(\$request)\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  const value = place === 'header' ? headers[name.toLowerCase()] : (query.get(name) ?? undefined);
  return value?.replace(/^Bearer\s+/i, '');
}

/** `undefined` when the request shows no token; `'refused'` when it shows one that is not good now. */
export type Authorizer = (shown: Shown) => Claims | 'refused' | undefined;

/** The JWT authorizer of an HTTP API: signature, issuer, audience (or client id of an access token), and times by our clock. */
export function jwtAuthorizer(declared: Declared, now: () => Date): Authorizer {
  const { IdentitySource, JwtConfiguration } = properties(declared, AuthorizerProperties);
  return (shown) => {
    const given = IdentitySource.map((source) => token(source, shown)).find(Boolean);
    if (!given) return undefined;
    const [header = '', payload = '', signature = ''] = given.split('.');
    const { data: algorithm } = z.looseObject({ alg: z.literal('RS256') }).safeParse(decode(header));
    const { data: claims } = Claims.safeParse(decode(payload));
    if (!algorithm || !claims) return 'refused';
    if (!verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url')))
      return 'refused';
    const seconds = Math.floor(now().getTime() / 1000);
    const inTime = claims.exp > seconds && (claims.nbf ?? 0) <= seconds && (claims.iat ?? 0) <= seconds + 1;
    const audience = [claims.aud ?? claims.client_id ?? []].flat();
    const known =
      audience.some((one) => JwtConfiguration.Audience.includes(one)) && claims.iss === JwtConfiguration.Issuer;
    return inTime && known ? claims : 'refused';
  };
}

/** Claims as API Gateway hands them to a function: every value a text, lists in brackets. */
export function renderClaims(claims: Claims): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, Array.isArray(value) ? `[${value.join(' ')}]` : String(value)]),
  );
}
