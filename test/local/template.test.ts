import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAssembly, Unsupported } from '#infra/local/assembly.ts';
import { startLocalCloud } from '#infra/local/cloud.ts';
import type { Provider } from '#infra/local/declared.ts';
import { deployment } from '#infra/local/template.ts';
import { listen } from '#infra/local/wire.ts';
import { type assemblyOf, inlineFunction, stackOf } from '#test/local/templates.ts';

type Written = ReturnType<typeof assemblyOf>;

async function start({ assembly, remove }: Written, options: object = {}) {
  onTestFinished(remove);
  const cloud = await startLocalCloud({ assembly, ...options });
  onTestFinished(() => cloud.stop());
  return cloud;
}

/** The one line that starting an assembly is refused with. */
async function refusal(written: Written, options: object = {}): Promise<string> {
  const error = await start(written, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Unsupported);
  return error instanceof Error ? error.message : '';
}

const queue = (Properties: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties });
const output = (Value: unknown) => ({ Outputs: { Answer: { Value } } });

describe('what the local cloud does not run is refused by name', () => {
  test('a resource type', async () => {
    const line = await refusal(stackOf({ Cluster: { Type: 'AWS::ECS::Cluster' } }));
    expect(line).toBe('Some/Cluster: resource type AWS::ECS::Cluster is not supported');
  });

  test('a property that may change what happens', async () => {
    const line = await refusal(stackOf({ Work: queue({ FifoThroughputLimit: 'perQueue' }) }));
    expect(line).toBe('Some/Work: AWS::SQS::Queue property FifoThroughputLimit is not supported');
  });

  test('a nested property', async () => {
    const GlobalSecondaryIndexes = [{ IndexName: 'i', KeySchema: [], Projection: {}, Sparse: true }];
    const Properties = { KeySchema: [], AttributeDefinitions: [], GlobalSecondaryIndexes };
    const line = await refusal(stackOf({ Table: { Type: 'AWS::DynamoDB::Table', Properties } }));
    expect(line).toContain('GlobalSecondaryIndexes.0.Sparse is not supported');
  });

  test('an intrinsic', async () => {
    const line = await refusal(stackOf({ Work: queue({ QueueName: { 'Fn::Base64': 'x' } }) }));
    expect(line).toBe('Some/Work: intrinsic Fn::Base64 is not supported');
  });

  test('a dynamic reference', async () => {
    const line = await refusal(stackOf({ Work: queue({ QueueName: '{{resolve:ssm:/name}}' }) }));
    expect(line).toContain('Some/Work: dynamic reference');
  });

  test('an attribute', async () => {
    const QueueName = { 'Fn::GetAtt': ['Other', 'Colour'] };
    const line = await refusal(stackOf({ Other: queue(), Work: queue({ QueueName }) }));
    expect(line).toBe('Some/Work: Fn::GetAtt Other.Colour of AWS::SQS::Queue is not supported');
  });

  test('a runtime', async () => {
    const line = await refusal(stackOf({ Py: inlineFunction('', { Runtime: 'python3.14' }) }));
    expect(line).toContain('Some/Py: AWS::Lambda::Function property Runtime');
  });

  test('a circle', async () => {
    const named = (other: string) => queue({ QueueName: { Ref: other } });
    const line = await refusal(stackOf({ One: named('Two'), Two: named('One') }));
    expect(line).toContain('circular dependency Some/One > Some/Two > Some/One');
  });

  test('a parameter without a value, with a wrong one, and one that no template has', async () => {
    const template = () =>
      stackOf(
        { Work: queue({ QueueName: { Ref: 'Name' } }) },
        { Parameters: { Name: { Type: 'String', AllowedPattern: '[a-z]+' } } },
      );
    expect(await refusal(template())).toBe('Some/Work: parameter Name has no value');
    expect(await refusal(template(), { parameters: { Name: '9' } })).toContain('does not match [a-z]+');
    expect(await refusal(template(), { parameters: { Nmae: 'x' } })).toBe('No stack has a parameter Nmae');
  });

  test('a folder that is no assembly', async () => {
    expect(await refusal({ assembly: '/nowhere', remove: () => {} })).toContain(
      '/nowhere is not a synthesized assembly',
    );
  });
});

describe('intrinsics', () => {
  const provider: Provider = {
    inert: () => undefined,
    localize: (text) => text,
    create: async ({ logicalId }) => ({ ref: `ref-${logicalId}`, attributes: { Arn: `arn-${logicalId}` } }),
  };

  async function resolved(Value: unknown, more: object = {}): Promise<unknown> {
    const { assembly, remove } = stackOf({ Work: queue() }, { ...output(Value), ...more });
    onTestFinished(remove);
    const { Answer } = await deployment(readAssembly(assembly), {}, provider).outputs('Some');
    return Answer;
  }

  test.each([
    ['Ref', { Ref: 'Work' }, 'ref-Work'],
    ['pseudo parameters', { Ref: 'AWS::Region' }, 'ap-southeast-3'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Work', 'Arn'] }, 'arn-Work'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Work' }]] }, 'a-ref-Work'],
    ['Fn::Sub', { 'Fn::Sub': `\${Work}/\${Work.Arn}/\${AWS::StackName}/\${!Kept}` }, `ref-Work/arn-Work/Some/\${Kept}`],
    ['Fn::Sub with variables', { 'Fn::Sub': [`\${x}`, { x: { Ref: 'Work' } }] }, 'ref-Work'],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    ['Fn::GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'Some', OutputName: 'Other' } }, 'there'],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'exported' }, 'there'],
  ])('%s', async (_name, value, expected) => {
    const Outputs = { Answer: { Value: value }, Other: { Value: 'there', Export: { Name: 'exported' } } };
    expect(await resolved(value, { Outputs })).toBe(expected);
  });

  test.each([
    [{ 'Fn::Equals': ['a', 'a'] }, 'yes'],
    [{ 'Fn::Not': [{ 'Fn::Equals': ['a', 'a'] }] }, 'no'],
    [{ 'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }, { 'Fn::Equals': ['a', 'b'] }] }, 'no'],
    [{ 'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, { 'Fn::Equals': ['b', 'b'] }] }, 'yes'],
  ])('Fn::If on %j', async (Chosen, expected) => {
    expect(await resolved({ 'Fn::If': ['Chosen', 'yes', 'no'] }, { Conditions: { Chosen } })).toBe(expected);
  });

  test('AWS::NoValue leaves a property out, and a resource whose condition is false is not created', async () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    const Resources = {
      Work: queue({ QueueName: { Ref: 'AWS::NoValue' } }),
      Odd: { Type: 'AWS::ECS::Cluster', Condition: 'Never' },
    };
    const cloud = await start(stackOf(Resources, { Conditions }));
    expect(await cloud.physicalId('Some', 'Work')).toMatch(/\/Some-Work$/);
  });
});

describe('starting and stopping', () => {
  /** A process may end while we look. */
  const statOf = (id: string) => {
    try {
      return readFileSync(`/proc/${id}/stat`, 'utf8');
    } catch {
      return '';
    }
  };
  const children = () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(statOf)
      .filter((stat) => stat.includes('(dynoxide) ') && stat.split(' ')[3] === String(process.pid));

  test('stop leaves no process and no open port', async () => {
    const { assembly, remove } = stackOf({
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'x', ProtocolType: 'HTTP' } },
    });
    onTestFinished(remove);
    const before = children().length;
    const cloud = await startLocalCloud({ assembly });
    expect(children().length).toBe(before + 1);
    await cloud.stop();
    expect(children().length).toBe(before);
    for (const url of [cloud.apiUrl, ...Object.values(cloud.endpoints)]) await expect(fetch(url)).rejects.toThrow();
  });

  test('what is refused half-way leaves nothing either', async () => {
    const before = children().length;
    await refusal(stackOf({ Work: queue(), Cluster: { Type: 'AWS::ECS::Cluster' } }));
    expect(children().length).toBe(before);
  });

  test('a taken port is one clear line', async () => {
    const taken = await listen(() => {});
    onTestFinished(() => taken.stop());
    const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'x', ProtocolType: 'HTTP' } };
    const line = await refusal(stackOf({ Api: api }), { port: taken.port });
    expect(line).toBe(`Port ${taken.port} is taken: choose another with --port`);
  });

  test('secrets follow from the seed and the logical id', async () => {
    const Properties = { GenerateSecretString: { PasswordLength: 24, ExcludePunctuation: true } };
    const secret = { Type: 'AWS::SecretsManager::Secret', Properties };
    const values = async (options: object) => {
      const cloud = await start(stackOf({ One: secret, Two: secret }), options);
      return [cloud.secret('One'), cloud.secret('Two')];
    };
    const [one, two] = await values({ seed: 'a' });
    expect(one).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(two).not.toBe(one);
    expect(await values({ seed: 'a' })).toEqual([one, two]);
    expect((await values({ seed: 'b' }))[0]).not.toBe(one);
    expect((await values({}))[0]).not.toBe((await values({}))[0]);
  });

  test('a data folder keeps seed, clock and messages', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'kept-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    const { assembly, remove } = stackOf({
      Work: queue(),
      Key: { Type: 'AWS::SecretsManager::Secret' },
      Pool: { Type: 'AWS::Cognito::UserPool' },
      Group: {
        Type: 'AWS::Cognito::UserPoolGroup',
        Properties: { UserPoolId: { Ref: 'Pool' }, GroupName: 'operators' },
      },
    });
    onTestFinished(remove);
    const first = await startLocalCloud({ assembly, dataDir });
    const secret = first.secret('Key');
    const send = {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessage',
        authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/ap-southeast-3/sqs/aws4_request',
      },
    };
    const QueueUrl = await first.physicalId('Some', 'Work');
    await fetch(first.endpoints.sqs, { ...send, body: JSON.stringify({ QueueUrl, MessageBody: 'kept' }) });
    first.clock.advance(86_400_000);
    const poolId = await first.physicalId('Some', 'Pool');
    await first.stop();

    const second = await startLocalCloud({ assembly, dataDir });
    onTestFinished(() => second.stop());
    expect(second.secret('Key')).toBe(secret);
    expect(await second.physicalId('Some', 'Pool')).toBe(poolId);
    expect(second.clock.now().getTime() - Date.now()).toBeGreaterThan(86_000_000);
    const queues = await fetch(`${second.endpoints.sqs}/_fauxqs/queues`);
    expect(await queues.json()).toMatchObject([{ approximateMessageCount: 1 }]);
  });
});
