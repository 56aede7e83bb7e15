import { ok } from 'node:assert/strict';
import { createHmac } from 'node:crypto';

/** What an HTTP call answered; the body parsed where it is JSON. */
export type Answer = { readonly status: number; readonly body: unknown; readonly headers: Headers };

/** What a call carries beside method and path. */
export type Call = {
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** One HTTP call to the program. */
export async function call(apiUrl: string, method: string, path: string, options: Call = {}): Promise<Answer> {
  const { token, body, rawBody, headers = {} } = options;
  const text = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${apiUrl}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(text !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(text !== undefined && { body: text }),
  });
  const answer = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, body: isJson ? JSON.parse(answer) : answer, headers: response.headers };
}

/** The answer's body, or an error that says what came instead. */
export function expectStatus({ status, body }: Answer, expected: number): unknown {
  ok(status === expected, `Expected ${expected}, got ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Keys of a partner as the operator got them. */
export type PartnerKeys = { readonly clientCode: string; readonly signKey: string; readonly webhookSecret: string };

/** Headers of a partner request, signed as the official samples do: compact body, seconds, lowercase hex. */
export function partnerHeaders(
  { clientCode, signKey }: PartnerKeys,
  { path, body, now, method = 'POST' }: { path: string; body: string; now: Date; method?: string },
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signature = createHmac('sha1', signKey)
    .update(clientCode + timestamp + method + path + body)
    .digest('hex');
  return { client_code: clientCode, timestamp, signature };
}

/** Headers of a webhook, signed after Standard Webhooks. */
export function webhookHeaders(
  webhookSecret: string,
  { id, body, now }: { id: string; body: string; now: Date },
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const key = Buffer.from(webhookSecret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
