import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { receiveNotification } from '#shared/incentive/notification-api.ts';
import { endpoints } from '#shared/operations/contract.ts';
import { openapi } from '#shared/operations/openapi.ts';
import { type Endpoint, endpoint } from '#shared/platform/endpoint.ts';
import { refusals } from '#shared/platform/refusal-codes.ts';

const ping = endpoint({
  operation: 'ping',
  capability: 'operations',
  method: 'GET',
  path: '/ping/{name}',
  access: 'public',
  summary: 'Answers.',
  pathParameters: z.strictObject({ name: z.string() }),
  query: z.strictObject({ loud: z.optional(z.stringbool()) }),
  status: 200,
  answer: z.strictObject({ name: z.pipe(z.pipe(z.string(), z.transform(String)), z.string()) }),
  refusals: ['figures_missing'],
});

const document = openapi(endpoints);
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

/** All values under a key, however deep. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesOf(key, inner)]);
}

function at(pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>((value, name) => new Map(Object.entries(value ?? {})).get(name), document);
}

describe('the API document', () => {
  it('has one operation for every endpoint, each under its own name', () => {
    const told = operations.map(({ path, method, operation }) => `${operation.operationId} ${method} ${path}`);
    const known = endpoints.map(({ operation, method, path }) => `${operation} ${method.toLowerCase()} ${path}`);

    expect(told.sort()).toEqual(known.sort());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(endpoints.length);
  });

  it('is the same for the same endpoints', () => {
    expect(JSON.stringify(openapi(endpoints))).toBe(JSON.stringify(document));
  });

  it('refers only to what it holds', () => {
    const references = [...new Set(valuesOf('$ref', document))].map(String);

    expect(references.sort()).toEqual([
      '#/components/schemas/PartnerProblem',
      '#/components/schemas/Problem',
      '#/components/schemas/SnapProblem',
    ]);
    for (const reference of references) expect(at(reference)).toBeTypeOf('object');
    for (const { operation } of operations)
      for (const name of operation.security.flatMap((schemes) => Object.keys(schemes)))
        expect(document.components.securitySchemes).toHaveProperty(name);
  });

  it('asks a token of citizens and operators, signatures of partners, webhooks and payment partners, and nothing of the public', () => {
    const schemes = { public: 0, citizen: 1, operator: 1, partner: 3, webhook: 3, payment_partner: 3 };

    for (const { operation } of operations)
      expect(operation.security.flatMap((all) => Object.keys(all))).toHaveLength(schemes[operation['x-access']]);
  });

  it('tells every refusal in the table at some operation, but those that an answer carries inside', () => {
    const told = operations.flatMap(({ operation }) => operation['x-refusals'] ?? []);
    const toldToPartners = endpoints.flatMap((one) => (one.access === 'partner' ? one.refusals : []));
    const known = new Set<string>([...told, ...toldToPartners]);
    // Of one of many holds that are placed together, and of files that were refused after their upload.
    const ofFeeds = ['feed_digest_differs', 'feed_columns', 'feed_too_long', 'feed_empty', 'feed_too_bad'];
    const inside = ['hold_exists', 'holds_exceeded', 'statement_digest_differs', 'statement_format', ...ofFeeds];
    const untold = Object.keys(refusals).filter((code) => !known.has(code) && !inside.includes(code));
    const { Problem } = document.components.schemas;

    expect(untold).toEqual([]);
    expect(valuesOf('enum', Problem)).toContainEqual(Object.keys(refusals));
  });

  it('tells the refusals of an operation under their status', () => {
    for (const { operation } of operations)
      for (const code of operation['x-refusals'] ?? []) {
        const answer = operation.responses[refusals[code].status];
        expect(valuesOf('enum', answer?.content?.['application/problem+json']).flat()).toContain(code);
      }
  });

  it('tells a payment partner its refusals in the codes of SNAP BI, each under the status that it begins with', () => {
    const { post } = openapi([receiveNotification]).paths['/v1.0/transfer/notify'] ?? {};
    const told = Object.entries(post?.responses ?? {}).map(([status, { content }]) => [
      status,
      valuesOf('enum', content?.['application/json']?.schema).flat(),
    ]);

    expect(post?.['x-refusals']).toBeUndefined();
    expect(told).toEqual([
      ['200', []],
      ['400', ['4005200', '4005201', '4005202']],
      ['401', ['4015200']],
      ['500', ['5005200']],
    ]);
  });

  it('shows what goes into a query and what comes out of an answer', () => {
    const { get } = openapi([ping]).paths['/ping/{name}'] ?? {};

    expect(get?.parameters?.map(({ name, in: place, required }) => [name, place, required])).toEqual([
      ['name', 'path', true],
      ['loud', 'query', false],
    ]);
    expect(get?.responses['200']?.content?.['application/json']?.schema).toMatchObject({
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    });
  });

  const { answer: _, ...answerless } = ping;
  const { pathParameters: __, ...pathless } = ping;

  it.each<[string, unknown[], RegExp]>([
    ['has no schema for its answer', [answerless], /ping: no schema for its answer/],
    ['has no schema for its path', [pathless], /ping: its path and the schema/],
    ['shares its name', [ping, { ...ping, path: '/pong/{name}' }], /ping: another operation has this name/],
    ['shares its address', [ping, { ...ping, operation: 'pong' }], /pong: another operation has this method and path/],
    [
      'answers what JSON cannot say',
      [{ ...ping, answer: z.strictObject({ at: z.date() }) }],
      /Date cannot be represented/,
    ],
  ])('is not made when an endpoint %s', (_, faulty, message) => {
    // An endpoint in product code is typed; the check is for what types cannot see.
    expect(() => openapi(faulty as Endpoint[])).toThrow(message);
  });
});
