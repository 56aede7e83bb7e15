import {
  AdminAddUserToGroupCommand,
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  ResendConfirmationCodeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type LocalCloud, startLocalCloud } from '#infra/local/cloud.ts';
import type { PoolMessage } from '#infra/local/cognito.ts';
import { synthesizeFixture } from '#test/local/fixture-app.ts';

const minute = 60_000;
const logs: string[] = [];
const messages: PoolMessage[] = [];
const fixture = synthesizeFixture();
const parameters = { PartnerUrl: 'http://127.0.0.1:9/partner' };
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({
    assembly: fixture.assembly,
    parameters,
    seed: 'fixture',
    meter: true,
    onLog: (line, name) => logs.push(`${name} ${line}`),
    onMessage: (message) => void messages.push(message),
  });
});
afterAll(async () => {
  await cloud.stop();
  fixture.remove();
});

const access = (endpoint: string) => ({
  region: cloud.region,
  endpoint,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const cognito = () => new CognitoIdentityProviderClient(access(cloud.endpoints.cognito));
const sqs = () => new SQSClient(access(cloud.endpoints.sqs));
const dynamo = () => new DynamoDBClient(access(cloud.endpoints.dynamodb));
const s3 = () => new S3Client(access(cloud.endpoints.s3));
const linesWith = (text: string) => logs.filter((line) => line.includes(text));

const Echo = z.looseObject({
  event: z.looseObject({
    pathParameters: z.record(z.string(), z.string()).optional(),
    queryStringParameters: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    isBase64Encoded: z.boolean(),
    routeKey: z.string(),
    requestContext: z.looseObject({
      authorizer: z.object({ jwt: z.object({ claims: z.record(z.string(), z.string()) }) }).optional(),
    }),
  }),
  name: z.string(),
  now: z.iso.datetime(),
  partner: z.string(),
});

async function echo(path: string, init?: RequestInit): Promise<z.infer<typeof Echo>> {
  const response = await fetch(`${cloud.apiUrl}${path}`, init);
  expect(response.status).toBe(200);
  return Echo.parse(await response.json());
}

async function received(queue: string, times = 3): Promise<string[]> {
  const QueueUrl = await cloud.physicalId('Service', queue);
  const bodies: string[] = [];
  for (let time = 0; time < times; time += 1) {
    const { Messages = [] } = await sqs().send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { Body = '', ReceiptHandle } of Messages) {
      bodies.push(Body);
      await sqs().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
  return bodies.sort();
}

async function signedIn(email: string, group?: string) {
  const ClientId = await cloud.physicalId('Data', 'Data/Pool/Client');
  const Password = 'Belajar-2026';
  await cognito().send(new SignUpCommand({ ClientId, Username: email, Password }));
  const ConfirmationCode = messages.findLast(({ to }) => to === email)?.code;
  await cognito().send(new ConfirmSignUpCommand({ ClientId, Username: email, ConfirmationCode }));
  const UserPoolId = await cloud.physicalId('Data', 'Data/Pool');
  if (group) await cognito().send(new AdminAddUserToGroupCommand({ UserPoolId, Username: email, GroupName: group }));
  const AuthParameters = { USERNAME: email, PASSWORD: Password };
  const command = new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters });
  const { AuthenticationResult } = await cognito().send(command);
  return {
    access: AuthenticationResult?.AccessToken ?? '',
    id: AuthenticationResult?.IdToken ?? '',
    ...AuthenticationResult,
  };
}
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('the HTTP API', () => {
  test('answers the most specific route and hands over decoded parameters', async () => {
    const { event } = await echo('/public/figures');
    expect(event.routeKey).toBe('ANY /public/figures');
    const greedy = await echo('/public/a/b%20c?sex=f&sex=m');
    expect(greedy.event.routeKey).toBe('GET /public/{proxy+}');
    expect(greedy.event.pathParameters).toEqual({ proxy: 'a/b c' });
    expect(greedy.event.queryStringParameters).toEqual({ sex: 'f,m' });
  });

  test('answers 404 where no route is', async () => {
    const response = await fetch(`${cloud.apiUrl}/v2/nowhere`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: 'Not Found' });
  });

  test('gives text bodies as text and others as base64', async () => {
    const body = '{"a":1}';
    const json = await echo('/public/figures', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(json.event).toMatchObject({ body, isBase64Encoded: false });
    const form = await echo('/public/figures', { method: 'POST', body: new URLSearchParams({ a: '1' }) });
    expect(form.event).toMatchObject({ body: Buffer.from('a=1').toString('base64'), isBase64Encoded: true });
  });

  test('refuses a body over 10 MB before any function sees it', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    const response = await fetch(`${cloud.apiUrl}/public/figures`, { method: 'POST', body });
    expect(response.status).toBe(413);
  });

  test('answers a preflight for an allowed origin only', async () => {
    const ask = (origin: string) => fetch(`${cloud.apiUrl}/public/figures`, { method: 'OPTIONS', headers: { origin } });
    const allowed = await ask('https://portal.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://portal.example');
    expect((await ask('https://other.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('resolves addresses, parameters and outputs of the template', async () => {
    expect((await echo('/public/figures')).partner).toBe(parameters.PartnerUrl);
    expect(await cloud.outputs('Service')).toMatchObject({ Url: `${cloud.apiUrl}/` });
  });
});

describe('the authorizer', () => {
  test('refuses a request without a token, and one with a spoilt token', async () => {
    expect((await fetch(`${cloud.apiUrl}/v1/me/file`)).status).toBe(401);
    const { access } = await signedIn('spoilt@example.id');
    const [header, payload, signature = ''] = access.split('.');
    const other = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect((await fetch(`${cloud.apiUrl}/v1/me/file`, bearer(other))).status).toBe(401);
  });

  test('hands the claims over as texts, groups in brackets, for both kinds of token', async () => {
    const { access, id, ExpiresIn } = await signedIn('operator@example.id', 'operators');
    expect(ExpiresIn).toBe(3600);
    for (const token of [access, id]) {
      const { event } = await echo('/v1/me/file', bearer(token));
      const claims = event.requestContext.authorizer?.jwt.claims;
      expect(claims).toMatchObject({ 'cognito:groups': '[operators]', exp: expect.stringMatching(/^\d+$/) });
    }
  });
});

describe('a queue', () => {
  test('deletes what succeeds, repeats what fails, and gives up after the last receive', async () => {
    const QueueUrl = await cloud.physicalId('Service', 'Service/Work');
    const message = (name: string, fails: boolean) => ({ Id: name, MessageBody: JSON.stringify({ name, fails }) });
    const Entries = [message('good', false), message('bad', true), message('fine', false)];
    await sqs().send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    await cloud.idle();
    expect(await received('Service/Done')).toEqual(['{"name":"fine","fails":false}', '{"name":"good","fails":false}']);
    expect(linesWith('worked bad')).toHaveLength(1);

    cloud.clock.advance(3 * minute);
    await cloud.idle();
    expect(linesWith('worked bad 2')).toHaveLength(1);
    expect(await received('Service/DeadLetters')).toEqual([]);

    cloud.clock.advance(3 * minute);
    await cloud.idle();
    expect(linesWith('worked bad')).toHaveLength(2);
    expect(await received('Service/DeadLetters')).toEqual(['{"name":"bad","fails":true}']);
  });
});

describe("a table's stream", () => {
  const put = async (sk: string, kind = 'loud') => {
    const Item = { pk: { S: 'P#1' }, sk: { S: sk }, kind: { S: kind } };
    await dynamo().send(new PutItemCommand({ TableName: await cloud.physicalId('Data', 'Data/Table'), Item }));
  };

  test('delivers what passes the filter, in order, and counts what it cost', async () => {
    cloud.consumed?.reset();
    for (const sk of ['1', '2', '3']) await put(sk);
    await put('silent', 'quiet');
    await cloud.idle();
    expect(await received('Service/Done')).toEqual(['1', '2', '3']);
    expect(linesWith('silent')).toEqual([]);
    const TableName = await cloud.physicalId('Data', 'Data/Table');
    expect(cloud.consumed?.totals()[TableName]).toMatchObject({ writeUnits: 4, readUnits: 0 });
  });

  test('splits a failing batch, tries the bad record again, and sends its place to the failure queue', async () => {
    for (const sk of ['4', 'poison', '5']) await put(sk);
    await cloud.idle();
    expect(await received('Service/Done')).toEqual(['4', '5']);
    expect(linesWith('projected poison').length).toBeGreaterThanOrEqual(2);
    const [letter = '{}', ...others] = await received('Service/Unread');
    expect(others).toEqual([]);
    expect(JSON.parse(letter)).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted' },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
  });
});

describe('the clock', () => {
  test('fires an overdue schedule once, and functions see the time that it is', async () => {
    const before = linesWith('swept').length;
    cloud.clock.advance(30 * 24 * 60 * minute);
    await cloud.idle();
    expect(linesWith('swept').slice(before)).toEqual([expect.stringContaining('{"sweep":"due"}')]);
    const { now } = await echo('/public/figures');
    expect(Math.abs(Date.parse(now) - cloud.clock.now().getTime())).toBeLessThan(5000);
    expect(cloud.clock.now().getTime() - Date.now()).toBeGreaterThan(29 * 24 * 60 * minute);
  });

  test('makes a token expire', async () => {
    const { access } = await signedIn('late@example.id');
    cloud.clock.advance(59 * minute);
    expect((await fetch(`${cloud.apiUrl}/v1/me/file`, bearer(access))).status).toBe(200);
    cloud.clock.advance(2 * minute);
    expect((await fetch(`${cloud.apiUrl}/v1/me/file`, bearer(access))).status).toBe(401);
  });
});

describe('functions', () => {
  test('run inline code', async () => {
    expect(await cloud.invoke('Service-Inline6CF80F9D', { name: 'x' })).toEqual({ ok: true, payload: { inline: 'x' } });
  });

  test('are ended at their timeout, also when they never give way, and start anew', async () => {
    for (const time of [1, 2]) {
      const started = Date.now();
      const invocation = await cloud.invoke(await cloud.physicalId('Service', 'Service/Sleeper'), { time });
      expect(invocation).toMatchObject({ ok: false, failure: { errorType: 'Sandbox.Timedout' } });
      expect(Date.now() - started).toBeLessThan(3000);
    }
  });
});

describe('buckets', () => {
  const place = async (Key: string) => ({ Bucket: await cloud.physicalId('Data', 'Data/Bucket'), Key });

  test('serve an SDK client without settings of its own, and presigned addresses until they expire', async () => {
    const object = await place('certificates/one.txt');
    await s3().send(new PutObjectCommand({ ...object, Body: 'certified' }));
    const signingDate = cloud.clock.now();
    const url = await getSignedUrl(s3(), new GetObjectCommand(object), { expiresIn: 300, signingDate });
    expect(await (await fetch(url)).text()).toBe('certified');
    cloud.clock.advance(6 * minute);
    expect((await fetch(url)).status).toBe(403);
  });

  test('write on condition', async () => {
    const object = await place('draws/one.json');
    const first = await s3().send(new PutObjectCommand({ ...object, Body: '1', IfNoneMatch: '*' }));
    const again = new PutObjectCommand({ ...object, Body: '2', IfNoneMatch: '*' });
    await expect(s3().send(again)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await s3().send(new PutObjectCommand({ ...object, Body: '3', IfMatch: first.ETag }));
    const stale = new PutObjectCommand({ ...object, Body: '4', IfMatch: first.ETag });
    await expect(s3().send(stale)).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  });
});

describe('accounts', () => {
  test('refuse a weak password, a wrong password and a wrong code as the service does', async () => {
    const ClientId = await cloud.physicalId('Data', 'Data/Pool/Client');
    const weak = new SignUpCommand({ ClientId, Username: 'weak@example.id', Password: 'short' });
    await expect(cognito().send(weak)).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    await signedIn('known@example.id');
    const AuthParameters = { USERNAME: 'known@example.id', PASSWORD: 'Wrong-2026' };
    const wrong = new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters });
    await expect(cognito().send(wrong)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await cognito().send(new SignUpCommand({ ClientId, Username: 'new@example.id', Password: 'Belajar-2026' }));
    const code = new ConfirmSignUpCommand({ ClientId, Username: 'new@example.id', ConfirmationCode: '0' });
    await expect(cognito().send(code)).rejects.toMatchObject({ name: 'CodeMismatchException' });
  });

  test('get another code that works', async () => {
    const ClientId = await cloud.physicalId('Data', 'Data/Pool/Client');
    const Username = 'again@example.id';
    await cognito().send(new SignUpCommand({ ClientId, Username, Password: 'Belajar-2026' }));
    await cognito().send(new ResendConfirmationCodeCommand({ ClientId, Username }));
    const [, second] = messages.filter(({ to }) => to === Username);
    const confirmation = new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode: second?.code });
    await expect(cognito().send(confirmation)).resolves.toBeDefined();
  });
});

describe('secrets', () => {
  const read = async (id: string) =>
    new SecretsManagerClient(access(cloud.endpoints.secrets)).send(new GetSecretValueCommand({ SecretId: id }));

  test('are read through the service by ARN and by name', async () => {
    const arn = await cloud.physicalId('Service', 'Service/Secret');
    expect((await read(arn)).SecretString).toBe(cloud.secret('Service/Secret'));
    expect(cloud.secret('Service/Secret')).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(JSON.parse((await read('account')).SecretString ?? '')).toMatchObject({
      user: 'a',
      password: expect.any(String),
    });
  });

  test('any other service is told that it is not here', async () => {
    const { AWS_ENDPOINT_URL: elsewhere = '' } = cloud.environment;
    const response = await fetch(elsewhere, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSSM.GetParameter' },
      body: '{}',
    });
    expect(await response.json()).toMatchObject({ message: 'The local cloud has no GetParameter' });
  });
});
