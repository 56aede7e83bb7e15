import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Terminal } from '#ops/command.ts';
import { groups } from '#ops/groups.ts';
import { runOps } from '#ops/run.ts';
import { sanctionEndpoints } from '#shared/incentive/sanctions-api.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { type RefusalCode, refusals } from '#shared/platform/refusal-codes.ts';
import { admissionEndpoints } from '#shared/registration/admission/admission-api.ts';
import { aptitudeEndpoints } from '#shared/registration/aptitude/aptitude-api.ts';
import { replayEligibility } from '#shared/registration/eligibility/replay-api.ts';
import { feedEndpoints } from '#shared/registration/feeds/feeds-api.ts';
import { registryEndpoints } from '#shared/registration/identity/registry-api.ts';
import { privacyDeskEndpoints } from '#shared/registration/privacy/privacy-api.ts';
import { batchEndpoints } from '#shared/selection/batch-api.ts';
import { drawEndpoints } from '#shared/selection/draw-api.ts';

/** A request as the API got it. */
export type Received = {
  readonly operation: string;
  readonly method: string | undefined;
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
};

/** By operation: one answer for all requests, or one after the other. */
export type Answers = Readonly<Record<string, unknown>>;

/** Refuses with a code, as the API does. */
export class Refusing {
  readonly code: RefusalCode;
  constructor(code: RefusalCode) {
    this.code = code;
  }
}

const endpoints: readonly Endpoint[] = [
  ...batchEndpoints,
  ...drawEndpoints,
  ...admissionEndpoints,
  ...aptitudeEndpoints,
  ...privacyDeskEndpoints,
  ...registryEndpoints,
  replayEligibility,
  ...feedEndpoints,
  ...sanctionEndpoints,
];

/** A server on this machine that takes what the endpoints take, and answers what they may answer. */
export async function startFakeApi(answers: Answers) {
  const received: Received[] = [];
  const left = new Map(Object.entries(answers).map(([name, answer]) => [name, [answer].flat(1)]));

  function answerTo(method: string | undefined, url: URL, text: string, authorization: string | undefined) {
    for (const route of endpoints) {
      const pattern = new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
      const match = pattern.exec(url.pathname);
      if (route.method !== method || !match) continue;
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      received.push({ operation: route.operation, method, path: url.pathname + url.search, body, authorization });
      const inputs = [
        route.pathParameters?.safeParse({ ...match.groups }),
        route.query?.safeParse(Object.fromEntries(url.searchParams)),
        route.body?.safeParse(body),
      ];
      if (inputs.some((input) => input && !input.success)) return new Refusing('request_invalid');
      if (route.access === 'operator' && authorization === undefined) return new Refusing('credentials_missing');
      const planned = left.get(route.operation) ?? [];
      const answer = planned.length > 1 ? planned.shift() : planned[0];
      if (answer instanceof Refusing || typeof route.answer === 'string') return answer;
      return route.answer.parse(answer);
    }
    return new Refusing('internal');
  }

  const server = createServer(async (request, response) => {
    const text = (await buffer(request)).toString();
    const { method, url = '/', headers } = request;
    const answer = answerTo(method, new URL(url, 'http://here'), text, headers.authorization);
    const refused = answer instanceof Refusing ? { code: answer.code, ...refusals[answer.code] } : undefined;
    response.writeHead(refused?.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(refused ?? answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const token = 'operator.token-1';

type Around = { readonly isTTY?: boolean; readonly typed?: string | null; readonly env?: Terminal['env'] };

/** A terminal that keeps what it is shown, without colours. */
export function fakeTerminal({ isTTY = false, typed = null, env = {} }: Around = {}) {
  const shown = { out: '', err: '' };
  const pauses: number[] = [];
  const on = (name: 'out' | 'err') => ({
    isTTY,
    write: (text: string) => {
      shown[name] += text;
    },
  });
  const terminal: Terminal = {
    out: on('out'),
    err: on('err'),
    env: { PRAKERJA_TOKEN: token, ...env },
    paint: (_, text) => text,
    ask: async (question) => {
      shown.err += question;
      return typed;
    },
    pause: async (milliseconds) => void pauses.push(milliseconds),
  };
  return { terminal, shown, pauses };
}

/** Runs a command line against a server that answers so. */
export async function run(args: readonly string[], answers: Answers, around: Around = {}) {
  await using api = await startFakeApi(answers);
  const { terminal, shown, pauses } = fakeTerminal({ ...around, env: { PRAKERJA_URL: api.url, ...around.env } });
  const code = await runOps(groups, args, terminal);
  return { code, ...shown, pauses, received: api.received };
}
