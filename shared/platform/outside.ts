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
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return { status: response.status, body: JSON.parse(await limitedText(response)) };
  } catch {
    // The cause may quote the request, and the request names a citizen.
    throw new ServiceFailed(0);
  }
}

/** The text of an answer. @throws as soon as it is longer than the limit; the rest is not read. */
async function limitedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes) throw new RangeError('The answer is too long');
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
