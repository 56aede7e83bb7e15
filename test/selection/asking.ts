import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { expect } from 'vitest';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { commonRefusals } from '#shared/platform/http.ts';
import { citizenClaims, httpEvent, lambdaContext, operatorClaims } from '#test/platform/events.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

type Call = {
  /** User name of who asks; nobody asks a public endpoint. */
  readonly by?: string;
  readonly body?: object;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
};

/** Asks a function by the names of its operations; what is refused must be a code that the contract names. */
export function asking(handler: Handler, endpoints: readonly Endpoint[]) {
  return async (operation: string, { by = 'one', body, path = {}, query = {} }: Call = {}) => {
    const route = endpoints.find((endpoint) => endpoint.operation === operation);
    if (!route) throw new Error(`No operation ${operation}`);
    const claims = route.access === 'operator' ? operatorClaims(by) : citizenClaims(by);
    const event = httpEvent({
      ...{ method: route.method, path: route.path, pathParameters: path, query },
      ...(route.access !== 'public' && { claims }),
      ...(body && { body }),
    });
    const { statusCode: status, headers = {}, body: text = '' } = await handler(event, lambdaContext);
    const isJson = String(headers['content-type']).includes('json');
    const answer = { status, headers, text, body: isJson ? JSON.parse(text) : null };
    if (Number(status) >= 400) expect([...route.refusals, ...commonRefusals(route)]).toContain(answer.body.code);
    return answer;
  };
}
