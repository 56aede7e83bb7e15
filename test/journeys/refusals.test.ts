import { ok } from 'node:assert/strict';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyErrorOf, notificationErrorOf, notificationErrors } from '#shared/incentive/notification-api.ts';
import { endpoints } from '#shared/operations/contract.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { commonRefusals, maxBodyBytes } from '#shared/platform/http.ts';
import { emptyCourseError, partnerErrorOf, partnerErrors } from '#shared/platform/partner-errors.ts';
import { type RefusalCode, refusals } from '#shared/platform/refusal-codes.ts';
import { programProvinceOf } from '#shared/registration/regions.ts';
import { type Answer, type Call, type PartnerKeys, partnerHeaders, webhookHeaders } from '#test/journeys/http.ts';
import type { Citizen, Journey, Market } from '#test/journeys/journey.ts';
import { incomplete, sampleFields, wronglyTyped } from '#test/journeys/samples.ts';
import { noLeaks, type Started, startJourneys } from '#test/journeys/started.ts';
import { tableTexts } from '#test/journeys/whole-table.ts';
import { people } from '#test/simulation/people.ts';

/*
 * Every endpoint there is, asked by those who may not and with what it does not take; an endpoint that is new tomorrow is asked
 * tomorrow. Requests are such that something would be written if they were not refused; in the end nothing is.
 */

/** What a request is, how it is sent, and the code it must be refused with. `unauthorized` is the gateway's own answer. */
type Attempt = readonly [what: string, options: Call, expected: RefusalCode | 'unauthorized', path?: string];

let started: Started;
let steps: Journey;
let market: Market;
let otherMarket: Market;
let owner: Citizen;
let other: Citizen;
let newcomer: Citizen;
let operator: string;
let certificateNumber: string;
let purchaseId: string;
let redeemCode: string;
let ticket: string;
let paymentToken: string;
let before: readonly string[];
let deliveriesBefore: number;
let noticesBefore: number;

const now = () => started.cloud.clock.now();
const secondsLater = (seconds: number) => new Date(now().getTime() + seconds * 1_000);
/** Another text of the same length and alphabet. */
const altered = (text: string) => `${text.startsWith('a') ? 'b' : 'a'}${text.slice(1)}`;
const alteredEnd = (text: string) => `${text.slice(0, -9)}${altered(text.slice(-9))}`;

function pathOf({ path, pathParameters }: Endpoint): string {
  const known = {
    batchId: '5', // A draft: each step on it would be one forward, or say in which state it is.
    participantId: owner.participantId,
    number: certificateNumber,
    clientCode: market.institution.clientCode,
    courseCode: market.course.courseCode,
  };
  const values = pathParameters ? sampleFields(pathParameters, known) : {};
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

function fieldsOf({ body }: Endpoint) {
  const { nik, familyCardNumber, name, birthDate, sex, phone, regencyCode } = newcomer.person;
  const { courseCode: course_code, scheduleCode: schedule_code, priceRupiah: amount } = market.course;
  const person = { nik, familyCardNumber, name, birthDate, sex, phone, regencyCode };
  const course = { course_code, schedule_code, amount, redeem_code: redeemCode, redirect_uri: market.redirectUri };
  const completed_at = now().toISOString();
  return body ? sampleFields(body, { ...person, ...course, completed_at, batchId: '6', ticket, purchaseId }) : {};
}
const textOf = (endpoint: Endpoint) => (endpoint.body ? JSON.stringify(fieldsOf(endpoint)) : '');
const sentAs = (rawBody: string): Call => (rawBody === '' ? {} : { rawBody });

const callers = new Map<Endpoint, PartnerKeys>();

/** The partner that may call an endpoint. Exactly one kind may: the other is told that it needs another role. */
async function callerOf(endpoint: Endpoint): Promise<PartnerKeys> {
  const known = callers.get(endpoint);
  if (known) return known;
  const [asPlatform, asInstitution] = [market.platform, market.institution].map(async (keys) => {
    const answer = await send(endpoint, signed(keys, endpoint, '{}'));
    return told(endpoint, answer) !== partnerErrorOf('role_missing').code;
  });
  ok((await asPlatform) !== (await asInstitution), `${endpoint.operation} is for one kind of partner`);
  const caller = (await asPlatform) ? market.platform : market.institution;
  callers.set(endpoint, caller);
  return caller;
}

function signed(keys: PartnerKeys, endpoint: Endpoint, rawBody: string, at = now()): Call {
  const { method } = endpoint;
  const headers = partnerHeaders(keys, { path: pathOf(endpoint), body: rawBody, now: at, method });
  return { ...sentAs(rawBody), headers };
}

function hooked({ webhookSecret }: PartnerKeys, rawBody: string, at = now(), id = 'msg_refusals'): Call {
  return { rawBody, headers: webhookHeaders(webhookSecret, { id, body: rawBody, now: at }) };
}

/** As a payment partner signs it. */
function notified({ path }: Endpoint, rawBody: string, at = now()): Call {
  return { rawBody, headers: started.simulators.payments.notificationHeaders('switching', path, rawBody, at) };
}

/** A request with the credentials that the endpoint asks for. */
async function allowed(endpoint: Endpoint, rawBody: string): Promise<Call> {
  switch (endpoint.access) {
    case 'public':
      return sentAs(rawBody);
    case 'citizen':
      return { ...sentAs(rawBody), token: owner.token };
    case 'operator':
      return { ...sentAs(rawBody), token: operator };
    case 'partner':
      return signed(await callerOf(endpoint), endpoint, rawBody);
    case 'webhook':
      return hooked(market.institution, rawBody);
    case 'payment_partner':
      return notified(endpoint, rawBody);
  }
}

const send = (endpoint: Endpoint, options: Call, path = pathOf(endpoint)): Promise<Answer> =>
  steps.api(endpoint.method, path, options);

const documented = (endpoint: Endpoint): ReadonlySet<RefusalCode> =>
  new Set([...commonRefusals(endpoint), ...endpoint.refusals]);

const partnerCodes = new Map(
  [...Object.values(partnerErrors), emptyCourseError].map(({ code, status }) => [code, status]),
);
const isRefusal = (code: unknown): code is RefusalCode => typeof code === 'string' && code in refusals;

/** The code of a refusal that has the promised form; otherwise what is wrong with it. */
function told(endpoint: Endpoint, { status, body, headers }: Answer): string {
  if (typeof body !== 'object' || body === null) return `${status} without a problem`;
  const fields: Record<string, unknown> = { ...body };
  const { code } = fields;
  const type = headers.get('content-type');
  // What the gateway refuses never reaches a function of ours.
  if (status === 401 && fields['message'] === 'Unauthorized' && headers.has('www-authenticate')) return 'unauthorized';
  if (endpoint.access === 'partner') {
    const shape = Object.keys(fields).sort().join() === 'code,message,success' && fields['success'] === false;
    const known = typeof code === 'string' && partnerCodes.get(code) === status && type === 'application/json';
    return shape && known ? code : `${status} malformed ${JSON.stringify(body)}`;
  }
  if (endpoint.access === 'payment_partner') {
    const { responseCode, responseMessage } = fields;
    const shape = Object.keys(fields).sort().join() === 'responseCode,responseMessage' && type === 'application/json';
    const isKnown = notificationErrors.some(
      (error) =>
        error.status === status && error.responseCode === responseCode && error.responseMessage === responseMessage,
    );
    return shape && isKnown ? String(responseMessage) : `${status} malformed ${JSON.stringify(body)}`;
  }
  const known = isRefusal(code) && refusals[code].status === status && fields['status'] === status;
  const named = known && fields['type'] === `urn:prakerja:refusal:${code}` && typeof fields['title'] === 'string';
  if (!named || type !== 'application/problem+json') return `${status} malformed ${JSON.stringify(body)}`;
  return documented(endpoint).has(code) ? code : `${code} is not documented`;
}

function expectedOf({ access }: Endpoint, code: Attempt[2]): string {
  if (code === 'unauthorized') return code;
  if (access === 'payment_partner') return notificationErrorOf(code).responseMessage;
  return access === 'partner' ? partnerErrorOf(code).code : code;
}

/** All attempts at an endpoint whose answers are not the expected ones. */
async function wrongAnswers(endpoint: Endpoint, attempts: readonly Attempt[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const [what, options, code, path] of attempts) {
    const answer = told(endpoint, await send(endpoint, options, path));
    const expected = expectedOf(endpoint, code);
    const isDocumentedInvalid =
      code === 'request_invalid' && [emptyCourseError.code, bodyErrorOf('{}').responseMessage].includes(answer);
    if (answer !== expected && !isDocumentedInvalid) wrong.push(`${what}: ${answer} instead of ${expected}`);
  }
  return wrong;
}

function strangersToTokens(endpoint: Endpoint): Attempt[] {
  const request = sentAs(textOf(endpoint));
  const token = endpoint.access === 'operator' ? operator : owner.token;
  const foreign = endpoint.access === 'operator' ? owner.token : operator;
  const [header = '', payload = '', signature = ''] = token.split('.');
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  const raised = Buffer.from(JSON.stringify({ ...claims, 'cognito:groups': ['operators'], exp: claims.exp + 9 }));
  return [
    ['no credentials', request, 'unauthorized'],
    ['a token that is none', { ...request, token: 'nonsense' }, 'unauthorized'],
    ['another signature', { ...request, token: `${header}.${payload}.${altered(signature)}` }, 'unauthorized'],
    ['no algorithm', { ...request, token: `${none}.${payload}.` }, 'unauthorized'],
    ['other claims', { ...request, token: `${header}.${raised.toString('base64url')}.${signature}` }, 'unauthorized'],
    ['a signature of a partner', { ...signed(market.platform, endpoint, textOf(endpoint)) }, 'unauthorized'],
    ['the other role', { ...request, token: foreign }, 'role_missing'],
  ];
}

async function strangersToSignatures(endpoint: Endpoint): Promise<Attempt[]> {
  const body = textOf(endpoint);
  const keys = await callerOf(endpoint);
  const wrongKind = keys === market.platform ? market.institution : market.platform;
  const stranger = keys === market.platform ? otherMarket.platform : otherMarket.institution;
  const right = signed(keys, endpoint, body);
  const headers = { ...right.headers };
  const without = (name: string): Call => ({
    rawBody: body,
    headers: Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name)),
  });
  const from = (other: Partial<PartnerKeys>): Call => signed({ ...keys, ...other }, endpoint, body);
  const place = { path: '/api/v1/integration/elsewhere', body, now: now() };
  return [
    ['no credentials', sentAs(body), 'credentials_missing'],
    ["a citizen's token", { rawBody: body, token: owner.token }, 'credentials_missing'],
    ...Object.keys(headers).map((name): Attempt => [`no ${name}`, without(name), 'credentials_missing']),
    ['a client that nobody knows', from({ clientCode: 'dp-tak-dikenal' }), 'signature_wrong'],
    ['a client code that cannot be', from({ clientCode: 'P#x' }), 'signature_wrong'],
    ['the key of another partner', from({ signKey: stranger.signKey }), 'signature_wrong'],
    [
      "one's own key under the name of another",
      signed({ ...stranger, clientCode: keys.clientCode }, endpoint, body),
      'signature_wrong',
    ],
    [
      'another signature',
      { ...right, headers: { ...headers, signature: altered(headers['signature'] ?? '') } },
      'signature_wrong',
    ],
    ['the signature of another body', { ...right, rawBody: `${body.slice(0, -1)},"more":1}` }, 'signature_wrong'],
    ['the signature of another path', { rawBody: body, headers: partnerHeaders(keys, place) }, 'signature_wrong'],
    [
      'the signature of another method',
      { rawBody: body, headers: partnerHeaders(keys, { ...place, path: endpoint.path, method: 'PUT' }) },
      'signature_wrong',
    ],
    ['a timestamp too old', signed(keys, endpoint, body, secondsLater(-302)), 'timestamp_stale'],
    ['a timestamp of the future', signed(keys, endpoint, body, secondsLater(302)), 'timestamp_stale'],
    ['a timestamp that is none', { ...right, headers: { ...headers, timestamp: 'now' } }, 'timestamp_stale'],
    [
      'a fresh timestamp on an old signature',
      { ...right, headers: { ...headers, timestamp: String(Math.floor(secondsLater(5).getTime() / 1_000)) } },
      'signature_wrong',
    ],
    ['the other kind of partner', signed(wrongKind, endpoint, body), 'role_missing'],
  ];
}

function strangersToWebhooks(endpoint: Endpoint): Attempt[] {
  const body = textOf(endpoint);
  const right = hooked(market.institution, body);
  const headers = { ...right.headers };
  const without = (name: string): Call => ({
    rawBody: body,
    headers: Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name)),
  });
  const at = (clientCode: string) => endpoint.path.replace('{clientCode}', clientCode);
  return [
    ['no credentials', sentAs(body), 'credentials_missing'],
    ["a citizen's token", { rawBody: body, token: owner.token }, 'credentials_missing'],
    ['the signature of the partner API', signed(market.institution, endpoint, body), 'credentials_missing'],
    ...Object.keys(headers).map((name): Attempt => [`no ${name}`, without(name), 'credentials_missing']),
    ['the key of another institution', hooked(otherMarket.institution, body), 'signature_wrong'],
    ['the address of another institution', right, 'signature_wrong', at(otherMarket.institution.clientCode)],
    [
      'a platform that signs for itself',
      hooked(market.platform, body),
      'signature_wrong',
      at(market.platform.clientCode),
    ],
    ['an institution that nobody knows', right, 'signature_wrong', at('lp-tak-dikenal')],
    ['another body', { ...right, rawBody: body.replace('course.completed', 'course.Completed') }, 'signature_wrong'],
    ['another id', { ...right, headers: { ...headers, 'webhook-id': 'msg_another' } }, 'signature_wrong'],
    ['a message too old', hooked(market.institution, body, secondsLater(-302)), 'timestamp_stale'],
    ['a message of the future', hooked(market.institution, body, secondsLater(302)), 'timestamp_stale'],
  ];
}

function strangersToNotifications(endpoint: Endpoint): Attempt[] {
  const body = textOf(endpoint);
  const right = notified(endpoint, body);
  const headers = { ...right.headers };
  const without = (name: string): Call => ({
    rawBody: body,
    headers: Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name)),
  });
  const elsewhere = { ...endpoint, path: '/v1.0/transfer/status' };
  return [
    ['no credentials', sentAs(body), 'payment_partner_unknown'],
    ["a citizen's token", { rawBody: body, token: owner.token }, 'payment_partner_unknown'],
    ['a signature of the partner API', signed(market.platform, endpoint, body), 'payment_partner_unknown'],
    ['no partner', without('X-PARTNER-ID'), 'payment_partner_unknown'],
    ['no timestamp', without('X-TIMESTAMP'), 'timestamp_stale'],
    ['no signature', without('X-SIGNATURE'), 'signature_wrong'],
    ['a partner nobody knows', { ...right, headers: { ...headers, 'X-PARTNER-ID': 'x' } }, 'payment_partner_unknown'],
    ['another body', { ...right, rawBody: body.replace('{', '{"more":1,') }, 'signature_wrong'],
    ['the signature of another address', notified(elsewhere, body), 'signature_wrong'],
    [
      'another signature',
      { ...right, headers: { ...headers, 'X-SIGNATURE': altered(headers['X-SIGNATURE'] ?? '') } },
      'signature_wrong',
    ],
    ['a message too old', notified(endpoint, body, secondsLater(-302)), 'timestamp_stale'],
    ['a message of the future', notified(endpoint, body, secondsLater(302)), 'timestamp_stale'],
  ];
}

function strangersTo(endpoint: Endpoint): Promise<Attempt[]> | Attempt[] {
  if (endpoint.access === 'payment_partner') return strangersToNotifications(endpoint);
  if (endpoint.access === 'partner') return strangersToSignatures(endpoint);
  return endpoint.access === 'webhook' ? strangersToWebhooks(endpoint) : strangersToTokens(endpoint);
}

/** Bodies that the endpoint must not take, each with its code. */
function badBodies(endpoint: Endpoint): [what: string, rawBody: string, code: RefusalCode][] {
  const fields = fieldsOf(endpoint);
  const invalid = (what: string, values: readonly unknown[]) =>
    values.map((value, index): [string, string, RefusalCode] => [
      `${what} ${index}`,
      JSON.stringify(value),
      'request_invalid',
    ]);
  const filled = (bytes: number) => `{"more":"${'x'.repeat(bytes - 11)}"}`;
  const { body } = endpoint;
  // Partners may send fields that the contract does not know.
  const strict = endpoint.access !== 'partner' && endpoint.access !== 'payment_partner';
  return [
    ...['{', 'nonsense', "{'a':1}", '{"a":1}}'].map((text): [string, string, RefusalCode] => [
      text,
      text,
      'body_not_json',
    ]),
    ...(body ? [['an empty body', '', 'body_not_json'] as [string, string, RefusalCode]] : []),
    ...invalid('no object', [null, [], 'text', 7, true]),
    ['an unknown field', '{"unknown":1}', 'request_invalid'],
    ['a field named __proto__', '{"__proto__":{"a":1}}', 'request_invalid'],
    ...(strict ? invalid('one unknown field more', [{ ...fields, unknown: 1 }]) : []),
    ...(body ? invalid('a wrong type', wronglyTyped(fields)) : []),
    ...(body ? invalid('a missing field', incomplete(body, fields)) : []),
    ['exactly as much as is taken', filled(maxBodyBytes), 'request_invalid'],
    ['one byte more than that', filled(maxBodyBytes + 1), 'body_too_large'],
  ];
}

beforeAll(async () => {
  started = await startJourneys();
  steps = started.steps();
  const families = [...Map.groupBy(people('refusals', 12), ({ familyCardNumber }) => familyCardNumber).values()];
  const [one, two, three] = started.known(families.flatMap(([eldest]) => eldest ?? []));
  if (!one || !two || !three) throw new Error('Twelve people are three families at least');
  const [token] = await started.operatorTokens();
  market = await steps.openMarket(token, '1');
  otherMarket = await steps.openMarket(token, '2');
  [owner, other, newcomer] = await Promise.all([steps.signUp(one), steps.signUp(two), steps.signUp(three)]);
  const winners = [owner, other];
  await Promise.all(winners.map((citizen) => steps.register(citizen)));
  await Promise.all(winners.map((citizen) => steps.identity(citizen)));
  await Promise.all(winners.map((citizen) => steps.provePhone(citizen)));
  await Promise.all(winners.map((citizen) => steps.takeTest(citizen)));
  const quotas = Object.fromEntries(winners.map(({ person }) => [programProvinceOf(person.regencyCode), 2]));
  const scheme = 'NORMAL_2023';
  const batchId = await steps.openBatch(token, { number: 4, scheme, quotas });
  await Promise.all(winners.map((citizen) => steps.join(citizen, batchId)));
  await steps.drawAndApprove(batchId, started.operatorTokens, 'refusals');
  await steps.api('POST', '/v1/batches', { token, body: { number: 5, scheme, quotas, graceHours: 0 } });
  await steps.openBatch(token, { number: 6, scheme, quotas });

  const { cardNumber } = await steps.decreed(owner);
  redeemCode = await steps.buy(market, owner, cardNumber ?? '');
  const asked = { redeem_code: redeemCode, redirect_uri: market.redirectUri, email: one.email, sequence: 1 };
  const made = await steps.partnerCall(market.institution, '/api/v1/integration/oauth/url-generate', asked);
  ticket = /ticket=([\w-]+)/.exec(JSON.stringify(made.body))?.[1] ?? '';
  await steps.redeem(market, owner, redeemCode, 'commit');
  await steps.complete(market, redeemCode, 'msg_owner');
  ({ purchaseId, number: certificateNumber } = await steps.certified(owner));
  const card = (await steps.decreed(other)).cardNumber;
  paymentToken = await steps.sendOtp(market, other, card ?? '');
  operator = (await started.operatorTokens())[0];
  await started.cloud.idle();

  before = await tableTexts(started.cloud);
  deliveriesBefore = started.deliveries.length;
  noticesBefore = started.simulators.messages.inbox().length;
});
afterAll(() => started?.stop());

const guarded = endpoints.filter(({ access }) => access !== 'public');
const written = endpoints.filter(({ method }) => method !== 'GET');

describe('who may not call', () => {
  it.each(guarded)('is refused by $operation', async (endpoint) => {
    const attempts = await strangersTo(endpoint);
    expect(attempts.length).toBeGreaterThan(5);
    expect(await wrongAnswers(endpoint, attempts)).toEqual([]);
  });
});

describe('what is not understood', () => {
  it.each(written)('is refused by $operation', async (endpoint) => {
    const attempts: Attempt[] = [];
    for (const [what, rawBody, code] of badBodies(endpoint))
      attempts.push([what, await allowed(endpoint, rawBody), code]);
    expect(attempts.length).toBeGreaterThan(10);
    expect(await wrongAnswers(endpoint, attempts)).toEqual([]);
  });

  it.each(endpoints.filter(({ query }) => query))('in the query is refused by $operation', async (endpoint) => {
    const options = await allowed(endpoint, textOf(endpoint));
    const attempts = [
      '?unknown=1',
      '?learningMethod=telepathy',
      `?cursor=${'x'.repeat(2_000)}&ticket=${'x'.repeat(2_000)}`,
    ];
    const asked = attempts.map(
      (query): Attempt => [query.slice(0, 20), options, 'request_invalid', pathOf(endpoint) + query],
    );
    expect(await wrongAnswers(endpoint, asked)).toEqual([]);
  });

  it.each(endpoints.filter(({ pathParameters, access }) => pathParameters && access !== 'webhook'))(
    'in the path is refused by $operation',
    async (endpoint) => {
      const options = await allowed(endpoint, textOf(endpoint));
      const names = ['%2e%2e%2f', 'P%23x', '%00', "'or'1'='1", 'x'.repeat(300)];
      const asked = names.map(
        (name): Attempt => [name, options, 'request_invalid', endpoint.path.replace(/\{\w+\}/, name)],
      );
      expect(await wrongAnswers(endpoint, asked)).toEqual([]);
    },
  );

  it('is not found where no route is, whatever the credentials', async () => {
    const asked = [
      ...['/', '/v1', '/v1/nothing', '/v2/accounts', '/v1/batches/5/undoing', '/docs/'].map(
        (path) => ['GET', path] as const,
      ),
      ...endpoints.flatMap((endpoint) =>
        ['DELETE', 'PATCH']
          .filter((method) => !endpoints.some((known) => known.method === method && known.path === endpoint.path))
          .map((method) => [method, pathOf(endpoint)] as const),
      ),
    ];
    const answers = await Promise.all(asked.map(([method, path]) => steps.api(method, path, { token: operator })));
    expect(answers.filter(({ status }) => status !== 404)).toEqual([]);
    // The words of API Gateway, which answers these itself.
    expect(new Set(answers.map(({ body }) => JSON.stringify(body)))).toEqual(new Set(['{"message":"Not Found"}']));
  });
});

describe('what belongs to somebody else', () => {
  const partner = async (keys: PartnerKeys, path: string, fields: object, headers: Record<string, string> = {}) => {
    const { status, body } = await steps.partnerCall(keys, `/api/v1/integration/${path}`, fields, headers);
    return { status, body };
  };
  const refused = (code: RefusalCode) => {
    const error = partnerErrorOf(code);
    return { status: error.status, body: { code: error.code, message: error.message, success: false } };
  };
  const problem = (code: RefusalCode) => ({ status: refusals[code].status, body: expect.objectContaining({ code }) });

  it.each(['payment/redeem-code/status', 'payment/redeem-code/commit', 'oauth/url-generate'])(
    "is no institution's by %s: a redeem code of another, or of nobody",
    async (path) => {
      const fields = { redirect_uri: market.redirectUri, email: 'seseorang@example.id', sequence: 1 };
      const foreign = await partner(otherMarket.institution, path, { redeem_code: redeemCode, ...fields });
      expect(foreign).toEqual(refused('redeem_code_foreign'));
      const unknown = await partner(market.institution, path, { redeem_code: altered(redeemCode), ...fields });
      expect(unknown).toEqual(refused('redeem_code_unknown'));
    },
  );

  it.each<[string, () => string, RefusalCode]>([
    ['of another institution', () => redeemCode, 'redeem_code_foreign'],
    ['of nobody', () => altered(redeemCode), 'redeem_code_unknown'],
  ])("is not completed by an institution's webhook: a code %s", async (_, code, expected) => {
    const at = now().toISOString();
    const data = { redeem_code: code(), completed_at: at, score_percent: 90 };
    const call = hooked(otherMarket.institution, JSON.stringify({ type: 'course.completed', timestamp: at, data }));
    const answer = await steps.api('POST', `/v1/webhooks/${otherMarket.institution.clientCode}`, call);
    expect(answer).toMatchObject(problem(expected));
  });

  it('is not paid or shown to another platform', async () => {
    const invoice_code = `INV-${owner.participantId.slice(0, 12)}`;
    expect(await partner(otherMarket.platform, 'payment/status', { invoice_code })).toEqual(
      refused('purchase_unknown'),
    );
    const payment = { otp: '000000', invoice_code: 'INV-FOREIGN', invoice_url: 'https://dp.example/1' };
    for (const [keys, token] of [
      [otherMarket.platform, paymentToken],
      [market.platform, alteredEnd(paymentToken)],
      [market.platform, ticket],
      [market.platform, ''],
    ] as const) {
      const answer = await partner(keys, 'payment/authorize', payment, { authorization: `Payment ${token}` });
      expect(answer).toEqual(refused('payment_token_invalid'));
    }
  });

  it('is not attended with the link of another citizen, or with one that is not ours', async () => {
    for (const [token, sealed] of [
      [other.token, ticket],
      [newcomer.token, ticket],
      [owner.token, alteredEnd(ticket)],
      [owner.token, paymentToken],
    ]) {
      const answer = await steps.api('POST', '/v1/attendances', { token, body: { ticket: sealed } });
      expect(answer).toMatchObject(problem('ticket_invalid'));
    }
  });

  it('is not downloaded, rated or read by another citizen', async () => {
    const { token } = other;
    const file = await steps.api('GET', `/v1/certificates/${certificateNumber}/file`, { token });
    expect(file).toMatchObject(problem('certificate_unknown'));
    const body = { purchaseId, stars: 5, review: 'Bukan pelatihan saya.' };
    const rated = await steps.api('POST', '/v1/ratings', { token, body });
    expect(rated).toMatchObject(problem('certificate_missing'));
    const { nik, familyCardNumber, name, birthDate, sex, phone, regencyCode } = owner.person;
    const person = { nik, familyCardNumber, name, birthDate, sex, phone, regencyCode, consentVersion: '2026-11' };
    const registered = await steps.api('POST', '/v1/registrations', { token: newcomer.token, body: person });
    expect(registered).toMatchObject(problem('role_missing'));
  });
});

describe('when sessions have ended', () => {
  beforeAll(() => started.cloud.clock.advance(61 * 60_000));

  it.each(endpoints.filter(({ access }) => access === 'citizen' || access === 'operator'))(
    'the old token is refused by $operation',
    async (endpoint) => {
      const token = endpoint.access === 'operator' ? operator : owner.token;
      const attempt: Attempt = ['an old token', { ...sentAs(textOf(endpoint)), token }, 'unauthorized'];
      expect(await wrongAnswers(endpoint, [attempt])).toEqual([]);
    },
  );
});

describe('after all of it', () => {
  it('nothing has been written, sent or told', async () => {
    await started.cloud.idle();
    expect(started.refusals.length).toBeGreaterThan(800);
    expect(await tableTexts(started.cloud)).toEqual(before);
    // Old tokens took hours: the clock has looked at the tests of both winners, and found them submitted.
    const ofTests = started.deliveries.filter(({ functionName }) => functionName.includes('AptitudeScore'));
    expect(started.deliveries.length - ofTests.length).toBe(deliveriesBefore);
    expect(started.simulators.messages.inbox().length).toBe(noticesBefore);
  });

  it('logs, messages, keys and refusals name nobody and hold no secret', async () => {
    expect(await started.leaks()).toEqual(noLeaks);
    expect(started.logs.filter((line) => line.includes('request.refused')).length).toBeGreaterThan(500);
  });
});
