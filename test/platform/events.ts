import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';

const unused = (): void => {};

export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:ap-southeast-3:000000000000:function:test',
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  logGroupName: 'test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => 10_000,
  done: unused,
  fail: unused,
  succeed: unused,
};

type Request = {
  readonly method?: string;
  readonly path?: string;
  /** Text is sent as it is, an object as JSON. */
  readonly body?: string | object;
  readonly base64?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Claims as API Gateway passes them on; absent: no authorizer spoke. */
  readonly claims?: Readonly<Record<string, string>>;
};

/** A request as API Gateway hands it over, payload format 2.0. */
export function httpEvent(request: Request = {}): APIGatewayProxyEventV2 {
  const { method = 'POST', path = '/', body, base64 = false, headers = {}, claims } = request;
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { ...headers },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.invalid',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '01/Nov/2026:03:00:00 +0000',
      timeEpoch: 1_793_502_000_000,
      ...(claims && {
        authorizer: { principalId: '', integrationLatency: 1, jwt: { claims: { ...claims }, scopes: [] } },
      }),
    },
    isBase64Encoded: base64,
    ...(text !== undefined && { body: base64 ? Buffer.from(text).toString('base64') : text }),
    ...(request.pathParameters && { pathParameters: { ...request.pathParameters } }),
    ...(request.query && { queryStringParameters: { ...request.query } }),
  };
}

export const citizenClaims = (username: string) => ({ username });
export const operatorClaims = (username: string) => ({ username, 'cognito:groups': '[operators]' });

/** Status and parsed body of an answer. */
export function read({ statusCode, body, headers }: APIGatewayProxyStructuredResultV2) {
  return { status: statusCode, type: headers?.['content-type'], body: JSON.parse(body ?? 'null') };
}

/** Messages as a queue delivers them for the n-th time. */
export function queueEvent(bodies: readonly (string | object)[], deliveries = 1): SQSEvent {
  return {
    Records: bodies.map(
      (body, index): SQSRecord => ({
        messageId: `message-${index}`,
        receiptHandle: `handle-${index}`,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        attributes: {
          ApproximateReceiveCount: String(deliveries),
          SentTimestamp: '0',
          SenderId: 'test',
          ApproximateFirstReceiveTimestamp: '0',
        },
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:ap-southeast-3:000000000000:test',
        awsRegion: 'ap-southeast-3',
      }),
    ),
  };
}

/** Ids of the messages that the queue must deliver again. */
export const failedIds = ({ batchItemFailures }: { batchItemFailures: readonly { itemIdentifier: string }[] }) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
