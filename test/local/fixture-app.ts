import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, CfnParameter, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { CfnUserPoolGroup, UserPool } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  Code,
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type FunctionProps,
  Function as LambdaFunction,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { buildSync } from 'esbuild';

/** What each function of the fixture does, as the bundle a deployment would upload. */
const sources = {
  echo: `
    export const handler = async (event, context) => ({ statusCode: 200, headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ event, name: context.functionName, left: context.getRemainingTimeInMillis(), now: new Date().toISOString(), partner: process.env.PARTNER_URL }) });`,
  worker: `
    import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
    const sqs = new SQSClient({});
    export const handler = async ({ Records }) => {
      const batchItemFailures = [];
      for (const { messageId, body, attributes } of Records) {
        const message = JSON.parse(body);
        console.log('worked', message.name, attributes.ApproximateReceiveCount);
        if (message.fails) batchItemFailures.push({ itemIdentifier: messageId });
        else await sqs.send(new SendMessageCommand({ QueueUrl: process.env.DONE_URL, MessageBody: body }));
      }
      return { batchItemFailures };
    };`,
  projector: `
    import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
    const sqs = new SQSClient({});
    export const handler = async ({ Records }) => {
      const keys = Records.map(({ dynamodb }) => dynamodb.Keys.sk.S);
      console.log('projected', keys.join(' '));
      if (keys.includes('poison')) throw new TypeError('poison in the batch');
      for (const key of keys) await sqs.send(new SendMessageCommand({ QueueUrl: process.env.DONE_URL, MessageBody: key }));
    };`,
  sweeper: `
    export const handler = async (event) => console.log('swept', JSON.stringify(event), new Date().toISOString());`,
  sleeper: `
    export const handler = async () => { for (;;); };`,
} as const;

/** Bundles the sources as a deployment does, each into an asset folder of its own. */
function assets(root: string) {
  return (name: keyof typeof sources): Pick<FunctionProps, 'code' | 'handler' | 'runtime'> => {
    const directory = mkdtempSync(join(root, `${name}-`));
    buildSync({
      stdin: { contents: sources[name], resolveDir: import.meta.dirname },
      outfile: join(directory, 'index.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      mainFields: ['module', 'main'],
    });
    return { code: Code.fromAsset(directory), handler: 'index.handler', runtime: Runtime.NODEJS_24_X };
  };
}

function dataStack(app: App): { stack: Stack; table: Table; pool: UserPool; bucket: Bucket } {
  const stack = new Stack(app, 'Data');
  const string = (name: string) => ({ name, type: AttributeType.STRING });
  const table = new Table(stack, 'Table', {
    partitionKey: string('pk'),
    sortKey: string('sk'),
    billingMode: BillingMode.PAY_PER_REQUEST,
    stream: StreamViewType.NEW_IMAGE,
    timeToLiveAttribute: 'expiresAt',
    deletionProtection: true,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const index of ['lookup', 'due'])
    table.addGlobalSecondaryIndex({
      indexName: index === 'lookup' ? 'byLookup' : 'byDue',
      partitionKey: string(index),
      sortKey: string(`${index}Sort`),
      projectionType: ProjectionType.KEYS_ONLY,
    });
  const pool = new UserPool(stack, 'Pool', {
    selfSignUpEnabled: true,
    signInAliases: { email: true },
    autoVerify: { email: true },
  });
  new CfnUserPoolGroup(stack, 'Operators', { userPoolId: pool.userPoolId, groupName: 'operators' });
  const bucket = new Bucket(stack, 'Bucket', {
    enforceSSL: true,
    versioned: false,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return { stack, table, pool, bucket };
}

/** Synthesizes a small program with every kind of resource the local cloud runs, and gives back the folder of the assembly. */
export function synthesizeFixture(root: string = mkdtempSync(join(tmpdir(), 'fixture-'))): {
  assembly: string;
  remove: () => void;
} {
  const bundle = assets(root);
  const app = new App({ outdir: join(root, 'cdk.out') });
  Tags.of(app).add('program', 'fixture');
  const { table, pool, bucket } = dataStack(app);

  const stack = new Stack(app, 'Service');
  const partner = new CfnParameter(stack, 'PartnerUrl', { type: 'String', allowedPattern: '^https?://.+' });
  const client = pool.addClient('Client', {
    authFlows: { userPassword: true },
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
  });
  const secret = new Secret(stack, 'Secret', {
    generateSecretString: { passwordLength: 40, excludePunctuation: true },
  });
  new Secret(stack, 'Account', {
    secretName: 'account',
    generateSecretString: { secretStringTemplate: '{"user":"a"}', generateStringKey: 'password' },
  });
  const alarms = new Topic(stack, 'Alarms');

  const echo = new LambdaFunction(stack, 'Echo', {
    ...bundle('echo'),
    logGroup: new LogGroup(stack, 'EchoLog', { retention: RetentionDays.ONE_MONTH }),
    environment: {
      TABLE: table.tableName,
      BUCKET: bucket.bucketName,
      SECRET_ID: secret.secretArn,
      PARTNER_URL: partner.valueAsString,
    },
  });
  table.grantReadWriteData(echo);
  secret.grantRead(echo);
  new LambdaFunction(stack, 'Inline', {
    code: Code.fromInline('exports.handler = async (event) => ({ inline: event.name });'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });
  new LambdaFunction(stack, 'Sleeper', { ...bundle('sleeper'), timeout: Duration.seconds(1) });

  const done = new Queue(stack, 'Done', { visibilityTimeout: Duration.seconds(30) });
  const deadLetters = new Queue(stack, 'DeadLetters');
  const work = new Queue(stack, 'Work', {
    visibilityTimeout: Duration.minutes(3),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
    enforceSSL: true,
  });
  const worker = new LambdaFunction(stack, 'Worker', { ...bundle('worker'), environment: { DONE_URL: done.queueUrl } });
  worker.addEventSource(new SqsEventSource(work, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: 2 }));
  new Alarm(stack, 'Stuck', {
    metric: deadLetters.metricApproximateNumberOfMessagesVisible(),
    threshold: 1,
    evaluationPeriods: 1,
  }).addAlarmAction(new SnsAction(alarms));

  const unread = new Queue(stack, 'Unread');
  const projector = new LambdaFunction(stack, 'Projector', {
    ...bundle('projector'),
    environment: { DONE_URL: done.queueUrl },
  });
  table.grantStreamRead(projector);
  for (const sender of [worker, projector]) done.grantSendMessages(sender);
  new EventSourceMapping(stack, 'Stream', {
    target: projector,
    ...(table.tableStreamArn && { eventSourceArn: table.tableStreamArn }),
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 10,
    bisectBatchOnError: true,
    retryAttempts: 1,
    reportBatchItemFailures: true,
    onFailure: new SqsDlq(unread),
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.isEqual('INSERT'),
        dynamodb: { NewImage: { kind: { S: FilterRule.notEquals('quiet') } } },
      }),
    ],
  });

  const sweeper = new LambdaFunction(stack, 'Sweeper', bundle('sweeper'));
  new Schedule(stack, 'Sweep', {
    schedule: ScheduleExpression.rate(Duration.minutes(5)),
    target: new LambdaInvoke(sweeper, { input: ScheduleTargetInput.fromObject({ sweep: 'due' }) }),
  });

  const api = new HttpApi(stack, 'Api', {
    corsPreflight: {
      allowOrigins: ['https://portal.example'],
      allowMethods: [CorsHttpMethod.GET],
      maxAge: Duration.minutes(10),
    },
  });
  const authorizer = new HttpUserPoolAuthorizer('Citizens', pool, { userPoolClients: [client] });
  const integration = new HttpLambdaIntegration('Echo', echo);
  api.addRoutes({ path: '/v1/me/{part}', methods: [HttpMethod.GET, HttpMethod.POST], integration, authorizer });
  api.addRoutes({ path: '/public/{proxy+}', methods: [HttpMethod.GET], integration });
  api.addRoutes({ path: '/public/figures', methods: [HttpMethod.ANY], integration });
  new CfnOutput(stack, 'Url', { value: api.url ?? '' });

  app.synth();
  return { assembly: join(root, 'cdk.out'), remove: () => rmSync(root, { recursive: true, force: true }) };
}
