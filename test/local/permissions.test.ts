import { AdminGetUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type LocalCloud, startLocalCloud } from '#infra/local/cloud.ts';
import { actionMatches, arnMatches, decide, readPolicy } from '#infra/local/policies.ts';
import { inlineFunction, stackOf } from '#test/local/templates.ts';

type Json = Record<string, unknown>;

const allow = (Action: string | string[], Resource: unknown, more: Json = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const trusted = (Service: string, more: Json = {}) => ({
  Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service }, ...more },
});
const logs = allow('logs:*', '*');
const roleOf = (statements: Json[], more: Json = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: trusted('lambda.amazonaws.com'),
    Policies: [{ PolicyName: 'Needs', PolicyDocument: { Version: '2012-10-17', Statement: [logs, ...statements] } }],
    ...more,
  },
});
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const under = (id: string, path: string) => ({ 'Fn::Join': ['', [arn(id), path]] });
const as = (role: string, more: Json = {}) =>
  inlineFunction('exports.handler = async () => process.env', { Role: arn(role), ...more });
const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
const keys = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];

const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: keys('pk', 'sk'),
    AttributeDefinitions: ['pk', 'sk', 'due'].map(text),
    GlobalSecondaryIndexes: [
      { IndexName: 'byDue', KeySchema: keys('due', 'sk'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  },
};
const secureOnly = (Action: string, Resource: unknown) => ({
  Statement: [
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action,
      Resource,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});

const everything = [
  allow(['dynamodb:*Item', 'dynamodb:Query'], [arn('Table'), under('Table', '/index/*')]),
  allow('sqs:SendMessage', arn('Work')),
  allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], under('Files', '/draws/*')),
  allow('s3:ListBucket', arn('Files')),
  allow('secretsmanager:GetSecretValue', { Ref: 'Secret' }),
  allow('cognito-idp:AdminGetUser', arn('Pool')),
];

const resources = {
  Table: table,
  Work: { Type: 'AWS::SQS::Queue' },
  WorkPolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [{ Ref: 'Work' }], PolicyDocument: secureOnly('sqs:*', arn('Work')) },
  },
  Files: { Type: 'AWS::S3::Bucket' },
  FilesPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: { Bucket: { Ref: 'Files' }, PolicyDocument: secureOnly('s3:*', [arn('Files'), under('Files', '/*')]) },
  },
  Secret: { Type: 'AWS::SecretsManager::Secret' },
  Pool: { Type: 'AWS::Cognito::UserPool' },
  BareRole: roleOf([]),
  Bare: as('BareRole', { Environment: { Variables: { AWS_ACCESS_KEY_ID: 'local' } } }),
  GrantedRole: roleOf(everything),
  Granted: as('GrantedRole'),
  DeniedRole: roleOf([...everything, { ...allow(['dynamodb:PutItem', 'sqs:*', 's3:Get*'], '*'), Effect: 'Deny' }]),
  Denied: as('DeniedRole'),
  TableOnlyRole: roleOf([allow('dynamodb:Query', arn('Table'))]),
  TableOnly: as('TableOnlyRole'),
  FilesOnlyRole: roleOf([allow('s3:GetObject', under('Files', '/draws/*'))]),
  FilesOnly: as('FilesOnlyRole'),
  WriteOnlyRole: roleOf([allow('s3:PutObject', under('Files', '/*'))]),
  WriteOnly: as('WriteOnlyRole'),
  AttachedRole: roleOf([]),
  AttachedPolicy: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'Attached',
      Roles: [{ Ref: 'AttachedRole' }],
      PolicyDocument: { Statement: [allow('sqs:Send*', arn('Work'))] },
    },
  },
  Attached: as('AttachedRole'),
  ManagedRole: roleOf([], { ManagedPolicyArns: [{ Ref: 'Managed' }] }),
  Managed: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: { PolicyDocument: { Statement: allow('sqs:SendMessage', '*') } },
  },
  ByManaged: as('ManagedRole'),
};

const lines: string[] = [];
const stack = stackOf(resources);
let cloud: LocalCloud;
const ids: Record<string, string> = {};

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: stack.assembly, seed: 'permissions', onLog: (line) => lines.push(line) });
  for (const id of ['Table', 'Work', 'Files', 'Secret', 'Pool']) ids[id] = await cloud.physicalId('Some', id);
});
afterAll(async () => {
  await cloud.stop();
  stack.remove();
});

/** Clients that sign as one of the functions, or as whoever has that access key. */
function clients(who: string) {
  const accessKeyId = who in resources ? `Some.${who}` : who;
  const access = { region: cloud.region, credentials: { accessKeyId, secretAccessKey: 'x' }, maxAttempts: 1 };
  const { dynamodb, sqs, s3, secrets, cognito } = cloud.endpoints;
  return {
    dynamodb: new DynamoDBClient({ ...access, endpoint: dynamodb }),
    sqs: new SQSClient({ ...access, endpoint: sqs }),
    s3: new S3Client({ ...access, endpoint: s3 }),
    secrets: new SecretsManagerClient({ ...access, endpoint: secrets }),
    cognito: new CognitoIdentityProviderClient({ ...access, endpoint: cognito }),
  };
}
type Clients = ReturnType<typeof clients>;

const key = { pk: { S: 'P#1' }, sk: { S: '1' } };
const TableName = 'Some-Table';
const keyOf = (field: string) => ({
  KeyConditionExpression: '#k = :k',
  ExpressionAttributeNames: { '#k': field },
  ExpressionAttributeValues: { ':k': { S: 'P#1' } },
});
const query = { TableName, ...keyOf('pk') };
const queryIndex = { TableName, IndexName: 'byDue', ...keyOf('due') };
const file = (Key = 'draws/one.json') => ({ Bucket: ids['Files'] ?? '', Key });

const calls: [string, string, (of: Clients) => Promise<unknown>, RegExp][] = [
  [
    'dynamodb:PutItem',
    'table/Some-Table',
    ({ dynamodb }) => dynamodb.send(new PutItemCommand({ TableName, Item: key })),
    /^AccessDeniedException$/,
  ],
  [
    'dynamodb:GetItem',
    'table/Some-Table',
    ({ dynamodb }) => dynamodb.send(new GetItemCommand({ TableName, Key: key })),
    /^AccessDeniedException$/,
  ],
  [
    'dynamodb:Query',
    'table/Some-Table',
    ({ dynamodb }) => dynamodb.send(new QueryCommand(query)),
    /^AccessDeniedException$/,
  ],
  [
    'dynamodb:Query',
    'table/Some-Table/index/byDue',
    ({ dynamodb }) => dynamodb.send(new QueryCommand(queryIndex)),
    /^AccessDeniedException$/,
  ],
  [
    'dynamodb:BatchGetItem',
    'table/Some-Table',
    ({ dynamodb }) => dynamodb.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key] } } })),
    /^AccessDeniedException$/,
  ],
  [
    'dynamodb:PutItem',
    'table/Some-Table',
    ({ dynamodb }) =>
      dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: key } }] })),
    /^AccessDeniedException$/,
  ],
  [
    'sqs:SendMessage',
    'Some-Work',
    ({ sqs }) => sqs.send(new SendMessageCommand({ QueueUrl: ids['Work'], MessageBody: 'x' })),
    /^AccessDenied/,
  ],
  [
    'sqs:SendMessage',
    'Some-Work',
    ({ sqs }) =>
      sqs.send(new SendMessageBatchCommand({ QueueUrl: ids['Work'], Entries: [{ Id: '1', MessageBody: 'x' }] })),
    /^AccessDenied/,
  ],
  [
    's3:PutObject',
    'some-files/draws/one.json',
    ({ s3 }) => s3.send(new PutObjectCommand({ ...file(), Body: '1' })),
    /^AccessDenied$/,
  ],
  ['s3:GetObject', 'some-files/draws/one.json', ({ s3 }) => s3.send(new GetObjectCommand(file())), /^AccessDenied$/],
  [
    's3:ListBucket',
    'some-files',
    ({ s3 }) => s3.send(new ListObjectsV2Command({ Bucket: ids['Files'] })),
    /^AccessDenied$/,
  ],
  [
    's3:DeleteObject',
    'some-files/draws/two.json',
    ({ s3 }) => s3.send(new DeleteObjectCommand(file('draws/two.json'))),
    /^AccessDenied$/,
  ],
  [
    'secretsmanager:GetSecretValue',
    'secret:Some-Secret',
    ({ secrets }) => secrets.send(new GetSecretValueCommand({ SecretId: ids['Secret'] })),
    /^AccessDeniedException$/,
  ],
  [
    'secretsmanager:GetSecretValue',
    'secret:Some-Secret',
    ({ secrets }) => secrets.send(new GetSecretValueCommand({ SecretId: 'Some-Secret' })),
    /^AccessDeniedException$/,
  ],
];

describe('a function', () => {
  test('signs with a key of its own, whatever its environment says', async () => {
    const { payload } = { payload: undefined, ...(await cloud.invoke('Some-Bare', {})) };
    expect(payload).toMatchObject({
      AWS_ACCESS_KEY_ID: 'Some.Bare',
      AWS_ENDPOINT_URL_DYNAMODB: cloud.endpoints.dynamodb,
    });
  });

  test.each(calls)('may do %s on %s only with a grant', async (action, resource, call, name) => {
    await expect(call(clients('local'))).resolves.toBeDefined();
    const before = lines.length;
    const refused = await call(clients('Bare')).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ name: expect.stringMatching(name) });
    const told = `User: arn:aws:sts::000000000000:assumed-role/Some-BareRole/Some-Bare is not authorized to perform: ${action} on resource: arn:aws:`;
    expect(refused).toMatchObject({ message: expect.stringContaining(told) });
    expect(refused).toMatchObject({ message: expect.stringContaining(resource) });
    expect(refused).toMatchObject({
      message: expect.stringContaining(`because no identity-based policy allows the ${action} action`),
    });
    expect(lines.slice(before).map((line) => JSON.parse(line))).toEqual([
      {
        level: 'WARN',
        message: 'permission.denied',
        function: 'Some-Bare',
        action,
        resource: expect.stringContaining(resource),
      },
    ]);
    await expect(call(clients('Granted'))).resolves.toBeDefined();
  });

  test('is refused what a Deny names, though an Allow names it too', async () => {
    const { dynamodb, sqs, s3 } = clients('Denied');
    const denied = { message: expect.stringContaining('with an explicit deny') };
    await expect(dynamodb.send(new PutItemCommand({ TableName, Item: key }))).rejects.toMatchObject(denied);
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: ids['Work'], MessageBody: 'x' }))).rejects.toMatchObject(
      denied,
    );
    await expect(s3.send(new GetObjectCommand(file()))).rejects.toMatchObject(denied);
    await expect(dynamodb.send(new GetItemCommand({ TableName, Key: key }))).resolves.toBeDefined();
    await expect(s3.send(new PutObjectCommand({ ...file(), Body: '1' }))).resolves.toBeDefined();
  });

  test('with a grant on the table may not read its index', async () => {
    const { dynamodb } = clients('TableOnly');
    await expect(dynamodb.send(new QueryCommand(query))).resolves.toBeDefined();
    await expect(dynamodb.send(new QueryCommand(queryIndex))).rejects.toThrow('/index/byDue');
  });

  test('with a grant on one folder may not write into another', async () => {
    const { s3 } = clients('Granted');
    await expect(s3.send(new PutObjectCommand({ ...file('drawsy/one.json'), Body: '1' }))).rejects.toThrow(
      'drawsy/one.json',
    );
  });

  test.each(['Attached', 'ByManaged'])('may what a policy beside its role grants: %s', async (who) => {
    const send = new SendMessageCommand({ QueueUrl: ids['Work'], MessageBody: 'x' });
    await expect(clients(who).sqs.send(send)).resolves.toBeDefined();
    await expect(clients(who).dynamodb.send(new QueryCommand(query))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('is told that a file is missing only where it may list', async () => {
    const missing = new GetObjectCommand(file('draws/none.json'));
    await expect(clients('Granted').s3.send(missing)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(clients('FilesOnly').s3.send(missing)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('s3:ListBucket'),
    });
    await expect(clients('FilesOnly').s3.send(new GetObjectCommand(file()))).resolves.toBeDefined();
  });

  test('needs to read what it writes on condition of its tag', async () => {
    const { ETag } = await clients('local').s3.send(new PutObjectCommand({ ...file('tagged'), Body: '1' }));
    const { s3 } = clients('WriteOnly');
    await expect(
      s3.send(new PutObjectCommand({ ...file('fresh'), Body: '1', IfNoneMatch: '*' })),
    ).resolves.toBeDefined();
    const replace = new PutObjectCommand({ ...file('tagged'), Body: '2', IfMatch: ETag });
    await expect(s3.send(replace)).rejects.toThrow('s3:GetObject');
  });

  test('that may not read a file gives out addresses that open nothing', async () => {
    await clients('local').s3.send(new PutObjectCommand({ ...file(), Body: 'drawn' }));
    const open = async (who: string) => {
      const signingDate = cloud.clock.now();
      return fetch(await getSignedUrl(clients(who).s3, new GetObjectCommand(file()), { expiresIn: 60, signingDate }));
    };
    const refused = await open('WriteOnly');
    expect(refused.status).toBe(403);
    expect(await refused.text()).toMatch(/<Code>AccessDenied<\/Code>.*Some-WriteOnly.*s3:GetObject/);
    const opened = await open('FilesOnly');
    expect([opened.status, await opened.text()]).toEqual([200, 'drawn']);
  });

  test('may administer accounts only with a grant', async () => {
    const find = new AdminGetUserCommand({ UserPoolId: ids['Pool'], Username: 'nobody' });
    await expect(clients('Bare').cognito.send(find)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(clients('Granted').cognito.send(find)).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });

  test('is refused an operation whose permission is not known here', async () => {
    const target = 'DynamoDB_20120810.ExecuteStatement';
    const sign = (who: string) => `AWS4-HMAC-SHA256 Credential=${who}/20260101/ap-southeast-3/dynamodb/aws4_request`;
    const ask = (who: string) =>
      fetch(cloud.endpoints.dynamodb, {
        method: 'POST',
        headers: { 'x-amz-target': target, authorization: sign(who) },
        body: '{}',
      });
    expect(await (await ask('Some.Granted')).json()).toMatchObject({
      message: expect.stringContaining('ExecuteStatement'),
    });
  });
});

describe('others', () => {
  const put = (who: string) => clients(who).dynamodb.send(new PutItemCommand({ TableName, Item: key }));

  test('with a key that nobody has are refused', async () => {
    await expect(put('stranger')).rejects.toThrow(
      'The access key stranger is nobody\'s here: people sign with "local"',
    );
  });

  test.each(['dynamodb', 'sqs', 's3', 'secrets'] as const)('without a signature are refused by %s', async (service) => {
    const target = {
      dynamodb: 'DynamoDB_20120810.PutItem',
      sqs: 'AmazonSQS.SendMessage',
      s3: '',
      secrets: 'secretsmanager.GetSecretValue',
    }[service];
    const type = service === 's3' ? 'text/plain' : 'application/x-amz-json-1.0';
    const path = service === 's3' ? `/${ids['Files']}/draws/one.json` : '/';
    const headers = { 'content-type': type, 'x-amz-target': target };
    const method = service === 's3' ? 'PUT' : 'POST';
    const response = await fetch(`${cloud.endpoints[service]}${path}`, {
      method,
      headers,
      body: '{"SecretId":"Some-Secret"}',
    });
    expect([response.ok, await response.text()]).toEqual([false, expect.stringContaining('not signed')]);
  });
});

describe('grants', () => {
  test('are used once something has needed them', async () => {
    const of = (name: string, action: string) =>
      cloud.grants().filter(({ functionName, action: granted }) => functionName === name && granted === action);
    await clients('Attached').sqs.send(new SendMessageCommand({ QueueUrl: ids['Work'], MessageBody: 'x' }));
    expect(of('Some-Attached', 'sqs:Send*')).toMatchObject([{ used: true }]);
    expect(of('Some-Denied', 'cognito-idp:AdminGetUser')).toMatchObject([{ used: false }]);
  });
});

describe('a deployment is refused', () => {
  async function refusal(Resources: object): Promise<string> {
    const { assembly, remove } = stackOf(Resources);
    onTestFinished(remove);
    return startLocalCloud({ assembly }).then(
      async (started) => {
        await started.stop();
        return 'deployed';
      },
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  const queue = { Type: 'AWS::SQS::Queue' };
  const source = (EventSourceArn: unknown, more: Json = {}) => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn, FunctionName: { Ref: 'Fn' }, ...more },
  });
  const readsQueue = allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], arn('Work'));
  const stream = { 'Fn::GetAtt': ['Table', 'StreamArn'] };
  const readsStream = allow(
    ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'].map((verb) => `dynamodb:${verb}`),
    stream,
  );
  const toQueue = { DestinationConfig: { OnFailure: { Destination: arn('Work') } } };

  test.each([
    ['a queue it may read', [readsQueue], source(arn('Work')), 'deployed'],
    [
      'a queue it may not read',
      [],
      source(arn('Work')),
      'may not sqs:ReceiveMessage on arn:aws:sqs:ap-southeast-3:000000000000:Some-Work',
    ],
    ['a stream it may read', [readsStream], source(stream), 'deployed'],
    [
      'a stream where it may only read the table',
      [allow('dynamodb:*', arn('Table'))],
      source(stream),
      'may not dynamodb:GetRecords',
    ],
    ['a stream whose failures it may not send', [readsStream], source(stream, toQueue), 'may not sqs:SendMessage'],
    [
      'a stream whose failures it may send',
      [readsStream, allow('sqs:SendMessage', arn('Work'))],
      source(stream, toQueue),
      'deployed',
    ],
  ])('or not, where a function reads %s', async (_name, statements, Source, expected) => {
    expect(await refusal({ Table: table, Work: queue, Role: roleOf(statements), Fn: as('Role'), Source })).toContain(
      expected,
    );
  });

  const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'x', ProtocolType: 'HTTP' } };
  const invocation = (pattern: string, more: Json = {}) => ({
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arn('Fn'),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Join': ['', ['arn:aws:execute-api:ap-southeast-3:000000000000:', { Ref: 'Api' }, pattern]] },
      ...more,
    },
  });
  test.each([
    ['this route', { Permission: invocation('/*/*/v1/courses/{courseCode}') }, 'deployed'],
    ['this method', { Permission: invocation('/*/GET/v1/courses/{courseCode}') }, 'deployed'],
    ['nothing', {}, 'no permission lets apigateway.amazonaws.com invoke'],
    [
      'another route',
      { Permission: invocation('/*/*/v1/courses') },
      'no permission lets apigateway.amazonaws.com invoke',
    ],
    ['another method', { Permission: invocation('/*/POST/v1/courses/{courseCode}') }, 'no permission lets'],
    [
      'another service',
      { Permission: invocation('/*/*/v1/courses/{courseCode}', { Principal: 's3.amazonaws.com' }) },
      'no permission lets',
    ],
  ])('or not, where a permission is for %s', async (_name, permission, expected) => {
    const Integration = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arn('Fn'),
        PayloadFormatVersion: '2.0',
      },
    };
    const Target = { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] };
    const Route = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'GET /v1/courses/{courseCode}', Target },
    };
    expect(await refusal({ Api: api, Role: roleOf([]), Fn: as('Role'), Integration, Route, ...permission })).toContain(
      expected,
    );
  });

  test.each([
    [
      'a role that may and is trusted',
      'apigateway.amazonaws.com',
      [allow('lambda:InvokeFunction', arn('Fn'))],
      'deployed',
    ],
    ['a role that may not', 'apigateway.amazonaws.com', [], 'may not lambda:InvokeFunction'],
    [
      'a role of another service',
      'lambda.amazonaws.com',
      [allow('lambda:InvokeFunction', arn('Fn'))],
      'may not be assumed by apigateway.amazonaws.com',
    ],
  ])('or not, where a route calls its function in %s', async (_name, service, statements, expected) => {
    const Caller = roleOf(statements, { AssumeRolePolicyDocument: trusted(service) });
    const Integration = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arn('Fn'),
        PayloadFormatVersion: '2.0',
        CredentialsArn: arn('Caller'),
      },
    };
    const Target = { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] };
    const Route = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'GET /v1/courses', Target },
    };
    expect(await refusal({ Api: api, Role: roleOf([]), Fn: as('Role'), Caller, Integration, Route })).toContain(
      expected,
    );
  });

  const schedulerTrust = (more: Json = {}) => ({ AssumeRolePolicyDocument: trusted('scheduler.amazonaws.com', more) });
  const forAccount = (account: string) => ({ Condition: { StringEquals: { 'aws:SourceAccount': account } } });
  const invokes = allow('lambda:InvokeFunction', arn('Fn'));
  test.each([
    ['may invoke', roleOf([invokes], schedulerTrust(forAccount('000000000000'))), 'deployed'],
    ['may not invoke', roleOf([], schedulerTrust()), 'may not lambda:InvokeFunction'],
    ["is another service's", roleOf([invokes]), 'may not be assumed by scheduler.amazonaws.com'],
    ['is for another account', roleOf([invokes], schedulerTrust(forAccount('111111111111'))), 'may not be assumed by'],
  ])('or not, where the role of a schedule %s', async (_name, SchedulerRole, expected) => {
    const Sweep = {
      Type: 'AWS::Scheduler::Schedule',
      Properties: { ScheduleExpression: 'rate(5 minutes)', Target: { Arn: arn('Fn'), RoleArn: arn('SchedulerRole') } },
    };
    expect(await refusal({ Role: roleOf([]), Fn: as('Role'), SchedulerRole, Sweep })).toContain(expected);
  });

  test.each([
    ['cannot write its logs', { Policies: [] }, 'may not logs:CreateLogStream'],
    [
      'has the usual policy of AWS',
      { Policies: [], ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'] },
      'deployed',
    ],
    [
      'has a policy of AWS that is not known here',
      { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
      'managed policy arn:aws:iam::aws:policy/AdministratorAccess is not supported',
    ],
    ["is another service's", schedulerTrust(), 'may not be assumed by lambda.amazonaws.com'],
    [
      'has a boundary',
      { PermissionsBoundary: 'arn:aws:iam::aws:policy/x' },
      'property PermissionsBoundary is not supported',
    ],
  ])('or not, where the role of a function %s', async (_name, more, expected) => {
    expect(await refusal({ Role: roleOf([], more), Fn: as('Role') })).toContain(expected);
  });

  test.each([
    [{ Condition: { StringLike: { 's3:prefix': 'draws/*' } } }, 'condition StringLike on s3:prefix is not supported'],
    [
      { Condition: { NumericLessThan: { 'aws:SecureTransport': '1' } } },
      'condition NumericLessThan on aws:SecureTransport',
    ],
    [{ NotResource: '*' }, 'of the policy is not supported'],
    [{ Resource: `arn:aws:s3:::files/\${aws:username}/*` }, 'policy variables are not supported'],
    [{ Resource: 'files' }, 'files is not an ARN'],
  ])('where a statement has %j', async (more, expected) => {
    expect(await refusal({ Role: roleOf([allow('s3:GetObject', '*', more)]) })).toContain(expected);
  });
});

describe('policies', () => {
  /** What `*` and `?` mean, spelt out one letter at a time. */
  function fits([head, ...pattern]: readonly string[], letters: readonly string[]): boolean {
    const [letter, ...rest] = letters;
    if (head === undefined) return letter === undefined;
    if (head === '*') return fits(pattern, letters) || (letter !== undefined && fits([head, ...pattern], rest));
    return letter !== undefined && (head === '?' || head === letter) && fits(pattern, rest);
  }
  const textOf = (alphabet: string) =>
    fc.array(fc.constantFrom(...alphabet), { maxLength: 8 }).map((letters) => letters.join(''));
  const wordOf = fc
    .array(fc.constantFrom(...'abc-'), { minLength: 1, maxLength: 5 })
    .map((letters) => letters.join(''));

  test('match the resource of an ARN letter by letter', () => {
    fc.assert(
      fc.property(textOf('ab/.:*?+('), textOf('ab/.:+('), (pattern, resource) => {
        const place = 'arn:aws:s3:::';
        expect(arnMatches(place + pattern, place + resource)).toBe(fits([...pattern], [...resource]));
      }),
    );
  });

  test('match with any run of letters within a part replaced by *, and not once another part differs', () => {
    fc.assert(
      fc.property(fc.array(wordOf, { minLength: 5, maxLength: 5 }), fc.nat(4), fc.nat(4), (words, index, other) => {
        const arnOf = (parts: readonly string[]) => ['arn', ...parts].join(':');
        const pattern = words.with(index, '*');
        expect(arnMatches(arnOf(pattern), arnOf(words))).toBe(true);
        expect(arnMatches(arnOf(pattern), arnOf(words.with(other, 'other')))).toBe(other === index);
        expect(arnMatches('*', arnOf(words))).toBe(true);
      }),
    );
  });

  test('match actions without regard to capitals', () => {
    expect(actionMatches('s3:Get*', 's3:getobject')).toBe(true);
    expect(actionMatches('s3:Get*', 's3:PutObject')).toBe(false);
    expect(actionMatches('*', 'sqs:SendMessage')).toBe(true);
  });

  test('let one Deny win over any number of Allows, in any order', () => {
    const refuse = (what: string): never => {
      throw new Error(what);
    };
    const statement = fc.record({
      Effect: fc.constantFrom('Allow', 'Deny'),
      Action: fc.constantFrom('dynamodb:*', 'dynamodb:PutItem', 'dynamodb:Query'),
      Resource: fc.constantFrom('*', 'arn:aws:dynamodb:r:0:table/a', 'arn:aws:dynamodb:r:0:table/b'),
    });
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), (Statement) => {
        const wanted = { action: 'dynamodb:PutItem', resource: 'arn:aws:dynamodb:r:0:table/a' };
        const about = Statement.filter(
          ({ Action, Resource }) => Action !== 'dynamodb:Query' && !Resource.endsWith('b'),
        );
        const denied = about.some(({ Effect }) => Effect === 'Deny');
        const expected = denied ? 'denied' : about.length > 0 ? 'allowed' : 'not granted';
        expect(decide(readPolicy({ Statement }, refuse), wanted)).toBe(expected);
      }),
    );
  });
});
