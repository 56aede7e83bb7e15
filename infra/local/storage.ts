import { buildApp } from 'fauxqs';
import * as z from 'zod';
import type { Clock } from '#infra/local/clock.ts';
import { accountId, type Declared, type Physical } from '#infra/local/declared.ts';
import { arn, count, flag, generatedName, ignored, properties } from '#infra/local/names.ts';
import { fileActions, queueActions } from '#infra/local/needed-actions.ts';
import { type Authorize, administrator } from '#infra/local/permissions.ts';
import { operationOf, signerOf } from '#infra/local/wire.ts';
// The package exports only functions that bind every interface; its parts let us bind 127.0.0.1 and read queues in process.
import { PersistenceManager } from '../../node_modules/fauxqs/dist/persistence.js';
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js';
import { type SqsQueue, SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';

export type { SqsQueue };

const RedrivePolicy = z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: count });

const QueueProperties = z.strictObject({
  QueueName: z.string().optional(),
  VisibilityTimeout: count.optional(),
  DelaySeconds: count.optional(),
  MessageRetentionPeriod: count.optional(),
  MaximumMessageSize: count.optional(),
  ReceiveMessageWaitTimeSeconds: count.optional(),
  FifoQueue: flag.optional(),
  ContentBasedDeduplication: flag.optional(),
  RedrivePolicy: RedrivePolicy.optional(),
  RedriveAllowPolicy: ignored,
  KmsMasterKeyId: ignored,
  KmsDataKeyReusePeriodSeconds: ignored,
  SqsManagedSseEnabled: ignored,
  Tags: ignored,
});

/** Encryption, access rules, logging, lifecycle and versions of objects change nothing a program sees in one sitting. */
const BucketProperties = z.strictObject({
  BucketName: z.string().optional(),
  BucketEncryption: ignored,
  PublicAccessBlockConfiguration: ignored,
  OwnershipControls: ignored,
  AccessControl: ignored,
  LifecycleConfiguration: ignored,
  VersioningConfiguration: ignored,
  ObjectLockEnabled: ignored,
  ObjectLockConfiguration: ignored,
  LoggingConfiguration: ignored,
  CorsConfiguration: ignored,
  IntelligentTieringConfigurations: ignored,
  Tags: ignored,
});

function attributes({
  QueueName,
  FifoQueue,
  RedrivePolicy,
  ...numbers
}: z.infer<typeof QueueProperties>): Record<string, string> {
  const passed = [
    'VisibilityTimeout',
    'DelaySeconds',
    'MessageRetentionPeriod',
    'MaximumMessageSize',
    'ReceiveMessageWaitTimeSeconds',
  ] as const;
  const entries = passed.flatMap((name) => (numbers[name] === undefined ? [] : [[name, String(numbers[name])]]));
  if (FifoQueue)
    entries.push(
      ['FifoQueue', 'true'],
      ['ContentBasedDeduplication', String(numbers.ContentBasedDeduplication ?? false)],
    );
  if (RedrivePolicy) entries.push(['RedrivePolicy', JSON.stringify(RedrivePolicy)]);
  return Object.fromEntries(entries);
}

const ObjectPath = z.looseObject({ bucket: z.string(), '*': z.string() });
const FilePath = z.looseObject({ bucket: z.string().default(''), '*': z.string().default('') });
const Presigned = z.looseObject({ 'X-Amz-Date': z.string(), 'X-Amz-Expires': z.coerce.number() });

function refusalXml(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

const Query = z.record(z.string(), z.unknown());

/** Whether there is such an object. The library knows only a call that throws. */
function holds(store: S3Store, bucket: string, key: string): boolean {
  try {
    return Boolean(store.headObject(bucket, key));
  } catch {
    return false;
  }
}

/** Asks about each request of both services before the library sees it. */
function guard(app: ReturnType<typeof buildApp>, store: S3Store, authorize: Authorize): void {
  app.addHook('preHandler', (request, reply, next) => {
    const signer = signerOf(request.raw);
    if (signer?.accessKeyId === administrator || /^\/(health|_fauxqs)\b/.test(request.url)) return next();
    if (request.method === 'POST' && request.url === '/') {
      const operation = operationOf(request.raw);
      const refused = authorize(signer, operation, queueActions(operation, request.body, signer?.region ?? ''));
      if (refused === undefined) return next();
      const told = { __type: 'com.amazon.coral.service#AccessDeniedException', message: refused };
      return void reply.code(403).header('x-amzn-query-error', 'AccessDenied;Sender').send(told);
    }
    const { bucket, '*': key } = FilePath.parse(request.params);
    const { method, headers } = request;
    const needed = fileActions({ method, bucket, key, query: Query.parse(request.query), headers });
    // A missing object is told only to those who may list: others learn nothing about what there is.
    const looks = (method === 'GET' || method === 'HEAD') && key !== '' && !holds(store, bucket, key);
    const list = { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` };
    const refused = authorize(
      signer,
      `${method} ${request.url.split('?')[0]}`,
      looks ? needed && [...needed, list] : needed,
    );
    if (refused === undefined) return next();
    void reply.code(403).type('application/xml').send(refusalXml('AccessDenied', refused));
  });
}

/** Milliseconds since the epoch of `20261124T083000Z`. */
function compactTime(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** What the service does and the library does not: conditional writes, and presigned addresses that expire by our clock. */
function completeS3(app: ReturnType<typeof buildApp>, store: S3Store, clock: Clock): void {
  app.addHook('preHandler', (request, reply, next) => {
    const presigned = Presigned.safeParse(request.query).data;
    if (presigned && compactTime(presigned['X-Amz-Date']) + presigned['X-Amz-Expires'] * 1000 < clock.now().getTime())
      return void reply.code(403).type('application/xml').send(refusalXml('AccessDenied', 'Request has expired'));

    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    const path = ObjectPath.safeParse(request.params).data;
    if (request.method !== 'PUT' || !path || !(ifMatch || ifNoneMatch)) return next();
    const { objects } = store.listObjects(path.bucket, { prefix: path['*'], maxKeys: 1 });
    const existing = objects.find(({ key }) => key === path['*']);
    if (ifMatch && !existing)
      return void reply.code(404).type('application/xml').send(refusalXml('NoSuchKey', 'The key does not exist'));
    if ((ifNoneMatch && existing) || (ifMatch && existing?.etag.replaceAll('"', '') !== ifMatch.replaceAll('"', '')))
      return void reply
        .code(412)
        .type('application/xml')
        .send(refusalXml('PreconditionFailed', 'A precondition did not hold'));
    next();
  });
}

export type Storage = Awaited<ReturnType<typeof startStorage>>;

/** Queues and buckets, in memory or in a file of `dataDir`. The address is an IP, so SDK clients use path style by themselves. */
export async function startStorage({
  region,
  clock,
  dataDir,
  authorize,
}: {
  region: string;
  clock: Clock;
  dataDir?: string | undefined;
  authorize: Authorize;
}) {
  const sqsStore = new SqsStore();
  const snsStore = new SnsStore();
  const s3Store = new S3Store();
  const persistence = dataDir ? new PersistenceManager(dataDir) : undefined;
  persistence?.load(sqsStore, snsStore, s3Store);
  if (persistence) {
    sqsStore.persistence = persistence;
    s3Store.persistence = persistence;
    for (const queue of sqsStore.allQueues()) queue.persistence = persistence;
  }
  const app = buildApp({ logger: false, defaultRegion: region, stores: { sqsStore, snsStore, s3Store } });
  guard(app, s3Store, authorize);
  completeS3(app, s3Store, clock);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const queues = new Map<string, SqsQueue>();
  const queueNames = new Map<string, string>();

  // Messages that wait for a time come nearer when the clock moves; those being worked on do not.
  const working = new Set<string>();
  clock.onAdvance((milliseconds) => {
    for (const queue of queues.values()) {
      const delayed = queue.isFifo() ? [...queue.fifoDelayed.values()].flat() : queue.delayedMessages;
      for (const message of delayed) message.delayUntil = (message.delayUntil ?? 0) - milliseconds;
      for (const [handle, entry] of queue.inflightMessages)
        if (!working.has(handle)) entry.visibilityDeadline -= milliseconds;
    }
  });

  return {
    url,
    /** Receipt handles that an event source is delivering just now. */
    working,
    queue: (queueArn: string): SqsQueue | undefined => queues.get(queueArn),
    resolveQueue: (queueArn: string): SqsQueue | undefined => sqsStore.getQueueByArn(queueArn),
    send(queueArn: string, body: string): void {
      const queue = sqsStore.getQueueByArn(queueArn);
      queue?.enqueue(SqsStore.createMessage(body));
    },

    createQueue(declared: Declared): Physical {
      const given = properties(declared, QueueProperties);
      const name = given.QueueName ?? `${generatedName(declared, 75)}${given.FifoQueue ? '.fifo' : ''}`;
      const Arn = arn(declared, 'sqs', name);
      const QueueUrl = `${url}/${accountId}/${name}`;
      const kept = sqsStore.getQueueByArn(Arn);
      const queue = kept ?? sqsStore.createQueue(name, QueueUrl, Arn, attributes(given));
      if (kept) kept.setAttributes(attributes(given));
      queues.set(Arn, queue);
      queueNames.set(Arn, name);
      return { ref: QueueUrl, attributes: { Arn, QueueName: name, QueueUrl } };
    },

    createBucket(declared: Declared): Physical {
      const { BucketName } = properties(declared, BucketProperties);
      const name = BucketName ?? generatedName(declared, 63).toLowerCase();
      if (!s3Store.hasBucket(name)) s3Store.createBucket(name);
      return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } };
    },

    async stop(): Promise<void> {
      await app.close();
      persistence?.close();
    },
  };
}
