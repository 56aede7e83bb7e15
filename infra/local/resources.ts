import type { Stack } from '#infra/local/assembly.ts';
import { accountId, type Physical } from '#infra/local/declared.ts';

/** Why a type has no effect on this machine, and the service and path its ARN would have. */
interface Inert {
  readonly why: string;
  readonly service: string;
  readonly path?: string;
  /** What the ARN has after the name. */
  readonly ending?: string;
  /** Types whose `Ref` is the ARN. */
  readonly refIsArn?: true;
}

const unreached = 'nothing calls it on one machine';
const watching = 'nobody is woken up by one machine';
const cleaning = 'nothing is deleted when the local cloud ends';

/** The whole list of types without a local effect. A type that is neither here nor created by the cloud is refused. */
const inertTypes: Readonly<Record<string, Inert>> = {
  'AWS::SNS::TopicPolicy': { why: unreached, service: 'sns' },
  'AWS::KMS::Key': { why: 'nothing is encrypted at rest here', service: 'kms', path: 'key/' },
  'AWS::KMS::Alias': { why: 'nothing is encrypted at rest here', service: 'kms', path: '' },
  'AWS::Logs::LogGroup': { why: 'logs go to the terminal', service: 'logs', path: 'log-group:', ending: ':*' },
  'AWS::Logs::MetricFilter': { why: watching, service: 'logs' },
  'AWS::Logs::QueryDefinition': { why: watching, service: 'logs' },
  'AWS::Logs::ResourcePolicy': { why: unreached, service: 'logs' },
  'AWS::CloudWatch::Alarm': { why: watching, service: 'cloudwatch', path: 'alarm:' },
  'AWS::CloudWatch::CompositeAlarm': { why: watching, service: 'cloudwatch', path: 'alarm:' },
  'AWS::CloudWatch::Dashboard': { why: watching, service: 'cloudwatch' },
  'AWS::SNS::Topic': { why: watching, service: 'sns', path: '', refIsArn: true },
  'AWS::SNS::Subscription': { why: watching, service: 'sns', path: '', refIsArn: true },
  'AWS::Scheduler::ScheduleGroup': { why: 'a name only', service: 'scheduler', path: 'schedule-group/' },
  'AWS::Lambda::EventInvokeConfig': {
    why: 'the numbers of asynchronous retries are the defaults here',
    service: 'lambda',
  },
  'AWS::Budgets::Budget': { why: 'one machine costs nothing', service: 'budgets' },
  'AWS::CDK::Metadata': { why: 'tells the CDK team which constructs are used', service: 'cdk' },
  'Custom::S3AutoDeleteObjects': { why: cleaning, service: 's3' },
  'Custom::LogRetention': { why: 'logs go to the terminal', service: 'logs' },
};

/** What others may refer to of a resource without effect: a name and an ARN. */
export function inert(type: string, { name, region }: Stack, logicalId: string): Physical | undefined {
  const known = inertTypes[type];
  if (!known) return undefined;
  const physicalName = `${name}-${logicalId}`;
  const Arn = `arn:aws:${known.service}:${region}:${accountId}:${known.path ?? ''}${physicalName}${known.ending ?? ''}`;
  return {
    ref: known.refIsArn ? Arn : physicalName,
    attributes: { Arn, TopicArn: Arn, TopicName: physicalName, KeyId: physicalName },
  };
}
