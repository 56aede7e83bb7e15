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

/** Posts JSON to an outside service. @throws ServiceFailed when there is no readable answer. */
export async function postJson(url: string, body: object, headers: Readonly<Record<string, string>>): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return { status: response.status, body: await response.json() };
  } catch {
    // The cause may quote the request, and the request names a citizen.
    throw new ServiceFailed(0);
  }
}
