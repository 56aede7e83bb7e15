import { Refusal } from '#shared/platform/refusal.ts';

/** An outside service answered that it cannot, did not answer in time, or answered what is not its contract. */
export class ServiceFailed extends Refusal {
  /** HTTP status, or 0 where there was no answer. */
  readonly answered: number;

  constructor(answered: number) {
    super('service_unavailable');
    this.answered = answered;
  }
}

export type Answer = { readonly status: number; readonly body: unknown };

/** Longer than any of the services needs, shorter than a worker's life. */
const timeoutMilliseconds = 10_000;
/** Answers of the services have less than a tenth of it. */
const maxAnswerBytes = 64 * 1_024;

/** Posts JSON to an outside service. @throws ServiceFailed when there is no readable answer. */
export async function postJson(url: string, body: object, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return postJsonText(url, JSON.stringify(body), headers);
}

/** Posts a JSON text as it stands, for who has signed it. @throws ServiceFailed when there is no readable answer. */
export async function postJsonText(
  url: string,
  text: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const posted = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text };
  return answerTo(url, posted, (answer) => JSON.parse(answer));
}

/**
 * Gets JSON from an outside service. The body is undefined unless the status is of the 200s: who has nothing to give says so with an
 * empty answer or a page. @throws ServiceFailed when there is no readable answer.
 */
export async function getJson(url: string): Promise<Answer> {
  const asked = { headers: { accept: 'application/json' } };
  return answerTo(url, asked, (answer, { ok }) => (ok ? JSON.parse(answer) : undefined));
}

type Read = (answer: string, response: Response) => unknown;

/** Asks once, with limits of time and size, and goes nowhere else. @throws ServiceFailed when the answer cannot be had or read. */
async function answerTo(url: string, asked: RequestInit, read: Read): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const response = await fetch(url, { ...asked, redirect: 'error', signal });
    return { status: response.status, body: read(await limitedText(response, maxAnswerBytes), response) };
  } catch {
    // The cause may quote the request, and the request names a citizen.
    throw new ServiceFailed(0);
  }
}

/** The text of an answer. @throws as soon as it is longer than `maxBytes`; the rest is not read. */
export async function limitedText({ body }: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new RangeError('the answer is too long');
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
