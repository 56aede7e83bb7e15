import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template as Synthesized } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { addStage, emptyApp } from '#infra/app.ts';
import { DataStack } from '#infra/data-stack.ts';
import { ServiceStack } from '#infra/service-stack.ts';
import { type Stage, StageName, stages } from '#infra/stages.ts';
import { endpoints } from '#shared/operations/contract.ts';
import { Category } from '#shared/registration/aptitude/aptitude.ts';
import { currentBank } from '#shared/registration/aptitude/bank.ts';
import { chanceOf } from '#shared/registration/aptitude/chance.ts';
import {
  alarmFaults,
  alarmsOf,
  codeFaults,
  functionFaults,
  queueFaults,
  routeFaults,
  runbookFaults,
  stateFaults,
  streamFaults,
  Template,
  variableFaults,
  wildcardFaults,
} from '#test/infra/promises.ts';

const outdir = mkdtempSync(join(tmpdir(), 'prakerja-infra-'));
const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');

type Stacks = { readonly data: Template; readonly service: Template };
const synthesized = new Map<StageName, Stacks>();

function stacksOf(stage: StageName): Stacks {
  const stacks = synthesized.get(stage);
  if (!stacks) throw new Error(`${stage} is not synthesized`);
  return stacks;
}

beforeAll(() => {
  const app = emptyApp(outdir);
  const added = StageName.options.map((stage) => [stage, addStage(app, stage)] as const);
  for (const [stage, { data, service }] of added)
    synthesized.set(stage, {
      data: Template.parse(Synthesized.fromStack(data).toJSON()),
      service: Template.parse(Synthesized.fromStack(service).toJSON()),
    });
}, 180_000); // Three stages at once; seconds on a machine that does nothing else.

afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** The template of production with one resource changed, as a careless commit would. */
function spoiled(stack: keyof Stacks, type: string, change: (properties: Record<string, unknown>) => void): Template {
  const template = structuredClone(stacksOf('production')[stack]);
  const resource = Object.values(template.Resources).find(({ Type }) => Type === type);
  if (!resource) throw new Error(`There is no ${type}`);
  change(resource.Properties);
  return template;
}

const without =
  (...names: string[]) =>
  (properties: Record<string, unknown>) => {
    for (const name of names) delete properties[name];
  };
const withValue = (name: string, value: unknown) => (properties: Record<string, unknown>) => {
  properties[name] = value;
};

/** The bundle under a key of the assets: the key is the name of its folder in the assembly. */
function codeOf(key: string): string {
  const directory = join(outdir, `asset.${key.replace('.zip', '')}`);
  return readdirSync(directory).reduce((code, file) => code + readFileSync(join(directory, file), 'utf8'), '');
}

describe.each(StageName.options)('the stacks of %s', (stage) => {
  it('give every queue a dead-letter queue of 14 days with an alarm', () => {
    expect(queueFaults(stacksOf(stage).service)).toEqual([]);
  });

  it('isolate, give up and keep what the stream readers cannot do', () => {
    expect(streamFaults(stacksOf(stage).service)).toEqual([]);
  });

  it('say on every alarm who is hurt, and call somebody', () => {
    expect(alarmFaults(stacksOf(stage).service)).toEqual([]);
    expect(alarmFaults(stacksOf(stage).data)).toEqual([]);
  });

  it('have the same alarms as the runbook, with the same impact', () => {
    expect(runbookFaults(alarmsOf(stacksOf(stage).service), runbook)).toEqual([]);
  });

  it('allow no action by wildcard and nothing on everything', () => {
    expect(wildcardFaults(stacksOf(stage).service)).toEqual([]);
    expect(wildcardFaults(stacksOf(stage).data)).toEqual([]);
  });

  it('keep what must outlive a deployment', () => {
    expect(stateFaults(stacksOf(stage).data, stage !== 'development')).toEqual([]);
    expect(stages[stage].deletionProtection).toBe(stage !== 'development');
  });

  it('hold no state in the service stack', () => {
    const types = new Set(Object.values(stacksOf(stage).service.Resources).map(({ Type }) => Type));

    expect([...types].filter((type) => /DynamoDB::|S3::Bucket$|UserPool|Secret$/.test(type))).toEqual([]);
  });

  it('run every function on arm64 and Node 24, under its capability, with logs that end', () => {
    expect(functionFaults(stacksOf(stage).service)).toEqual([]);
  });

  it('route exactly the endpoints, each open to whom it names', () => {
    expect(routeFaults(stacksOf(stage).service, endpoints)).toEqual([]);
  });

  it('tell every function what its code asks for, and nothing else', () => {
    expect(variableFaults(stacksOf(stage).service, codeOf)).toEqual([]);
  });

  it('stay well below the 500 resources of a stack', () => {
    expect(Object.keys(stacksOf(stage).service.Resources).length).toBeLessThan(490);
  });
});

/** Every file of the product, as one text. */
function source(): string {
  const root = join(import.meta.dirname, '..', '..');
  return ['shared', 'functions', 'infra']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(root, folder, file)),
    )
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

describe('a stage', () => {
  const Pool = z.looseObject({
    EmailConfiguration: z
      .looseObject({ EmailSendingAccount: z.string(), From: z.string(), SourceArn: z.unknown() })
      .optional(),
    EmailVerificationMessage: z.string(),
  });
  const poolOf = ({ Resources }: Template) =>
    Pool.parse(Object.values(Resources).find(({ Type }) => Type === 'AWS::Cognito::UserPool')?.Properties);

  function changed(changes: Partial<Stage>): Stacks {
    const app = emptyApp(outdir);
    const stage = { ...stages.development, ...changes };
    const env = { region: 'ap-southeast-3' };
    const data = new DataStack(app, 'Data', { env, stage });
    const service = new ServiceStack(app, 'Service', { env, stage, data });
    return {
      data: Template.parse(Synthesized.fromStack(data).toJSON()),
      service: Template.parse(Synthesized.fromStack(service).toJSON()),
    };
  }

  it('has Cognito send e-mails in two languages by itself, and by SES where it names a verified domain', () => {
    const { EmailConfiguration, EmailVerificationMessage } = poolOf(stacksOf('production').data);
    expect(EmailConfiguration).toBeUndefined();
    expect(EmailVerificationMessage).toMatch(/Jangan berikan.*Give this code to nobody/s);
    expect(EmailVerificationMessage.split('{####}')).toHaveLength(2);
    const mailFrom = { address: 'akun@prakerja.example', domain: 'prakerja.example' };
    const { EmailConfiguration: bySes } = poolOf(changed({ mailFrom }).data);
    expect(bySes).toMatchObject({ EmailSendingAccount: 'DEVELOPER', From: 'Kartu Prakerja <akun@prakerja.example>' });
    expect(JSON.stringify(bySes?.SourceArn)).toContain('identity/prakerja.example');
  });

  it('lets the sender of messages publish to phone numbers, and to no topic, only where SNS sends them', () => {
    const { service } = changed({ textsBy: 'sns' });
    expect(wildcardFaults(service, new Set(['sns:Publish']))).toEqual([]);
    const roles = Object.values(service.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
    const allowing = roles.filter((role) => JSON.stringify(role).includes('sns:Publish'));
    expect(allowing).toHaveLength(1);
    const text = JSON.stringify(allowing);
    expect(text).toContain('{"Action":"sns:Publish","Effect":"Deny","Resource":"arn:aws:sns:*:*:*"}');
    expect(JSON.stringify(service)).toContain('"MESSAGE_GATEWAY_URL":"sns"');
    expect(service).not.toHaveProperty('Parameters.MessageGatewayUrl');
    expect(stacksOf('production').service).toHaveProperty('Parameters.MessageGatewayUrl');
  });
});

describe('the runbook', () => {
  it('names no code and no class of an error that the source does not have', () => {
    expect(codeFaults(runbook, source())).toEqual([]);
  });
});

describe('the bundles', () => {
  const Outputs = z.record(
    z.string(),
    z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) }),
  );
  const carried = () => {
    const { outputs } = z
      .object({ outputs: Outputs })
      .parse(JSON.parse(readFileSync(join(outdir, 'bundles', 'meta.json'), 'utf8')));
    return Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    );
  };

  it.each([
    ['the credential chain for other places than Lambda', /credential-provider-(ini|login|process|sso|web-identity)/],
    ['clients for signing in to AWS', /@aws-sdk\/(nested-clients|token-providers)/],
    ['a cache of discovered addresses', /@aws-sdk\/endpoint-cache/],
    ['a reader of configuration files', /@smithy\/core\/.*\/shared-ini-file-loader\//],
    ['a codec for event streams', /@smithy\/core\/.*\/event-streams\//],
    ['the schema library in other languages', /zod\/v4\/locales\/(?!en\.js)/],
  ])('do not carry %s', (_, useless) => {
    expect(carried().filter((file) => useless.test(file))).toEqual([]);
  });

  const ofTheTest = ['registration/aptitude-tests', 'registration/score-aptitude'];
  const folders = () =>
    readdirSync(join(outdir, 'bundles'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('index.mjs'))
      .map((file) => file.replace('/index.mjs', ''));

  it('carry the question bank only where papers are made and scored', () => {
    const { outputs } = z
      .object({ outputs: Outputs })
      .parse(JSON.parse(readFileSync(join(outdir, 'bundles', 'meta.json'), 'utf8')));
    const carriers = Object.entries(outputs).flatMap(([output, { inputs }]) =>
      Object.keys(inputs).some((file) => /registration\/aptitude\/(bank|paper)/.test(file))
        ? [output.split('/').slice(-3, -1).join('/')]
        : [],
    );
    expect(carriers.sort()).toEqual(ofTheTest);
  });

  it('show nothing of what is right in any other code, page or document', () => {
    const drafts = Category.options
      .flatMap((category) => currentBank.items[category])
      .map(({ draft }) => draft(chanceOf('seed', 'bundles')));
    const sentences = drafts.flatMap(({ text: { id, en } }) => [id, en]).map((text) => text.replace(/\d.*$/s, ''));
    const long = sentences.filter(({ length }) => length > 25);
    expect(long.length).toBeGreaterThan(150);
    const withBank = folders().filter((folder) => {
      const code = readFileSync(join(outdir, 'bundles', folder, 'index.mjs'), 'utf8');
      return long.some((sentence) => code.includes(sentence));
    });
    expect(withBank.sort()).toEqual(ofTheTest);
  });

  it('carry what they use', () => {
    expect(carried().some((file) => file === 'shared/journal/journal.ts')).toBe(true);
  });
});

describe('a promise that is broken', () => {
  it.each<[string, () => string[], RegExp]>([
    [
      'a queue without dead-letter queue',
      () => queueFaults(spoiled('service', 'AWS::SQS::Queue', without('RedrivePolicy', 'MessageRetentionPeriod'))),
      /does not keep dead letters|no dead-letter queue/,
    ],
    ['a dead-letter queue without alarm', queueFaultsWithoutAlarms, /can fill without an alarm/],
    [
      'an alarm without impact',
      () => alarmFaults(spoiled('service', 'AWS::CloudWatch::Alarm', without('AlarmDescription'))),
      /who is hurt/,
    ],
    [
      'an alarm without action',
      () => alarmFaults(spoiled('service', 'AWS::CloudWatch::Alarm', without('AlarmActions'))),
      /calls nobody/,
    ],
    [
      'an alarm that the runbook lacks',
      () => runbookFaults(new Map([['Report/Invented', 'Nobody.']]), ''),
      /Report\/Invented has no section/,
    ],
    [
      'a section of the runbook without alarm',
      () => runbookFaults(new Map(), '### `Report/Gone`\n'),
      /Report\/Gone, which is no alarm/,
    ],
    [
      'a section of the runbook without next step',
      () => runbookFaults(new Map([['A', 'x']]), '### `A`\n**Trigger.** x **Impact.** x **Causes.** x'),
      /A has no "Next step"/,
    ],
    [
      'a section of the runbook with another impact',
      () => runbookFaults(new Map([['A', 'Citizens wait.']]), '### `A`\n**Impact.** Citizens wait for ever.\n'),
      /A tells another impact/,
    ],
    [
      'a code that nothing logs',
      () => codeFaults('`payout.gone` `payout.there`', "'payout.there'"),
      /tells of payout.gone,/,
    ],
    ['a filter for what nothing logs', () => codeFaults('{ $.message = "payout.gone" }', ''), /tells of payout.gone,/],
    ['a class that no error has', () => codeFaults('an error of the class `Lost`', ''), /tells of Lost,/],
    [
      'a stream reader that never gives up',
      () =>
        streamFaults(
          spoiled('service', 'AWS::Lambda::EventSourceMapping', (properties) => {
            without('MaximumRetryAttempts')(properties);
            withValue('EventSourceArn', { 'Fn::ImportValue': 'stream' })(properties);
          }),
        ),
      /can block its shard/,
    ],
    [
      'an action by wildcard',
      () =>
        wildcardFaults(spoiled('service', 'AWS::IAM::Role', withValue('Policies', [allowing('dynamodb:*', 'arn')]))),
      /allows dynamodb:\*/,
    ],
    [
      'an action on everything',
      () =>
        wildcardFaults(spoiled('service', 'AWS::IAM::Role', withValue('Policies', [allowing('dynamodb:Query', '*')]))),
      /allows dynamodb:Query on everything/,
    ],
    [
      'a managed policy',
      () => wildcardFaults(spoiled('service', 'AWS::IAM::Role', withValue('ManagedPolicyArns', ['arn']))),
      /somebody else/,
    ],
    [
      'a table that can be deleted',
      () => stateFaults(spoiled('data', 'AWS::DynamoDB::Table', without('DeletionProtectionEnabled')), true),
      /can be deleted/,
    ],
    [
      'a table without point-in-time recovery',
      () => stateFaults(spoiled('data', 'AWS::DynamoDB::Table', without('PointInTimeRecoverySpecification')), false),
      /cannot be put back/,
    ],
    ['a stage that is not kept', () => stateFaults(stacksOf('development').data, true), /is not retained/],
    [
      'another runtime',
      () => functionFaults(spoiled('service', 'AWS::Lambda::Function', withValue('Runtime', 'nodejs22.x'))),
      /Node 24/,
    ],
    [
      'a function without log group',
      () => functionFaults(spoiled('service', 'AWS::Lambda::Function', without('LoggingConfig'))),
      /logs for ever/,
    ],
    [
      'a function that lacks a variable',
      () => variableFaults(stacksOf('production').service, () => '"publicUrl"'),
      /lacks PUBLIC_URL/,
    ],
    [
      'a variable that nobody reads',
      () => variableFaults(stacksOf('production').service, () => ''),
      /is told TABLE_NAME, which/,
    ],
    [
      'a route without endpoint',
      () => routeFaults(stacksOf('production').service, endpoints.slice(1)),
      /has no endpoint/,
    ],
    [
      'an endpoint without route',
      () =>
        routeFaults(spoiled('service', 'AWS::ApiGatewayV2::Route', withValue('RouteKey', 'GET /elsewhere')), endpoints),
      /has no route/,
    ],
    [
      'a citizen’s route without authorizer',
      () =>
        routeFaults(
          stacksOf('production').service,
          endpoints.map((endpoint) => ({ ...endpoint, access: 'public' as const })),
        ),
      /is not open to exactly whom/,
    ],
  ])('is found: %s', (_, faults, message) => {
    expect(faults()).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });
});

const allowing = (Action: string, Resource: string) => ({
  PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] },
});

function queueFaultsWithoutAlarms(): string[] {
  const { service } = stacksOf('production');
  const resources = Object.entries(service.Resources).filter(([, { Type }]) => Type !== 'AWS::CloudWatch::Alarm');
  return queueFaults({ ...service, Resources: Object.fromEntries(resources) });
}
