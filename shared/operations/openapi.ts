import { deepEqual, ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import { type NotificationError, notificationErrors } from '#shared/incentive/notification-api.ts';
import { type Access, type Capability, type Endpoint, passHeader } from '#shared/platform/endpoint.ts';
import { commonRefusals, maxBodyBytes } from '#shared/platform/http.ts';
import { partnerErrorOf } from '#shared/platform/partner-errors.ts';
import { type RefusalCode, refusals } from '#shared/platform/refusal-codes.ts';

type Schema = Readonly<Record<string, unknown>>;
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
  readonly description?: string;
};
type Answer = {
  readonly description: string;
  readonly content?: Content;
  readonly headers?: Readonly<Record<string, unknown>>;
};

export type OpenApiOperation = {
  readonly operationId: string;
  readonly tags: readonly Capability[];
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly description: string; readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly 'x-access': Access;
  readonly 'x-refusals'?: readonly RefusalCode[];
};

export type OpenApiDocument = {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, Schema>>;
  };
};

const capabilities: Record<Capability, string> = {
  registration: 'Accounts, registration by NIK, and the identity check.',
  selection: 'Batches: opened, joined, drawn by lot under quotas, approved.',
  credit: 'The training credit and its statement.',
  catalogue: 'Partners and the courses that citizens choose from.',
  purchase: 'What digital platforms call when a citizen buys a course.',
  training: 'What training institutions call: redeem codes, attendance, completion.',
  certificate: 'Certificates: rated, downloaded, checked by anybody.',
  incentive: 'Cash incentives: the account that they go to, releases, payment partners, reconciliation, sanctions.',
  survey: 'Surveys that are paid for, whatever is answered.',
  report: 'Public figures.',
  operations: 'This document, and the journals for operators.',
};

/** Refusals that every signed request may meet before its operation begins. */
const signedRequestRefusals: readonly RefusalCode[] = [
  'credentials_missing',
  'signature_wrong',
  'timestamp_stale',
  'role_missing',
];

const isRefusalCode = (text: string): text is RefusalCode => text in refusals;
const tableOrder = Object.keys(refusals).filter(isRefusalCode);

const header = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description });

const securitySchemes = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token of a session (POST /v1/sessions).',
  },
  clientCode: header('client_code', 'The code that the partner was registered with.'),
  clientTimestamp: header('timestamp', 'Unix time in seconds at which the request was signed.'),
  clientSignature: header(
    'signature',
    'Hex HMAC-SHA1 over client_code + timestamp + method + path + body, with the partner’s sign key.',
  ),
  webhookId: header('webhook-id', 'Names the message; the same id again is a repeat.'),
  webhookTimestamp: header('webhook-timestamp', 'Unix time in seconds at which the message was signed.'),
  webhookSignature: header(
    'webhook-signature',
    '`v1,` and the base64 HMAC-SHA256 over id.timestamp.body, as Standard Webhooks says; several are separated by spaces.',
  ),
  snapPartner: header('X-PARTNER-ID', 'The id by which the payment partner knows the program.'),
  snapTimestamp: header('X-TIMESTAMP', 'When the request was signed: ISO 8601 with its offset, 25 characters.'),
  snapSignature: header(
    'X-SIGNATURE',
    'Base64 SHA256withRSA over method:path:hex SHA-256 of the minified body:X-TIMESTAMP, with the payment partner’s private key.',
  ),
} as const;

const all = (...schemes: (keyof typeof securitySchemes)[]) => [
  Object.fromEntries(schemes.map((scheme) => [scheme, []])),
];

const security: Record<Access, OpenApiOperation['security']> = {
  public: [],
  citizen: all('token'),
  operator: all('token'),
  partner: all('clientCode', 'clientTimestamp', 'clientSignature'),
  webhook: all('webhookId', 'webhookTimestamp', 'webhookSignature'),
  payment_partner: all('snapPartner', 'snapTimestamp', 'snapSignature'),
};

const problemSchema = {
  type: 'object',
  description: 'A refusal (RFC 9457). Clients branch on `code`: it is stable, the title is not.',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', description: 'urn:prakerja:refusal: and the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { enum: Object.keys(refusals) },
    fields: {
      type: 'array',
      items: { type: 'string' },
      description: 'Where in the request the fault lies; never the value.',
    },
  },
};

const partnerProblemSchema = {
  type: 'object',
  description: 'A refusal of the partner API, in its own envelope.',
  required: ['code', 'message', 'success'],
  properties: { code: { type: 'string' }, message: { type: 'string' }, success: { const: false } },
};

const snapProblemSchema = {
  type: 'object',
  description: 'A refusal as SNAP BI has it: HTTP status, service and case in one code.',
  required: ['responseCode', 'responseMessage'],
  properties: { responseCode: { type: 'string', pattern: '^\\d{7}$' }, responseMessage: { type: 'string' } },
};

const description = [
  'Training credit, certificates and incentives: for citizens, operators, digital platforms, training institutions and payment partners.',
  `A request body is JSON of at most ${maxBodyBytes / 1024} KB; unknown fields are refused where they could be a command.`,
  'Amounts are whole rupiah. Instants are ISO 8601 in UTC. Repeating a request changes nothing and gets the first answer.',
].join(' ');

/**
 * The API as an OpenAPI 3.1 document: the same for the same endpoints. Requests show what a schema takes in, answers what it gives out.
 * @throws AssertionError when an endpoint has no schema for what it takes or answers, or shares its operation, or method and path.
 */
export function openapi(endpoints: readonly Endpoint[]): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  const operations = new Set<string>();
  for (const endpoint of endpoints) {
    const { operation, path } = endpoint;
    const method = endpoint.method.toLowerCase();
    ok(!operations.has(operation), `${operation}: another operation has this name`);
    ok(!paths[path]?.[method], `${operation}: another operation has this method and path`);
    operations.add(operation);
    paths[path] = { ...paths[path], [method]: operationOf(endpoint) };
  }
  const used = new Set<string>(endpoints.map(({ capability }) => capability));
  return {
    openapi: '3.1.0',
    info: { title: 'Kartu Prakerja', version: '1', description },
    tags: Object.entries(capabilities).flatMap(([name, description]) =>
      used.has(name) ? [{ name, description }] : [],
    ),
    paths,
    components: {
      schemas: { Problem: problemSchema, PartnerProblem: partnerProblemSchema, SnapProblem: snapProblemSchema },
      securitySchemes,
    },
  };
}

function operationOf(endpoint: Endpoint): OpenApiOperation {
  const { operation, capability, summary, access } = endpoint;
  const parameters = [
    ...pathParametersOf(endpoint),
    ...parametersOf(endpoint.query, 'query'),
    ...(endpoint.needsPass ? [passParameter] : []),
  ];
  const codes = refusalsOf(endpoint);
  return {
    operationId: operation,
    tags: [capability],
    summary,
    'x-access': access,
    ...(!hasOwnCodes(access) && { 'x-refusals': codes }),
    security: security[access],
    ...(parameters.length > 0 && { parameters }),
    ...(endpoint.body && {
      requestBody: {
        required: true,
        description: `At most ${maxBodyBytes / 1024} KB.`,
        content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } },
      },
    }),
    responses: {
      [endpoint.status]: answerOf(endpoint),
      ...refusalAnswers(access, codes),
    },
  };
}

/** Whose refusals bear the codes of a contract that is not ours. */
const hasOwnCodes = (access: Access): boolean => access === 'partner' || access === 'payment_partner';

function refusalAnswers(access: Access, codes: readonly RefusalCode[]): Record<string, Answer> {
  if (access === 'partner') return partnerAnswers(codes);
  return access === 'payment_partner' ? snapAnswers() : problems(codes);
}

/** The schema that stands for one side of a zod schema. @throws when it cannot be told in JSON Schema. */
function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output'): Schema {
  const { $schema, ...told } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  ok(!('$defs' in told), 'Shared definitions would refer to places that this document does not have');
  return told;
}

function answerOf({ operation, answer, status }: Endpoint): Answer {
  ok(answer, `${operation}: no schema for its answer`);
  if (status === 302)
    return {
      description: 'Look at the address in `location`.',
      headers: { location: { schema: { type: 'string', format: 'uri' } } },
    };
  if (answer === 'application/json')
    return { description: 'A published file.', content: { [answer]: { schema: { type: 'object' } } } };
  if (answer === 'text/html') return { description: 'A page.', content: { [answer]: { schema: { type: 'string' } } } };
  return { description: 'Done.', content: { 'application/json': { schema: schemaOf(answer, 'output') } } };
}

const Fields = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  required: z._default(z.array(z.string()), []),
});

function parametersOf(fields: z.ZodMiniObject | undefined, place: Parameter['in']): Parameter[] {
  if (!fields) return [];
  const { properties, required } = Fields.parse(schemaOf(fields, 'input'));
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }));
}

const passParameter: Parameter = {
  name: passHeader,
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description: 'The pass of POST /v1/waiting-room/passes. Needed while the waiting room is open.',
};

/** Names in braces in the path. */
const namedIn = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

function pathParametersOf({ operation, path, pathParameters }: Endpoint): Parameter[] {
  const parameters = parametersOf(pathParameters, 'path');
  const names = parameters.map(({ name }) => name);
  deepEqual(names.sort(), namedIn(path).sort(), `${operation}: its path and the schema of its path parameters differ`);
  return parameters;
}

/** Every code that an operation may answer, in the order of the table. */
function refusalsOf(endpoint: Endpoint): RefusalCode[] {
  const { access, refusals: own } = endpoint;
  const codes = new Set([...commonRefusals(endpoint), ...own, ...(access === 'partner' ? signedRequestRefusals : [])]);
  return tableOrder.filter((code) => codes.has(code));
}

const problems = (codes: readonly RefusalCode[]): Record<string, Answer> =>
  byStatus(codes, (code) => refusals[code].status, problemAnswer);

function problemAnswer(codes: readonly RefusalCode[], status: number): Answer {
  const schema = {
    $ref: '#/components/schemas/Problem',
    properties: { status: { const: status }, code: { enum: codes } },
  };
  const description = codes.map((code) => `${code}: ${refusals[code].title}.`).join(' ');
  return { description, content: { 'application/problem+json': { schema } } };
}

const partnerAnswers = (codes: readonly RefusalCode[]): Record<string, Answer> =>
  byStatus(codes, (code) => partnerErrorOf(code).status, partnerAnswer);

function partnerAnswer(codes: readonly RefusalCode[]): Answer {
  const errors = new Map(codes.map((code) => [partnerErrorOf(code).code, partnerErrorOf(code).message]));
  const schema = {
    $ref: '#/components/schemas/PartnerProblem',
    properties: { code: { enum: [...errors.keys()] } },
  };
  const description = [...errors].map(([code, message]) => `${code}: ${message}`).join(' ');
  return { description, content: { 'application/json': { schema } } };
}

/** The same for every notification: there is one. */
function snapAnswers(): Record<string, Answer> {
  const grouped = Map.groupBy(notificationErrors, ({ status }) => status);
  return Object.fromEntries([...grouped].map(([status, errors]) => [status, snapAnswer(errors)]));
}

function snapAnswer(errors: readonly NotificationError[]): Answer {
  const codes = new Set(errors.map(({ responseCode }) => responseCode));
  const schema = { $ref: '#/components/schemas/SnapProblem', properties: { responseCode: { enum: [...codes] } } };
  const sentences = new Set(errors.map(({ responseCode, responseMessage }) => `${responseCode}: ${responseMessage}.`));
  return { description: [...sentences].join(' '), content: { 'application/json': { schema } } };
}

/** One answer for each status that some of the codes have. */
function byStatus(
  codes: readonly RefusalCode[],
  statusOf: (code: RefusalCode) => number,
  answer: (codes: readonly RefusalCode[], status: number) => Answer,
): Record<string, Answer> {
  const grouped = Map.groupBy(codes, statusOf);
  return Object.fromEntries([...grouped].map(([status, group]) => [status, answer(group, status)]));
}
