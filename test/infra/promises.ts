import * as z from 'zod';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { variables } from '#shared/platform/environment.ts';

/*
 * What the templates promise, as checks that list the faults they find. They read the JSON that CloudFormation gets, so a fault in
 * a construct cannot hide behind the construct.
 */

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});
export const Template = z.looseObject({ Resources: z.record(z.string(), Resource) });
export type Template = z.infer<typeof Template>;

const GetAtt = z
  .object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
  .transform((value) => value['Fn::GetAtt'][0]);
const Ref = z.object({ Ref: z.string() }).transform((value) => value.Ref);
const Pointer = z.union([GetAtt, Ref]);

/** Resources of a type, their properties read by a schema. */
function all<Schema extends z.ZodType>({ Resources }: Template, type: string, schema: Schema) {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, resource]) => ({ id, resource, properties: schema.parse(resource.Properties) }));
}

const Queue = z.object({
  RedrivePolicy: z.object({ deadLetterTargetArn: GetAtt, maxReceiveCount: z.number() }).optional(),
  MessageRetentionPeriod: z.number().optional(),
  VisibilityTimeout: z.number().optional(),
});
const EventSource = z.object({
  EventSourceArn: z.union([GetAtt, z.unknown().transform(() => undefined)]),
  FunctionName: Ref,
  FunctionResponseTypes: z.array(z.string()).default([]),
  MaximumRetryAttempts: z.number().optional(),
  BisectBatchOnFunctionError: z.boolean().optional(),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: GetAtt }) }).optional(),
});
const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().optional(),
  AlarmActions: z.array(z.unknown()).default([]),
  MetricName: z.string().optional(),
  Namespace: z.string().optional(),
  ComparisonOperator: z.string(),
  Threshold: z.number(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.union([Pointer, z.string()]) })).default([]),
});
const Lambda = z.object({
  Architectures: z.array(z.string()).default([]),
  Runtime: z.string(),
  Timeout: z.number().default(3),
  LoggingConfig: z.object({ LogGroup: Ref }).optional(),
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({ Variables: z.looseObject({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
});

const fourteenDays = 1_209_600;

/** Nothing that could not be done may vanish, and nobody may have to look for it. */
export function queueFaults(template: Template): string[] {
  const queues = all(template, 'AWS::SQS::Queue', Queue);
  const sources = all(template, 'AWS::Lambda::EventSourceMapping', EventSource).map(({ properties }) => properties);
  const alarms = all(template, 'AWS::CloudWatch::Alarm', Alarm).map(({ properties }) => properties);
  const deadLetters = new Set([
    ...queues.map(({ properties }) => properties.RedrivePolicy?.deadLetterTargetArn),
    ...sources.map(({ DestinationConfig }) => DestinationConfig?.OnFailure.Destination),
  ]);
  const watched = new Set(
    alarms
      .filter(({ MetricName, Threshold }) => MetricName === 'ApproximateNumberOfMessagesVisible' && Threshold === 1)
      .filter(({ ComparisonOperator }) => ComparisonOperator === 'GreaterThanOrEqualToThreshold')
      .flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => Value)),
  );
  return queues.flatMap(({ id, properties }) => {
    const { RedrivePolicy, MessageRetentionPeriod, VisibilityTimeout = 30 } = properties;
    if (deadLetters.has(id))
      return [
        ...(MessageRetentionPeriod === fourteenDays ? [] : [`${id} does not keep dead letters for 14 days`]),
        ...(watched.has(id) ? [] : [`${id} can fill without an alarm`]),
      ];
    const readers = sources.filter(({ EventSourceArn }) => EventSourceArn === id);
    const short = readers.filter(({ FunctionName }) => VisibilityTimeout < 6 * timeoutOf(template, FunctionName));
    const whole = readers.filter(
      ({ FunctionResponseTypes }) => !FunctionResponseTypes.includes('ReportBatchItemFailures'),
    );
    return [
      ...(RedrivePolicy?.maxReceiveCount === 5 ? [] : [`${id} has no dead-letter queue after five receives`]),
      ...(readers.length === 1 ? [] : [`${id} has ${readers.length} readers`]),
      ...short.map(({ FunctionName }) => `${id} shows a message again while ${FunctionName} may still work on it`),
      ...whole.map(({ FunctionName }) => `${FunctionName} cannot report one failed message of ${id}`),
    ];
  });
}

function timeoutOf(template: Template, id: string): number {
  return Lambda.parse(template.Resources[id]?.Properties).Timeout;
}

/** A record of the stream that fails is isolated, given up, and kept. */
export function streamFaults(template: Template): string[] {
  return all(template, 'AWS::Lambda::EventSourceMapping', EventSource)
    .filter(({ properties }) => properties.EventSourceArn === undefined)
    .filter(({ properties: { MaximumRetryAttempts = -1, BisectBatchOnFunctionError, DestinationConfig } }) => {
      return MaximumRetryAttempts < 0 || !BisectBatchOnFunctionError || !DestinationConfig;
    })
    .map(({ id }) => `${id} can block its shard or lose a record`);
}

/** Who is hurt, by the alarm's name without the stack's: what the runbook calls it. */
export function alarmsOf(template: Template): ReadonlyMap<string, string> {
  return new Map(
    all(template, 'AWS::CloudWatch::Alarm', Alarm).map(({ properties: { AlarmName, AlarmDescription = '' } }) => [
      AlarmName.replace(/^[^/]+\//, ''),
      AlarmDescription,
    ]),
  );
}

/** An alarm says who is hurt, and somebody hears it. */
export function alarmFaults(template: Template): string[] {
  return all(template, 'AWS::CloudWatch::Alarm', Alarm).flatMap(({ properties }) => [
    ...(/^[A-Z].{30,}\.$/.test(properties.AlarmDescription ?? '')
      ? []
      : [`${properties.AlarmName} does not say who is hurt`]),
    ...(properties.AlarmActions.length > 0 ? [] : [`${properties.AlarmName} calls nobody`]),
  ]);
}

const sectionsOf = (runbook: string): Map<string, string> =>
  new Map(
    runbook
      .split(/^### /m)
      .slice(1)
      .map((section) => [section.split('\n', 1)[0]?.replaceAll('`', '').trim() ?? '', section]),
  );

/** Every alarm has its section with all four parts and its own impact, and no section outlives its alarm. */
export function runbookFaults(alarms: ReadonlyMap<string, string>, runbook: string): string[] {
  const sections = sectionsOf(runbook);
  const parts = ['Trigger', 'Impact', 'Causes', 'Next step'];
  return [
    ...[...alarms.keys()].filter((name) => !sections.has(name)).map((name) => `${name} has no section in the runbook`),
    ...[...alarms].flatMap(([name, impact]) =>
      sections.get(name)?.includes(`**Impact.** ${impact}\n`) === false
        ? [`${name} tells another impact than its alarm`]
        : [],
    ),
    ...[...sections.keys()]
      .filter((name) => !alarms.has(name))
      .map((name) => `The runbook tells of ${name}, which is no alarm`),
    ...[...sections].flatMap(([name, text]) =>
      parts.filter((part) => !text.includes(`**${part}.**`)).map((part) => `${name} has no "${part}" in the runbook`),
    ),
  ];
}

/** Codes of logs and errors, and classes of errors, that the runbook names and that the source does not have. */
export function codeFaults(runbook: string, source: string): string[] {
  const codes = [...runbook.matchAll(/`([a-z_]+\.(?!json|md|ts)[a-z_]+)`|\$\.message = "([^"]+)"/g)];
  const classes = [...runbook.matchAll(/of the class `(\w+)`/g)];
  return [
    ...codes
      .map(([, code, logged]) => code ?? logged ?? '')
      .filter((code) => !new RegExp(`['"\`]${code}[ '"\`]`).test(source)),
    ...classes.map(([, name]) => name ?? '').filter((name) => !source.includes(`name = '${name}'`)),
  ].map((name) => `The runbook tells of ${name}, which is nowhere in the source`);
}

const list = z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]);
const Statement = z.object({
  Effect: z.string(),
  Action: list.default([]),
  Resource: list.default([]),
  Principal: z.unknown().optional(),
});
const Document = z.object({ Statement: z.array(Statement) });
const PolicyHolder = z.object({
  PolicyDocument: Document.optional(),
  Policies: z.array(z.object({ PolicyDocument: Document })).default([]),
  ManagedPolicyArns: z.array(z.unknown()).default([]),
});
const policyTypes = [
  'IAM::Role',
  'IAM::Policy',
  'IAM::ManagedPolicy',
  'SQS::QueuePolicy',
  'SNS::TopicPolicy',
  'S3::BucketPolicy',
];

/** Nobody may do everything, or something to everything. `needed` names actions that AWS cannot grant on less than `*`. */
export function wildcardFaults(template: Template, needed: ReadonlySet<string> = new Set()): string[] {
  return policyTypes
    .flatMap((type) => all(template, `AWS::${type}`, PolicyHolder))
    .flatMap(({ id, properties: { PolicyDocument, Policies, ManagedPolicyArns } }) => {
      const documents = [
        ...(PolicyDocument ? [PolicyDocument] : []),
        ...Policies.map((policy) => policy.PolicyDocument),
      ];
      const allowed = documents.flatMap((document) => document.Statement).filter(({ Effect }) => Effect === 'Allow');
      return [
        ...ManagedPolicyArns.map(() => `${id} carries a policy of somebody else`),
        ...allowed.flatMap(({ Action }) =>
          Action.filter((action) => String(action).includes('*')).map((action) => `${id} allows ${action}`),
        ),
        ...allowed
          .filter(
            ({ Resource, Action }) => Resource.includes('*') && !Action.every((action) => needed.has(String(action))),
          )
          .map(({ Action }) => `${id} allows ${Action.join(', ')} on everything`),
        ...allowed
          .filter(({ Principal }) => JSON.stringify(Principal)?.includes('"*"'))
          .map(() => `${id} is open to everybody`),
      ];
    });
}

const stateful = ['DynamoDB::Table', 'S3::Bucket', 'Cognito::UserPool', 'SecretsManager::Secret'].map(
  (type) => `AWS::${type}`,
);
const Guarded = z.object({
  DeletionProtectionEnabled: z.boolean().optional(),
  DeletionProtection: z.string().optional(),
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }).optional(),
  VersioningConfiguration: z.object({ Status: z.string() }).optional(),
});

/** Whatever happens to a deployment, the facts stay. `kept` is false in stages that may be thrown away. */
export function stateFaults({ Resources }: Template, kept: boolean): string[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => stateful.includes(Type))
    .flatMap(([id, { Type, Properties, DeletionPolicy, UpdateReplacePolicy }]) => {
      const guards = Guarded.parse(Properties);
      const faults: [string, boolean][] = [
        ['is not retained', kept && (DeletionPolicy !== 'Retain' || UpdateReplacePolicy !== 'Retain')],
        [
          'cannot be put back to a moment',
          Type.endsWith('Table') && !guards.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled,
        ],
        ['can be deleted', kept && Type.endsWith('Table') && !guards.DeletionProtectionEnabled],
        ['can be deleted', kept && Type.endsWith('UserPool') && guards.DeletionProtection !== 'ACTIVE'],
        ['keeps no versions', Type.endsWith('Bucket') && guards.VersioningConfiguration?.Status !== 'Enabled'],
      ];
      return faults.filter(([, isFault]) => isFault).map(([fault]) => `${id} ${fault}`);
    });
}

const LogGroup = z.object({ RetentionInDays: z.number().optional() });

export function functionFaults(template: Template): string[] {
  return all(template, 'AWS::Lambda::Function', Lambda).flatMap(({ id, properties }) => {
    const { Architectures, Runtime, LoggingConfig, Environment } = properties;
    const logs = LogGroup.safeParse(template.Resources[LoggingConfig?.LogGroup ?? '']?.Properties);
    const service = Environment.Variables.POWERTOOLS_SERVICE_NAME;
    const faults = new Map([
      ['does not run on arm64', Architectures.join() !== 'arm64'],
      ['does not run on Node 24', Runtime !== 'nodejs24.x'],
      ['keeps its logs for ever', !logs.success || !logs.data.RetentionInDays],
      ['is not named by its capability in logs', !id.toLowerCase().startsWith(service)],
    ]);
    return [...faults].filter(([, isFault]) => isFault).map(([fault]) => `${id} ${fault}`);
  });
}

const Route = z.object({
  RouteKey: z.string(),
  AuthorizationType: z.string().default('NONE'),
  AuthorizerId: Ref.optional(),
});
const Authorizer = z.object({
  AuthorizerType: z.string(),
  JwtConfiguration: z.object({ Audience: z.array(z.unknown()).min(1) }),
});

/** Routes and endpoints are the same list, and who may call is what the endpoint says. */
export function routeFaults(template: Template, endpoints: readonly Endpoint[]): string[] {
  const routes = new Map(
    all(template, 'AWS::ApiGatewayV2::Route', Route).map(({ properties }) => [properties.RouteKey, properties]),
  );
  const known = new Map(endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint]));
  return [
    ...[...routes.keys()].filter((key) => !known.has(key)).map((key) => `${key} has no endpoint`),
    ...[...known].flatMap(([key, endpoint]) => {
      const route = routes.get(key);
      if (!route) return [`${endpoint.operation} has no route`];
      return [
        ...(endpoint.answer ? [] : [`${endpoint.operation} has no schema for its answer`]),
        ...(asksFor(template, route) === expectedOf(endpoint)
          ? []
          : [`${key} is not open to exactly whom ${endpoint.operation} names`]),
      ];
    }),
  ];
}

const expectedOf = ({ access }: Endpoint) => (access === 'citizen' || access === 'operator' ? 'JWT' : 'NONE');

/** What a caller must bring: `JWT` only when the route leads to an authorizer that checks tokens of our client. */
function asksFor(template: Template, { AuthorizationType, AuthorizerId }: z.infer<typeof Route>): string {
  if (AuthorizationType !== 'JWT') return AuthorizationType;
  const authorizer = Authorizer.safeParse(template.Resources[AuthorizerId ?? '']?.Properties);
  return authorizer.success && authorizer.data.AuthorizerType === 'JWT' ? 'JWT' : 'nothing that is checked';
}

/** The module of the secrets names both, whichever of them a function uses: what stands in a bundle says nothing of these two. */
const named = Object.entries(variables).filter(([name]) => !name.endsWith('SecretArn'));

/** A function is told what its code asks for, and nothing else. `codeOf` gives the bundle stored under a key of the assets. */
export function variableFaults(template: Template, codeOf: (key: string) => string): string[] {
  return all(template, 'AWS::Lambda::Function', Lambda).flatMap(({ id, properties: { Code, Environment } }) => {
    const code = codeOf(Code.S3Key);
    return named.flatMap(([name, variable]) => {
      const isAskedFor = code.includes(`"${name}"`);
      const isTold = variable in Environment.Variables;
      if (isAskedFor === isTold) return [];
      return [`${id} ${isTold ? 'is told' : 'lacks'} ${variable}, which its code ${isTold ? 'never reads' : 'reads'}`];
    });
  });
}
