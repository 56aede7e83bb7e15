import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import { accountId } from '#infra/local/declared.ts';
import type { Action } from '#infra/local/policies.ts';

/*
 * What a request to a service needs permission for. An empty list: nothing, everybody may. Undefined: an operation that this file does
 * not know, which functions are refused rather than allowed by mistake.
 */
export type Needed = readonly Action[] | undefined;

const arnOf = (service: string, region: string, resource: string) =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;
const byName = z.record(z.string(), z.unknown());
const some = (actions: readonly Action[]): Needed => (actions.length > 0 ? actions : undefined);

const TableRequest = z.looseObject({ TableName: z.string(), IndexName: z.string().optional() });
const BatchRequest = z.looseObject({ RequestItems: byName });
const Write = z.partialRecord(z.enum(['Put', 'Update', 'Delete', 'ConditionCheck', 'Get']), TableRequest);
const Transaction = z.looseObject({ TransactItems: z.array(Write) });
const oneTable = new Set(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable']);

/** Of a DynamoDB request: on the table, on the index where one is named, on each table of a batch or a transaction. */
export function tableActions(operation: string, body: unknown, region: string): Needed {
  const on = (verb: string, table: string, index?: string): Action => ({
    action: `dynamodb:${verb}`,
    resource: `${table.startsWith('arn:') ? table : arnOf('dynamodb', region, `table/${table}`)}${index ? `/index/${index}` : ''}`,
  });
  if (oneTable.has(operation)) {
    const { data } = TableRequest.safeParse(body);
    return data && [on(operation, data.TableName, data.IndexName)];
  }
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem')
    return some(
      Object.keys(BatchRequest.safeParse(body).data?.RequestItems ?? {}).map((table) => on(operation, table)),
    );
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems')
    return some(
      (Transaction.safeParse(body).data?.TransactItems ?? []).flatMap((item) =>
        Object.entries(item).map(([verb, { TableName }]) => on(`${verb}Item`, TableName)),
      ),
    );
  return undefined;
}

const QueueRequest = z.looseObject({ QueueUrl: z.string() });
const QueueNamed = z.looseObject({ QueueName: z.string() });
const oneQueue = new Set([
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'ChangeMessageVisibility',
  'GetQueueAttributes',
  'PurgeQueue',
]);

/** Of an SQS request. A batch needs what one message needs: the service knows no permission of its own for it. */
export function queueActions(operation: string, body: unknown, region: string): Needed {
  const verb = operation.replace(/Batch$/, '');
  const on = (name: string) => [{ action: `sqs:${verb}`, resource: arnOf('sqs', region, name) }];
  const named = verb === 'GetQueueUrl' ? QueueNamed.safeParse(body).data?.QueueName : undefined;
  const queue = oneQueue.has(verb) ? QueueRequest.safeParse(body).data?.QueueUrl.split('/').at(-1) : named;
  return queue === undefined ? undefined : on(queue);
}

/** An S3 request, taken apart. */
export interface FileRequest {
  readonly method: string;
  readonly bucket: string;
  /** Empty for a request about the bucket. */
  readonly key: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
}

/** Parameters that turn an operation into another one; `uploads`, `uploadId` and `partNumber` are those of a write in parts. */
const otherOperations = new Set([
  'acl',
  'attributes',
  'tagging',
  'retention',
  'legal-hold',
  'torrent',
  'restore',
  'select',
]);
const otherBucketOperations = new Set([
  'lifecycle',
  'location',
  'policy',
  'uploads',
  'versions',
  'versioning',
  'delete',
]);

function copied(source: string): Action {
  const [path = ''] = decodeURIComponent(source).replace(/^\//, '').split('?');
  return { action: 's3:GetObject', resource: `arn:aws:s3:::${path}` };
}

/** Of an S3 request. A write on condition of an entity tag reads, too. */
export function fileActions({ method, bucket, key, query, headers }: FileRequest): Needed {
  const resource = `arn:aws:s3:::${bucket}`;
  if (!key) {
    if (Object.keys(query).some((name) => otherBucketOperations.has(name))) return undefined;
    return method === 'GET' || method === 'HEAD' ? [{ action: 's3:ListBucket', resource }] : undefined;
  }
  const on = (action: string): Action => ({ action, resource: `${resource}/${key}` });
  const names = Object.keys(query);
  if (names.some((name) => otherOperations.has(name)) || headers['x-amz-tagging'] || headers['x-amz-acl'])
    return undefined;
  const ofVersion = names.includes('versionId') ? 'Version' : '';
  if (method === 'GET' || method === 'HEAD') return [on(`s3:GetObject${ofVersion}`)];
  if (method === 'DELETE')
    return [on(names.includes('uploadId') ? 's3:AbortMultipartUpload' : `s3:DeleteObject${ofVersion}`)];
  if (method === 'POST')
    return names.includes('uploads') || names.includes('uploadId') ? [on('s3:PutObject')] : undefined;
  if (method !== 'PUT' || names.includes('renameObject')) return undefined;
  const source = headers['x-amz-copy-source'];
  const reads = [...(headers['if-match'] ? [on('s3:GetObject')] : []), ...(source ? [copied(String(source))] : [])];
  return [on('s3:PutObject'), ...reads];
}

/** Operations of a user pool that need no credentials: the caller proves who they are in the request. */
const openPoolOperations = new Set([
  'SignUp',
  'ConfirmSignUp',
  'ResendConfirmationCode',
  'InitiateAuth',
  'RespondToAuthChallenge',
  'ForgotPassword',
  'ConfirmForgotPassword',
  'ChangePassword',
  'GetUser',
  'UpdateUserAttributes',
  'GlobalSignOut',
  'RevokeToken',
]);
const PoolRequest = z.looseObject({ UserPoolId: z.string() });

/** Of a Cognito request. */
export function poolActions(operation: string, body: unknown, region: string): Needed {
  if (openPoolOperations.has(operation)) return [];
  const { data } = PoolRequest.safeParse(body);
  const resource = data && arnOf('cognito-idp', region, `userpool/${data.UserPoolId}`);
  return resource ? [{ action: `cognito-idp:${operation}`, resource }] : undefined;
}

const SecretRequest = z.looseObject({ SecretId: z.string() });

/** Of a Secrets Manager request; `arnOfSecret` finds a secret by name or ARN. Operations that are not here are told so by the service. */
export function secretActions(
  operation: string,
  body: unknown,
  arnOfSecret: (id: string) => string | undefined,
): Needed {
  if (operation !== 'GetSecretValue') return [];
  const { data } = SecretRequest.safeParse(body);
  if (!data) return undefined;
  return [{ action: 'secretsmanager:GetSecretValue', resource: arnOfSecret(data.SecretId) ?? data.SecretId }];
}
