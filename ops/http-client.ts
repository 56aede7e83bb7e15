import * as z from 'zod/mini';
import { UsageError } from '#ops/command.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { limitedText } from '#shared/platform/outside.ts';

/** The API said no, and why. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;
  /** Where in the request the fault lies. */
  readonly fields: readonly string[];

  constructor(code: string, sentence: string, status: number, fields: readonly string[] = []) {
    super(sentence);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** There is no answer, or none that can be read. */
export class NoAnswer extends Error {}

/** An answer as it came; `read` checks it against the schema of its endpoint. */
export type Reply<Answer> = { readonly text: string; read(): Answer };

type Asked<Body, Query> = {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Query;
  readonly body?: Body;
};

export type Api = {
  /** @throws Refused, NoAnswer; UsageError where the endpoint needs a token and there is none. */
  ask<
    Body extends z.ZodMiniType,
    Path extends z.ZodMiniObject,
    Query extends z.ZodMiniObject,
    Answer extends z.ZodMiniType,
  >(
    route: Endpoint<Body, Path, Query, Answer>,
    asked: Asked<z.input<Body>, z.input<Query>>,
  ): Promise<Reply<z.output<Answer>>>;
};

export const defaultUrl = 'http://127.0.0.1:8080';
/** Longer than API Gateway lets a request take. */
const timeoutMilliseconds = 35_000;
/** Answers have a fraction of it. */
const maxAnswerBytes = 8 * 1024 * 1024;

/** The address of an API. @throws UsageError for one over which a token would travel in the clear. */
export function apiUrl(text: string): string {
  const url = URL.parse(text);
  if (!isSafe(url)) throw new UsageError('--url has to begin with https://; with http:// only on this machine');
  if (url.username || url.password || url.search || url.hash)
    throw new UsageError('--url is an address without a name, a password, a query or a fragment');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** A token that fits into a header. @throws UsageError, without the token. */
export function accessToken(text: string): string {
  const token = text.trim();
  if (!/^[\w.~+/=-]+$/.test(token))
    throw new UsageError('The access token is empty, or holds what a token cannot hold');
  return token;
}

const Problem = z.object({
  code: z.string(),
  title: z.string(),
  fields: z._default(z.array(z.string()), []),
});

/** A client of the API. Redirects are not followed: the token goes to no other address. */
export function apiClient(url: string, tokenOf: () => Promise<string>, timeout = timeoutMilliseconds): Api {
  async function answerTo(path: string, asked: RequestInit): Promise<{ response: Response; text: string }> {
    try {
      const signal = AbortSignal.timeout(timeout);
      const response = await fetch(`${url}${path}`, { ...asked, redirect: 'error', signal });
      return { response, text: await limitedText(response, maxAnswerBytes) };
    } catch (error) {
      const repeat = asked.method === 'GET' ? '' : ' If the step was done, repeating it changes nothing.';
      throw new NoAnswer(`${url} ${reasonOf(error, timeout)}.${repeat}`);
    }
  }

  return {
    async ask(route, { path = {}, query = {}, body }) {
      const { method, access, answer } = route;
      if (typeof answer === 'string') throw new TypeError('Pages and files are not answers of commands');
      const place = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
      const search = new URLSearchParams(
        Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
      );
      const headers = {
        accept: 'application/json',
        ...(access !== 'public' && { authorization: `Bearer ${await tokenOf()}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const sent = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const { response, text } = await answerTo(`${place}${search.size > 0 ? `?${search}` : ''}`, sent);
      if (!response.ok) throw refusalIn(text, response.status, url);
      return { text, read: () => readAs(answer, text, `${url} answered ${response.status}`) };
    },
  };
}

/** Whether a token or a file may travel to an address: in the clear only on this machine. */
function isSafe(url: URL | null): url is URL {
  const isHere = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere));
}

/** A file of some hundred megabytes over a slow line. */
const uploadMilliseconds = 900_000;

/** Puts a file where the API has said. @throws NoAnswer, without the address: whoever has it may write there. */
export async function putFile(address: string, file: Blob): Promise<void> {
  if (!isSafe(URL.parse(address))) throw new NoAnswer('The address for the file is not one that begins with https://.');
  const signal = AbortSignal.timeout(uploadMilliseconds);
  const answer = await fetch(address, { method: 'PUT', body: file, redirect: 'error', signal }).catch(
    (error: unknown) => {
      throw new NoAnswer(`The file store ${reasonOf(error, uploadMilliseconds)}. The upload may be repeated.`);
    },
  );
  await answer.body?.cancel();
  if (!answer.ok) throw new NoAnswer(`The file store answered ${answer.status}. The upload may be repeated.`);
}

/** What went wrong, by name: never what was sent. */
function reasonOf(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return 'does not answer';
  if (error.name === 'TimeoutError') return `did not answer within ${timeout / 1_000} s`;
  const { cause = error } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : cause instanceof Error && cause.message;
  return `does not answer (${code || error.name})`;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalIn(text: string, status: number, url: string): Error {
  const problem = Problem.safeParse(jsonIn(text));
  if (problem.success) {
    const { code, title, fields } = problem.data;
    return new Refused(code, title, status, fields);
  }
  // API Gateway's own answers have no code.
  if (status === 401) return new Refused('credentials_missing', 'The access token is wrong, or has expired', status);
  if (status === 403) return new Refused('role_missing', 'The access token is not one of an operator', status);
  return new NoAnswer(`${url} answered ${status} without saying why.`);
}

function readAs<Answer extends z.ZodMiniType>(schema: Answer, text: string, answered: string): z.output<Answer> {
  const read = schema.safeParse(jsonIn(text));
  if (read.success) return read.data;
  throw new NoAnswer(`${answered} in a form that this version does not know; --json shows it.`);
}
