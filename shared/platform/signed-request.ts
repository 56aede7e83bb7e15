import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';

/*
 * Single requests to AWS services, signed by the SDK's own signer and sent by the runtime's own fetch. For a service of which we need
 * one or two operations a whole client would be most of a function's bundle and of its start: docs/decisions/0014.
 */

/** What an SDK client would take from the same variables. */
const variables = {
  s3: { endpoint: 'AWS_ENDPOINT_URL_S3', signsPath: false },
  secretsmanager: { endpoint: 'AWS_ENDPOINT_URL_SECRETS_MANAGER', signsPath: true },
  sns: { endpoint: 'AWS_ENDPOINT_URL_SNS', signsPath: true },
  sqs: { endpoint: 'AWS_ENDPOINT_URL_SQS', signsPath: true },
} as const;
type Service = keyof typeof variables;

const variable = (name: string): string => process.env[name] ?? '';

function signer(service: Service): SignatureV4 {
  return new SignatureV4({
    service,
    region: variable('AWS_REGION'),
    sha256: Sha256,
    uriEscapePath: variables[service].signsPath,
    credentials: {
      accessKeyId: variable('AWS_ACCESS_KEY_ID'),
      secretAccessKey: variable('AWS_SECRET_ACCESS_KEY'),
      sessionToken: variable('AWS_SESSION_TOKEN'),
    },
  });
}

/** The endpoint that the environment names for a service, as SDK clients read it, or null for the usual one. */
export function namedEndpoint(service: Service): string | null {
  return variable(variables[service].endpoint) || null;
}

function requestOf(address: string, method: string, headers: Readonly<Record<string, string>>): HttpRequest {
  const { protocol, hostname, port, host, pathname, searchParams } = new URL(address);
  const query = Object.fromEntries(searchParams);
  const place = { protocol, hostname, path: pathname, query, ...(port && { port: Number(port) }) };
  return { ...place, method, headers: { host, ...headers } };
}

/** An address that anybody may GET, or PUT to, until it expires; with these headers, where they are given, and no others of their names. */
export async function presigned(
  service: Service,
  address: string,
  expiresInSeconds: number,
  method: 'GET' | 'PUT' = 'GET',
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { query = {} } = await signer(service).presign(requestOf(address, method, headers), {
    expiresIn: expiresInSeconds,
    // In the query they would be wishes; as headers they are signed, and S3 holds the body to them.
    unhoistableHeaders: new Set(Object.keys(headers)),
  });
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string') url.searchParams.set(name, value);
  return url.href;
}

export type Sent = {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
};

/** Tries of one request: a moment's trouble of the service is not the caller's. Together they fit into an API function's life. */
const maxTries = 3;
const timeoutMilliseconds = 2_500;

/** What is worth another try: no answer, a failing service, and being told to slow down. */
async function isPassing(answer: Response): Promise<boolean> {
  if (answer.status >= 500 || answer.status === 429) return true;
  // `ThrottlingException` of Secrets Manager, `RequestThrottled` of SQS.
  return answer.status === 400 && (await answer.clone().text()).includes('Throttl');
}

/** Sends a signed request; every answer that another try would not change is the caller's to read. @throws after three tries. */
export async function sendSigned(service: Service, address: string, sent: Sent): Promise<Response> {
  const { method = 'GET', headers = {}, body } = sent;
  for (let tries = 1; ; tries += 1) {
    const request = { ...requestOf(address, method, headers), ...(body !== undefined && { body }) };
    // Signed anew each time: a signature is of its moment.
    const { host: _host, ...signedHeaders } = (await signer(service).sign(request)).headers;
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const answer = await fetch(address, {
      method,
      headers: signedHeaders,
      signal,
      ...(body !== undefined && { body }),
    }).catch(() => null);
    if (answer && !(await isPassing(answer))) return answer;
    await answer?.body?.cancel();
    if (tries === maxTries) throw new Error(`${service}.failed ${answer?.status ?? 'without an answer'}`);
    await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** tries * (0.5 + Math.random() / 2)));
  }
}
