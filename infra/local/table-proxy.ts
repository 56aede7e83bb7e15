import { Agent, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import * as z from 'zod';
import type { Meter } from '#infra/local/meter.ts';
import { tableActions } from '#infra/local/needed-actions.ts';
import { type Authorize, administrator } from '#infra/local/permissions.ts';
import { accessDenied, type Listening, listen, operationOf, readBody, signerOf } from '#infra/local/wire.ts';

const Fields = z.looseObject({});
const passedOn = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'] as const;

const jsonType = 'application/x-amz-json-1.0';

/** A text, since Node writes headers and a text at once, but headers and bytes one after the other. */
function reply(response: ServerResponse, status: number, text: string, type = jsonType): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/**
 * Stands before the engine: refuses what the caller has no permission for, and counts what requests consume where there is a meter.
 * All else passes as it came, over connections that stay open.
 */
export async function startTableProxy({
  engineEndpoint,
  authorize,
  meter,
}: {
  readonly engineEndpoint: string;
  readonly authorize: Authorize;
  readonly meter?: Meter | undefined;
}): Promise<Listening> {
  const { hostname, port } = new URL(engineEndpoint);
  const agent = new Agent({ keepAlive: true });

  function forward(request: IncomingMessage, text: string): Promise<IncomingMessage> {
    const headers: Record<string, string | number> = { 'content-length': Buffer.byteLength(text) };
    for (const name of passedOn) if (request.headers[name] !== undefined) headers[name] = String(request.headers[name]);
    return new Promise((resolve, reject) => {
      send({ hostname, port, method: 'POST', path: '/', agent, headers }, resolve).once('error', reject).end(text);
    });
  }

  /** Why a request may not pass; what it asks for is only read where a function asks. */
  function refusal(request: IncomingMessage, text: string): string | undefined {
    const signer = signerOf(request);
    if (!signer || signer.accessKeyId === administrator) return authorize(signer, '', undefined);
    const ofTables = String(request.headers['x-amz-target']).startsWith('DynamoDB_');
    const operation = operationOf(request);
    const needed = ofTables ? tableActions(operation, JSON.parse(text), signer.region) : undefined;
    return authorize(signer, operation, needed);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = String(await readBody(request));
    const refused = refusal(request, text);
    if (refused !== undefined) {
      const { status, body } = accessDenied(refused);
      return reply(response, status, JSON.stringify(body));
    }
    const operation = operationOf(request);
    const counted = meter?.counts(operation) ? meter : undefined;
    const asked = () => JSON.stringify({ ...Fields.parse(JSON.parse(text)), ReturnConsumedCapacity: 'INDEXES' });
    const answer = await forward(request, counted ? asked() : text);
    const { statusCode = 500, headers } = answer;
    const told = String(await readBody(answer));
    if (counted && statusCode === 200) counted.note(operation, told);
    reply(response, statusCode, told, headers['content-type']);
  }

  const proxy = await listen((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else reply(response, 500, JSON.stringify({ __type: 'InternalServerError', message: String(error) }));
    });
  });
  return {
    ...proxy,
    async stop() {
      await proxy.stop();
      agent.destroy();
    },
  };
}
