import '#test/platform/environment.ts';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { endpoint } from '#shared/platform/endpoint.ts';
import {
  api,
  apiPage,
  faultOf,
  faultyFields,
  maxBodyBytes,
  problem,
  rawBody,
  refusalOf,
} from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type RefusalCode, refusals } from '#shared/platform/refusal-codes.ts';
import { citizenClaims, httpEvent, lambdaContext, operatorClaims, read } from '#test/platform/events.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const common = { capability: 'operations', method: 'POST', summary: '', refusals: [], status: 201 } as const;
const echo = endpoint({
  ...common,
  operation: 'echo',
  path: '/v1/echo/{id}',
  access: 'public',
  body: z.strictObject({
    amount: z.int(),
    note: z.string().optional(),
    deep: z.strictObject({ a: z.int() }).optional(),
  }),
  pathParameters: z.strictObject({ id: z.string().max(3) }),
  query: z.strictObject({ page: z.string().optional() }),
  answer: z.strictObject({ id: z.string(), amount: z.int(), caller: z.string() }),
});
const forCitizens = endpoint({
  ...common,
  operation: 'own',
  path: '/v1/own',
  access: 'citizen',
  answer: z.strictObject({ me: z.string() }),
});
const forOperators = endpoint({
  ...common,
  operation: 'all',
  path: '/v1/all',
  access: 'operator',
  answer: z.strictObject({ me: z.string() }),
});

const echoing = api(echo, async ({ body: { amount }, path: { id }, caller }) => ({
  id,
  amount,
  caller: caller.username,
}));
const own = api(forCitizens, async ({ caller }) => ({ me: caller.username }));
const all = api(forOperators, async ({ caller }) => ({ me: caller.username }));

const ask = async (request: Parameters<typeof httpEvent>[0]) =>
  read(await echoing(httpEvent({ pathParameters: { id: '1' }, ...request }), lambdaContext));

/** The problem a refusal looks like. */
const problemOf = (code: RefusalCode, fields?: readonly string[]) => ({
  status: refusals[code].status,
  type: 'application/problem+json',
  body: {
    type: `urn:prakerja:refusal:${code}`,
    title: refusals[code].title,
    status: refusals[code].status,
    code,
    ...(fields && { fields }),
  },
});

describe('a request', () => {
  it('that fits is answered with the status of its endpoint', async () => {
    expect(await ask({ body: { amount: 1 } })).toEqual({
      status: 201,
      type: 'application/json',
      body: { id: '1', amount: 1, caller: '' },
    });
  });

  it('may come as base64', async () => {
    expect(await ask({ body: { amount: 2 }, base64: true })).toMatchObject({ status: 201, body: { amount: 2 } });
  });

  it.each<[string, Parameters<typeof httpEvent>[0], RefusalCode, string[]?]>([
    ['without a body', {}, 'body_not_json'],
    ['with half a body', { body: '{"amount":' }, 'body_not_json'],
    ['with a trailing comma', { body: '{"amount":1,}' }, 'body_not_json'],
    ['without a field', { body: {} }, 'request_invalid', ['amount']],
    ['with a field of the wrong type', { body: { amount: '1' } }, 'request_invalid', ['amount']],
    ['with a fraction', { body: { amount: 1.5 } }, 'request_invalid', ['amount']],
    ['with an unknown field', { body: { amount: 1, price: 2 } }, 'request_invalid', ['price']],
    ['with an unknown field inside', { body: { amount: 1, deep: { a: 1, b: 2 } } }, 'request_invalid', ['deep.b']],
    ['with a list for an object', { body: '[]' }, 'request_invalid', ['']],
    ['with null for an object', { body: 'null' }, 'request_invalid', ['']],
    ['with an unknown query', { body: { amount: 1 }, query: { limit: '1' } }, 'request_invalid', ['limit']],
    ['with a wrong path', { body: { amount: 1 }, pathParameters: { id: '1234' } }, 'request_invalid', ['id']],
  ])('%s is refused by name', async (_, request, code, fields) => {
    expect(await ask(request)).toEqual(problemOf(code, fields));
  });

  it('never meets its own values again in the refusal', async () => {
    const { body } = await ask({ body: { amount: '3273994501900001', note: 7 } });
    expect(JSON.stringify(body)).not.toContain('3273994501900001');
  });

  it.each([
    ['256 KB', 'x'.repeat(maxBodyBytes), false],
    ['one byte more', 'x'.repeat(maxBodyBytes + 1), true],
    ['letters of two bytes', 'é'.repeat(maxBodyBytes / 2), false],
    ['one letter of two bytes too many', 'é'.repeat(maxBodyBytes / 2 + 1), true],
  ])('of %s is too large: %s', (_, body, isTooLarge) => {
    for (const isBase64Encoded of [false, true]) {
      const sent = isBase64Encoded ? Buffer.from(body).toString('base64') : body;
      if (isTooLarge) expectRefusal(() => rawBody({ body: sent, isBase64Encoded }), 'body_too_large');
      else expect(rawBody({ body: sent, isBase64Encoded })).toBe(body);
    }
  });

  it('that is too large is refused before anybody reads it', async () => {
    expect(await ask({ body: `{"amount":${' '.repeat(maxBodyBytes)}1}` })).toEqual(problemOf('body_too_large'));
  });
});

describe('the caller', () => {
  const asCitizen = async (claims?: Record<string, string>) =>
    read(await own(httpEvent(claims ? { claims } : {}), lambdaContext));
  const asOperator = async (claims?: Record<string, string>) =>
    read(await all(httpEvent(claims ? { claims } : {}), lambdaContext));

  it('is the user name of the token', async () => {
    expect(await asCitizen(citizenClaims('someone'))).toMatchObject({ status: 201, body: { me: 'someone' } });
    expect(await asOperator(operatorClaims('operator-1'))).toMatchObject({ status: 201, body: { me: 'operator-1' } });
  });

  it('without a token is refused', async () => {
    expect(await asCitizen()).toEqual(problemOf('credentials_missing'));
    expect(await asOperator()).toEqual(problemOf('credentials_missing'));
    expect(await asCitizen({ sub: 'no user name' })).toEqual(problemOf('credentials_missing'));
    expect(await asCitizen({ username: '' })).toEqual(problemOf('credentials_missing'));
  });

  it('of the other kind is refused', async () => {
    expect(await asCitizen(operatorClaims('operator-1'))).toEqual(problemOf('role_missing'));
    expect(await asOperator(citizenClaims('someone'))).toEqual(problemOf('role_missing'));
  });

  it.each([
    ['[operators]', true],
    ['[auditors operators]', true],
    ['[operators, auditors]', true],
    ['operators', true],
    ['[]', false],
    ['', false],
    ['[operators-of-old]', false],
    ['[not operators2]', false],
    ['[Operators]', false],
  ])('in the groups %s is an operator: %s', async (groups, isOperator) => {
    const { status } = await asOperator({ username: 'someone', 'cognito:groups': groups });
    expect(status).toBe(isOperator ? 201 : 403);
  });

  it('is nobody where anybody may call, whatever the token says', async () => {
    expect(await ask({ body: { amount: 1 }, claims: citizenClaims('someone') })).toMatchObject({
      body: { caller: '' },
    });
  });
});

describe('what fails on our side', () => {
  const secret = 'NIK 3273994501900001 is not readable';
  const failing = api(echo, async (): Promise<{ id: string; amount: number; caller: string }> => {
    throw new TypeError(secret);
  });
  const event = httpEvent({ body: { amount: 1 }, pathParameters: { id: '1' } });

  it('is answered without detail', async () => {
    const answer = await failing(event, lambdaContext);
    expect(read(answer)).toEqual(problemOf('internal'));
    expect(JSON.stringify(answer)).not.toContain(secret);
  });

  it('is logged by class and place, never by its message', async () => {
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => {});
    await failing(event, lambdaContext);
    expect(logged).toHaveBeenCalledWith('request.failed', { reason: expect.objectContaining({ name: 'TypeError' }) });
    expect(JSON.stringify(logged.mock.calls)).not.toContain('3273994501900001');
    logged.mockRestore();
  });

  it('is also an answer that its schema does not know', async () => {
    const answer = { id: '1', amount: 1, caller: '', secret };
    const leaking = api(echo, async () => answer);
    expect(read(await leaking(event, lambdaContext))).toEqual(problemOf('internal'));
  });

  it('has a reason for anything that can be thrown', () => {
    expect(faultOf('a text')).toEqual({ name: 'string', at: [] });
    expect(faultOf(undefined)).toEqual({ name: 'undefined', at: [] });
    expect(faultOf(new RangeError(secret)).at.join()).not.toContain(secret);
    expect(refusalOf(new RangeError(secret)).code).toBe('internal');
  });
});

describe('a page', () => {
  it('is answered as it is, and refused as a problem', async () => {
    const page = endpoint({ ...common, operation: 'page', path: '/page', access: 'public', answer: 'text/html' });
    const shown = apiPage(page, async () => ({
      statusCode: 200,
      headers: { 'content-type': 'text/html' },
      body: '<p>',
    }));
    expect(await shown(httpEvent(), lambdaContext)).toMatchObject({ statusCode: 200, body: '<p>' });
    const refused = apiPage(page, async () => {
      throw new Refusal('ticket_invalid');
    });
    expect(read(await refused(httpEvent(), lambdaContext))).toEqual(problemOf('ticket_invalid'));
  });
});

describe('a problem', () => {
  it.each(Object.entries(refusals))('of %s has its status and a title', (code, { status, title }) => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).toMatch(/^[A-Z].{10,}/);
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it('names at most twenty fields, each cut at a hundred characters', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}${'x'.repeat(200)}`, 1]));
    const { error } = z.strictObject({}).safeParse(many);
    if (!error) throw new Error('Unknown fields are faults');
    const fields = faultyFields(error);
    expect(fields).toHaveLength(20);
    expect(Math.max(...fields.map(({ length }) => length))).toBe(100);
  });

  it('says in its own words what the refusal says', () => {
    const { body } = read(problem(new Refusal('request_invalid', 'A schedule ends after it starts', ['schedules'])));
    expect(body).toMatchObject({ title: 'A schedule ends after it starts', fields: ['schedules'] });
  });
});
